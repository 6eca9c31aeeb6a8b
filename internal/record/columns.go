package record

import (
	"runtime"
	"strings"
	"sync"
	"weak"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// columns tells the expression renderer what fields and links are called in
// SQL, and ANDs the actor's read rule into every path over a link.
type columns struct{ s *Session }

var _ expr.Columns = columns{}

func (c columns) quote(name string) string { return c.s.tx.Dialect().Quote(name) }

// Column implements expr.Columns.
func (c columns) Column(alias string, f expr.Field, part expr.Part) string {
	return alias + "." + c.quote(c.s.state.schema.ExprColumn(f, part))
}

// Table implements expr.Columns.
func (c columns) Table(object string) string {
	return "{" + c.s.state.schema.MustObject(object).Table + "}"
}

// Rule implements expr.Columns.
func (c columns) Rule(object, alias string, args *expr.Args) string {
	o := c.s.state.schema.MustObject(object)
	alive := alias + ".deleted_at IS NULL"
	if rule := c.s.may(o, access.Read, alias, args); rule != "" {
		return alive + " AND " + rule
	}
	return alive
}

// Many implements expr.Columns.
func (c columns) Many(b expr.Back, alias, child string, args *expr.Args) string {
	if b.About {
		return "EXISTS (SELECT 1 FROM {link_about} la WHERE la.activity = " + child + ".id AND la.record = " + alias + ".id)"
	}
	return "EXISTS (SELECT 1 FROM {record_link} rl WHERE rl.field = " + args.Add(b.Link.ID, "text") +
		" AND rl.from_id = " + alias + ".id AND rl.to_id = " + child + ".id)"
}

// Has implements expr.Columns: list fields are stored as |a|b|, links in a
// table of their own.
func (c columns) Has(f expr.Field, alias, param string) string {
	def, ok := c.s.state.schema.FieldByID(f.ID)
	if ok && def.Kind == schema.KindLinks {
		sql := "EXISTS (SELECT 1 FROM {record_link} rl WHERE rl.field = '" + strings.ReplaceAll(def.ID, "'", "''") +
			"' AND rl.from_id = " + alias + ".id"
		if param != "" {
			sql += " AND rl.to_id = " + param
		}
		return sql + ")"
	}
	column := c.Column(alias, f, expr.Value)
	if param == "" {
		return column + " IS NOT NULL"
	}
	// Not LIKE: in option keys "_" is common, and stands for itself.
	find := "strpos"
	if c.s.tx.Dialect().Name() == "sqlite" {
		find = "instr"
	}
	return find + "(" + column + ", '|' || " + param + " || '|') > 0"
}

// AddDays implements expr.Columns.
func (c columns) AddDays(date, days string) string {
	if c.s.tx.Dialect().Name() == "sqlite" {
		return "date(" + date + ", (" + days + ") || ' days')"
	}
	return "(" + date + " + (" + days + ")::int)"
}

// may is the condition under which the actor may act on the row of the alias;
// "" is no condition. It is a plain OR of scope and shares, right for single
// records, batches and subqueries; pages build branches instead (see
// query_shape.go).
func (s *Session) may(o *schema.Object, action access.Action, alias string, args *expr.Args) string {
	rule := s.within(s.actor.Reach(o, action), alias, args)
	if secret := s.secret(o, alias, args); secret != "" && action != access.Create {
		if rule == "" {
			return secret
		}
		return rule + " AND " + secret
	}
	return rule
}

// secret is the condition that the row is not kept from the actor by its owner,
// "" where owners keep none.
func (s *Session) secret(o *schema.Object, alias string, args *expr.Args) string {
	if o.Secret == "" || s.actor.System() {
		return ""
	}
	f, ok := o.Field(o.Secret)
	if !ok {
		return ""
	}
	return "(" + alias + "." + columns{s}.quote(f.Column) + " IS NOT TRUE OR " + alias + ".owner_id = " +
		args.Add(int64(s.actor.Member()), "bigint") + ")"
}

// within is the condition that the row of the alias is in reach, as one OR.
func (s *Session) within(r access.Reach, alias string, args *expr.Args) string {
	if r.All {
		return ""
	}
	var parts []string
	if !r.None {
		parts = append(parts, s.inReach(r, alias, args))
	}
	if r.Extra {
		parts = append(parts, s.shared(r, alias, args))
	}
	if r.Shown != "" {
		parts = append(parts, s.shown(r, alias, args))
	}
	switch len(parts) {
	case 0:
		return "1 = 0"
	case 1:
		return parts[0]
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

func idList(ids []value.ID, args *expr.Args) string {
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(args.Add(int64(id), "bigint"))
	}
	return b.String()
}

// args begins a statement's parameters in the dialect's spelling.
func (s *Session) args() *expr.Args {
	d := s.tx.Dialect()
	return expr.NewArgs(func(n int, sqlType string) string { return d.Param(n, storeType(sqlType)) })
}

func storeType(sqlType string) store.Type {
	switch sqlType {
	case "bigint":
		return store.Int
	case "date":
		return store.Date
	case "boolean":
		return store.Bool
	case "bytea":
		return store.Bytes
	case "bigint[]":
		return store.IDList
	case "tsquery":
		return store.Words
	}
	return store.Text
}

// layout is how all of an object's fields are read: the column list and where
// each field begins in it, -1 for fields without columns.
type layout struct {
	sql string
	at  []int
	n   int
}

// layouts keeps no object of a schema that nobody uses any more.
var layouts sync.Map // layoutKey -> *layout

// layoutOf is made once for each object of each schema version.
func layoutOf(o *schema.Object, d store.Dialect) *layout {
	key := layoutKey{weak.Make(o), d.Name()}
	if l, ok := layouts.Load(key); ok {
		return l.(*layout)
	}
	l := &layout{at: make([]int, len(o.Fields))}
	var b strings.Builder
	for i, f := range o.Fields {
		l.at[i] = -1
		for j, c := range f.ReadColumns() {
			if j == 0 {
				l.at[i] = l.n
			}
			if l.n > 0 {
				b.WriteString(", ")
			}
			b.WriteString("t." + d.Quote(c.Name))
			l.n++
		}
	}
	l.sql = b.String()
	if _, had := layouts.LoadOrStore(key, l); !had {
		runtime.AddCleanup(o, func(key layoutKey) { layouts.Delete(key) }, key)
	}
	return l
}

type layoutKey struct {
	object  weak.Pointer[schema.Object]
	dialect string
}

// record reads one row that begins with the layout's columns.
func (l *layout) record(o *schema.Object, rows *store.Rows) *Record {
	r := newRecord(o)
	for i, f := range o.Fields {
		at := l.at[i]
		if at < 0 {
			continue
		}
		r.values[i] = f.Load(rows, at)
		if f.ValueKind() == schema.KindMoney {
			if base, ok := rows.Int(at + 2); ok {
				r.setBase(f, base)
			}
		}
	}
	r.ID, _ = r.values[0].(value.ID)
	r.Version, _ = r.values[1].(int64)
	return r
}

// keepBase notes what the record's amount is worth, if there is a rate.
func (s *Session) keepBase(r *Record, f *schema.FieldDef) {
	m, ok := r.Value(f).(value.Money)
	if !ok {
		return
	}
	if base, ok := s.worth(r, m); ok {
		r.setBase(f, base)
	} else {
		delete(r.bases, f.ID)
	}
}

func (r *Record) setBase(f *schema.FieldDef, minor int64) {
	if r.bases == nil {
		r.bases = map[string]int64{}
	}
	r.bases[f.ID] = minor
}
