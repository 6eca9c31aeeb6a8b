package process

import (
	"slices"
	"strconv"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Weight says what a problem means.
type Weight string

// An error keeps a definition from being published, a warning has to be
// accepted.
const (
	Wrong   Weight = "error"
	Warning Weight = "warning"
)

// Problem is something wrong with a definition; Path says where, such as
// moves.offer.when.
type Problem struct {
	Path   string     `json:"path"`
	Weight Weight     `json:"weight"`
	Key    string     `json:"key"`
	Args   fault.Args `json:"args,omitempty"`
}

// blueprint is a version of a blueprint made ready to run. It never changes.
type blueprint struct {
	id, version value.ID
	number      int64
	name        string
	object      *schema.Object
	field       *schema.FieldDef
	when        *expr.Expr // nil = every record
	whenFields  []string   // the record's own fields that the condition reads
	Definition
	states map[string]*state
	moves  []*move
	starts []string
	// limited: some state has a time limit.
	limited bool
}

// state is a state with its place in the order.
type state struct {
	*State
	at   int
	then []deed
}

// move is a move made ready.
type move struct {
	*Move
	when *expr.Expr
	asks []ask
	then []deed
	// broken: something that it needs is gone, so that nobody can make it.
	broken bool
}

type ask struct {
	Ask
	field *schema.FieldDef
}

// compiler gathers what is wrong while it makes things ready.
type compiler struct {
	schema   *schema.Schema
	object   *schema.Object
	scope    schema.Scope
	problems []Problem
}

func newCompiler(s *schema.Schema, o *schema.Object, visible schema.Visible) *compiler {
	return &compiler{schema: s, object: o, scope: s.Scope(o, visible)}
}

func (c *compiler) wrong(path, key string, args fault.Args) {
	c.problems = append(c.problems, Problem{Path: path, Weight: Wrong, Key: key, Args: args})
}

// fail notes a fault as a problem.
func (c *compiler) fail(path string, err error) {
	e, ok := fault.As(err)
	if !ok {
		c.wrong(path, "process.bad_definition", fault.Args{"problem": err.Error()})
		return
	}
	if e.Key == "record.invalid" && len(e.Fields) > 0 {
		c.wrong(path, e.Fields[0].Key, e.Fields[0].Args)
		return
	}
	c.wrong(path, e.Key, e.Args)
}

// condition types a condition; nil when there is none, or it is wrong.
func (c *compiler) condition(path, text string) *expr.Expr {
	if text == "" {
		return nil
	}
	e, err := expr.Check(text, c.scope, expr.Type{Kind: expr.Bool})
	if err != nil {
		c.fail(path, err)
		return nil
	}
	return e
}

// ownFields are the record's own fields that a condition reads.
func ownFields(e *expr.Expr) []string {
	var names []string
	if e == nil {
		return nil
	}
	for _, ref := range e.Fields() {
		if len(ref.Path) > 0 && !slices.Contains(names, ref.Path[0]) {
			names = append(names, ref.Path[0])
		}
	}
	return names
}

// stateField finds the field that the process goes over: a choice, or a link
// to a list of states (engine decision 13).
func stateField(s *schema.Schema, o *schema.Object, name string) (*schema.FieldDef, bool) {
	f, ok := o.Field(name)
	if !ok {
		return nil, false
	}
	switch f.Kind {
	case schema.KindChoice:
		return f, true
	case schema.KindLink:
		target := s.Target(f)
		return f, target != nil && target.StateList
	}
	return f, false
}

// stateKey is how a definition names a value of the state field.
func stateKey(v any) string {
	if v == nil {
		return ""
	}
	return schema.Neutral(v)
}

// stateValue is the value of the field that a definition's name stands for.
func stateValue(f *schema.FieldDef, key string) any {
	if f.Kind == schema.KindLink {
		id, err := value.ParseID(key)
		if err != nil {
			return nil
		}
		return id
	}
	return key
}

// source is a blueprint as it is stored.
type source struct {
	id, version                     value.ID
	number                          int64
	name, object, field, when, text string
}

// compile makes a blueprint ready, and says what is wrong with it. A blueprint
// of an object or field that is gone is nil.
func compile(s *schema.Schema, src source, visible schema.Visible) (*blueprint, []Problem) {
	c := &compiler{schema: s}
	o, ok := s.Object(src.object)
	if !ok {
		c.wrong("object", "record.no_object", fault.Args{"object": value.Printable(src.object)})
		return nil, c.problems
	}
	c = newCompiler(s, o, visible)
	f, ok := stateField(s, o, src.field)
	if !ok || visible != nil && !visible(f) {
		c.wrong("field", "process.no_state_field", fault.Args{"field": value.Printable(src.field), "object": o.Name})
		return nil, c.problems
	}
	d, err := ParseDefinition(src.text)
	if err != nil {
		c.fail("definition", err)
		return nil, c.problems
	}
	b := &blueprint{id: src.id, version: src.version, number: src.number, name: src.name, object: o, field: f,
		Definition: *d, states: map[string]*state{}, when: c.condition("condition", src.when)}
	b.whenFields = ownFields(b.when)
	c.statesOf(b)
	c.movesOf(b)
	c.who("override", b.Override)
	for path, l := range map[string]Leave{"skip": b.Skip, "back": b.Back} {
		if l != No && l != Reason && l != Free {
			c.wrong(path, "process.unknown_word", fault.Args{"word": value.Printable(string(l))})
		}
	}
	return b, c.problems
}

func (c *compiler) statesOf(b *blueprint) {
	if len(b.States) == 0 {
		c.wrong("states", "process.no_states", nil)
	}
	for i := range b.States {
		x := &b.States[i]
		path := "states." + value.Printable(x.State)
		if x.State == "" || b.states[x.State] != nil {
			c.wrong(path, "process.state_twice", fault.Args{"state": value.Printable(x.State)})
			continue
		}
		if b.field.Kind == schema.KindChoice {
			if _, ok := b.field.Option(x.State); !ok {
				c.wrong(path, "process.unknown_state", fault.Args{"state": value.Printable(x.State)})
			}
		}
		st := &state{State: x, at: i}
		b.states[x.State] = st
		if x.Start {
			b.starts = append(b.starts, x.State)
		}
		if x.Limit != nil {
			b.limited = true
			c.limit(path+".limit", x.Limit)
			if x.Pause {
				c.wrong(path+".limit", "process.pause_limit", nil)
			}
			st.then = c.deeds(path+".limit.then", x.Limit.Then, b)
		}
	}
}

func (c *compiler) limit(path string, l *Limit) {
	if err := l.Check(); err != nil {
		c.fail(path, err)
	} else if l.N == 0 {
		c.wrong(path, "process.empty_limit", nil)
	}
	if l.Warn != nil {
		if err := l.Warn.Check(); err != nil {
			c.fail(path+".warn", err)
		}
	}
	c.tell(path+".tell", l.Tell)
}

func (c *compiler) movesOf(b *blueprint) {
	seen := map[string]bool{}
	for i := range b.Moves {
		x := &b.Moves[i]
		path := "moves." + value.Printable(x.Key)
		if x.Key == "" || seen[x.Key] {
			path = "moves." + strconv.Itoa(i+1)
			c.wrong(path, "process.move_twice", fault.Args{"move": value.Printable(x.Key)})
			continue
		}
		seen[x.Key] = true
		before := len(c.problems)
		m := c.move(b, path, x)
		m.broken = len(c.problems) > before
		b.moves = append(b.moves, m)
	}
}

func (c *compiler) move(b *blueprint, path string, x *Move) *move {
	if x.Name == "" {
		x.Name = x.Key
	}
	for _, st := range append(slices.Clone(x.From), x.To) {
		if b.states[st] == nil {
			c.wrong(path, "process.unknown_state", fault.Args{"state": value.Printable(st)})
		}
	}
	if slices.Contains(x.From, x.To) {
		c.wrong(path, "process.move_to_itself", nil)
	}
	c.who(path+".who", x.Who)
	for _, w := range []Wish{x.Note, x.File} {
		if w != None && w != May && w != Must {
			c.wrong(path, "process.unknown_word", fault.Args{"word": value.Printable(string(w))})
		}
	}
	m := &move{Move: x, when: c.condition(path+".when", x.When)}
	if len(x.Ask)+len(x.Checklist) > maxAsks {
		c.wrong(path, "process.many_asks", fault.Args{"max": maxAsks})
	}
	for _, a := range x.Ask {
		f, ok := c.object.Field(a.Field)
		switch {
		case !ok || c.scope.Visible != nil && !c.scope.Visible(f):
			c.wrong(path+".ask", "process.unknown_field", fault.Args{"field": value.Printable(a.Field)})
		case !f.Writable():
			c.wrong(path+".ask", "process.not_writable", fault.Args{"field": a.Field})
		default:
			m.asks = append(m.asks, ask{a, f})
		}
	}
	points := map[string]bool{}
	for _, p := range x.Checklist {
		if p.Key == "" || p.Text == "" || points[p.Key] {
			c.wrong(path+".checklist", "process.bad_point", fault.Args{"point": value.Printable(p.Key)})
		}
		points[p.Key] = true
	}
	m.then = c.deeds(path+".then", x.Then, b)
	return m
}

// who knows roles and teams by heart only when they are read; here it is
// enough that somebody is named.
func (c *compiler) who(path string, w *Who) {
	if w != nil && !w.Owner && !w.Manager && len(w.Roles)+len(w.Teams)+len(w.Members) == 0 {
		c.wrong(path, "process.nobody", nil)
	}
}

// from reports whether the move leads out of a state.
func (m *move) from(state string) bool {
	return len(m.From) == 0 && state != m.To || slices.Contains(m.From, state)
}

// final reports whether nothing leads out of a state.
func (b *blueprint) final(key string) bool {
	if st := b.states[key]; st != nil && st.End {
		return true
	}
	return !slices.ContainsFunc(b.moves, func(m *move) bool { return m.from(key) })
}
