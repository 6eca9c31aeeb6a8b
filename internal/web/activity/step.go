package activity

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	room "wellmet/internal/activity"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/web/door"
	"wellmet/internal/web/guide"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// deed is a change of one step that is being filled in.
type deed struct {
	Step   *Step
	Work   *Work // on whose page it stands, nil elsewhere
	Form   url.Values
	Faults map[string]string
	Names  *parts.Names
	object *schema.Object
}

// strip answers the next step as it is: what was begun in its place is left.
func strip(c *door.Call) error {
	w, err := refresh(c, c.R.URL.Query().Get("about"))
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, NextStep(c.View, w))
}

// plan answers the form that plans a next step in the place of the strip.
func plan(c *door.Call) error {
	w, err := refresh(c, c.R.URL.Query().Get("about"))
	if err != nil {
		return err
	}
	d := &draft{object: w.object, Kind: room.Task, Form: url.Values{}, Faults: map[string]string{}, Work: w}
	return c.Parts(http.StatusOK, planForm(c.View, d))
}

// open reads the step of the address, and the page on which it stands.
func open(c *door.Call, s *record.Session, form url.Values) (*deed, error) {
	r, err := read(c, s)
	if err != nil {
		return nil, err
	}
	d := &deed{object: activities(s), Form: form, Faults: map[string]string{}, Names: parts.NewNames(s)}
	if d.Step, err = stepOf(c, s, r); err != nil {
		return nil, err
	}
	if text := form.Get("about"); text != "" {
		if d.Work, err = about(c, s, text); err != nil {
			return nil, err
		}
	}
	d.Names.Want(field(s, room.Targets.Name()), d.Step.about)
	return d, d.Names.Load(c.Ctx)
}

// asking answers a form about the step of the address.
func asking(c *door.Call, show func(*kit.View, *deed) templ.Component) error {
	var d *deed
	err := c.Read(func(s *record.Session) (err error) {
		d, err = open(c, s, c.R.URL.Query())
		return err
	})
	if err != nil {
		return err
	}
	if !c.Fragment() {
		return c.Show(kit.Page{Title: d.Step.Subject, Nav: "/activities", Body: deedPage(c.View, d, show(c.View, d))})
	}
	return c.Parts(http.StatusOK, show(c.View, d))
}

func askDone(c *door.Call) error { return asking(c, doneForm) }

func askWhen(c *door.Call) error { return asking(c, whenForm) }

// quick is everything that can be done with an activity, as a dialog.
func quick(c *door.Call) error { return asking(c, quickDialog) }

// done completes an activity: with what came of it and what comes next, or just
// so.
func done(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	var d *deed
	var m made
	err = c.Write("activities.done", func(s *record.Session) error {
		if d, err = open(c, s, form); err != nil {
			return err
		}
		m, err = d.complete(c, s)
		return err
	})
	if refused(err) {
		return deedAgain(c, form, err, doneForm)
	}
	if err != nil {
		return err
	}
	return changed(c, form, m, c.View.T("web.activity.is_done", "subject", d.Step.Subject))
}

// complete marks the step as done, with what came of it and what comes next.
func (d *deed) complete(c *door.Call, s *record.Session) (m made, err error) {
	v := record.With(record.Values{}, room.Done, true)
	if err := d.result(v); err != nil {
		return m, err
	}
	m.label = d.Step.Subject
	if m.next, err = readNext(c.View, d.Form); err != nil {
		return m, err
	}
	if !m.next.At.IsZero() && !d.Step.Repeats {
		record.With(v, room.NextAt, m.next.At)
	}
	if _, err = s.Update(c.Ctx, room.Activities.Name, d.Step.ID, 0, v); err != nil {
		return m, err
	}
	m.id, m.act = d.Step.ID, s.Act()
	return m, name(c, s, d.Step.ID, m.next)
}

// result takes what came of a step, and a text about it.
func (d *deed) result(v record.Values) error {
	if r := d.Form.Get("result"); r != "" {
		if !slices.Contains(results[d.Step.Kind], r) {
			return refusal("result", "web.activity.no_such_result", nil)
		}
		record.With(v, room.Result, r)
	}
	if text := strings.TrimSpace(strings.ReplaceAll(d.Form.Get("body"), "\r\n", "\n")); text != "" {
		if d.Step.body != "" {
			text = d.Step.body + "\n\n" + text
		}
		record.With(v, room.Body, text)
	}
	return nil
}

// reschedule gives a step another time; a meeting keeps its length.
func reschedule(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	var d *deed
	m := made{}
	to := Step{}
	err = c.Write("activities.reschedule", func(s *record.Session) error {
		if d, err = open(c, s, form); err != nil {
			return err
		}
		at, ok, err := chosen(c.View, form, "to", clockOf(c.View, d.Step.At))
		if err == nil && !ok {
			err = refusal("to", "web.activity.when_missing", nil)
		}
		if err != nil {
			return err
		}
		r, err := read(c, s)
		if err != nil {
			return err
		}
		v := record.Values{}
		start, meets := record.Get(r, room.StartsAt)
		if end, ok := record.Get(r, room.EndsAt); meets && ok {
			record.With(v, room.EndsAt, at.Add(end.Sub(start)))
		}
		if meets {
			record.With(v, room.StartsAt, at)
		} else {
			record.With(v, room.DueAt, at)
		}
		if _, err := s.Update(c.Ctx, room.Activities.Name, r.ID, 0, v); err != nil {
			return err
		}
		to.At, m.act = at, s.Act()
		return nil
	})
	if refused(err) {
		return deedAgain(c, form, err, whenForm)
	}
	if err != nil {
		return err
	}
	return changed(c, form, m, c.View.T("web.activity.moved", "subject", d.Step.Subject, "when", to.said(c.View)))
}

// deedAgain shows the form with what is wrong.
func deedAgain(c *door.Call, form url.Values, cause error, show func(*kit.View, *deed) templ.Component) error {
	var d *deed
	err := c.Read(func(s *record.Session) (err error) {
		d, err = open(c, s, form)
		return err
	})
	if err != nil {
		return err
	}
	faults := &draft{Faults: d.Faults}
	faults.blame(c.View, cause)
	if !c.Fragment() {
		return c.ShowStatus(http.StatusUnprocessableEntity, kit.Page{Title: d.Step.Subject, Nav: "/activities", Body: deedPage(c.View, d, show(c.View, d))})
	}
	return c.Parts(http.StatusUnprocessableEntity, show(c.View, d))
}

// changed answers a change of a step: on a record's page with its parts,
// elsewhere by loading the page again.
func changed(c *door.Call, form url.Values, m made, text string) error {
	switch {
	case !c.Fragment() && form.Get("about") == "":
		return c.Go("/activities/" + c.R.PathValue("id"))
	case form.Get("about") == "":
		return elsewhere(c, text, m.act)
	}
	w, err := refresh(c, form.Get("about"))
	if err != nil {
		return err
	}
	if !c.Fragment() {
		return c.Go(w.URL)
	}
	guide.Changed(c)
	return c.Parts(http.StatusOK, NextStep(c.View, w), timelinePart(w), kit.ToastPart(c.View, text, door.Undo(m.act)))
}

// other are faults that no input of the form shows.
func (d *deed) other() string { return (&draft{Faults: d.Faults}).other() }
