package report_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"wellmet/internal/app"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
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
}
