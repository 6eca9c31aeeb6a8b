package record

import (
	"context"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Rule is what a room wants to happen when records of some objects change. The
// phases run over all drafts of one object in a batch, 1 … 1,000:
//
//   - Prepare may change drafts, before anything is checked;
//   - Check may refuse them, and must not change them;
//   - Derive, once nothing refuses them any more, may set fields that the
//     program alone writes and history leaves out (SetDerived, without a
//     statement of its own);
//   - Applied runs after the SQL, in the same transaction, and may write more.
//
// A rule that refuses one draft says so on the draft (Refuse); an error it
// returns ends the whole transaction.
type Rule struct {
	Name    string
	Objects []string // API names; nil = every object
	Prepare func(ctx context.Context, s *Session, drafts []*Draft) error
	Check   func(ctx context.Context, s *Session, drafts []*Draft) error
	Derive  func(ctx context.Context, s *Session, drafts []*Draft) error
	Applied func(ctx context.Context, s *Session, drafts []*Draft) error
}

func (r Rule) concerns(o *schema.Object) bool {
	if r.Objects == nil {
		return true
	}
	for _, name := range r.Objects {
		if name == o.Name {
			return true
		}
	}
	return false
}

// maxDepth stops rules that trigger one another in a circle.
const maxDepth = 8

// Doing says what a draft does to its record.
type Doing string

// What can be done to a record.
const (
	Creating  Doing = "create"
	Updating  Doing = "update"
	Deleting  Doing = "delete"
	Restoring Doing = "restore"
	// Merging is how history calls the update of a record that took in another.
	Merging Doing = "merge"
)

// Draft is a change of one record that is about to happen, or in the applied
// phase has happened.
type Draft struct {
	Object *schema.Object
	ID     value.ID
	Doing  Doing
	Row    int // place in the batch, for messages

	before  *Record // nil when creating
	after   *Record
	given   []bool // by slot: set by the caller
	changed []bool // by slot
	err     error
	at      time.Time
	by      value.ID // 0 = the system
	past    bool     // at and by are not the session's
	act     value.ID // once it is being written
	merged  bool
	accept  bool // the caller takes incomplete records (import)
	// who owns the record is left to rules, and whom one gave it to
	ownerless bool
	assigned  value.ID
	ruled     bool     // they have spoken, perhaps for nobody
	took      value.ID // what went into it
	warned    []fault.Field
	said      Said
}

// Value is the field's value as it will be.
func (d *Draft) Value(f *schema.FieldDef) any { return d.after.Value(f) }

// Field is the value as it will be, by API name.
func (d *Draft) Field(name string) any { return d.after.Field(name) }

// Before is the value as it was, nil when the record is new.
func (d *Draft) Before(name string) any {
	if d.before == nil {
		return nil
	}
	return d.before.Field(name)
}

// Took is the record that goes into this one with the change; 0 = none.
func (d *Draft) Took() value.ID { return d.took }

// At is when the change happens: now, unless the system brings in the past.
func (d *Draft) At() time.Time { return d.at }

// Deed is when a deed that the system brings in from the past was done, and by
// whom; nothing for what is done now. What a rule adds belongs there too.
func (d *Draft) Deed() (at time.Time, by value.ID) {
	if !d.past {
		return time.Time{}, 0
	}
	return d.at, d.by
}

// Record is the record as it will be.
func (d *Draft) Record() *Record { return d.after }

// Changed reports whether the field gets another value; every non-empty field
// of a new record has.
func (d *Draft) Changed(name string) bool {
	f, ok := d.Object.Field(name)
	return ok && d.changed[d.Object.Slot(f)]
}

// Given reports whether the caller himself set the field, to whatever value.
func (d *Draft) Given(name string) bool {
	f, ok := d.Object.Field(name)
	return ok && d.given[d.Object.Slot(f)]
}

// Set gives the field a canonical value. Rules may set what people may not.
func (d *Draft) Set(name string, v any) {
	if f, ok := d.Object.Field(name); ok {
		d.set(f, v)
	}
}

// Assign gives a new record the owner that the company's rules name, 0 = it
// waits for one: whoever makes it, he need not be able to act for that colleague.
func (d *Draft) Assign(owner value.ID) {
	d.assigned, d.ruled = owner, true
	d.Set("owner", owner)
}

func (d *Draft) set(f *schema.FieldDef, v any) {
	i := d.Object.Slot(f)
	d.after.values[i] = v
	var was any
	if d.before != nil {
		was = d.before.values[i]
	}
	d.changed[i] = !schema.Equal(was, v)
}

// AcceptsIncomplete reports whether the caller asked for records that lack
// what a rule demands, as imports may (engine decision 20).
func (d *Draft) AcceptsIncomplete() bool { return d.accept }

// Refuse keeps the draft from being written, with a reason for one field.
func (d *Draft) Refuse(field, key string, args fault.Args) {
	f := fault.Field{Path: field, Key: key, Args: args, Row: d.Row}
	if e, ok := fault.As(d.err); ok && e.Kind == fault.Invalid {
		d.err = e.With(f)
		return
	}
	d.err = fault.New(fault.Invalid, "record.invalid", fault.Args{"object": d.Object.Name}).With(f)
}

// Fail keeps the draft from being written for a reason of its own kind.
func (d *Draft) Fail(err error) {
	if d.err == nil {
		d.err = err
		return
	}
	old, ok := fault.As(d.err)
	more, ok2 := fault.As(err)
	if ok && ok2 && len(more.Fields) > 0 {
		d.err = old.With(more.Fields...)
	}
}

// Failed reports whether the draft will not be written.
func (d *Draft) Failed() bool { return d.err != nil }

// Was reads a built-in field as it was.
func Was[T any](d *Draft, f schema.Field[T]) (T, bool) {
	v, ok := d.Before(f.Name()).(T)
	return v, ok
}

// Will reads a built-in field as it will be.
func Will[T any](d *Draft, f schema.Field[T]) (T, bool) {
	v, ok := d.Field(f.Name()).(T)
	return v, ok
}

// Put sets a built-in field.
func Put[T any](d *Draft, f schema.Field[T], v T) { d.Set(f.Name(), v) }

// alive drops the drafts that were refused.
func alive(drafts []*Draft) []*Draft {
	out := drafts[:0:0]
	for _, d := range drafts {
		if d.err == nil {
			out = append(out, d)
		}
	}
	return out
}

// phase runs one phase of every rule, in order.
func (s *Session) phase(ctx context.Context, o *schema.Object, drafts []*Draft, pick func(Rule) func(context.Context, *Session, []*Draft) error) error {
	for _, r := range s.engine.needs.Rules {
		do := pick(r)
		if do == nil || !r.concerns(o) {
			continue
		}
		live := alive(drafts)
		if len(live) == 0 {
			return nil
		}
		if err := do(ctx, s, live); err != nil {
			return err
		}
	}
	return nil
}

// Past is the record as it was, nil when it is new.
func (d *Draft) Past() *Record { return d.before }
