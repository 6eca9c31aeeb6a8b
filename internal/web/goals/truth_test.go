package goals_test

import (
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// Each page values a target in another currency by the rate of its period, and one
// of a day without a rate says so instead of nothing.
func TestTargetsOfAnotherCurrencyOnPages(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		for day, factor := range map[string]string{"2025-10-01": "0.8", "2026-01-01": "0.5", "2026-02-15": "0.6"} {
			s.Create(t, s.Ada, "currency_rate", record.Values{"currency": "USD", "day": day, "rate": factor})
		}
		ids := map[string]string{}
		for _, p := range []string{"2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"} {
			ids[p] = s.Create(t, s.Ada, "target", record.Values{"member": s.Rita, "measure": "won_revenue", "period": p, "amount": "USD 1000", "raise_reason": "As agreed"}).String()
		}
		won(t, s, s.Rita, "250", "2026-01-15")
		ada, rita := s.User(t, s.Ada), s.User(t, s.Rita)
		const noRate = "no rate for the first day of its period"
		for _, x := range []struct {
			path string
			want []string
			not  string
		}{
			{"/targets?period=2025-Q3", []string{"$1,000", noRate}, "€0 /"},
			{"/targets?period=2025-Q4", []string{"€800", "/ US$1,000", "without an exchange rate"}, "€600"},
			{"/targets?period=2026-Q1", []string{"€500", "50%", "/ €800 (0%)"}, "€600"},
			{"/targets?period=2026-Q2", []string{"€600"}, ""},
			{"/targets/plan?period=2026-Q1&measure=won_revenue", []string{"/ €800 (0%)", "its people: €500"}, ""},
			{"/targets/plan?period=2025-Q4&measure=won_revenue", []string{"without an exchange rate"}, ""},
			{"/targets/gap/" + ids["2026-Q1"], []string{"€500", "€250"}, "€600"},
			{"/targets/gap/" + ids["2025-Q3"], []string{"$1,000", noRate}, "Missing"},
			{"/forecast?period=2026-Q1&person=" + s.Rita.String(), []string{"€500"}, "€600"},
			{"/forecast?period=2025-Q3&person=" + s.Rita.String(), []string{noRate}, ""},
			{"/reports/target-attainment?period=all", []string{"€500", "€800", "$1,000", noRate}, ""},
			{"/reports/forecast-against-quota?period=all", []string{"€500", "$1,000", noRate}, ""},
		} {
			a := ada.Get(x.path)
			for _, want := range x.want {
				if a.Status != 200 || !strings.Contains(a.Body, want) {
					t.Errorf("%s: %d, does not say %q", x.path, a.Status, want)
				}
			}
			if x.not != "" && strings.Contains(a.Body, x.not) {
				t.Errorf("%s says %q", x.path, x.not)
			}
		}
		if a := rita.Get("/targets/mine?period=2025-Q3", "HX-Request", "true"); !strings.Contains(a.Body, "/ US$1,000") {
			t.Errorf("the home page: %s", a.Body)
		}
	})
}

// The page of targets shows what a target was, who set it so, when and why.
func TestVersionsOnThePage(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		id := s.Create(t, s.Ada, "target", record.Values{"member": s.Rita, "measure": "won_revenue", "period": "2026-Q1", "amount": "900", "raise_reason": "As agreed"})
		won(t, s, s.Rita, "450", "2026-01-15")
		s.Pass(24 * time.Hour)
		s.Write(t, s.Bob, func(x *record.Session) error {
			_, err := x.Update(t.Context(), "target", id, 0, record.Values{"amount": "1800", "raise_reason": "A new <region>"})
			return err
		})
		for _, who := range []value.ID{s.Ada, s.Bob, s.Rita} {
			a := s.User(t, who).Get("/targets?period=2026-Q1")
			for _, want := range []string{"Rita: the target was changed while its period ran.", "· Ada · ", "· As agreed", "· Bob · ", "· A new &lt;region&gt;", "€900 from", "€1,800 from", "by days it is 38%"} {
				if !strings.Contains(a.Body, want) {
					t.Errorf("%q is not said: %d", want, a.Status)
				}
			}
		}
		if a := s.User(t, s.Olga).Get("/targets?period=2026-Q1"); strings.Contains(a.Body, "region") {
			t.Error("a colleague reads it")
		}
		// As of the day before the change the forecast holds against what was set then.
		ada := s.User(t, s.Ada)
		s.Pass(24 * time.Hour)
		now, then := ada.Get("/forecast?period=2026-Q1&person="+s.Rita.String()), ada.Get("/forecast?period=2026-Q1&as_of=2026-03-02&person="+s.Rita.String())
		if !strings.Contains(now.Body, "€1,800") || strings.Contains(now.Body, "€900") || !strings.Contains(then.Body, "€900") || strings.Contains(then.Body, "€1,800") {
			t.Errorf("now %d, then %d: not the versions of the days", now.Status, then.Status)
		}
	})
}

