package report_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// tiled is a tile as the API answers it.
type tiled struct {
	Kind, Column string
	Report       *told
}

var (
	titleLink  = regexp.MustCompile(`<h2><a href="(/reports/[^"]*)"`)
	tileNumber = regexp.MustCompile(`(?s)<div class="ch-n">.*?<(?:a href="[^"]*"|b)>([^<]*)<`)
)

// A tile, however its dashboard is narrowed, shows over the API and on its page what
// the report shows that is opened with the same period, person and team.
func TestTilesShowTheirReports(t *testing.T) {
	t.Parallel()
	webtest.EachSample(t, both, func(t *testing.T, s *webtest.Site, d *app.Demo) {
		w := &walker{t: t, User: s.UserOf(t, d.SignIns[2].Email), owners: map[string]string{}}
		w.narrowed = func(x report.Scope, owner string) (filter string) {
			s.Read(t, d.SignIns[2].Member, func(r *record.Session) error { filter = x.Condition(r, owner); return nil })
			return filter
		}
		rep := d.SignIns[0].Member
		var team value.ID
		own := ""
		err := s.Workspace.Write(t.Context(), record.AsSystem("test"), func(x *record.Session) error {
			for _, spec := range s.App.Reports().Specs(x) {
				if !spec.Whole {
					w.owners[spec.Name] = report.OwnerPath(x.Schema().MustObject(spec.Object))
				}
			}
			team = x.Roster().TeamOf(rep)
			tiles := []report.Tile{}
			for _, of := range []string{"deal-cohorts", "customer-growth", "activity-by-person", "contracts-by-month", "leads-by-source", "losses-by-person-and-stage", "receivables", "target-attainment", "changes"} {
				tiles = append(tiles, report.Tile{Kind: report.TableTile, Of: of, Width: 12})
			}
			out, err := x.Create(t.Context(), report.Dashboards.Name, record.Values{"name": "All sorts", "visibility": "all", "layout": report.Layout{Tiles: tiles}.String()})
			own = out.ID.String()
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{report.ManagerDashboard, "overview", own} {
			for _, x := range []report.Scope{{}, {Period: "this_quarter", Team: team}, {Period: "last_year", Person: rep}} {
				w.dashboard(key, x)
			}
		}
	})
}

// dashboard holds the tiles of one against their reports.
func (w *walker) dashboard(key string, x report.Scope) {
	w.t.Helper()
	var board struct {
		Period string
		Tiles  []report.Tile
	}
	if err := json.Unmarshal([]byte(w.Get(base+"/reports/dashboards/"+key).Body), &board); err != nil {
		w.t.Fatal(err)
	}
	for n, tile := range board.Tiles {
		if tile.Kind == report.ListTile || tile.Kind == report.PanelTile {
			continue
		}
		name := fmt.Sprintf("%s, tile %d (%s), %s %d %d", key, n, tile.Of, x.Period, x.Person, x.Team)
		asked, shown := url.Values{}, url.Values{}
		for field, text := range map[string]string{"period": x.Period, "person": idOf(x.Person), "team": idOf(x.Team)} {
			if text != "" {
				asked.Set(field, text)
				shown.Set(strings.Replace(field, "person", "owner", 1), text)
			}
		}
		var answer tiled
		a := w.Get(fmt.Sprintf("%s/reports/dashboards/%s/%d?%s", base, key, n, asked.Encode()))
		if err := json.Unmarshal([]byte(a.Body), &answer); err != nil || answer.Report == nil {
			w.t.Errorf("%s: %d %s", name, a.Status, a.Body)
			continue
		}
		page := w.Get(fmt.Sprintf("/dashboards/%s/tiles/%d?%s", key, n, shown.Encode())).Body
		as := x
		as.Period = cmp.Or(tile.Period, x.Period, board.Period, report.AllTime)
		w.sameReport(name, tile, answer, as)
		w.sameTile(name, tile, answer, page)
	}
}

func idOf(id value.ID) string {
	if id == 0 {
		return ""
	}
	return id.String()
}

// sameReport holds what the API answers of a tile against the report.
func (w *walker) sameReport(name string, tile report.Tile, answer tiled, x report.Scope) {
	w.t.Helper()
	q := url.Values{"period": {x.Period}, "compare": {report.NoComparison}}
	if filter := w.narrowed(x, w.owners[tile.Of]); filter != "" {
		q.Set("filter", filter)
	}
	whole := w.answer(tile.Of + "?" + q.Encode())
	if tile.Kind == report.NumberTile {
		if got, want := string(answer.Report.Total[tile.Column]), string(whole.Total[tile.Column]); got != want {
			w.t.Errorf("%s: %s, the report says %s", name, got, want)
		}
		return
	}
	if len(answer.Report.Rows) != len(whole.Rows) {
		w.t.Errorf("%s: %d rows, the report has %d", name, len(answer.Report.Rows), len(whole.Rows))
		return
	}
	for _, c := range whole.Columns {
		for i, r := range whole.Rows {
			if got := string(answer.Report.Rows[i][c.Name]); got != string(r[c.Name]) {
				w.t.Errorf("%s: %s of %s is %s, the report says %s", name, c.Name, r["labels"], got, r[c.Name])
			}
		}
		if got := string(answer.Report.Total[c.Name]); got != string(whole.Total[c.Name]) {
			w.t.Errorf("%s: %s in all is %s, the report says %s", name, c.Name, got, whole.Total[c.Name])
		}
	}
}

// sameTile holds the page of a tile against the page of the report that it leads to.
func (w *walker) sameTile(name string, tile report.Tile, answer tiled, page string) {
	w.t.Helper()
	if tile.Kind == report.NumberTile {
		text := tileNumber.FindStringSubmatch(page)
		n, ok := figure(answer.Report.Total, answer.Column)
		if text == nil || ok && !(cell{text: html.UnescapeString(text[1])}).near(n) {
			w.t.Errorf("%s: %q on the page, %v over the API", name, text, n)
		}
		return
	}
	link := titleLink.FindStringSubmatch(page)
	if link == nil {
		w.t.Errorf("%s leads to no report: %s", name, page)
		return
	}
	if ownPage[tile.Of] {
		return
	}
	whole := readPage(w.t, w.Get(html.UnescapeString(link[1])).Body)
	here := readPage(w.t, `<section class="tile">`+page+`</section>`)
	if len(answer.Report.Rows) != len(whole.figures.rows) {
		w.t.Errorf("%s: %d rows, %s has %d", name, len(answer.Report.Rows), link[1], len(whole.figures.rows))
	}
	for i, r := range here.figures.rows {
		for j, c := range r {
			if i < len(whole.figures.rows) && c.text != whole.figures.rows[i][j].text {
				w.t.Errorf("%s: %q, on %s it is %q", name, c.text, link[1], whole.figures.rows[i][j].text)
			}
		}
	}
	for _, g := range here.charts {
		i := slices.IndexFunc(answer.Report.Columns, func(c column) bool { return c.Name == answer.Column })
		w.drawn(name, whole, whole.figures.heads[len(answer.Report.Groups)+i], g)
	}
}
