package report_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

// A report shows what its reader may read, for the period asked, and as a file;
// one that is not there is not found, for whoever asks.
func TestReportPages(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		firm := s.Create(t, s.Rita, "account", record.Values{"name": "Aurora"})
		other := s.Create(t, s.Olga, "account", record.Values{"name": "Boreas"})
		s.Create(t, s.Rita, "deal", record.Values{"name": "North", "account": firm, "amount": "100", "close_date": "2026-02-10"})
		s.Create(t, s.Olga, "deal", record.Values{"name": "South", "account": other, "amount": "7", "close_date": "2025-02-10"})
		ada, rita := s.User(t, s.Ada), s.User(t, s.Rita)
		for _, u := range []*webtest.User{ada, rita} {
			for path, want := range map[string]int{"/reports": 200, "/reports/funnel": 200, "/reports/deals-by-owner": 200, "/reports/time-in-stage": 200, "/reports/accounts-by-kind": 200,
				"/reports/nothing": 404, "/reports/nothing/csv": 404, "/reports/deals-by-owner?period=never&owner=x&team=1": 200,
				"/reports/deals-by-month?period=dates&from=2026-12-31&to=2026-01-01": 422} {
				if a := u.Get(path); a.Status != want {
					t.Errorf("%s: %d, want %d", path, a.Status, want)
				}
			}
		}
		p := s.Create(t, s.Ada, "pipeline", record.Values{"name": "Renewals"})
		s.Create(t, s.Ada, "stage", record.Values{"name": "Due", "pipeline": p, "kind": "open"})
		if a := ada.Get("/reports/funnel"); !strings.Contains(a.Body, "Renewals") {
			t.Error("a funnel does not let one choose among two pipelines")
		}
		if a := ada.Get("/reports/funnel/csv"); !strings.HasPrefix(strings.TrimPrefix(a.Body, "\ufeff"), "Pipeline,Stage,Entered") {
			t.Errorf("the file of the funnel: %q", a.Body)
		}
		a := ada.Get("/reports/deals-by-owner/csv")
		if !strings.Contains(a.Body, "Olga") || !strings.Contains(a.Body, "Rita") || !strings.Contains(a.Header.Get("Content-Disposition"), "deals-by-owner.csv") {
			t.Errorf("%v %q", a.Header, a.Body)
		}
		if a := ada.Get("/reports/deals-by-owner/csv?owner=" + s.Rita.String()); strings.Contains(a.Body, "Olga") || !strings.Contains(a.Body, "Rita") {
			t.Errorf("one person's: %q", a.Body)
		}
		if a := ada.Get("/reports/deals-by-owner/csv?period=last_year"); strings.Contains(a.Body, "Rita") || !strings.Contains(a.Body, "Olga") {
			t.Errorf("last year's: %q", a.Body)
		}
		if a := s.Stranger(t).Get("/reports"); a.Status != http.StatusSeeOther {
			t.Errorf("a stranger: %d", a.Status)
		}
	})
}

// The book of reports is searched by words; dashboards come first, then what
// people saved.
func TestTheBookOfReports(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		saved := s.Create(t, s.Rita, "report", record.Values{"name": "My stage of losing", "object": "deal"})
		rita := s.User(t, s.Rita)
		book := rita.Get("/reports").Body
		last := -1
		for _, url := range []string{"/dashboards/mine", "/dashboards/monday", "/reports/" + saved.String(), "/reports/deals-by-stage", "/reports/prediction"} {
			at := strings.Index(book, `href="`+url+`"`)
			if at <= last {
				t.Errorf("%s stands at %d, after %d", url, at, last)
			}
			last = at
		}
		if strings.Contains(book, "<small></small>") && strings.Count(book, "<small></small>") > 1 {
			t.Error("ready reports do not say what they answer")
		}
		found := rita.Get("/reports?q=STAGE+lost").Body
		if !strings.Contains(found, "/reports/lost-by-stage") || strings.Contains(found, "/reports/ranking") {
			t.Error("words do not find reports")
		}
		if a := rita.Get("/reports?q=xyzzy"); !strings.Contains(a.Body, "No report with these words") {
			t.Error("nothing found is not told")
		}
		if a := s.User(t, s.Olga).Get("/reports"); strings.Contains(a.Body, "My stage of losing") {
			t.Error("another's private report is in the book")
		}
		if a := rita.Get("/schedules?of=report:pipeline&period=this_quarter"); a.Status != 200 || !strings.Contains(a.Body, `name="period" value="this_quarter"`) {
			t.Errorf("a report sent by mail: %d", a.Status)
		}
	})
}

