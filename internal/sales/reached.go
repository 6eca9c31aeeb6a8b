package sales

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
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
	t := &report.Table{Object: Leads.Name, Groups: []string{"source", "stage.name"}, Columns: []report.Column{{Name: "leads", Title: "Leads", Adds: true}, {Name: "per_month", Title: "A month"}}}
	t.Rows = reachedRows(s, stages, passed, daysOver(s, p))
	for i := range t.Rows {
		r := &t.Rows[i]
		stage, source := reachedAt(r.Keys)
		r.Behind = trails("leads-reached", p, stage, source, t.Columns, r.Values, map[string]string{"per_month": "leads"})
	}
	return t, nil
}

// reachedRows are lines by source and stage of what passed in so many days.
func reachedRows(s *record.Session, stages []*record.Record, passed []record.Passed, days int64) []report.Row {
	reached, sources := map[string]map[value.ID]int64{}, []string{}
	for _, x := range passed {
		source, _ := x.By.(string)
		if reached[source] == nil {
			reached[source], sources = map[value.ID]int64{}, append(sources, source)
		}
		reached[source][x.State] += x.Records
	}
	slices.Sort(sources)
	rows := []report.Row{}
	f, _ := s.Schema().MustObject(Leads.Name).Field(LeadSource.Name())
	for _, source := range sources {
		for _, st := range stages {
			if n := reached[source][st.ID]; n > 0 {
				rows = append(rows, reachedRow(f, source, st, n, days))
			}
		}
	}
	return rows
}

// reachedAt is which stage and source a line ends with.
func reachedAt(keys []any) (stage value.ID, source string) {
	stage, _ = keys[len(keys)-1].(value.ID)
	source, _ = keys[len(keys)-2].(string)
	return stage, source
}

// reachedMonths is how many months the report by month goes back.
const reachedMonths = 60

// leadsReachedByMonth counts leads by source that first came to each stage, month by
// month, beside how many that is a month in all of the period.
func leadsReachedByMonth(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
	q, stages, err := reaching(ctx, s, p)
	if err != nil {
		return nil, err
	}
	t := &report.Table{Object: Leads.Name, Groups: []string{"created_at:month", "source", "stage.name"}, Rows: []report.Row{},
		Columns: []report.Column{{Name: "leads", Title: "Leads", Adds: true}, {Name: "per_month", Title: "A month", Plain: true}}}
	days := daysOver(s, p)
	p, cut := reachedIn(s, p)
	for month := p.From.MonthStart(); month <= p.To; month = month.AddMonths(1) {
		in := p
		in.From, in.To = max(p.From, month), min(p.To, month.AddMonths(1).AddDays(-1))
		q.From, q.To = bounds(s, in.From, in.To)
		passed, err := s.Pass(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, r := range reachedRows(s, stages, passed, 0) {
			stage, source := reachedAt(r.Keys)
			r.Behind = trails("leads-reached-by-month", in, stage, source, t.Columns, r.Values, nil)
			r.Keys, r.Labels = append([]any{month}, r.Keys...), append([]string{month.String()[:7]}, r.Labels...)
			t.Rows = append(t.Rows, r)
		}
	}
	if cut && days > 0 {
		days = daysOver(s, p)
	}
	perMonth(t.Rows, days)
	if cut {
		t.Notes = append(t.Notes, report.Note{Text: i18n.Text(language(s), "sales.reached_cut", fault.Args{"months": reachedMonths})})
	}
	return t, nil
}

// reachedIn is the period with both ends, up to today, of which the last months are
// told; cut says that there are some before.
func reachedIn(s *record.Session, p report.Params) (in report.Params, cut bool) {
	if p.To == 0 || p.To > s.Today() {
		p.To = s.Today()
	}
	if earliest := p.To.AddMonths(1 - reachedMonths).MonthStart(); p.From < earliest {
		p.From, cut = earliest, true
	}
	return p, cut
}

// perMonth sets beside each line how many a month all lines of its source and stage
// come to.
func perMonth(rows []report.Row, days int64) {
	type line struct {
		stage  value.ID
		source string
	}
	sums := map[line]int64{}
	at := func(r report.Row) line {
		stage, source := reachedAt(r.Keys)
		return line{stage, source}
	}
	for _, r := range rows {
		sums[at(r)] += whole(r.Values[0])
	}
	for i := range rows {
		rows[i].Values[1] = aMonth(sums[at(rows[i])], days)
	}
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

// reachedBehind lists the leads of one source that first came to a stage in the period.
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
	label, only := stages[i].Title(), LeadSource.Name()+" is empty"
	if source != "" {
		label, only = f.OptionLabel(source, language(s))+", "+label, LeadSource.Name()+` = "`+source+`"`
	}
	q.Filter, q.By = report.Both(q.Filter, only), ""
	return foundThrough(ctx, s, q, t, stage, nil, report.Found{Label: label, Column: figure})
}

func reachedRow(f *schema.FieldDef, source string, st *record.Record, n, days int64) report.Row {
	row := report.Row{Keys: []any{nil, st.ID}, Labels: []string{"", st.Title()}, Values: []record.Measure{{Value: n}, {}}}
	if source != "" {
		row.Keys[0], row.Labels[0] = source, f.OptionLabel(source, "en")
	}
	row.Values[1] = aMonth(n, days)
	return row
}

// aMonth is how many a month so many in so many days are; nothing of no days.
func aMonth(n, days int64) (m record.Measure) {
	if days > 0 {
		m.Value = value.Round(decimal.NewFromInt(n).Mul(decimal.RequireFromString("30.436875")).DivRound(decimal.NewFromInt(days), 18), 2)
	}
	return m
}

// daysOver is how many days of a period have been, today included; 0 where it has no
// beginning, or has not begun.
func daysOver(s *record.Session, p report.Params) int64 {
	to := s.Today()
	if p.To != 0 {
		to = min(to, p.To)
	}
	if p.From == 0 || to < p.From {
		return 0
	}
	return int64(to-p.From) + 1
}
