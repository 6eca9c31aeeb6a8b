package record

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// PartQuery asks what falls to the children of records, told apart by one of their
// fields: to sources, when leads are shared out among their touches.
type PartQuery struct {
	// Object is that of the children, Link leads from one to its record. They are in
	// the order of a moment and then of their ids.
	Object, Link, Order string
	// By is what children are told apart by: a link, or a text however it is spelled.
	By     string
	Filter string // over the records
	// Became names a link of the record: what it leads to is shared out, too, of the
	// records that BecameIf holds of.
	Became, BecameIf string
	To               Heirs
	Wholes           []Whole
	// Export counts only what the reader may take out.
	Export bool
}

// Heirs are the children that have a part.
type Heirs uint8

// A record goes to its first child, to its last, or to each for the same part; what
// is left over goes to the first ones, a unit each.
const (
	FirstHeir Heirs = iota
	LastHeir
	EachHeir
)

// WholeRecord is what counts as one record: parts are in millionths.
const WholeRecord = 1_000_000

// Whole is what is shared out of a record, or of what it became.
type Whole struct {
	Became bool
	Of     string // a whole number or money, in minor units of the workspace's currency; "" = the record
	If     string // what counts, "" = all
}

// Parts is what falls to the children of one kind.
type Parts struct {
	Link    value.ID // what they are told apart by
	Text    string   // the same, folded
	Spelled []string // as it is written
	Records int64    // that have such a child
	Sums    []int64  // in the order of the wholes
}

// Shared is what falls to whom. Children that nothing tells apart stand together,
// with the records that have no child.
type Shared struct {
	Parts   []*Parts
	Records int64 // that have a child that something tells apart
}

