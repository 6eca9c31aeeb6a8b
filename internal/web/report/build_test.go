package report_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
	"wellmet/internal/web/webtest"
)

// A report is built in the address, saved, shown, copied and deleted; each
// by who may.
func TestReportsAreBuilt(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		firm := s.Create(t, s.Rita, "account", record.Values{"name": "=cmd|' /C calc'!A0"})
		s.Create(t, s.Rita, "deal", record.Values{"name": "North", "account": firm, "amount": "100", "close_date": "2026-02-10"})
		s.Create(t, s.Rita, "deal", record.Values{"name": "South", "account": firm, "amount": "7", "close_date": "2025-02-10"})
		for _, amount := range []string{"11", "13"} {
			s.Create(t, s.Rita, "deal", record.Values{"name": "Twin", "account": s.Create(t, s.Rita, "account", record.Values{"name": "Twin"}), "amount": amount, "close_date": "2025-02-10"})
		}
		rita, max := s.User(t, s.Rita), s.User(t, s.Max)
		built := url.Values{"built": {"1"}, "object": {"deal"}, "filter": {"amount > 5"}, "group": {"account.name", "close_date"}, "by": {"", "year"},
			"function": {"count", "sum", ""}, "of": {"", "amount", ""}, "only": {"", "amount > 50", ""}, "named": {"", "Big ones", ""}, "field": {"close_date"}, "show": {"pivot"}}
		a := rita.Get("/reports/new?" + built.Encode())
		if a.Status != http.StatusOK || !strings.Contains(a.Body, "Big ones") || !strings.Contains(a.Body, "€107") && !strings.Contains(a.Body, "€100") {
			t.Errorf("the preview: %d", a.Status)
		}
		if !strings.Contains(a.Body, `<option value="account" selected`) || strings.Contains(a.Body, `value="account.name"`) || !strings.Contains(a.Body, `value="stage.name"`) {
			t.Error("the builder groups by the name of a record")
		}
		for _, show := range []string{"pivot", "bars"} {
			built.Set("show", show)
			if a := rita.Get("/reports/new?" + built.Encode()); strings.Count(a.Body, ">Twin<") < 2 {
				t.Errorf("two firms of one name are one in %s", show)
			}
		}
		built.Set("show", "pivot")
		for _, bad := range []string{"object=nothing", "object=deal&filter=colour+%3D+1", "object=deal&group=colour", "object=deal&measures=sum%3Aname", "from=nothing", "object=deal&limit=-5&sort=x"} {
			if a := rita.Get("/reports/new?" + bad); a.Status >= 500 {
				t.Errorf("%s: %d", bad, a.Status)
			}
		}
		if a := rita.Post("/reports/new", built); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("a report without a name: %d", a.Status)
		}
		built.Set("title", "Mine")
		a = rita.Post("/reports/new", built)
		page := a.Header.Get("Location")
		if a.Status != http.StatusSeeOther || !strings.HasPrefix(page, "/reports/") {
			t.Fatalf("saved: %d %q", a.Status, page)
		}
		for path, want := range map[string]int{page: 200, page + "/edit": 200, page + "/csv": 200, page + "/xlsx": 200, page + "/print": 200, "/reports/new?from=" + strings.TrimPrefix(page, "/reports/"): 200,
			"/reports/new?from=deals-by-owner": 200, page + "?period=this_year&compare=last_year&per_day=1": 200} {
			if a := rita.Get(path); a.Status != want {
				t.Errorf("%s: %d", path, a.Status)
			}
			if a := max.Get(path); strings.Contains(path, page) && a.Status != http.StatusNotFound {
				t.Errorf("another reads %s: %d", path, a.Status)
			}
		}
		if a := rita.Get(page + "/csv"); !strings.Contains(a.Body, "'=cmd") || strings.Contains(a.Body, "\n=cmd") {
			t.Errorf("a formula in a file: %q", a.Body)
		}
		if a := rita.Get("/reports"); !strings.Contains(a.Body, "Mine") {
			t.Error("a saved report is not listed")
		}
		if a := max.Get("/reports"); strings.Contains(a.Body, ">Mine<") {
			t.Error("another's report is listed")
		}
		if a := max.Post(page+"/delete", url.Values{}); a.Status != http.StatusNotFound {
			t.Errorf("another deletes it: %d", a.Status)
		}
		if a := rita.Post(page+"/delete", url.Values{}); a.Status != http.StatusSeeOther {
			t.Errorf("its owner deletes it: %d", a.Status)
		}
		if a := rita.Get(page); a.Status != http.StatusNotFound {
			t.Errorf("a deleted report: %d", a.Status)
		}
	})
}

