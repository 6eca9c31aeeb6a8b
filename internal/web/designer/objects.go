package designer

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// icons are the drawings offered for objects.
var icons = []string{"box", "package", "building", "building-2", "briefcase", "folder", "file-text", "flag", "ticket", "receipt", "wallet", "banknote",
	"shopping-cart", "route", "map-pin", "globe", "phone", "mail", "calendar", "clock", "users", "user-round", "contact", "handshake", "target",
	"trophy", "star", "megaphone", "life-buoy", "shield", "key-round", "zap", "layers", "workflow", "gauge", "monitor", "bookmark", "tag", "archive"}

// row is an object in the list.
type row struct {
	Object        *schema.Object
	Fields        int
	Records       int64
	Capped, Shown bool
}

// index is the list of objects.
type index struct {
	Rows    []row
	Inner   []row // what serves others, folded
	Removed []*schema.Object
	Saved   int64
}

func showObjects(c *door.Call) error {
	p := &index{}
	err := read(c, func(s *record.Session) error {
		p.Saved, p.Removed = saved(c, s), s.Schema().RemovedObjects()
		for _, o := range s.Schema().Objects() {
			if o.Personal != "" {
				continue
			}
			x := row{Object: o, Fields: len(o.Visible()) - 2} // id and version are nobody's fields
			var err error
			if x.Records, x.Capped, err = s.Count(c.Ctx, record.Query{Object: o.Name, Count: record.CountCapped}); err != nil && !fault.Is(err, fault.Forbidden) {
				return err
			}
			p.Rows = append(p.Rows, x)
		}
		p.arrange()
		return nil
	})
	if err != nil {
		return err
	}
	return c.Show(kit.Page{Title: c.View.T("web.designer.title"), Nav: "/settings", Body: objectsPage(c.View, p)})
}

// head are the objects that companies change most.
var head = []string{"account", "contact", "lead", "deal"}

// arrange puts those first, then what else has pages of its own, and what serves
// these apart.
func (p *index) arrange() {
	rank := func(x row) int {
		if i := slices.Index(head, x.Object.Name); i >= 0 {
			return i
		}
		return len(head)
	}
	slices.SortStableFunc(p.Rows, func(a, b row) int { return rank(a) - rank(b) })
	own := func(x row) bool { return !door.Kept(x.Object) }
	for _, x := range p.Rows {
		if !own(x) {
			p.Inner = append(p.Inner, x)
		}
	}
	p.Rows = slices.DeleteFunc(p.Rows, func(x row) bool { return !own(x) })
}

// thing is the form of an object.
type thing struct {
	Object  *schema.Object // nil for a new one
	Lang    string
	Base    int64
	Labels  map[string]schema.Label
	Texts   url.Values
	Hidden  bool
	Targets []*schema.Object
	Err     error
	Saved   int64
}

// Shown is a label in the form; in the reader's language what the object is
// called, whoever's word that is.
func (x *thing) Shown(lang string) schema.Label {
	l := x.Labels[lang]
	if l.One == "" && x.Object != nil && lang == x.Lang {
		return x.Object.Label(lang)
	}
	return l
}

func showNewObject(c *door.Call) error {
	return newObject(c, http.StatusOK, &thing{Labels: map[string]schema.Label{}, Texts: url.Values{"icon": {"box"}, "access": {string(schema.Owned)}}})
}

