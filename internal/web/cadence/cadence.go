// Package cadence is the cadences of leads: administrators arrange their steps
// in settings and see who is in them; who works on leads lets them enter, holds
// and ends them on a lead's page, and lets many enter from a list.
package cadence

import (
	"net/url"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
	"wellmet/internal/web/views"
)

const home = "/settings/cadences"

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /settings/cadences", Do: list},
		{Pattern: "POST /settings/cadences", Do: add},
		{Pattern: "GET /settings/cadences/{id}", Do: show},
		{Pattern: "POST /settings/cadences/{id}", Do: save},
		{Pattern: "POST /settings/cadences/{id}/steps", Do: saveStep},
		{Pattern: "POST /settings/cadences/{id}/order", Do: arrange},
		{Pattern: "POST /settings/cadences/{id}/delete", Do: remove},

		{Pattern: "GET /{plural}/cadence", Do: askMany},
		{Pattern: "POST /{plural}/cadence", Do: enrollMany},
		{Pattern: "GET /{plural}/{id}/cadence", Do: ask},
		{Pattern: "POST /{plural}/{id}/cadence", Do: act},
	}
}

// known is a cadence in the list.
type known struct {
	Rec   *record.Record
	On    bool
	Steps int
	In    int64 // leads on their way
}

func (k known) URL() string { return home + "/" + k.Rec.ID.String() }

// listing is all cadences, and the one that was refused.
type listing struct {
	Known []known
	Name  string
	Empty bool
	Err   error
}

func list(c *door.Call) error { return (&listing{}).answer(c) }

func (l *listing) answer(c *door.Call) error {
	err := c.AdminRead(func(s *record.Session) (err error) {
		l.Known, err = all(c, s)
		return err
	})
	if err != nil {
		return err
	}
	return c.ShowStatus(door.StatusOf(l.Err), kit.Page{Title: c.View.T("web.cadence.title"), Nav: "/settings", Body: listPage(c.View, l)})
}

// all are the cadences in their order, with their steps counted.
func all(c *door.Call, s *record.Session) ([]known, error) {
	page, err := s.Query(c.Ctx, record.Query{Object: sales.Cadences.Name, Sort: "position,id", Limit: 500})
	if err != nil {
		return nil, err
	}
	steps, err := counted(c, s, sales.CadenceSteps.Name, sales.StepCadence.Name(), "")
	if err != nil {
		return nil, err
	}
	in, err := counted(c, s, sales.Enrollments.Name, sales.EnrollCadence.Name(), `state in ("active", "paused")`)
	if err != nil {
		return nil, err
	}
	var found []known
	for _, r := range page.Records {
		found = append(found, known{r, on(r), int(steps[r.ID.String()]), in[r.ID.String()]})
	}
	return found, nil
}

func on(r *record.Record) bool {
	active, said := record.Get(r, sales.CadenceActive)
	return active || !said
}

// counted counts the records of an object by a field.
func counted(c *door.Call, s *record.Session, object, by, filter string) (map[string]int64, error) {
	a, err := s.Aggregate(c.Ctx, record.Aggregate{Object: object, Filter: filter, Group: []string{by}, Measures: []string{"count"}, Limit: 1000})
	if err != nil {
		return nil, err
	}
	n := map[string]int64{}
	for _, g := range a.Groups {
		n[schema.Neutral(g.Keys[0])], _ = g.Values[0].Value.(int64)
	}
	return n, nil
}

func add(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	l := &listing{Name: strings.TrimSpace(form.Get("name")), Empty: form.Get("begin") == "empty"}
	var made value.ID
	act, err := c.AdminWrite("cadences.add", func(s *record.Session) (err error) {
		made, err = sales.NewCadence(c.Ctx, s, l.Name, !l.Empty)
		return err
	})
	if door.Showable(err) {
		l.Err = err
		return l.answer(c)
	}
	if err != nil {
		return err
	}
	return c.Leave(home+"/"+made.String(), c.View.T("web.cadence.made"), door.Undo(act))
}

