package schema

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// logged is a change as the log keeps it: with what it changed, so that it can
// be taken back.
type logged struct {
	Change
	ID  string          `json:"id,omitempty"`  // of the object or field
	On  string          `json:"on,omitempty"`  // id of the field's or index's object
	Was json.RawMessage `json:"was,omitempty"` // the definition before
	// Now is the definition after all changes of the version, of what stays.
	Now json.RawMessage `json:"now,omitempty"`
}

// log notes for each change what it is about, by ids that outlive renaming.
func (p *Plan) log() []logged {
	list := make([]logged, len(p.Changes))
	for i, c := range p.Changes {
		x := logged{Change: c}
		o := modelled(p.old, c.Object)
		switch c.Op {
		case AddObject:
			x.ID = idOf(p.next.byName[nameIn(c)])
		case ChangeObject, RemoveObject, RestoreObject:
			if o != nil {
				x.ID, x.Was = o.ID, json.RawMessage(definition(o))
				if next := modelled(p.next, o.ID); next != nil && c.Op == ChangeObject {
					x.Now = json.RawMessage(definition(next))
				}
			} else {
				x.ID = idOf(modelled(p.next, c.Object))
			}
		case AddIndex, RemoveIndex:
			x.On = idOf(o)
			if o != nil {
				x.Was = json.RawMessage(definition(o.Indexes))
			}
		default:
			x.On = idOf(cmpObject(o, modelled(p.next, c.Object)))
			if f := fieldIn(o, c.Field); f != nil {
				x.ID, x.Was = f.ID, json.RawMessage(definition(f))
				if next := fieldIn(modelled(p.next, o.ID), f.ID); next != nil && (c.Op == ChangeField || c.Op == RetypeField) {
					x.Now = json.RawMessage(definition(next))
				}
			} else if next := modelled(p.next, c.Object); next != nil {
				if f := fieldIn(next, nameAfter(p.Changes[i:], c.Object, cmpName(c.Field, nameIn(c)))); f != nil {
					x.ID = f.ID
				}
			}
		}
		list[i] = x
	}
	return list
}

// nameAfter is what a field is called once the rest of a plan has renamed it.
func nameAfter(rest []Change, object, name string) string {
	for _, c := range rest {
		if c.Op == ChangeField && c.Object == object && c.Field == name {
			name = cmpName(nameIn(c), name)
		}
	}
	return name
}

func cmpObject(a, b *Object) *Object {
	if a != nil {
		return a
	}
	return b
}

func cmpName(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func idOf(o *Object) string {
	if o == nil {
		return ""
	}
	return o.ID
}

// nameIn is the name that a change gives.
func nameIn(c Change) string {
	var set struct{ Name string }
	if json.Unmarshal(c.Set, &set) != nil {
		return ""
	}
	return set.Name
}

// modelled finds an object in the model, the living before the removed.
func modelled(s *Schema, name string) *Object {
	var removed *Object
	for _, o := range s.model {
		switch {
		case o.Name != name && o.ID != name:
		case !o.Removed:
			return o
		default:
			removed = o
		}
	}
	return removed
}

func fieldIn(o *Object, name string) *FieldDef {
	if o == nil {
		return nil
	}
	var removed *FieldDef
	for _, f := range o.Fields {
		switch {
		case f.Name != name && f.ID != name:
		case !f.Removed:
			return f
		default:
			removed = f
		}
	}
	return removed
}

// Inverse works out the changes that take back those of one version, last
// first. They are planned like any others, against the schema of today: values
// that have come since are counted, and what no longer fits is refused.
func (s *Schema) Inverse(ctx context.Context, tx *store.Tx, version int64) ([]Change, error) {
	var text string
	ok, err := tx.Row(ctx, `SELECT changes FROM {schema_change} WHERE version = $1`, []any{version}, &text)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fault.New(fault.NotFound, "schema.no_version", fault.Args{"version": version})
	}
	var list []logged
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, err
	}
	var changes []Change
	for _, x := range slices.Backward(list) {
		c, ok := s.inverse(x)
		if again := s.changedAgain(x); again != "" {
			return nil, fault.New(fault.Conflict, "schema.changed_since", fault.Args{"name": value.Printable(cmpName(x.Field, x.Object)), "what": again, "version": version})
		}
		if !ok {
			return nil, fault.New(fault.Conflict, "schema.cannot_revert", fault.Args{"op": string(x.Op), "name": value.Printable(cmpName(x.Field, x.Object))})
		}
		changes = append(changes, c...)
	}
	return changes, nil
}

