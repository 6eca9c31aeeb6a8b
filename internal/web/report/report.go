// Package report is standard reports as tables and charts, each mark leading to the list behind it.
package report

import (
	"net/http"

	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /reports", Do: overview},
		{Pattern: "GET /reports/adherence", Do: adherence},
		{Pattern: "GET /reports/new", Do: building},
		{Pattern: "POST /reports/new", Do: keep},
		{Pattern: "GET /reports/{name}", Do: show},
		{Pattern: "GET /reports/{name}/edit", Do: building},
		{Pattern: "POST /reports/{name}/edit", Do: keep},
		{Pattern: "POST /reports/{name}/delete", Do: drop},
		{Pattern: "GET /reports/{name}/behind", Do: behind},
		{Pattern: "GET /reports/{name}/csv", Do: csv, Stream: true},
		{Pattern: "GET /reports/{name}/xlsx", Do: xlsx, Stream: true},
		{Pattern: "GET /reports/{name}/print", Do: paper},
	}
}

// sheet is one report with what it was asked.
type sheet struct {
	*report.Words
	v      *kit.View
	schema *schema.Schema
	plural string
	scope  scope
	pivot  *report.Pivot // of two groups
	mine   bool          // who looks may change it
	most   int           // marks of a chart with names
}

// find runs a report as the address asks.
func find(c *door.Call, name string) (*sheet, error) { return ask(c, name, nil) }

// take is find for a file.
func take(c *door.Call, name string) (*sheet, error) { return ask(c, name, report.Spec.MayTake) }

// ask runs a report; where it is to be taken out, allowed says whether it may.
func ask(c *door.Call, name string, allowed func(report.Spec, *record.Session, *schema.Object) error) (*sheet, error) {
	t := &sheet{v: c.View, most: 20}
	err := c.Read(func(s *record.Session) error {
		spec, err := c.App.Reports().Find(c.Ctx, s, name)
		if err != nil {
			return err
		}
		t.mine = spec.ID != 0 && (spec.Owner == c.Who.Member || s.Actor().Admin())
		if spec.Problem != nil {
			t.Words = &report.Words{Format: c.View.Format, Lang: c.View.Lang, Spec: spec}
			return nil
		}
		o, err := s.Object(spec.Object)
		if err != nil {
			return err
		}
		t.plural, t.schema = o.Plural, s.Schema()
		if t.scope, err = readScope(c, s, spec, o); err != nil {
			return err
		}
		p := t.scope.params(s, spec, o)
		if allowed != nil {
			p.Export = true
			if err := allowed(spec, s, o); err != nil {
				return err
			}
		}
		return t.run(c, s, spec, p)
	}, store.Report)
	return t, err
}

// run answers the report and what belongs to it.
func (t *sheet) run(c *door.Call, s *record.Session, spec report.Spec, p report.Params) error {
	table, err := c.App.Reports().RunSpec(c.Ctx, s, spec, p)
	if err != nil {
		return err
	}
	if t.Words, err = report.Worded(s, c.View.Format, spec, table); err != nil {
		return err
	}
	if len(spec.Group) == 2 && spec.Run == nil && table.Before == nil {
		t.pivot, err = c.App.Reports().Pivot(c.Ctx, s, spec, p)
	}
	return err
}

// show is one report: chart and table.
func show(c *door.Call) error {
	name := c.R.PathValue("name")
	t, err := find(c, name)
	if err != nil {
		return err
	}
	if t.Spec.Problem != nil {
		return c.ShowStatus(http.StatusUnprocessableEntity, kit.Page{Title: t.Title(name), Nav: "/reports", Body: brokenPage(t)})
	}
	return c.Show(kit.Page{Title: t.Title(name), Nav: "/reports", Body: page(t, name, t.drawings(name))})
}
