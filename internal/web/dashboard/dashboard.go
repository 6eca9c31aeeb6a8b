// Package dashboard is pages of tiles that people put together, and the mails
// that bring them: each tile is loaded, and fails, alone.
package dashboard

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/store"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	webreport "wellmet/internal/web/report"
)

const home = "/dashboards"

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /dashboards", Do: first},
		{Pattern: "POST /dashboards/new", Do: create},
		{Pattern: "GET /dashboards/{key}", Do: show},
		{Pattern: "GET /dashboards/{key}/tiles/{tile}", Do: tile},
		{Pattern: "GET /dashboards/{key}/edit", Do: edit},
		{Pattern: "POST /dashboards/{key}/edit", Do: change},
		{Pattern: "POST /dashboards/{key}/copy", Do: create},
		{Pattern: "POST /dashboards/{key}/first", Do: choose},
		{Pattern: "GET /schedules", Do: schedules},
		{Pattern: "POST /schedules", Do: schedule},
		{Pattern: "GET /schedules/{id}", Do: rescheduling},
		{Pattern: "POST /schedules/{id}", Do: reschedule},
		{Pattern: "POST /schedules/{id}/delete", Do: unschedule},
	}
}

// board is a dashboard as its page shows it.
type board struct {
	v     *kit.View
	words *report.Words
	all   []report.Dashboard
	report.Dashboard
	scope report.Scope
	bar   templ.Component
	mine  bool // who looks may change it
	home  bool // it is the one that he sees first
	// Of the edit page.
	gallery []family
	broken  map[string]string
	roles   []choice
}

// URL is an address of the dashboard.
func (b *board) url(rest string) string { return home + "/" + b.Key + rest }

func (b *board) name(d report.Dashboard) string { return d.Title(b.words) }

// first leads to the dashboard that the caller sees first.
func first(c *door.Call) error {
	key := ""
	if err := c.Read(func(s *record.Session) (err error) {
		key, err = c.App.Reports().First(c.Ctx, s)
		return err
	}); err != nil {
		return err
	}
	http.Redirect(c.W, c.R, home+"/"+key, http.StatusSeeOther)
	return nil
}

func open(c *door.Call, s *record.Session) (*board, error) {
	b := &board{v: c.View, words: &report.Words{Format: c.View.Format, Lang: c.View.Lang}}
	var err error
	if b.Dashboard, err = c.App.Reports().Dashboard(c.Ctx, s, c.R.PathValue("key")); err != nil {
		return nil, err
	}
	b.mine = b.ID != 0 && (b.Owner == c.Who.Member || s.Actor().Admin())
	b.scope = scopeOf(c, s, b.Layout)
	return b, nil
}

// scopeOf is how the caller narrows a dashboard: by the address, else as it says
// itself.
func scopeOf(c *door.Call, s *record.Session, l report.Layout) report.Scope {
	x, q := l.Scope(s), c.R.URL.Query()
	if q.Has("period") {
		x.Period = q.Get("period")
	}
	if q.Has("owner") || q.Has("team") {
		x.Person, _ = value.ParseID(q.Get("owner"))
		x.Team, _ = value.ParseID(q.Get("team"))
	}
	if x.Period == report.Dates || x.Period == "" {
		x.Period = report.AllTime
	}
	return x.On(s)
}

// query is the scope for the tiles, whoever asks for them.
func (b *board) query() string {
	return "?period=" + b.scope.Period + "&owner=" + idText(b.scope.Person) + "&team=" + idText(b.scope.Team)
}

func idText(id value.ID) string {
	if id == 0 {
		return ""
	}
	return id.String()
}

func show(c *door.Call) error {
	var b *board
	if err := c.Read(func(s *record.Session) (err error) {
		if b, err = open(c, s); err != nil {
			return err
		}
		if b.all, err = c.App.Reports().Dashboards(c.Ctx, s); err != nil {
			return err
		}
		key, err := c.App.Reports().First(c.Ctx, s)
		b.home = key == b.Key
		if err == nil {
			b.bar, err = webreport.Bar(c, s, b.scope, b.url(""))
		}
		return err
	}); err != nil {
		return err
	}
	return c.Show(kit.Page{Title: b.name(b.Dashboard), Nav: home, Body: page(b)})
}

// patience is how long one tile may take.
const patience = 20 * time.Second

// shown is a tile with what it shows, or why it does not.
type shown struct {
	v     *kit.View
	n     int
	b     *board
	title string
	of    string // the report that it shows
	url   string
	body  templ.Component
	list  *report.Listing
	err   error
}

// tile answers one tile. What goes wrong with it stands in its place.
func tile(c *door.Call) error {
	n, err := strconv.Atoi(c.R.PathValue("tile"))
	if err != nil {
		return fault.New(fault.NotFound, "web.no_page", nil)
	}
	ctx, cancel := context.WithTimeout(c.Ctx, patience)
	defer cancel()
	c.Ctx = ctx
	t := &shown{v: c.View, n: n}
	t.err = c.Read(func(s *record.Session) (err error) {
		if t.b, err = open(c, s); err != nil {
			return err
		}
		if n < 0 || n >= len(t.b.Layout.Tiles) {
			return fault.New(fault.NotFound, "web.no_page", nil)
		}
		return t.fill(c, s, t.b.Tile(s, n))
	}, store.Report)
	c.Ctx = context.WithoutCancel(ctx) // what took too long, or is not there, is told, too
	if t.b == nil {
		return t.err
	}
	if _, known := fault.As(t.err); t.err != nil && !known {
		c.App.Log().Error("tile failed", "dashboard", t.b.Key, "tile", n, "error", t.err)
	}
	return c.Parts(http.StatusOK, tileBody(t))
}

func (t *shown) fill(c *door.Call, s *record.Session, x report.Tile) error {
	t.title = x.Title
	if x.Kind != report.ListTile {
		t.of = x.Of
	}
	a, err := c.App.Reports().Answer(c.Ctx, s, t.b.words, x, t.b.scope)
	if err != nil {
		return err
	}
	t.url, t.list = a.Path(), a.List
	if a.List != nil {
		if t.title == "" {
			t.title = a.List.Title
		}
		return nil
	}
	if x.Kind != report.NumberTile {
		t.title = a.Title()
	} else {
		t.title = "" // the figure says its own
	}
	t.body, err = webreport.Tile(c, s, a)
	return err
}

// saved reports whether a report goes by its id.
func saved(of string) bool {
	_, err := value.ParseID(of)
	return err == nil
}

// said is why nothing is shown. A report that one may not see has no name.
func (t *shown) said() string {
	return cmp.Or(report.Unshared(t.v.Lang, t.of, t.err), t.v.Fault(t.err))
}
