package record

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// aggregateOrder is one key of the order of groups.
type aggregateOrder struct {
	down    bool
	group   int // which grouping, or
	measure int // which measure; the other is -1
}

// sort orders groups as asked, what is left equal by group, and groups of one name
// by their keys, so that no two answers differ. Empty comes last either way.
func (p *aggregation) sort(groups []Group) error {
	orders, err := p.orders()
	if err != nil {
		return err
	}
	ranks := p.ranks(groups)
	slices.SortStableFunc(groups, func(a, b Group) int {
		for _, o := range orders {
			var c int
			if o.measure >= 0 {
				c = compareFigures(a.Values[o.measure].Value, b.Values[o.measure].Value, o.down)
			} else {
				c = compareFigures(ranks[o.group].of(a, o.group), ranks[o.group].of(b, o.group), o.down)
			}
			if c != 0 {
				return c
			}
		}
		for i := range p.groups {
			if c := compareFigures(a.Keys[i], b.Keys[i], false); c != 0 {
				return c
			}
		}
		return 0
	})
	return nil
}

func (p *aggregation) orders() ([]aggregateOrder, error) {
	var orders []aggregateOrder
	for _, name := range splitOutside(p.a.Sort) {
		stem, down := strings.CutPrefix(strings.TrimSpace(name), "-")
		if stem == "" {
			continue
		}
		o := aggregateOrder{down: down, group: slices.Index(p.a.Group, stem), measure: slices.Index(p.a.Measures, stem)}
		if o.group < 0 && o.measure < 0 {
			return nil, fault.New(fault.Invalid, "aggregate.unknown_sort", fault.Args{"sort": value.Printable(stem)})
		}
		orders = append(orders, o)
	}
	for i := range p.groups {
		orders = append(orders, aggregateOrder{group: i, measure: -1})
	}
	return orders, nil
}

// splitOutside splits at commas outside quotes, braces and brackets: measures
// may contain all of them.
func splitOutside(text string) []string {
	var parts []string
	depth, start := 0, 0
	var quote byte
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '{' || c == '(':
			depth++
		case c == '}' || c == ')':
			depth--
		case c == ',' && depth == 0:
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	return append(parts, text[start:])
}

// ranking says how the keys of one grouping are ordered: texts by the
// workspace's collation of their labels, choices by their options' order, states
// by theirs, the rest by value.
type ranking struct {
	collate map[string][]byte
	options map[string]int
	states  *States
}

func (p *aggregation) ranks(groups []Group) []ranking {
	ranks := make([]ranking, len(p.groups))
	for i, g := range p.groups {
		switch {
		case g.states != nil:
			ranks[i].states = g.states
		case g.field != nil && g.field.ValueKind() == schema.KindChoice:
			ranks[i].options = map[string]int{}
			for n, o := range g.field.Options {
				ranks[i].options[o.Key] = n
			}
		case g.typ.Kind == expr.Text || g.typ.Kind == expr.Choice || g.typ.Kind == expr.Link:
			ranks[i].collate = make(map[string][]byte, len(groups))
			for _, row := range groups {
				ranks[i].collate[row.Labels[i]] = p.s.state.collate.Key(row.Labels[i])
			}
		}
	}
	return ranks
}

// of is what a group is ordered by.
func (r ranking) of(g Group, i int) any {
	key := g.Keys[i]
	if key == nil {
		return nil
	}
	if r.states != nil {
		return int64(r.states.Place(key))
	}
	if r.options != nil {
		n, ok := r.options[schema.Neutral(key)]
		if !ok {
			n = len(r.options)
		}
		return int64(n)
	}
	if r.collate != nil {
		return r.collate[g.Labels[i]]
	}
	return key
}

// compareFigures orders two values of one type; empty is last in either
// direction.
func compareFigures(a, b any, down bool) int {
	if a == nil || b == nil {
		switch {
		case a == nil && b == nil:
			return 0
		case a == nil:
			return 1
		}
		return -1
	}
	c := compareValues(a, b)
	if down {
		return -c
	}
	return c
}

func compareValues(a, b any) int {
	switch x := a.(type) {
	case []byte:
		return bytes.Compare(x, b.([]byte))
	case int64:
		if y, ok := b.(int64); ok {
			return cmp.Compare(x, y)
		}
	case decimal.Decimal:
		if y, ok := b.(decimal.Decimal); ok {
			return x.Cmp(y)
		}
	case value.Money:
		return cmp.Compare(x.Minor, b.(value.Money).Minor)
	case value.Date:
		return cmp.Compare(x, b.(value.Date))
	case time.Time:
		return x.Compare(b.(time.Time))
	case bool:
		switch y := b.(bool); {
		case x == y:
			return 0
		case y:
			return -1
		}
		return 1
	}
	return strings.Compare(schema.Neutral(a), schema.Neutral(b))
}
