package people

import (
	"net/http"
	"net/url"

	"wellmet/internal/access"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

const opennessURL = "/settings/openness"

var degrees = []access.Openness{access.Open, access.TeamOnly, access.Private}

// open1 is how open one object is, and how it would be.
type open1 struct {
	Object *schema.Object
	Now    access.Openness
	Chosen access.Openness
}

func (o open1) changed() bool { return o.Now != o.Chosen }

type opennessView struct {
	Objects []open1
	Effects []*access.Tightening // beside the objects that change
	Err     error
}

func showOpenness(c *door.Call) error {
	w, err := opennessOf(c, nil)
	if err != nil {
		return err
	}
	return reply(c, http.StatusOK, w.page(c))
}

func (w *opennessView) page(c *door.Call) kit.Page {
	return kit.Page{Title: c.View.T("web.people.openness"), Nav: "/settings", Body: opennessPage(c.View, w)}
}

// opennessOf reads how open every object is; a form says how it shall be.
func opennessOf(c *door.Call, form url.Values) (*opennessView, error) {
	w := &opennessView{}
	err := c.Read(func(s *record.Session) error {
		w.Objects, w.Effects, w.Err = nil, nil, nil
		if err := admin(s); err != nil {
			return err
		}
		for _, o := range s.Schema().Objects() {
			if o.Access != schema.Owned || o.Personal != "" || o.Hidden {
				continue
			}
			x := open1{Object: o, Now: s.Roster().Openness(o)}
			x.Chosen = x.Now
			if form.Has("o." + o.Name) {
				to, err := access.ParseOpenness(form.Get("o." + o.Name))
				if err != nil {
					w.Err = err
				} else {
					x.Chosen = to
				}
			}
			w.Objects = append(w.Objects, x)
			if !x.changed() {
				continue
			}
			t, err := access.TightenOpenness(c.Ctx, s.Tx(), s.Roster(), o, x.Chosen, s.Now())
			if err != nil {
				return err
			}
			w.Effects = append(w.Effects, t)
		}
		return nil
	})
	return w, err
}

// saveOpenness shows who loses what, and changes it once that was seen.
func saveOpenness(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	w, err := opennessOf(c, form)
	switch {
	case err != nil:
		return err
	case w.Err != nil:
		return reply(c, door.Status(w.Err), w.page(c))
	case len(w.Effects) == 0 || form.Has("back"):
		return reply(c, http.StatusOK, w.page(c))
	case form.Has("sure"):
		return applyOpenness(c, form, false)
	}
	title := c.View.T("web.people.review_openness")
	if c.Fragment() {
		return c.Parts(http.StatusOK, askDialog(c.View, title, reviewOpenness(c.View, w)))
	}
	return c.ShowStatus(http.StatusOK, kit.Page{Title: title, Nav: "/settings", Body: askPage(c.View, opennessURL, title, reviewOpenness(c.View, w))})
}

// undoOpenness puts back what the address says.
func undoOpenness(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	return applyOpenness(c, form, true)
}

func applyOpenness(c *door.Call, form url.Values, back bool) error {
	before := url.Values{}
	err := c.Write("openness.change", func(s *record.Session) error {
		if err := admin(s); err != nil {
			return err
		}
		for _, o := range s.Schema().Objects() {
			name := "o." + o.Name
			now := s.Roster().Openness(o)
			if !form.Has(name) || form.Get(name) == string(now) {
				continue
			}
			to, err := access.ParseOpenness(form.Get(name))
			if err == nil {
				err = s.SetOpenness(c.Ctx, o, to)
			}
			if err != nil {
				return err
			}
			before.Set(name, string(now))
		}
		return nil
	})
	if err != nil {
		return err
	}
	text, undo := c.View.T("web.people.openness_back"), ""
	if !back {
		text, undo = c.View.T("web.people.openness_saved"), opennessURL+"/back?"+before.Encode()
	}
	return done(c, opennessURL, func() (kit.Page, error) {
		w, err := opennessOf(c, nil)
		return w.page(c), err
	}, text, undo)
}

// tightening says what a change of openness takes away.
func tightening(v *kit.View, o open1, t *access.Tightening) []string {
	var out []string
	for _, g := range t.Groups {
		if g.Records > 0 {
			out = append(out, v.T("web.people.lose_group", "count", g.Members, "from", scopeLabel(v, g.From), "to", scopeLabel(v, g.To), "what", records1(v, o.Object.Label(v.Lang), g.Records)))
		}
	}
	if len(out) == 0 {
		out = append(out, v.T("web.people.lose_nothing"))
	}
	return out
}

// losing are the people whom a change costs something.
func losing(t *access.Tightening) []access.Loss {
	var all []access.Loss
	for _, l := range t.Losses {
		if l.Lost > 0 {
			all = append(all, l)
		}
	}
	return all
}

func degree(v *kit.View, o access.Openness) string { return v.T("web.people.degree." + string(o)) }

func degreeHelp(v *kit.View, o access.Openness) string {
	return v.T("web.people.degree_help." + string(o))
}
