package forecast_test

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"wellmet/internal/commerce"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

var (
	tableRow = regexp.MustCompile(`(?s)<tr>\s*<th scope="row">(.*?)</th>(.*?)</tr>`)
	cell     = regexp.MustCompile(`(?s)<td class="r">(.*?)</td>`)
	tag      = regexp.MustCompile(`<[^>]*>`)
	figure   = regexp.MustCompile(`<a class="ext" href="([^"]+)"`)
)

// rowsOf are the rows of the page's tables of figures by their heads, cell by cell,
// and the lists that their figures lead to. A second row of one name is told after
// the first.
func rowsOf(a webtest.Answer) (rows map[string]string, lists []string) {
	rows = map[string]string{}
	for _, r := range tableRow.FindAllStringSubmatch(a.Body, -1) {
		var texts []string
		for _, c := range cell.FindAllStringSubmatch(r[2], -1) {
			texts = append(texts, strings.Join(strings.Fields(html.UnescapeString(tag.ReplaceAllString(c[1], " "))), " "))
			for _, l := range figure.FindAllStringSubmatch(c[1], -1) {
				lists = append(lists, html.UnescapeString(l[1]))
			}
		}
		name := strings.TrimSpace(html.UnescapeString(tag.ReplaceAllString(r[1], " ")))
		if rows[name] != "" {
			rows[name] += " || "
		}
		rows[name] += strings.Join(texts, " | ")
	}
	return rows, lists
}

// The money of a contract half planned and partly paid, of one that was called off,
// of one in another currency, of a deal without a contract and of an open one stands
// month by month, each in one place, beside what was won; each figure has its list.
func TestTheMoneyOfEachMonth(t *testing.T) {
	t.Parallel()
	webtest.EachQuiet(t, pages, func(t *testing.T, s *webtest.Site) {
		s.Create(t, s.Ada, "currency_rate", record.Values{"currency": "USD", "day": "2026-01-01", "rate": "0.5"})
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		win := func(x *record.Session, deal value.ID) error {
			_, err := sales.Win(t.Context(), x, deal, 0, sales.Close{})
			return err
		}
		contract := func(name, amount, signed string, plan map[string]string) (id value.ID) {
			deal := s.Create(t, s.Rita, "deal", record.Values{"name": name, "account": account, "amount": amount})
			s.Write(t, s.Rita, func(x *record.Session) error {
				if err := win(x, deal); err != nil {
					return err
				}
				page, err := x.Query(t.Context(), record.Query{Object: "contract", Filter: `deal = "` + deal.String() + `"`})
				if err != nil {
					return err
				}
				id = page.Records[0].ID
				on, err := value.ParseDate(signed)
				if err == nil {
					_, err = commerce.Sign(t.Context(), x, id, 0, on)
				}
				return err
			})
			for due, amount := range plan {
				s.Create(t, s.Rita, "payment_plan_line", record.Values{"contract": id, "due_on": due, "amount": amount})
			}
			return id
		}
		part := contract("Part", "500", "2026-02-20", map[string]string{"2026-02-25": "150", "2026-04-10": "200"})
		void := contract("Void", "900", "2026-02-20", map[string]string{"2026-05-10": "600"})
		contract("Abroad", "400 USD", "2026-02-20", map[string]string{"2026-04-20": "300 USD"})
		s.Write(t, s.Rita, func(x *record.Session) error {
			if _, err := commerce.Book(t.Context(), x, commerce.Booking{Contract: part, Amount: value.Money{Minor: 5000, Currency: "EUR"}}); err != nil {
				return err
			}
			_, err := commerce.Cancel(t.Context(), x, void, 0, "Budget cut", commerce.KeepDeal)
			return err
		})
		if err := s.Workspace.Write(t.Context(), record.Who{Member: s.Rita, Door: "import", Cause: "test"}, func(x *record.Session) error {
			deal, err := x.Create(t.Context(), "deal", record.Values{"name": "Of old", "account": account, "amount": "70", "close_date": "2026-03-01"})
			if err != nil {
				return err
			}
			return win(x, deal.ID)
		}); err != nil {
			t.Fatal(err)
		}
		s.Create(t, s.Rita, "deal", record.Values{"name": "Open", "account": account, "amount": "300", "close_date": "2026-05-15", "probability": "50"})

		rita := s.User(t, s.Rita)
		a := rita.Get("/forecast/cash?period=2026-Q1")
		rows, lists := rowsOf(a)
		for head, want := range map[string]string{
			// won, received, due, of it overdue, booked, won without a contract, expected, to come
			"February 2026": "– | – | €100 | €100 | €200 | – | – | €300",
			"March 2026":    "€1,670 | €50 | – | – | – | €70 | – | €70",
			"April 2026":    "– | – | €350 | – | – | – | – | €350",
			"May 2026":      "– | – | – | – | €150 || – | – | – | – | – | – | €150 | €150", // in the chart, too
			"Total":         "€1,670 | €50 | €450 | €100 | €200 | €70 | €150 | €870",
		} {
			if rows[head] != want {
				t.Errorf("%s: %s\n want %s", head, rows[head], want)
			}
		}
		if len(lists) < 15 {
			t.Errorf("%d figures lead to a list", len(lists))
		}
		for _, l := range lists {
			if b := rita.Get(l); b.Status != 200 || !strings.Contains(b.Body, "<tr data-row") {
				t.Errorf("%s: %d, nothing is listed", l, b.Status)
			}
		}
		has(t, a, 200, "Overdue in all:", "The same money stands in one place")
	})
}

