package activity

import (
	"cmp"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	room "wellmet/internal/activity"
	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// ask opens the composer without a record's page: in a dialog, or as a page.
func ask(c *door.Call) error {
	form := c.R.URL.Query()
	var d *draft
	err := c.Read(func(s *record.Session) error {
		if err := mayCreate(c, s); err != nil {
			return err
		}
		d = newDraft(c, s, form)
		d.Form.Del("about.text")
		return d.finish(c)
	})
	if err != nil {
		return err
	}
	if c.Fragment() {
		return c.Parts(http.StatusOK, draftDialog(c.View, d))
	}
	return c.Show(draftPageOf(c, d))
}

func draftPageOf(c *door.Call, d *draft) kit.Page {
	return kit.Page{Title: c.View.T("web.activity.log"), Nav: "/activities", Body: draftPage(c.View, d)}
}

// made is what a form wrote.
type made struct {
	id    value.ID
	act   value.ID
	kind  string
	label string // of the kind
	next  nextStep
}

// save writes an entry down, and what comes next, as one act.
func save(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	var m made
	err = c.Write("activities.log", func(s *record.Session) error {
		if err := mayCreate(c, s); err != nil {
			return err
		}
		m, err = write(c, s, newDraft(c, s, form))
		return err
	})
	if refused(err) {
		return again(c, form, err)
	}
	if err != nil {
		return err
	}
	return saved(c, form, m)
}

// refused reports whether the form can mend the error.
func refused(err error) bool {
	f, ok := fault.As(err)
	return ok && (f.Kind == fault.Invalid || f.Kind == fault.Conflict && len(f.Fields) > 0)
}

func write(c *door.Call, s *record.Session, d *draft) (made, error) {
	v, next, err := d.values(c, s)
	if err != nil {
		return made{}, err
	}
	out, err := s.Create(c.Ctx, room.Activities.Name, v)
	if err != nil {
		return made{}, err
	}
	m := made{id: out.ID, act: s.Act(), kind: d.Kind, label: kindLabel(c.View, d.object, d.Kind), next: next}
	return m, name(c, s, out.ID, next)
}

// name calls the task that follows on an activity as the user wants it.
func name(c *door.Call, s *record.Session, id value.ID, next nextStep) error {
	if next.Text == "" || next.At.IsZero() {
		return nil
	}
	where, err := expr.Compare(field(s, room.Previous.Name()).ExprField(), expr.OpEq, id)
	if err != nil {
		return err
	}
	sys := s.AsSystem("subject of the next step")
	page, err := sys.Query(c.Ctx, record.Query{Object: room.Activities.Name, Where: where, Fields: []string{"id"}, Limit: 1})
	if err != nil || len(page.Records) == 0 {
		return err
	}
	_, err = sys.Update(c.Ctx, room.Activities.Name, page.Records[0].ID, 0, record.With(record.Values{}, room.Subject, next.Text))
	return err
}

// again shows the form with what is wrong and all that was typed.
func again(c *door.Call, form url.Values, cause error) error {
	var d *draft
	err := c.Read(func(s *record.Session) (err error) {
		d = newDraft(c, s, form)
		d.blame(c.View, cause)
		if form.Get("place") != "" {
			if d.Work, err = about(c, s, form.Get("about")); err != nil {
				return err
			}
		}
		return d.finish(c)
	})
	switch {
	case err != nil:
		return err
	case !c.Fragment():
		return c.ShowStatus(http.StatusUnprocessableEntity, draftPageOf(c, d))
	case form.Get("place") == "step":
		return c.Parts(http.StatusUnprocessableEntity, planForm(c.View, d))
	case d.Work != nil:
		return c.Parts(http.StatusUnprocessableEntity, composer(c.View, d))
	}
	return c.Parts(http.StatusUnprocessableEntity, draftForm(c.View, d))
}

// saved answers with what the entry changed on the page, or lets the page load
// again where it is another's.
func saved(c *door.Call, form url.Values, m made) error {
	text := c.View.T("web.activity.saved", "kind", m.label)
	if !m.next.At.IsZero() {
		text = c.View.T("web.activity.saved_next", "kind", m.label, "when", (&Step{At: m.next.At}).said(c.View))
	}
	if !c.Fragment() {
		return c.Go("/activities/" + m.id.String())
	}
	if form.Get("place") == "" {
		return elsewhere(c, text, m.act)
	}
	w, err := refresh(c, form.Get("about"))
	if err != nil {
		return err
	}
	if form.Get("place") == "step" {
		return c.Parts(http.StatusOK, NextStep(c.View, w), timelinePart(w), kit.ToastPart(c.View, text, door.Undo(m.act)))
	}
	return c.Parts(http.StatusOK, composer(c.View, fresh(w, m.kind)), stepPart(c.View, w), timelinePart(w), kit.ToastPart(c.View, text, door.Undo(m.act)))
}

// blank is the form before anything is typed.
func blank(w *Work, kind string) *draft {
	return &draft{object: w.object, Kind: cmp.Or(kind, room.Note), Form: url.Values{}, Faults: map[string]string{}, Work: w, people: w.people}
}

// fresh is the empty form after an entry was saved: what was kept of it in the
// browser goes.
func fresh(w *Work, kind string) *draft {
	d := blank(w, kind)
	d.Form.Set("saved", "1")
	return d
}

func refresh(c *door.Call, ref string) (w *Work, err error) {
	err = c.Read(func(s *record.Session) error {
		w, err = about(c, s, ref)
		return err
	})
	return w, err
}

// elsewhere answers a change that was not made on a record's page.
func elsewhere(c *door.Call, text string, act value.ID, more ...templ.Component) error {
	c.W.Header().Set("HX-Trigger", "wellmet:refresh")
	return c.Parts(http.StatusOK, append(more, kit.ToastPart(c.View, text, door.Undo(act)))...)
}

// Touched are the parts of a record's page that an activity about it changes.
func Touched(c *door.Call, ref string) ([]templ.Component, error) {
	w, err := refresh(c, ref)
	if err != nil {
		return nil, err
	}
	return []templ.Component{stepPart(c.View, w), timelinePart(w)}, nil
}
