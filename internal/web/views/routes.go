package views

import (
	"net/http"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"

	"github.com/a-h/templ"
)

// Routes are the addresses that belong to looks: forms of filters, menus,
// counts and saved views; and to conditions in settings.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /{plural}/filter", Do: filter},
		{Pattern: "GET /{plural}/sort", Do: sortMenu},
		{Pattern: "GET /{plural}/columns", Do: columnsMenu},
		{Pattern: "GET /{plural}/save", Do: saveMenu},
		{Pattern: "POST /{plural}/save", Do: save},
		{Pattern: "GET /{plural}/counts", Do: counts},
		{Pattern: "GET /settings/condition", Do: askBox},
		{Pattern: "POST /settings/condition", Do: takeBox},
	}
}

// look reads the state of the address.
func look(c *door.Call, fn func(*record.Session, *State) error) (st *State, err error) {
	err = c.Read(func(s *record.Session) error {
		o, err := c.Object(s)
		if err != nil {
			return err
		}
		if st, err = Parse(c, s, o); err != nil || fn == nil {
			return err
		}
		return fn(s, st)
	})
	return st, err
}

// answer shows a form in its menu, or as a page of its own without script.
func answer(c *door.Call, o *schema.Object, status int, title string, body templ.Component) error {
	if c.Fragment() {
		return c.Parts(status, body)
	}
	return c.ShowStatus(status, kit.Page{Title: title, Nav: "/" + o.Plural, Body: alone(c.View, o, title, body)})
}

// sortMenu offers the fields to order by.
func sortMenu(c *door.Call) error {
	var fields []Column
	st, err := look(c, func(s *record.Session, st *State) error {
		fields = st.sortables(s)
		return nil
	})
	if err != nil {
		return err
	}
	return answer(c, st.Object, http.StatusOK, c.View.T("web.views.sort"), sorts(c.View, st, fields))
}

// sortables are the columns of the list to order by, then the object's other fields.
func (st *State) sortables(s *record.Session) []Column {
	var all []Column
	seen := map[string]bool{}
	for _, col := range st.columns {
		if col.Sortable {
			all, seen[col.Path] = append(all, col), true
		}
	}
	for _, f := range st.choices {
		if c := (Column{Path: f.Name, Field: f}); !seen[f.Name] && sortable(s, f) && st.knows(c) {
			all = append(all, Column{Path: f.Name, Field: f, Sortable: true})
		}
	}
	return all
}

// counts are how many records each view has, as parts for the tabs.
func counts(c *door.Call) error {
	var figures []templ.Component
	_, err := look(c, func(s *record.Session, st *State) error {
		if st.Past() {
			return nil
		}
		for i, t := range st.Tabs[:min(len(st.Tabs), mostCounted)] {
			n, capped, err := s.Count(c.Ctx, record.Query{Object: st.Object.Name, Filter: t.Filter, Count: record.CountCapped})
			if err != nil || t.problem != "" {
				continue // the tab itself tells why when it is opened
			}
			figures = append(figures, count(i, Figure(c.View, n, capped)))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, figures...)
}

// mostCounted is of how many views the records are counted.
const mostCounted = 9

// Figure is a number of records: "10,000+" for more than are counted.
func Figure(v *kit.View, n int64, capped bool) string {
	if capped {
		return v.T("web.views.more_than", "n", v.Int(min(n, record.CountCap)))
	}
	return v.Int(n)
}
