package record

import (
	"wellmet/internal/expr"
	"wellmet/internal/schema"
	"wellmet/internal/store"
)

// parts are the partial figures of an operand, always the same number for its
// kind; rows (aggregate_read.go) reads them back in this order.
func (b *builder) parts(o *operand) ([]partial, error) {
	if b.sums() {
		return b.sumParts(o), nil
	}
	switch o.kind {
	case opCount:
		return []partial{figure(store.CountRows, "")}, nil
	case opFilled:
		cond, err := b.p.sql(o.e, "t", b.args)
		return []partial{figure(store.CountFilled, "CASE WHEN "+cond+" THEN 1 END")}, err
	}
	x, err := b.operandSQL(o)
	if err != nil {
		return nil, err
	}
	switch {
	case o.kind == opWhen:
		return []partial{figure(store.Bounds, x)}, nil
	case o.money != nil:
		amount := "t." + b.quote(o.money.Column)
		return append(b.added(x, o.least), b.added(amount, false)...), nil
	}
	return b.added(x, o.least), nil
}

// added are count and sum of a whole number, and the least and greatest where
// they are wanted.
func (b *builder) added(x string, least bool) []partial {
	parts := []partial{figure(store.Added, x)}
	if least {
		parts = append(parts, figure(store.Bounds, x))
	}
	return parts
}

func figure(kind store.FigureKind, of string) partial {
	p := partial{figure: store.Figure{Kind: kind, Of: of}, folds: []string{"sum"}}
	switch kind {
	case store.Added:
		p.folds = []string{"sum", "sum", "sum"}
	case store.Bounds:
		p.folds = []string{"min", "max"}
	}
	return p
}

// operandSQL writes an operand as a whole number, a day or a moment.
func (b *builder) operandSQL(o *operand) (string, error) {
	x, err := b.p.operandSQL(o, "t", b.args)
	return x, err
}

func (p *aggregation) operandSQL(o *operand, alias string, args *expr.Args) (string, error) {
	x, err := p.sql(o.e, alias, args)
	if err != nil || o.kind == opWhen {
		return x, err
	}
	if o.kind == opDays {
		to, err := p.sql(o.to, alias, args)
		return p.daysSQL(x, to, o.typ.Kind), err
	}
	if p.plain(o.e) {
		return x, nil
	}
	return "CAST(" + x + " AS bigint)", nil // sums of parts need integers, not PostgreSQL's numeric
}

// plain expressions are a bare column, integer already.
func (p *aggregation) plain(e *expr.Expr) bool {
	f := p.s.fieldAt(p.o, e.String())
	return f != nil && f.Object == p.o && len(f.Columns()) > 0
}

// daysSQL is the difference of two days in days, of two moments in
// milliseconds.
func (p *aggregation) daysSQL(from, to string, kind expr.Kind) string {
	switch {
	case kind == expr.Moment:
		return "(" + to + " - " + from + ")"
	case p.s.tx.Dialect().Name() == "sqlite":
		return "CAST(julianday(" + to + ") - julianday(" + from + ") AS bigint)"
	}
	return "CAST(" + to + " - " + from + " AS bigint)"
}

// sumParts takes an operand from maintained sums; useSums has seen to it that
// there are only such as these hold.
func (b *builder) sumParts(o *operand) []partial {
	d, f := b.p.s.tx.Dialect(), o.kept
	ready := func(list ...string) (parts []partial) {
		for _, sql := range list {
			parts = append(parts, figure(store.Ready, sql))
		}
		return parts
	}
	if o.kind == opCount {
		return ready("sum(" + b.of(b.p.sums.fields[0], "s.n", "0") + ")")
	}
	filled := "sum(" + b.of(f, "CASE WHEN s.currency <> '' THEN s.n ELSE 0 END", "0") + ")"
	if o.kind == opFilled {
		return ready(filled)
	}
	baseHigh, baseLow := d.SumParts(b.of(f, "s.Base", "0"))
	high, low := d.SumParts(b.of(f, "s.amount", "0"))
	based := "sum(" + b.of(f, "CASE WHEN s.currency <> '' THEN s.n - s.missing ELSE 0 END", "0") + ")"
	return ready(based, baseHigh, baseLow, filled, high, low)
}

// of is what rows of an amount hold, where rows of several amounts are read.
func (b *builder) of(f *schema.FieldDef, sql, otherwise string) string {
	if !b.p.sums.several() {
		return sql
	}
	sql = "CASE WHEN s.field = " + b.args.Add(f.ID, "text") + " THEN " + sql
	if otherwise != "" {
		sql += " ELSE " + otherwise
	}
	return "(" + sql + " END)"
}