// The customers of each month stand on the page with those to come, each figure with
// its list; a rep who may read no deals of others has his own.
func TestTheCustomersOfEachMonth(t *testing.T) {
	t.Parallel()
	webtest.EachQuiet(t, pages, func(t *testing.T, s *webtest.Site) {
		var won value.ID
		s.Read(t, s.Ada, func(x *record.Session) error {
			page, err := x.Query(t.Context(), record.Query{Object: "stage", Filter: `kind = "won"`, Limit: 1})
			won = page.Records[0].ID
			return err
		})
		for name, on := range map[string]string{"A": "2025-02-10", "B": "2025-09-05", "C": "2025-11-05", "D": "2025-12-05", "E": "2026-02-05", "F": "2026-03-01"} {
			firm := s.Create(t, s.Rita, "account", record.Values{"name": name})
			s.Create(t, s.Ada, "deal", record.Values{"name": name, "account": firm, "owner": s.Rita, "stage": won, "close_date": on, "amount": "10"})
		}
		bob := s.User(t, s.Bob)
		rows, lists := rowsOf(bob.Get("/forecast/customers?of=all"))
		for head, want := range map[string]string{ // active || new | lost
			"Jan 2025": "0 || 0 | 0", "Feb 2025": "1 || 1 | 0", "Sep 2025": "2 || 1 | 0", "Jan 2026": "4 || 0 | 0", "Feb 2026": "4 || 1 | 1", "Mar 2026": "5 || 1 | 0",
			"Apr 2026 *": "5 || 1 | 0", "May 2026 *": "6 || 1 | 0", "Jun 2026 *": "6 || 1 | 0",
		} {
			if rows[head] != want {
				t.Errorf("%s: %q, want %q", head, rows[head], want)
			}
		}
		if t.Failed() {
			t.Logf("%v", rows)
		}
		if len(lists) != 3*18 {
			t.Errorf("%d figures lead to a list", len(lists))
		}
		role := func(permissions string) {
			s.Write(t, s.Ada, func(x *record.Session) error {
				role, err := x.Create(t.Context(), "role", record.Values{"name": permissions, "permissions": permissions})
				if err == nil {
					_, err = x.Update(t.Context(), "member", s.Olga, 0, record.Values{"role": role.ID})
				}
				return err
			})
		}
		olga := s.User(t, s.Olga)
		role(`{"objects":{"*":{"read":"all"},"deal":{"read":"own"}}}`)
		has(t, olga.Get("/forecast/customers?of=all"), 200, "No customers yet")
		role(`{"objects":{"*":{"read":"all"},"account":{"read":"none"}}}`)
		has(t, olga.Get("/forecast/customers?of=all"), 404)
		if a := olga.Get("/forecast/cash?of=all"); a.Status != 200 || strings.Contains(a.Body, "/forecast/customers") {
			t.Errorf("who may read no customers is led to them: %d", a.Status)
		}
	})
}

