package record

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"wellmet/internal/access"
	"wellmet/internal/dedupe"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
	work "wellmet/internal/web/activity"
	"wellmet/internal/web/door"
	"wellmet/internal/web/guide"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/predict"
)

// show answers the page of one record. One that was merged leads to the record
// it went into. What is in the trash says so to those who may take it out again;
// to all others it is not there.
func show(c *door.Call) error {
	var m *model
	var gone *trashed
	var into value.ID
	err := c.Read(func(s *record.Session) (err error) {
		if m, err = loadPage(c, s, pageState(c)); fault.Is(err, fault.NotFound) {
			if into = mergedInto(c, s); into != 0 {
				return nil
			}
			gone, err = inTrash(c, s, err)
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case into != 0:
		return c.Go("/" + c.R.PathValue("plural") + "/" + into.String())
	}
	if gone != nil {
		return c.ShowStatus(http.StatusNotFound, kit.Page{Title: gone.title, Nav: "/" + gone.o.Plural, Body: trashPage(c.View, gone)})
	}
	return c.Show(kit.Page{Title: m.title(), Nav: "/" + m.o.Plural, Body: page(m)})
}

// mergedInto is the record that the one of the address went into, 0 for none
// that the actor may read.
func mergedInto(c *door.Call, s *record.Session) value.ID {
	o, id, err := target(c, s)
	if err != nil {
		return 0
	}
	into, _, err := dedupe.Winner(c.Ctx, s, o, id)
	if err != nil {
		return 0
	}
	return into
}

// state is what the address of a record's page says beside the record.
type state struct{ tab, in string }

// everything is the list one came from when it had no filter.
const everything = "all"

// pageState reads the address; the list one came from is the page before where
// the address does not name it.
func pageState(c *door.Call) state {
	q := c.R.URL.Query()
	st := state{tab: q.Get("tab"), in: q.Get("in")}
	if st.in != "" {
		return st
	}
	from := c.R.Header.Get("HX-Current-URL")
	if from == "" {
		from = c.R.Header.Get("Referer")
	}
	u, err := url.Parse(from)
	plural := c.R.PathValue("plural")
	switch {
	case err != nil || u.Host != "" && u.Host != c.R.Host:
	case u.Path == "/"+plural:
		if st.in = u.RawQuery; st.in == "" {
			st.in = everything
		}
	case u.Path == c.R.URL.Path: // the same record again
		st.in = u.Query().Get("in")
	}
	return st
}

// current is the state of the page that a fragment's request comes from.
func current(c *door.Call) (state, bool) {
	u, err := url.Parse(c.R.Header.Get("HX-Current-URL"))
	if err != nil || u.Path != "/"+c.R.PathValue("plural")+"/"+c.R.PathValue("id") {
		return state{}, false
	}
	return state{tab: u.Query().Get("tab"), in: u.Query().Get("in")}, true
}

// loadPage reads all that the page shows at once; figures and counts follow by
// themselves.
func loadPage(c *door.Call, s *record.Session, st state) (*model, error) {
	m, err := load(c, s)
	if err != nil {
		return nil, err
	}
	m.in, m.tabs = st.in, tabsOf(c.Ctx, s, m)
	m.tab = m.known(st.tab)
	if m.path, err = pathOf(c, s, m); err != nil {
		return nil, err
	}
	if m.guide, err = guide.Of(c, s, m.r); err != nil {
		return nil, err
	}
	if m.deal() {
		if m.outlook, err = predict.Of(c, s, m.r); err != nil {
			return nil, err
		}
	}
	if m.work, err = work.Load(c, s, m.o, m.r); err != nil {
		return nil, err
	}
	m.panel, err = panel(c, s, m, m.tab)
	return m, err
}

// complete reads what a fresh page fetches by itself: an element that stays in
// its place fetches nothing again.
func (m *model) complete(c *door.Call, s *record.Session) (err error) {
	if err := m.count(c, s); err != nil {
		return err
	}
	if customers[m.o.Name] {
		m.figures, err = figuresOf(c, s, m)
	}
	return err
}

// refreshed answers a change of the whole record: on its own page with the page
// as it is now, elsewhere by asking the page to load again. text is the notice,
// undo its way back.
func refreshed(c *door.Call, text, undo string) error {
	if c.R.Header.Get("HX-Request") != "true" {
		return c.Go("/" + c.R.PathValue("plural") + "/" + c.R.PathValue("id"))
	}
	var answer []templ.Component
	if st, here := current(c); here {
		var m *model
		err := c.Read(func(s *record.Session) (err error) {
			if m, err = loadPage(c, s, st); err == nil {
				err = m.complete(c, s)
			}
			return err
		})
		if err != nil {
			return err
		}
		answer = append(answer, morphed(m))
	} else {
		c.W.Header().Set("HX-Trigger", "wellmet:refresh")
	}
	if text != "" {
		answer = append(answer, kit.ToastPart(c.View, text, undo))
	}
	return c.Parts(http.StatusOK, answer...)
}

// exports reports whether the actor may take the record out.
func (m *model) exports() bool { return m.actor.Reaches(m.o, access.Export, m.r.Owner()) }
