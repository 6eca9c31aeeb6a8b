package expr

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/i18n"
	"wellmet/internal/value"
)

// sqlTypes are the types of parameters.
var sqlTypes = [...]string{Bool: "boolean", Text: "text", Choice: "text", Number: "bigint", Money: "bigint",
	Date: "date", Moment: "bigint", Link: "bigint"}

// value writes a scalar; NULL is empty.
func (r *renderer) value(n *node) string {
	if n.fixed {
		return r.fixedValue(n)
	}
	switch n.typ.Kind {
	case Bool:
		return r.boolean(n)
	case Number, Money:
		return r.number(n).sql
	}
	switch n.op {
	case OpPath:
		return r.path(n.path, func(alias string) string { return r.field(n, alias, Value) })
	case OpCall:
		return r.choose(n, r.value)
	}
	return r.moved(n) // a day or moment and a duration
}

// fixedValue computes n and makes it a parameter. Money and numbers go another
// way, for their scale; here they have their own.
func (r *renderer) fixedValue(n *node) string {
	switch n.typ.Kind {
	case Number, Money:
		return r.number(n).sql
	}
	return r.param(n.typ.Kind, r.node(n))
}

func (r *renderer) param(kind Kind, v any) string {
	if isEmpty(v) {
		return "CAST(NULL AS " + sqlTypes[kind] + ")"
	}
	switch v := v.(type) {
	case bool:
		return truthText(v)
	case time.Time:
		return r.args.Add(v.UnixMilli(), sqlTypes[kind])
	case value.ID:
		return r.args.Add(int64(v), sqlTypes[kind])
	}
	return r.args.Add(v, sqlTypes[kind])
}

// moved writes day ± days or moment ± time.
func (r *renderer) moved(n *node) string {
	s := fixedSpan(n.kids[1])
	if n.op == OpSub {
		s = s.neg()
	}
	base := r.value(n.kids[0])
	if n.typ.Kind == Date {
		return r.columns.AddDays(base, r.args.Add(int64(s.days), "bigint"))
	}
	return "(" + base + " + " + r.args.Add(s.exact(), "bigint") + ")"
}

// choose writes if() and coalesce() over results that write turns into SQL.
func (r *renderer) choose(n *node, write func(*node) string) string {
	if n.fn.id == fnIf {
		otherwise := "NULL"
		if len(n.kids) == 3 {
			otherwise = write(n.kids[2])
		}
		return "CASE WHEN " + r.condition(n.kids[0], false) + " THEN " + write(n.kids[1]) + " ELSE " + otherwise + " END"
	}
	parts := make([]string, len(n.kids))
	for i, kid := range n.kids {
		parts[i] = write(kid)
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return "COALESCE(" + strings.Join(parts, ", ") + ")"
}

// chooseBy is choose where what is written can be NULL although the result is
// not empty: folded text of which nothing is left, money without a rate.
func (r *renderer) chooseBy(n *node, write func(*node) string) string {
	if n.fn.id == fnIf {
		return r.choose(n, write)
	}
	var b strings.Builder
	b.WriteString("CASE")
	for _, kid := range n.kids[:len(n.kids)-1] {
		b.WriteString(" WHEN " + r.empty(kid, true) + " THEN " + write(kid))
	}
	if len(n.kids) == 1 {
		return write(n.kids[0])
	}
	b.WriteString(" ELSE " + write(n.kids[len(n.kids)-1]) + " END")
	return b.String()
}

// folded writes the search-folded form of a text.
func (r *renderer) folded(n *node) string {
	if n.fixed {
		s, _ := r.node(n).(string)
		return r.param(Text, i18n.Fold(s))
	}
	if n.op == OpPath {
		return r.path(n.path, func(alias string) string { return r.field(n, alias, Folded) })
	}
	return r.chooseBy(n, r.folded)
}

// scalar is an integer in SQL that stands for a number: itself × 10^-scale.
type scalar struct {
	sql   string
	scale int
}

// scaled writes the integer for another, larger scale. The cast keeps
// PostgreSQL from overflowing 64 bits; for SQLite it changes nothing.
func (s scalar) scaled(scale int) string {
	if scale <= s.scale {
		return s.sql
	}
	return "(CAST(" + s.sql + " AS numeric) * 1" + strings.Repeat("0", scale-s.scale) + ")"
}

// number writes numbers, and money by its worth in the workspace's currency.
func (r *renderer) number(n *node) scalar {
	if n.fixed {
		return r.fixedNumber(n)
	}
	switch n.op {
	case OpPath:
		return r.numberPath(n)
	case OpInCurrency:
		p := n.kids[0].path
		code := n.val.(string)
		return scalar{r.path(p, func(alias string) string {
			return "CASE WHEN " + r.columns.Column(alias, p.field, Currency) + " = " + r.args.Add(code, "text") +
				" THEN " + r.columns.Column(alias, p.field, Value) + " END"
		}), n.typ.Scale}
	case OpNeg:
		kid := r.number(n.kids[0])
		return scalar{"(- CAST(" + kid.sql + " AS numeric))", kid.scale}
	case OpMul:
		a, b := r.number(n.kids[0]), r.number(n.kids[1])
		return scalar{"(CAST(" + a.sql + " AS numeric) * " + b.sql + ")", a.scale + b.scale}
	case OpAdd, OpSub:
		a, b := r.number(n.kids[0]), r.number(n.kids[1])
		scale := max(a.scale, b.scale)
		return scalar{"(CAST(" + a.scaled(scale) + " AS numeric) " + n.op.text() + " " + b.scaled(scale) + ")", scale}
	}
	return r.chooseNumber(n)
}

func (r *renderer) fixedNumber(n *node) scalar {
	scale := n.typ.Scale
	if n.typ.Kind == Money {
		scale = value.Digits(r.env.BaseCurrency)
	}
	d, ok := worth(r.node(n))
	if !ok {
		return scalar{"CAST(NULL AS bigint)", scale}
	}
	return scalar{r.integer(d.Shift(int32(scale))), scale}
}

// integer makes a whole number a parameter, or text where 64 bits do not hold it.
func (r *renderer) integer(d decimal.Decimal) string {
	if i, err := value.Scaled(d, 0); err == nil {
		return r.args.Add(i, "bigint")
	}
	return d.Truncate(0).String()
}

func (r *renderer) numberPath(n *node) scalar {
	f := n.path.field
	if f.Formula != nil {
		scale := 0
		sql := r.path(n.path, func(alias string) string {
			inner := r.within(alias).number(f.Formula.root)
			scale = inner.scale
			return inner.sql
		})
		return scalar{sql, scale}
	}
	part, scale := Value, f.Type.Scale
	if f.Type.Kind == Money {
		part, scale = Base, value.Digits(r.env.BaseCurrency)
	}
	return scalar{r.path(n.path, func(alias string) string { return r.columns.Column(alias, f, part) }), scale}
}

// chooseNumber gives all results of if() and coalesce() one scale.
func (r *renderer) chooseNumber(n *node) scalar {
	scale := n.typ.Scale
	if n.typ.Kind == Money {
		scale = value.Digits(r.env.BaseCurrency)
	}
	write := func(kid *node) string { return r.number(kid).scaled(scale) }
	if n.typ.Kind == Money {
		return scalar{r.chooseBy(n, write), scale}
	}
	return scalar{r.choose(n, write), scale}
}
