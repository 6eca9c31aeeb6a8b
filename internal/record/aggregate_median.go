package record

import (
	"context"
	"strings"

	"wellmet/internal/fault"
)

// medianMost is over how many values a median is offered: they are sorted in
// memory.
const medianMost = 100_000

// medians reads the values of the measures that need all of them.
func (p *aggregation) medians(ctx context.Context, found *foundGroups) error {
	done := map[*operand]bool{}
	for _, m := range p.measures {
		if m.function != "median" || done[m.over] {
			continue
		}
		done[m.over] = true
		if err := p.readValues(ctx, m, found); err != nil {
			return err
		}
	}
	return nil
}

func (p *aggregation) readValues(ctx context.Context, m *measure, found *foundGroups) error {
	index := 0
	var total int64
	for i, o := range p.operands {
		if o == m.over {
			index = i
		}
	}
	for _, g := range found.list {
		total += g.tallies[index].n
	}
	if total > medianMost {
		return fault.New(fault.TooLarge, "aggregate.too_many_rows", fault.Args{"measure": m.text, "max": medianMost})
	}
	sql, args, err := p.valuesSQL(m.over)
	if err != nil {
		return err
	}
	rows, err := p.s.tx.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		keys := make([]any, len(p.groups))
		for i, g := range p.groups {
			keys[i] = g.key(rows, i)
		}
		v, ok := m.over.number(rows, len(keys))
		if !ok {
			continue
		}
		g, err := found.at(keys, len(p.operands))
		if err != nil {
			return err
		}
		g.tallies[index].values = append(g.tallies[index].values, v)
	}
	return rows.Err()
}

// valuesSQL selects the keys and the value of every record.
func (p *aggregation) valuesSQL(o *operand) (string, []any, error) {
	args := p.s.args()
	var list []string
	for _, g := range p.groups {
		sql, err := p.keySQL(g, "t", args)
		if err != nil {
			return "", nil, err
		}
		list = append(list, sql)
	}
	x, err := p.operandSQL(o, "t", args)
	if err != nil {
		return "", nil, err
	}
	from := p.table(args)
	where, err := p.matching("t", args)
	if err != nil {
		return "", nil, err
	}
	if o.only != nil {
		cond, err := p.sql(o.only, "t", args)
		if err != nil {
			return "", nil, err
		}
		where += " AND (" + cond + ")"
	}
	return "SELECT " + strings.Join(append(list, x), ", ") + " FROM " + from + " t WHERE " + where, args.Values(), nil
}
