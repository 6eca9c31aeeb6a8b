package goal_test

import (
	"fmt"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/goal"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// listed is what each target is worth in a list of them, by period, as of a moment.
func listed(t testing.TB, k *apptest.Kit, at time.Time) map[string]string {
	t.Helper()
	worth := map[string]string{}
	k.Read(t, k.Ada, func(s *record.Session) error {
		if err := s.Each(t.Context(), record.Query{Object: "target", AsOf: at}, func(r *record.Record) error {
			period, _ := record.Get(r, goal.TargetPeriod)
			base, rated := r.Base("amount")
			worth[period] = map[bool]string{true: fmt.Sprint(base), false: "none"}[rated]
			return nil
		}); err != nil {
			return err
		}
		a, err := s.Aggregate(t.Context(), record.Aggregate{Object: "target", Measures: []string{"sum:amount"}, AsOf: at})
		if err != nil {
			return err
		}
		m := a.Total.Values[0]
		worth["sum"] = fmt.Sprint(schema.Neutral(m.Value), " without ", m.Missing)
		page, err := s.Query(t.Context(), record.Query{Object: "target", Filter: "amount >= 600", AsOf: at})
		worth["above"] = fmt.Sprint(len(page.Records))
		return err
	})
	return worth
}

// Lists, sums and conditions of targets value an amount in another currency as
// attainment does: by the rate of the day on which its period begins, or of today
// while that is to come; so they do after another rate, another period, and as of a
// day that is past.
func TestListsOfTargetsSayWhatAttainmentDoes(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		is := func(what string, at time.Time, want map[string]string) {
			t.Helper()
			got := listed(t, k, at)
			for key, text := range want {
				if got[key] != text {
					t.Errorf("%s: %s: %s, want %s", what, key, got[key], text)
				}
			}
			if !at.IsZero() {
				return
			}
			for _, p := range []string{"2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"} {
				for _, b := range boards(t, k, k.Ada, goal.Question{Period: period(t, p)}) {
					l := line(t, b, "Rita")
					n := map[bool]string{true: "none", false: fmt.Sprint(l.Target.N)}[l.Target.Unrated]
					if n != got[p] {
						t.Errorf("%s: %s is listed with %s, attainment says %s", what, p, got[p], n)
					}
				}
			}
		}
		ids := map[string]value.ID{}
		for _, p := range []string{"2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"} {
			v := quota(k.Rita, p, "USD 1000")
			v["raise_reason"] = "As agreed"
			ids[p] = k.Create(t, k.Ada, "target", v)
		}
		is("without rates", time.Time{}, map[string]string{"2026-Q1": "none", "sum": " without 4"})
		rate(t, k, "USD", "2025-10-01", "0.8")
		rate(t, k, "USD", "2026-01-01", "0.5")
		rate(t, k, "USD", "2026-02-15", "0.6")
		k.Drain(t)
		first := map[string]string{"2025-Q3": "none", "2025-Q4": "80000", "2026-Q1": "50000", "2026-Q2": "60000", "sum": "1900.00 EUR without 1", "above": "2"}
		is("rates that came later", time.Time{}, first)
		k.Create(t, k.Ada, "target", record.Values{"member": k.Olga, "measure": goal.WonRevenue, "period": "2026-03", "amount": "USD 100", "raise_reason": "x"})
		is("set afterwards", time.Time{}, map[string]string{"2026-03": "6000", "sum": "1960.00 EUR without 1"})
		k.Pass(10 * 24 * time.Hour)
		then := k.Now()
		k.Pass(8 * 24 * time.Hour)
		rate(t, k, "USD", "2026-03-20", "0.7")
		rate(t, k, "USD", "2026-04-01", "0.9") // known ahead
		k.Drain(t)
		is("a rate moves what is to come", time.Time{}, map[string]string{"2025-Q4": "80000", "2026-Q1": "50000", "2026-Q2": "70000", "2026-03": "6000", "sum": "2060.00 EUR without 1", "above": "2"})
		is("as of then", then, map[string]string{"2026-Q1": "50000", "2026-Q2": "60000", "sum": "1960.00 EUR without 1"})
		k.Pass(13 * 24 * time.Hour) // 2 April
		if err := k.Workspace.BeginRates(t.Context()); err != nil {
			t.Fatal(err)
		}
		k.Drain(t)
		is("a rate known ahead begins", time.Time{}, map[string]string{"2026-Q1": "50000", "2026-Q2": "90000", "above": "2"})
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "target", ids["2026-Q1"], 0, record.Values{"period": "2026-04"})
			return err
		})
		is("another period", time.Time{}, map[string]string{"2026-04": "90000", "sum": "2660.00 EUR without 1", "above": "3"})
		is("as of then, after all", then, map[string]string{"2026-Q2": "60000", "sum": "1960.00 EUR without 1"})
	})
}
