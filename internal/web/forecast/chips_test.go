package forecast_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/web/webtest"
)

// Each way to cut the forecast is a press away, and its rows come to the same sum; a
// person's number leads to exactly his deals.
func TestTheForecastIsCutInTheBrowser(t *testing.T) {
	t.Parallel()
	s := webtest.Quiet(t, pages)
	s.Create(t, s.Ada, "currency_rate", record.Values{"currency": "USD", "day": "2026-01-01", "rate": "0.5"})
	firm := s.Create(t, s.Rita, "account", record.Values{"name": "Aurora"})
	renewals := s.Create(t, s.Ada, "pipeline", record.Values{"name": "Renewals", "position": int64(9)})
	talks := s.Create(t, s.Ada, "stage", record.Values{"name": "Talks", "pipeline": renewals, "probability": "50", "kind": "open"})
	desk := s.Create(t, s.Ada, "product", record.Values{"name": "Desk", "price": "300"})
	for _, v := range []record.Values{
		{"name": "North one", "owner": s.Rita, "amount": "100"}, {"name": "North two", "owner": s.Rita}, {"name": "Abroad", "owner": s.Max, "amount": "200 USD", "pipeline": renewals, "stage": talks},
		{"name": "South one", "owner": s.Olga, "amount": "50"}} {
		v["account"], v["close_date"], v["forecast"] = firm, "2026-03-20", sales.Commit
		id := s.Create(t, s.Ada, "deal", v)
		if v["name"] == "North two" {
			s.Create(t, s.Ada, "deal_line", record.Values{"deal": id, "product": desk})
		}
	}
	b := s.Browser(t, s.Bob)
	b.Open("/forecast?of=all&period=2026-Q1")
	table := "document.querySelector('nav.chips')?.parentElement.querySelector('table')"
	rows := func() (list []string) {
		t.Helper()
		b.Into(&list, "[..."+table+`.querySelectorAll('tbody tr, tfoot tr')].map(r => r.cells[0].innerText.trim() + ' ' + r.cells[3].innerText.trim().split('\n')[0])`)
		return list
	}
	for _, x := range []struct {
		chip, href string
		want       []string
	}{
		{"Product", "[href*='by=product']", []string{"Desk €300", "Deals without lines €250", "Total €550"}},
		{"Pipeline", "[href*='by=pipeline']", []string{"Renewals €100", "Sales €450", "Total €550"}},
		{"Currency", "[href*='by=currency']", []string{"EUR €450", "USD €100", "Total €550"}},
		{"Team and person", "[href*='by=team']", []string{"Sales €550", "Total €550"}},
	} {
		b.Click("nav.chips a" + x.href)
		b.Wait("document.querySelector('nav.chips a[aria-current]')?.innerText.trim() === " + fmt.Sprintf("%q", x.chip))
		got := rows()
		if !slices.Equal(got, x.want) {
			t.Errorf("%s: %q, want %q", x.chip, got, x.want)
		}
		b.Picture("forecast-by-" + strings.ToLower(strings.Fields(x.chip)[0]) + "-light")
	}
	b.Axe()
	for _, want := range [][]string{{"North €500", "South €50", "Total €550"}, {"Max €100", "Rita €400", "Total €500"}} { // down the tree
		b.Click("nav.chips + div tbody th a")
		b.Wait(table + "?.tBodies[0].rows[0].cells[0].innerText.trim() === " + fmt.Sprintf("%q", strings.Fields(want[0])[0]))
		if got := rows(); !slices.Equal(got, want) {
			t.Errorf("one level below: %q, want %q", got, want)
		}
	}
	b.Click("nav.chips + div tbody tr:nth-child(2) td:nth-child(4) a.ext")
	b.Wait("location.pathname === '/deals' && document.querySelectorAll('tr[data-row]').length > 0")
	var deals []string
	b.Into(&deals, "[...document.querySelectorAll('tr[data-row]')].map(r => ['North one', 'North two', 'Abroad', 'South one'].filter(n => r.innerText.includes(n)).join())")
	if slices.Sort(deals); !slices.Equal(deals, []string{"North one", "North two"}) {
		t.Errorf("behind Rita's number stand %q", deals)
	}
	b.Picture("forecast-behind-light")
}
