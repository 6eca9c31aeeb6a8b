package process

import (
	"context"
	"slices"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Transition is a move that the actor may make with a record, and what it asks
// of him.
type Transition struct {
	Blueprint value.ID `json:"blueprint,omitzero"`
	Field     string   `json:"field"`
	Key       string   `json:"key"`
	Name      string   `json:"name"`
	To        string   `json:"to"`
	Label     string   `json:"label"` // of the state it leads to
	// Value is what Field is set to.
	Value any `json:"-"`
	// Onward moves lead from certain states to a later one: they are the process's
	// next step, not a way out of it or back.
	Onward bool `json:"onward,omitempty"`
	// Blocked says why it cannot be made yet; "" = it can.
	Blocked string `json:"blocked,omitempty"`

	Ask       []Asked    `json:"ask,omitempty"`
	Checklist []Check    `json:"checklist,omitempty"`
	Note      Wish       `json:"note,omitempty"`
	Reason    bool       `json:"reason,omitempty"`
	File      Wish       `json:"file,omitempty"`
	Tips      []string   `json:"tips,omitempty"`
	Templates []value.ID `json:"templates,omitempty"`
}

// Asked is a field that a move asks for.
type Asked struct {
	Field    string `json:"field"`
	Label    string `json:"label"`
	Required bool   `json:"required"`
	// Missing fields keep the move from being made until they are said.
	Missing bool   `json:"missing"`
	Help    string `json:"help,omitempty"`
}

// Standing is where a record stands in one process. A room that knows a simpler
// process than a blueprint tells of it the same way, without Blueprint, Name and
// Version.
type Standing struct {
	Blueprint value.ID   `json:"blueprint,omitzero"`
	Name      string     `json:"name,omitempty"`
	Version   int64      `json:"version,omitempty"`
	Field     string     `json:"field"`
	State     string     `json:"state"`
	Label     string     `json:"label"`
	Since     *time.Time `json:"since,omitempty"`
	Due       *time.Time `json:"due,omitempty"`
	Late      bool       `json:"late,omitempty"`
	Paused    bool       `json:"paused,omitempty"`
	End       bool       `json:"end,omitempty"`
	Tips      []string   `json:"tips,omitempty"`
	Templates []value.ID `json:"templates,omitempty"`
	// Ask are the fields that the record lacks where it stands, whichever way it
	// goes.
	Ask []Asked `json:"ask,omitempty"`

	Moves []Transition `json:"moves"`
}

// Lacking are the fields that every record of its object has to have and this one
// has not, as far as the actor could fill them in.
func Lacking(s *record.Session, r *record.Record) (list []Asked) {
	for _, f := range r.Object.Fields {
		if f.Required && f.Writable() && r.Value(f) == nil && s.Actor().Sees(f) && s.Actor().CanWrite(f) {
			list = append(list, Asked{Field: f.Name, Label: f.Label(langOf(s)), Required: true, Missing: true})
		}
	}
	return list
}

// Transitions are the moves that the actor may make with a record now, in the
// order of the blueprint; none when no blueprint governs it. The record must
// have been read whole.
func Transitions(ctx context.Context, s *record.Session, r *record.Record) ([]Transition, error) {
	list, err := Standings(ctx, s, r)
	var moves []Transition
	for _, x := range list {
		moves = append(moves, x.Moves...)
	}
	return moves, err
}

// Standings tells where a record stands in the blueprints that govern it, and
// which moves the actor may make.
func Standings(ctx context.Context, s *record.Session, r *record.Record) ([]Standing, error) {
	b, err := bookOf(ctx, s)
	if err != nil {
		return nil, err
	}
	list := b.blueprints[r.Object.Name]
	if len(list) == 0 {
		return nil, nil
	}
	runs, err := runsOf(ctx, s, []value.ID{r.ID})
	if err != nil {
		return nil, err
	}
	var out []Standing
	done := map[*schema.FieldDef]bool{}
	for _, x := range list {
		if done[x.field] || !s.Actor().Sees(x.field) {
			continue
		}
		done[x.field] = true
		of, at, err := governs(ctx, s, list, x.field, runs, r.ID, r)
		if err != nil {
			return nil, err
		}
		if of == nil {
			continue
		}
		st, err := of.standing(ctx, s, r, at)
		if err != nil {
			return nil, err
		}
		out = append(out, st)
	}
	return out, nil
}

func (b *blueprint) standing(ctx context.Context, s *record.Session, r *record.Record, at *run) (Standing, error) {
	labels, err := labelsOf(ctx, s, b.field)
	if err != nil {
		return Standing{}, err
	}
	key := stateKey(r.Value(b.field))
	x := Standing{Blueprint: b.id, Name: b.name, Version: b.number, Field: b.field.Name, State: key, Label: label(labels, key), End: b.final(key), Ask: Lacking(s, r), Moves: []Transition{}}
	if at != nil && at.state == key {
		x.Since, x.Due = &at.since, at.due
		x.Late = at.due != nil && s.Now().After(*at.due)
	}
	if st := b.states[key]; st != nil {
		x.Paused, x.Tips, x.Templates = st.Pause, st.Tips, st.Templates
	}
	may, err := mayMove(ctx, s, b, r)
	if err != nil || !may {
		return x, err
	}
	for _, m := range b.moves {
		if !m.from(key) || m.broken {
			continue
		}
		no, err := m.open(s, r)
		if err != nil {
			return x, err
		}
		if no != nil && no.Kind == fault.Forbidden {
			continue
		}
		t, err := b.offer(ctx, s, r, m, labels)
		if err != nil {
			return x, err
		}
		if no != nil {
			t.Blocked = words(s, no)
		}
		from, to := b.states[key], b.states[m.To]
		t.Onward = len(m.From) > 0 && from != nil && to != nil && to.at > from.at
		x.Moves = append(x.Moves, t)
	}
	return x, b.freely(s, r, key, labels, &x)
}

// mayMove reports whether the actor may change the state of the record at all.
func mayMove(ctx context.Context, s *record.Session, b *blueprint, r *record.Record) (bool, error) {
	if !s.Actor().CanWrite(b.field) {
		return false, nil
	}
	err := s.MayChange(ctx, r.Object.Name, r.ID)
	if isFault(err) {
		return false, nil
	}
	return err == nil, err
}

func (b *blueprint) offer(ctx context.Context, s *record.Session, r *record.Record, m *move, labels map[string]string) (Transition, error) {
	t := Transition{Blueprint: b.id, Field: b.field.Name, Key: m.Key, Name: m.Name, To: m.To, Label: label(labels, m.To), Value: stateValue(b.field, m.To),
		Checklist: m.Checklist, Note: m.Note, File: m.File, Tips: m.Tips, Templates: m.Templates}
	for _, a := range m.asks {
		if s.Actor().Sees(a.field) {
			t.Ask = append(t.Ask, Asked{Field: a.field.Name, Label: a.field.Label(langOf(s)), Required: !a.Optional, Help: a.Help,
				Missing: !a.Optional && (a.Anew || r.Value(a.field) == nil)})
		}
	}
	if m.File == Must {
		has, err := hasFile(ctx, s, r.Object.ID, r)
		if err != nil {
			return t, err
		}
		if has {
			t.File = May
		}
	}
	return t, nil
}

// freely offers the states that the record may go to without a move, after the
// moves.
func (b *blueprint) freely(s *record.Session, r *record.Record, key string, labels map[string]string, x *Standing) error {
	from := b.states[key]
	all, err := b.Override.is(s, r)
	if err != nil || from == nil {
		return err
	}
	for i := range b.States {
		to := b.States[i].State
		if to == key || slices.ContainsFunc(x.Moves, func(t Transition) bool { return t.To == to && t.Blocked == "" }) ||
			!all && slices.ContainsFunc(b.moves, func(m *move) bool { return m.To == to && m.from(key) }) {
			continue
		}
		leave := b.Back
		if i > from.at {
			leave = b.Skip
		}
		if leave == No && !all {
			continue
		}
		x.Moves = append(x.Moves, Transition{Blueprint: b.id, Field: b.field.Name, Name: label(labels, to), To: to, Label: label(labels, to),
			Value: stateValue(b.field, to), Reason: leave != Free})
	}
	return nil
}

// Step is a move that somebody makes.
type Step struct {
	Object  string
	ID      value.ID
	Version int64
	Strict  bool
	// Field is the state field; "" = that of the only blueprint.
	Field string
	// To is the state, Move the key of the move that leads there; one of them is
	// enough.
	To, Move string
	Values   record.Values
	Said     record.Said
}

// Go makes a move: it is an update like any other, which says more.
func Go(ctx context.Context, s *record.Session, x Step) (record.Outcome, error) {
	r, err := s.Get(ctx, x.Object, x.ID)
	if err != nil {
		return record.Outcome{}, err
	}
	t, err := x.find(ctx, s, r)
	if err != nil {
		return record.Outcome{}, err
	}
	v := record.Values{}
	for name, val := range x.Values {
		v[name] = val
	}
	v[t.Field] = t.Value
	if !x.Said.Zero() {
		v[record.SaidKey] = x.Said
	}
	out, err := s.Save(ctx, record.Batch{Object: r.Object.Name, Changes: []record.Change{{ID: r.ID, Version: x.Version, Strict: x.Strict, Values: v}}})
	if err != nil {
		return record.Outcome{}, err
	}
	return out[0], nil
}

// find tells which field gets which state.
func (x Step) find(ctx context.Context, s *record.Session, r *record.Record) (Transition, error) {
	list, err := Transitions(ctx, s, r)
	if err != nil {
		return Transition{}, err
	}
	for _, t := range list {
		if (x.Field == "" || t.Field == x.Field) && (x.Move != "" && t.Key == x.Move || x.Move == "" && t.To == x.To) {
			return t, nil
		}
	}
	if x.Move != "" || x.Field == "" {
		var known []string
		for _, t := range list {
			known = append(known, t.Name)
		}
		return Transition{}, fault.New(fault.Invalid, "process.unknown_move", fault.Args{"move": value.Printable(x.Move + x.To), "known": join(known)})
	}
	f, ok := stateField(s.Schema(), r.Object, x.Field)
	if !ok {
		return Transition{}, fault.New(fault.Invalid, "process.no_state_field", fault.Args{"field": value.Printable(x.Field), "object": r.Object.Name})
	}
	return Transition{Field: f.Name, Value: stateValue(f, x.To)}, nil // the check says why not
}
