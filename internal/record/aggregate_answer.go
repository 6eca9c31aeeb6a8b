package record

import (
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// answer turns what was added up into figures, and their total.
func (p *aggregation) answer(found *foundGroups) ([]Group, Group, error) {
	groups := make([]Group, 0, len(found.list))
	all := foundGroup{tallies: make([]tally, len(p.operands))}
	for _, g := range found.list {
		for i := range g.tallies {
			all.tallies[i].add(&g.tallies[i])
		}
		if len(p.groups) == 0 {
			continue
		}
		values, err := p.values(g)
		if err != nil {
			return nil, Group{}, err
		}
		groups = append(groups, Group{Keys: g.keys, Values: values})
	}
	values, err := p.values(&all)
	return groups, Group{Values: values}, err
}

func (p *aggregation) values(g *foundGroup) ([]Measure, error) {
	values := make([]Measure, len(p.measures))
	for i, m := range p.measures {
		var err error
		if values[i], err = p.value(m, g); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func (p *aggregation) tally(g *foundGroup, o *operand) *tally {
	return &g.tallies[slices.Index(p.operands, o)]
}

func (p *aggregation) value(m *measure, g *foundGroup) (Measure, error) {
	t := p.tally(g, m.over)
	switch m.function {
	case "count":
		return Measure{Value: t.n}, nil
	case "rate":
		whole := p.tally(g, m.base).n
		if whole == 0 {
			return Measure{}, nil
		}
		return Measure{Value: value.Round(quotient(decimal.NewFromInt(t.n), whole), 6)}, nil
	case "min", "max":
		if !t.some {
			return Measure{Missing: t.missing()}, nil
		}
		v := t.least
		if m.function == "max" {
			v = t.most
		}
		return Measure{Value: p.whole(m.over, v), Missing: t.missing()}, nil
	case "median":
		return Measure{Value: p.median(m.over, t.values), Missing: t.missing()}, nil
	}
	return p.added(m, t)
}

// missing are the amounts without a rate: counted in their currency, not in
// the workspace's.
func (t *tally) missing() int64 {
	var n int64
	for _, h := range t.currencies {
		n += h.n
	}
	return max(0, n-t.n)
}

// added answers sum and avg.
func (p *aggregation) added(m *measure, t *tally) (Measure, error) {
	out := Measure{Missing: t.missing()}
	if m.function == "sum" {
		for _, code := range slices.Sorted(maps.Keys(t.currencies)) {
			minor, err := t.currencies[code].total()
			if err != nil {
				return Measure{}, err
			}
			out.Sums = append(out.Sums, value.Money{Minor: minor, Currency: code})
		}
	}
	if t.n == 0 {
		if m.function == "avg" && len(t.currencies) == 1 {
			return t.foreignAverage(out)
		}
		return out, nil
	}
	sum, err := t.total()
	if err != nil {
		return Measure{}, err
	}
	if m.function == "sum" {
		out.Value = p.whole(m.over, sum)
		return out, nil
	}
	out.Value = p.exact(m.over, quotient(decimal.NewFromInt(sum), t.n))
	return out, nil
}

// foreignAverage is the mean of amounts that are all in one currency without a
// rate: it needs none.
func (t *tally) foreignAverage(out Measure) (Measure, error) {
	for code, h := range t.currencies {
		sum, err := h.total()
		if err != nil || h.n == 0 {
			return out, err
		}
		mean := value.Round(quotient(decimal.NewFromInt(sum), h.n), 0)
		out.Value = value.Money{Minor: mean.IntPart(), Currency: code}
	}
	return out, nil
}

func (h half) total() (int64, error) {
	sum, ok := store.Sum(h.high, h.low)
	if !ok {
		return 0, fault.New(fault.TooLarge, "aggregate.overflow", nil)
	}
	return sum, nil
}

// quotient divides with the expression language's scale, half to even. 12
// digits behind the point keep a later division by a scale exact enough.
func quotient(d decimal.Decimal, n int64) decimal.Decimal {
	return d.DivRound(decimal.NewFromInt(n), 18)
}

// whole is a figure that is a value of the operand itself.
func (p *aggregation) whole(o *operand, v int64) any {
	switch {
	case o.kind == opMoney:
		return value.Money{Minor: v, Currency: p.s.state.settings.Currency}
	case o.kind == opWhen && o.typ.Kind == expr.Date:
		return value.Date(v)
	case o.kind == opWhen:
		return time.UnixMilli(v).UTC()
	case o.kind == opNumber && o.typ.Scale > 0:
		return value.Unscaled(v, o.typ.Scale)
	case o.kind == opDays && o.typ.Kind == expr.Moment:
		return p.exact(o, decimal.NewFromInt(v))
	}
	return v
}

// exact is a figure between values of the operand: rounded half to even to six
// digits, money to its own.
func (p *aggregation) exact(o *operand, d decimal.Decimal) any {
	switch {
	case o.kind == opMoney:
		return value.Money{Minor: d.RoundBank(0).IntPart(), Currency: p.s.state.settings.Currency}
	case o.kind == opDays && o.typ.Kind == expr.Moment:
		return value.Round(d.DivRound(decimal.NewFromInt(24*60*60*1000), 18), 6)
	case o.kind == opNumber:
		return value.Round(d.Shift(int32(-o.typ.Scale)), max(6, o.typ.Scale))
	}
	return value.Round(d, 6)
}

// median is the middle value, or half-way between the two in the middle.
func (p *aggregation) median(o *operand, values []int64) any {
	if len(values) == 0 {
		return nil
	}
	slices.Sort(values)
	upper := values[len(values)/2]
	if len(values)%2 == 1 {
		return p.whole(o, upper)
	}
	lower := values[len(values)/2-1]
	if lower == upper {
		return p.whole(o, upper)
	}
	return p.exact(o, decimal.NewFromInt(lower).Add(decimal.NewFromInt(upper)).DivRound(decimal.NewFromInt(2), 1))
}
