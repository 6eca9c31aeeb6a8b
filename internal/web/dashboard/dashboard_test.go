package dashboard_test

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

// Whoever leads begins with a manager's dashboard, others with their own; a tile
// shows what its reader may see, and fails alone.
func TestDashboardPages(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		for owner, name := range map[string]string{s.Rita.String(): "North", s.Olga.String(): "South"} {
			who := s.Rita
			if owner == s.Olga.String() {
				who = s.Olga
			}
			firm := s.Create(t, who, "account", record.Values{"name": name + " Ltd"})
			s.Create(t, who, "deal", record.Values{"name": name, "account": firm, "amount": "100", "close_date": "2026-02-10"})
		}
		bob, rita := s.User(t, s.Bob), s.User(t, s.Rita)
		if a := bob.Get("/dashboards"); a.Header.Get("Location") != "/dashboards/monday" {
			t.Errorf("a manager begins at %s", a.Header.Get("Location"))
		}
		if a := rita.Get("/dashboards"); a.Header.Get("Location") != "/dashboards/mine" {
			t.Errorf("a rep begins at %s", a.Header.Get("Location"))
		}
		for path, want := range map[string]int{"/dashboards/mine": 200, "/dashboards/overview": 200, "/dashboards/none": 404, "/dashboards/mine/edit": 403, "/dashboards/mine/tiles/99": 200,
			"/dashboards/mine/tiles/x": 404, "/schedules": 200, "/schedules?of=dashboard:mine": 200, "/schedules?of=dashboard:none": 404, "/reports/weak-spots": 200} {
			if a := rita.Get(path); a.Status != want {
				t.Errorf("%s: %d, want %d", path, a.Status, want)
			}
		}
		if a := rita.Get("/dashboards/mine/tiles/4"); !strings.Contains(a.Body, "North") || strings.Contains(a.Body, "South") {
			t.Errorf("her own deals: %s", a.Body)
		}
		if a := rita.Get("/dashboards/mine/tiles/4?period=all&owner=&team="); !strings.Contains(a.Body, "South") {
			t.Errorf("everybody's deals: %s", a.Body)
		}
		broken := s.Create(t, s.Rita, report.Dashboards.Name, record.Values{"name": "Odd", "layout": `{"tiles":[{"kind":"chart","of":"gone","width":6},{"kind":"chart","of":"pipeline","column":"nothing","width":6},` +
			`{"kind":"list","of":"deals","filter":"nonsense = 1","width":6},{"kind":"number","of":"pipeline","column":"deals","width":3},{"kind":"chart","of":"deal-cohorts","column":"cohort_share","width":12}]}`})
		for n, want := range []string{"no report", "no figure", "nonsense", ">2<", `class="ch-ht"`} {
			if a := rita.Get("/dashboards/" + broken.String() + "/tiles/" + string(rune('0'+n))); a.Status != 200 || !strings.Contains(a.Body, want) {
				t.Errorf("tile %d lacks %q: %d %s", n, want, a.Status, a.Body)
			}
		}
		if a := s.User(t, s.Olga).Get("/dashboards/" + broken.String()); a.Status != 404 {
			t.Errorf("another's private dashboard: %d", a.Status)
		}
	})
}

