package record

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
)

const (
	// newsMost is how many changes a page that has slept looks through.
	newsMost = 100
	// newsFields is how many changed fields are named.
	newsFields = 3
)

// news is what others have done to the record since the actor last looked.
type news struct {
	m     *model
	since int64 // the version that the actor knows
	text  string
}

// url is where the page asks what is new; seen says that the actor knows it.
func (x news) url(more string) string {
	return x.m.url("/news?v=" + number(x.m.r.Version) + "&since=" + number(cmp.Or(x.since, x.m.r.Version)) + more)
}

// showNews brings the page up to date and tells what others have changed. What
// is being edited there stays as it is, and nothing is answered when nothing is
// new.
func showNews(c *door.Call) error {
	q := c.R.URL.Query()
	version, _ := strconv.ParseInt(q.Get("v"), 10, 64)
	since, _ := strconv.ParseInt(q.Get("since"), 10, 64)
	seen, show := q.Has("seen"), q.Has("show")
	if seen {
		since = version
	}
	var answer []templ.Component
	err := c.Read(func(s *record.Session) error {
		m, err := loadTabs(c, s, tabHistory)
		if err != nil || m.r.Version == version && !seen {
			return err
		}
		answer, err = newsOf(c, s, m, min(since, version), version)
		if err == nil && show {
			m.panel, err = panel(c, s, m, m.tab)
			answer = append(answer, replaced("r-panel", panelBox(m)))
		}
		return err
	})
	switch {
	case fault.Is(err, fault.NotFound):
		return c.Parts(http.StatusOK, replaced("r-news", newsGone(c.View, c.R.URL.Path[:strings.LastIndex(c.R.URL.Path, "/")])))
	case err != nil:
		return err
	case len(answer) == 0:
		return c.Done()
	}
	return c.Parts(http.StatusOK, answer...)
}

// newsOf are the parts of the page that changed after the version it shows, and
// the bar that tells of all since the actor last looked.
func newsOf(c *door.Call, s *record.Session, m *model, since, version int64) ([]templ.Component, error) {
	entries, err := s.History(c.Ctx, m.o.Name, m.r.ID, 0, newsMost)
	if err != nil {
		return nil, err
	}
	entries = slices.DeleteFunc(entries, func(e record.Entry) bool { return e.Version <= since })
	m.fresh = map[string]bool{}
	appeared := false
	for _, e := range entries {
		for _, x := range e.Changes {
			if e.Version > version && e.Actor != s.Actor().Member() {
				m.fresh[x.Field] = true
			}
			if f := m.field(x.Field); f != nil && !m.writable(f) && (string(x.Old) == "null") != (string(x.New) == "null") {
				appeared = true
			}
		}
	}
	if m.path, err = pathOf(c, s, m); err != nil {
		return nil, err
	}
	x := tell(m, s.Actor().Member(), entries)
	if x.since = since; x.text == "" {
		x.since = m.r.Version
	}
	parts := []templ.Component{replaced("r-news", newsBar(x))}
	if m.r.Version == version {
		return parts, nil
	}
	if appeared { // a field that nobody sets shows only with a value
		parts = append(parts, swapped("r-side:not(:has(.editing))", side(m)))
	}
	for _, f := range m.fields() {
		if m.paneled(f) && (f.Engine || f.Quiet || f.Derived() || changedIn(entries, f)) {
			parts = append(parts, swapped(fieldID(m, f)+":not(.editing)", fieldShown(m, f)))
		}
	}
	return append(parts, swapped("r-head", head(m)), swapped("r-path", stagePath(m))), nil
}

func changedIn(entries []record.Entry, f *schema.FieldDef) bool {
	return slices.ContainsFunc(entries, func(e record.Entry) bool {
		return slices.ContainsFunc(e.Changes, func(x record.FieldChange) bool { return x.Field == f.Name })
	})
}

// tell puts what others did into words: who, and which fields, the latest first.
func tell(m *model, me value.ID, entries []record.Entry) news {
	var who []value.ID
	var fields []string
	for _, e := range entries {
		if e.Actor == me {
			continue
		}
		told := e.Kind != string(record.Updating)
		for _, x := range e.Changes {
			f := m.field(x.Field)
			if f == nil || quiet[f.Name] || f.Derived() {
				continue
			}
			if told = true; !slices.Contains(fields, f.Label(m.v.Lang)) {
				fields = append(fields, f.Label(m.v.Lang))
			}
		}
		if told && !slices.Contains(who, e.Actor) {
			who = append(who, e.Actor)
		}
	}
	x := news{m: m}
	if len(who) == 0 {
		return x
	}
	name := cmp.Or(m.n.Person(who[0]).Name, m.v.T("web.record.system"))
	list := m.v.List(fields[:min(len(fields), newsFields)])
	if len(fields) > newsFields {
		list += " …"
	}
	switch {
	case len(fields) == 0:
		x.text = m.v.T("web.record.news_other", "who", name)
	case len(who) > 1:
		x.text = m.v.T("web.record.news_many", "fields", list)
	default:
		x.text = m.v.T("web.record.news", "who", name, "fields", list)
	}
	return x
}
