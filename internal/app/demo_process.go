package app

import (
	"context"

	"wellmet/internal/app/sample"
	"wellmet/internal/hours"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/support"
	"wellmet/internal/value"
)

// guided is the pipeline under a process of its own. The other one is free.
const guided = 2

// process publishes how renewals go, before there is the first one: so the
// trace of each is made as it went, with what was skipped and late.
func (l *loader) process(ctx context.Context) error {
	return l.w.Write(ctx, asDemo, func(s *record.Session) error {
		script, err := l.template(ctx, s, "Renewal call", process.ScriptTemplate, "", "Good morning, this is Northlight. Your contract “{{name}}” runs until {{close_date}}. Has anything changed at {{account.name}} that the new one should reflect?")
		if err != nil {
			return err
		}
		letter, err := l.template(ctx, s, "Renewal offer", process.MailTemplate, "Your renewal: {{name}}", "Dear customer,\n\nas agreed, please find our offer for the coming year: {{amount}}. It stands until {{close_date}}.\n\nKind regards")
		if err != nil {
			return err
		}
		v := record.With(record.Values{}, process.BlueprintName, "Renewals")
		record.With(v, process.BlueprintObject, sales.Deals.Name)
		record.With(v, process.BlueprintField, sales.DealStage.Name())
		record.With(v, process.BlueprintWhen, sales.DealPipeline.Name()+` = "`+l.pipelineIDs[guided-1].String()+`"`)
		record.With(v, process.BlueprintText, l.renewals(script, letter).String())
		record.With(v, process.BlueprintHelp, "How a customer stays: call, offer, confirmation.")
		made, err := s.Create(ctx, process.Blueprints.Name, v)
		if err != nil {
			return err
		}
		_, err = process.Publish(ctx, s, made.ID, process.Publication{})
		return err
	})
}

func (l *loader) template(ctx context.Context, s *record.Session, name, kind, subject, body string) (value.ID, error) {
	v := record.With(record.Values{}, process.TemplateName, name)
	record.With(v, process.TemplateKind, kind)
	record.With(v, process.TemplateObject, sales.Deals.Name)
	text(v, process.TemplateSubject.Name(), subject)
	record.With(v, process.TemplateBody, body)
	record.With(v, process.TemplateStatus, process.Published)
	out, err := s.Create(ctx, process.Templates.Name, v)
	return out.ID, err
}

// renewals is the process of the guided pipeline: its stages in their order,
// each with the days that a deal may stay.
func (l *loader) renewals(script, letter value.ID) *process.Definition {
	stages := l.c.Pipelines[guided-1].Stages
	key := func(i int) string { return l.stageIDs[guided-1][i].String() }
	d := &process.Definition{Skip: process.Reason, Back: process.Reason}
	var open []string
	for i, st := range stages {
		x := process.State{State: key(i), Start: i == 0, End: st.Kind != sample.Open}
		if !x.End {
			open = append(open, key(i))
			x.Limit = &process.Limit{Duration: hours.Duration{N: st.Days, Unit: hours.Days}}
		}
		d.States = append(d.States, x)
	}
	d.States[0].Tips, d.States[0].Templates = []string{"Call before you write: half of what changes is not in any e-mail."}, []value.ID{script}
	d.States[1].Tips = []string{"Ask for a date, not for a decision."}
	d.Moves = []process.Move{
		{Key: "offer", Name: "Send the offer", From: []string{key(0)}, To: key(1), Ask: []process.Ask{{Field: "amount"}, {Field: "next_step", Optional: true}},
			Checklist: []process.Check{{Key: "called", Text: "Spoken with the customer"}}, Templates: []value.ID{letter},
			Then: []process.Action{{Do: process.DoTask, To: "owner", Text: "Ask {{account.name}} about the offer", Due: &hours.Duration{N: 5, Unit: hours.BusinessDays}}}},
		{Key: "confirm", Name: "Customer confirms", From: []string{key(1)}, To: key(2), Note: process.May},
		{Key: "renew", Name: "Renew", From: []string{key(2)}, To: key(3)},
		{Key: "lose", Name: "Customer leaves", From: open, To: key(4)},
	}
	return d
}