// A tile that stands on what its reader may not see says so in its place, gives
// nothing away, and hinders no other.
func TestTilesThatOneMayNotSee(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		firm := s.Create(t, s.Ada, "account", record.Values{"name": "Aurora"})
		s.Create(t, s.Ada, "deal", record.Values{"name": "North", "account": firm, "amount": "4321", "close_date": "2026-02-10"})
		own := s.Create(t, s.Ada, "report", record.Values{"name": "Ada's alone", "object": "deal"})
		rich := s.Create(t, s.Ada, "report", record.Values{"name": "Rich", "object": "deal", "filter": "amount > 4000", "visibility": "all"})
		board := s.Create(t, s.Ada, report.Dashboards.Name, record.Values{"name": "Ours", "visibility": "all", "layout": `{"tiles":[{"kind":"number","of":"pipeline","column":"amount","width":3},` +
			`{"kind":"table","of":"` + own.String() + `","width":6},{"kind":"table","of":"` + rich.String() + `","width":6},{"kind":"list","of":"deals","column":"name, amount","width":6},` +
			`{"kind":"panel","of":"forecast","width":6},{"kind":"number","of":"pipeline","column":"deals","width":3}]}`})
		ada, rita := s.User(t, s.Ada), s.User(t, s.Rita)
		at := func(n int) string { return "/dashboards/" + board.String() + "/tiles/" + strconv.Itoa(n) }
		for n, want := range []string{"4.3k", "Ada&#39;s alone", "Rich", "4,321", "", ">1<"} {
			if a := ada.Get(at(n)); a.Status != 200 || !strings.Contains(a.Body, want) {
				t.Errorf("tile %d lacks %q: %d %s", n, want, a.Status, a.Body)
			}
		}
		s.Mask(t, "deal.amount")
		said := []string{"“Open pipeline by stage” asks for something that you may not read or that is no longer there.", "no report", "“Rich” asks for something that you may not read or that is no longer there."}
		for n := range 5 {
			a := rita.Get(at(n))
			if a.Status != 200 || strings.Contains(a.Body, "4.3k") || strings.Contains(a.Body, "4,321") || strings.Contains(a.Body, ">1<") || strings.Contains(a.Body, "reference number") {
				t.Errorf("tile %d: %d %s", n, a.Status, a.Body)
			}
			if strings.Contains(a.Body, "position") || strings.Contains(a.Body, "no field") {
				t.Errorf("tile %d speaks of expressions: %s", n, a.Body)
			}
			if n < 3 && (!strings.Contains(a.Body, at(n)) || !strings.Contains(a.Body, said[n])) { // to ask again, and why
				t.Errorf("tile %d does not say that it shows nothing: %s", n, a.Body)
			}
		}
		if a := rita.Get(at(3)); !strings.Contains(a.Body, "“Deals” asks for something that you may not read or that is no longer there.") {
			t.Errorf("a list: %s", a.Body)
		}
		for _, path := range []string{"/reports/pipeline", "/reports/pipeline/print", "/reports/efficiency", "/reports/changes", "/reports/changes/deals?part=added"} {
			if a := rita.Get(path); a.Status != 403 || !strings.Contains(a.Body, "asks for something that you may not read or that is no longer there.") {
				t.Errorf("%s: %d %s", path, a.Status, a.Body)
			}
			if a := ada.Get(path); a.Status != 200 {
				t.Errorf("%s for who may: %d", path, a.Status)
			}
		}
		if a := rita.Get(at(5)); a.Status != 200 || !strings.Contains(a.Body, ">1<") {
			t.Errorf("what she may see: %s", a.Body)
		}
	})
}

// A dashboard is copied, changed tile by tile, and each change taken back.
func TestDashboardsAreEdited(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		bob := s.User(t, s.Bob)
		a := bob.Post("/dashboards/monday/copy", url.Values{})
		at := a.Header.Get("Location")
		if a.Status != http.StatusSeeOther || !strings.HasSuffix(at, "/edit") {
			t.Fatalf("%d to %q: %s", a.Status, at, a.Body)
		}
		layout := func() (l report.Layout) {
			s.Read(t, s.Bob, func(x *record.Session) error {
				page, err := x.Query(t.Context(), record.Query{Object: report.Dashboards.Name})
				if err == nil && len(page.Records) == 1 {
					l = report.DashboardOf(page.Records[0]).Layout
				}
				return err
			})
			return l
		}
		was := layout()
		if len(was.Tiles) < 8 {
			t.Fatalf("the copy has %d tiles", len(was.Tiles))
		}
		post := func(form url.Values, want int) {
			t.Helper()
			if a := bob.Post(at, form); a.Status != want {
				t.Errorf("%v: %d, want %d: %s", form, a.Status, want, a.Body)
			}
		}
		post(url.Values{"do": {"later"}, "tile": {"0"}}, 303)
		post(url.Values{"do": {"to"}, "tile": {"1"}, "to": {"3"}}, 303)
		if now := layout(); now.Tiles[3] != was.Tiles[0] || now.Tiles[0] != was.Tiles[1] {
			t.Errorf("moved: %+v", now.Tiles[:4])
		}
		post(url.Values{"do": {"width"}, "tile": {"0"}, "width": {"4"}}, 303)
		post(url.Values{"do": {"width"}, "tile": {"0"}, "width": {"5"}}, 422)
		post(url.Values{"do": {"remove"}, "tile": {"0"}}, 303)
		post(url.Values{"do": {"remove"}, "tile": {"99"}}, 409)
		post(url.Values{"do": {"add"}, "what": {"number|pipeline|deals"}}, 303)
		post(url.Values{"do": {"add"}, "what": {""}}, 422)
		if a := bob.Get(at); strings.Contains(a.Body, "No tiles yet") {
			t.Error("a dashboard with tiles says that it has none")
		}
		now := layout()
		if last := now.Tiles[len(now.Tiles)-1]; len(now.Tiles) != len(was.Tiles) || last.Of != "pipeline" || last.Width != 3 {
			t.Errorf("%d tiles, the last %+v", len(now.Tiles), last)
		}
		post(url.Values{"do": {"settings"}, "name": {"Our Monday"}, "visibility": {"all"}, "period": {"this_month"}, "whose": {"team"}}, 303)
		key := strings.TrimSuffix(at, "/edit")
		if a := s.User(t, s.Rita).Get(key); a.Status != 200 || !strings.Contains(a.Body, "Our Monday") {
			t.Errorf("shown to all: %d", a.Status)
		}
		if a := s.User(t, s.Rita).Post(at, url.Values{"do": {"delete"}}); a.Status != 403 {
			t.Errorf("a rep deletes it: %d", a.Status)
		}
		if bob.Post(key+"/first", nil); bob.Get("/dashboards").Header.Get("Location") != key {
			t.Error("the chosen dashboard is not the first")
		}
		form := url.Values{"of": {"dashboard:" + strings.TrimPrefix(key, "/dashboards/")}, "name": {"Our Monday"}, "every": {"weekly"}, "weekday": {"1"}, "hour": {"7"}, "zone": {"Europe/Helsinki"}, "to": {s.Rita.String()}}
		if a := bob.Post("/schedules", form); a.Status != 303 {
			t.Errorf("scheduled: %d %s", a.Status, a.Body)
		}
		if a := bob.Get("/schedules"); !strings.Contains(a.Body, "Our Monday") || !strings.Contains(a.Body, "no mail server") {
			t.Error("the schedule is not told")
		}
		form.Set("zone", "Mars")
		if a := bob.Post("/schedules", form); a.Status != 422 {
			t.Errorf("a schedule of Mars: %d", a.Status)
		}
		if a := bob.Get(bob.Post("/dashboards/new", nil).Header.Get("Location")); !strings.Contains(a.Body, "No tiles yet") || !strings.Contains(a.Body, "Choose above") {
			t.Errorf("a new dashboard says not how it begins: %d", a.Status)
		}
		post(url.Values{"do": {"delete"}}, 303)
		if a := bob.Get("/dashboards"); a.Header.Get("Location") != "/dashboards/monday" {
			t.Errorf("without the chosen one he begins at %s", a.Header.Get("Location"))
		}
	})
}

