package process

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Changed is something promised, a day or an amount, that was something else
// before. Old and New are as history has them.
type Changed struct {
	Field  string          `json:"field"`
	Old    json.RawMessage `json:"old"`
	New    json.RawMessage `json:"new"` // null = it was emptied
	At     time.Time       `json:"at"`
	Act    value.ID        `json:"act"`
	Member value.ID        `json:"member,omitempty"`
	Marks  []string        `json:"marks"`
}

// historyAtOnce is how many lines of a history are read at once.
const historyAtOnce = 500

// promises are the tracked days and amounts of a record that were changed, the
// first first, of fields that the actor may read. What was taken back is not
// among them, nor what took it back.
func promises(ctx context.Context, s *record.Session, r *record.Record) ([]Changed, error) {
	list, back := []Changed{}, takenBack{undone: map[deedOn]bool{}, undoing: map[deedOn]bool{}, seen: map[deedOn]bool{}}
	for before := int64(0); ; {
		history, err := s.History(ctx, r.Object.Name, r.ID, before, historyAtOnce)
		if err != nil {
			return nil, err
		}
		for _, e := range history {
			before = e.Version
			for _, c := range e.Changes {
				if f, ok := r.Object.Field(c.Field); ok && promised(f) {
					back.note(e, c.Field)
					list = append(list, Changed{Field: c.Field, Old: c.Old, New: c.New, At: time.UnixMilli(e.At).UTC(), Act: e.Act, Member: e.Actor, Marks: []string{MarkChanged}})
				}
			}
		}
		if len(history) < historyAtOnce {
			slices.Reverse(list)
			return slices.DeleteFunc(list, func(c Changed) bool { return !had(c.Old) || back.holds(deedOn{c.Act, c.Field}) }), nil
		}
	}
}

// deedOn is what an act did to a field of the record.
type deedOn struct {
	act   value.ID
	field string
}

// takenBack tells which changes were taken back. An act that was may have kept
// what it did to one field, where that was changed again since; and an undo may
// be taken back itself.
type takenBack struct{ undone, undoing, seen map[deedOn]bool }

// note takes in a change; the newest come first.
func (t takenBack) note(e record.Entry, field string) {
	this, by := deedOn{e.Act, field}, deedOn{e.UndoneBy, field}
	if t.seen[this] = true; t.seen[by] && !t.undone[by] {
		t.undone[this], t.undoing[by] = true, true
	}
}

func (t takenBack) holds(d deedOn) bool { return t.undone[d] || t.undoing[d] }

func promised(f *schema.FieldDef) bool {
	kind := f.ValueKind()
	return f.Tracked && (kind == schema.KindDate || kind == schema.KindMoney)
}

// had reports whether there was a value.
func had(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }
