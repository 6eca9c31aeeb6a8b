// Package report is standard reports as tables and charts, each mark leading to the list behind it.
package report

import (
	"net/http"

	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/store"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /reports", Do: overview},
		{Pattern: "GET /reports/adherence", Do: adherence},
		{Pattern: "GET /reports/{name}", Do: show},
		{Pattern: "GET /reports/{name}/csv", Do: csv},
	}
}

// sheet is one report with what it was asked.
type sheet struct {
	v      *kit.View
	spec   report.Spec
	table  *report.Table
	groups []groupPath
	plural string
	scope  scope
	stages []string // names of open stages in their order, and won ones last
	// pipelines are those that the stages are of.
	pipelines []string
	most      int // marks of a chart with names
}

// find runs a report as the address asks, for as long as its class may take: a
// page of its own is a report, a tile of the overview waits no longer than
// other pages.
func find(c *door.Call, name string, class store.Class) (*sheet, error) {
	t := &sheet{v: c.View, most: 20}
	err := c.Read(func(s *record.Session) error {
		spec, ok := specOf(c.App.Reports(), s, bookName(name))
		if !ok {
			_, err := c.App.Reports().Run(c.Ctx, s, name, report.Params{}) // which says that there is none
			return err
		}
		o, err := s.Object(spec.Object)
		if err != nil {
			return err
		}
		t.spec, t.plural = spec, o.Plural
		if t.scope, err = readScope(c, s, spec, o); err != nil {
			return err
		}
		if t.table, err = c.App.Reports().Run(c.Ctx, s, spec.Name, t.scope.params()); err != nil {
			return err
		}
		t.groups = paths(s, o, t.table.Groups)
		if len(t.table.Groups) > 0 && t.table.Groups[0] == "stage.name" {
			if t.stages, t.pipelines, err = stageOrder(c.Ctx, s); err == nil {
				t.byStage()
			}
		}
		return err
	}, class)
	return t, err
}

func specOf(b *report.Book, s *record.Session, name string) (report.Spec, bool) {
	for _, spec := range b.Specs(s) {
		if spec.Name == name {
			return spec, true
		}
	}
	return report.Spec{}, false
}

// show is one report: chart and table.
func show(c *door.Call) error {
	name := c.R.PathValue("name")
	t, err := find(c, name, store.Report)
	if err != nil {
		return err
	}
	return c.Show(kit.Page{Title: t.title(name), Nav: "/reports", Body: page(t, name, t.drawings(name))})
}

// tile is a report on the overview.
type tile struct {
	name  string
	sheet *sheet
	draw  drawing
	err   error
}

// overview shows what companies look at first, and lists all reports.
func overview(c *door.Call) error {
	o := &board{v: c.View}
	if err := c.Read(func(s *record.Session) error {
		o.specs = c.App.Reports().Specs(s)
		return o.figures(c.Ctx, s)
	}); err != nil {
		return err
	}
	for _, first := range []struct {
		name string
		draw int
	}{{funnel, 0}, {"deals-by-month", 0}, {"deals-by-owner", 1}, {"pipeline", 0}} {
		t, err := find(c, first.name, store.Page)
		if err != nil { // a tile fails alone
			if door.Status(err) != http.StatusNotFound {
				o.tiles = append(o.tiles, tile{name: first.name, err: err})
			}
			continue
		}
		t.most = 8
		if list := t.drawings(first.name); len(list) > first.draw {
			o.tiles = append(o.tiles, tile{name: first.name, sheet: t, draw: list[first.draw]})
		}
	}
	return c.Show(kit.Page{Title: c.View.T("web.report.title"), Nav: "/reports", Body: overviewPage(o)})
}
