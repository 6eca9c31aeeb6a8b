package sales_test

import (
	"fmt"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// forecastText is a forecast without the order of its currencies.
func forecastText(f *sales.Forecast) string {
	text := ""
	for _, r := range append(f.Rows, f.Total) {
		text += fmt.Sprintf("\n%s %v %q:", r.Kind, r.Key, r.Label)
		for _, class := range sales.ForecastClasses {
			if c, ok := r.Cells[class]; ok {
				sums := map[string]int64{}
				for _, m := range c.Amount.Sums {
					sums[m.Currency] += m.Minor
				}
				for _, m := range c.Weighted.Sums {
					sums["weighted "+m.Currency] += m.Minor
				}
				text += fmt.Sprintf(" %s %d %v %v %v (%d, %d) %s;", class, c.N, c.Amount.Value, c.Weighted.Value, sums, c.Amount.Missing, c.Weighted.Missing, c.Filter)
			}
		}
	}
	return text
}

// TestKeptForecastsEqualCounted plants a history, changes some of it, and asks
// everybody for every kind of forecast both ways.
func TestKeptForecastsEqualCounted(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		truth := k.Plant(t, apptest.Planting{Seed: 3, Deals: 400, Months: 9})
		must := func(fn func(s *record.Session) error) {
			t.Helper()
			if err := k.Workspace.Write(t.Context(), record.AsSystem("test"), fn); err != nil {
				t.Fatal(err)
			}
		}
		must(func(s *record.Session) error {
			if _, err := s.Create(t.Context(), record.CurrencyRates.Name, record.Values{"currency": "USD", "day": "2025-01-01", "rate": "0.9"}); err != nil {
				return err
			}
			open := 0
			for i, d := range truth.Deals {
				v := record.Values{}
				switch {
				case i%9 == 0:
					v["amount"] = value.Money{Minor: int64(1000 * i), Currency: "USD"}
				case i%9 == 1:
					v["amount"] = value.Money{Minor: int64(1000 * i), Currency: "CHF"} // without a rate
				case i%9 == 2:
					v["amount"] = nil
				}
				if d.Open() {
					open++
					v["close_date"] = []any{nil, "2026-03-02", "2026-03-31", "2026-05-01", "2026-02-20", s.Today().String()}[open%6]
					v["forecast"] = []any{nil, "omitted", "commit", "best"}[open%4]
				}
				if i%11 == 0 {
					v["owner"] = nil
				}
				if len(v) == 0 {
					continue
				}
				if _, err := s.Update(t.Context(), "deal", d.ID, 0, v); err != nil {
					return err
				}
			}
			return s.Delete(t.Context(), "deal", truth.Deals[0].ID, truth.Deals[7].ID)
		})
		for _, fold := range []bool{false, true} {
			if fold {
				if err := k.Workspace.Engine().RebuildSums(t.Context(), "deal"); err != nil {
					t.Fatal(err)
				}
			}
			for _, who := range []value.ID{k.Ada, k.Bob, k.Rita, k.Olga} {
				k.Read(t, who, func(s *record.Session) error { return askBothWays(t, s, truth.Pipeline) })
			}
		}
	})
}

func askBothWays(t *testing.T, s *record.Session, pipeline value.ID) error {
	t.Helper()
	team := s.Roster().TeamOf(s.Actor().Member())
	for _, days := range [][2]string{{"2026-01-01", "2026-03-31"}, {"2026-03-01", "2026-03-31"}, {"2026-04-01", "2026-06-30"}, {"2025-10-01", "2025-12-31"}, {"2026-02-10", "2026-05-20"}} {
		for _, q := range []sales.ForecastQuery{{By: sales.ByTeam}, {By: sales.ByPipeline}, {By: sales.ByTeam, Team: team}, {By: sales.ByPipeline, Person: s.Actor().Member()},
			{By: sales.ByTeam, Pipeline: pipeline}} {
			q.From, q.To = day(t, days[0]), day(t, days[1])
			kept, ok, err := sales.ForeseeKept(t.Context(), s, q)
			if err != nil || !ok {
				t.Errorf("%+v: kept sums answer %v, %v", q, ok, err)
				continue
			}
			counted, err := sales.ForeseeCounted(t.Context(), s, q)
			if err != nil {
				return err
			}
			if got, want := forecastText(kept), forecastText(counted); got != want {
				t.Errorf("%s, %+v: kept%s\ncounted%s", s.Roster().Name(s.Actor().Member()), q, got, want)
			}
		}
	}
	return nil
}

// TestForecastsOfHiddenFieldsAreCounted keeps the sums from who may not see what
// they are of.
func TestForecastsOfHiddenFieldsAreCounted(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		role := k.Create(t, k.Ada, access.Roles.Name, record.Values{"name": "Without categories",
			"permissions": `{"objects":{"*":{"read":"all"}},"fields":{"deal.forecast":"none"}}`})
		if err := k.Workspace.Write(t.Context(), record.AsSystem("test"), func(s *record.Session) error {
			_, err := s.Update(t.Context(), access.Members.Name, k.Max, 0, record.Values{"role": role})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		k.Read(t, k.Max, func(s *record.Session) error {
			q := quarter(t)
			q.By = sales.ByTeam
			if _, ok, err := sales.ForeseeKept(t.Context(), s, q); ok || err != nil {
				t.Errorf("kept sums answer %v, %v", ok, err)
			}
			return nil
		})
	})
}
