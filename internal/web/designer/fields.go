package designer

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// sheet is the page of an object's fields.
type sheet struct {
	Object  *schema.Object
	Schema  *schema.Schema
	Layout  schema.Layout
	Saved   int64 // version that the toast takes back
	Find    string
	Custom  bool
	Picked  *schema.FieldDef
	Form    *form
	Adding  bool // a kind is to be chosen
	Removed []*schema.FieldDef
	Title   string
}

func showFields(c *door.Call) error { return fields(c, http.StatusOK, nil) }

// fields shows the page, with a form that was refused or goes on.
func fields(c *door.Call, status int, f *form) error {
	q := c.R.URL.Query()
	p := &sheet{Find: q.Get("q"), Custom: q.Get("custom") != "", Adding: q.Has("add") && q.Get("add") == "" && f == nil}
	err := read(c, func(s *record.Session) error {
		o, err := named(c, s)
		if err != nil {
			return err
		}
		p.Object, p.Schema, p.Layout, p.Removed = o, s.Schema(), o.Layout(), s.Schema().RemovedFields(o)
		p.Saved = saved(c, s)
		if p.Form = f; f == nil {
			p.Form = picked(c, s, o, q)
		}
		if p.Form == nil {
			return nil
		}
		p.Picked = p.Form.Field
		return complete(c, s, p.Form)
	})
	if err != nil {
		return err
	}
	p.Title = p.Object.Label(c.View.Lang).Many
	return c.ShowStatus(status, kit.Page{Title: p.Title, Nav: "/settings", Body: fieldsPage(c.View, p)})
}

