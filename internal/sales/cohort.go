package sales

import (
	"context"
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

const (
	// cohortMonths is how many months a cohort is followed.
	cohortMonths = 12
	// mostCohorts is how many months a report begins with, the newest.
	mostCohorts = 36
)

// cohorts are records by the month in which they began, and what came of them.
type cohorts struct {
	object, began   string // its date field
	done, doneField string // the condition of what came of them, and when
	figure          report.Column
}

// cohortReports follow deals and leads from the month in which they began.
func cohortReports() []report.Spec {
	deals := cohorts{object: Deals.Name, began: DealStartedOn.Name(), done: isWon, doneField: DealCloseDate.Name(), figure: report.Column{Name: "won", Title: "Won", Adds: true}}
	leads := cohorts{object: Leads.Name, began: "created_at", done: LeadConvertedAt.Name() + " is not empty", doneField: LeadConvertedAt.Name(), figure: report.Column{Name: "converted", Title: "Converted", Adds: true}}
	return []report.Spec{
		{Name: "deal-cohorts", Title: "Months until won", Object: deals.object, Period: deals.began, Span: "last_12", Run: deals.report, Columns: deals.columns(),
			Help: "Deals by the month in which they began, and how many of them were won by the end of that month, of the next, and so on up to a year. Fewer than ten deals are greyed; the month that is not over can still grow."},
		{Name: "lead-cohorts", Title: "Months until converted", Object: leads.object, Period: leads.began, Span: "last_12", Run: leads.report, Columns: leads.columns(),
			Help: "Leads by the month in which they were made, and how many of them were converted by the end of that month, of the next, and so on up to a year. Fewer than ten leads are greyed; the month that is not over can still grow."},
	}
}

func (c cohorts) columns() []report.Column {
	return []report.Column{{Name: "began", Title: "Began"}, c.figure, {Name: "cohort_share", Title: "Share", Rate: true}}
}

// cohort is the records of one month, and how many were done each so many months
// after.
type cohort struct {
	month value.Date
	n     int64
	after [cohortMonths + 1]int64
}

func (c cohorts) report(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
	t := &report.Table{Object: c.object, Groups: []string{c.began + ":month", report.MonthsAfter}, Rows: []report.Row{}, Columns: c.columns()}
	list, err := c.read(ctx, s, p)
	if err != nil {
		return nil, err
	}
	if t.More = len(list) > mostCohorts; t.More {
		list = list[len(list)-mostCohorts:]
	}
	running := false
	for _, x := range list {
		done := int64(0)
		for k := range x.after {
			month := x.month.AddMonths(k)
			if month > s.Today() {
				break
			}
			done += x.after[k]
			row := c.row(p, x, k, done)
			row.Running = month == s.Today().MonthStart()
			running = running || row.Running
			t.Rows = append(t.Rows, row)
		}
	}
	return t, c.note(ctx, s, p, t, running)
}

// row is how many of a cohort were done by the end of a month.
func (c cohorts) row(p report.Params, x cohort, k int, n int64) report.Row {
	all := report.Both(report.Spec{Period: c.began}.Condition(p), report.Spec{Period: c.began}.Condition(report.Params{From: x.month, To: x.month.AddMonths(1).AddDays(-1)}))
	done := report.Both(all, report.Spec{Filter: c.done, Period: c.doneField}.Condition(report.Params{To: x.month.AddMonths(k + 1).AddDays(-1)}))
	return report.Row{Keys: []any{x.month, int64(k)}, Labels: []string{x.month.String(), ""}, Few: x.n < fewDeals, Filter: all,
		Behind: []report.Behind{{Filter: all}, {Filter: done}, {Filter: done}}, Values: []record.Measure{{Value: x.n}, {Value: n}, {Value: share(n, x.n)}}}
}

// read counts the cohorts, the oldest first. What was done before it began counts
// for the month in which it began.
func (c cohorts) read(ctx context.Context, s *record.Session, p report.Params) ([]cohort, error) {
	at := map[value.Date]*cohort{}
	began := report.Spec{Period: c.began}.Condition(p)
	count := func(filter string, group []string, add func(x *cohort, keys []any, n int64)) error {
		r, err := s.Aggregate(ctx, record.Aggregate{Object: c.object, Filter: filter, Group: group, Measures: []string{"count"}, Limit: 10_000, Export: p.Export})
		if err != nil {
			return err
		}
		for _, g := range r.Groups {
			month, ok := g.Keys[0].(value.Date)
			if !ok {
				continue
			}
			if at[month] == nil {
				at[month] = &cohort{month: month}
			}
			add(at[month], g.Keys, whole(g.Values[0]))
		}
		return nil
	}
	if err := count(began, []string{c.began + ":month"}, func(x *cohort, _ []any, n int64) { x.n = n }); err != nil {
		return nil, err
	}
	err := count(report.Both(began, c.done), []string{c.began + ":month", c.doneField + ":month"}, func(x *cohort, keys []any, n int64) {
		if done, ok := keys[1].(value.Date); ok {
			if k := max(0, value.MonthsBetween(x.month, done)); k <= cohortMonths {
				x.after[k] += n
			}
		}
	})
	list := make([]cohort, 0, len(at))
	for _, x := range at {
		list = append(list, *x)
	}
	slices.SortFunc(list, func(a, b cohort) int { return int(a.month) - int(b.month) })
	return list, err
}

// note says what is not over, and what began on no known day.
func (c cohorts) note(ctx context.Context, s *record.Session, p report.Params, t *report.Table, running bool) error {
	language := i18n.FormatFor(s.Who().Locale).Language()
	if running {
		t.Notes = append(t.Notes, report.Note{Text: i18n.Text(language, "sales.cohort_running", nil)})
	}
	undated := report.Both(p.Filter, c.began+" is empty")
	n, _, err := s.Count(ctx, record.Query{Object: c.object, Filter: undated, Count: record.CountExact})
	if err == nil && n > 0 {
		t.Notes = append(t.Notes, report.Note{Text: i18n.Text(language, "sales.cohort_undated", fault.Args{"count": n}), Behind: report.Behind{Object: c.object, Filter: undated}})
	}
	return err
}
