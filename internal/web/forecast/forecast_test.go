package forecast_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

// has checks an answer's status and words.
func has(t *testing.T, a webtest.Answer, status int, words ...string) {
	t.Helper()
	if a.Status != status {
		t.Fatalf("status %d, want %d: %s", a.Status, status, a.Body)
	}
	for _, w := range words {
		if !strings.Contains(a.Body, w) {
			t.Errorf("no %q in %s", w, a.Body)
		}
	}
}

// A person says what his quarter brings, his manager says otherwise; both stay.
func TestTheForecastPage(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		rita, bob, olga := s.User(t, s.Rita), s.User(t, s.Bob), s.User(t, s.Olga)
		has(t, rita.Get("/forecast"), 200, "Nothing to forecast")
		firm := s.Create(t, s.Rita, "account", record.Values{"name": "Aurora"})
		s.Create(t, s.Rita, "deal", record.Values{"name": "North", "account": firm, "amount": "100", "close_date": "2026-03-10"})
		s.Create(t, s.Rita, "deal", record.Values{"name": "Late", "account": firm, "amount": "55", "close_date": "2026-02-10"})
		has(t, rita.Get("/forecast"), 200, "Open, close date past", "1 deal", "/deals?filter=")
		has(t, rita.Get("/forecast?period=2026-Q2"), 200, "Nothing to forecast")
		has(t, bob.Get("/forecast"), 200, "North")
		for by, row := range map[string]string{"pipeline": "Weighted", "product": "Deals without lines", "currency": ">EUR<", "nonsense": "North"} {
			has(t, bob.Get("/forecast?by="+by), 200, row)
		}
		has(t, bob.Get("/forecast?team=4"), 404)

		none := "none came in the last 18 months"
		if a := rita.Get("/forecast/range?period=2026-Q1"); strings.Contains(a.Body, "Leads month by month") || !strings.Contains(a.Body, none) {
			t.Error("months of no leads")
		}
		s.Create(t, s.Rita, "lead", record.Values{"name": "Anna", "company": "Borealis"})
		has(t, rita.Get("/forecast/range?period=2026-Q1"), 200, "Leads month by month", "/leads?filter=created_at", "Few leads to learn from")
		if a := rita.Get("/forecast/range?period=2026-Q1"); strings.Contains(a.Body, none) {
			t.Error("of a lead it says that none came")
		}
		has(t, olga.Get("/forecast/range?period=2026-Q1&person="+s.Olga.String()), 200, "may bring")

		of := "/forecast?period=2026-Q1&person=" + s.Rita.String()
		has(t, rita.Post(of, url.Values{"do": {"say"}, "amount": {"90"}, "note": {"one slips"}}), 303)
		has(t, bob.Post(of, url.Values{"do": {"say"}, "amount": {"70"}}), 303)
		has(t, rita.Post(of, url.Values{"do": {"say"}, "amount": {"much"}}), 422, `value="much"`)
		has(t, rita.Post(of, url.Values{"do": {"say"}, "amount": {""}}), 422)
		for _, u := range []*webtest.User{rita, bob} {
			has(t, u.Get(of), 200, "€90", "€70", "one slips", "Bob,", "Rita,")
		}
		has(t, bob.Get("/forecast?period=2026-Q1"), 200, "What 1 person says is in it", "€70")
		if a := olga.Get(of); strings.Contains(a.Body, "one slips") {
			t.Error("a colleague reads what is said of Rita")
		}
		if a := olga.Post(of, url.Values{"do": {"say"}, "amount": {"1"}}); a.Status != 403 && a.Status != 422 {
			t.Errorf("a colleague adjusts Rita: %d", a.Status)
		}

		s.Create(t, s.Bob, "target", record.Values{"member": s.Rita, "period": "2026-Q1", "measure": "won_revenue", "amount": "1000"})
		has(t, bob.Get("/forecast?period=2026-Q1"), 200, "Target")
		has(t, bob.Get(of), 200, "of the target", "€1,000")

		for path, words := range map[string]string{"/forecast/range": "No deal has been won or lost yet", "/forecast/moves": "No days are kept", "/forecast/cash": "Booked, no plan", "/forecast/customers": "No customers yet"} {
			for _, u := range []*webtest.User{rita, bob, olga} {
				if a := u.Get(path + "?of=all"); u == bob {
					has(t, a, 200, words)
				} else {
					has(t, a, 200)
				}
			}
		}
		if a := bob.Get("/forecast/range", "HX-Request", "true"); strings.Contains(a.Body, "<h1") || !strings.Contains(a.Body, `id="range"`) {
			t.Errorf("a part of the page: %s", a.Body)
		}

		role := s.Create(t, s.Ada, "role", record.Values{"name": "No contracts", "permissions": `{"objects":{"*":{"read":"all"},"contract":{"read":"none"}}}`})
		won := s.Create(t, s.Rita, "deal", record.Values{"name": "South", "account": firm, "amount": "100", "close_date": "2026-03-01"})
		s.Write(t, s.Rita, func(x *record.Session) error {
			_, err := sales.Win(t.Context(), x, won, 0, sales.Close{})
			return err
		})
		s.Write(t, s.Ada, func(x *record.Session) error {
			_, err := x.Update(t.Context(), "member", s.Olga, 0, record.Values{"role": role})
			return err
		})
		has(t, olga.Get("/forecast/cash?of=all"), 200, "1 deal has a contract that you may not see")
		if a := bob.Get("/forecast/cash?of=all"); strings.Contains(a.Body, "may not see") {
			t.Error("who sees all contracts is told of hidden ones")
		}

		factor := url.Values{"do": {"factor"}, "name": {"Market"}, "change": {"-5"}, "starts_on": {"2026-01-01"}, "ends_on": {"2026-03-31"}}
		has(t, bob.Post(of, factor), 303)
		has(t, bob.Get(of), 200, "Market", "· Sales", "Switch off")
		if a := rita.Get(of); strings.Contains(a.Body, "Switch off") {
			t.Error("a rep may switch a factor off")
		}
		if a := rita.Post(of, factor); a.Status != 403 {
			t.Errorf("a rep adds a factor: %d", a.Status)
		}
		factor.Set("ends_on", "2025-01-01")
		has(t, bob.Post(of, factor), 422, "before the first")
	})
}

