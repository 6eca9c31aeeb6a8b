package sales

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// slippage reports how far close dates are from what was first said.
func slippage(name, title, group string) report.Spec {
	moved := DealMoves.Name() + " > 0"
	r := report.Spec{Name: name, Title: title, Object: Deals.Name, Group: strings.Fields(group), Period: DealCloseDate.Name(),
		Help: "How often the close dates of deals were moved while they were open, and by how many days in all; earlier counts against later.",
		Columns: []report.Column{
			{Name: "deals", Title: "Deals", Measure: "count"},
			{Name: "moved", Title: "Moved", Measure: "count{" + moved + "}"},
			{Name: "moves", Title: "Moves", Measure: "sum:" + DealMoves.Name()},
			{Name: "avg_slip", Title: "Average days moved", Measure: "avg:" + DealSlip.Name() + "{" + moved + "}"},
			{Name: "slip", Title: "Days moved", Measure: "sum:" + DealSlip.Name()},
			{Name: "amount", Title: "Amount", Measure: "sum:amount{" + moved + "}"}}}
	r.Then = func(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
		return slippedThen(ctx, s, r, p)
	}
	r.Behind = func(ctx context.Context, s *record.Session, t report.Trail) (report.Found, error) {
		return movedBehind(ctx, s, r, t)
	}
	return r
}

// movedFigure is the figure to whose deals the others lead too.
const movedFigure = "moved"

// slipped is what the moves of some deals come to.
type slipped struct {
	deals, moves, days int64
	worth              record.Worth
}

func (x *slipped) add(m record.Shifted) {
	x.deals++
	x.moves += m.Times
	x.days += m.Days
	x.worth.Add(m.Amount, 1)
}

// figures are the columns of the report after the first.
func (x *slipped) figures(currency string) []record.Measure {
	list := []record.Measure{{Value: x.deals}, {Value: x.moves}, {}, {Value: x.days}, {}}
	if x.deals > 0 {
		list[2].Value = decimal.NewFromInt(x.days).DivRound(decimal.NewFromInt(x.deals), 2)
		list[4] = x.worth.Measure(currency)
	}
	return list
}

// slippedThen answers the report of a past day from the spans of deals: what the
// fields of a deal count, they count of today.
func slippedThen(ctx context.Context, s *record.Session, spec report.Spec, p report.Params) (*report.Table, error) {
	columns := spec.Columns[:1:1]
	for _, c := range spec.Columns[1:] {
		columns = append(columns, report.Column{Name: c.Name, Title: c.Title, Adds: c.Sums()})
	}
	spec.Columns = columns[:1]
	t, err := spec.Table(ctx, s, p)
	if err != nil {
		return nil, err
	}
	link, _, _ := strings.Cut(spec.Group[0], ".")
	by, all := map[value.ID]*slipped{}, &slipped{worth: record.Worth{Sums: map[string]int64{}}}
	if err := s.Shifts(ctx, shiftQuery(spec.Condition(p), link, p), func(m record.Shifted) {
		if by[m.By] == nil {
			by[m.By] = &slipped{worth: record.Worth{Sums: map[string]int64{}}}
		}
		by[m.By].add(m)
		all.add(m)
	}); err != nil {
		return nil, err
	}
	named, err := slippedBy(ctx, s, spec.Group[0], by)
	if err != nil {
		return nil, err
	}
	fill := func(r *report.Row, x *slipped, filter string) {
		if x == nil {
			x = &slipped{}
		}
		r.Values = append(r.Values, x.figures(s.Settings().Currency)...)
		r.Behind = make([]report.Behind, len(columns))
		if x.deals == 0 {
			return
		}
		of := p
		of.Filter = filter
		for i := 1; i < len(columns); i++ {
			r.Behind[i] = of.Trail(spec.Name, movedFigure)
		}
	}
	for i := range t.Rows {
		fill(&t.Rows[i], named[t.Rows[i].Keys[0]], t.Rows[i].Filter)
	}
	fill(t.Total, all, p.Filter)
	t.Columns = columns
	return t, nil
}

// slippedBy puts what is of each owner or stage under the keys of the report's rows:
// owners by themselves, stages by their name, which several pipelines may share.
func slippedBy(ctx context.Context, s *record.Session, group string, by map[value.ID]*slipped) (map[any]*slipped, error) {
	link, _, byName := strings.Cut(group, ".")
	found := map[value.ID]*record.Record{}
	if byName {
		f, _ := s.Schema().MustObject(Deals.Name).Field(link)
		var err error
		if found, err = s.GetMany(ctx, f.Target, slices.Collect(maps.Keys(by))); err != nil {
			return nil, err
		}
	}
	named := map[any]*slipped{}
	for id, x := range by {
		var key any
		switch r := found[id]; {
		case r != nil:
			key = r.Title()
		case !byName && id != 0:
			key = id
		}
		if was := named[key]; was != nil {
			x.deals, x.moves, x.days = x.deals+was.deals, x.moves+was.moves, x.days+was.days
			x.worth.Add(was.worth, 1)
		}
		named[key] = x
	}
	return named, nil
}

func shiftQuery(filter, by string, p report.Params) record.ShiftQuery {
	return record.ShiftQuery{Object: Deals.Name, Field: DealCloseDate.Name(), While: DealStatus.Name(), Is: Open, By: by, Amount: DealAmount.Name(),
		Filter: filter, AsOf: p.AsOf, Export: p.Export}
}

// movedBehind lists the deals whose close date had been moved by a past day, those of
// a line by its filter.
func movedBehind(ctx context.Context, s *record.Session, spec report.Spec, t report.Trail) (f report.Found, err error) {
	if t.Of != movedFigure || t.AsOf.IsZero() {
		return f, report.NoFigure(t.Of)
	}
	f.Column = movedFigure
	err = s.Shifts(ctx, shiftQuery(spec.Condition(t.Params), "", t.Params), func(m record.Shifted) {
		if f.Count++; len(f.IDs) < t.Limit && (t.Before == 0 || m.Record < t.Before) {
			f.IDs = append(f.IDs, m.Record)
		}
	})
	return f, err
}
