package schema

import (
	"fmt"
	"slices"
	"strings"

	"wellmet/internal/fault"
)

// Schema is all objects of a workspace at one version. It is immutable and
// shared by every request that began under it.
type Schema struct {
	Version int64

	model    []*Object // as declared and stored, removed ones included
	objects  []*Object
	byName   map[string]*Object
	byPlural map[string]*Object
	fields   map[string]*FieldDef // by stable id, over all objects
	children map[string][]*FieldDef
	rollups  map[string][]*FieldDef // by child object
}

// New seals the objects into a schema: engine fields are added, links are
// resolved and formulas checked. The objects are copied, so that the
// declarations of built-in objects stay as they were written.
func New(version int64, objects []*Object) (*Schema, error) {
	s := &Schema{Version: version, model: objects, byName: map[string]*Object{}, byPlural: map[string]*Object{},
		fields: map[string]*FieldDef{}, children: map[string][]*FieldDef{}, rollups: map[string][]*FieldDef{}}
	for _, o := range objects {
		if o.Removed {
			continue
		}
		if err := s.add(o.clone()); err != nil {
			return nil, err
		}
	}
	if err := s.resolve(); err != nil {
		return nil, err
	}
	return s, s.checkFormulas()
}

// add seals one object into the schema.
func (s *Schema) add(o *Object) error {
	o.Fields = slices.DeleteFunc(o.Fields, func(f *FieldDef) bool { return f.Removed })
	o.Fields = append(engineFields(o), o.Fields...)
	seen := map[string]bool{}
	for _, f := range o.Fields {
		if seen[f.Name] {
			return fault.New(fault.Invalid, "schema.name_taken", fault.Args{"name": f.Name, "object": o.Name})
		}
		seen[f.Name] = true
		if f.spec = specOf(f); f.spec == nil && f.Derived() && f.Result == "" {
			f.spec = textSpec{sortable: true} // until its kind is known
		}
		if f.spec == nil {
			return fault.New(fault.Invalid, "schema.unknown_kind", fault.Args{"kind": string(f.Kind), "field": f.Name})
		}
	}
	o.seal()
	for _, f := range o.Fields {
		s.fields[f.ID] = f
	}
	if s.byName[o.Name] != nil || s.byPlural[o.Plural] != nil {
		return fault.New(fault.Invalid, "schema.name_taken", fault.Args{"name": o.Name, "object": o.Plural})
	}
	s.objects = append(s.objects, o)
	s.byName[o.Name], s.byPlural[o.Plural] = o, o
	return nil
}

// resolve connects links with their targets and roll-ups with their children.
func (s *Schema) resolve() error {
	for _, o := range s.objects {
		for _, f := range o.Fields {
			if err := s.resolveField(f); err != nil {
				return err
			}
		}
		if _, ok := o.ParentLink(); o.Access == Child && !ok {
			return fault.New(fault.Invalid, "schema.no_parent", fault.Args{"object": o.Name, "field": o.Parent})
		}
		if _, ok := o.Field(o.Title); !ok {
			o.Title = "id"
		}
	}
	return nil
}

func (s *Schema) resolveField(f *FieldDef) error {
	switch f.Kind {
	case KindLink, KindLinks, KindPerson:
		target := s.byName[f.Target]
		if target == nil {
			return fault.New(fault.Invalid, "schema.unknown_object", fault.Args{"name": f.Target, "field": f.Name})
		}
		if !f.Engine {
			s.children[f.Target] = append(s.children[f.Target], f)
		}
		if f.Inverse != "" {
			if _, taken := target.Field(f.Inverse); taken || target.backs[f.Inverse] != nil {
				return fault.New(fault.Invalid, "schema.name_taken", fault.Args{"name": f.Inverse, "object": target.Name})
			}
			target.backs[f.Inverse] = f
		}
	case KindRollup:
		child := s.byName[f.Rollup.Child]
		if child == nil {
			return fault.New(fault.Invalid, "schema.unknown_object", fault.Args{"name": f.Rollup.Child, "field": f.Name})
		}
		if link, ok := child.Field(f.Rollup.Link); !ok || link.Target != f.Object.Name {
			return fault.New(fault.Invalid, "schema.unknown_field", fault.Args{"name": f.Rollup.Link, "object": child.Name})
		}
		s.rollups[child.Name] = append(s.rollups[child.Name], f)
		if f.Result == "" {
			f.Result = KindInt
			if of, ok := child.Field(f.Rollup.Field); ok && f.Rollup.Function != "count" {
				f.Result = of.ValueKind()
			}
			f.spec = specOf(f)
		}
		if f.spec == nil {
			return fault.New(fault.Invalid, "schema.bad_attribute", fault.Args{"field": f.Name, "attribute": "rollup"})
		}
	}
	return nil
}

