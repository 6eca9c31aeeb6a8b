package assignment

import (
	"net/url"
	"slices"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/ownership"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
	"wellmet/internal/web/views"
)

// sheet is one rule while it is edited.
type sheet struct {
	v        *kit.View
	Rec      *record.Record // nil = a new one
	Object   *schema.Object
	When     *views.Box
	Trial    *ownership.Trial
	Places   []*schema.FieldDef // that can say where a record belongs
	Place    string
	form     url.Values // what was typed, and not saved
	Err      error
	Broken   error // what the rule names is gone
	Log      []parts.Failed
	controls []parts.Control
	names    *parts.Names
}

// URL is where the rule is saved.
func (x *sheet) URL() string {
	if x.Rec == nil {
		return home + "/new"
	}
	return home + "/" + x.Rec.ID.String()
}

func (x *sheet) title() string {
	if x.Rec == nil {
		return x.v.T("web.assignment.new")
	}
	return x.Rec.Title()
}

// fields are what is said of a rule beside condition and territory.
var fields = []string{"name", "how", "members", "team", "most_open", "in_hours", "fallback", "pool", "active"}

func show(c *door.Call) error { return (&sheet{}).answer(c) }

func (x *sheet) answer(c *door.Call) error {
	if err := c.AdminRead(func(s *record.Session) error { return x.load(c, s) }); err != nil {
		return err
	}
	return c.ShowStatus(door.StatusOf(x.Err), kit.Page{Title: x.title(), Nav: "/settings", Body: rulePage(x)})
}

// said is what was typed for a name, or asked for in the address.
func (x *sheet) said(c *door.Call, name, otherwise string) string {
	for _, from := range []url.Values{x.form, c.R.URL.Query()} {
		if from.Has(name) {
			return from.Get(name)
		}
	}
	return otherwise
}

// load reads the rule of the address, or begins a new one.
func (x *sheet) load(c *door.Call, s *record.Session) (err error) {
	x.v, x.names = c.View, parts.NewNames(s)
	object, when, place := x.said(c, "object", ""), "", ""
	if c.R.PathValue("id") != "" {
		id, err := c.ID()
		if err != nil {
			return err
		}
		if x.Rec, err = s.Get(c.Ctx, ownership.AssignmentRules.Name, id); err != nil {
			return err
		}
		object, _ = record.Get(x.Rec, ownership.RuleObject)
		when, _ = record.Get(x.Rec, ownership.RuleCondition)
		place, _ = record.Get(x.Rec, ownership.RuleTerritory)
	}
	if x.Object, err = objectOf(s, object); err != nil {
		return err
	}
	if err := x.troubles(c, s); err != nil {
		return err
	}
	x.Place = x.said(c, ownership.RuleTerritory.Name(), place)
	x.Places = places(s, x.Object)
	name := ownership.RuleCondition.Name()
	x.When, err = views.NewBox(c.Ctx, c.View, s, views.Box{Object: x.Object.Name, Name: name, Text: x.said(c, name, when), Back: x.URL() + "?object=" + x.Object.Name})
	if err != nil {
		return err
	}
	x.controls = parts.Controls(c.View, x.Rec, s.Schema().MustObject(ownership.AssignmentRules.Name), fields, x.form, x.Err)
	for _, y := range x.controls {
		x.names.WantControl(y)
	}
	return x.names.Load(c.Ctx)
}

// troubles reads what is wrong with a rule that is there, and what became of it.
func (x *sheet) troubles(c *door.Call, s *record.Session) error {
	if x.Rec == nil {
		return nil
	}
	broken, err := ownership.Broken(c.Ctx, s)
	if err != nil {
		return err
	}
	x.Broken = broken[x.Rec.ID]
	x.Log, err = parts.FailedOf(c.Ctx, s, x.Object, x.Rec.ID)
	return err
}