// advice is a tip of the sample: of whom, about which stage of the guided
// pipeline or which objection, and how many find it useful.
var advice = []struct {
	text      string
	stage     int // -1 = none
	objection string
	votes     int
}{
	{"Look at the alarms of the last year before you call: they show what to offer.", 0, "", 7},
	{"Whoever signed last year may have left. Ask who decides now.", 0, "", 4},
	{"Send the offer on a Tuesday morning; Friday's are read by nobody.", 1, "", 2},
	{"Offer two sizes. The talk is then about which, not whether.", 1, "", 9},
	{"Speak of one spoilt delivery, not of the price of a sensor.", -1, "too_expensive", 11},
	{"Give the sheet with the pay-back time to the one who has to ask his boss.", -1, "must_ask", 5},
	{"Ask what would have to happen for them to look at it again, and note the date.", -1, "no_time", 3},
}

// tips are what the sellers of the company tell one another, with the votes of
// their colleagues.
func (l *loader) tips(ctx context.Context) error {
	var changes []record.Change
	for i, x := range advice {
		v := record.With(record.Values{}, support.TipText, x.text)
		if x.stage >= 0 {
			record.With(v, support.TipStage, l.stageIDs[guided-1][x.stage])
		}
		text(v, support.TipObjection.Name(), x.objection)
		changes = append(changes, l.colleagues(v, i))
	}
	ids, err := l.save(ctx, support.Tips.Name, changes)
	if err != nil {
		return err
	}
	changes = nil
	for i, x := range advice {
		for n := range x.votes {
			changes = append(changes, l.colleagues(record.With(record.Values{}, support.VoteTip, ids[i]), i+1+n))
		}
	}
	_, err = l.save(ctx, support.Votes.Name, changes)
	return err
}

// colleagues is a change by one of the members, each number another.
func (l *loader) colleagues(v record.Values, i int) record.Change {
	by := sample.Ref(1 + i%len(l.memberIDs))
	v["owner"] = l.memberIDs[by-1]
	return l.then(v, l.c.Began.AddDate(0, 6, i), by)
}

// cases are what customers wrote in about, each moved on at its moment.
func (l *loader) cases(ctx context.Context) error {
	states, err := l.caseStates(ctx)
	if err != nil {
		return err
	}
	changes := make([]record.Change, len(l.c.Cases))
	for i, c := range l.c.Cases {
		v := record.With(record.Values{}, support.CaseSubject, c.Subject)
		record.With(v, support.CaseText, c.Text)
		record.With(v, support.CasePriority, c.Priority)
		set(v, "deal", l.dealIDs, c.Deal)
		set(v, "product", l.productIDs, c.Product)
		set(v, "owner", l.memberIDs, c.By)
		changes[i] = l.then(v, c.Created, c.By)
	}
	ids, err := l.save(ctx, support.Cases.Name, changes)
	if err != nil {
		return err
	}
	var worked, solved []record.Change
	for i, c := range l.c.Cases {
		if !c.Worked.IsZero() {
			x := l.then(record.With(record.Values{}, support.CaseState, states[support.Working]), c.Worked, c.By)
			x.ID = ids[i]
			worked = append(worked, x)
		}
		if !c.Solved.IsZero() {
			x := l.then(record.With(record.With(record.Values{}, support.CaseState, states[support.Solved]), support.CaseSolution, c.Solution), c.Solved, c.By)
			x.ID = ids[i]
			solved = append(solved, x)
		}
	}
	for _, part := range [][]record.Change{worked, solved} {
		if _, err := l.save(ctx, support.Cases.Name, part); err != nil {
			return err
		}
	}
	return nil
}

// caseStates are the first state of each kind.
func (l *loader) caseStates(ctx context.Context) (map[string]value.ID, error) {
	states := map[string]value.ID{}
	err := l.w.Read(ctx, asDemo, func(s *record.Session) error {
		return s.Each(ctx, record.Query{Object: support.States.Name, Sort: "-position"}, func(r *record.Record) error {
			kind, _ := record.Get(r, support.StateKind)
			states[kind] = r.ID
			return nil
		})
	})
	return states, err
}
