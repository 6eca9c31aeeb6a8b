package record

import (
	"cmp"
	"context"
	"slices"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// States are the records of a list of states, such as stages, in their order: those
// of one pipeline behind those of the pipeline before.
type States struct {
	list []oneState
	at   map[value.ID]int
	// names are where lines of a name stand, which states of several pipelines share.
	names map[string]int
}

type oneState struct {
	id       value.ID
	name, of string   // of = what it belongs to, "" = nothing, or nothing that the actor may know
	place    [3]int64 // of what it belongs to, which that is, and its own
}

// statesKey is a list of states as somebody may read it.
type statesKey struct {
	object string
	actor  *access.Actor
}

// States reads the states of an object in the order in which records come through
// them, as far as the actor may read them; nil of an object that is no list of states.
// A reader's snapshot has them once, whoever asks for them in it.
func (s *Session) States(ctx context.Context, o *schema.Object) (*States, error) {
	if o == nil || !o.StateList {
		return nil, nil
	}
	if s.tx.Writing() { // which may change them
		return s.readStates(ctx, o)
	}
	return Memo(s, statesKey{o.ID, s.actor}, func() (*States, error) { return s.readStates(ctx, o) })
}

func (s *Session) readStates(ctx context.Context, o *schema.Object) (*States, error) {
	q := Query{Object: o.Name, Fields: []string{"id"}, Sort: "id"}
	known := func(paths ...string) bool {
		for _, path := range paths {
			if _, err := s.Check(o, path, expr.Empty); err != nil {
				return false
			}
		}
		q.Fields = append(q.Fields, paths...)
		return true
	}
	if _, err := s.Object(o.Name); err != nil || !known(o.Title, schema.Position) {
		return nil, nil
	}
	of, name := "", ""
	if link, parent := s.state.schema.StatesIn(o); parent != nil && known(link.Name, link.Name+"."+parent.Title, link.Name+"."+schema.Position) {
		of, name = link.Name, link.Name+"."+parent.Title
	}
	x := &States{at: map[value.ID]int{}}
	err := s.Each(ctx, q, func(r *Record) error {
		st := oneState{id: r.ID, name: r.Title()}
		st.place[2], _ = r.Field(schema.Position).(int64)
		if of != "" {
			st.of, _ = r.Path(name).(string)
			st.place[0], _ = r.Path(of + "." + schema.Position).(int64)
			id, _ := r.Field(of).(value.ID)
			st.place[1] = int64(id)
		}
		x.list = append(x.list, st)
		return nil
	})
	x.arrange()
	return x, err
}

func (x *States) arrange() {
	slices.SortFunc(x.list, func(a, b oneState) int {
		return cmp.Or(slices.Compare(a.place[:], b.place[:]), cmp.Compare(a.id, b.id))
	})
	for i, st := range x.list {
		x.at[st.id] = i
	}
	x.share()
}

// share places the names of states: a pipeline's own before the next name that it
// shares with one before, or behind all where there is none.
func (x *States) share() {
	var names []string
	for i := 0; i < len(x.list); {
		end := i + 1
		for end < len(x.list) && x.list[end].place[1] == x.list[i].place[1] {
			end++
		}
		names = merged(names, x.list[i:end])
		i = end
	}
	x.names = map[string]int{}
	for i, name := range names {
		x.names[name] = i
	}
}

func merged(names []string, more []oneState) []string {
	next := 0 // behind the last name that both have
	for i, st := range more {
		if at := slices.Index(names, st.name); at >= 0 {
			next = max(next, at+1)
			continue
		}
		at := len(names)
		for _, later := range more[i+1:] {
			if j := slices.Index(names, later.name); j >= next {
				at = j
				break
			}
		}
		names, next = slices.Insert(names, at, st.name), at+1
	}
	return names
}

// Place is where a state stands, or a name of states; what is none stands behind.
func (x *States) Place(key any) int {
	if x == nil {
		return 0
	}
	switch k := key.(type) {
	case value.ID:
		if i, ok := x.at[k]; ok {
			return i
		}
	case string:
		if i, ok := x.names[k]; ok {
			return i
		}
	}
	return len(x.list)
}

// Apart names those of some states that share a name with another of them by what
// they belong to, too.
func (x *States) Apart(ids []value.ID) map[value.ID]string {
	first, apart := map[string]int{}, map[value.ID]string{}
	if x == nil {
		return apart
	}
	for _, id := range ids {
		i, ok := x.at[id]
		if !ok {
			continue
		}
		st := x.list[i]
		j, met := first[st.name]
		switch {
		case !met:
			first[st.name] = i
		case j != i:
			apart[id], apart[x.list[j].id] = st.full(), x.list[j].full()
		}
	}
	return apart
}

// full is the name of a state with that of what it belongs to.
func (st oneState) full() string {
	if st.of == "" {
		return st.name
	}
	return st.name + " · " + st.of
}

// statesOf is the list of states that a grouping tells apart, each by itself or by
// their names; nil for anything else.
func (p *aggregation) statesOf(g *grouping) *schema.Object {
	switch {
	case g.field == nil:
		return nil
	case g.typ.Kind == expr.Link:
		if o := g.target(p); o != nil && o.StateList {
			return o
		}
	case g.field.Object != nil && g.field.Object.StateList && g.field.Name == g.field.Object.Title:
		return g.field.Object
	}
	return nil
}

// readStates reads the states that records are grouped by.
func (p *aggregation) readStates(ctx context.Context) (err error) {
	for _, g := range p.groups {
		if o := p.statesOf(g); o != nil && !p.a.Unlabeled {
			if g.states, err = p.s.States(ctx, o); err != nil {
				return err
			}
		}
	}
	return nil
}

// tellApart gives groups of states of one name the name of what each belongs to,
// unless that is a group itself.
func (p *aggregation) tellApart(groups []Group) {
	for i, g := range p.groups {
		if g.states == nil || g.typ.Kind != expr.Link || p.groupsBy(p.statesOf(g)) {
			continue
		}
		var ids []value.ID
		for _, row := range groups {
			if id, ok := row.Keys[i].(value.ID); ok {
				ids = append(ids, id)
			}
		}
		apart := g.states.Apart(ids)
		for j := range groups {
			if id, ok := groups[j].Keys[i].(value.ID); ok && apart[id] != "" {
				groups[j].Labels[i] = apart[id]
			}
		}
	}
}

// groupsBy reports whether one of the groups is what states belong to.
func (p *aggregation) groupsBy(states *schema.Object) bool {
	_, parent := p.s.state.schema.StatesIn(states)
	return parent != nil && slices.ContainsFunc(p.groups, func(g *grouping) bool {
		return g.field != nil && (g.typ.Kind == expr.Link && g.target(p) == parent || g.field.Object == parent && g.field.Name == parent.Title)
	})
}
