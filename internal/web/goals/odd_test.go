package goals_test

import (
	"fmt"
	"strings"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// Each page says in words why there is no percentage or no pace, what a year from
// February is, and that a month has no target.
func TestOddTargetsOnPages(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		s.Write(t, s.Ada, func(x *record.Session) error {
			return x.ChangeSettings(t.Context(), func(to *record.Settings) { to.FiscalStart = 2 })
		})
		for day := 1; day <= 28; day++ {
			s.Create(t, s.Ada, "holiday", record.Values{"name": fmt.Sprintf("Closed %d", day), "day": fmt.Sprintf("2026-02-%02d", day)})
		}
		ids := map[string]string{}
		for period, amount := range map[string]string{"2026-02": "100", "2027-Q1": "0", "2026-03": "9 CLP"} {
			ids[period] = s.Create(t, s.Ada, "target", record.Values{"member": s.Rita, "measure": "won_revenue", "period": period, "amount": amount}).String()
		}
		firm := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		s.Create(t, s.Rita, "deal", record.Values{"name": "Pumps", "account": firm, "amount": "5", "close_date": "2026-03-20"})
		ada := s.User(t, s.Ada)
		const noDays, zero, noRate = "The company works on no day", "The target is zero", "currency has no rate"
		for path, want := range map[string]string{
			"/targets?period=2026-02": noDays, "/targets?period=2027-Q1": zero, "/targets?period=2026-03": noRate, "/targets?period=2026-06": "No targets for",
			"/targets/plan?period=2026-02&measure=won_revenue": noDays,
			"/targets/gap/" + ids["2026-02"]:                   noDays, "/targets/gap/" + ids["2027-Q1"]: zero, "/targets/gap/" + ids["2026-03"]: noRate,
			"/forecast?period=2027-Q1&person=" + s.Rita.String(): zero, "/forecast?period=2026-03&person=" + s.Rita.String(): noRate,
			"/reports/target-attainment?period=all": noDays, "/reports/forecast-against-quota?period=all": zero,
		} {
			if a := ada.Get(path); a.Status != 200 || !strings.Contains(a.Body, want) {
				t.Errorf("%s: %d, does not say %q", path, a.Status, want)
			}
		}
	})
}

// A picture that has no room for all teams says how many it leaves out, and only
// who can choose a team is told to.
func TestTeamsThatAreNotCompared(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		for _, measure := range []string{"calls", "meetings", "new_deals"} {
			s.Create(t, s.Ada, "target", record.Values{"measure": measure, "period": "2026-Q1", "number": 9})
		}
		team := func(n int) {
			id := s.Create(t, s.Ada, "team", record.Values{"name": fmt.Sprintf("Crew %d", n)})
			s.Create(t, s.Ada, "target", record.Values{"team": id, "measure": "calls", "period": "2026-Q1", "number": 3})
		}
		for n := range 5 {
			team(n)
		}
		ada := s.User(t, s.Ada)
		if a := ada.Get("/targets?period=2026-Q1"); !strings.Contains(a.Body, "Strengths") || strings.Contains(a.Body, "not in the picture") {
			t.Errorf("all five are in the picture: %d", a.Status)
		}
		team(5)
		team(6)
		if a := ada.Get("/targets?period=2026-Q1"); !strings.Contains(a.Body, "2 more are not in the picture. Choose a team above") {
			t.Errorf("of seven teams two are left out: %d", a.Status)
		}
	})
}

// What has no rate is in no sum, and pages say so: targets of people beside their
// team's, amounts on the sheet, and those of the people of a gap alone.
func TestSumsWithoutARate(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		var north value.ID
		s.Read(t, s.Ada, func(x *record.Session) error { north = x.Roster().TeamOf(s.Rita); return nil })
		target := func(of string, who value.ID, amount string) string {
			v := record.Values{of: who, "measure": "won_revenue", "period": "2026-Q1", "amount": amount}
			return s.Create(t, s.Ada, "target", v).String()
		}
		target("team", north, "1000")
		ritas, olgas := target("member", s.Rita, "400"), target("member", s.Olga, "70")
		target("member", s.Max, "9 CLP")
		won(t, s, s.Rita, "5 USD", "2026-01-15")
		firm := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		for _, day := range []string{"2026-03-20", "2026-04-20"} {
			s.Create(t, s.Rita, "deal", record.Values{"name": "Pumps " + day, "account": firm, "amount": "7 USD", "close_date": day})
		}
		ada := s.User(t, s.Ada)
		for path, want := range map[string]string{
			"/targets?period=2026-Q1":                          "North: its people aim at €400 together, and 1 more at an amount without an exchange rate",
			"/targets/plan?period=2026-Q1&measure=won_revenue": "North: its people aim at €400 together, and 1 more at an amount without an exchange rate",
			"/targets/plan?period=2026-Q2&measure=won_revenue": "2 amounts have no exchange rate",
			"/targets/gap/" + ritas:                            "2 amounts have no exchange rate",
		} {
			if a := ada.Get(path); a.Status != 200 || !strings.Contains(a.Body, want) || strings.Contains(a.Body, "less than the target") {
				t.Errorf("%s: %d, does not say %q", path, a.Status, want)
			}
		}
		if a := ada.Get("/targets/gap/" + olgas); a.Status != 200 || strings.Contains(a.Body, "no exchange rate") {
			t.Errorf("the gap of somebody whose amounts have rates: %d", a.Status)
		}
	})
}
