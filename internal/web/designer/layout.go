package designer

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// role is one to look through the eyes of.
type role struct{ ID, Name string }

// plane is the page of an object's layout, or of its lists and cards.
type plane struct {
	Object *schema.Object
	Layout schema.Layout
	Roles  []role
	Role   string
	Rights map[string]access.FieldRight // of the role looked through, by field
	Saved  int64
	Edit   string // group whose heading is being changed
	Ways   []parts.Way
	Types  []role // record types, which may have a layout of their own
	Type   string // whose layout it is, "" = the object's
	Own    bool   // somebody made it
}

func loadPlane(c *door.Call) (*plane, error) {
	q := c.R.URL.Query()
	p := &plane{Role: q.Get("role"), Edit: q.Get("group")}
	err := read(c, func(s *record.Session) error {
		o, err := named(c, s)
		if err != nil {
			return err
		}
		p.Object, p.Saved = o, saved(c, s)
		if err := p.ofType(c, s, q.Get("type")); err != nil {
			return err
		}
		if p.Layout, p.Own = o.LayoutOf(p.Type), o.Arranged != nil; p.Type != "" {
			p.Own = o.Layouts[p.Type] != nil
			return p.look(c, s)
		}
		p.Ways = parts.Ways(c.View, s.Schema(), o)
		return p.look(c, s)
	})
	return p, err
}

// ofType learns which record types there are, and takes one; "" = none.
func (p *plane) ofType(c *door.Call, s *record.Session, chosen string) error {
	if !sales.Typed(p.Object) {
		return nil
	}
	page, err := s.Query(c.Ctx, record.Query{Object: sales.RecordTypes.Name, Sort: "position,id", Limit: 200})
	if err != nil {
		return err
	}
	for _, r := range page.Records {
		p.Types = append(p.Types, role{r.ID.String(), r.Title()})
	}
	if chosen != "" && !slices.ContainsFunc(p.Types, func(x role) bool { return x.ID == chosen }) {
		return fault.New(fault.NotFound, "web.designer.no_type", nil)
	}
	p.Type = chosen
	return nil
}

// at is the address of the page, with what else it shows.
func (p *plane) at(name, value string) string {
	q := url.Values{}
	if p.Type != "" {
		q.Set("type", p.Type)
	}
	if name != "" {
		q.Set(name, value)
	}
	if len(q) == 0 {
		return address(p.Object, "/layout")
	}
	return address(p.Object, "/layout?"+q.Encode())
}

// look learns what the chosen role may do with the fields.
func (p *plane) look(c *door.Call, s *record.Session) error {
	page, err := s.Query(c.Ctx, record.Query{Object: access.Roles.Name, Sort: "name", Limit: 100})
	if err != nil {
		return err
	}
	for _, r := range page.Records {
		p.Roles = append(p.Roles, role{r.ID.String(), r.Title()})
	}
	id, err := value.ParseID(p.Role)
	if err != nil {
		p.Role = ""
		return nil
	}
	actor, ok := s.Roster().InRole(id)
	if !ok {
		p.Role = ""
		return nil
	}
	p.Rights = map[string]access.FieldRight{}
	for _, f := range p.Object.Fields {
		p.Rights[f.Name] = actor.Field(f)
		if !actor.Can(p.Object, access.Read) {
			p.Rights[f.Name] = access.NoField
		}
	}
	return nil
}

func showLayout(c *door.Call) error {
	p, err := loadPlane(c)
	if err != nil {
		return err
	}
	return c.Show(kit.Page{Title: p.Object.Label(c.View.Lang).Many, Nav: "/settings", Body: layoutPage(c.View, p)})
}

func showLists(c *door.Call) error {
	p, err := loadPlane(c)
	if err != nil {
		return err
	}
	return c.ShowStatus(http.StatusOK, kit.Page{Title: p.Object.Label(c.View.Lang).Many, Nav: "/settings", Body: listsPage(c.View, p)})
}

