package dashboard

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// family are choices under one heading.
type family struct {
	label string
	list  []choice
}

type choice struct {
	value, label string
	chosen       bool
}

// create keeps a new dashboard: an empty one, or a copy of one that the caller
// sees.
func create(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	var id value.ID
	err = c.Write("dashboards.new", func(s *record.Session) error {
		name, layout := c.View.T("web.dashboard.untitled"), report.Layout{}
		if c.R.PathValue("key") != "" {
			b, err := open(c, s)
			if err != nil {
				return err
			}
			name, layout = c.View.T("web.dashboard.copy_of", "name", b.name(b.Dashboard)), b.Layout
		}
		id, _, err = c.Once(s, "dashboard", form, func() (value.ID, error) {
			v := record.With(record.Values{}, report.DashboardName, name)
			out, err := s.Create(c.Ctx, report.Dashboards.Name, record.With(v, report.DashboardLayout, layout.String()))
			return out.ID, err
		})
		return err
	})
	if err != nil {
		return err
	}
	return c.Go(home + "/" + id.String() + "/edit")
}

// choose makes a dashboard the one that the caller sees first.
func choose(c *door.Call) error {
	key := c.R.PathValue("key")
	if err := c.Write("dashboards.first", func(s *record.Session) error { return c.App.Reports().ChooseFirst(c.Ctx, s, key) }); err != nil {
		return err
	}
	return c.Leave(home+"/"+key, c.View.T("web.dashboard.first_done"), "")
}

func edit(c *door.Call) error {
	var b *board
	if err := c.Read(func(s *record.Session) (err error) {
		if b, err = open(c, s); err != nil {
			return err
		}
		if !b.mine {
			return fault.New(fault.Forbidden, "web.dashboard.not_yours", nil)
		}
		b.gallery, b.broken = gallery(c, s, b.words)
		if s.Actor().Admin() {
			b.roles, err = roles(c, s, b.Role)
		}
		return err
	}); err != nil {
		return err
	}
	return c.Show(kit.Page{Title: b.name(b.Dashboard), Nav: home, Body: editPage(b)})
}

func roles(c *door.Call, s *record.Session, chosen value.ID) (list []choice, err error) {
	page, err := s.Query(c.Ctx, record.Query{Object: access.Roles.Name, Sort: "name", Limit: 100})
	if err != nil {
		return nil, err
	}
	for _, r := range page.Records {
		list = append(list, choice{r.ID.String(), r.Title(), r.ID == chosen})
	}
	return list, nil
}

// gallery is what a tile can show: the reports that the caller may run, as
// charts, tables and single figures, and lists of records.
// Broken are the titles of those that cannot be run, by name.
func gallery(c *door.Call, s *record.Session, w *report.Words) (list []family, broken map[string]string) {
	broken = map[string]string{}
	specs := c.App.Reports().Specs(s)
	if saved, err := report.SavedSpecs(c.Ctx, s); err == nil {
		specs = append(specs, saved...)
	}
	all := []family{{label: c.View.T("web.dashboard.charts")}, {label: c.View.T("web.dashboard.tables")}, {label: c.View.T("web.dashboard.numbers")}, {label: c.View.T("web.dashboard.lists")}}
	for _, spec := range specs {
		if spec.Problem != nil {
			broken[spec.Name] = spec.Title
			continue
		}
		title := (&report.Words{Format: w.Format, Lang: w.Lang, Spec: spec}).Title(spec.Name)
		all[0].list = append(all[0].list, choice{value: report.ChartTile + "|" + spec.Name + "|", label: title})
		all[1].list = append(all[1].list, choice{value: report.TableTile + "|" + spec.Name + "|", label: title})
		for _, col := range spec.Columns {
			all[2].list = append(all[2].list, choice{value: report.NumberTile + "|" + spec.Name + "|" + col.Name, label: w.Column(col) + " – " + title})
		}
	}
	panels := family{label: c.View.T("web.dashboard.panels")}
	for _, p := range c.App.Reports().Panels(s) {
		panels.list = append(panels.list, choice{value: report.PanelTile + "|" + p.Name + "|", label: w.PanelTitle(p.Name)})
	}
	for _, o := range s.Schema().Objects() {
		if _, err := s.Object(o.Name); err == nil && !o.Hidden && !door.Kept(o) {
			all[3].list = append(all[3].list, choice{value: report.ListTile + "|" + o.Plural + "|", label: o.Label(c.View.Lang).Many})
		}
	}
	return append([]family{panels}, all...), broken
}