// A period without a deal says so, and still has what may come: the range, the
// target, what people say and what moves it from outside.
func TestAPeriodWithoutDeals(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		rita, bob := s.User(t, s.Rita), s.User(t, s.Bob)
		if a := rita.Get("/forecast/range?period=2026-Q3"); !strings.Contains(a.Body, "Nothing can be told yet") || strings.Contains(a.Body, "8 of 10") {
			t.Errorf("a range of nothing at all: %.3000s", a.Body)
		}
		of := "/forecast?period=2026-Q3&person=" + s.Rita.String()
		if a := rita.Get(of); strings.Contains(a.Body, "<tfoot") {
			t.Error("a table of nothing")
		}
		has(t, rita.Post(of, url.Values{"do": {"say"}, "amount": {"90"}, "note": {"one will come"}}), 303)
		has(t, bob.Post(of, url.Values{"do": {"factor"}, "name": {"Market"}, "change": {"-5"}, "starts_on": {"2026-07-01"}, "ends_on": {"2026-09-30"}}), 303)
		s.Create(t, s.Bob, "target", record.Values{"member": s.Rita, "period": "2026-Q3", "measure": "won_revenue", "amount": "1000"})
		s.Create(t, s.Rita, "lead", record.Values{"name": "Anna", "company": "Borealis"})
		beside := []string{"Nothing to forecast", `hx-get="/forecast/range?`, "of the target €1k", "<tfoot", "€1,000", "one will come", "Outside factors", "Market"}
		has(t, rita.Get(of), 200, append(beside, `name="amount"`)...)
		has(t, bob.Get(of), 200, append(beside, "Switch off")...)
		has(t, rita.Get(strings.Replace(of, "?", "/range?", 1)), 200, "may bring", "Leads month by month")
		has(t, bob.Get("/forecast?period=2026-Q3"), 200, "Nothing to forecast", "€90")
		if a := s.User(t, s.Olga).Get(of); a.Status != 200 || strings.Contains(a.Body, "one will come") {
			t.Errorf("a colleague reads what is said of Rita: %d", a.Status)
		}
	})
}