// page is one cadence.
type page struct {
	v      *kit.View
	Rec    *record.Record
	On     bool
	Steps  []*record.Record
	Edit   string // step whose form is open; "add" = of a new one, "own" = of the cadence
	Going  []*record.Record
	States []count // enrollments by state and by reason
	When   *views.Box
	own    *schema.Object
	step   *schema.Object
	names  *parts.Names
	form   url.Values // what was typed and refused
	Err    error
}

// count is a number with what it counts.
type count struct {
	Label string
	N     int64
}

func (p *page) URL() string { return home + "/" + p.Rec.ID.String() }

var (
	ownFields  = []string{"name", "days", "active", "auto"}
	stepFields = []string{"name", "kind", "day", "at_time", "any_hour", "template", "body"}
)

func show(c *door.Call) error { return (&page{Edit: c.R.URL.Query().Get("edit")}).answer(c) }

func (p *page) answer(c *door.Call) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	if err := c.AdminRead(func(s *record.Session) error { return p.load(c, s, id) }); err != nil {
		return err
	}
	return c.ShowStatus(door.StatusOf(p.Err), kit.Page{Title: p.Rec.Title(), Nav: "/settings", Body: cadencePage(p)})
}

func (p *page) load(c *door.Call, s *record.Session, id value.ID) (err error) {
	p.v, p.names = c.View, parts.NewNames(s)
	p.own, p.step = s.Schema().MustObject(sales.Cadences.Name), s.Schema().MustObject(sales.CadenceSteps.Name)
	if p.Rec, err = s.Get(c.Ctx, sales.Cadences.Name, id); err != nil {
		return err
	}
	p.On = on(p.Rec)
	if p.Steps, err = sales.StepsOf(c.Ctx, s, id); err != nil {
		return err
	}
	for _, r := range p.Steps {
		p.names.WantRecord(r, p.step.Fields)
	}
	if err := p.loadGoing(c, s); err != nil {
		return err
	}
	box := views.Box{Object: sales.Leads.Name, Name: sales.CadenceCondition.Name(), Back: p.URL() + "?edit=own"}
	box.Text, _ = record.Get(p.Rec, sales.CadenceCondition)
	if q := c.R.URL.Query(); q.Has(box.Name) {
		box.Text = q.Get(box.Name)
	}
	if p.form.Has(box.Name) {
		box.Text = p.form.Get(box.Name)
	}
	if p.When, err = views.NewBox(c.Ctx, c.View, s, box); err != nil {
		return err
	}
	return p.names.Load(c.Ctx)
}

// mostGoing is how many of the leads on their way a page shows.
const mostGoing = 20

// loadGoing reads who is in the cadence, and what became of the others.
func (p *page) loadGoing(c *door.Call, s *record.Session) error {
	of := `cadence = "` + p.Rec.ID.String() + `"`
	object := s.Schema().MustObject(sales.Enrollments.Name)
	going, err := s.Query(c.Ctx, record.Query{Object: object.Name, Filter: of + ` and state in ("active", "paused")`, Sort: "next_at,id", Limit: mostGoing})
	if err != nil {
		return err
	}
	p.Going = going.Records
	for _, r := range p.Going {
		p.names.WantRecord(r, object.Fields)
	}
	p.States = nil
	for _, by := range []struct {
		field string
		keys  []string
	}{{"state", []string{sales.Going, sales.Paused}}, {"reason", sales.StopReasons}} {
		n, err := counted(c, s, object.Name, by.field, of)
		if err != nil {
			return err
		}
		f, _ := object.Field(by.field)
		for _, key := range by.keys {
			p.States = append(p.States, count{f.OptionLabel(key, c.View.Lang), n[key]})
		}
	}
	return nil
}

func (p *page) controls(of *record.Record, o *schema.Object, fields []string) []parts.Control {
	return parts.Controls(p.v, of, o, fields, p.form, p.Err)
}

// ended answers a change: what the page can show is shown in it.
func (p *page) ended(c *door.Call, err error, text string, act value.ID) error {
	switch {
	case err == nil:
		return c.Leave(home+"/"+c.R.PathValue("id"), text, door.Undo(act))
	case !door.Showable(err):
		return err
	}
	p.Err = err
	return p.answer(c)
}

