package sales

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"wellmet/internal/customer"
	"wellmet/internal/fault"
	"wellmet/internal/goal"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// GoalReports tell how far targets are and how customers come and go.
func GoalReports(room *goal.Room) []report.Spec {
	targets := func(name, title, help string, run func(context.Context, *record.Session, *goal.Board, *report.Table) error, measures ...string) report.Spec {
		return report.Spec{Name: name, Title: title, Help: help, Object: goal.Targets.Name, Period: goal.TargetFirst.Name(), Span: "this_year",
			Run: func(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
				return onBoards(ctx, s, room, p, run, measures...)
			}}
	}
	return []report.Spec{
		targets("target-attainment", "Target attainment", "Targets whose period lies in the one asked for, with what was reached, in the period before and a year ago. Due is what should be reached by now, working day for working day.", attainmentRows),
		targets("forecast-against-quota", "Forecast against quota", "Targets of won revenue beside what is closed and what open deals of the period may bring. Weighted is the closed ones whole and each open deal by its probability.", quotaRows, goal.WonRevenue),
		{Name: "customer-growth", Title: "Customer growth", Object: customer.Accounts.Name, Period: "created_at", Span: "last_12", Always: true, Run: growthReport,
			Help: "New, active and lost customers month by month. An account is active for twelve months from each month in which it bought. Merged accounts are one, so merging loses nobody. Months to come go on as the last six did."},
	}
}

// mostBoards is how many periods and measures one report asks for.
const mostBoards = 60

// boardOf is what one question of targets is about.
type boardOf struct {
	period  value.Period
	measure string
	narrow  string
}

// onBoards asks for the boards of all targets that a report is narrowed to, and
// lets rows be made of each. Lines without such a target are left out.
func onBoards(ctx context.Context, s *record.Session, room *goal.Room, p report.Params, rows func(context.Context, *record.Session, *goal.Board, *report.Table) error, measures ...string) (*report.Table, error) {
	asked, wanted, other, err := targetsAsked(ctx, s, room, p, measures)
	if err != nil {
		return nil, err
	}
	t := &report.Table{Object: goal.Targets.Name, Groups: []string{"name", "measure", "period"}, Rows: []report.Row{}, Notes: elsewhen(s, other)}
	order := slices.SortedFunc(maps.Keys(asked), func(a, b boardOf) int {
		return cmp.Or(b.period.Compare(a.period), strings.Compare(a.measure, b.measure), strings.Compare(a.narrow, b.narrow))
	})
	if t.More = len(order) > mostBoards; t.More {
		order = order[:mostBoards]
	}
	for _, x := range order {
		boards, err := room.Attainment(ctx, s, goal.Question{Period: x.period, Measure: x.measure, Narrow: asked[x]})
		if err != nil {
			return nil, err
		}
		for _, b := range boards {
			b.Lines = slices.DeleteFunc(b.Lines, func(l *goal.Line) bool { return l.Target == nil || !wanted[l.Target.ID] })
			if err := rows(ctx, s, b, t); err != nil {
				return nil, err
			}
		}
	}
	if len(order) == 0 {
		err = rows(ctx, s, nil, t)
	}
	return t, err
}

// mostNamed is how many records a note names one by one.
const mostNamed = 200

// elsewhen says how many targets were set in a fiscal calendar of which their period
// is none any more, and leads to them.
func elsewhen(s *record.Session, ids []string) []report.Note {
	if len(ids) == 0 {
		return nil
	}
	language := i18n.FormatFor(s.Who().Locale).Language()
	return []report.Note{{Text: i18n.Text(language, "sales.targets_elsewhen", fault.Args{"count": len(ids)}),
		Behind: report.Behind{Object: goal.Targets.Name, Filter: record.Among("id", ids[:min(len(ids), mostNamed)])}}}
}

// targetsAsked are the targets that lie in the period and that the condition
// holds of, and the boards that they stand on; other are those of another fiscal
// calendar, which stand on none.
func targetsAsked(ctx context.Context, s *record.Session, room *goal.Room, p report.Params, measures []string) (asked map[boardOf]map[string]value.ID, wanted map[value.ID]bool, other []string, err error) {
	spec := report.Spec{Period: goal.TargetFirst.Name()}
	if p.To != 0 {
		spec.Filter = goal.TargetLast.Name() + ` <= date("` + p.To.String() + `")`
	}
	if len(measures) > 0 {
		spec.Filter = joinAnd(spec.Filter, record.Among(goal.TargetMeasure.Name(), measures))
	}
	asked, wanted = map[boardOf]map[string]value.ID{}, map[value.ID]bool{}
	err = s.Each(ctx, record.Query{Object: goal.Targets.Name, Filter: spec.Condition(p)}, func(r *record.Record) error {
		t := room.Read(s, r)
		wanted[t.ID] = true
		period, err := t.Span(s)
		if err != nil {
			other = append(other, t.ID.String())
			return nil
		}
		x := boardOf{period: period, measure: t.Measure}
		for _, name := range slices.Sorted(maps.Keys(t.Narrow)) {
			x.narrow += name + t.Narrow[name].String()
		}
		asked[x] = t.Narrow
		return nil
	})
	return asked, wanted, other, err
}