func newObject(c *door.Call, status int, x *thing) error {
	err := read(c, func(s *record.Session) error {
		x.Lang, x.Base = c.View.Lang, s.Schema().Version
		for _, o := range s.Schema().Objects() {
			if o.HasOwner() && o.Personal == "" {
				x.Targets = append(x.Targets, o)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.ShowStatus(status, kit.Page{Title: c.View.T("web.designer.object_new"), Nav: "/settings", Body: newObjectPage(c.View, x)})
}

// typed reads the labels of an object's form.
func (x *thing) typed(in url.Values) {
	x.Texts, x.Labels, x.Hidden = in, map[string]schema.Label{}, in.Get("hidden") != ""
	for _, l := range languages(x.Lang) {
		label := schema.Label{One: strings.TrimSpace(in.Get("one." + l)), Many: strings.TrimSpace(in.Get("many." + l))}
		if label.One == "" {
			label.One = label.Many
		}
		if o := x.Object; o != nil && o.Labels[l].One == "" && l == x.Lang && label == o.Label(l) {
			label = schema.Label{}
		}
		if label.One != "" {
			x.Labels[l] = label
		}
	}
}

func addObject(c *door.Call) error {
	in, err := c.Form()
	if err != nil {
		return err
	}
	x := &thing{Lang: c.View.Lang}
	x.typed(in)
	var p proposal
	err = read(c, func(s *record.Session) error {
		p, err = x.addition(s.Schema())
		return err
	})
	if err == nil {
		err = propose(c, p)
	}
	if e, ok := fault.As(err); ok && e.Kind == fault.Invalid {
		x.Err = err
		return newObject(c, door.Status(err), x)
	}
	return err
}

// addition is the plan of a new object: with its title field, and for a child
// with the link to its parent.
func (x *thing) addition(s *schema.Schema) (proposal, error) {
	label := x.Labels["en"]
	for _, l := range languages(x.Lang) {
		if label.One == "" {
			label = x.Labels[l]
		}
	}
	if label.One == "" {
		return proposal{}, fault.New(fault.Invalid, "web.designer.label_wanted", nil)
	}
	name, plural := strings.TrimSpace(x.Texts.Get("name")), strings.TrimSpace(x.Texts.Get("plural"))
	proposed, many := objectNames(s, label.One, label.Many)
	if name == "" {
		name = proposed
	}
	if plural == "" {
		plural = many
	}
	title := map[string]any{"name": "name", "kind": schema.KindText, "required": true, "search": true, "fragments": true}
	if text := strings.TrimSpace(x.Texts.Get("title")); text != "" {
		title["labels"] = map[string]string{x.Lang: text}
	}
	set := map[string]any{"name": name, "plural": plural, "labels": x.Labels, "icon": x.Texts.Get("icon"), "access": schema.Access(x.Texts.Get("access")),
		"title": "name", "timeline": x.Texts.Get("timeline") != "", "fields": []any{title}}
	if parent, ok := strings.CutPrefix(x.Texts.Get("access"), "child:"); ok {
		if _, known := s.Object(parent); !known {
			return proposal{}, fault.New(fault.Invalid, "schema.unknown_object", fault.Args{"name": parent})
		}
		set["access"], set["parent"] = schema.Child, parent
		set["fields"] = []any{title, map[string]any{"name": parent, "kind": schema.KindLink, "target": parent, "required": true,
			"on_delete": schema.Cascade, "inverse": plural}}
	} else if a := schema.Access(x.Texts.Get("access")); a != schema.Owned && a != schema.Unowned {
		set["access"] = schema.Owned
	}
	if !slices.Contains(icons, x.Texts.Get("icon")) {
		set["icon"] = "box"
	}
	raw, err := json.Marshal(set)
	return proposal{Changes: []schema.Change{{Op: schema.AddObject, Object: name, Set: raw}}, Back: home + "/new", Done: home + "/" + name, Whole: true}, err
}

// proposeName answers the API names that go with what is being typed.
func proposeName(c *door.Call) error {
	q := c.R.URL.Query()
	var name, plural string
	err := read(c, func(s *record.Session) error {
		if o, ok := s.Schema().Object(q.Get("object")); ok {
			name = fieldName(o, anyLabel(q, "label."))
			return nil
		}
		name, plural = objectNames(s.Schema(), anyLabel(q, "one."), anyLabel(q, "many."))
		return nil
	})
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, nameHint(c.View, name, plural))
}

func anyLabel(q url.Values, prefix string) string {
	for _, l := range languages("en") {
		if s := strings.TrimSpace(q.Get(prefix + l)); s != "" {
			return s
		}
	}
	return ""
}

func showObject(c *door.Call) error { return object(c, http.StatusOK, nil) }

func object(c *door.Call, status int, x *thing) error {
	err := read(c, func(s *record.Session) error {
		o, err := named(c, s)
		if err != nil {
			return err
		}
		if x == nil {
			x = &thing{Labels: o.Labels, Texts: url.Values{"icon": {o.Icon}, "title": {o.Title}, "help": {o.Help}}, Hidden: o.Hidden}
		}
		x.Object, x.Lang, x.Base, x.Saved = o, c.View.Lang, s.Schema().Version, saved(c, s)
		return nil
	})
	if err != nil {
		return err
	}
	return c.ShowStatus(status, kit.Page{Title: x.Object.Label(c.View.Lang).Many, Nav: "/settings", Body: objectPage(c.View, x)})
}

func saveObject(c *door.Call) error {
	in, err := c.Form()
	if err != nil {
		return err
	}
	x := &thing{Lang: c.View.Lang}
	err = read(c, func(s *record.Session) error {
		o, err := named(c, s)
		x.Object = o
		return err
	})
	if err != nil {
		return err
	}
	x.typed(in)
	set := map[string]any{}
	labels := map[string]any{}
	for _, l := range languages(x.Lang) {
		if x.Labels[l] != x.Object.Labels[l] {
			labels[l] = x.Labels[l]
		}
	}
	if len(labels) > 0 {
		set["labels"] = labels
	}
	if icon := in.Get("icon"); icon != x.Object.Icon && slices.Contains(icons, icon) {
		set["icon"] = icon
	}
	if title := in.Get("title"); title != "" && title != x.Object.Title && !x.Object.Builtin {
		set["title"] = title
	}
	if help := strings.TrimSpace(in.Get("help")); help != x.Object.Help {
		set["help"] = help
	}
	if x.Hidden != x.Object.Hidden {
		set["hidden"] = x.Hidden
	}
	back := address(x.Object, "/object")
	if len(set) == 0 {
		return c.Go(back)
	}
	raw, err := json.Marshal(set)
	if err != nil {
		return err
	}
	p := proposal{Changes: []schema.Change{{Op: schema.ChangeObject, Object: x.Object.Name, Set: raw}}, Back: back, Done: back, Whole: true}
	p.Base, _ = strconv.ParseInt(in.Get("base"), 10, 64)
	err = propose(c, p)
	if e, ok := fault.As(err); ok && e.Kind == fault.Invalid {
		x.Err = err
		return object(c, door.Status(err), x)
	}
	return err
}

// removeObject asks, with the numbers, before an object goes to the bin. Fields
// of other objects that lead to it go with it, if that is wanted.
func removeObject(c *door.Call) error {
	in, err := c.Form()
	if err != nil {
		return err
	}
	p := proposal{Done: home, Ask: true, Whole: true}
	err = read(c, func(s *record.Session) error {
		o, err := named(c, s)
		if err != nil {
			return err
		}
		p.Back = address(o, "/object")
		for _, f := range hanging(s.Schema(), o) {
			if in.Get("links") != "" && !f.Builtin {
				p.Changes = append(p.Changes, schema.Change{Op: schema.RemoveField, Object: f.Object.Name, Field: f.Name})
			}
		}
		p.Changes = append(p.Changes, schema.Change{Op: schema.RemoveObject, Object: o.Name})
		return nil
	})
	if err != nil {
		return err
	}
	return remove(c, p)
}

// hanging are the fields of other objects that lead to one: links, and figures
// over its records.
func hanging(s *schema.Schema, o *schema.Object) []*schema.FieldDef {
	var list []*schema.FieldDef
	for _, f := range s.RollupsOver(o.Name) {
		if f.Object != o {
			list = append(list, f)
		}
	}
	for _, f := range s.LinksTo(o.Name) {
		if f.Object.Name != o.Name {
			list = append(list, f)
		}
	}
	return list
}
