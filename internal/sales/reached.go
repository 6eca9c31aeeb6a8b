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
	days := daysOver(s, p)
	f, _ := s.Schema().MustObject(Leads.Name).Field(LeadSource.Name())
	t := &report.Table{Object: Leads.Name, Groups: []string{"source", "stage.name"}, Rows: []report.Row{}, Columns: []report.Column{{Name: "leads", Title: "Leads", Adds: true}, {Name: "per_month", Title: "A month"}}}
	for _, source := range sources {
		for _, st := range stages {
			if n := reached[source][st.ID]; n > 0 {
				row := reachedRow(f, source, st, n, days)
				row.Behind = trails("leads-reached", p, st.ID, source, t.Columns, row.Values, map[string]string{"per_month": "leads"})
				t.Rows = append(t.Rows, row)
			}
		}
	}
	return t, nil
}

// reachedMonths is how many months the report by month goes back.
const reachedMonths = 60

// leadsReachedByMonth counts leads that first came to each stage, month by month;
// of a period without a beginning the last year.
func leadsReachedByMonth(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
	q, stages, err := reaching(ctx, s, p)
	if err != nil {
		return nil, err
	}
	q.By = ""
	t := &report.Table{Object: Leads.Name, Groups: []string{"created_at:month", "stage.name"}, Rows: []report.Row{}, Columns: []report.Column{{Name: "leads", Title: "Leads", Adds: true}}}
	from, to := p.From, p.To
	if to == 0 {
		to = s.Today()
	}
	if from == 0 {
		from = to.AddMonths(-11).MonthStart()
	}
	if earliest := to.AddMonths(1 - reachedMonths).MonthStart(); from < earliest {
		from, t.More = earliest, true
	}
	for month := from.MonthStart(); month <= to; month = month.AddMonths(1) {
		in := p
		in.From, in.To = max(from, month), min(to, month.AddMonths(1).AddDays(-1))
		q.From, q.To = bounds(s, in.From, in.To)
		passed, err := s.Pass(ctx, q)
		if err != nil {
			return nil, err
		}
		t.Rows = append(t.Rows, monthReached(month, stages, passed, in, t.Columns)...)
	}
	return t, nil
}

// monthReached are the lines of a month.
func monthReached(month value.Date, stages []*record.Record, passed []record.Passed, p report.Params, columns []report.Column) (rows []report.Row) {
	reached := map[value.ID]int64{}
	for _, x := range passed {
		reached[x.State] += x.Records
	}
	for _, st := range stages {
		if n := reached[st.ID]; n > 0 {
			row := report.Row{Keys: []any{month, st.ID}, Labels: []string{month.String()[:7], st.Title()}, Values: []record.Measure{{Value: n}}}
			row.Behind = trails("leads-reached-by-month", p, st.ID, "", columns, row.Values, nil)
			rows = append(rows, row)
		}
	}
	return rows
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

// reachedBehind lists the leads that first came to a stage in the period, of one
// source where the report tells them apart.
func reachedBehind(bySource bool) func(context.Context, *record.Session, report.Trail) (report.Found, error) {
	return func(ctx context.Context, s *record.Session, t report.Trail) (report.Found, error) {
		figure, stage, source := readTrail(t.Of)
		q, stages, err := reaching(ctx, s, t.Params)
		if err != nil {
			return report.Found{}, err
		}
		i := slices.IndexFunc(stages, func(st *record.Record) bool { return st.ID == stage })
		f, _ := s.Schema().MustObject(Leads.Name).Field(LeadSource.Name())
		if _, known := f.Option(source); figure != "leads" || i < 0 || source != "" && !(known && bySource) {
			return report.Found{}, report.NoFigure(t.Of)
		}
		label := stages[i].Title()
		switch {
		case source != "":
			q.Filter = report.Both(q.Filter, LeadSource.Name()+` = "`+source+`"`)
			label = f.OptionLabel(source, i18n.FormatFor(s.Who().Locale).Language()) + ", " + label
		case bySource:
			q.Filter = report.Both(q.Filter, LeadSource.Name()+" is empty")
		}
		q.By = ""
		return foundThrough(ctx, s, q, t, stage, nil, report.Found{Label: label, Column: figure})
	}
}

func reachedRow(f *schema.FieldDef, source string, st *record.Record, n, days int64) report.Row {
	row := report.Row{Keys: []any{nil, st.ID}, Labels: []string{"", st.Title()}, Values: []record.Measure{{Value: n}, {}}}
	if source != "" {
		row.Keys[0], row.Labels[0] = source, f.OptionLabel(source, "en")
	}
	if days > 0 {
		row.Values[1].Value = value.Round(decimal.NewFromInt(n).Mul(decimal.RequireFromString("30.436875")).DivRound(decimal.NewFromInt(days), 18), 2)
	}
	return row
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