// change does one thing to a dashboard: to a tile, to all of it, or away with it.
func change(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	said, to, act := "web.dashboard.changed", c.R.URL.Path, value.ID(0)
	err = c.Write("dashboards.edit", func(s *record.Session) error {
		b, err := open(c, s)
		if err != nil {
			return err
		}
		if !b.mine {
			return fault.New(fault.Forbidden, "web.dashboard.not_yours", nil)
		}
		defer func() { act = s.Act() }()
		if form.Get("do") == "delete" {
			said, to = "web.dashboard.deleted", home
			return s.Delete(c.Ctx, report.Dashboards.Name, b.ID)
		}
		v := record.Values{}
		if form.Get("do") == "settings" {
			b.settings(form, s, v)
		} else if err := changeTiles(&b.Layout, form); err != nil {
			return err
		}
		_, err = s.Update(c.Ctx, report.Dashboards.Name, b.ID, 0, record.With(v, report.DashboardLayout, b.Layout.String()))
		return err
	})
	if err != nil {
		return err
	}
	if to == home {
		c.W.Header().Set("HX-Push-Url", home)
	}
	return c.Leave(to, c.View.T(said), door.Undo(act))
}

func (b *board) settings(form url.Values, s *record.Session, v record.Values) {
	record.With(v, report.DashboardName, strings.TrimSpace(form.Get("name")))
	record.With(v, report.DashboardVisibility, form.Get("visibility"))
	b.Layout.Period, b.Layout.Whose = form.Get("period"), form.Get("whose")
	if s.Actor().Admin() {
		v[report.DashboardRole.Name()] = nil
		if id, err := value.ParseID(form.Get("role")); err == nil {
			record.With(v, report.DashboardRole, id)
		}
	}
}

// changeTiles moves, resizes, removes, doubles or adds a tile. The place that a
// form names may be gone by now.
func changeTiles(l *report.Layout, form url.Values) error {
	do := form.Get("do")
	if do == "add" {
		return addTile(l, form.Get("what"))
	}
	n, err := strconv.Atoi(form.Get("tile"))
	if err != nil || n < 0 || n >= len(l.Tiles) {
		return fault.New(fault.Conflict, "web.dashboard.tile_gone", nil)
	}
	t := l.Tiles[n]
	to := n
	switch do {
	case "earlier":
		to = n - 1
	case "later":
		to = n + 1
	case "to":
		if to, err = strconv.Atoi(form.Get("to")); err != nil {
			to = n
		}
	case "width":
		l.Tiles[n].Width, _ = strconv.Atoi(form.Get("width"))
		return l.Check()
	case "title":
		l.Tiles[n].Title = strings.TrimSpace(form.Get("title"))
		return l.Check()
	case "double":
		l.Tiles = slices.Insert(l.Tiles, n, t)
		return l.Check()
	case "remove":
		l.Tiles = slices.Delete(l.Tiles, n, n+1)
		return nil
	}
	to = max(0, min(to, len(l.Tiles)-1))
	l.Tiles = slices.Insert(slices.Delete(l.Tiles, n, n+1), to, t)
	return nil
}

func addTile(l *report.Layout, what string) error {
	parts := strings.SplitN(what, "|", 3)
	if len(parts) != 3 {
		return fault.New(fault.Invalid, "web.dashboard.choose", nil)
	}
	width := 6
	if parts[0] == report.NumberTile {
		width = 3
	}
	l.Tiles = append(l.Tiles, report.Tile{Kind: parts[0], Of: parts[1], Column: parts[2], Width: width})
	return l.Check()
}

// label names a tile in the edit page without asking for its figures.
func (b *board) label(t report.Tile) string {
	if t.Title != "" {
		return t.Title
	}
	for _, f := range b.gallery {
		for _, x := range f.list {
			if x.value == t.Kind+"|"+t.Of+"|"+t.Column || t.Kind != report.NumberTile && strings.HasPrefix(x.value, t.Kind+"|"+t.Of+"|") {
				return x.label
			}
		}
	}
	if title := b.broken[t.Of]; title != "" {
		return title
	}
	if saved(t.Of) {
		return b.v.T("web.dashboard.unshared")
	}
	return t.Of
}

func periods(v *kit.View, chosen string) (list []choice) {
	for _, p := range report.Spans {
		list = append(list, choice{p, v.T("web.report.period." + p), p == chosen})
	}
	return list
}
