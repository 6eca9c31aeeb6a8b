package schema

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/value"
)

// Op is what a Change does.
type Op string

// The operations of a plan.
const (
	AddObject    Op = "add_object"
	ChangeObject Op = "change_object"
	RemoveObject Op = "remove_object"
	AddField     Op = "add_field"
	ChangeField  Op = "change_field"
	RetypeField  Op = "retype_field"
	RemoveField  Op = "remove_field"
	AddIndex     Op = "add_index"
	RemoveIndex  Op = "remove_index"
	// RestoreObject and RestoreField bring back what was removed, with its
	// values, by name or by id.
	RestoreObject Op = "restore_object"
	RestoreField  Op = "restore_field"
)

// Change is one step of a plan. Set holds the attributes that the operation
// gives the object, field or index, by their JSON names; what it leaves out
// stays.
type Change struct {
	Op     Op              `json:"op"`
	Object string          `json:"object,omitempty"`
	Field  string          `json:"field,omitempty"`
	Set    json.RawMessage `json:"set,omitempty"`
	// Whole says that Set is all there is: what it leaves out is emptied.
	Whole bool `json:"whole,omitempty"`
}

const (
	maxFields  = 400 // custom fields of an object, storage rule 10
	maxIndexes = 12  // indexes of an object, engine decision 3
)

var nameShape = regexp.MustCompile(`^[a-z][a-z0-9_]{0,48}$`)

// reservedPlurals are first path segments of the API and of pages that no object
// may take.
var reservedPlurals = []string{"search", "imports", "exports", "reports", "objects", "acts", "schema", "openapi",
	"files", "jobs", "settings", "me", "session", "sessions", "tokens", "batch", "aggregate", "shares", "history",
	"setup", "openness", "docs", "keys", "live", "more", "new", "palette", "password", "signin", "signout", "undo",
	"static", "mail", "calendar", "home", "feeds", "api", "invite", "apply", "revert", "restore", "name", "notifications", "mentions", "w", "focus", "queue", "configuration", "forecast"}

// ReservedPlural reports whether no object may be reached under that word.
func ReservedPlural(word string) bool { return slices.Contains(reservedPlurals, word) }

// draft is the model a plan works on: a private copy that changes in place.
type draft struct {
	objects []*Object
	now     time.Time
	renamed bool // texts that name fields have to be written anew
}

func (s *Schema) draft(now time.Time) *draft {
	d := &draft{now: now}
	for _, o := range s.model {
		d.objects = append(d.objects, o.clone())
	}
	return d
}

func (d *draft) apply(c Change) error {
	switch c.Op {
	case AddObject:
		return d.addObject(c)
	case ChangeObject:
		return d.onObject(c, d.changeObject)
	case RestoreObject:
		return d.restoreObject(c)
	case RestoreField:
		return d.onObject(c, restoreField)
	case RemoveObject:
		return d.onObject(c, removeObject)
	case AddField:
		return d.onObject(c, d.addField)
	case ChangeField:
		return d.onField(c, d.changeField)
	case RetypeField:
		return d.onField(c, d.retypeField)
	case RemoveField:
		return d.onField(c, removeField)
	case AddIndex:
		return d.onObject(c, addIndex)
	case RemoveIndex:
		return d.onObject(c, removeIndex)
	}
	return fault.New(fault.Invalid, "schema.unknown_op", fault.Args{"op": string(c.Op)})
}

func (d *draft) object(name string) *Object {
	i := slices.IndexFunc(d.objects, func(o *Object) bool { return o.Name == name && !o.Removed })
	if i < 0 {
		return nil
	}
	return d.objects[i]
}

func (d *draft) onObject(c Change, do func(*Object, Change) error) error {
	o := d.object(c.Object)
	if o == nil {
		return fault.New(fault.Invalid, "schema.unknown_object", fault.Args{"name": c.Object})
	}
	return do(o, c)
}

func (d *draft) onField(c Change, do func(*FieldDef, Change) error) error {
	return d.onObject(c, func(o *Object, c Change) error {
		i := slices.IndexFunc(o.Fields, func(f *FieldDef) bool { return f.Name == c.Field && !f.Removed })
		if i < 0 {
			return UnknownField(o, c.Field, nil)
		}
		return do(o.Fields[i], c)
	})
}

