package sales_test

import (
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// What is said of a period in another currency is worth what it was on the first
// day of it, as targets are, and counts as unknown where there was no rate yet.
func TestAWordIsWorthTheRateOfItsPeriod(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		for day, factor := range map[string]string{"2026-01-01": "0.5", "2026-02-15": "0.6"} {
			k.Create(t, k.Ada, "currency_rate", record.Values{"currency": "USD", "day": day, "rate": factor})
		}
		k.Create(t, k.Ada, "currency_rate", record.Values{"currency": "CLP", "day": "2026-02-15", "rate": "0.001"})
		running, coming := quarter(t), sales.ForecastQuery{From: day(t, "2026-04-01"), To: day(t, "2026-06-30")}
		for _, x := range []struct {
			q       sales.ForecastQuery
			said    value.Money
			want    string
			unrated int
		}{
			{running, value.Money{Minor: 100_000, Currency: "USD"}, "500.00 EUR", 0},
			{coming, value.Money{Minor: 100_000, Currency: "USD"}, "600.00 EUR", 0},
			{coming, value.Money{Minor: 1_000_000, Currency: "CLP"}, "1000.00 EUR", 0},
			{running, value.Money{Minor: 1_000_000, Currency: "CLP"}, "", 1},
		} {
			k.Write(t, k.Rita, func(s *record.Session) error {
				_, err := sales.Adjust(t.Context(), s, sales.Adjustment{Person: k.Rita, From: x.q.From, To: x.q.To, Amount: x.said})
				return err
			})
			k.Read(t, k.Ada, func(s *record.Session) error {
				f, err := sales.Foresee(t.Context(), s, x.q)
				if err != nil {
					return err
				}
				said, err := sales.AdjustmentsOf(t.Context(), s, x.q.From, x.q.To)
				if err != nil {
					return err
				}
				words := f.Words(s, said)
				w, got := words[len(words)-1], ""
				if w.Own != nil {
					got = w.Own.String()
				}
				if got != x.want || w.Unrated != x.unrated {
					t.Errorf("%s of %s: %q, %d without a rate", x.said, x.q.From, got, w.Unrated)
				}
				return nil
			})
		}
	})
}
