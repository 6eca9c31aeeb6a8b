package goals_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

// won makes a deal that somebody has won.
func won(t testing.TB, s *webtest.Site, owner value.ID, amount, day string) {
	t.Helper()
	firm := s.Create(t, owner, "account", record.Values{"name": "Firm " + amount + day})
	id := s.Create(t, owner, "deal", record.Values{"name": "Deal " + amount, "account": firm, "amount": amount, "close_date": day})
	s.Write(t, owner, func(x *record.Session) error {
		page, err := x.Query(t.Context(), record.Query{Object: "stage", Filter: `kind = "won"`, Limit: 1})
		if err != nil {
			return err
		}
		_, err = x.Update(t.Context(), "deal", id, 0, record.Values{"stage": page.Records[0].ID, "close_date": day})
		return err
	})
}

// Everybody sees the targets that are his to see; managers plan, reps do not.
func TestTargetPages(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		won(t, s, s.Rita, "400", "2026-01-15")
		won(t, s, s.Rita, "100", "2025-11-20")
		bob, rita, max := s.User(t, s.Bob), s.User(t, s.Rita), s.User(t, s.Max)
		if a := bob.Get("/targets"); a.Status != 200 || !strings.Contains(a.Body, "No targets for") || !strings.Contains(a.Body, "/targets/plan") {
			t.Errorf("without targets: %d", a.Status)
		}
		if a := rita.Get("/targets"); a.Status != 200 || strings.Contains(a.Body, "/targets/plan") {
			t.Errorf("a rep is offered to plan: %d", a.Status)
		}
		id := s.Create(t, s.Bob, "target", record.Values{"member": s.Rita, "measure": "won_revenue", "period": "2026-Q1", "amount": "480", "raise_reason": "More accounts"})
		s.Create(t, s.Bob, "target", record.Values{"member": s.Rita, "measure": "won_revenue", "period": "2025-Q4", "amount": "125"})
		s.Create(t, s.Bob, "target", record.Values{"member": s.Olga, "measure": "won_revenue", "period": "2026-Q1", "amount": "70"})
		if a := rita.Get("/targets?period=2026-Q1"); !strings.Contains(a.Body, "€480") || !strings.Contains(a.Body, "83%") || strings.Contains(a.Body, "Olga") {
			t.Error("a rep sees not his own, or others'")
		}
		if a := bob.Get("/targets?period=2026-Q1"); !strings.Contains(a.Body, "Rita, €480: More accounts") {
			t.Error("the reason of a target is not told")
		}
		// What was reached in the last quarter leads to its deals, beside the target of
		// then; 400 on 42 working days are 529 % more than 100 on 66.
		behind := url.QueryEscape(`close_date >= date("2025-10-01") and close_date < date("2026-01-01")`)
		if a := rita.Get("/targets?period=2026-Q1"); !strings.Contains(a.Body, behind) || !strings.Contains(a.Body, "/ €125 (80%)") || !strings.Contains(a.Body, "+529% a working day") {
			t.Errorf("the last quarter: %s", a.Body)
		}
		if a := rita.Get("/targets?period=2025-Q4"); !strings.Contains(a.Body, "80%") || strings.Contains(a.Body, "a working day") {
			t.Errorf("a quarter that is over: %s", a.Body)
		}
		if a := bob.Get("/targets?period=2026-Q1"); !strings.Contains(a.Body, "Olga") || !strings.Contains(a.Body, "/deals?filter=") {
			t.Error("a manager sees not his tree")
		}
		for path, want := range map[string]int{"/targets?period=2026-Q9": 200, "/targets?team=7": 200, "/targets?layout=list": 200, "/targets/" + id.String(): 200, "/targets/mine": 303,
			"/targets/plan?period=2026-Q2&growth=abc&measure=nothing": 200, "/targets/gap/" + id.String(): 200, "/targets/gap/17": 404, "/targets/gap/x": 404} {
			if a := bob.Get(path); a.Status != want {
				t.Errorf("%s: %d, want %d", path, a.Status, want)
			}
		}
		if a := bob.Get("/targets/mine", "HX-Request", "true"); a.Status != 200 || !strings.Contains(a.Body, `id="h-targets"`) {
			t.Errorf("the figure of the home page: %d", a.Status)
		}
		if a := bob.Get("/targets?layout=list"); !strings.Contains(a.Body, "Rita · 2026-Q1") {
			t.Error("the list of targets is not one")
		}
		if a := rita.Get("/targets/plan"); a.Status != http.StatusForbidden {
			t.Errorf("a rep plans: %d", a.Status)
		}
		if a := max.Get("/targets/gap/" + id.String()); a.Status != http.StatusNotFound {
			t.Errorf("a colleague's gap: %d", a.Status)
		}
		if a := bob.Post("/targets/limit", url.Values{"limit": {"5"}}); a.Status != http.StatusForbidden {
			t.Errorf("a manager sets the limit: %d", a.Status)
		}
	})
}