// addObject makes a custom object; it gets a name field when it brings none.
func (d *draft) addObject(c Change) error {
	var set struct {
		Object
		Fields []json.RawMessage `json:"fields"`
	}
	if err := strict(c.Set, &set); err != nil {
		return err
	}
	o := &Object{Name: set.Name, Plural: set.Plural, Labels: set.Labels, Icon: set.Icon, Help: set.Help,
		Access: set.Access, Parent: set.Parent, Title: set.Title, StateList: set.StateList, Timeline: set.Timeline}
	if o.Access == "" {
		o.Access = Owned
	}
	if o.Plural == "" {
		o.Plural = o.Name + "s"
	}
	if err := checkName(o.Name); err != nil {
		return err
	}
	if err := checkName(o.Plural); err != nil {
		return err
	}
	if err := d.freeObject(o); err != nil {
		return err
	}
	o.ID = "o" + value.NewID(d.now).String()
	o.Table = d.freeTable("x_" + o.Name)
	if o.Title == "" {
		o.Title = "name"
	}
	d.objects = append(d.objects, o)
	if err := d.firstFields(o, set.Fields); err != nil {
		return err
	}
	for _, x := range set.Indexes {
		if err := addIndex(o, Change{Set: json.RawMessage(definition(x))}); err != nil {
			return err
		}
	}
	o.Arranged, o.Layouts = set.Arranged, set.Layouts
	if err := d.checkWays(o); err != nil {
		return err
	}
	return checkLayouts(o)
}

func (d *draft) firstFields(o *Object, fields []json.RawMessage) error {
	for _, raw := range fields {
		if err := d.addField(o, Change{Set: raw}); err != nil {
			return err
		}
	}
	if o.Title == "name" && !slices.ContainsFunc(o.Fields, func(f *FieldDef) bool { return f.Name == "name" }) {
		set := json.RawMessage(`{"name":"name","kind":"text","required":true,"search":true,"fragments":true}`)
		return d.addField(o, Change{Set: set})
	}
	return nil
}

func (d *draft) freeObject(o *Object) error {
	if slices.Contains(reservedPlurals, o.Plural) || slices.Contains(reservedPlurals, o.Name) {
		return fault.New(fault.Invalid, "schema.reserved_name", fault.Args{"name": o.Plural})
	}
	for _, other := range d.objects {
		taken := []string{other.Name, other.Plural}
		if other != o && !other.Removed && (slices.Contains(taken, o.Name) || slices.Contains(taken, o.Plural) || sameLabel(other, o)) {
			return fault.New(fault.Invalid, "schema.name_taken", fault.Args{"name": o.Name, "object": other.Name})
		}
	}
	return nil
}

// sameLabel reports whether people would call the two objects the same, one or
// many, in a language that either has words of its own for.
func sameLabel(a, b *Object) bool {
	languages := map[string]bool{english: true}
	for _, o := range []*Object{a, b} {
		for language := range o.Labels {
			languages[language] = true
		}
	}
	for language := range languages {
		x, y := a.Label(language), b.Label(language)
		for _, word := range []string{x.One, x.Many} {
			word = i18n.Fold(strings.TrimSpace(word))
			if word != "" && (word == i18n.Fold(strings.TrimSpace(y.One)) || word == i18n.Fold(strings.TrimSpace(y.Many))) {
				return true
			}
		}
	}
	return false
}

func (d *draft) freeTable(name string) string {
	for slices.ContainsFunc(d.objects, func(o *Object) bool { return o.Table == name }) {
		name += "_"
	}
	return name
}

