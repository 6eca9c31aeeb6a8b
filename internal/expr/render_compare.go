package expr

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/i18n"
	"wellmet/internal/value"
)

// compare writes a comparison other than !=. It may be NULL.
func (r *renderer) compare(op Op, l, right *node) string {
	if l.fixed && right.fixed {
		return truthText(r.evaluation.compare(op, r.node(l), r.node(right)))
	}
	if l.fixed {
		l, right, op = right, l, flip(op)
	}
	if right.fixed {
		v := r.node(right)
		if isEmpty(v) {
			return sqlFalse
		}
		return r.compareFixed(op, l, v)
	}
	switch group(l.typ.Kind) {
	case Number:
		a, b := r.number(l), r.number(right)
		scale := max(a.scale, b.scale)
		return a.scaled(scale) + sign(op) + b.scaled(scale)
	case Text:
		if op != OpEq {
			return r.folded(l) + sign(op) + r.folded(right)
		}
	}
	return r.value(l) + sign(op) + r.value(right)
}

func sign(op Op) string { return " " + op.text() + " " }

// compareFixed writes field op value, the form that an index serves.
func (r *renderer) compareFixed(op Op, l *node, v any) string {
	switch v := v.(type) {
	case decimal.Decimal, money:
		d, ok := worth(v)
		if !ok {
			return sqlFalse
		}
		if l.op == OpInCurrency && len(l.kids[0].path.links) == 0 {
			return r.compareCurrency(op, l, d)
		}
		return r.compareNumber(op, r.number(l), d)
	case string:
		if op == OpEq {
			return r.value(l) + " = " + r.param(Text, v)
		}
		if v = i18n.Fold(v); v == "" {
			return sqlFalse
		}
		return r.folded(l) + sign(op) + r.param(Text, v)
	case value.Date, time.Time, days:
		return r.compareTime(op, l, v)
	}
	return r.value(l) + sign(op) + r.param(l.typ.Kind, v)
}

// compareCurrency writes amount.in("USD") > 5 so that an index on the amount or
// on the currency serves.
func (r *renderer) compareCurrency(op Op, l *node, d decimal.Decimal) string {
	p := l.kids[0].path
	alias := r.alias(p.up)
	amount := scalar{r.columns.Column(alias, p.field, Value), l.typ.Scale}
	sql := r.known(func() string { return r.compareNumber(op, amount, d) })
	if sql == sqlFalse {
		return sqlFalse
	}
	return "(" + r.columns.Column(alias, p.field, Currency) + sign(OpEq) + r.args.Add(l.val.(string), "text") + " AND " + sql + ")"
}

// compareNumber scales the number to the column. What falls between two
// integers equals none and divides at the next one.
func (r *renderer) compareNumber(op Op, l scalar, d decimal.Decimal) string {
	d = d.Shift(int32(l.scale))
	if whole := d.Floor(); !whole.Equal(d) {
		switch op {
		case OpEq:
			return sqlFalse
		case OpLt, OpLe:
			op, d = OpLe, whole
		default:
			op, d = OpGe, whole.Add(decimal.NewFromInt(1))
		}
	}
	return l.sql + sign(op) + r.integer(d)
}

// compareTime brings the value to the kind of the column, as a half-open range.
func (r *renderer) compareTime(op Op, l *node, v any) string {
	if l.typ.Kind == Moment {
		if t, ok := v.(time.Time); ok {
			return r.compareMillis(op, l, t.UnixMilli(), t.UnixMilli()+1)
		}
		d, ok := v.(days)
		if !ok {
			d = days{v.(value.Date), v.(value.Date) + 1}
		}
		from, to := dayMillisOf(d, r.zone)
		return r.compareMillis(op, l, from, to)
	}
	switch v := v.(type) {
	case days:
		return r.compareDays(op, l, v)
	case time.Time:
		d := dayOf(v, r.zone)
		return r.compareDays(op, l, days{d, d + 1})
	}
	d := v.(value.Date)
	return r.compareDays(op, l, days{d, d + 1})
}

// compareMillis takes l + 3h > x as l > x - 3h, for an index to serve.
func (r *renderer) compareMillis(op Op, l *node, from, to int64) string {
	for (l.op == OpAdd || l.op == OpSub) && !l.kids[0].fixed {
		s := fixedSpan(l.kids[1])
		if l.op == OpSub {
			s = s.neg()
		}
		l, from, to = l.kids[0], from-s.exact(), to-s.exact()
	}
	return r.inRange(op, r.value(l), to-from == 1, func(last bool) string {
		if last {
			return r.args.Add(to, "bigint")
		}
		return r.args.Add(from, "bigint")
	})
}

// compareDays does the same with days, as long as no day falls off the calendar.
func (r *renderer) compareDays(op Op, l *node, d days) string {
	for (l.op == OpAdd || l.op == OpSub) && !l.kids[0].fixed {
		s := fixedSpan(l.kids[1])
		if l.op == OpSub {
			s = s.neg()
		}
		from, to := d.from.AddDays(-s.days), d.to.AddDays(-s.days)
		if from == value.MinDate || to == value.MaxDate {
			break
		}
		l, d = l.kids[0], days{from, to}
	}
	return r.inRange(op, r.value(l), d.to-d.from == 1, func(last bool) string {
		if last {
			return r.args.Add(d.to, "date")
		}
		return r.args.Add(d.from, "date")
	})
}