// toldOf is a figure of a board: an amount, or how many.
func toldOf(b *goal.Board, n int64) record.Measure {
	if b.Currency == "" {
		return record.Measure{Value: n}
	}
	return record.Measure{Value: value.Money{Minor: n, Currency: b.Currency}}
}

// shareOf is a part of a target, empty where there is none to reach.
func shareOf(l *goal.Line, n int64) record.Measure {
	if l.Problem() != "" {
		return record.Measure{}
	}
	return record.Measure{Value: decimal.NewFromInt(n).DivRound(decimal.NewFromInt(l.Target.N), 6)}
}

// why is why a line has no share or no pace, empty where it has.
func why(b *goal.Board, l *goal.Line) record.Measure {
	switch {
	case l.Problem() != "":
		return record.Measure{Value: l.Problem()}
	case b.Pace.Days == 0:
		return record.Measure{Value: goal.NoDays}
	case b.Missing > 0:
		return record.Measure{Value: goal.Unrated}
	}
	return record.Measure{}
}

// lineRow is a row of a line: who, of which measure, when.
func lineRow(s *record.Session, b *goal.Board, l *goal.Line, columns int) report.Row {
	key, name := any(max(l.Member, l.Team)), l.Name
	if len(b.Narrow) > 0 { // a target of a product beside the whole one
		key, name = l.Target.Name, l.Target.Name
	}
	r := report.Row{Keys: []any{key, b.Measure.Name, b.Period}, Labels: []string{name, b.Measure.Name, b.Period.String()}, Behind: make([]report.Behind, columns)}
	r.Behind[0] = report.Behind{Object: goal.Targets.Name, Filter: `id = "` + l.Target.ID.String() + `"`}
	return r
}

func attainmentRows(_ context.Context, s *record.Session, b *goal.Board, t *report.Table) error {
	t.Columns = []report.Column{{Name: "target", Title: "Target", Plain: true}, {Name: "actual", Title: "Reached"}, {Name: "attained", Title: "Attained", Rate: true},
		{Name: "due_now", Title: "Due by now", Plain: true}, {Name: "previous", Title: "Period before"}, {Name: "year_ago", Title: "Year ago"},
		{Name: "place", Title: "Place", Plain: true, Place: true}, {Name: "note", Title: "Note", Plain: true}}
	if b == nil {
		return nil
	}
	for _, l := range b.Lines {
		r := lineRow(s, b, l, len(t.Columns))
		due, place, goal := record.Measure{}, record.Measure{}, toldOf(b, l.Target.N)
		if n, ok := l.Due(); ok {
			due = toldOf(b, n)
		}
		if l.Place > 0 {
			place.Value = int64(l.Place)
		}
		if l.Target.Unrated {
			goal = record.Measure{Value: l.Target.Stated}
		}
		r.Values = []record.Measure{goal, toldOf(b, l.Actual), shareOf(l, l.Actual), due, toldOf(b, l.Before), toldOf(b, l.YearAgo), place, why(b, l)}
		object := b.Measure.Counts(b.Narrow)
		r.Behind[1], r.Behind[2] = report.Behind{Object: object, Filter: l.Filter}, report.Behind{Object: object, Filter: l.Filter}
		r.Behind[4], r.Behind[5] = report.Behind{Object: object, Filter: l.BeforeFilter}, report.Behind{Object: object, Filter: l.YearAgoFilter}
		t.Rows = append(t.Rows, r)
	}
	return nil
}

