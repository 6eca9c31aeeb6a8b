// Package list is the list of any object: rows and columns over a view, with
// bulk actions, totals, deleted records and files to take along.
package list

import (
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"wellmet/internal/record"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/views"
)

// Routes are the addresses of this area.
func Routes() []door.Route {
	return append([]door.Route{
		{Pattern: "GET /{plural}", Do: Index},
		{Pattern: "GET /{plural}/rows", Do: rows},
		{Pattern: "GET /{plural}/foot", Do: foot},
		{Pattern: "GET /{plural}/bulk", Do: ask},
		{Pattern: "POST /{plural}/bulk", Do: bulk},
		{Pattern: "GET /{plural}/export", Do: export, Stream: true},
	}, views.Routes()...)
}

// Index shows the records in the layout that the address asks for.
func Index(c *door.Call) error {
	var p *page
	var st *views.State
	err := c.Read(func(s *record.Session) error {
		o, err := c.Object(s)
		if err != nil {
			return err
		}
		if st, err = views.Parse(c, s, o); err != nil {
			return err
		}
		if other(st) != nil {
			return nil
		}
		p, err = load(c, s, st)
		return err
	})
	if err != nil {
		return err
	}
	if show := other(st); show != nil {
		return show(c, st)
	}
	return c.Show(kit.Page{Title: st.Label(c.View).Many, Nav: nav(st), Body: whole(c.View, p)})
}

// other is who shows the records when not as a list.
func other(st *views.State) func(*door.Call, *views.State) error {
	if st.Trash {
		return nil
	}
	return layouts[st.Layout]
}

// nav is the entry of the side bar that the list belongs to.
func nav(st *views.State) string {
	if st.Object.Name == "activity" && st.Current().Key == "tasks" {
		return "/activities?view=tasks"
	}
	return "/" + st.Object.Plural
}

// rows answers the table anew, or the rows behind a cursor.
func rows(c *door.Call) error {
	p, err := read(c)
	if err != nil {
		return err
	}
	switch c.R.URL.Query().Get("part") {
	case "more":
		p.Rows += len(p.records)
		c.W.Header().Set("HX-Replace-Url", p.URL(p.Here()...)) // Back finds these rows too
		return c.Parts(http.StatusOK, more(c.View, p))
	case "cell":
		return oneCell(c, p)
	}
	return c.Parts(http.StatusOK, region(c.View, p))
}

// oneCell answers a cell as it is after an edit in place.
func oneCell(c *door.Call, p *page) error {
	i := slices.IndexFunc(p.cols, func(col column) bool { return col.Path == c.R.URL.Query().Get("f") })
	if i < 0 || len(p.records) == 0 {
		return c.Done()
	}
	return c.Parts(http.StatusOK, p.inCell(c.View, p.records[0], &p.cols[i]), stays(c.View, p.fits))
}

func read(c *door.Call) (p *page, err error) {
	err = c.Read(func(s *record.Session) error {
		o, err := c.Object(s)
		if err != nil {
			return err
		}
		st, err := views.Parse(c, s, o)
		if err == nil {
			p, err = load(c, s, st)
		}
		return err
	})
	return p, err
}

// foot answers the figures under the table.
func foot(c *door.Call) error {
	var cells []templ.Component
	err := c.Read(func(s *record.Session) error {
		o, err := c.Object(s)
		if err != nil {
			return err
		}
		st, err := views.Parse(c, s, o)
		if err == nil {
			cells, err = totals(c, s, st)
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, cells...)
}
