package record

import (
	"context"
	"slices"
	"strings"
	"time"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// grouping is one key that records are grouped by.
type grouping struct {
	text   string // as asked
	e      *expr.Expr
	typ    expr.Type
	field  *schema.FieldDef // that the key is read from, nil for expressions
	bucket bucket
	days   []value.Date // boundaries of the periods
	links  []*schema.FieldDef
	states *States // that it tells apart, nil of all else
}

// parseGroup reads "field", "path.over.links" or "coalesce(…)", each with
// ":period" behind it or not.
func (p *aggregation) parseGroup(text string) (*grouping, error) {
	g := &grouping{text: text}
	stem := strings.TrimSpace(text)
	if i := strings.LastIndexByte(stem, ':'); i >= 0 {
		g.bucket = bucket(strings.TrimSpace(stem[i+1:]))
		if !slices.Contains(bucketNames, g.bucket) {
			return nil, fault.New(fault.Invalid, "aggregate.unknown_bucket", fault.Args{
				"bucket": value.Printable(string(g.bucket)), "known": joinBuckets()})
		}
		stem = stem[:i]
	}
	var err error
	if g.e, err = p.s.Check(p.o, stem, expr.Empty); err != nil {
		return nil, err
	}
	if err := p.ofLink(g, stem); err != nil {
		return nil, err
	}
	if err := inSQL(g.e); err != nil {
		return nil, err
	}
	g.typ = g.e.Type()
	g.field = p.s.fieldAt(p.o, stem)
	g.links = p.deferrable(g.e)
	return g, g.check()
}

// ofLink groups by the id of the linked record instead of the link, so that a
// record the actor may not see looks like none.
func (p *aggregation) ofLink(g *grouping, stem string) (err error) {
	if g.e.Type().Kind != expr.Link {
		return nil
	}
	if f := p.s.fieldAt(p.o, stem); f == nil || f.Target == "" || f.Kind == schema.KindFile {
		if f != nil && f.Name == "id" || f == nil && ofIDs(stem) {
			return nil
		}
		return fault.New(fault.Invalid, "aggregate.bad_group", fault.Args{"group": value.Printable(g.text)})
	} else if f.Name == "id" {
		return nil
	}
	g.e, err = p.s.Check(p.o, strings.TrimSpace(stem)+".id", expr.Empty)
	return err
}

// ofIDs reports whether an expression is the first of several ids, as
// coalesce(account.parent.id, account.id): none of these is of a record that the
// actor may not see.
func ofIDs(text string) bool {
	n, err := expr.Parse(text)
	return err == nil && n.Op == expr.OpCall && n.Text == "coalesce" && !slices.ContainsFunc(n.Kids, func(k *expr.Node) bool {
		return k.Op != expr.OpPath || k.Names[len(k.Names)-1] != "id"
	})
}

// check refuses what cannot be grouped by, and gives days and moments a period.
func (g *grouping) check() error {
	switch g.typ.Kind {
	case expr.Text, expr.Choice, expr.Bool, expr.Number, expr.Link:
		if g.bucket == "" {
			return nil
		}
	case expr.Date, expr.Moment:
		if g.bucket == "" {
			g.bucket = byDay
		}
		return nil
	}
	return fault.New(fault.Invalid, "aggregate.bad_group", fault.Args{"group": value.Printable(g.text)})
}

func joinBuckets() string {
	names := make([]string, len(bucketNames))
	for i, b := range bucketNames {
		names[i] = string(b)
	}
	return strings.Join(names, ", ")
}

// fieldAt follows a plain path to its field; nil for anything else. Rights
// have been checked by then.
func (s *Session) fieldAt(o *schema.Object, path string) *schema.FieldDef {
	var f *schema.FieldDef
	for name := range strings.SplitSeq(strings.TrimSpace(path), ".") {
		if o == nil {
			return nil
		}
		var ok bool
		if f, ok = o.Field(name); !ok {
			return nil
		}
		o = s.state.schema.Target(f)
	}
	return f
}

// deferrable lists the object's own links through which alone an expression
// reads: it then depends on nothing but their targets and can be computed once
// for each of these instead of once a record. nil when it reads more.
func (p *aggregation) deferrable(e *expr.Expr) []*schema.FieldDef {
	var links []*schema.FieldDef
	far := false
	for _, ref := range e.Fields() {
		f, ok := p.o.Field(ref.Path[0])
		if !ok || ref.Many || !f.IsLink() || len(f.Columns()) == 0 || f.Name == "id" {
			return nil
		}
		far = far || len(ref.Path) > 1
		if !slices.Contains(links, f) {
			links = append(links, f)
		}
	}
	if !far {
		return nil
	}
	return links
}

// findPeriods asks for the least and greatest day of each period grouping and
// lays the boundaries. Days by day need none.
func (p *aggregation) findPeriods(ctx context.Context) error {
	for _, g := range p.groups {
		if g.bucket == "" || g.bucket == byDay && g.typ.Kind == expr.Date {
			continue
		}
		low, high, err := p.span(ctx, g)
		if err != nil {
			return err
		}
		if g.days, err = g.bucket.boundaries(low, high, p.s.env.FiscalStart); err != nil {
			return err
		}
	}
	return nil
}

func (p *aggregation) span(ctx context.Context, g *grouping) (low, high value.Date, err error) {
	args := p.s.args()
	sql, err := p.sql(g.e, "t", args)
	if err != nil {
		return 0, 0, err
	}
	from := p.table(args)
	where, err := p.matching("t", args)
	if err != nil {
		return 0, 0, err
	}
	rows, err := p.s.tx.Query(ctx, "SELECT min("+sql+"), max("+sql+") FROM "+from+" t WHERE "+where, args.Values()...)
	if err != nil {
		return 0, 0, err
	}
	defer rows.Close()
	if rows.Next() {
		low, _ = g.day(rows, 0, p.s.state.zone)
		high, _ = g.day(rows, 1, p.s.state.zone)
	}
	return low, high, rows.Err()
}

// day reads a day, or the day of a moment, from a column.
func (g *grouping) day(rows *store.Rows, i int, zone *time.Location) (value.Date, bool) {
	if g.typ.Kind == expr.Date {
		return rows.Date(i)
	}
	t, ok := rows.Time(i)
	if !ok {
		return 0, false
	}
	return value.DateOf(t, zone), true
}

// How many groups the inner level of an aggregate may have to be added up in
// memory, and what is counted no further; how many currencies a company has, and
// days that nobody has bounded.
const (
	fewGroups       = 200_000
	manyGroups      = 1 << 30
	usualCurrencies = 4
	usualDays       = 4_000
)

// mostKeys is how many keys a grouping has at most, about. Of texts and numbers
// nobody knows.
func (p *aggregation) mostKeys(g *grouping) int64 {
	switch {
	case g.days != nil:
		return int64(len(g.days))
	case g.typ.Kind == expr.Date:
		return usualDays
	case g.typ.Kind == expr.Bool:
		return 2
	case g.typ.Kind == expr.Choice && g.field != nil:
		return int64(len(g.field.Options) + 1)
	}
	return manyGroups
}

// targets is how many records a link can lead to, and to none.
func (p *aggregation) targets(f *schema.FieldDef) int64 {
	if o := p.s.state.schema.Target(f); o != nil {
		return p.s.state.sizes.rows[o.Table] + 1
	}
	return manyGroups
}

// keySQL writes the grouping's key for the record of an alias.
func (p *aggregation) keySQL(g *grouping, alias string, args *expr.Args) (string, error) {
	sql, err := p.sql(g.e, alias, args)
	if err != nil || g.days == nil {
		return sql, err
	}
	return bucketSQL(sql, g.days, g.typ.Kind == expr.Moment, p.s.state.zone, args), nil
}

// key reads the grouping's key as a canonical value.
func (g *grouping) key(rows *store.Rows, i int) any {
	if rows.Null(i) {
		return nil
	}
	if g.days != nil {
		n, _ := rows.Int(i)
		return g.days[n]
	}
	switch g.typ.Kind {
	case expr.Date:
		d, _ := rows.Date(i)
		return d
	case expr.Bool:
		b, _ := rows.Bool(i)
		return b
	case expr.Link:
		id, _ := rows.ID(i)
		return id
	case expr.Number:
		n, _ := rows.Int(i)
		if g.typ.Scale == 0 {
			return n
		}
		return value.Unscaled(n, g.typ.Scale)
	}
	text, _ := rows.Text(i)
	return strings.Clone(text)
}
