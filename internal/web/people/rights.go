package people

import (
	"cmp"
	"net/url"
	"slices"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
)

// acts are the columns of the table of rights.
var acts = []access.Action{access.Read, access.Create, access.Update, access.Delete, access.Export, access.Import}

// everything names, in the form and in permissions, the rights to all objects
// that have none of their own.
const everything = "*"

// option is one entry of a select.
type option struct{ Value, Label string }

// rights is a line of the table: an object, or everything without a word of its
// own.
type rights struct {
	ID, Label, Icon string
	Summary         string
	Cells           []cell
}

// cell is one action on an object.
type cell struct {
	Name, Label string
	Chosen      string
	Options     []option
	Fixed       string // what cannot be chosen, in words
	Problem     string
}

// fieldGroup is the fields of an object.
type fieldGroup struct {
	ID, Label, Icon string
	Fields          []cell
	Set             int // how many are not as usual
}

// rightOptions are what an action can be given; open stands for reading alone,
// where nobody has chosen it otherwise.
func rightOptions(v *kit.View, o *schema.Object, act access.Action, inherited string, now string) []option {
	words := []string{"none", "own", "team", "team_and_below", "all"}
	switch {
	case o != nil && o.Access == schema.Unowned:
		words = []string{"none", "all"}
	case act == access.Read:
		words = append(words, "open", "open|team", "open|team_and_below")
	}
	if now != "" && !slices.Contains(words, now) {
		words = append(words, now)
	}
	var all []option
	if o != nil {
		all = append(all, option{"", v.T("web.people.right_usual", "right", inherited)})
	}
	for _, w := range words {
		all = append(all, option{w, rightLabel(v, w)})
	}
	return all
}

func rightLabel(v *kit.View, word string) string {
	switch word {
	case "open|own":
		word = "open"
	case "open|team":
		return v.T("web.people.right.open_team")
	case "open|team_and_below":
		return v.T("web.people.right.open_below")
	case "open|all":
		word = "all"
	}
	return v.T("web.people.right." + word)
}

// table is a line for everything, then one for each object that has rights of
// its own; children go with what they belong to.
func table(v *kit.View, s *record.Session, id value.ID, p access.Permissions) []rights {
	usual := rights{ID: everything, Label: v.T("web.people.everything"), Icon: "layers", Summary: v.T("web.people.everything_help")}
	for _, act := range acts {
		now := p.Objects[everything][act].String()
		usual.Cells = append(usual.Cells, cell{Name: cellName(everything, act), Label: v.T("web.people.act." + act.String()), Chosen: now, Options: rightOptions(v, nil, act, "", now)})
	}
	all := []rights{usual}
	for _, o := range s.Schema().Objects() {
		if o.Access == schema.Child || o.Personal != "" || o.Hidden {
			continue
		}
		line := rights{ID: o.ID, Label: o.Label(v.Lang).Many, Icon: iconOf(o), Summary: summary(v, s, id, o)}
		for _, act := range acts {
			line.Cells = append(line.Cells, cellOf(v, o, act, p))
		}
		all = append(all, line)
	}
	slices.SortStableFunc(all[1:], func(a, b rights) int { return cmp.Compare(a.Label, b.Label) })
	return all
}

func cellOf(v *kit.View, o *schema.Object, act access.Action, p access.Permissions) cell {
	x := cell{Name: cellName(o.ID, act), Label: v.T("web.people.act." + act.String())}
	if access.Guards(o) && act != access.Read && act != access.Export {
		x.Fixed = v.T("web.people.admins_only")
		return x
	}
	if right, named := p.Objects[o.ID][act]; named {
		x.Chosen = right.String()
	}
	x.Options = rightOptions(v, o, act, rightLabel(v, p.Objects[everything][act].String()), x.Chosen)
	return x
}

func cellName(id string, act access.Action) string { return "o." + id + "." + act.String() }

// summary says in one sentence what the role may do with an object as it
// stands now, openness included.
func summary(v *kit.View, s *record.Session, id value.ID, o *schema.Object) string {
	scope := func(act access.Action) access.Scope { return s.Roster().RoleScope(id, o, act) }
	if scope(access.Read) == access.None {
		return v.T("web.people.sees_nothing")
	}
	var parts []string
	for _, act := range acts {
		if n := scope(act); n != access.None && act != access.Create {
			parts = append(parts, v.T("web.people.may."+act.String()+"."+n.String()))
		} else if n != access.None {
			parts = append(parts, v.T("web.people.may.create"))
		}
	}
	return v.T("web.people.summary", "what", v.List(parts))
}