// picked is the form of the field in the address, of a new one of a kind, or
// none.
func picked(c *door.Call, s *record.Session, o *schema.Object, q url.Values) *form {
	f := &form{Object: o, Lang: c.View.Lang, Base: s.Schema().Version}
	if k := schema.Kind(q.Get("add")); slices.Contains(schema.Kinds(), k) {
		f.Kind = k
		f.fill(&schema.FieldDef{Kind: k, OnDelete: schema.Clear, Search: k == schema.KindText, Scale: 2 * btoi(k == schema.KindDecimal)})
		if f.Has("options") {
			f.Options = make([]choice, 3)
		}
		f.Texts["digits"], f.Texts["function"] = "5", "count"
		return f
	}
	d, ok := o.Field(q.Get("field"))
	if !ok {
		return nil
	}
	f.Field, f.Kind, f.Name = d, d.Kind, d.Name
	f.fill(d)
	f.remember()
	if to := schema.Kind(q.Get("to")); slices.Contains(f.CanBecome(), to) {
		f.Kind = to
	}
	return f
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// complete adds what the form chooses from and counts.
func complete(c *door.Call, s *record.Session, f *form) error {
	for _, o := range s.Schema().Objects() {
		if o.Personal == "" && !o.Hidden {
			f.Targets = append(f.Targets, o)
		}
	}
	if f.Kind == schema.KindRollup {
		f.Rolls = slices.DeleteFunc(slices.Clone(s.Schema().LinksTo(f.Object.Name)), func(l *schema.FieldDef) bool { return l.Kind != schema.KindLink && l.Kind != schema.KindPerson })
	}
	if f.Field == nil || f.Field.Engine {
		return nil
	}
	f.Used, f.Counts = used(c, s, f.Field), map[string]int64{}
	if f.Field.Kind == schema.KindChoice {
		res, err := s.Aggregate(c.Ctx, record.Aggregate{Object: f.Object.Name, Group: []string{f.Field.Name}, Measures: []string{"count"}})
		if err != nil {
			return err
		}
		for _, g := range res.Groups {
			if key, ok := g.Keys[0].(string); ok {
				n, _ := g.Values[0].Value.(int64)
				f.Counts[key] = n
			}
		}
	}
	return nil
}

// used is how many records have a value; nought for what cannot be counted.
func used(c *door.Call, s *record.Session, f *schema.FieldDef) int64 {
	if _, err := s.Check(f.Object, f.Name+" is not empty", 0); err != nil {
		return 0
	}
	n, _, err := s.Count(c.Ctx, record.Query{Object: f.Object.Name, Filter: f.Name + " is not empty", Count: record.CountCapped})
	if err != nil {
		return 0
	}
	return n
}

// saveField adds a field or changes one, as the form says.
func saveField(c *door.Call) error {
	in, err := c.Form()
	if err != nil {
		return err
	}
	f := &form{Lang: c.View.Lang}
	err = read(c, func(s *record.Session) error {
		o, err := named(c, s)
		if err != nil {
			return err
		}
		f.Object, f.Kind = o, schema.Kind(in.Get("kind"))
		if name := in.Get("field"); name != "" {
			d, ok := o.Field(name)
			if !ok {
				return fault.New(fault.Conflict, "web.designer.field_gone", fault.Args{"name": name})
			}
			f.Field = d
		}
		f.read(in)
		return nil
	})
	if err != nil {
		return err
	}
	if f.act(in.Get("do")) {
		return fields(c, http.StatusOK, f)
	}
	p, err := f.proposal()
	if err == nil && len(p.Changes) == 0 {
		return c.Go(p.Back)
	}
	if err == nil {
		err = propose(c, p)
	}
	return refusedField(c, f, err)
}

// refusedField shows a form again with what is wrong with it.
func refusedField(c *door.Call, f *form, err error) error {
	e, ok := fault.As(err)
	if err == nil || !ok || e.Kind != fault.Invalid && e.Kind != fault.TooLarge {
		return err
	}
	f.Err = err
	if name, ok := e.Args["attribute"].(string); ok {
		f.Wrong = name
	}
	switch {
	case strings.HasPrefix(e.Key, "expr.") && f.Kind == schema.KindFormula, e.Key == "schema.formula_circle", e.Key == "schema.formula_not_stored":
		f.Wrong = "formula"
	case f.Kind == schema.KindRollup && (strings.HasPrefix(e.Key, "expr.") || e.Key == "schema.rollup_filter"):
		f.Wrong = "filter"
	case e.Key == "schema.bad_name", e.Key == "schema.name_taken", e.Key == "schema.reserved_name":
		f.Wrong = "name"
	}
	return fields(c, door.Status(err), f)
}

// proposal is the change that the form asks for.
func (f *form) proposal() (proposal, error) {
	if f.Field == nil {
		return f.addition()
	}
	back := address(f.Object, "?field="+f.Field.Name)
	p := proposal{Base: f.Base, Back: back, Done: back}
	set, err := f.changed()
	if err != nil {
		return p, err
	}
	x := schema.Change{Op: schema.ChangeField, Object: f.Object.Name, Field: f.Field.Name}
	if _, scaled := set["scale"]; f.Retyped() || scaled {
		x.Op = schema.RetypeField
		set["kind"] = f.Kind
		if !slices.Contains(has["scale"], f.Kind) {
			set["scale"] = 0
		}
		if f.Kind != schema.KindChoice && f.Kind != schema.KindChoices && len(f.Field.Options) > 0 {
			set["options"] = nil
		}
	}
	if len(set) == 0 {
		return p, nil
	}
	if x.Set, err = json.Marshal(set); err != nil {
		return p, err
	}
	p.Changes = []schema.Change{x}
	return p, nil
}

func (f *form) addition() (proposal, error) {
	p := proposal{Base: f.Base, Back: address(f.Object, "?add="+string(f.Kind))}
	label := orFirst(f.Labels, "en", f.Lang)
	if label == "" {
		return p, fault.New(fault.Invalid, "web.designer.label_wanted", fault.Args{"attribute": "labels"})
	}
	set, err := f.attributes()
	if err != nil {
		return p, err
	}
	name := f.Name
	if name == "" {
		name = fieldName(f.Object, label)
	}
	set["name"], set["kind"] = name, f.Kind
	for key, v := range set {
		if empty(v) || v == 0 {
			delete(set, key)
		}
	}
	if f.Kind == schema.KindText && f.Flags["search"] {
		set["fragments"] = true
	}
	raw, err := json.Marshal(set)
	p.Changes = []schema.Change{{Op: schema.AddField, Object: f.Object.Name, Set: raw}}
	p.Done = address(f.Object, "?field="+name)
	return p, err
}

// orFirst is the label in the first of the languages that has one, else any.
func orFirst(labels map[string]string, langs ...string) string {
	for _, l := range append(langs, i18n.Languages()...) {
		if labels[l] != "" {
			return labels[l]
		}
	}
	return ""
}

// removeField asks, with the numbers, before a field goes to the bin.
func removeField(c *door.Call) error {
	in, err := c.Form()
	if err != nil {
		return err
	}
	var p proposal
	err = read(c, func(s *record.Session) error {
		o, err := named(c, s)
		p = proposal{Changes: []schema.Change{{Op: schema.RemoveField, Object: c.R.PathValue("name"), Field: in.Get("field")}}, Ask: true}
		if err == nil {
			p.Back, p.Done = address(o, "?field="+in.Get("field")), address(o, "")
		}
		return err
	})
	if err != nil {
		return err
	}
	return remove(c, p)
}

// remove asks before something goes; where something hangs on it, the page says
// what.
func remove(c *door.Call, p proposal) error {
	err := propose(c, p)
	if e, ok := fault.As(err); ok && e.Kind == fault.Invalid {
		return blocked(c, p, err)
	}
	return err
}

// blocked is the page of a plan that cannot even be drawn up: something hangs on
// what is to go.
func blocked(c *door.Call, p proposal, problem error) error {
	r := &review{proposal: p, Title: c.View.T("web.designer.review"), Refused: true}
	err := read(c, func(s *record.Session) error {
		for _, x := range p.Changes {
			r.Lines = append(r.Lines, describe(c.View, s.Schema(), logged(s.Schema(), x))...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.Effects = []line{{Kind: "bad", Text: c.View.T("web.designer.hangs", "problem", c.View.Fault(problem))}}
	return c.ShowStatus(door.Status(problem), kit.Page{Title: r.Title, Nav: "/settings", Body: reviewPage(c.View, r)})
}

// saved is the version that the page is to offer taking back: the one just
// made, while nothing has come after it.
func saved(c *door.Call, s *record.Session) int64 {
	if c.R.Method == http.MethodGet && c.R.URL.Query().Get("saved") == kit.Plain(s.Schema().Version) {
		return s.Schema().Version
	}
	return 0
}
