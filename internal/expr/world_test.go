package expr

import (
	"fmt"
	"slices"
	"strconv"
	"time"
	_ "time/tzdata"

	"github.com/shopspring/decimal"

	"wellmet/internal/value"
)

// world is a small schema with records of every kind, as memory sees it.
type world struct {
	scopes map[string]*testScope
	rows   map[string][]*testRow
}

type testScope struct {
	w      *world
	object string
	fields []Field
	backs  map[string]Back
}

func (s *testScope) Object() string { return s.object }

func (s *testScope) Field(name string) (Field, bool) {
	i := slices.IndexFunc(s.fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return s.fields[i], true
}

func (s *testScope) Back(name string) (Back, bool) {
	b, ok := s.backs[name]
	return b, ok
}

func (s *testScope) To(object string) (Scope, bool) {
	to, ok := s.w.scopes[object]
	return to, ok
}

func (s *testScope) Names() []string {
	var names []string
	for _, f := range s.fields {
		names = append(names, f.Name)
	}
	for name := range s.backs {
		names = append(names, name)
	}
	return names
}

// testRow is a record; hidden ones stand for what the actor may not read.
type testRow struct {
	w      *world
	id     value.ID
	object string
	hidden bool
	vals   map[string]any
	base   map[string]value.Money
}

func (r *testRow) Get(f Field) any { return r.vals[f.Name] }

func (r *testRow) Base(f Field) (value.Money, bool) {
	m, ok := r.base[f.Name]
	return m, ok
}

func (r *testRow) Link(f Field) (Row, bool) {
	id, _ := r.vals[f.Name].(value.ID)
	if to := r.w.find(f.Type.Object, id); to != nil {
		return to, true
	}
	return nil, false
}

func (r *testRow) Children(b Back) []Row {
	var rows []Row
	for _, child := range r.w.rows[b.Object] {
		belongs := false
		switch {
		case child.hidden:
		case b.Forward:
			ids, _ := r.vals[b.Link.Name].([]value.ID)
			belongs = slices.Contains(ids, child.id)
		case b.About:
			ids, _ := child.vals[b.Link.Name].([]value.ID)
			belongs = slices.Contains(ids, r.id)
		default:
			belongs = child.vals[b.Link.Name] == r.id
		}
		if belongs {
			rows = append(rows, child)
		}
	}
	return rows
}

func (w *world) find(object string, id value.ID) *testRow {
	for _, r := range w.rows[object] {
		if r.id == id && !r.hidden {
			return r
		}
	}
	return nil
}

var (
	industries = []string{"tech", "food", "steel"}
	tagList    = []string{"vip", "risk", "cold"}
	stages     = []string{"open", "won", "lost"}
)

// newWorld declares the schema; formulas are checked against what is above them.
func newWorld() *world {
	w := &world{scopes: map[string]*testScope{}, rows: map[string][]*testRow{}}
	w.object("team", "name:text")
	w.object("member", "name:text", "email:exact", "active:bool", "age:int", "team:team", "boss:member")
	w.object("account", "name:text", "industry:industry", "tags:tags", "staff:int", "rating:dec2", "since:date",
		"seen:moment", "owner:member", "parent:account", "worth:money", "site:opaque")
	w.object("contact", "name:text", "email:exact", "vip:bool", "born:date", "score:dec4", "account:account")
	w.object("note", "text:text", "at:moment", "about:account*")
	w.object("deal", "name:text", "nick:text", "code:exact", "amount:money", "cost:money", "probability:dec1",
		"quantity:dec3", "count:int", "close:date", "begin:date", "created:moment", "touched:moment", "won:bool",
		"hot:bool", "stage:stage", "account:account", "owner:member", "watchers:member*")
	w.back("account", "contacts", "contact", "account")
	w.back("account", "deals", "deal", "account")
	w.back("account", "children", "account", "parent")
	w.back("member", "accounts", "account", "owner")
	w.back("team", "members", "member", "team")
	w.scopes["account"].backs["notes"] = Back{Object: "note", Link: w.field("note", "about"), About: true}
	w.formula("account", "age", `coalesce(staff, 0) + rating`)
	w.formula("account", "boss_name", `coalesce(owner.boss.name, owner.name)`)
	w.formula("deal", "margin", `amount - coalesce(cost, 0)`)
	w.formula("deal", "late", `close < today() and won != true`)
	w.formula("deal", "label", `coalesce(nick, name, account.name)`)
	w.formula("deal", "due", `if(hot, close - 7d, close)`)
	w.formula("deal", "points", `count * 1.5 - probability`)
	w.formula("deal", "boss", `owner.boss`)
	return w
}

func (w *world) object(name string, fields ...string) {
	s := &testScope{w: w, object: name, backs: map[string]Back{}}
	w.scopes[name] = s
	for _, spec := range fields {
		var field, kind string
		for i := range spec {
			if spec[i] == ':' {
				field, kind = spec[:i], spec[i+1:]
			}
		}
		f := Field{ID: name + "-" + field, Name: field, Folded: kind == "text"}
		f.Type = testType(kind)
		s.fields = append(s.fields, f)
	}
}

func testType(kind string) Type {
	switch kind {
	case "text", "exact":
		return Type{Kind: Text}
	case "bool":
		return Type{Kind: Bool}
	case "int":
		return Type{Kind: Number}
	case "dec1", "dec2", "dec3", "dec4":
		return Type{Kind: Number, Scale: int(kind[3] - '0')}
	case "date":
		return Type{Kind: Date}
	case "moment":
		return Type{Kind: Moment}
	case "money":
		return Type{Kind: Money}
	case "opaque":
		return Type{Kind: Empty}
	case "industry":
		return Type{Kind: Choice, Options: industries}
	case "stage":
		return Type{Kind: Choice, Options: stages}
	case "tags":
		return Type{Kind: Choices, Options: tagList}
	}
	if last := len(kind) - 1; kind[last] == '*' {
		return Type{Kind: Links, Object: kind[:last]}
	}
	return Type{Kind: Link, Object: kind}
}

func (w *world) field(object, name string) Field {
	f, ok := w.scopes[object].Field(name)
	if !ok {
		panic("no field " + object + "." + name)
	}
	return f
}

func (w *world) back(object, name, from, link string) {
	w.scopes[object].backs[name] = Back{Object: from, Link: w.field(from, link)}
}

func (w *world) formula(object, name, text string) {
	s := w.scopes[object]
	e, err := Check(text, s, Type{})
	if err != nil {
		panic(fmt.Sprintf("formula %s: %v", text, err))
	}
	s.fields = append(s.fields, Field{ID: object + "-" + name, Name: name, Type: e.Type(), Formula: e})
}

// testColumns names columns as the record room might.
type testColumns struct {
	w        *world
	postgres bool
}

func (c testColumns) Column(alias string, f Field, part Part) string {
	return alias + `."` + f.Name + [...]string{"", "_c", "_b", "_s", "_k"}[part] + `"`
}

func (c testColumns) Table(object string) string { return "{x_" + object + "}" }

func (c testColumns) Rule(object, alias string, args *Args) string {
	if object == "team" {
		return ""
	}
	return alias + ".hidden = " + args.Add(int64(0), "bigint")
}

func (c testColumns) Many(b Back, alias, child string, _ *Args) string {
	one, other := alias, child
	if b.About {
		one, other = child, alias
	}
	return "EXISTS (SELECT 1 FROM {x_links} l WHERE l.field = '" + b.Link.ID + "' AND l.one = " + one +
		".id AND l.other = " + other + ".id)"
}

func (c testColumns) Has(f Field, alias, param string) string {
	if f.Type.Kind == Choices {
		column := c.Column(alias, f, Value)
		if param == "" {
			return column + " IS NOT NULL"
		}
		return column + " LIKE '%|' || " + param + " || '|%'"
	}
	sql := "EXISTS (SELECT 1 FROM {x_links} l WHERE l.field = '" + f.ID + "' AND l.one = " + alias + ".id"
	if param != "" {
		sql += " AND l.other = " + param
	}
	return sql + ")"
}

func (c testColumns) AddDays(date, days string) string {
	if c.postgres {
		return "(" + date + " + (" + days + ")::integer)"
	}
	return "date(" + date + ", " + days + " || ' days')"
}

// args writes parameters as the store's dialects do.
func (c testColumns) args() *Args {
	return NewArgs(func(n int, sqlType string) string {
		if c.postgres {
			return "$" + strconv.Itoa(n) + "::" + sqlType
		}
		return "$" + strconv.Itoa(n)
	})
}

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func day(s string) value.Date {
	d, err := value.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func instant(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// testEnv is a Tuesday in spring, on the day after clocks changed in Berlin.
func testEnv() Env {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return Env{Now: instant("2026-03-31T09:30:00Z"), Zone: zone, Me: 101, Team: 11, FiscalStart: time.April,
		BaseCurrency: "EUR"}
}