// saveLayout does one thing to the layout: every button is one step, so that it
// works with a tap and by keyboard.
func saveLayout(c *door.Call) error {
	in, err := c.Form()
	if err != nil {
		return err
	}
	var p proposal
	err = read(c, func(s *record.Session) error {
		o, err := named(c, s)
		if err != nil {
			return err
		}
		x := &plane{Object: o}
		if err := x.ofType(c, s, c.R.URL.Query().Get("type")); err != nil {
			return err
		}
		l := o.LayoutOf(x.Type)
		if o.Arranged == nil || len(o.Arranged.Columns) == 0 {
			l.Columns = slices.DeleteFunc(slices.Clone(l.Columns), func(name string) bool { _, ok := o.Field(name); return !ok })
		}
		e := &edit{l: &l, in: in, lang: c.View.Lang, typed: x.Type != ""}
		done := false
		if c.R.URL.Query().Has("lists") && x.Type == "" {
			done = e.links(o, parts.Ways(c.View, s.Schema(), o))
		} else {
			done = e.do(in.Get("do"))
		}
		if !done {
			return fault.New(fault.Invalid, "web.designer.bad_plan", nil)
		}
		p.Done, p.Base = inside(in.Get("back")), s.Schema().Version // of this very layout
		raw, err := json.Marshal(e.set(o, x.Type))
		p.Changes, p.Back = []schema.Change{{Op: schema.ChangeObject, Object: o.Name, Set: raw}}, p.Done
		return err
	})
	if err != nil {
		return err
	}
	return propose(c, p)
}

// edit is a layout under change.
type edit struct {
	l     *schema.Layout
	in    map[string][]string
	lang  string
	typed bool // it is the layout of a record type, which has groups alone
	reset bool
}

// set is what the object has then: its layout, or that of a type among the others.
func (e *edit) set(o *schema.Object, typ string) map[string]any {
	switch {
	case typ != "":
		all := maps.Clone(o.Layouts)
		if all == nil {
			all = map[string]*schema.Layout{}
		}
		if all[typ] = &(schema.Layout{Groups: e.l.Groups}); e.reset {
			delete(all, typ)
		}
		return map[string]any{"layouts": all}
	case e.reset:
		return map[string]any{"layout": nil}
	}
	return map[string]any{"layout": e.l}
}

func (e *edit) get(name string) string {
	if v := e.in[name]; len(v) > 0 {
		return strings.TrimSpace(v[0])
	}
	return ""
}

// do carries out "verb:what"; false for what there is not.
func (e *edit) do(do string) bool {
	verb, what, _ := strings.Cut(do, ":")
	switch verb {
	case "up", "down":
		return e.step(what, verb == "down")
	case "to":
		return e.move(e.get("what"), e.get("group"))
	case "columns", "card":
		return !e.typed && e.listed(verb, what)
	case "reset":
		e.reset = true
		return true
	}
	return e.group(verb, what)
}

// links moves a list of records that lead here. Fields stay as nobody has
// arranged them, where nobody has.
func (e *edit) links(o *schema.Object, ways []parts.Way) bool {
	*e.l = schema.Layout{}
	if o.Arranged != nil {
		*e.l = *o.Arranged
	}
	keys := make([]string, len(ways))
	for i, w := range ways {
		keys[i] = w.Key
	}
	e.l.Links = kit.Moved(keys, e.get("do"), e.get("what"), e.in["group"])
	return e.l.Links != nil
}

// step moves a field by one, over the border of its group if it is at one.
func (e *edit) step(field string, down bool) bool {
	g := e.l.Group(field)
	if g < 0 {
		return false
	}
	names := e.l.Groups[g].Fields
	i := slices.Index(names, field)
	switch {
	case !down && i > 0:
		names[i-1], names[i] = names[i], names[i-1]
	case down && i < len(names)-1:
		names[i+1], names[i] = names[i], names[i+1]
	case !down && g > 0:
		e.l.Groups[g].Fields = slices.Delete(names, i, i+1)
		e.l.Groups[g-1].Fields = append(e.l.Groups[g-1].Fields, field)
	case down && g < len(e.l.Groups)-1:
		e.l.Groups[g].Fields = slices.Delete(names, i, i+1)
		e.l.Groups[g+1].Fields = slices.Insert(e.l.Groups[g+1].Fields, 0, field)
	}
	return true
}

