package sales

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// leadsReached counts leads by source that first came to each stage in the
// period, wherever they began (R109); of a bounded period how many a month.
func leadsReached(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
	q, stages, err := reaching(ctx, s, p)
	if err != nil {
		return nil, err
	}
	passed, err := s.Pass(ctx, q)
	if err != nil {
		return nil, err
	}
	reached, sources := map[string]map[value.ID]int64{}, []string{}
	for _, x := range passed {
		source, _ := x.By.(string)
		if reached[source] == nil {
			reached[source], sources = map[value.ID]int64{}, append(sources, source)
		}
		reached[source][x.State] += x.Records
	}
	slices.Sort(sources)
	f, _ := s.Schema().MustObject(Leads.Name).Field(LeadSource.Name())
	t := &report.Table{Object: Leads.Name, Groups: []string{"source", "stage.name"}, Rows: []report.Row{}, Columns: []report.Column{{Name: "leads", Title: "Leads", Adds: true}, {Name: "per_month", Title: "A month"}}}
	for _, source := range sources {
		for _, st := range stages {
			if n := reached[source][st.ID]; n > 0 {
				row := reachedRow(f, source, st, n, p)
				row.Behind = trails("leads-reached", p, st.ID, source, t.Columns, row.Values, map[string]string{"per_month": "leads"})
				t.Rows = append(t.Rows, row)
			}
		}
	}
	return t, nil
}

// reaching is what is asked of leads that come to stages, and the stages.
func reaching(ctx context.Context, s *record.Session, p report.Params) (record.Passage, []*record.Record, error) {
	q := record.Passage{Object: Leads.Name, Field: LeadStage.Name(), Filter: p.Filter, By: LeadSource.Name(), Order: map[value.ID]int{}}
	stages, err := s.Query(ctx, record.Query{Object: LeadStages.Name, Sort: "position", Limit: 200})
	if err != nil {
		return q, nil, err
	}
	q.From, q.To = bounds(s, p.From, p.To)
	for i, st := range stages.Records {
		q.Order[st.ID] = i
	}
	return q, stages.Records, nil
}

// reachedBehind lists the leads of a source that first came to a stage in the
// period.
func reachedBehind(ctx context.Context, s *record.Session, t report.Trail) (report.Found, error) {
	figure, stage, source := readTrail(t.Of)
	q, stages, err := reaching(ctx, s, t.Params)
	if err != nil {
		return report.Found{}, err
	}
	i := slices.IndexFunc(stages, func(st *record.Record) bool { return st.ID == stage })
	f, _ := s.Schema().MustObject(Leads.Name).Field(LeadSource.Name())
	if _, known := f.Option(source); figure != "leads" || i < 0 || source != "" && !known {
		return report.Found{}, report.NoFigure(t.Of)
	}
	label := stages[i].Title()
	q.Filter = report.Both(q.Filter, LeadSource.Name()+" is empty")
	if source != "" {
		q.Filter = report.Both(t.Filter, LeadSource.Name()+` = "`+source+`"`)
		label = f.OptionLabel(source, i18n.FormatFor(s.Who().Locale).Language()) + ", " + label
	}
	q.By = ""
	return foundThrough(ctx, s, q, t, stage, nil, report.Found{Label: label, Column: figure})
}

func reachedRow(f *schema.FieldDef, source string, st *record.Record, n int64, p report.Params) report.Row {
	row := report.Row{Keys: []any{nil, st.ID}, Labels: []string{"", st.Title()}, Values: []record.Measure{{Value: n}, {}}}
	if source != "" {
		row.Keys[0], row.Labels[0] = source, f.OptionLabel(source, "en")
	}
	if p.From != 0 && p.To != 0 {
		days := decimal.NewFromInt(int64(p.To-p.From) + 1)
		row.Values[1].Value = value.Round(decimal.NewFromInt(n).Mul(decimal.RequireFromString("30.436875")).DivRound(days, 18), 2)
	}
	return row
}