// places are the fields whose text can be a region.
func places(s *record.Session, o *schema.Object) []*schema.FieldDef {
	return slices.DeleteFunc(slices.Clone(o.Visible()), func(f *schema.FieldDef) bool {
		_, err := s.Check(o, f.Name, expr.Text)
		return err != nil || f.Kind == schema.KindLongText || f.Kind == schema.KindEmail || f.Kind == schema.KindPhone || f.Kind == schema.KindURL
	})
}

// read is what the form says of the rule.
func (x *sheet) read(c *door.Call, s *record.Session) (record.Values, error) {
	if err := x.load(c, s); err != nil {
		return nil, err
	}
	v, err := parts.ReadAll(c.View, s, parts.Fields(s.Schema().MustObject(ownership.AssignmentRules.Name), fields...), x.form, "")
	if err != nil {
		return nil, err
	}
	parts.Condition(v, ownership.RuleCondition, x.form)
	parts.Condition(v, ownership.RuleTerritory, x.form)
	return record.With(v, ownership.RuleObject, x.Object.Name), nil
}

// put writes the rule.
func (x *sheet) put(c *door.Call, s *record.Session, v record.Values) error {
	if x.Rec != nil {
		_, err := s.Update(c.Ctx, ownership.AssignmentRules.Name, x.Rec.ID, 0, v)
		return err
	}
	rules, err := rulesOf(c, s, x.Object.Name)
	if err != nil {
		return err
	}
	_, err = s.Create(c.Ctx, ownership.AssignmentRules.Name, record.With(v, ownership.RulePosition, int64(len(rules)+1)))
	return err
}

// save saves a rule, or tells whom it would have given what.
func save(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	x := &sheet{form: form}
	try := form.Get("do") == "try"
	act, err := c.AdminWrite("assignment.rule", func(s *record.Session) error {
		v, err := x.read(c, s)
		if err != nil || !try {
			if err == nil {
				err = x.put(c, s, v)
			}
			return err
		}
		x.Trial, err = c.WS.Owners().TryOut(c.Ctx, s, x.Object.Name, s.Now().AddDate(0, 0, -tryDays), func() error { return x.put(c, s, v) })
		return err
	})
	switch {
	case door.Showable(err):
		x.Err, x.Trial = err, nil
		return x.answer(c)
	case err != nil:
		return err
	case try:
		return x.answer(c)
	}
	return c.Leave(at(x.Object.Name), c.View.T("web.assignment.saved"), door.Undo(act))
}

// sentence is a rule in words.
func (b *book) sentence(r rule) string {
	v := b.v
	var list []string
	if len(r.Said) == 0 {
		list = append(list, v.T("web.assignment.always"))
	}
	list = append(list, r.Said...)
	text := func(name string) string {
		f, _ := b.ofRules.Field(name)
		x := r.Rec.Value(f)
		if x == nil {
			return ""
		}
		return parts.Text(v, b.names, f, x)
	}
	list = append(list, text("how"))
	for _, name := range []string{"members", "team"} {
		if who := text(name); who != "" {
			list = append(list, who)
		}
	}
	if most, ok := record.Get(r.Rec, ownership.RuleMostOpen); ok {
		list = append(list, v.T("web.assignment.most_open", "n", v.Int(most)))
	}
	if in, _ := record.Get(r.Rec, ownership.RuleInHours); in {
		list = append(list, v.T("web.assignment.in_hours"))
	}
	if who := text("fallback"); who != "" {
		list = append(list, v.T("web.assignment.else", "who", who))
	}
	if team := text("pool"); team != "" {
		list = append(list, v.T("web.assignment.else_pool", "pool", team))
	}
	return strings.Join(list, " · ")
}

// unlisted reports whether the territory is said by more than a field.
func (x *sheet) unlisted() bool {
	return x.Place != "" && !slices.ContainsFunc(x.Places, func(f *schema.FieldDef) bool { return f.Name == x.Place })
}
