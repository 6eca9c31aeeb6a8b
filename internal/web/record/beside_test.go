package record_test

import (
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

// An amount that is not that of the lines is told on the page, in lists, on boards
// and before the deal is won by it.
func TestAnAmountBesideTheLinesIsTold(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		s.Create(t, s.Rita, "deal_line", record.Values{"deal": x.deal, "description": "充电桩", "unit_price": "100", "quantity": "5"})
		rita := s.User(t, s.Rita)
		const beside, mark = "The lines come to €500.00, and the deal says €450.00.", `tag amber">Amount differs from lines`
		has(t, rita.Get(x.url("/tab/deal_lines.deal"), hx...), 200, "€500.00", "!"+beside)
		has(t, rita.Post(x.url("/f/amount"), form("amount", "450"), on(s, x.url(""))...), 200, "The amount is not what the lines come to: €500.00.")
		has(t, rita.Get(x.url("")), 200, mark)
		has(t, rita.Get(x.url("/tab/deal_lines.deal"), hx...), 200, beside)
		has(t, rita.Get("/deals?layout=list"), 200, beside)
		has(t, rita.Get("/deals?layout=board"), 200, beside)
		has(t, rita.Get(x.url("/move?field=stage&to=won"), hx...), 200, beside)
		has(t, rita.Get(x.url("/move?field=stage&to=lost"), hx...), 200, "!"+beside)

		// What the lines come to is told to nobody from whom their tax is kept.
		x.role(t, s.Olga, `{"objects": {"*": {"read": "all"}}, "fields": {"deal.tax_total": "none"}}`)
		olga := s.User(t, s.Olga)
		const unknown = "The amount is not what the lines come to."
		has(t, olga.Get(x.url("/tab/deal_lines.deal"), hx...), 200, unknown, "!"+beside)
		has(t, olga.Get("/deals?layout=list"), 200, unknown, "!"+beside)
		has(t, olga.Get("/deals?layout=board"), 200, unknown, "!"+beside)

		// Lines in several currencies.
		s.Create(t, s.Rita, "deal_line", record.Values{"deal": x.deal, "description": "Else", "unit_price": "1 CHF"})
		has(t, rita.Get(x.url("")), 200, `tag amber">Lines in several currencies`, "!"+mark)
		has(t, rita.Get(x.url("/tab/deal_lines.deal"), hx...), 200, "come to no sum")
		has(t, rita.Get("/deals?layout=list"), 200, "come to no sum")
		has(t, rita.Get("/deals?layout=board"), 200, "come to no sum")
	})
}

// TestAnAmountBesideTheLinesInTheBrowser types one, sees it marked, and wins the
// deal: the contract says the same.
func TestAnAmountBesideTheLinesInTheBrowser(t *testing.T) {
	t.Parallel()
	x := newShop(t, webtest.Open(t, pages))
	x.Create(t, x.Rita, "deal_line", record.Values{"deal": x.deal, "description": "Chargers", "unit_price": "100", "quantity": "5", "tax_rate": "20"})
	x.Write(t, x.Rita, func(s *record.Session) error {
		_, err := s.Update(t.Context(), "deal", x.deal, 0, record.Values{"amount": "450"})
		return err
	})
	b := x.Browser(t, x.Rita)
	b.Open(x.url("?tab=deal_lines.deal"))
	b.See("#r-head", "Amount differs from lines")
	b.See("#r-panel", "The lines come to €500.00")
	b.Axe()
	b.Picture("record-beside")
	b.Open("/deals?layout=list")
	b.Wait(`document.querySelector('td .due.none')`)
	b.Axe()
	b.Picture("list-beside")
	b.Open(x.url(""))
	b.Click(`.acts a[href*="to=won"]`)
	b.See("dialog[open]", "a contract gets a line of the difference")
	b.Axe()
	b.Picture("win-beside")
	b.Click("dialog[open] .primary")
	b.See("#r-head", "Reopen")
	b.See("[role=alert]", "The amount is not what the lines come to")
	x.Read(t, x.Rita, func(s *record.Session) error {
		page, err := s.Query(t.Context(), record.Query{Object: "contract", Filter: `net_total.in("EUR") = 450 and total.in("EUR") = 540`})
		if err == nil && len(page.Records) != 1 {
			t.Errorf("%d contracts say the amount of the deal", len(page.Records))
		}
		return err
	})
}