// A sheet is saved whole or not at all; what stands in the way is said beside it.
func TestPlanningIsSavedWhole(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		won(t, s, s.Rita, "400", "2026-01-15")
		won(t, s, s.Max, "100", "2026-01-15")
		bob := s.User(t, s.Bob)
		who := func(id value.ID) string { return id.String() + " " + value.ID(0).String() }
		form := url.Values{"period": {"2026-Q2"}, "measure": {"won_revenue"}, "growth": {"0"}, "who": {who(s.Rita), who(s.Max)}, "id": {"", ""}, "version": {"", ""},
			"value": {"500", "9000"}, "reason": {"", ""}}
		a := bob.Post("/targets/plan", form)
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "carried before") || !strings.Contains(a.Body, `value="9000"`) {
			t.Errorf("a raise: %d", a.Status)
		}
		why, sheet := strings.Index(a.Body, `class="err" id="t-`), strings.Index(a.Body, `<table class="xt rows">`)
		if why < 0 || why > sheet || !strings.Contains(a.Body[why:sheet], "Max: ") || !strings.Contains(a.Body, "data-dirty") {
			t.Error("what stands in the way is not above the sheet, by name")
		}
		if reason := a.Body[strings.LastIndex(a.Body[:strings.Index(a.Body, `aria-invalid`)], "<input"):]; !strings.Contains(reason[:strings.Index(reason, ">")], `name="reason"`) {
			t.Errorf("not the reason is marked: %.200s", reason)
		}
		count := func() (n int64) {
			s.Read(t, s.Ada, func(x *record.Session) (err error) {
				n, _, err = x.Count(t.Context(), record.Query{Object: "target"})
				return err
			})
			return n
		}
		if count() != 0 {
			t.Error("a part was saved")
		}
		form["reason"] = []string{"", "A new market"}
		if a := bob.Post("/targets/plan", form); a.Status != http.StatusSeeOther || count() != 2 {
			t.Errorf("with a reason: %d, %d targets", a.Status, count())
		}
		if a := bob.Post("/targets/plan", form); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "meanwhile") {
			t.Errorf("from an old sheet: %d", a.Status)
		}
		var id string
		var set int64
		s.Read(t, s.Ada, func(x *record.Session) error {
			page, err := x.Query(t.Context(), record.Query{Object: "target", Filter: `raise_reason is not empty`})
			if err == nil {
				id, set = page.Records[0].ID.String(), page.Records[0].Version
			}
			return err
		})
		again := url.Values{"period": {"2026-Q2"}, "measure": {"won_revenue"}, "growth": {"0"}, "who": {who(s.Max)}, "id": {id}, "version": {fmt.Sprint(set)}, "value": {"95000"}, "reason": {"A new market"}}
		if a := bob.Post("/targets/plan", again); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "carried before") || !strings.Contains(a.Body, "given for an earlier target") {
			t.Errorf("with the reason of the raise before: %d", a.Status)
		}
		form["value"] = []string{"x", ""}
		if a := bob.Post("/targets/plan", form); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("letters: %d", a.Status)
		}
		if a := bob.Get("/targets/plan?period=2026-Q2&measure=won_revenue"); strings.Contains(a.Body, "Target of Olga") || !strings.Contains(a.Body, "asked above €") || !strings.Contains(a.Body, `target="_blank">€500</a>`) {
			t.Errorf("the sheet: %d", a.Status)
		}
		if a := bob.Get("/targets/plan?period=2026-Q2&measure=won_revenue&everybody=1"); !strings.Contains(a.Body, "Target of Olga") || !strings.Contains(a.Body, `type="hidden" name="everybody"`) {
			t.Errorf("the sheet of everybody: %d", a.Status)
		}
		all := url.Values{"period": {"2026-Q3"}, "measure": {"won_revenue"}, "everybody": {"1"}, "who": {who(s.Olga)}, "id": {""}, "version": {""}, "value": {"70"}, "reason": {""}}
		if a := bob.Post("/targets/plan", all); a.Status != http.StatusSeeOther || count() != 3 {
			t.Errorf("somebody without figures: %d, %d targets", a.Status, count())
		}
		if a := bob.Get("/targets/plan?period=2026-Q2&measure=won_revenue&fill=share&total=1000"); strings.Count(a.Body, `value="€1,000"`) < 2 {
			t.Error("the team of all has not the total")
		}
		for fill, want := range map[string]string{"fill=share&total=1000": `value="€805"`, "fill=proposals": `value="`, "fill=current": `value="`} {
			if a := bob.Get("/targets/plan?period=2026-Q2&measure=won_revenue&" + fill); a.Status != 200 || !strings.Contains(a.Body, want) {
				t.Errorf("%s: %d", fill, a.Status)
			}
		}
	})
}

