package sales

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// costLines gives lines the cost of their product when it is chosen, and works
// out what each costs over its term. No cost is not a cost of nothing.
func costLines(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	if err := copyCosts(ctx, s, drafts); err != nil {
		return err
	}
	for _, d := range drafts {
		if d.Doing != record.Creating && d.Doing != record.Updating {
			continue
		}
		d.Set(LineCost.Name(), nil)
		unit, ok := record.Will(d, LineUnitCost)
		if !ok {
			continue
		}
		factor, ok := record.Will(d, LineQuantity)
		if !ok {
			factor = decimal.NewFromInt(1)
		}
		if periods, ok := record.Will(d, LinePeriods); ok {
			factor = factor.Mul(decimal.NewFromInt(periods))
		}
		cost, err := unit.Times(factor)
		if err != nil {
			d.Refuse(LineUnitCost.Name(), "line.too_large", nil)
			continue
		}
		record.Put(d, LineCost, cost)
	}
	return nil
}

func copyCosts(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	var ids []value.ID
	wants := func(d *record.Draft) (value.ID, bool) {
		id, ok := lineTerms.chosen(d)
		return id, ok && !d.Given(LineUnitCost.Name())
	}
	for _, d := range drafts {
		if id, ok := wants(d); ok {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 || imported(s) {
		return nil
	}
	slices.Sort(ids)
	products, err := s.AsSystem("what a product costs").GetMany(ctx, Products.Name, slices.Compact(ids))
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if id, ok := wants(d); ok && products[id] != nil {
			d.Set(LineUnitCost.Name(), products[id].Field(ProductCost.Name()))
		}
	}
	return nil
}

// profitBy ranks won deals by what is left of them. Deals of unknown cost stand
// in a column of their own and in no margin.
func profitBy(name, title, group string) report.Spec {
	const known = isWon + ` and margin is not empty`
	spec := report.Spec{Name: name, Title: title, Object: Deals.Name, Filter: isWon, Group: []string{group}, Period: DealCloseDate.Name(), Sort: "-sum:margin",
		Help: "Won deals by their margin: the amount less what the lines cost and what it takes to serve them. Deals without cost data count as such, not as all margin; the rate is over the others.",
		Columns: []report.Column{
			{Name: "won", Title: "Won", Measure: "count"},
			{Name: "won_revenue", Title: "Won revenue", Measure: "sum:amount"},
			{Name: "margin", Title: "Margin", Measure: "sum:margin"},
			{Name: "cost", Title: "Cost", Measure: "sum:cost{" + known + "}"},
			{Name: "cost_to_serve", Title: "Cost to serve", Measure: "sum:cost_to_serve{" + known + "}"},
			{Name: "uncosted", Title: "Without cost data", Measure: "count{margin is empty}"},
			{Name: "costed_revenue", Title: "Revenue with cost data", Measure: "sum:amount{" + known + "}"}}}
	return rated(spec)
}

// rated puts the margin rate behind the margin of every line.
func rated(spec report.Spec) report.Spec {
	plain := spec
	spec.Run = func(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
		t, err := plain.Table(ctx, s, p)
		if err != nil {
			return nil, err
		}
		t.Columns = slices.Insert(slices.Clone(t.Columns), 3, report.Column{Name: "margin_rate", Title: "Margin rate"})
		for i := range t.Rows {
			t.Rows[i].Values = withRate(t.Rows[i].Values)
		}
		if t.Total != nil {
			t.Total.Values = withRate(t.Total.Values)
		}
		return t, nil
	}
	return spec
}

// sortedBy ranks by another figure than the margin: of all deals that have it.
func sortedBy(by string, spec report.Spec) report.Spec {
	spec.Sort, spec.Run, spec.Columns = "-"+by, nil, slices.Clone(spec.Columns)
	for i, c := range spec.Columns {
		if c.Measure == by {
			break
		}
		if strings.HasPrefix(c.Measure, by+"{") {
			spec.Columns[i].Measure = by
			break
		}
	}
	return rated(spec)
}

// customersToo names the customers that are no account by their contact: private
// persons, who stand together in a line without a name otherwise.
func customersToo(spec report.Spec) report.Spec {
	people := spec
	people.Filter, people.Group, people.Run = "("+spec.Filter+`) and account is empty`, []string{"contact.name"}, nil
	run := spec.Run
	people = rated(people)
	by := spec.Columns[slices.IndexFunc(spec.Columns, func(c report.Column) bool { return "-"+c.Measure == spec.Sort })].Name
	spec.Run = func(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
		t, err := run(ctx, s, p)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(t.Rows, func(r report.Row) bool { return r.Keys[0] == nil })
		if i < 0 {
			return t, nil
		}
		one, err := people.Run(ctx, s, p)
		if err != nil {
			return nil, err
		}
		t.Rows = slices.Concat(t.Rows[:i:i], t.Rows[i+1:], one.Rows)
		rank := func(r report.Row) int64 { return rankOf(t, r, by) }
		slices.SortStableFunc(t.Rows, func(a, b report.Row) int { return cmp.Compare(rank(b), rank(a)) })
		t.More = t.More || one.More
		if p.Limit > 0 && len(t.Rows) > p.Limit {
			t.Rows, t.More = t.Rows[:p.Limit], true
		}
		return t, nil
	}
	return spec
}

// rankOf is the figure that a line is ranked by, in the company's currency;
// unknown ones come last.
func rankOf(t *report.Table, r report.Row, by string) int64 {
	if x, ok := t.Value(r, by); ok {
		if m, ok := x.Value.(value.Money); ok {
			return m.Minor
		}
	}
	return math.MinInt64
}

// withRate puts the margin's share of the revenue of known cost behind it.
func withRate(values []record.Measure) []record.Measure {
	rate := record.Measure{}
	margin, ok := values[2].Value.(value.Money)
	revenue, has := values[6].Value.(value.Money)
	if ok && has && revenue.Minor != 0 {
		rate.Value = decimal.NewFromInt(margin.Minor*100).DivRound(decimal.NewFromInt(revenue.Minor), 1)
	}
	return slices.Insert(slices.Clone(values), 3, rate)
}