func (d *draft) changeObject(o *Object, c Change) error {
	was := *o
	if err := overlay(c, o); err != nil {
		return err
	}
	o.ID, o.Table, o.Builtin, o.Removed, o.Sum, o.Passed, o.Fields = was.ID, was.Table, was.Builtin, was.Removed, was.Sum, was.Passed, was.Fields
	if o.Access != was.Access || o.Personal != was.Personal || o.Parent != was.Parent || o.Builtin && builtinPart(o) != builtinPart(&was) {
		return fault.New(fault.Invalid, "schema.fixed", fault.Args{"name": was.Name})
	}
	if err := checkName(o.Plural); err != nil {
		return err
	}
	if err := checkName(o.Name); err != nil {
		return err
	}
	if err := checkIndexes(o); err != nil {
		return err
	}
	if err := checkLayouts(o); err != nil {
		return err
	}
	d.renameTarget(was.Name, o.Name)
	if err := d.checkWays(o); err != nil {
		return err
	}
	return d.freeObject(o)
}

// builtinPart is what users cannot change of a built-in object: all that
// overlayObject does not keep.
func builtinPart(o *Object) string {
	c := *o
	c.Labels, c.Icon, c.Help, c.Hidden, c.Arranged, c.Layouts = nil, "", "", false, nil, nil
	c.Indexes = slices.DeleteFunc(slices.Clone(o.Indexes), func(x Index) bool { return !x.Builtin })
	return definition(&c)
}

// renameTarget keeps links and roll-ups that name an object pointing at it.
func (d *draft) renameTarget(from, to string) {
	if from == to {
		return
	}
	d.renameWays(func(object, field string) (string, string) {
		if object == from {
			object = to
		}
		return object, field
	})
	for _, o := range d.objects {
		for _, f := range o.Fields {
			if f.Target == from {
				f.Target = to
			}
			if f.Rollup != nil && f.Rollup.Child == from {
				f.Rollup.Child = to
			}
		}
	}
}

// restoreObject brings a removed object back, if its names are still free.
func (d *draft) restoreObject(c Change) error {
	for i := len(d.objects) - 1; i >= 0; i-- { // the last one removed
		o := d.objects[i]
		if o.Removed && (o.Name == c.Object || o.ID == c.Object) {
			o.Removed = false
			return d.freeObject(o)
		}
	}
	return fault.New(fault.NotFound, "schema.nothing_removed", fault.Args{"name": value.Printable(c.Object)})
}

func removeObject(o *Object, _ Change) error {
	if o.Builtin {
		return fault.New(fault.Invalid, "schema.fixed", fault.Args{"name": o.Name})
	}
	o.Removed = true
	return nil
}

// checkName refuses what the API, expressions or SQL could not carry.
func checkName(name string) error {
	if !nameShape.MatchString(name) {
		return fault.New(fault.Invalid, "schema.bad_name", fault.Args{"name": value.Printable(name)})
	}
	if expr.Reserved(name) {
		return fault.New(fault.Invalid, "schema.reserved_name", fault.Args{"name": name})
	}
	return nil
}

// strict decodes JSON and refuses unknown names.
func strict(raw json.RawMessage, into any) error {
	if len(raw) == 0 {
		return nil
	}
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fault.New(fault.Invalid, "schema.bad_definition", fault.Args{"problem": err.Error()})
	}
	return nil
}

// overlay puts a change's attributes over a definition. Each attribute is
// replaced as a whole, only labels are added to: decoding over what is there
// would leave pieces of old options in new ones.
func overlay[T any](c Change, into *T) error {
	var was, set map[string]json.RawMessage
	if err := json.Unmarshal([]byte(definition(into)), &was); err != nil {
		return err
	}
	if err := strict(c.Set, &set); err != nil {
		return err
	}
	if c.Whole {
		was = map[string]json.RawMessage{}
	}
	for name, v := range set {
		if name == "labels" {
			v = merged(was[name], v)
		}
		was[name] = v
	}
	next := new(T)
	if err := strict(json.RawMessage(definition(was)), next); err != nil {
		return err
	}
	*into = *next
	return nil
}

func merged(was, set json.RawMessage) json.RawMessage {
	var a, b map[string]json.RawMessage
	if json.Unmarshal(was, &a) != nil || json.Unmarshal(set, &b) != nil || a == nil || b == nil {
		return set
	}
	maps.Copy(a, b)
	return json.RawMessage(definition(a))
}