// Reports look back to a past day, with their files and the lists behind them;
// what cannot be asked of it says so.
func TestReportsLookBack(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		firm := s.Create(t, s.Rita, "account", record.Values{"name": "Aurora"})
		north := s.Create(t, s.Rita, "deal", record.Values{"name": "North", "account": firm, "amount": "100", "close_date": "2026-02-10"})
		s.Pass(time.Minute)
		s.Write(t, s.Rita, func(x *record.Session) error {
			_, err := x.Update(t.Context(), "deal", north, 0, record.Values{"close_date": "2026-02-20"})
			return err
		})
		s.Pass(time.Minute)
		rita := s.User(t, s.Rita)
		for path, want := range map[string]int{"/reports/pipeline?as_of=2020-01-01": 200, "/reports/pipeline/csv?as_of=2020-01-01": 200, "/reports/pipeline/print?as_of=2020-01-01": 200,
			"/reports/pipeline?as_of=2999-01-01": 422, "/reports/pipeline?as_of=x": 422, "/reports/weak-spots?as_of=2020-01-01": 422, "/forecast?as_of=2020-01-01": 200,
			"/reports/slippage?as_of=2020-01-01": 200, "/reports/slippage-by-stage/xlsx?as_of=2020-01-01": 200, "/reports/losses-by-person-and-stage?as_of=2020-01-01": 200,
			"/reports/revenue-by-product?as_of=2020-01-01": 200, "/reports/revenue-by-product/xlsx?as_of=2020-01-01": 200, "/forecast?by=product&as_of=2020-01-01": 200, "/forecast?as_of=x": 422} {
			if a := rita.Get(path); a.Status != want {
				t.Errorf("%s: %d, want %d: %s", path, a.Status, want, a.Body)
			}
		}
		if a := rita.Get("/reports/pipeline?as_of=2020-01-01"); strings.Contains(a.Body, "/deals?filter") || !strings.Contains(a.Body, "read only") {
			t.Errorf("before the first deal: %s", a.Body)
		}
		day := ""
		s.Read(t, s.Rita, func(x *record.Session) error { day = x.Today().String(); return nil })
		today := rita.Get("/reports/pipeline?as_of=" + day).Body
		if !strings.Contains(today, "as_of="+day+"&amp;filter=") || !strings.Contains(today, "Back to today") {
			t.Errorf("figures do not lead to the list of the day: %s", today)
		}
		for _, name := range []string{"slippage", "losses-by-person-and-stage"} {
			if a := rita.Get("/reports/" + name); !strings.Contains(a.Body, `name="as_of"`) {
				t.Errorf("%s has no choice of a past day", name)
			}
		}
		if a := s.User(t, s.Ada).Get("/reports/losses-by-person-and-stage/csv?as_of=2020-01-01"); a.Status != 200 {
			t.Errorf("a file of losses: %d", a.Status)
		}
		moved := regexp.MustCompile(`/reports/slippage/behind[^"]*`).FindString(rita.Get("/reports/slippage?as_of=" + day).Body)
		if a := rita.Get(strings.ReplaceAll(moved, "&amp;", "&")); moved == "" || a.Status != 200 || !strings.Contains(a.Body, "Moved") || !strings.Contains(a.Body, "North") || !strings.Contains(a.Body, `href="/reports/slippage?as_of=`+day) {
			t.Errorf("moved deals of the day: %q, %d", moved, a.Status)
		}
		desk := s.Create(t, s.Ada, "product", record.Values{"name": "Desk"})
		s.Create(t, s.Rita, "deal_line", record.Values{"deal": north, "product": desk, "quantity": "2"})
		for _, path := range []string{"/reports/revenue-by-product?period=all&as_of=", "/forecast?by=product&as_of="} {
			if a := rita.Get(path + day); a.Status != 200 || strings.HasPrefix(path, "/reports") && (!strings.Contains(a.Body, "Desk") || !strings.Contains(a.Body, "Average days to win")) {
				t.Errorf("products of a past day, with what is not known of then: %d %s", a.Status, a.Body)
			}
		}
		if a := rita.Get("/reports/weak-spots?as_of=2020-01-01"); !strings.Contains(a.Body, "Weak spots") {
			t.Error("what cannot be asked is not named")
		}
	})
}

// Reports of the sample company in the browser: light, dark, phone; a mark
// leads to the list behind it.
func TestReportsInTheBrowser(t *testing.T) {
	t.Parallel()
	s, people := webtest.Sample(t, pages)
	b := s.BrowserOf(t, people["manager"])
	b.Open("/reports")
	b.See("h1", "Reports")
	b.Visible("a[href='/dashboards/monday']")
	b.Type("input[name=q]", "lost stage")
	b.Press("\r")
	b.Wait("location.search.includes('q=') && document.querySelector(\"a[href='/reports/lost-by-stage']\") && !document.querySelector(\"a[href='/reports/ranking']\")")
	b.Open("/reports")
	b.Axe()
	b.Picture("reports-light")
	b.Theme("dark")
	b.AxeColours()
	b.Picture("reports-dark")
	for _, name := range []string{"funnel", "deals-by-month", "deals-by-owner", "leads-by-source", "revenue-by-product-and-quarter", "lost-by-reason", "accounts-by-kind", "time-in-stage"} {
		b.Theme("light")
		b.Open("/reports/" + name)
		b.Visible(".ch")
		b.Click(".ch-t summary")
		b.Axe()
		b.Picture("report-" + name + "-light")
	}
	b.Size(390, 844)
	b.Open("/reports/deals-by-month")
	b.Wait("document.documentElement.scrollWidth <= 391")
	b.Picture("report-phone-light")
	b.Open("/reports/lead-conversion")
	b.Visible(".ch-ht tbody th")
	b.Wait("document.querySelector('.ch-sc:has(table)').scrollLeft === 0 && document.documentElement.scrollWidth <= 391") // the names of its lines
	b.Picture("report-tints-phone-light")
	b.Open("/reports/deals-by-month")
	b.Theme("dark")
	b.Axe()
	b.Picture("report-phone-dark")
	b.Size(1440, 900)
	b.Eval("document.querySelector('a.ch-bar').focus() ?? true")
	b.Visible("#tip")
	b.Press("\r")
	b.Wait("location.pathname === '/deals' && location.search.includes('filter=')")
	if !strings.Contains(b.Path(), "won") {
		t.Errorf("the list behind a mark is %s", b.Path())
	}

	// Who keeps to the process: a figure opens the records behind it, a record its
	// trace.
	b.Theme("light")
	b.Open("/reports/adherence?days=366")
	b.See("table", "Upcoming")
	b.Axe()
	b.Picture("report-adherence-light")
	b.Click("a[href*='kind=skipped']")
	b.See("#behind", "Skipped")
	b.Click("#behind a[href*='tab=process']")
	b.See("#r-panel", "Passed over: Offer sent")
}