// Twelve deals a month, of which six are won after 15 days: after three months the
// range of the same open deals is wider than after 18, and the page says so.
func TestFewMonthsWidenTheRange(t *testing.T) {
	t.Parallel()
	webtest.EachQuiet(t, pages, func(t *testing.T, s *webtest.Site) {
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		stages := map[string]value.ID{}
		s.Read(t, s.Ada, func(x *record.Session) error {
			return x.Each(t.Context(), record.Query{Object: "stage"}, func(r *record.Record) error {
				stages[r.Title()] = r.ID
				return nil
			})
		})
		deals := func(n int, due string) (ids []value.ID) {
			s.Write(t, s.Ada, func(x *record.Session) error {
				b := record.Batch{Object: "deal"}
				for range n {
					b.Changes = append(b.Changes, record.Change{Values: record.Values{"name": "Deal", "account": account, "owner": s.Rita, "stage": stages["Negotiation"], "amount": "1000", "close_date": due}})
				}
				out, err := x.Save(t.Context(), b)
				ids = nil
				for _, o := range out {
					ids = append(ids, o.ID)
				}
				return err
			})
			return ids
		}
		month := func() {
			ids := deals(12, s.Now().AddDate(0, 0, 20).Format(time.DateOnly))
			s.Pass(15 * 24 * time.Hour)
			s.Write(t, s.Ada, func(x *record.Session) error {
				b := record.Batch{Object: "deal"}
				for i, id := range ids {
					v := record.Values{"stage": stages["Won"]}
					if i%2 == 1 {
						v = record.Values{"stage": stages["Lost"], "lost_reason": "price"}
					}
					b.Changes = append(b.Changes, record.Change{ID: id, Values: v})
				}
				_, err := x.Save(t.Context(), b)
				return err
			})
			s.Pass(15 * 24 * time.Hour)
		}
		look := func() (width float64, o *sales.Outlook, page string) {
			now := s.Now()
			ids := deals(20, now.AddDate(0, 0, 20).Format(time.DateOnly))
			period := fmt.Sprintf("%d-Q%d", now.Year(), (int(now.Month())+2)/3)
			s.Read(t, s.Bob, func(x *record.Session) error {
				p, err := value.ParsePeriod(period, time.January)
				if err != nil {
					return err
				}
				e, err := sales.Expect(t.Context(), x, sales.ForecastQuery{From: p.First(), To: p.Last()})
				o = e.Outlook
				return err
			})
			page = s.User(t, s.Bob).Get("/forecast/range?of=all&period=" + period).Body
			s.Write(t, s.Ada, func(x *record.Session) error {
				for _, id := range ids {
					if err := x.Delete(t.Context(), "deal", id); err != nil {
						return err
					}
				}
				return nil
			})
			coming := o.Band.P50 - o.Closed.Minor
			return float64(o.Band.P90-o.Band.P10) / float64(coming), o, page
		}
		for range 3 {
			month()
		}
		wide, o, page := look()
		if !o.Few || o.Deals != 36 || o.Month != 3 || !strings.Contains(page, "The range is wide") {
			t.Errorf("of three months: %+v", o)
		}
		for range 15 {
			month()
		}
		narrow, o, page := look()
		if o.Few || o.Deals != 216 || o.Month != 18 || strings.Contains(page, "The range is wide") || !strings.Contains(page, "may bring") {
			t.Errorf("of 18 months: %+v", o)
		}
		if wide < 1.3*narrow {
			t.Errorf("the range is %.2f of what is to come after three months, %.2f after 18", wide, narrow)
		}
		// Whoever has nothing won and nothing due is told so, not a range from 0 to 0.
		if a := s.User(t, s.Max).Get("/forecast/range"); !strings.Contains(a.Body, "Nothing is expected") || strings.Contains(a.Body, "8 of 10") {
			t.Errorf("of nobody's deals: %d %s", a.Status, a.Body)
		}
	})
}
