package record

import (
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// maxLinks is how many links a column may follow.
const maxLinks = 4

// projection is which fields are read of each row, and how. id and version
// always stand first.
type projection struct {
	s     *Session
	o     *schema.Object
	outs  []output
	joins []join
	lists []int // outs that are read by a statement of their own
	n     int   // columns
	// fixed is the column list when it needs no parameters.
	fixed string
	past  *past // nil = now
}

// output is one field of the answer.
type output struct {
	path   string
	prefix []byte // ,"path":
	field  *schema.FieldDef
	at     int    // its first column
	alias  string // of the table it is read from
	part   string // a column of an address, instead of all of them
	far    bool   // read over a link
	masked bool
	// inline is a formula without columns, computed by the statement.
	inline *expr.Expr
	// live is a roll-up counted among the records that the actor reads,
	// because the stored figure would tell of others.
	live bool
}

// join leads over one link to the record's table.
type join struct {
	path, alias, from string
	link              *schema.FieldDef
}

// project resolves API paths for the actor; nil is every field that he sees.
// What he may not see he gets the same answer for as for what is not there.
func (s *Session) project(o *schema.Object, paths []string) (*projection, error) {
	p := &projection{s: s, o: o, n: 2}
	if paths == nil {
		for _, f := range o.Fields {
			switch right := s.actor.Field(f); {
			case right >= access.Masked:
				p.add(output{path: f.Name, field: f, alias: "t", masked: right == access.Masked})
			case s.actor.LiveRollup(f):
				p.add(output{path: f.Name, field: f, alias: "t", live: true})
			}
		}
	}
	for _, path := range paths {
		if err := p.addPath(strings.TrimSpace(path)); err != nil {
			return nil, inField("fields", err)
		}
	}
	p.settle()
	return p, nil
}

func (p *projection) addPath(path string) error {
	names := strings.Split(path, ".")
	if len(names) > maxLinks+1 {
		return fault.New(fault.Invalid, "query.too_many_links", fault.Args{"path": value.Printable(path), "max": maxLinks})
	}
	o, alias := p.o, "t"
	for i, name := range names[:len(names)-1] {
		link, ok := o.Field(name)
		if !ok || !link.IsLink() || p.s.actor.Field(link) < access.ReadField {
			return schema.UnknownField(o, path, p.s.actor.Sees)
		}
		alias = p.join(strings.Join(names[:i+1], "."), alias, link)
		o = p.s.state.schema.Target(link)
	}
	out := output{path: path, alias: alias, far: len(names) > 1}
	f, ok := o.Field(names[len(names)-1])
	if !ok {
		return p.addPart(o, out, names[len(names)-1])
	}
	right := p.s.actor.Field(f)
	out.live = right < access.Masked && p.s.actor.LiveRollup(f)
	if right < access.Masked && !out.live {
		return schema.UnknownField(o, path, p.s.actor.Sees)
	}
	out.field, out.masked = f, right == access.Masked
	if out.far && isList(f) {
		return fault.New(fault.Invalid, "query.no_column", fault.Args{"path": value.Printable(path)})
	}
	p.add(out)
	return nil
}

// addPart reads one column of an address, "billing_city".
func (p *projection) addPart(o *schema.Object, out output, name string) error {
	e, ok := p.s.state.schema.Scope(o, p.s.actor.Sees).Field(name)
	if !ok {
		return schema.UnknownField(o, name, p.s.actor.Sees)
	}
	id, _, _ := strings.Cut(e.ID, "#")
	out.field, _ = p.s.state.schema.FieldByID(id)
	out.masked = p.s.actor.Field(out.field) == access.Masked
	out.part = p.s.state.schema.ExprColumn(e, expr.Value)
	p.add(out)
	return nil
}

func isList(f *schema.FieldDef) bool { return f.Kind == schema.KindLinks || f.Kind == schema.KindAbout }

func (p *projection) join(path, from string, link *schema.FieldDef) string {
	for _, j := range p.joins {
		if j.path == path {
			return j.alias
		}
	}
	alias := "j" + string(rune('a'+len(p.joins)%26)) + strings.Repeat("_", len(p.joins)/26)
	p.joins = append(p.joins, join{path: path, alias: alias, from: from, link: link})
	return alias
}

// add places the output behind the columns so far.
func (p *projection) add(out output) {
	f := out.field
	switch {
	case !out.far && (f.Column == "id" || f.Column == "version") && f.Engine:
		return
	case isList(f):
		p.lists = append(p.lists, len(p.outs))
	}
	out.at = p.n
	out.prefix = append(schema.AppendString([]byte{','}, out.path), ':')
	switch {
	case out.part != "":
		p.n++
	case f.Kind == schema.KindFormula && !f.Stored:
		out.inline = f.Expr
		p.n++
	default:
		p.n += len(f.ReadColumns())
	}
	p.outs = append(p.outs, out)
}

// settle writes the column list once, unless it depends on the statement.
func (p *projection) settle() {
	for _, out := range p.outs {
		if out.inline != nil || out.live {
			return
		}
	}
	p.fixed, _ = p.columns(nil, "t")
}

// columns writes the column list. The alias of the object's own table is "t".
func (p *projection) columns(args *expr.Args, _ string) (string, error) {
	if p.fixed != "" {
		return p.fixed, nil
	}
	d := p.s.tx.Dialect()
	var b strings.Builder
	b.WriteString("t.id, t.version")
	for _, out := range p.outs {
		switch {
		case out.inline != nil:
			sql, err := p.s.formula(out.inline, out.alias, args)
			if err != nil {
				return "", err
			}
			b.WriteString(", " + sql)
		case out.live:
			sql, err := p.s.liveRollup(out.field, out.alias, args)
			if err != nil {
				return "", err
			}
			b.WriteString(", " + sql)
		case out.part != "":
			b.WriteString(", " + out.alias + "." + d.Quote(out.part))
		default:
			for _, c := range out.field.ReadColumns() {
				b.WriteString(", " + out.alias + "." + d.Quote(c.Name))
			}
		}
	}
	return b.String(), nil
}

// from writes the joins. What the actor may not read joins nothing, so its
// fields are empty.
func (p *projection) from(args *expr.Args) string {
	c := columns{p.s}
	var b strings.Builder
	if p.past != nil {
		b.WriteString(" JOIN {" + p.o.SpanTable() + "} sp ON sp.record = t.id AND " + p.past.covers("sp", args))
	}
	for _, j := range p.joins {
		b.WriteString(" LEFT JOIN " + c.Table(j.link.Target) + " " + j.alias + " ON " + j.alias + ".id = " + j.from + "." +
			c.quote(j.link.Column) + " AND " + c.Rule(j.link.Target, j.alias, args))
	}
	return b.String()
}

// record reads a row.
func (p *projection) record(rows *store.Rows) *Record {
	r := newRecord(p.o)
	id, _ := rows.Int(0)
	version, _ := rows.Int(1)
	r.ID, r.Version = value.ID(id), version
	r.values[0], r.values[1] = r.ID, version
	for i := range p.outs {
		out := &p.outs[i]
		v := p.load(out, rows)
		if out.far || out.part != "" {
			if r.far == nil {
				r.far = map[string]any{}
			}
			r.far[out.path] = v
			continue
		}
		r.set(out.field, v)
		if out.field.ValueKind() == schema.KindMoney && out.inline == nil && !out.masked {
			if base, ok := rows.Int(out.at + 2); ok {
				r.setBase(out.field, base)
			}
		}
	}
	return r
}

// load reads one output's value.
func (p *projection) load(out *output, rows *store.Rows) any {
	var v any
	switch {
	case isList(out.field):
		return nil
	case out.inline != nil:
		v = p.inlined(out, rows)
	case out.part != "":
		if text, ok := rows.Text(out.at); ok {
			v = strings.Clone(text)
		}
	default:
		v = out.field.Load(rows, out.at)
	}
	if out.masked && v != nil {
		return access.Mask(v)
	}
	return v
}

// inlined reads what a formula in the statement came to.
func (p *projection) inlined(out *output, rows *store.Rows) any {
	t := out.inline.Type()
	v := keyValue(rows, out.at, storeTypeOf(t.Kind))
	n, isInt := v.(int64)
	switch {
	case !isInt:
		return v
	case t.Kind == expr.Money:
		return value.Money{Minor: n, Currency: p.s.state.settings.Currency}
	case t.Kind == expr.Moment:
		return time.UnixMilli(n).UTC()
	case t.Kind == expr.Link:
		return value.ID(n)
	case out.field.ValueKind() == schema.KindInt:
		return n
	}
	return value.Unscaled(n, t.Scale)
}

// formula writes an expression as a value: a condition is true or false there,
// never NULL.
func (s *Session) formula(e *expr.Expr, alias string, args *expr.Args) (string, error) {
	sql, err := e.SQL(columns{s}, s.env, alias, args)
	if err == nil && e.Type().Kind == expr.Bool {
		sql = "((" + sql + ") IS TRUE)"
	}
	return sql, err
}