// engineFields are the fields that every record has.
func engineFields(o *Object) []*FieldDef {
	made := func(name string, kind Kind, column, target string) *FieldDef {
		return &FieldDef{ID: o.ID + "." + name, Name: name, Kind: kind, Column: column, Target: target,
			Builtin: true, Engine: true, Quiet: true, Object: o}
	}
	fields := []*FieldDef{
		made("id", KindLink, "id", o.Name), made("version", KindInt, "version", ""),
	}
	if o.HasOwner() {
		owner := made("owner", KindPerson, "owner_id", "member")
		owner.Engine, owner.Quiet, owner.Tracked = o.Access == Child, o.Access == Child, o.Access == Owned
		owner.ReadOnly = o.Access == Child
		fields = append(fields, owner)
	}
	fields = append(fields, made("created_at", KindMoment, "created_at", ""), made("created_by", KindPerson, "created_by", "member"),
		made("updated_at", KindMoment, "updated_at", ""), made("updated_by", KindPerson, "updated_by", "member"))
	if o.Timeline {
		for _, name := range []string{"next_activity_at", "last_activity_at", "last_contact_at"} {
			fields = append(fields, made(name, KindMoment, name, ""))
		}
	}
	return fields
}

// Objects lists all objects, built-in ones first.
func (s *Schema) Objects() []*Object { return s.objects }

// Object returns the object of that API name.
func (s *Schema) Object(name string) (*Object, bool) {
	o, ok := s.byName[name]
	return o, ok
}

// Plural returns the object whose plural, the name in API paths, that is.
func (s *Schema) Plural(name string) (*Object, bool) {
	o, ok := s.byPlural[name]
	return o, ok
}

// MustObject returns a built-in object; its absence is a mistake in the code.
func (s *Schema) MustObject(name string) *Object {
	o, ok := s.byName[name]
	if !ok {
		panic("schema: no object " + name)
	}
	return o
}

// FieldByID finds a field of any object by its stable id.
func (s *Schema) FieldByID(id string) (*FieldDef, bool) {
	f, ok := s.fields[id]
	return f, ok
}

// LinksTo lists the link fields, of any object, that point at this one.
func (s *Schema) LinksTo(object string) []*FieldDef { return s.children[object] }

// RollupsOver lists the roll-up fields that count records of the object.
func (s *Schema) RollupsOver(child string) []*FieldDef { return s.rollups[child] }

// Target is the object a link points at.
func (s *Schema) Target(f *FieldDef) *Object { return s.byName[f.Target] }

// Suggest finds the known name nearest to a mistyped one, "" if none is near.
func Suggest(name string, known []string) string {
	best, distance := "", max(2, len(name)/3)+1
	for _, k := range known {
		if strings.Contains(k, name) && len(name) > 2 {
			return k
		}
		if d := editDistance(name, k); d < distance {
			best, distance = k, d
		}
	}
	return best
}

func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}

// UnknownField is the fault for a name the object does not have, or that the
// reader may not know of: the two look the same.
func UnknownField(o *Object, name string, visible func(*FieldDef) bool) error {
	var names []string
	for _, f := range o.Fields {
		if visible == nil || visible(f) {
			names = append(names, f.Name)
		}
	}
	key, args := "schema.unknown_field", fault.Args{"name": name, "object": o.Name}
	if near := Suggest(name, names); near != "" {
		key, args["near"] = "schema.unknown_field_near", near
	}
	return fault.New(fault.Invalid, key, args).With(fault.Field{Path: name, Key: "field.unknown"})
}

// Names lists the API names of the fields, in order.
func (o *Object) Names() []string {
	names := make([]string, len(o.Fields))
	for i, f := range o.Fields {
		names[i] = f.Name
	}
	return names
}

// String names the field in messages to developers.
func (f *FieldDef) String() string {
	if f.Object == nil {
		return f.Name
	}
	return fmt.Sprintf("%s.%s", f.Object.Name, f.Name)
}

// Visible lists the fields that are not hidden.
func (o *Object) Visible() []*FieldDef {
	return slices.DeleteFunc(slices.Clone(o.Fields), func(f *FieldDef) bool { return f.Hidden })
}