// fieldGroups are the fields of every object with what the role may do to each.
func fieldGroups(v *kit.View, s *record.Session, p access.Permissions) []fieldGroup {
	var all []fieldGroup
	for _, o := range s.Schema().Objects() {
		if o.Personal != "" || o.Hidden || access.Guards(o) {
			continue
		}
		g := fieldGroup{ID: o.ID, Label: o.Label(v.Lang).Many, Icon: iconOf(o)}
		for _, f := range o.Visible() {
			if f.Engine && (f.Name == "id" || f.Name == "version") {
				continue
			}
			x := cell{Name: "f." + f.ID, Label: f.Label(v.Lang), Options: fieldOptions(v, f)}
			if right, named := p.Fields[f.ID]; named {
				x.Chosen = right.String()
			}
			if x.Chosen == "write" {
				x.Chosen = ""
			}
			if x.Chosen != "" {
				g.Set++
			}
			g.Fields = append(g.Fields, x)
		}
		all = append(all, g)
	}
	slices.SortStableFunc(all, func(a, b fieldGroup) int { return cmp.Compare(a.Label, b.Label) })
	return all
}

func fieldOptions(v *kit.View, f *schema.FieldDef) []option {
	usual := option{"", v.T("web.people.field.write")}
	read := option{"read", v.T("web.people.field.read")}
	if f.Kind == schema.KindRollup {
		usual.Label, read.Label = v.T("web.people.field.counted"), v.T("web.people.field.always")
	} else if !f.Writable() {
		usual.Label = read.Label
		return []option{usual, {"masked", v.T("web.people.field.masked")}, {"none", v.T("web.people.field.none")}}
	}
	return []option{usual, read, {"masked", v.T("web.people.field.masked")}, {"none", v.T("web.people.field.none")}}
}

// merge puts what a form says onto permissions; what it does not name stays.
func merge(s *schema.Schema, p access.Permissions, form url.Values) (access.Permissions, error) {
	var bad []fault.Field
	objects := map[string]access.ObjectRights{}
	for id, r := range p.Objects {
		objects[id] = access.ObjectRights{}
		for act, right := range r {
			objects[id][act] = right
		}
	}
	ids := []string{everything}
	for _, o := range s.Objects() {
		ids = append(ids, o.ID)
	}
	for _, id := range ids {
		for _, act := range acts {
			name := cellName(id, act)
			if !form.Has(name) {
				continue
			}
			var right access.Right
			text := form.Get(name)
			if text == "" {
				delete(objects[id], act)
				continue
			}
			if err := right.UnmarshalText([]byte(text)); err != nil {
				f, _ := fault.As(err)
				bad = append(bad, fault.Field{Path: name, Key: f.Key, Args: f.Args})
				continue
			}
			if objects[id] == nil {
				objects[id] = access.ObjectRights{}
			}
			objects[id][act] = right
		}
		if len(objects[id]) == 0 {
			delete(objects, id)
		}
	}
	out := access.Permissions{Objects: objects, Fields: map[string]access.FieldRight{}, Admin: p.Admin}
	if form.Has("admin_asked") {
		out.Admin = form.Get("admin") != ""
	}
	bad = append(bad, mergeFields(s, out.Fields, p, form)...)
	if len(bad) > 0 {
		return p, fault.New(fault.Invalid, bad[0].Key, bad[0].Args).With(bad...)
	}
	return out, nil
}

func mergeFields(s *schema.Schema, into map[string]access.FieldRight, p access.Permissions, form url.Values) (bad []fault.Field) {
	for id, right := range p.Fields {
		if _, ok := s.FieldByID(id); ok {
			into[id] = right
		}
	}
	for _, o := range s.Objects() {
		for _, f := range o.Fields {
			name := "f." + f.ID
			if !form.Has(name) {
				continue
			}
			var right access.FieldRight
			switch text := form.Get(name); {
			case text == "" && p.Fields[f.ID] == access.WriteField && f.Kind == schema.KindRollup:
			case text == "":
				delete(into, f.ID)
			default:
				if err := right.UnmarshalText([]byte(text)); err != nil {
					e, _ := fault.As(err)
					bad = append(bad, fault.Field{Path: name, Key: e.Key, Args: e.Args})
					continue
				}
				into[f.ID] = right
			}
		}
	}
	return bad
}