// A forecast of a past day has what was said and aimed at on it: not what was said
// since, and not nothing because it was said anew.
func TestWhatWasSaidAndAimedAtThen(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		rita := s.User(t, s.Rita)
		firm := s.Create(t, s.Rita, "account", record.Values{"name": "Aurora"})
		s.Create(t, s.Rita, "deal", record.Values{"name": "North", "account": firm, "amount": "100", "close_date": "2026-03-30"})
		of := "/forecast?period=2026-Q1&person=" + s.Rita.String()
		has(t, rita.Post(of, url.Values{"do": {"say"}, "amount": {"9111"}, "note": {"one slips"}}), 303)
		target := s.Create(t, s.Bob, "target", record.Values{"member": s.Rita, "period": "2026-Q1", "measure": "won_revenue", "amount": "4444"})
		first := s.Now().Format("2006-01-02")
		s.Pass(48 * time.Hour)
		has(t, rita.Post(of, url.Values{"do": {"say"}, "amount": {"7222"}, "note": {"two slip"}}), 303)
		s.Write(t, s.Bob, func(x *record.Session) error {
			_, err := x.Update(t.Context(), "target", target, 0, record.Values{"amount": "5555"})
			return err
		})
		other := "/forecast?period=2026-Q1&person=" + s.Max.String()
		max := s.User(t, s.Max)
		s.Create(t, s.Max, "deal", record.Values{"name": "West", "account": firm, "amount": "100", "close_date": "2026-03-30"})
		has(t, max.Post(other, url.Values{"do": {"say"}, "amount": {"3333"}}), 303)
		s.Create(t, s.Bob, "target", record.Values{"member": s.Max, "period": "2026-Q1", "measure": "won_revenue", "amount": "6666"})

		shows(t, []showing{
			{rita, of, []string{"€7,222", "two slip", "€5,555"}, []string{"€9,111", "€4,444"}},
			{rita, of + "&as_of=" + first, []string{"€9,111", "one slips", "€4,444"}, []string{"€7,222", "two slip", "€5,555"}},
			{max, other, []string{"€3,333", "€6,666"}, nil},
			{s.User(t, s.Bob), other + "&as_of=" + first, nil, []string{"€3,333", "€6,666"}},
		})

		// What is taken back stood until then, for whom it stood.
		second := s.Now().Format("2006-01-02")
		s.Pass(48 * time.Hour)
		s.Write(t, s.Ada, func(x *record.Session) error {
			for _, object := range []string{"forecast_adjustment", "target"} {
				page, err := x.Query(t.Context(), record.Query{Object: object})
				if err != nil || len(page.Records) != 2 {
					return fmt.Errorf("%d of %s: %w", len(page.Records), object, err)
				}
				for _, r := range page.Records {
					if err := x.Delete(t.Context(), object, r.ID); err != nil {
						return err
					}
				}
			}
			return nil
		})
		shows(t, []showing{
			{rita, of, nil, []string{"€7,222", "€9,111", "€4,444", "€5,555"}},
			{rita, of + "&as_of=" + first, []string{"€9,111", "one slips", "€4,444"}, []string{"€7,222", "two slip", "€5,555"}},
			{rita, of + "&as_of=" + second, []string{"€7,222", "two slip", "€5,555"}, []string{"€9,111", "€4,444"}},
			{max, of + "&as_of=" + second, nil, []string{"€7,222", "two slip", "€5,555"}},
			{max, other + "&as_of=" + second, []string{"€3,333", "€6,666"}, nil},
			{max, other + "&as_of=" + first, nil, []string{"€3,333", "€6,666"}},
		})
	})
}

