package report_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

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
		if a := ada.Get("/reports/funnel"); strings.Contains(a.Body, "All pipelines together") {
			t.Error("the stages of one pipeline are called those of several")
		}
		p := s.Create(t, s.Ada, "pipeline", record.Values{"name": "Renewals"})
		s.Create(t, s.Ada, "stage", record.Values{"name": "Due", "pipeline": p, "kind": "open"})
		if a := ada.Get("/reports/funnel"); !strings.Contains(a.Body, "All pipelines together") || !strings.Contains(a.Body, "Renewals") {
			t.Error("a funnel of two pipelines does not say so")
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

// Reports of the sample company in the browser: light, dark, phone; a mark
// leads to the list behind it.
func TestReportsInTheBrowser(t *testing.T) {
	t.Parallel()
	s, people := webtest.Sample(t, pages)
	b := s.BrowserOf(t, people["manager"])
	b.Open("/reports")
	b.See("h1", "Reports")
	b.Visible(".ch-fn a")
	b.Axe()
	b.Picture("reports-light")
	b.Theme("dark")
	b.Axe()
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
