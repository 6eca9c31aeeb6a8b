package sales

import (
	"context"
	"slices"

	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// leadFunnel tells of leads made in a period how far they came, from the first
// touch to a won deal (R152). A lead that was converted straight away has passed
// the stages between only where passed says so.
func leadFunnel(name, title, help string, passed bool) report.Spec {
	return report.Spec{Name: name, Title: title, Help: help, Object: Leads.Name, Period: "created_at", Always: true, Run: leadFunnelReport(name, passed),
		Behind: func(ctx context.Context, s *record.Session, t report.Trail) (report.Found, error) {
			return leadFunnelBehind(ctx, s, t, passed)
		}}
}

// leadFunnelOf is what is asked of leads in a lead funnel.
func leadFunnelOf(ctx context.Context, s *record.Session, p report.Params) (*leadWay, record.Passage, error) {
	stages, err := s.Query(ctx, record.Query{Object: LeadStages.Name, Sort: "position", Limit: 200})
	if err != nil {
		return nil, record.Passage{}, err
	}
	x := newLeadWay(stages.Records)
	q := record.Passage{Object: Leads.Name, Field: LeadStage.Name(), Filter: p.Filter, Cohort: true, Order: x.order}
	q.From, q.To = bounds(s, p.From, p.To)
	return x, q, nil
}

func leadFunnelReport(name string, passed bool) func(context.Context, *record.Session, report.Params) (*report.Table, error) {
	return func(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
		x, q, err := leadFunnelOf(ctx, s, p)
		if err != nil {
			return nil, err
		}
		if err := x.count(ctx, s, q, passed); err != nil {
			return nil, err
		}
		t := &report.Table{Object: Leads.Name, Groups: []string{"stage.name"}, Rows: []report.Row{}, Columns: []report.Column{
			{Name: "leads", Title: "Leads", Adds: true}, {Name: "lost_there", Title: "Lost there", Adds: true}, {Name: "conversion", Title: "Conversion", Rate: true}}}
		countsSkips(s, t, passed)
		for _, st := range x.steps {
			row := report.Row{Keys: []any{st.name}, Labels: []string{st.name}, Values: []record.Measure{{Value: st.leads}, {Value: st.lost}, {Value: share(st.further, st.leads)}}}
			row.Behind = trails(name, p, st.stage, "", t.Columns, row.Values, map[string]string{"conversion": "further"})
			t.Rows = append(t.Rows, row)
		}
		return t, x.won(ctx, s, p, t)
	}
}

// leadWay is the stages of leads that lead to a deal, in their order, and what
// came of the leads.
type leadWay struct {
	order map[value.ID]int
	steps []leadStep
}

// leadStep is a stage, or all those of converted leads: how many were in it, were
// lost there, or came to whichever later one.
type leadStep struct {
	name                 string
	stage                value.ID // one of them
	leads, lost, further int64
}

func newLeadWay(stages []*record.Record) *leadWay {
	x := &leadWay{order: map[value.ID]int{}}
	last := leadStep{}
	for _, st := range stages {
		kind, _ := record.Get(st, LeadStageKind)
		switch kind {
		case Disqualified:
			x.order[st.ID] = record.Ended
		case Converted:
			x.order[st.ID] = record.Done
			if last.stage == 0 {
				last = leadStep{name: st.Title(), stage: st.ID}
			}
		default:
			x.order[st.ID] = len(x.steps)
			x.steps = append(x.steps, leadStep{name: st.Title(), stage: st.ID})
		}
	}
	x.steps = append(x.steps, last)
	return x
}

// at is the step of a place; false for where leads are lost.
func (x *leadWay) at(place int) (int, bool) {
	if place == record.Done {
		return len(x.steps) - 1, true
	}
	return place, place >= 0
}

func (x *leadWay) count(ctx context.Context, s *record.Session, q record.Passage, passed bool) error {
	list, err := s.Pass(ctx, q)
	if err != nil {
		return err
	}
	came, err := s.Came(ctx, q)
	if err != nil {
		return err
	}
	last := len(x.steps) - 1
	for _, p := range list {
		i, ok := x.at(x.order[p.State])
		if !ok || i == last {
			continue
		}
		if p.To == record.EndedHere {
			x.steps[i].lost += p.Records
		}
		if !passed {
			x.steps[i].leads += p.Records
			if p.To == record.Further {
				x.steps[i].further += p.Records
			}
		}
	}
	x.steps[last].leads = came[record.Done] // each once, whichever stages of converted leads it was in
	if passed {
		x.passOver(came)
	}
	return nil
}

// passOver counts a lead in every step up to the furthest that it came to.
func (x *leadWay) passOver(came map[int]int64) {
	last := len(x.steps) - 1
	for i := last - 1; i >= 0; i-- {
		x.steps[i].further = x.steps[i+1].leads
		x.steps[i].leads = x.steps[i+1].leads + came[i]
	}
}

// won adds the leads whose deal was won, for who may see deals.
func (x *leadWay) won(ctx context.Context, s *record.Session, p report.Params, t *report.Table) error {
	if _, err := s.Object(Deals.Name); err != nil {
		return nil
	}
	filter := report.Spec{Period: "created_at", Filter: LeadConvertedDeal.Name() + `.status = "won"`}.Condition(p)
	n, _, err := s.Count(ctx, record.Query{Object: Leads.Name, Filter: filter, Count: record.CountExact})
	if err != nil {
		return err
	}
	last := &t.Rows[len(t.Rows)-1]
	last.Values[2].Value = share(n, x.steps[len(x.steps)-1].leads)
	last.Behind[2] = report.Behind{Filter: filter}
	label, err := wonStage(ctx, s)
	if err != nil {
		return err
	}
	t.Rows = append(t.Rows, report.Row{Keys: []any{label}, Labels: []string{label}, Filter: filter, Values: []record.Measure{{Value: n}, {}, {}}})
	return nil
}

// leadFunnelBehind lists the leads behind a figure of a step: those that were in
// its stage, or came there or further; those lost from there; those that came
// further.
func leadFunnelBehind(ctx context.Context, s *record.Session, t report.Trail, passed bool) (report.Found, error) {
	figure, at, _ := readTrail(t.Of)
	x, q, err := leadFunnelOf(ctx, s, t.Params)
	if err != nil {
		return report.Found{}, err
	}
	step := slices.IndexFunc(x.steps, func(st leadStep) bool { return st.stage == at && at != 0 })
	if step < 0 {
		return report.Found{}, report.NoFigure(t.Of)
	}
	f, last := report.Found{Label: x.steps[step].name, Column: figure}, len(x.steps)-1
	switch {
	case figure == "lost_there" && step < last:
		return foundThrough(ctx, s, q, t, at, []record.PassedTo{record.EndedHere}, f)
	case figure == "leads" && !passed && step < last:
		return foundThrough(ctx, s, q, t, at, nil, f)
	case figure == "further" && !passed && step < last:
		f.Column = "advanced"
		return foundThrough(ctx, s, q, t, at, []record.PassedTo{record.Further}, f)
	case figure == "further" && step < last:
		f.Column = "advanced"
		return x.cameTo(ctx, s, q, t, step+1, f)
	case figure == "leads":
		return x.cameTo(ctx, s, q, t, step, f)
	}
	return f, report.NoFigure(t.Of)
}

// cameTo completes what was found by the leads that came to a step or further.
func (x *leadWay) cameTo(ctx context.Context, s *record.Session, q record.Passage, t report.Trail, step int, f report.Found) (report.Found, error) {
	if step == len(x.steps)-1 {
		step = record.Done
	}
	came, err := s.Came(ctx, q)
	if err != nil {
		return f, err
	}
	for place, n := range came {
		if place >= step {
			f.Count += n
		}
	}
	q.Before = t.Before
	f.IDs, err = s.CameTo(ctx, q, step, t.Limit)
	return f, err
}

// wonStage is what the company calls winning, for who may know its stages.
func wonStage(ctx context.Context, s *record.Session) (string, error) {
	if _, err := s.Object(Stages.Name); err != nil {
		return "Won", nil
	}
	page, err := s.Query(ctx, record.Query{Object: Stages.Name, Filter: `kind = "won"`, Sort: "pipeline.position,position", Limit: 1})
	if err != nil {
		return "", err
	}
	if len(page.Records) == 0 {
		return "Won", nil
	}
	return page.Records[0].Title(), nil
}