// showing is what a page tells somebody, and what it does not.
type showing struct {
	user        *webtest.User
	path        string
	has, hasNot []string
}

func shows(t *testing.T, list []showing) {
	t.Helper()
	for _, x := range list {
		a := x.user.Get(x.path)
		has(t, a, 200, x.has...)
		for _, w := range x.hasNot {
			if strings.Contains(a.Body, w) {
				t.Errorf("%s has %q", x.path, w)
			}
		}
	}
}

// Days on which the server was down are told as what they are: on the page of how
// the forecast went, and where one looks back to such a day.
func TestDaysThatNobodyKept(t *testing.T) {
	t.Parallel()
	webtest.EachQuiet(t, pages, func(t *testing.T, s *webtest.Site) {
		keep := func() {
			t.Helper()
			if err := s.Workspace.KeepForecast(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		firm := s.Create(t, s.Rita, "account", record.Values{"name": "Aurora"})
		s.Create(t, s.Rita, "deal", record.Values{"name": "North", "account": firm, "amount": "4321", "close_date": "2026-03-30", "forecast": "commit"})
		s.Pass(24 * time.Hour)
		first := s.Now().Add(-24 * time.Hour).Format("2006-01-02")
		keep()
		s.Pass(24 * time.Hour)
		missed := s.Now().Format("2006-01-02")
		s.Pass(3 * 24 * time.Hour) // the server is down
		bob := s.User(t, s.Bob)
		back := "/forecast?of=all&period=2026-Q1&as_of="
		has(t, bob.Get(back+missed), 200, "no snapshot", "€4,321")
		keep()
		madeUp, kept := "made up later from history because the server was down", "From the snapshot kept at the end of that day"
		has(t, bob.Get(back+missed), 200, madeUp, "€4,321")
		if a := bob.Get(back + first); strings.Contains(a.Body, madeUp) {
			t.Errorf("a day that was kept: %s", a.Body)
		} else {
			has(t, a, 200, kept, "€4,321")
		}
		has(t, bob.Get("/forecast/moves?of=all&period=2026-Q1"), 200, "days were made up later from the history of the deals", "€4,321")
		s.Pass(92 * 24 * time.Hour)
		keep()
		if a := s.User(t, s.Bob).Get("/forecast/moves?of=all"); strings.Contains(a.Body, ">0 days before") {
			t.Errorf("how near it was: %s", a.Body)
		} else {
			has(t, a, 200, "90 days before", "30 days before", "On the last day")
		}
	})
}

// The sample company's forecast in the browser, light and dark, on a phone; a
// figure leads to its deals.
func TestTheForecastInTheBrowser(t *testing.T) {
	t.Parallel()
	s, people := webtest.Sample(t, pages)
	if err := s.Workspace.KeepForecast(t.Context()); err != nil {
		t.Fatal(err)
	}
	b := s.BrowserOf(t, people["manager"])
	b.Open("/forecast")
	b.Visible("#range .ch")
	b.Axe()
	b.Picture("forecast-light")
	b.Theme("dark")
	b.AxeColours()
	b.Picture("forecast-dark")
	b.Theme("light")
	for _, tab := range []string{"moves", "cash", "customers"} {
		b.Open("/forecast/" + tab)
		b.Visible(".ch")
		b.Axe()
		b.Picture("forecast-" + tab + "-light")
	}
	b.Size(390, 844)
	b.Open("/forecast")
	b.Visible("#range .ch")
	b.Wait("document.documentElement.scrollWidth <= 391")
	b.Picture("forecast-phone-light")
	b.Size(1440, 900)
	b.Open("/forecast")
	b.Click("tfoot a.ext")
	b.Wait("location.pathname === '/deals' && location.search.includes('filter=')")
}