// Page and sheet say by how much the targets of the people are above or below the
// one of their team, and of the company.
func TestMismatchesAreSaid(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		var north, south value.ID
		s.Read(t, s.Ada, func(x *record.Session) error {
			north, south = x.Roster().TeamOf(s.Rita), x.Roster().TeamOf(s.Olga)
			return nil
		})
		target := func(of string, who value.ID, amount string) {
			v := record.Values{"measure": "won_revenue", "period": "2026-Q2", "amount": amount}
			if who != 0 {
				v[of] = who
			}
			s.Create(t, s.Ada, "target", v)
		}
		target("member", s.Rita, "400")
		target("member", s.Max, "300")
		target("member", s.Olga, "70")
		target("team", north, "1000")
		target("team", south, "70")
		target("", 0, "500")
		var company string
		s.Read(t, s.Ada, func(x *record.Session) error { company = x.Settings().Name; return nil })
		ada := s.User(t, s.Ada)
		for _, path := range []string{"/targets?period=2026-Q2", "/targets/plan?period=2026-Q2&measure=won_revenue"} {
			a := ada.Get(path)
			for _, want := range []string{"North: its people aim at €700 together, €300 less than the target.", company + ": its people aim at €770 together, €270 more than the target."} {
				if !strings.Contains(html.UnescapeString(a.Body), want) {
					t.Errorf("%s: %d, does not say %q", path, a.Status, want)
				}
			}
			if strings.Contains(a.Body, "South: its people") {
				t.Errorf("%s: what is level is no mismatch", path)
			}
		}
	})
}

// Who is level shares a place, on the page and in the file.
func TestTiesShareAPlace(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		for who, amounts := range map[value.ID][2]string{s.Rita: {"500", "1000"}, s.Max: {"250", "500"}, s.Olga: {"90", "900"}} {
			won(t, s, who, amounts[0], "2026-01-15")
			s.Create(t, s.Ada, "target", record.Values{"member": who, "measure": "won_revenue", "period": "2026-Q1", "amount": amounts[1]})
		}
		ada := s.User(t, s.Ada)
		a := ada.Get("/targets?period=2026-Q1")
		for name, place := range map[string]string{"Rita": "1", "Max": "1", "Olga": "3"} {
			if row := regexp.MustCompile(`<th scope="row">\s*` + "\u2003*" + `\s*` + name + `\s*</th>\s*<td class="r">\s*(\d+)\s*</td>`).FindStringSubmatch(a.Body); len(row) != 2 || row[1] != place {
				t.Errorf("%s has the place %v, want %s", name, row, place)
			}
		}
		file := ada.Get("/reports/target-attainment/csv?period=all")
		lines := strings.Split(strings.TrimPrefix(strings.TrimSpace(file.Body), "\ufeff"), "\n")
		at := -1
		for i, head := range strings.Split(lines[0], ",") {
			if head == "Place" {
				at = i
			}
		}
		if at < 0 || len(lines) != 4 {
			t.Fatalf("the file: %q", file.Body)
		}
		for _, text := range lines[1:] {
			cells := strings.Split(text, ",")
			if want := map[string]string{"Rita": "1", "Max": "1", "Olga": "3"}[cells[0]]; cells[at] != want {
				t.Errorf("in the file: %q, want the place %s", text, want)
			}
		}
	})
}

// The picture of strengths has for each measure what each team reached, each
// leading to its records; a team of which nothing is known in a measure has no
// point there, and says so.
func TestStrengthsOfTeams(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		var north, south value.ID
		s.Read(t, s.Ada, func(x *record.Session) error {
			north, south = x.Roster().TeamOf(s.Rita), x.Roster().TeamOf(s.Olga)
			return nil
		})
		won(t, s, s.Rita, "400", "2026-01-15")
		won(t, s, s.Max, "100", "2026-01-16")
		won(t, s, s.Olga, "70", "2026-01-17")
		for who, calls := range map[value.ID]int{s.Rita: 2, s.Max: 1} {
			for range calls {
				s.Create(t, who, "activity", record.Values{"kind": "call", "subject": "Talk", "done": true})
			}
		}
		for _, v := range []record.Values{
			{"team": north, "measure": "won_revenue", "amount": "800"}, {"team": south, "measure": "won_revenue", "amount": "100"},
			{"team": north, "measure": "calls", "number": 6}, {"team": south, "measure": "calls", "number": 6},
			{"team": north, "measure": "won_deals", "number": 4},
		} {
			v["period"] = "2026-Q1"
			s.Create(t, s.Ada, "target", v)
		}
		empty := s.Create(t, s.Ada, "team", record.Values{"name": "West"})
		s.Create(t, s.Ada, "target", record.Values{"team": empty, "measure": "calls", "period": "2026-Q1", "number": 5})
		body := s.User(t, s.Ada).Get("/targets?period=2026-Q1").Body
		_, radar, ok := strings.Cut(body, `<h2>Strengths</h2>`)
		if !ok {
			t.Fatal("no strengths")
		}
		plain := html.UnescapeString(strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(radar, " ")), " "))
		for _, want := range []string{"Sales North South West 1 2 3", "1 Won revenue €570 · €500 · €70 · –", "2 Won deals 3 · 2 · 1 · –", "3 Calls 3 · 3 · 0 · 0"} {
			if !strings.Contains(plain, want) {
				t.Errorf("%q is not in %q", want, plain)
			}
		}
		if n := strings.Count(radar, `href="/deals?filter=`); n < 4 {
			t.Errorf("%d figures lead to deals", n)
		}
	})
}