// A total that is shared out leaves the target of a team alone of whose people
// nobody is on the sheet.
func TestSharingLeavesATeamOfNobody(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		won(t, s, s.Rita, "400", "2026-01-15")
		var south value.ID
		s.Read(t, s.Ada, func(x *record.Session) error {
			south = x.Roster().TeamOf(s.Olga)
			return nil
		})
		s.Create(t, s.Ada, "target", record.Values{"team": south, "measure": "won_revenue", "period": "2026-Q2", "amount": "750"})
		ada := s.User(t, s.Ada)
		const sheet = "/targets/plan?period=2026-Q2&measure=won_revenue&fill=share&total=1000"
		if a := ada.Get(sheet); a.Status != 200 || !strings.Contains(a.Body, `value="€750"`) || strings.Count(a.Body, `value="€1,000"`) < 3 || strings.Contains(a.Body, `value="€0"`) {
			t.Errorf("a team of nobody: %d %s", a.Status, a.Body)
		}
		// With its person there it gets her part, which is nothing here.
		if a := ada.Get(sheet + "&everybody=1"); a.Status != 200 || strings.Contains(a.Body, `value="€750"`) || !strings.Contains(a.Body, `value="€0"`) {
			t.Errorf("a team of somebody: %d", a.Status)
		}
	})
}

// What is missing is turned into tasks by one act, when there is enough to tell.
func TestAGapBecomesTasks(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		for _, day := range []string{"2025-05-01", "2025-06-01", "2025-07-01", "2025-08-01", "2025-09-01"} {
			won(t, s, s.Rita, "100", day)
		}
		id := s.Create(t, s.Ada, "target", record.Values{"member": s.Rita, "measure": "won_revenue", "period": "2026", "amount": "250", "raise_reason": "x"})
		rita := s.User(t, s.Rita)
		a := rita.Get("/targets/gap/" + id.String())
		if !strings.Contains(a.Body, "Win 3 more deals") || !strings.Contains(a.Body, "not enough to tell") {
			t.Errorf("the gap says not what closes it: %d", a.Status)
		}
		if a := rita.Post("/targets/gap/"+id.String(), nil); a.Status != 200 {
			t.Errorf("to tasks: %d", a.Status)
		}
		s.Read(t, s.Rita, func(x *record.Session) error {
			page, err := x.Query(t.Context(), record.Query{Object: "activity", Filter: `kind = "task" and owner = me() and due_at is not empty`})
			if err == nil && (len(page.Records) != 1 || !strings.Contains(page.Records[0].Title(), "Win 3 more deals")) {
				t.Errorf("%d tasks", len(page.Records))
			}
			return err
		})
		over := s.Create(t, s.Ada, "target", record.Values{"member": s.Rita, "measure": "won_revenue", "period": "2025-Q1", "amount": "250"})
		if a := rita.Get("/targets/gap/" + over.String()); !strings.Contains(a.Body, "The period is over") {
			t.Error("a gap of the past can be closed")
		}
		far := s.Create(t, s.Ada, "target", record.Values{"member": s.Rita, "measure": "won_revenue", "period": "2026-Q1", "amount": "900000", "raise_reason": "x"})
		if a := rita.Get("/targets/gap/" + far.String()); !strings.Contains(a.Body, "times what these people did") {
			t.Error("an impossible gap is not said")
		}
	})
}

