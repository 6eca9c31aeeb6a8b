package process

import (
	"context"
	"slices"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// What may go wrong on the way of a record.
const (
	LapseSkipped = "skipped" // a state that is not optional was passed over
	LapseLate    = "late"    // it stayed in a state for longer than its limit
	LapseMissing = "missing" // a field that a step asks for is empty
)

// Other things worth a look; nobody did anything wrong.
const (
	MarkBack     = "back"     // it went back
	MarkOverride = "override" // somebody made a move that there is not
	MarkChanged  = "changed"  // what was promised was changed
)

// Lapse is a step that was not done as the process says.
type Lapse struct {
	Kind      string     `json:"kind"`
	Blueprint value.ID   `json:"blueprint"`
	State     string     `json:"state"`
	Label     string     `json:"label"`
	Field     string     `json:"field,omitempty"` // that is missing
	At        time.Time  `json:"at"`              // when it came about
	Due       *time.Time `json:"due,omitempty"`
	Member    value.ID   `json:"member,omitempty"` // who made the move; 0 = nobody yet
	// Record and Owner are those of a report.
	Record value.ID `json:"record,omitempty"`
	Owner  value.ID `json:"owner,omitempty"`
	Title  string   `json:"title,omitempty"`
	step   int
}

// reviewer goes through the steps of one record in one blueprint.
type reviewer struct {
	s        *record.Session
	r        *record.Record
	version  func(value.ID) (*blueprint, error)
	labels   map[string]string
	visited  map[string]bool
	reached  []string // states that it came to by a step, or passed over
	by       map[string]string
	moments  map[string]time.Time
	steps    map[string]int // by which step it was first reached
	last     *blueprint
	service  value.ID // whom automations work as
	lapses   []Lapse
	passages []Passage // of this blueprint; their marks are filled in
}

func newReviewer(ctx context.Context, s *record.Session, r *record.Record) *reviewer {
	var service value.ID
	if b, err := bookOf(ctx, s); err == nil {
		service = b.service
	}
	return &reviewer{s: s, r: r, service: service, version: func(id value.ID) (*blueprint, error) { return versionOf(ctx, s, id) },
		visited: map[string]bool{}, by: map[string]string{}, moments: map[string]time.Time{}, steps: map[string]int{}}
}

// walk finds what was skipped and late, from the first step to the last.
func (v *reviewer) walk() error {
	for i := range v.passages {
		p := &v.passages[i]
		if p.Late {
			v.add(i, Lapse{Kind: LapseLate, Blueprint: p.Blueprint, State: p.Was, Label: p.WasLabel, At: p.At, Due: p.Due, Member: p.Member})
			p.Marks = append(p.Marks, LapseLate)
		}
		b, err := v.version(p.Version)
		if err != nil {
			return err
		}
		if b == nil {
			continue
		}
		if p.Kind == kindLeave {
			v.leftOut(b, i)
			continue
		}
		v.last = b
		if p.Kind == kindUndo || v.returns(i) {
			v.takeBack(i)
		} else if p.Kind != kindStart {
			v.judge(b, i)
			v.reach(i, p.State, p.Move)
		}
		v.visited[p.State] = true
	}
	// What was passed over and done afterwards is not missed.
	v.lapses = slices.DeleteFunc(v.lapses, func(x Lapse) bool { return x.Kind == LapseSkipped && v.visited[x.State] })
	return nil
}

// returns reports whether the record comes back to where it left the process.
func (v *reviewer) returns(i int) bool {
	return i > 0 && v.passages[i].Kind == kindStart && v.passages[i-1].Kind == kindLeave && v.passages[i-1].Was == v.passages[i].State
}

// leftOut counts what was still to come where somebody took the record out of
// the process, to a state of another.
func (v *reviewer) leftOut(b *blueprint, i int) {
	p := &v.passages[i]
	if b.outside(p.Was, p.State) && p.Member != 0 && p.Member != v.service {
		v.miss(i, b.toCome(p.Was))
	}
}

// toCome are the states that a record must not miss on its way from one to the
// first end.
func (b *blueprint) toCome(from string) []string {
	for i := b.states[from].at + 1; i < len(b.States); i++ {
		if b.States[i].End {
			return b.passedOver(b.states[from].at, i)
		}
	}
	return b.passedOver(b.states[from].at, len(b.States))
}

// takeBack forgets what the step before skipped and reached: it was undone.
func (v *reviewer) takeBack(i int) {
	v.reached = slices.DeleteFunc(v.reached, func(state string) bool { return v.steps[state] == i-1 })
	v.lapses = slices.DeleteFunc(v.lapses, func(x Lapse) bool { return x.Kind == LapseSkipped && x.step == i-1 })
	if i > 0 {
		v.passages[i-1].Marks = slices.DeleteFunc(v.passages[i-1].Marks, func(m string) bool { return m == LapseSkipped })
	}
}

// judge tells what a step without a move of the process means.
func (v *reviewer) judge(b *blueprint, i int) {
	p := &v.passages[i]
	if p.Kind == kindOverride {
		p.Marks = append(p.Marks, MarkOverride)
	}
	from, to := b.states[p.Was], b.states[p.State]
	if p.Move != "" || from == nil || to == nil {
		return
	}
	if to.at < from.at {
		p.Marks = append(p.Marks, MarkBack)
		return
	}
	for _, key := range v.miss(i, b.passedOver(from.at, to.at)) {
		v.reach(i, key, "")
	}
}

// miss notes the states that a step left out, and answers which it were: those
// where the record has not been.
func (v *reviewer) miss(i int, keys []string) (missed []string) {
	p := &v.passages[i]
	for _, key := range keys {
		if v.visited[key] {
			continue
		}
		missed = append(missed, key)
		v.add(i, Lapse{Kind: LapseSkipped, Blueprint: p.Blueprint, State: key, Label: label(v.labels, key), At: p.At, Member: p.Member})
		if !slices.Contains(p.Marks, LapseSkipped) {
			p.Marks = append(p.Marks, LapseSkipped)
		}
		p.Skipped = append(p.Skipped, label(v.labels, key))
	}
	return missed
}

// passedOver are the states between two places that a record must not miss. To
// give up is to skip nothing: of several ends only the first is one that the
// states before it lead to.
func (b *blueprint) passedOver(from, to int) []string {
	var keys []string
	for i := from + 1; i < to; i++ {
		st := b.States[i]
		if st.End && to < len(b.States) && b.States[to].End {
			return nil
		}
		if !st.Optional && !st.Pause && !st.End {
			keys = append(keys, st.State)
		}
	}
	return keys
}

func (v *reviewer) add(i int, x Lapse) {
	x.step = i
	v.lapses = append(v.lapses, x)
}

func (v *reviewer) reach(i int, state, move string) {
	if !slices.Contains(v.reached, state) {
		v.reached = append(v.reached, state)
		v.moments[state], v.steps[state] = v.passages[i].At, i
	}
	if move != "" {
		v.by[state] = move
	}
}

// missing finds fields that the steps asked for and that are empty now.
func (v *reviewer) missing() {
	if v.last == nil {
		return
	}
	told := map[string]bool{}
	for _, state := range v.reached {
		m := v.last.moveTo(state, v.by[state])
		if m == nil {
			continue
		}
		for _, a := range m.asks {
			if a.Optional || told[a.field.Name] || !v.s.Actor().Sees(a.field) || !value.IsEmpty(v.r.Value(a.field)) {
				continue
			}
			told[a.field.Name] = true
			v.add(-1, Lapse{Kind: LapseMissing, Blueprint: v.last.id, State: state, Label: label(v.labels, state), Field: a.field.Name, At: v.moments[state]})
		}
	}
}

// moveTo is the move that led to a state, or would have.
func (b *blueprint) moveTo(state, key string) *move {
	var first *move
	for _, m := range b.moves {
		if m.To == state && m.Key == key {
			return m
		}
		if m.To == state && first == nil {
			first = m
		}
	}
	return first
}

// overdue is the state that the record stands in past its time.
func (v *reviewer) overdue(at *run) {
	if at == nil || at.due == nil || !v.s.Now().After(*at.due) {
		return
	}
	v.add(-1, Lapse{Kind: LapseLate, Blueprint: at.blueprint, State: at.state, Label: label(v.labels, at.state), At: *at.due, Due: at.due})
}

// Looked is the way of a record with what is worth a look on it, and the promises
// that were changed on it.
type Looked struct {
	Trace   []Passage `json:"trace"`
	Lapses  []Lapse   `json:"lapses"`
	Changes []Changed `json:"changes"`
}

// Look goes through the trace of a record: each step with its marks, and what
// was skipped, late or is missing. It is for whoever may read the record; of
// fields that he may not read it tells nothing.
func Look(ctx context.Context, s *record.Session, object string, id value.ID) (*Looked, error) {
	trace, err := Trace(ctx, s, object, id)
	if err != nil {
		return nil, err
	}
	r, err := s.Get(ctx, object, id)
	if err != nil {
		return nil, err
	}
	runs, err := runsOf(ctx, s, []value.ID{id})
	if err != nil {
		return nil, err
	}
	out := &Looked{Trace: []Passage{}, Lapses: []Lapse{}}
	for _, group := range byBlueprint(trace) {
		v := newReviewer(ctx, s, r)
		v.passages = group
		f, err := v.field()
		if err != nil {
			return nil, err
		}
		if f != nil {
			if v.labels, err = labelsOf(ctx, s, f); err != nil {
				return nil, err
			}
		}
		if err := v.walk(); err != nil {
			return nil, err
		}
		v.overdue(runs[runKey{group[0].Blueprint, id}])
		v.missing()
		out.Trace = append(out.Trace, v.passages...)
		out.Lapses = append(out.Lapses, v.lapses...)
	}
	slices.SortStableFunc(out.Trace, func(a, b Passage) int { return a.At.Compare(b.At) })
	slices.SortStableFunc(out.Lapses, func(a, b Lapse) int { return a.At.Compare(b.At) })
	out.Changes, err = promises(ctx, s, r)
	return out, err
}

// field is the one that the process of the passages goes over, nil when no
// version of it can be read any more.
func (v *reviewer) field() (*schema.FieldDef, error) {
	for _, p := range v.passages {
		b, err := v.version(p.Version)
		if err != nil || b != nil {
			if b == nil {
				return nil, err
			}
			return b.field, nil
		}
	}
	return nil, nil
}

// byBlueprint parts passages, each part in its order.
func byBlueprint(list []Passage) [][]Passage {
	var groups [][]Passage
	at := map[value.ID]int{}
	for _, p := range list {
		i, ok := at[p.Blueprint]
		if !ok {
			i = len(groups)
			at[p.Blueprint], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], p)
	}
	return groups
}
