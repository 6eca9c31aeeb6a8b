package commerce

import (
	"context"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// Cash is the money that comes in, month by month (R100). The same money is in
// one place: that of a contract in what came in, in its plan, or in Booked; that
// of a won deal that never had a contract in Bare; that of an open deal in
// Expected.
type Cash struct {
	Months []CashMonth
	Total  CashMonth
	// Overdue is what should have come in by now, of all months.
	Overdue CashFigure
	// Beyond is what of all contracts came in or is planned beyond what they say;
	// it is in Received or Due, too.
	Beyond CashFigure
	// Unseen is how many deals of these months have contracts that the actor may
	// not see: their money is in no figure but Won.
	Unseen int64
}

// CashMonth is one month of it.
type CashMonth struct {
	Month value.Date // 0 of the total
	// Won is what was sold, whenever it is paid; it stands beside and is in no sum.
	Won CashFigure
	// Received is what came in, Due what is planned and not paid, of which the
	// part in Late is overdue.
	Received, Due, Late CashFigure
	// Booked is what of contracts is open and not planned, by the day of signing,
	// Bare won deals without a contract.
	Booked, Bare, Expected CashFigure
}

// CashFigure is a sum and the list behind it.
type CashFigure struct {
	Sum    record.Measure
	Object string // plural
	Filter string
}

// Coming is what is still to come in.
func (m CashMonth) Coming() (sum record.Measure) {
	for _, f := range []CashFigure{m.Due, m.Booked, m.Bare, m.Expected} {
		sum = sales.AddMeasures(sum, f.Sum)
	}
	return sum
}

// counts is the condition of contracts whose money is theirs: a void one has
// none, and that of a draft is its deal's until this is won. prefix leads to the
// contract.
func counts(prefix string) string {
	return strings.ReplaceAll(`(?state != "void" and (?state != "draft" or ?deal is empty or ?deal.status = "won"))`, "?", prefix)
}

const (
	uncontracted = `(contract_count = 0 or contract_count is empty)`
	unbound      = `(binding_contracts = 0 or binding_contracts is empty)`
)

// cashPart is one aggregate of the cash forecast.
type cashPart struct {
	object, day, filter, measure string
	into                         func(*CashMonth) *CashFigure
}

func cashParts(today value.Date) []cashPart {
	now := `date("` + today.String() + `")`
	booked := func(m *CashMonth) *CashFigure { return &m.Booked }
	return []cashPart{
		{sales.Deals.Name, "close_date", `status = "won"`, "sum:amount", func(m *CashMonth) *CashFigure { return &m.Won }},
		{Receipts.Name, "received_on", "reversed_on is empty", "sum:amount", func(m *CashMonth) *CashFigure { return &m.Received }},
		{PlanLines.Name, "due_on", counts("contract.") + ` and progress != "paid"`, "sum:open_amount", func(m *CashMonth) *CashFigure { return &m.Due }},
		{PlanLines.Name, "due_on", OfBinding + ` and progress != "paid" and due_on < ` + now, "sum:open_amount", func(m *CashMonth) *CashFigure { return &m.Late }},
		{Contracts.Name, "signed_on", counts("") + ` and unplanned > 0`, "sum:unplanned", booked},
		// A draft has no such day: it counts by that on which it was made.
		{Contracts.Name, "created_at", `signed_on is empty and ` + counts("") + ` and unplanned > 0`, "sum:unplanned", booked},
		{sales.Deals.Name, "close_date", `status = "won" and ` + uncontracted, "sum:amount", func(m *CashMonth) *CashFigure { return &m.Bare }},
		{sales.Deals.Name, "close_date", `status = "open" and forecast != "omitted" and close_date >= ` + now + ` and ` + unbound, "sum:weighted",
			func(m *CashMonth) *CashFigure { return &m.Expected }},
	}
}

// CashOf answers the money around a period, as its page and the API tell it.
func CashOf(ctx context.Context, s *record.Session, q sales.ForecastQuery) (*Cash, error) {
	return CashIn(ctx, s, q, q.FirstMonth(), sales.CashMonths)
}

// CashIn answers the money of some months from the first day of one on, for the
// people asked for. Who may not see contracts is answered without them.
func CashIn(ctx context.Context, s *record.Session, q sales.ForecastQuery, first value.Date, months int) (*Cash, error) {
	x := &till{s: s, whose: q.Whose(s), from: first.MonthStart(), to: first.MonthStart().AddMonths(months), c: &Cash{Months: make([]CashMonth, months)}, at: map[value.Date]*CashMonth{}}
	for i := range x.c.Months {
		x.c.Months[i].Month = x.from.AddMonths(i)
		x.at[x.c.Months[i].Month] = &x.c.Months[i]
	}
	for _, p := range cashParts(s.Today()) {
		if err := x.count(ctx, p); err != nil {
			return nil, err
		}
	}
	var err error
	late := OfBinding + ` and progress != "paid" and due_on < date("` + s.Today().String() + `")`
	if x.c.Overdue, err = x.sum(ctx, PlanLines.Name, late, "sum:open_amount"); err != nil {
		return nil, err
	}
	if x.c.Beyond, err = x.sum(ctx, Contracts.Name, counts("")+" and unplanned < 0", "sum:-unplanned"); err != nil {
		return nil, err
	}
	return x.c, x.unseen(ctx)
}

// till is a cash forecast in the making.
type till struct {
	s        *record.Session
	whose    string
	from, to value.Date // the day after the last
	c        *Cash
	at       map[value.Date]*CashMonth
}

// asked is a condition for the people asked for.
func (x *till) asked(filter string) string {
	if x.whose != "" {
		filter += " and " + x.whose
	}
	return filter
}

func (x *till) within(p cashPart, from, to value.Date) string {
	return x.asked("(" + p.filter + ") and " + p.day + ` >= date("` + from.String() + `") and ` + p.day + ` < date("` + to.String() + `")`)
}

// count adds a part to the months and the total.
func (x *till) count(ctx context.Context, p cashPart) error {
	o, err := x.s.Object(p.object)
	if err != nil {
		return nil // the actor may not see such
	}
	all := x.within(p, x.from, x.to)
	a, err := x.s.Aggregate(ctx, record.Aggregate{Object: p.object, Filter: all, Group: []string{p.day + ":month"}, Measures: []string{p.measure}})
	if err != nil {
		return err
	}
	p.into(&x.c.Total).add(CashFigure{a.Total.Values[0], o.Plural, all})
	for _, g := range a.Groups {
		day, _ := g.Keys[0].(value.Date)
		if m := x.at[day]; m != nil {
			p.into(m).add(CashFigure{g.Values[0], o.Plural, x.within(p, day, day.AddMonths(1))})
		}
	}
	return nil
}

// add joins two figures of one object, one of which may be none yet.
func (f *CashFigure) add(o CashFigure) {
	switch {
	case f.none():
		*f = o
	case !o.none():
		*f = CashFigure{sales.AddMeasures(f.Sum, o.Sum), o.Object, "(" + f.Filter + ") or (" + o.Filter + ")"}
	}
}

func (f *CashFigure) none() bool { return f.Sum.Value == nil && len(f.Sum.Sums) == 0 }

// sum is a figure over all months.
func (x *till) sum(ctx context.Context, object, filter, measure string) (f CashFigure, err error) {
	o, err := x.s.Object(object)
	if err != nil {
		return f, nil
	}
	filter = x.asked(filter)
	a, err := x.s.Aggregate(ctx, record.Aggregate{Object: object, Filter: filter, Measures: []string{measure}})
	if err != nil {
		return f, err
	}
	return CashFigure{a.Total.Values[0], o.Plural, filter}, nil
}

// unseen counts the deals whose contracts the actor may not see.
func (x *till) unseen(ctx context.Context) (err error) {
	p := cashPart{day: "close_date", filter: `status = "won" and contract_count > 0 or status = "open" and binding_contracts > 0`}
	filter := x.within(p, x.from, x.to)
	if _, err := x.s.Object(Contracts.Name); err == nil {
		if x.s.Actor().Scope(x.s.Schema().MustObject(Contracts.Name), access.Read) == access.All {
			return nil
		}
		filter += " and not any(contracts)"
	}
	x.c.Unseen, _, err = x.s.Count(ctx, record.Query{Object: sales.Deals.Name, Filter: filter, Count: record.CountExact})
	return err
}