// A manager looks at how far his people are, plans the next quarter from the
// proposals, and compares with the forecast; what closes a gap he reads too.
func TestTargetsInTheBrowser(t *testing.T) {
	t.Parallel()
	s, people := webtest.Sample(t, pages)
	b := s.BrowserOf(t, people["manager"])
	b.Open("/targets")
	b.See("h1", "Targets")
	b.Visible("table .ext")
	b.Axe()
	b.Picture("targets-light")
	b.Theme("dark")
	b.AxeColours()
	b.Picture("targets-dark")
	b.Theme("light")
	b.Size(390, 844)
	b.Open("/targets")
	b.Wait("document.documentElement.scrollWidth <= 391")
	b.Axe()
	b.Picture("targets-phone-light")
	b.Size(1440, 900)

	// The list behind a figure.
	b.Open("/targets")
	b.Click("tbody td.r a[href^='/deals']")
	b.Wait("location.pathname === '/deals' && location.search.includes('won')")

	// Planning: nothing is set for the next quarter; the proposals are taken.
	b.Open("/targets")
	b.Click(".top a.primary")
	b.See("h1", "Plan targets")
	b.Choose("select[name=fill]", "proposals")
	b.ClickText("Show")
	b.Wait("[...document.querySelectorAll('input[name=value]')].some(x => x.value !== '')")
	b.Axe()
	b.Picture("targets-plan-light")
	b.ClickText("Save all")
	b.See(".toast", "targets are set")
	b.Wait("location.pathname === '/targets'")
	b.Visible("table .ext")
	b.Picture("targets-planned-light")
	b.Open("/forecast")
	b.Visible("h1")

	// What closes a gap.
	b.Open("/targets")
	b.Click("a[href^='/targets/gap/']")
	b.See("h1", "Gap to the target")
	b.Axe()
	b.Picture("targets-gap-light")

	// The home page tells of it.
	b.Open("/")
	b.See("#h-targets", "Targets")
}

// Targets for a product or a pipeline are found from the page, named by it, and
// planned like others; who sees no products is not led to them.
func TestTargetsForAProduct(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		probe := s.Create(t, s.Ada, "product", record.Values{"name": "Probe P1", "price": "100"})
		s.Create(t, s.Bob, "target", record.Values{"member": s.Rita, "measure": "won_revenue", "period": "2026-Q1", "amount": "480", "product": probe})
		bob := s.User(t, s.Bob)
		a := bob.Get("/targets?period=2026-Q1")
		if !strings.Contains(a.Body, "Probe P1") || !strings.Contains(a.Body, "product="+probe.String()) || !strings.Contains(a.Body, "single products or pipelines") || strings.Contains(a.Body, "€480") {
			t.Errorf("the targets of a product are not led to: %s", a.Body)
		}
		if a = bob.Get("/targets?period=2026-Q1&product=" + probe.String()); !strings.Contains(a.Body, "€480") || !strings.Contains(a.Body, `aria-current="true">Probe P1`) {
			t.Errorf("the targets of a product: %s", a.Body)
		}
		if a = bob.Get("/targets?layout=list"); !strings.Contains(a.Body, "Rita · 2026-Q1 · Probe P1") {
			t.Errorf("a target does not say of which product it is: %s", a.Body)
		}
		if a = bob.Get("/targets/plan?period=2026-Q1&product=" + probe.String()); !strings.Contains(a.Body, `value="€480"`) || !strings.Contains(a.Body, `value="Probe P1"`) {
			t.Errorf("the sheet of a product: %s", a.Body)
		}
		if a = bob.Get("/targets/plan?period=2026-Q1&measure=calls&product=" + probe.String()); a.Status != 200 || !strings.Contains(a.Body, `role="alert"`) || strings.Contains(a.Body, `value="€480"`) {
			t.Errorf("calls of a product: %d %s", a.Status, a.Body)
		}
		if a = bob.Get("/targets?period=2026-Q2"); strings.Contains(a.Body, "Probe P1") {
			t.Error("another period offers the product")
		}
		err := s.Workspace.Write(t.Context(), record.AsSystem("test"), func(se *record.Session) error {
			p, err := se.Query(t.Context(), record.Query{Object: "role", Filter: `key = "rep"`, Fields: []string{"id"}})
			if err != nil {
				return err
			}
			_, err = se.Update(t.Context(), "role", p.Records[0].ID, 0, record.Values{"permissions": `{"objects":{"*":{"read":"all"},"product":{"read":"none"}}}`})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if a = s.User(t, s.Rita).Get("/targets?period=2026-Q1"); a.Status != 200 || strings.Contains(a.Body, "Probe P1") {
			t.Errorf("who sees no products: %d %s", a.Status, a.Body)
		}
	})
}
