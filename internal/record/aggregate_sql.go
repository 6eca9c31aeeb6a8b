package record

import (
	"fmt"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/schema"
	"wellmet/internal/store"
)

// An aggregate is one statement of two levels. The inner one runs over the
// records and groups them by columns of their own. Keys and conditions that
// read only through links stand in the outer one, which sees a row for each
// linked record instead of for each record, and there the actor's rights to
// the linked records apply. Maintained sums take the place of the inner one.

// statement is an aggregate's SQL and where its columns are.
type statement struct {
	sql        string
	args       []any
	groups     int // keys first
	currencies int // then currencies, then partial figures
}

// partial is what the inner level adds up, and how the outer level adds up each
// of its columns.
type partial struct {
	figure store.Figure
	folds  []string
}

// builder writes one statement.
type builder struct {
	p          *aggregation
	args       *expr.Args
	inner      store.Grouping
	groups     int64    // how many groups the inner level has at most, about
	keys       []string // of the outer level
	currencies []*schema.FieldDef
	partials   []string // of the outer level
	deferred   bool     // the outer level is needed
	columns    map[string]bool
}

func (p *aggregation) statement() (*statement, error) {
	b := &builder{p: p, args: p.s.args(), groups: 1, columns: map[string]bool{}}
	if err := b.groupBy(); err != nil {
		return nil, err
	}
	if err := b.measure(); err != nil {
		return nil, err
	}
	from, err := b.from()
	if err != nil {
		return nil, err
	}
	b.inner.From, b.inner.Few = from, min(b.groups, p.s.state.sizes.rows[p.o.Table]) <= fewGroups
	if b.sums() {
		b.inner.Having = "sum(s.n) <> 0"
	}
	sql := p.s.tx.Dialect().Group(b.inner)
	if b.deferred {
		if sql, err = b.outer(sql); err != nil {
			return nil, err
		}
	}
	return &statement{sql: sql, args: b.args.Values(), groups: len(p.groups), currencies: len(b.currencies)}, nil
}

func (b *builder) sums() bool { return b.p.sums != nil }

// groupBy groups by position: an expression with parameters is written once.
func groupBy(n int) string {
	if n == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(" GROUP BY 1")
	for i := 2; i <= n; i++ {
		fmt.Fprintf(&b, ", %d", i)
	}
	return b.String()
}

// groupBy writes the keys and the columns that the outer level reads.
func (b *builder) groupBy() error {
	p := b.p
	for _, g := range p.groups {
		if g.links != nil {
			b.deferred = true
			b.linkColumns(g.links)
		}
	}
	for _, o := range p.operands {
		if o.links != nil {
			b.deferred = true
			b.linkColumns(o.links)
		}
	}
	if b.sums() && p.sums.where != nil {
		b.deferred = true
		b.linkColumns(p.sums.links())
	}
	for i, g := range p.groups {
		if g.links != nil {
			sql, err := p.keySQL(g, "r", b.args)
			if err != nil {
				return err
			}
			b.keys = append(b.keys, sql)
			continue
		}
		sql, err := b.ownKey(g)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("g%d", i)
		b.group(sql, name, p.mostKeys(g))
		b.keys = append(b.keys, "r."+name)
	}
	for _, o := range p.operands {
		if o.money != nil {
			o.currency = b.byCurrency(o.money)
		}
	}
	return nil
}

func (b *builder) ownKey(g *grouping) (string, error) {
	if b.sums() { // a choice; links come the other way
		return "nullif(s.group_key, '')", nil
	}
	return b.p.keySQL(g, "t", b.args)
}

// group adds a key of the inner level, with how many of it there are at most.
func (b *builder) group(sql, name string, most int64) {
	b.inner.Keys = append(b.inner.Keys, store.Key{SQL: sql, Name: name})
	b.groups = min(b.groups*min(most, manyGroups), manyGroups)
}

func (b *builder) linkColumns(links []*schema.FieldDef) {
	for _, f := range links {
		name := b.quote(f.Column)
		if b.columns[name] {
			continue
		}
		b.columns[name] = true
		sql := "t." + name
		switch {
		case !b.sums():
		case f == b.p.sums.owner:
			sql = "nullif(s.owner_id, 0)"
		default:
			sql = "CAST(nullif(s.group_key, '') AS bigint)"
		}
		b.group(sql, name, b.p.targets(f))
	}
}

func (b *builder) quote(name string) string { return b.p.s.tx.Dialect().Quote(name) }

// byCurrency adds the currency of a money field to what is grouped by.
func (b *builder) byCurrency(f *schema.FieldDef) int {
	for i, have := range b.currencies {
		if have == f {
			return i
		}
	}
	b.currencies = append(b.currencies, f)
	name := fmt.Sprintf("c%d", len(b.currencies)-1)
	sql := "t." + b.quote(f.Column+"_c")
	if b.sums() {
		sql = b.of(f, "nullif(s.currency, '')", "")
	}
	b.group(sql, name, usualCurrencies)
	return len(b.currencies) - 1
}

// measure writes the partial figures. An operand whose condition reads through
// links alone is narrowed in the outer level.
func (b *builder) measure() error {
	n := 0
	for _, o := range b.p.operands {
		parts, err := b.parts(o)
		if err != nil {
			return err
		}
		o.column = len(b.p.groups) + len(b.currencies) + n
		inside, outside, err := b.narrow(o)
		if err != nil {
			return err
		}
		for _, part := range parts {
			f := part.figure
			f.Only = inside
			for _, fold := range part.folds {
				name := fmt.Sprintf("p%d", n)
				f.Names = append(f.Names, name)
				b.partials = append(b.partials, fold+"(r."+name+")"+outside)
				n++
			}
			b.inner.Figures = append(b.inner.Figures, f)
		}
	}
	return nil
}

func (b *builder) narrow(o *operand) (inside, outside string, err error) {
	if o.only == nil {
		return "", "", nil
	}
	alias := "t"
	if o.links != nil {
		alias = "r"
	}
	cond, err := b.p.sql(o.only, alias, b.args)
	if err != nil {
		return "", "", err
	}
	if o.links != nil {
		return "", " FILTER (WHERE " + cond + ")", nil
	}
	return cond, "", nil
}

// from writes FROM and WHERE of the inner level.
func (b *builder) from() (string, error) {
	if b.sums() {
		sql, err := b.p.sums.sql(b.args)
		return " FROM (" + sql + ") s", err
	}
	from := b.p.table(b.args)
	where, err := b.p.matching("t", b.args)
	if err != nil {
		return "", err
	}
	return " FROM " + from + " t WHERE " + where, nil
}

func (b *builder) outer(inner string) (string, error) {
	list := append([]string(nil), b.keys...)
	for i := range b.currencies {
		list = append(list, fmt.Sprintf("r.c%d", i))
	}
	by := len(list)
	list = append(list, b.partials...)
	sql := "SELECT " + strings.Join(list, ", ") + " FROM (" + inner + ") r"
	if b.sums() && b.p.sums.where != nil {
		cond, err := b.p.sql(b.p.sums.where, "r", b.args)
		if err != nil {
			return "", err
		}
		sql += " WHERE " + cond
	}
	return sql + groupBy(by), nil
}
