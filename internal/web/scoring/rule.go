package scoring

import (
	"net/url"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
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
	Kind     string
	When     *views.Box
	Effect   *sales.Effect
	Log      []parts.Failed
	form     url.Values // what was typed, and not saved
	Err      error
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

// back is the page itself, to come back to.
func (x *sheet) back() string {
	if x.Rec == nil {
		return x.URL() + "?" + url.Values{"object": {x.Object.Name}, "kind": {x.Kind}}.Encode()
	}
	return x.URL() + "?object=" + x.Object.Name
}

func (x *sheet) title() string {
	if x.Rec == nil {
		return x.v.T("web.scoring.new." + x.Kind)
	}
	return x.Rec.Title()
}

// fieldsOf are what is said of a rule beside its condition.
func fieldsOf(kind string) []string {
	if kind == sales.Behaviour {
		return []string{"name", "event", "points", "half_life_days", "most", "active"}
	}
	return []string{"name", "points", "active"}
}

func show(c *door.Call) error { return (&sheet{}).answer(c) }

func (x *sheet) answer(c *door.Call) error {
	if err := c.AdminRead(func(s *record.Session) error { return x.load(c, s) }); err != nil {
		return err
	}
	return c.ShowStatus(door.StatusOf(x.Err), kit.Page{Title: x.title(), Nav: "/settings", Body: rulePage(x)})
}

// load reads the rule of the address, or begins a new one.
func (x *sheet) load(c *door.Call, s *record.Session) (err error) {
	q := c.R.URL.Query()
	for name := range x.form {
		q[name] = x.form[name]
	}
	x.v, x.names = c.View, parts.NewNames(s)
	if text := c.R.PathValue("id"); text != "" {
		id, err := c.ID()
		if err != nil {
			return err
		}
		if x.Rec, err = s.Get(c.Ctx, sales.ScoreRules.Name, id); err != nil {
			return err
		}
		object, _ := record.Get(x.Rec, sales.ScoreObject)
		q.Set("object", object)
		x.Kind, _ = record.Get(x.Rec, sales.ScoreKind)
	} else if x.Kind = q.Get("kind"); x.Kind != sales.Behaviour {
		x.Kind = sales.Fit
	}
	if x.Object, err = objectOf(s, q); err != nil {
		return err
	}
	box := views.Box{Object: x.Object.Name, Name: sales.ScoreCondition.Name(), Back: x.back()}
	if x.Rec != nil {
		box.Text, _ = record.Get(x.Rec, sales.ScoreCondition)
	}
	if q.Has(box.Name) {
		box.Text = q.Get(box.Name)
	}
	if x.When, err = views.NewBox(c.Ctx, c.View, s, box); err != nil {
		return err
	}
	if x.Rec != nil {
		if x.Log, err = parts.FailedOf(c.Ctx, s, x.Object, x.Rec.ID); err != nil {
			return err
		}
	}
	x.controls = parts.Controls(c.View, x.Rec, s.Schema().MustObject(sales.ScoreRules.Name), fieldsOf(x.Kind), x.form, x.Err)
	return nil
}

// read is what the form says of the rule.
func (x *sheet) read(c *door.Call, s *record.Session) (record.Values, error) {
	if err := x.load(c, s); err != nil {
		return nil, err
	}
	v, err := parts.ReadAll(c.View, s, parts.Fields(s.Schema().MustObject(sales.ScoreRules.Name), fieldsOf(x.Kind)...), x.form, "")
	if err != nil {
		return nil, err
	}
	parts.Condition(v, sales.ScoreCondition, x.form)
	if x.Rec == nil {
		record.With(record.With(v, sales.ScoreObject, x.Object.Name), sales.ScoreKind, x.Kind)
	}
	return v, nil
}

// put writes the rule.
func (x *sheet) put(c *door.Call, s *record.Session, v record.Values) error {
	if x.Rec != nil {
		_, err := s.Update(c.Ctx, sales.ScoreRules.Name, x.Rec.ID, 0, v)
		return err
	}
	rules, err := rulesOf(c, s, x.Object.Name)
	if err != nil {
		return err
	}
	_, err = s.Create(c.Ctx, sales.ScoreRules.Name, record.With(v, sales.ScorePosition, int64(len(rules)+1)))
	return err
}

// save saves a rule, or shows what it would do.
func save(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	x := &sheet{form: form}
	try := form.Get("do") == "try"
	act, err := c.AdminWrite("scoring.rule", func(s *record.Session) error {
		v, err := x.read(c, s)
		if err != nil {
			return err
		}
		if !try {
			return x.put(c, s, v)
		}
		x.Effect, err = sales.TryScoring(c.Ctx, s, x.Object.Name, func() error { return x.put(c, s, v) })
		return err
	})
	switch {
	case door.Showable(err) && !fault.Is(err, fault.NotFound):
		x.Err, x.Effect = err, nil
		return x.answer(c)
	case err != nil:
		return err
	case try:
		return x.answer(c)
	}
	return c.Leave(at(x.Object.Name), c.View.T("web.scoring.saved"), door.Undo(act))
}
