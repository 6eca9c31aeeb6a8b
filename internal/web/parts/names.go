package parts

import (
	"context"
	"maps"
	"slices"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// Names are the titles of linked records and people, loaded in one query an
// object. They answer after the session has ended. A nil *Names knows nobody.
type Names struct {
	session *record.Session
	schema  *schema.Schema
	locale  string
	roster  interface{ Name(value.ID) string }
	actor   interface {
		Can(*schema.Object, access.Action) bool
		CanWrite(*schema.FieldDef) bool
		Field(*schema.FieldDef) access.FieldRight
		Sees(*schema.FieldDef) bool
	}
	wanted map[string]map[value.ID]bool
	titles map[string]map[value.ID]string
	colors map[value.ID]string // of states, such as stages

	currency string // of bare amounts
}

// people is the object of members, whose names the roster has.
const people = "member"

// NewNames begins to collect.
func NewNames(s *record.Session) *Names {
	return &Names{session: s, schema: s.Schema(), locale: s.Who().Locale, roster: s.Roster(), actor: s.Actor(),
		wanted: map[string]map[value.ID]bool{}, titles: map[string]map[value.ID]string{},
		colors: map[value.ID]string{}, currency: s.Settings().Currency}
}

// Want remembers what a value links to.
func (n *Names) Want(f *schema.FieldDef, v any) {
	switch x := v.(type) {
	case value.ID:
		if f.Kind != schema.KindFile {
			n.want(f.Target, x)
		}
	case []value.ID:
		for _, id := range x {
			n.want(f.Target, id)
		}
	case []schema.Ref:
		for _, ref := range x {
			n.want(ref.Object, ref.ID)
		}
	}
}

// WantRecord remembers what a record's fields link to.
func (n *Names) WantRecord(r *record.Record, fields []*schema.FieldDef) {
	for _, f := range fields {
		n.Want(f, r.Value(f))
	}
}

func (n *Names) want(object string, id value.ID) {
	if id == 0 || object == people || object == "" {
		return
	}
	if _, known := n.titles[object][id]; known {
		return
	}
	if n.wanted[object] == nil {
		n.wanted[object] = map[value.ID]bool{}
	}
	n.wanted[object][id] = true
}

// most is how many records one query names.
const most = 500

// Load reads the titles that are wanted; what the actor may not read gets none.
func (n *Names) Load(ctx context.Context) error {
	for object, set := range n.wanted {
		o, ok := n.schema.Object(object)
		if ok && n.actor.Can(o, access.Read) {
			for ids := range slices.Chunk(slices.Sorted(maps.Keys(set)), most) {
				if err := n.load(ctx, o, ids); err != nil {
					return err
				}
			}
		}
		delete(n.wanted, object)
	}
	return nil
}

func (n *Names) load(ctx context.Context, o *schema.Object, ids []value.ID) error {
	id, _ := o.Field("id")
	where, err := expr.In(id.ExprField(), ids...)
	if err != nil {
		return err
	}
	page, err := n.session.Query(ctx, record.Query{Object: o.Name, Where: where, Fields: n.naming(o), Sort: "id", Limit: len(ids)})
	if err != nil {
		return err
	}
	for _, r := range page.Records {
		n.Add(r.Object.Name, r.ID, r.Title())
		if color, ok := r.Field("color").(string); ok && o.StateList {
			n.colors[r.ID] = color
		}
	}
	return nil
}

// naming are the fields by which others name a record, the id first.
func (n *Names) naming(o *schema.Object) []string {
	fields := []string{"id"}
	if title, ok := o.Field(o.Title); ok && n.actor.Sees(title) && o.Title != "id" {
		fields = append(fields, o.Title)
	}
	if color, ok := o.Field("color"); ok && o.StateList && n.actor.Sees(color) {
		fields = append(fields, color.Name)
	}
	return fields
}

// Along are the paths by which records that are read anyway bring along how a
// linked one is named; nil where it must be asked for. Take keeps what they
// bring.
func (n *Names) Along(path string, f *schema.FieldDef) []string {
	o, ok := n.schema.Object(f.Target)
	if !ok || f.Kind != schema.KindLink || strings.Contains(path, ".") || !n.actor.Can(o, access.Read) || n.actor.Field(f) < access.ReadField {
		return nil
	}
	paths := n.naming(o)
	for i, name := range paths {
		paths[i] = path + "." + name
	}
	return paths
}

// Take keeps how a record that was read with the paths of Along names the one
// that it links to.
func (n *Names) Take(r *record.Record, path string, f *schema.FieldDef) {
	id, ok := r.Path(path + ".id").(value.ID)
	if !ok { // no link, or not to be read
		return
	}
	if _, known := n.titles[f.Target][id]; known {
		return
	}
	o, _ := n.schema.Object(f.Target)
	n.Add(f.Target, id, schema.Neutral(r.Path(path+"."+o.Title)))
	if color, ok := r.Path(path + ".color").(string); ok && o.StateList {
		n.colors[id] = color
	}
}

// Add tells a title that the caller knows already.
func (n *Names) Add(object string, id value.ID, title string) {
	if n.titles[object] == nil {
		n.titles[object] = map[value.ID]string{}
	}
	if title == "" {
		if o, ok := n.schema.Object(object); ok {
			title = o.Label(n.locale).One
		}
	}
	n.titles[object][id] = title
}

// state reports whether records of the object are states of others, and in
// which colour this one shows.
func (n *Names) state(object string, id value.ID) (color string, ok bool) {
	if n == nil {
		return "", false
	}
	o, found := n.schema.Object(object)
	return n.colors[id], found && o.StateList
}

// Title is what a record is called; false for one that the actor may not read.
func (n *Names) Title(object string, id value.ID) (string, bool) {
	if n == nil {
		return "", false
	}
	if object == people {
		name := n.roster.Name(id)
		return name, name != ""
	}
	title, ok := n.titles[object][id]
	return title, ok
}

// Person is a member as pages show him.
func (n *Names) Person(id value.ID) kit.Person {
	if n == nil || id == 0 {
		return kit.Person{}
	}
	return kit.Person{ID: id.String(), Name: n.roster.Name(id)}
}

// pageless are objects whose records have no page of their own.
var pageless = map[string]bool{people: true, "team": true, "role": true, "pipeline": true, "stage": true, "currency_rate": true, "view": true, "report": true, "deal_line": true,
	"contract_line": true, "allocation": true}

// URL is the address of a record's page, "" where there is none.
func (n *Names) URL(object string, id value.ID) string {
	if n == nil || id == 0 || pageless[object] {
		return ""
	}
	o, ok := n.schema.Object(object)
	if !ok {
		return ""
	}
	return "/" + o.Plural + "/" + id.String()
}

// masked reports whether the actor sees the field's middle blotted out.
func (n *Names) masked(f *schema.FieldDef) bool {
	return n != nil && n.actor.Field(f) == access.Masked
}

// object finds an object, for its drawing.
func (n *Names) object(name string) *schema.Object {
	if n == nil {
		return nil
	}
	o, _ := n.schema.Object(name)
	return o
}

// icon is the drawing of a linked record's object.
func (n *Names) icon(object string) string {
	if o := n.object(object); o != nil {
		return door.Icon(o)
	}
	return "box"
}