func (s *Schema) inverse(x logged) ([]Change, bool) {
	switch x.Op {
	case AddObject, RestoreObject:
		o := modelled(s, x.ID)
		return []Change{{Op: RemoveObject, Object: nameOf(o)}}, o != nil && x.ID != ""
	case RemoveObject:
		return []Change{{Op: RestoreObject, Object: x.ID}}, x.ID != ""
	case ChangeObject:
		o := modelled(s, x.ID)
		return []Change{{Op: ChangeObject, Object: nameOf(o), Set: x.back(o), Whole: true}}, o != nil && x.Was != nil
	}
	o := modelled(s, x.On)
	if o == nil || x.On == "" {
		return nil, false
	}
	if x.Op == AddIndex || x.Op == RemoveIndex {
		set := json.RawMessage(`{"indexes":` + string(x.Was) + `}`)
		return []Change{{Op: ChangeObject, Object: o.Name, Set: set}}, x.Was != nil
	}
	f := fieldIn(o, x.ID)
	if f == nil || x.ID == "" {
		return nil, false
	}
	switch x.Op {
	case AddField, RestoreField:
		return []Change{{Op: RemoveField, Object: o.Name, Field: f.Name}}, true
	case RemoveField:
		return []Change{{Op: RestoreField, Object: o.Name, Field: f.ID}}, true
	case ChangeField, RetypeField:
		if x.Was == nil { // the same version added the field, and that is taken back
			return nil, true
		}
		return []Change{{Op: x.Op, Object: o.Name, Field: f.Name, Set: x.back(f), Whole: true}}, true
	}
	return nil, false
}

// back is a definition of today with what the change gave it taken back: what
// others changed since stays.
func (x logged) back(today any) json.RawMessage {
	if x.Now == nil { // of a log that did not keep it
		return x.Was
	}
	var was, now, def map[string]json.RawMessage
	if json.Unmarshal(x.Was, &was) != nil || json.Unmarshal(x.Now, &now) != nil || json.Unmarshal([]byte(definition(today)), &def) != nil {
		return x.Was
	}
	for _, name := range differing(was, now) {
		if delete(def, name); was[name] != nil {
			def[name] = was[name]
		}
	}
	return json.RawMessage(definition(def))
}

// changedAgain names an attribute that the change gave a value and that has yet
// another one today; "" when there is none.
func (x logged) changedAgain(today any) string {
	var was, now, def map[string]json.RawMessage
	if x.Now == nil || json.Unmarshal(x.Was, &was) != nil || json.Unmarshal(x.Now, &now) != nil || json.Unmarshal([]byte(definition(today)), &def) != nil {
		return ""
	}
	for _, name := range differing(was, now) {
		if string(def[name]) != string(now[name]) && string(def[name]) != string(was[name]) {
			return name
		}
	}
	return ""
}

func (s *Schema) changedAgain(x logged) string {
	switch x.Op {
	case ChangeObject:
		if o := modelled(s, x.ID); o != nil {
			return x.changedAgain(o)
		}
	case ChangeField, RetypeField:
		if f := fieldIn(modelled(s, x.On), x.ID); f != nil {
			return x.changedAgain(f)
		}
	}
	return ""
}

// differing are the attributes in which two definitions differ, in order.
func differing(a, b map[string]json.RawMessage) (names []string) {
	for name := range a {
		if string(a[name]) != string(b[name]) {
			names = append(names, name)
		}
	}
	for name := range b {
		if _, both := a[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func nameOf(o *Object) string {
	if o == nil {
		return ""
	}
	return o.Name
}

// Logged is one change of the past, as the log tells it.
type Logged struct {
	Change
	ID  string          // of the object or field it was about
	On  string          // id of the field's object, "" for a change of an object
	Was json.RawMessage // the definition before, nil for something new
	Now json.RawMessage // the definition after, of what was changed and stays
}

// Entry is one version of the schema: who made it, when, by which changes.
type Entry struct {
	Version int64
	At      time.Time
	Actor   value.ID
	Changes []Logged
}

// LogOf are the changes of one version.
func (s *Schema) LogOf(ctx context.Context, tx *store.Tx, version int64) ([]Logged, error) {
	list, err := s.entries(ctx, tx, `version = $1`, version)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0].Changes, nil
}

// Log reads the versions after one, the last first.
func (s *Schema) Log(ctx context.Context, tx *store.Tx, after int64, limit int) ([]Entry, error) {
	return s.entries(ctx, tx, `version > $1 ORDER BY version DESC LIMIT $2`, after, limit)
}

func (s *Schema) entries(ctx context.Context, tx *store.Tx, where string, args ...any) ([]Entry, error) {
	rows, err := tx.Query(ctx, `SELECT version, at, actor, changes FROM {schema_change} WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Entry
	for rows.Next() {
		var e Entry
		var text string
		var actor *value.ID
		if err := rows.Scan(&e.Version, &e.At, &actor, &text); err != nil {
			return nil, err
		}
		if actor != nil {
			e.Actor = *actor
		}
		var changes []logged
		if err := json.Unmarshal([]byte(text), &changes); err != nil {
			return nil, err
		}
		for _, x := range changes {
			e.Changes = append(e.Changes, Logged(x))
		}
		list = append(list, e)
	}
	return list, rows.Err()
}