// A manager puts a dashboard together by clicking, and follows a number to its
// records.
func TestDashboardInTheBrowser(t *testing.T) {
	t.Parallel()
	s, people := webtest.Sample(t, pages)
	b := s.BrowserOf(t, people["manager"])
	b.Open("/dashboards")
	b.Wait("!document.querySelector('[aria-busy] > .ch-none') && document.querySelectorAll('.ch-n').length > 3")
	b.Axe()
	b.Picture("dashboard-light")
	b.Theme("dark")
	b.AxeColours()
	b.Picture("dashboard-dark")
	b.Theme("light")
	b.Click("form[action$='/copy'] button")
	b.See("h1", "Edit dashboard")
	b.Axe()
	b.Picture("dashboard-edit-light")
	b.Choose("select[name=what]", "number|pipeline|deals")
	b.Click("button[value=add]")
	b.See(".tile:last-child", "Deals")
	b.Click(".tile:last-child button[value=earlier]")
	b.See(".tile:nth-last-child(2)", "Deals")
	b.Click(".top a.primary")
	b.Visible(".tile .ch-n a")
	b.Wait("!document.querySelector('[aria-busy] > .ch-none')")
	b.Click("a[href*='stage.kind'], .ch-n a")
	b.Wait("location.pathname === '/deals' && location.search.includes('filter=')")
	b.Size(390, 844)
	b.Open("/dashboards")
	b.Wait("!document.querySelector('[aria-busy] > .ch-none') && document.documentElement.scrollWidth <= 391")
	b.Wait("[...document.querySelectorAll('.tile td:first-child:has(a[href^=\"/deals/\"])')].every(e => e.clientWidth > 90)") // words stay whole
	b.Picture("dashboard-phone-light")
	b.Open("/schedules?of=dashboard:monday")
	b.Axe()
	b.Picture("schedule-phone-light")
}

// Mails are offered to people, not to the member that automations run as.
func TestReceiversArePeople(t *testing.T) {
	t.Parallel()
	webtest.EachSample(t, pages, func(t *testing.T, s *webtest.Site, d *app.Demo) {
		body := s.UserOf(t, d.SignIns[1].Email).Get("/schedules?of=dashboard:monday").Body
		if !strings.Contains(body, "Beth Pemberton") || strings.Contains(body, "Automation") {
			t.Error("the receivers are not the people")
		}
	})
}
