package sales

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"wellmet/internal/i18n"
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
	if len(ids) == 0 || s.Who().Imports() {
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

// What rankings by another figure than the margin say.
const (
	byRevenue = "Won deals by their revenue: the amounts of all of them, whether their cost is known or not. Deals without cost data count as such and are in no margin; the margin rate is over the others."
	byServing = "Won deals by what it takes to serve them, the dearest first, whether the cost of their lines is known or not. Deals without cost data count as such and are in no margin; the margin rate is over the others."
)

// sortedBy ranks by another figure than the margin: of all deals that have it.
func sortedBy(by, help string, spec report.Spec) report.Spec {
	spec.Sort, spec.Help, spec.Run, spec.Columns = "-"+by, help, nil, slices.Clone(spec.Columns)
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

// Whose deals the ranked accounts do not tell: private persons and nobody, and
// customers that the reader may not see, who look like none.
const (
	ofPersons = `account is empty and (contact is empty or contact.id is not empty)`
	ofUnseen  = `account is not empty and account.id is empty or account is empty and contact is not empty and contact.id is empty`
)

// mostRanked is the longest list that can be asked for.
const mostRanked = 10_000

// customersToo ranks the customers that are no account, private persons, by their
// contact beside the others. Those whom the reader may not see have one line, so
// that lines add up to the total.
func customersToo(spec report.Spec) report.Spec {
	accounts, people, unseen := spec.Run, spec, spec
	people.Filter, people.Group = report.Both(spec.Filter, ofPersons), []string{DealContact.Name()}
	unseen.Filter, unseen.Group = report.Both(spec.Filter, ofUnseen), nil
	people, unseen = rated(people), rated(unseen)
	by := spec.Columns[slices.IndexFunc(spec.Columns, func(c report.Column) bool { return "-"+c.Measure == spec.Sort })].Name
	spec.Run = func(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
		wide := p
		if p.Limit > 0 && p.Limit < mostRanked { // one for the line that goes
			wide.Limit++
		}
		t, err := accounts(ctx, s, wide)
		if err != nil {
			return nil, err
		}
		var none *report.Row
		if i := slices.IndexFunc(t.Rows, func(r report.Row) bool { return r.Keys[0] == nil }); i >= 0 {
			none, t.Rows = &t.Rows[i], slices.Concat(t.Rows[:i], t.Rows[i+1:])
		}
		if none == nil && !t.More {
			return firstOf(t, p.Limit), nil
		}
		one, err := people.Run(ctx, s, p)
		if err != nil {
			return nil, err
		}
		for _, x := range []*report.Table{t, one} { // behind its end others may come first
			if x.More {
				p.Limit = min(cmp.Or(p.Limit, len(x.Rows)), len(x.Rows))
			}
		}
		t.Rows, t.More = append(t.Rows, one.Rows...), t.More || one.More
		if none == nil || none.Values[0].Value != one.Total.Values[0].Value {
			if err := addUnseen(ctx, s, unseen, p, t); err != nil {
				return nil, err
			}
		}
		rank := func(r report.Row) int64 { return rankOf(t, r, by) }
		slices.SortStableFunc(t.Rows, func(a, b report.Row) int { return cmp.Compare(rank(b), rank(a)) })
		return firstOf(t, p.Limit), nil
	}
	return spec
}

// addUnseen adds the line of the customers that the reader may not see, if any.
func addUnseen(ctx context.Context, s *record.Session, spec report.Spec, p report.Params, t *report.Table) error {
	all, err := spec.Run(ctx, s, p)
	if err != nil || all.Total.Values[0].Value == int64(0) {
		return err
	}
	r := *all.Total
	r.Keys, r.Labels = []any{"unseen"}, []string{i18n.Text(i18n.FormatFor(s.Who().Locale).Language(), "sales.customers_unseen", nil)}
	t.Rows = append(t.Rows, r)
	return nil
}

// firstOf cuts a table to its first lines; 0 = all.
func firstOf(t *report.Table, limit int) *report.Table {
	if limit > 0 && len(t.Rows) > limit {
		t.Rows, t.More = t.Rows[:limit], true
	}
	return t
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
