package schema

import (
	"maps"
	"slices"
)

// Access says where the right to a record comes from.
type Access string

// The access modes of engine decision 2.
const (
	// Owned records have an owner, whose colleagues' scopes decide.
	Owned Access = "owned"
	// Child records carry the owner of the record that their parent link names.
	Child Access = "child"
	// Unowned records are the same for everybody who may read the object.
	Unowned Access = "unowned"
)

// Object describes one kind of record. It is immutable once it is part of a
// Schema.
type Object struct {
	ID     string           `json:"id"`
	Name   string           `json:"name"`   // API name, singular
	Plural string           `json:"plural"` // API name in paths
	Labels map[string]Label `json:"labels,omitempty"`
	Icon   string           `json:"icon,omitempty"`
	Help   string           `json:"help,omitempty"`
	Table  string           `json:"table"`
	Access Access           `json:"access"`
	// Parent is the name of the link field that a Child's owner comes from.
	Parent string `json:"parent,omitempty"`
	// Title is the name of the field that names a record where it is linked.
	Title string `json:"title"`
	// StateList marks an object whose few, ordered records are states of others.
	StateList bool `json:"state_list,omitempty"`
	// Open is the condition of records whose amounts follow the rates of the
	// day; the others keep those of theirs. "" = all do.
	Open string `json:"open,omitempty"`
	// RatedOn names the date whose rates amounts are worth, once that day has come;
	// "" = they follow the rates of the day, as Open says.
	RatedOn string `json:"rated_on,omitempty"`
	// When names the field that says when an activity takes place.
	When string `json:"when,omitempty"`
	// Personal names the choice field (private, team, all) by which owners show
	// their records to others. Whatever roles say of such an object, a record is
	// its owner's alone until he shows it, and only he changes it; of what is
	// shown, administrators may take care too.
	Personal string `json:"personal,omitempty"`
	// Secret names the yes-or-no field by which an owner keeps a record from
	// everybody else, whatever their scope.
	Secret string `json:"secret,omitempty"`
	// Closed marks an object that nobody reads a colleague's records of by the
	// openness of the company, unless that is set for it.
	Closed bool `json:"closed,omitempty"`
	// Timeline marks an object whose records activities can be about.
	Timeline bool `json:"timeline,omitempty"`
	Builtin  bool `json:"builtin,omitempty"`
	Hidden   bool `json:"hidden,omitempty"`
	// Removed objects keep their table and definition, so that removal can be
	// reverted; they are in no Schema.
	Removed bool `json:"removed,omitempty"`
	// Sum asks for maintained sums (engine decision 17).
	Sum *Sum `json:"sum,omitempty"`
	// Passed names a tracked link: how records come through its states is kept
	// added up. Its states are those of no other object.
	Passed  string  `json:"passed,omitempty"`
	Indexes []Index `json:"indexes,omitempty"`
	// Arranged is the layout as somebody chose it; see Layout.
	Arranged *Layout `json:"layout,omitempty"`
	// Layouts are those of kinds of records, by the id of what names the kind, such
	// as a record type; see LayoutOf.
	Layouts map[string]*Layout `json:"layouts,omitempty"`

	Fields []*FieldDef `json:"-"`

	byName map[string]*FieldDef
	byID   map[string]*FieldDef
	slot   map[string]int
	backs  map[string]*FieldDef // inverse name -> link field of another object
}

// Sum names the fields of an object whose sums are kept: Amounts by Group, per
// owner and per team. Amounts are money with columns of its own; the first is
// the one that the object is chiefly measured in.
type Sum struct {
	Group   string   `json:"group"`
	Amounts []string `json:"amounts"`
	// Calendar keeps the amounts by month, too.
	Calendar *Calendar `json:"calendar,omitempty"`
}

// Calendar keeps sums by a choice, the month of a day, and further choices and
// links.
type Calendar struct {
	State string   `json:"state"`
	Day   string   `json:"day"`
	By    []string `json:"by"`
}

// Index is one index of an object's table: the fields it leads with, in order.
// A name with a leading "-" is descending.
type Index struct {
	Name   string   `json:"name"`
	Fields []string `json:"fields"`
	Unique bool     `json:"unique,omitempty"`
	// Served says the index exists for a sort that a list offers, so that the
	// engine also keeps its owner-first twin (engine decision 3).
	Served bool `json:"served,omitempty"`
	// Carries are fields that stand in the index behind those it leads with, so
	// that figures of them are summed without reading the records. A served one
	// has them behind all that orders it, and its twin has none of them.
	Carries []string `json:"carries,omitempty"`
	// Builtin indexes are declared in code, and come back however often they
	// are removed.
	Builtin bool `json:"builtin,omitempty"`
}

// Field returns the field of that API name.
func (o *Object) Field(name string) (*FieldDef, bool) {
	f, ok := o.byName[name]
	return f, ok
}

// FieldByID returns the field of that stable id.
func (o *Object) FieldByID(id string) (*FieldDef, bool) {
	f, ok := o.byID[id]
	return f, ok
}

// Slot is the place of a field in a record's values, -1 for a field of
// another object.
func (o *Object) Slot(f *FieldDef) int {
	if i, ok := o.slot[f.ID]; ok {
		return i
	}
	return -1
}

// Back returns the link field of another object that comes back to this one
// under the given name ("contacts" of an account).
func (o *Object) Back(name string) (*FieldDef, bool) {
	f, ok := o.backs[name]
	return f, ok
}

// Backs are the names under which other objects link to this one, sorted.
func (o *Object) Backs() []string { return slices.Sorted(maps.Keys(o.backs)) }

// HasOwner reports whether the table has an owner_id column.
func (o *Object) HasOwner() bool { return o.Access != Unowned }

// ParentLink is the link that a Child's owner comes from.
func (o *Object) ParentLink() (*FieldDef, bool) {
	if o.Access != Child {
		return nil, false
	}
	return o.Field(o.Parent)
}

// Position is the field by which states, and what they belong to, are in order.
const Position = "position"

// StatesIn is the link from states to what they belong to, such as a pipeline, and
// that object; nil of states that belong to nothing.
func (s *Schema) StatesIn(states *Object) (link *FieldDef, of *Object) {
	for _, f := range states.Fields {
		if f.Kind != KindLink || !f.Required || f.Engine {
			continue
		}
		if to := s.Target(f); to != nil {
			if _, ordered := to.Field(Position); ordered {
				return f, to
			}
		}
	}
	return nil, nil
}

// clone copies the description, not the look-up tables.
func (o *Object) clone() *Object {
	c := *o
	c.Labels = maps.Clone(o.Labels)
	c.Indexes, c.Sum, c.Arranged = slices.Clone(o.Indexes), copied(o.Sum), o.Arranged.clone()
	c.Layouts = maps.Clone(o.Layouts)
	for kind, l := range c.Layouts {
		c.Layouts[kind] = l.clone()
	}
	c.Fields = make([]*FieldDef, len(o.Fields))
	for i, f := range o.Fields {
		c.Fields[i] = f.clone(&c)
	}
	c.byName, c.byID, c.slot, c.backs = nil, nil, nil, nil
	return &c
}

// seal builds the look-up tables; the object must not change afterwards.
func (o *Object) seal() {
	o.byName = make(map[string]*FieldDef, len(o.Fields))
	o.byID = make(map[string]*FieldDef, len(o.Fields))
	o.slot = make(map[string]int, len(o.Fields))
	o.backs = map[string]*FieldDef{}
	for i, f := range o.Fields {
		f.Object = o
		o.byName[f.Name] = f
		o.byID[f.ID] = f
		o.slot[f.ID] = i
	}
}