// A report on a field that goes is marked wherever it stands, and shows nothing:
// least of all every record. The builder has what was asked, and says what is gone.
func TestAReportOnAFieldThatIsGone(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		change := func(changes ...schema.Change) {
			t.Helper()
			if _, err := s.Workspace.Engine().ApplySchema(t.Context(), record.Who{Member: s.Ada, Door: "page"}, changes, 0); err != nil {
				t.Fatal(err)
			}
		}
		change(schema.Change{Op: schema.AddField, Object: "deal", Set: json.RawMessage(`{"name":"places","kind":"whole","labels":{"en":"Places"}}`)})
		firm := s.Create(t, s.Rita, "account", record.Values{"name": "Aurora"})
		for i := range 3 {
			s.Create(t, s.Rita, "deal", record.Values{"name": "Deal", "account": firm, "amount": "777", "places": int64(i)})
		}
		id := s.Create(t, s.Rita, "report", record.Values{"name": "Many places", "object": "deal", "filter": "places > 1", "measures": "count\nsum:amount", "visibility": "all"})
		page := "/reports/" + id.String()
		board := s.Create(t, s.Rita, report.Dashboards.Name, record.Values{"name": "Ours", "visibility": "all",
			"layout": `{"tiles":[{"kind":"table","of":"` + id.String() + `","width":6},{"kind":"number","of":"` + id.String() + `","column":"count","width":3}]}`})
		tiles := "/dashboards/" + board.String() + "/tiles/"
		rita, max := s.User(t, s.Rita), s.User(t, s.Max)
		has := func(u *webtest.User, path string, status int, words ...string) {
			t.Helper()
			a := u.Get(path)
			for _, w := range words {
				if a.Status != status || !strings.Contains(a.Body, w) {
					t.Errorf("%s: %d, lacks %q: %s", path, a.Status, w, a.Body)
				}
			}
			if strings.Contains(a.Body, "2,331") || strings.Contains(a.Body, ">3<") {
				t.Errorf("%s tells of all: %s", path, a.Body)
			}
		}
		has(rita, page, 200, "€777")
		has(rita, tiles+"0", 200, "€777")
		change(schema.Change{Op: schema.RemoveField, Object: "deal", Field: "places"})
		for _, u := range []*webtest.User{rita, max} {
			has(u, page, 422, "fields that are gone")
			has(u, page+"/print", 422, "fields that are gone")
			has(u, "/reports", 200, "Many places", "fields that are gone")
			has(u, tiles+"0", 200, "“Many places”", "fields that are gone", tiles+"0", `href="`+page+`"`)
			has(u, tiles+"1", 200, "fields that are gone")
			has(u, "/reports/new?from="+id.String(), 200, "places &gt; 1", `role="alert"`)
			for _, file := range []string{"/csv", "/xlsx"} {
				has(u, page+file, 422, "fields that are gone")
			}
		}
		has(rita, page+"/edit", 200, "places &gt; 1", `role="alert"`, "There is no field “places” any more. Take out or change")
		has(rita, "/dashboards/"+board.String()+"/edit", 200, "<h2>Many places</h2>")
		mended := url.Values{"built": {"1"}, "title": {"Many places"}, "object": {"deal"}, "filter": {"places > 1"}, "measures": {"count"}, "visibility": {"all"}, "version": {"1"}}
		if a := rita.Post(page+"/edit", mended); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "places") {
			t.Errorf("saved as broken as before: %d %s", a.Status, a.Body)
		}
		mended.Set("filter", "amount > 1000")
		if a := rita.Post(page+"/edit", mended); a.Status != http.StatusSeeOther {
			t.Errorf("mended: %d %s", a.Status, a.Body)
		}
		if a := max.Get(page); a.Status != http.StatusOK || strings.Contains(a.Body, "are gone") {
			t.Errorf("mended and still broken: %d", a.Status)
		}
	})
}

// The builder works by choosing: each choice shows the report anew, Back takes
// it away.
func TestBuildingInTheBrowser(t *testing.T) {
	t.Parallel()
	s, people := webtest.Sample(t, pages)
	b := s.BrowserOf(t, people["manager"])
	b.Open("/reports/new")
	b.Choose("#b-group-0", "stage")
	b.See("#builder", "Negotiation")
	b.Choose("#b-function-1", "sum")
	b.Visible("#b-of-1")
	b.Axe()
	b.Picture("report-builder-light")
	b.Eval("history.back() ?? true")
	b.Gone("#b-of-1")
	b.Theme("dark")
	b.Size(390, 844)
	b.Wait("document.documentElement.scrollWidth <= 391")
	b.Axe()
	b.Picture("report-builder-phone-dark")

	// One click saves what was named just before it.
	b.Size(1440, 900)
	b.Type("#b-title", "Where our deals stand")
	b.Click("button[formmethod=post]")
	b.Wait("location.pathname.startsWith('/reports/') && location.pathname !== '/reports/new'")
	b.See("h1", "Where our deals stand")
}