// move puts a field before another, or at the end of a group.
func (e *edit) move(field, to string) bool {
	from := e.l.Group(field)
	if from < 0 || field == to {
		return from >= 0
	}
	key, before, _ := strings.Cut(to, "/")
	g := e.find(key)
	if g < 0 {
		return false
	}
	e.l.Groups[from].Fields = slices.DeleteFunc(e.l.Groups[from].Fields, func(name string) bool { return name == field })
	at := slices.Index(e.l.Groups[g].Fields, before)
	if at < 0 {
		at = len(e.l.Groups[g].Fields)
	}
	e.l.Groups[g].Fields = slices.Insert(e.l.Groups[g].Fields, at, field)
	return true
}

func (e *edit) find(key string) int {
	return slices.IndexFunc(e.l.Groups, func(g schema.Group) bool { return g.Key == key })
}

// group adds, names, moves, folds and removes groups.
func (e *edit) group(verb, key string) bool {
	i, gs := e.find(key), e.l.Groups
	switch {
	case verb == "add":
		g := schema.Group{Key: free("group", func(k string) bool { return e.find(k) >= 0 }), Labels: e.labels(nil)}
		if len(g.Labels) == 0 {
			return false
		}
		at := len(gs)
		if at > 0 && gs[at-1].Key == schema.GroupSystem {
			at--
		}
		e.l.Groups = slices.Insert(gs, at, g)
	case i < 0:
		return false
	case verb == "rename":
		gs[i].Labels, gs[i].Folded = e.labels(gs[i].Labels), e.get("folded") != ""
	case verb == "gup" && i > 0:
		gs[i-1], gs[i] = gs[i], gs[i-1]
	case verb == "gdown" && i < len(gs)-1:
		gs[i+1], gs[i] = gs[i], gs[i+1]
	case verb == "gup", verb == "gdown":
	case verb == "drop" && len(gs) > 1:
		to := max(i-1, 0)
		fields := gs[i].Fields
		e.l.Groups = slices.Delete(gs, i, i+1)
		e.l.Groups[to].Fields = append(e.l.Groups[to].Fields, fields...)
	default:
		return false
	}
	return true
}

func (e *edit) labels(was map[string]string) map[string]string {
	labels := maps.Clone(was)
	if labels == nil {
		labels = map[string]string{}
	}
	for _, l := range languages(e.lang) {
		if _, given := e.in["label."+l]; !given {
			continue
		}
		if labels[l] = e.get("label." + l); labels[l] == "" {
			delete(labels, l)
		}
	}
	return labels
}

// listed changes the columns of the list or the fields of the card.
func (e *edit) listed(which, what string) bool {
	names := &e.l.Columns
	if which == "card" {
		names = &e.l.Card
	}
	verb, field, _ := strings.Cut(what, ":")
	if verb == "add" {
		field = e.get("what")
		if field == "" || slices.Contains(*names, field) {
			return false
		}
		*names = append(slices.Clone(*names), field)
		return true
	}
	list := slices.Clone(*names)
	i := slices.Index(list, field)
	switch {
	case i < 0:
		return false
	case verb == "drop":
		list = slices.Delete(list, i, i+1)
	case verb == "up" && i > 0:
		list[i-1], list[i] = list[i], list[i-1]
	case verb == "down" && i < len(list)-1:
		list[i+1], list[i] = list[i], list[i+1]
	}
	*names = list
	return true
}

func rightKey(r access.FieldRight) string {
	return []string{"none", "masked", "read", "write"}[min(int(r), 3)]
}

// history is the page of an object's versions.
func showHistory(c *door.Call) error {
	var o *schema.Object
	var list []event
	err := read(c, func(s *record.Session) (err error) {
		if o, err = named(c, s); err != nil {
			return err
		}
		list, err = events(c, s, 0, o.ID)
		return err
	})
	if err != nil {
		return err
	}
	return c.Show(kit.Page{Title: o.Label(c.View.Lang).Many, Nav: "/settings", Body: historyPage(c.View, o, list)})
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
