package record

import (
	"context"
	"fmt"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
)

// tally is what has been added up of one operand in one group.
type tally struct {
	half
	some        bool // least and most are set
	least, most int64
	currencies  map[string]half
	values      []int64 // every one, for medians
}

// half is a count and a sum in two halves.
type half struct{ n, high, low int64 }

func (h half) plus(o half) half { return half{h.n + o.n, h.high + o.high, h.low + o.low} }

func (t *tally) add(o *tally) {
	t.half = t.half.plus(o.half)
	if o.some {
		t.bound(o.least)
		t.bound(o.most)
	}
	for code, h := range o.currencies {
		t.addCurrency(code, h)
	}
	t.values = append(t.values, o.values...)
}

func (t *tally) bound(v int64) {
	if !t.some {
		t.some, t.least, t.most = true, v, v
		return
	}
	t.least, t.most = min(t.least, v), max(t.most, v)
}

func (t *tally) addCurrency(code string, h half) {
	if t.currencies == nil {
		t.currencies = map[string]half{}
	}
	t.currencies[code] = t.currencies[code].plus(h)
}

// foundGroup is a group while it is being added up: a money field's currencies
// come as rows of their own.
type foundGroup struct {
	keys    []any
	tallies []tally // by operand
}

type foundGroups struct {
	list []*foundGroup
	by   map[string]*foundGroup
}

func (f *foundGroups) at(keys []any, operands int) (*foundGroup, error) {
	var b strings.Builder
	for _, k := range keys {
		fmt.Fprintf(&b, "%T\x00%s\x00", k, schema.Neutral(k))
	}
	if g := f.by[b.String()]; g != nil {
		return g, nil
	}
	if len(f.list) == mostGroupsFound {
		return nil, fault.New(fault.TooLarge, "aggregate.too_many_groups", fault.Args{"max": mostGroupsFound})
	}
	g := &foundGroup{keys: keys, tallies: make([]tally, operands)}
	f.list = append(f.list, g)
	f.by[b.String()] = g
	return g, nil
}

// run reads the figures.
func (p *aggregation) run(ctx context.Context) (*foundGroups, error) {
	found := &foundGroups{by: map[string]*foundGroup{}}
	if len(p.operands) == 0 { // groups alone: count, so that there is something to group
		p.operands = append(p.operands, &operand{kind: opCount, currency: -1})
	}
	st, err := p.statement()
	if err != nil {
		return nil, err
	}
	rows, err := p.s.tx.Query(ctx, st.sql, st.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		keys := make([]any, len(p.groups))
		for i, g := range p.groups {
			keys[i] = g.key(rows, i)
		}
		g, err := found.at(keys, len(p.operands))
		if err != nil {
			return nil, err
		}
		for i, o := range p.operands {
			var t tally
			o.read(rows, st, &t)
			g.tallies[i].add(&t)
		}
	}
	return found, rows.Err()
}

// read reads an operand's partial figures, in the order of parts.
func (o *operand) read(rows *store.Rows, st *statement, t *tally) {
	at := o.column
	switch o.kind {
	case opCount, opFilled:
		t.n, _ = rows.Int(at)
		return
	case opWhen:
		o.readBounds(rows, at, t)
		return
	}
	t.half = readHalf(rows, at)
	at += 3
	if o.least {
		o.readBounds(rows, at, t)
		at += 2
	}
	if o.money == nil {
		return
	}
	if code, ok := rows.Text(st.groups + o.currency); ok {
		if h := readHalf(rows, at); h.n != 0 {
			t.addCurrency(strings.Clone(code), h)
		}
	}
}

func readHalf(rows *store.Rows, at int) (h half) {
	h.n, _ = rows.Int(at)
	h.high, _ = rows.Int(at + 1)
	h.low, _ = rows.Int(at + 2)
	return h
}

func (o *operand) readBounds(rows *store.Rows, at int, t *tally) {
	for i := at; i < at+2; i++ {
		if v, ok := o.number(rows, i); ok {
			t.bound(v)
		}
	}
}

// number reads a value of the operand as a whole number: days since 1970 and
// milliseconds for days and moments.
func (o *operand) number(rows *store.Rows, i int) (int64, bool) {
	if o.kind == opWhen && o.typ.Kind == expr.Date {
		d, ok := rows.Date(i)
		return int64(d), ok
	}
	return rows.Int(i)
}