// save changes the cadence itself.
func save(c *door.Call) error {
	id, form, err := c.Sent()
	if err != nil {
		return err
	}
	act, err := c.AdminWrite("cadences.change", func(s *record.Session) error {
		v, err := parts.ReadAll(c.View, s, parts.Fields(s.Schema().MustObject(sales.Cadences.Name), ownFields...), form, "")
		if err != nil {
			return err
		}
		parts.Condition(v, sales.CadenceCondition, form)
		_, err = s.Update(c.Ctx, sales.Cadences.Name, id, 0, v)
		return err
	})
	return (&page{Edit: "own", form: form}).ended(c, err, c.View.T("web.cadence.saved"), act)
}

// saveStep changes a step, or puts one behind the others.
func saveStep(c *door.Call) error {
	id, form, err := c.Sent()
	if err != nil {
		return err
	}
	step, _ := value.ParseID(form.Get("step"))
	edit, text := "add", c.View.T("web.cadence.step_added")
	if step != 0 {
		edit, text = step.String(), c.View.T("web.cadence.saved")
	}
	act, err := c.AdminWrite("cadences.step", func(s *record.Session) error {
		v, err := parts.ReadAll(c.View, s, parts.Fields(s.Schema().MustObject(sales.CadenceSteps.Name), stepFields...), form, "")
		if err != nil {
			return err
		}
		if step == 0 {
			return sales.AddStep(c.Ctx, s, id, v)
		}
		if err := of(c, s, step, id); err != nil {
			return err
		}
		_, err = s.Update(c.Ctx, sales.CadenceSteps.Name, step, 0, v)
		return err
	})
	return (&page{Edit: edit, form: form}).ended(c, err, text, act)
}

// of refuses a step of another cadence.
func of(c *door.Call, s *record.Session, step, cadence value.ID) error {
	r, err := s.Get(c.Ctx, sales.CadenceSteps.Name, step)
	if err != nil {
		return err
	}
	if whose, _ := record.Get(r, sales.StepCadence); whose != cadence {
		return fault.New(fault.NotFound, "web.no_page", nil)
	}
	return nil
}

// arrange moves a step, or takes it out.
func arrange(c *door.Call) error {
	id, form, err := c.Sent()
	if err != nil {
		return err
	}
	text, overtaken := c.View.T("web.cadence.moved"), false
	act, err := c.AdminWrite("cadences.order", func(s *record.Session) error {
		if gone, ok := strings.CutPrefix(form.Get("do"), "drop:"); ok {
			step, err := value.ParseID(gone)
			if err != nil {
				return fault.New(fault.NotFound, "web.no_page", nil)
			}
			text = c.View.T("web.cadence.step_gone")
			if err := of(c, s, step, id); err != nil {
				return err
			}
			return s.Delete(c.Ctx, sales.CadenceSteps.Name, step)
		}
		var err error
		overtaken, err = parts.Arrange(c.Ctx, s, sales.StepPosition.Name(), form, func() ([]*record.Record, error) { return sales.StepsOf(c.Ctx, s, id) })
		return err
	})
	if overtaken && err == nil {
		c.Warn("web.settings.overtaken")
	}
	return (&page{}).ended(c, err, text, act)
}

func remove(c *door.Call) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	act, err := c.AdminWrite("cadences.delete", func(s *record.Session) error { return s.Delete(c.Ctx, sales.Cadences.Name, id) })
	if door.Showable(err) {
		return (&page{}).ended(c, err, "", act)
	}
	if err != nil {
		return err
	}
	return c.Leave(home, c.View.T("web.cadence.deleted"), door.Undo(act))
}

// newStep is what a step begins as.
func (p *page) newStep() []parts.Control { return p.controls(nil, p.step, stepFields) }

// seen is the order of the steps that the page shows.
func (p *page) seen() string { return kit.Seen(parts.IDs(p.Steps)) }
