package sales

import (
	"context"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// key is what an aggregate groups by to make the rows.
func (x *foresight) key() string {
	switch x.q.By {
	case ByPipeline:
		return DealPipeline.Name()
	case ByProduct:
		return LineProduct.Name()
	case ByCurrency:
		return DealAmount.Name() + ".currency"
	}
	return "owner"
}

// add sums one part into the rows and the total.
func (x *foresight) add(ctx context.Context, p part) error {
	group := []string{x.key()}
	if p.class == "" {
		group = append(group, x.prefix+DealForecast.Name())
	}
	measures := []string{"count", "sum:" + DealAmount.Name()}
	if x.q.By == ByProduct { // a line has the chance of its deal
		group = append(group, x.prefix+DealChance.Name())
	} else {
		measures = append(measures, "sum:"+DealWeighted.Name())
	}
	r, err := x.s.Aggregate(ctx, record.Aggregate{Object: x.f.Object, Filter: joinAnd(append([]string{p.filter}, x.within()...)...), Group: group,
		Measures: measures, Limit: 10_000, Unlabeled: x.q.By == ByTeam, AsOf: x.q.AsOf})
	if err != nil {
		return err
	}
	for _, g := range r.Groups {
		class := p.class
		if class == "" {
			forecast, _ := g.Keys[1].(string)
			class = classOf(p.months.State, forecast)
		}
		n, _ := g.Values[0].Value.(int64)
		c := ForecastCell{N: n, Amount: g.Values[1]}
		if x.q.By == ByProduct {
			chance, _ := g.Keys[len(g.Keys)-1].(decimal.Decimal)
			c.Weighted = weighed(c.Amount, chance)
		} else {
			c.Weighted = g.Values[2]
		}
		id, _ := g.Keys[0].(value.ID)
		x.put(id, x.label(g), class, c)
	}
	return nil
}

// label is what a group's row is called.
func (x *foresight) label(g record.Group) (label string) {
	if x.q.By == ByCurrency {
		label, _ = g.Keys[0].(string)
	} else if len(g.Labels) > 0 {
		label = g.Labels[0]
	}
	return label
}

// weighed is a sum of money by a chance in percent, in the company's currency.
func weighed(m record.Measure, chance decimal.Decimal) record.Measure {
	x, ok := m.Value.(value.Money)
	if !ok {
		return record.Measure{Missing: m.Missing}
	}
	x.Minor = decimal.NewFromInt(x.Minor).Mul(chance).Shift(-2).RoundBank(0).IntPart()
	return record.Measure{Value: x, Missing: m.Missing}
}

// addUnlined adds, to a forecast by product, what deals without lines come to.
// The total is of two objects then, and no list has all of it.
func (x *foresight) addUnlined(ctx context.Context) error {
	if x.q.By != ByProduct {
		return nil
	}
	of := foresight{s: x.s, q: x.q, f: &Forecast{Query: x.q, Today: x.f.Today, Object: Deals.Name}, tree: x.tree, at: map[rowKey]int{}, unlined: true}
	of.q.By, of.f.Total.Cells = ByPipeline, map[string]ForecastCell{}
	for _, p := range of.parts() {
		if err := of.add(ctx, p); err != nil {
			return err
		}
	}
	if len(of.f.Total.Cells) == 0 {
		return nil
	}
	row := of.f.Total
	row.Kind = Unlined
	of.link(&row, of.within())
	for class, c := range row.Cells {
		x.f.Total.add(class, c)
	}
	for class, c := range x.f.Total.Cells {
		c.Filter = ""
		x.f.Total.Cells[class] = c
	}
	x.f.Rows = append(x.f.Rows, row)
	return nil
}

// put adds what an owner (or pipeline, product, currency) has to its row.
func (x *foresight) put(id value.ID, label, class string, c ForecastCell) {
	x.row(id, label).add(class, c)
	x.f.Total.add(class, c)
	if x.q.By != ByTeam || !InFigures(class) {
		return
	}
	worth := c.Weighted
	if class == Closed {
		worth = c.Amount
	}
	if m, ok := worth.Value.(value.Money); ok {
		x.f.people[id] += m.Minor
	}
}

func classOf(status, forecast string) string {
	switch {
	case forecast == Omitted:
		return Omitted
	case status == Won:
		return Closed
	case forecast == Closed:
		return Commit
	case forecast == "":
		return InPipeline
	}
	return forecast
}

func (r *ForecastRow) add(class string, c ForecastCell) {
	have := r.Cells[class]
	r.Cells[class] = ForecastCell{N: have.N + c.N, Amount: AddMeasures(have.Amount, c.Amount), Weighted: AddMeasures(have.Weighted, c.Weighted)}
}

// row is the one that what an owner (or pipeline, or product) has belongs to.
func (x *foresight) row(id value.ID, label string) *ForecastRow {
	kind, key := x.q.By, id
	if x.q.By == ByTeam {
		kind, key = "person", id
		if below := x.tree.under(x.q.Team, x.s.Roster().TeamOf(id)); id != 0 && x.q.Person == 0 && below != 0 {
			kind, key, label = "team", below, x.tree.names[below]
		} else if id != 0 {
			label = x.s.Roster().Name(id)
		}
	}
	at := rowKey{kind: kind, id: key}
	if x.q.By == ByCurrency {
		at.currency = label
	}
	i, ok := x.at[at]
	if !ok {
		i = len(x.f.Rows)
		x.at[at] = i
		x.f.Rows = append(x.f.Rows, ForecastRow{Kind: kind, Key: key, Currency: at.currency, Label: label, Cells: map[string]ForecastCell{}})
	}
	return &x.f.Rows[i]
}

// list puts the rows in order and gives every figure the condition of its list.
func (x *foresight) list() {
	slices.SortStableFunc(x.f.Rows, func(a, b ForecastRow) int {
		if a.Kind != b.Kind {
			return strings.Compare(b.Kind, a.Kind) // teams before people
		}
		return strings.Compare(strings.ToLower(a.Label), strings.ToLower(b.Label))
	})
	all := x.within()
	for i := range x.f.Rows {
		x.link(&x.f.Rows[i], append(slices.Clone(all), x.mine(x.f.Rows[i])))
	}
	x.link(&x.f.Total, all)
}

func (x *foresight) mine(r ForecastRow) string {
	switch {
	case r.Currency != "":
		return x.key() + ` = "` + r.Currency + `"`
	case r.Key == 0:
		return x.key() + " is empty"
	case r.Kind == "team":
		return report.Scope{Team: r.Key}.Condition(x.s, "owner")
	}
	return x.key() + ` = "` + r.Key.String() + `"`
}

func (x *foresight) link(r *ForecastRow, parts []string) {
	for class, c := range r.Cells {
		c.Filter = joinAnd(append([]string{x.condition(class)}, parts...)...)
		r.Cells[class] = c
	}
}