// inRange compares a column with a half-open range, or with its only value.
func (r *renderer) inRange(op Op, sql string, single bool, bound func(last bool) string) string {
	switch op {
	case OpLt:
		return sql + " < " + bound(false)
	case OpGe:
		return sql + " >= " + bound(false)
	case OpLe:
		if single {
			return sql + " <= " + bound(false)
		}
		return sql + " < " + bound(true)
	case OpGt:
		if single {
			return sql + " > " + bound(false)
		}
		return sql + " >= " + bound(true)
	}
	if single {
		return sql + " = " + bound(false)
	}
	return "(" + sql + " >= " + bound(false) + " AND " + sql + " < " + bound(true) + ")"
}

// matching writes contains and starts with.
func (r *renderer) matching(n *node) string {
	l, part := n.kids[0], r.node(n.kids[1])
	if l.typ.Kind == Choices || l.typ.Kind == Links {
		return r.has(l, part)
	}
	s, _ := part.(string)
	if s = i18n.Fold(s); s == "" {
		return sqlFalse
	}
	sql := r.folded(l)
	if n.op == OpContains {
		return sql + " LIKE " + r.args.Add("%"+likeEscapes.Replace(s)+"%", "text") + ` ESCAPE '\'`
	}
	low := sql + " >= " + r.args.Add(s, "text")
	if high, ok := after(s); ok {
		return "(" + low + " AND " + sql + " < " + r.args.Add(high, "text") + ")"
	}
	return low
}

var likeEscapes = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// after is the first text beyond all that begin with s, in byte order.
func after(s string) (string, bool) {
	runes := []rune(s)
	for len(runes) > 0 {
		last := len(runes) - 1
		switch r := runes[last] + 1; {
		case r == 0xD800: // surrogates are no characters
			runes[last] = 0xE000
			return string(runes), true
		case r <= 0x10FFFF:
			runes[last] = r
			return string(runes), true
		}
		runes = runes[:last]
	}
	return "", false
}

// has asks a field of many values for one.
func (r *renderer) has(l *node, v any) string {
	if isEmpty(v) {
		return sqlFalse
	}
	kind := Text
	if l.typ.Kind == Links {
		kind = Link
	}
	return r.path(l.path, func(alias string) string {
		return r.columns.Has(l.path.field, alias, r.param(kind, v))
	})
}

// among writes in (…).
func (r *renderer) among(n *node) string {
	l := n.kids[0]
	var parts, plain []string
	for _, item := range n.kids[1:] {
		switch {
		case l.typ.Kind == Choices || l.typ.Kind == Links:
			parts = append(parts, r.known(func() string { return r.has(l, r.node(item)) }))
		case l.fixed || !item.fixed || group(item.typ.Kind) == Date && item.typ.Kind != l.typ.Kind || l.op == OpAdd || l.op == OpSub:
			parts = append(parts, r.known(func() string { return r.compare(OpEq, l, item) }))
		default:
			if sql := r.listed(l, r.node(item)); sql != "" {
				plain = append(plain, sql)
			}
		}
	}
	if len(plain) > 0 {
		parts = append([]string{r.listOf(l, plain)}, parts...)
	}
	return either(parts)
}

// listed is one value for IN; "" when nothing can equal it.
func (r *renderer) listed(l *node, v any) string {
	if isEmpty(v) {
		return ""
	}
	if group(l.typ.Kind) != Number {
		return r.param(l.typ.Kind, v)
	}
	d, ok := worth(v)
	d = d.Shift(int32(r.scaleOf(l)))
	if !ok || !d.IsInteger() {
		return ""
	}
	return r.integer(d)
}

// scaleOf is the scale that number will find.
func (r *renderer) scaleOf(l *node) int {
	if l.typ.Kind == Money {
		return value.Digits(r.env.BaseCurrency)
	}
	return l.typ.Scale
}

func (r *renderer) listOf(l *node, items []string) string {
	sql := ""
	if group(l.typ.Kind) == Number {
		sql = r.number(l).scaled(r.scaleOf(l))
	} else {
		sql = r.value(l)
	}
	if len(items) == 1 {
		return sql + " = " + items[0]
	}
	return sql + " IN (" + strings.Join(items, ", ") + ")"
}

// either joins conditions with OR, in brackets.
func either(parts []string) string {
	kept := parts[:0]
	for _, part := range parts {
		if part == sqlTrue {
			return sqlTrue
		}
		if part != sqlFalse {
			kept = append(kept, part)
		}
	}
	switch len(kept) {
	case 0:
		return sqlFalse
	case 1:
		return kept[0]
	}
	for i, part := range kept {
		kept[i] = "(" + part + ")"
	}
	return "(" + balanced(kept, " OR ", sqlFalse) + ")"
}