// Parts shares records out among their children. It reads each child once, in the
// order of its record, and keeps no more than the sums: in windows of SQL the same
// takes several times as long on SQLite.
func (s *Session) Parts(ctx context.Context, q PartQuery) (*Shared, error) {
	p, err := s.parting(q)
	if err != nil {
		return nil, err
	}
	sql, err := p.sql(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := s.tx.Query(ctx, sql, p.args.Values()...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	x := newSharing(p)
	for rows.Next() {
		if id, _ := rows.ID(0); id != x.record {
			if err := x.give(); err != nil {
				return nil, err
			}
			x.begin(id, rows)
		}
		x.heirs = append(x.heirs, x.heir(rows))
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return &x.out, x.give()
}

// parting is a PartQuery made ready to run.
type parting struct {
	s                 *Session
	q                 PartQuery
	child, of, became *schema.Object // became is nil where nothing did
	link, order, by   *schema.FieldDef
	args              *expr.Args
}

func (s *Session) parting(q PartQuery) (*parting, error) {
	p := &parting{s: s, q: q, args: s.args()}
	var err error
	if p.child, err = s.Object(q.Object); err != nil {
		return nil, err
	}
	for name, to := range map[string]**schema.FieldDef{q.Link: &p.link, q.Order: &p.order, q.By: &p.by} {
		f, ok := p.child.Field(name)
		if !ok || !s.actor.CanFilter(f) {
			return nil, schema.UnknownField(p.child, name, s.Sees)
		}
		*to = f
	}
	if p.of, err = s.Object(p.link.Target); err != nil || q.Became == "" {
		return p, err
	}
	f, ok := p.of.Field(q.Became)
	if !ok || !s.actor.CanFilter(f) {
		return nil, schema.UnknownField(p.of, q.Became, s.Sees)
	}
	p.became, err = s.Object(f.Target)
	return p, err
}

// sql is a row for each child, record by record.
func (p *parting) sql(ctx context.Context) (string, error) {
	columns := "t.id, c." + p.quote(p.by)
	from := " FROM {" + p.of.Table + "} t LEFT JOIN {" + p.child.Table + "} c ON c." + p.quote(p.link) + " = t.id AND " + p.living(p.child, "c")
	if p.became != nil {
		f, _ := p.of.Field(p.q.Became)
		counts, err := p.condition(p.of, "t", p.q.BecameIf)
		if err != nil {
			return "", err
		}
		from += " LEFT JOIN {" + p.became.Table + "} d ON d.id = t." + p.quote(f) + " AND " + p.living(p.became, "d") + counts
	}
	for _, w := range p.q.Wholes {
		text, err := p.whole(w)
		if err != nil {
			return "", err
		}
		columns += ", " + text
	}
	where := " WHERE " + p.living(p.of, "t")
	cond, err := p.s.filter(ctx, p.of, p.q.Filter, nil)
	if err != nil {
		return "", err
	}
	if cond.where != nil {
		text, err := p.written(cond.where, "t")
		if err != nil {
			return "", err
		}
		where += " AND (" + text + ")"
	}
	return "SELECT " + columns + from + where + " ORDER BY t.id, coalesce(c." + p.quote(p.order) + ", 0), c.id", nil
}

func (p *parting) quote(f *schema.FieldDef) string { return p.s.tx.Dialect().Quote(f.Column) }

// living is the condition of rows that there are and that the actor may count.
func (p *parting) living(o *schema.Object, alias string) string {
	action := access.Read
	if p.q.Export {
		action = access.Export
	}
	sql := alias + ".deleted_at IS NULL"
	if rule := p.s.may(o, action, alias, p.args); rule != "" {
		sql += " AND " + rule
	}
	return sql
}

// whole is what is shared out, empty where it counts for nothing.
func (p *parting) whole(w Whole) (string, error) {
	o, alias, when := p.of, "t", "1 = 1"
	if w.Became {
		o, alias, when = p.became, "d", "d.id IS NOT NULL"
	}
	cond, err := p.condition(o, alias, w.If)
	if err != nil {
		return "", err
	}
	sql := fmt.Sprint(WholeRecord)
	if w.Of != "" {
		e, err := p.s.Check(o, w.Of, expr.Empty)
		if err == nil {
			sql, err = p.written(e, alias)
		}
		if err != nil {
			return "", err
		}
	}
	return "CASE WHEN " + when + cond + " THEN CAST(" + sql + " AS bigint) END", nil
}

// condition is one more condition, "" for none.
func (p *parting) condition(o *schema.Object, alias, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	e, err := p.s.Check(o, text, expr.Bool)
	if err != nil {
		return "", err
	}
	sql, err := p.written(e, alias)
	return " AND (" + sql + ")", err
}

func (p *parting) written(e *expr.Expr, alias string) (string, error) {
	if err := inSQL(e); err != nil {
		return "", err
	}
	return e.SQL(p.s.columnsOf(nil, p.args), p.s.env, alias, p.args)
}

// sharing adds up the rows of a parting.
type sharing struct {
	out   Shared
	to    Heirs
	links bool // tell the children apart, and not texts
	// Who gets what, by link, by text as it is written, and by text as it is told apart.
	byLink        map[value.ID]*Parts
	byText, byKey map[string]*Parts

	record value.ID // at hand, 0 = none
	heirs  []*Parts // its children, in their order
	wholes []int64
}

func newSharing(p *parting) *sharing {
	return &sharing{to: p.q.To, links: p.by.IsLink(), byLink: map[value.ID]*Parts{}, byText: map[string]*Parts{}, byKey: map[string]*Parts{},
		wholes: make([]int64, len(p.q.Wholes))}
}

// begin takes up a record.
func (x *sharing) begin(id value.ID, rows *store.Rows) {
	x.record, x.heirs = id, x.heirs[:0]
	for i := range x.wholes {
		x.wholes[i], _ = rows.Int(2 + i)
	}
}

// heir is who gets what falls to the child of a row.
func (x *sharing) heir(rows *store.Rows) *Parts {
	if x.links {
		id, _ := rows.ID(1)
		p := x.byLink[id]
		if p == nil {
			p = x.add(&Parts{Link: id})
			x.byLink[id] = p
		}
		return p
	}
	text, _ := rows.Text(1) // is the driver's until the next row
	if p := x.byText[text]; p != nil {
		return p
	}
	text = strings.Clone(text)
	key := strings.TrimSpace(i18n.Fold(text))
	p := x.byKey[key]
	if p == nil {
		p = x.add(&Parts{Text: key})
		x.byKey[key] = p
	}
	if text != "" {
		p.Spelled = append(p.Spelled, text)
	}
	x.byText[text] = p
	return p
}

func (x *sharing) add(p *Parts) *Parts {
	p.Sums = make([]int64, len(x.wholes))
	x.out.Parts = append(x.out.Parts, p)
	return p
}

// give shares the record at hand out.
func (x *sharing) give() error {
	if x.record == 0 {
		return nil
	}
	told := false
	for i, p := range x.heirs {
		if !slices.Contains(x.heirs[:i], p) {
			p.Records++
		}
		told = told || p.Link != 0 || p.Text != ""
	}
	if told {
		x.out.Records++
	}
	heirs := x.heirs
	switch x.to {
	case FirstHeir:
		heirs = heirs[:1]
	case LastHeir:
		heirs = heirs[len(heirs)-1:]
	}
	n := int64(len(heirs))
	for i, p := range heirs {
		for j, whole := range x.wholes {
			sum, fits := addExact(p.Sums[j], partOf(whole, int64(i), n))
			if !fits {
				return fault.New(fault.Invalid, "aggregate.overflow", nil)
			}
			p.Sums[j] = sum
		}
	}
	return nil
}

// partOf is what one of n has of a whole; the parts add up to it.
func partOf(whole, i, n int64) int64 {
	switch rest := whole % n; {
	case i < rest:
		return whole/n + 1
	case i < -rest:
		return whole/n - 1
	}
	return whole / n
}