// quotaRows set what is closed and what is open beside the quota. Deals whose
// day is past, and omitted ones, are in no figure, as in the forecast.
func quotaRows(ctx context.Context, s *record.Session, b *goal.Board, t *report.Table) error {
	t.Columns = []report.Column{{Name: "quota", Title: "Quota", Plain: true}, {Name: "closed", Title: "Closed"}, {Name: "commit", Title: "Commit"},
		{Name: "best", Title: "Best case"}, {Name: "in_pipeline", Title: "Pipeline"}, {Name: "weighted", Title: "Weighted"},
		{Name: "attained", Title: "Attained", Rate: true}, {Name: "foreseen", Title: "Weighted of quota", Rate: true}, {Name: "missing", Title: "Missing"}, {Name: "note", Title: "Note", Plain: true}}
	if b == nil {
		return nil
	}
	days := goal.Days{First: max(b.Period.First(), s.Today()), Last: b.Period.Last()}
	const forecast = isOpen + " and forecast "
	var figures []*goal.Figure
	for _, x := range []struct{ filter, figure, share string }{
		{forecast + `in ("commit", "closed")`, "amount", ""}, {forecast + `= "best"`, "amount", ""},
		{isOpen + ` and (forecast = "pipeline" or forecast is empty)`, "amount", ""}, {isDue, "weighted", "deal.weighted"},
	} {
		src := goal.Source{Object: Deals.Name, Filter: x.filter, Figure: "sum:" + x.figure, When: DealCloseDate.Name(), Owner: "owner",
			Paths: map[string]string{TargetPipeline.Name(): DealPipeline.Name()}, Shared: sharesOf(x.filter, x.share)}
		f, ok, err := b.Count(ctx, s, src, days)
		if err != nil {
			return err
		}
		if !ok || days.First > days.Last {
			f = nil
		}
		figures = append(figures, f)
	}
	for _, l := range b.Lines {
		t.Rows = append(t.Rows, quotaRow(s, b, l, figures, len(t.Columns)))
	}
	return nil
}

func quotaRow(s *record.Session, b *goal.Board, l *goal.Line, figures []*goal.Figure, columns int) report.Row {
	r := lineRow(s, b, l, columns)
	quota := toldOf(b, l.Target.N)
	if l.Target.Unrated {
		quota = record.Measure{Value: l.Target.Stated}
	}
	r.Values = []record.Measure{quota, toldOf(b, l.Actual)}
	r.Behind[1] = report.Behind{Object: b.Measure.Counts(b.Narrow), Filter: l.Filter}
	r.Behind[6] = r.Behind[1]
	weighted := l.Actual
	for i, f := range figures {
		if f == nil {
			r.Values = append(r.Values, toldOf(b, 0))
			continue
		}
		n, filter := f.Of(l)
		if i < 3 {
			r.Values, r.Behind[2+i] = append(r.Values, toldOf(b, n)), report.Behind{Object: Deals.Name, Filter: filter}
			continue
		}
		weighted += n
		r.Behind[5], r.Behind[7] = report.Behind{Object: Deals.Name, Filter: filter}, report.Behind{Object: Deals.Name, Filter: filter}
	}
	r.Values = r.Values[:5]
	missing := record.Measure{}
	if l.Problem() == "" {
		missing = toldOf(b, max(0, l.Target.N-weighted))
	}
	r.Values = append(r.Values, toldOf(b, weighted), shareOf(l, l.Actual), shareOf(l, weighted), missing, why(b, l))
	return r
}

// projected is how many months to come customer growth tells.
const projected = 3

// mostMonths is how many months of customers are told.
const mostMonths = 120

// growthReport counts customers of the months in a period, and projects some
// where it goes up to now.
func growthReport(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
	this := s.Today().MonthStart()
	first, last := p.From.MonthStart(), this
	if p.From == 0 {
		first = this.AddMonths(-11)
	}
	if p.To != 0 {
		last = min(this, p.To.MonthStart())
	}
	months := 0
	for m := first; m <= last && months < mostMonths; m = m.AddMonths(1) {
		months++
	}
	t := &report.Table{Object: customer.Accounts.Name, Groups: []string{"created_at:month"}, Rows: []report.Row{}, More: months == mostMonths, Columns: []report.Column{
		{Name: "new", Title: "New", Adds: true}, {Name: "active", Title: "Active"}, {Name: "lost", Title: "Lost", Adds: true}}}
	list, err := customers(ctx, s, "", p.Filter, first, months)
	if err != nil {
		return nil, err
	}
	if last == this {
		list = project(list, projected)
	}
	for _, m := range list {
		r := report.Row{Keys: []any{m.Month}, Labels: []string{m.Month.String()}, Ahead: m.Projected, Behind: make([]report.Behind, 3),
			Values: []record.Measure{{Value: m.New}, {Value: m.Active}, {Value: m.Lost}}}
		for i, filter := range []string{m.NewFilter, m.ActiveFilter, m.LostFilter} {
			if filter != "" {
				r.Behind[i].Filter = report.Both(p.Filter, filter)
			}
		}
		t.Rows = append(t.Rows, r)
	}
	return t, nil
}
