package sales_test

import (
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// Each day that ends is kept; days on which nobody was there to keep them are
// made up from the spans, and say so.
func TestTheForecastIsKeptEachDay(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		keep := func() {
			t.Helper()
			if err := k.Workspace.KeepForecast(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		moves := func(member, person value.ID) (list []sales.ForecastDay) {
			k.Read(t, member, func(s *record.Session) (err error) {
				q := quarter(t)
				q.Person = person
				list, err = sales.Moves(t.Context(), s, q, q.From, q.To)
				return err
			})
			return list
		}
		keep() // without a single deal
		book := newBook(t, k)
		north := book.deal(k.Rita, "Negotiation", "2026-03-20", 100)
		book.deal(k.Olga, "Prospecting", "2026-03-03", 40)
		book.deal(k.Olga, "Negotiation", "2026-06-20", 7) // of another quarter
		k.Pass(24 * time.Hour)
		keep()
		k.Pass(24 * time.Hour)
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "deal", north, 0, record.Values{"amount": whole(300)})
			return err
		})
		k.Pass(3 * 24 * time.Hour) // the server is down
		keep()
		keep() // nothing twice

		list := moves(k.Ada, 0)
		last := list[len(list)-1]
		if last.Day != day(t, "2026-03-06") || last.MadeUp || last.Committed() != 30000 || last.Weighted != 22500 || last.Classes[sales.Past] != 4000 {
			t.Errorf("the last day: %+v", last)
		}
		for _, want := range []struct {
			day                string
			madeUp             bool
			commit, inPipeline int64
		}{{"2026-03-02", false, 10000, 4000}, {"2026-03-03", true, 10000, 0}, {"2026-03-04", true, 30000, 0}, {"2026-03-05", true, 30000, 0}} {
			found := false
			for _, m := range list {
				if m.Day == day(t, want.day) {
					found = true
					if m.MadeUp != want.madeUp || m.Committed() != want.commit || m.Classes[sales.InPipeline] != want.inPipeline {
						t.Errorf("%s: %+v, want %+v", want.day, m, want)
					}
				}
			}
			if !found {
				t.Errorf("nothing of %s in %+v", want.day, list)
			}
		}
		if l := moves(k.Rita, k.Rita); l[len(l)-1].Committed() != 30000 || l[len(l)-1].Classes[sales.Past] != 0 {
			t.Errorf("Rita's: %+v", l[len(l)-1])
		}
		if l := moves(k.Rita, k.Olga); l[len(l)-1].Classes[sales.Past] != 4000 {
			t.Errorf("Olga's deals are open to Rita: %+v", l[len(l)-1])
		}
		k.Read(t, k.Ada, func(s *record.Session) error {
			list, err := sales.Accuracy(t.Context(), s, sales.ForecastQuery{}, 4)
			if err != nil || len(list) != 0 {
				t.Errorf("of quarters that nobody knows: %+v, %v", list, err)
			}
			return nil
		})
	})
}

// The first night makes up the running quarter and the days by which quarters are
// judged; each night after it has one day to keep.
func TestANightKeepsOneDay(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		k.Plant(t, apptest.Planting{Seed: 4, Deals: 50, Months: 12})
		kept := func() (days int64) {
			if err := k.Workspace.KeepForecast(t.Context()); err != nil {
				t.Fatal(err)
			}
			k.Read(t, k.Ada, func(s *record.Session) error {
				_, err := s.Tx().Row(t.Context(), `SELECT count(*) FROM {forecast_day}`, nil, &days)
				return err
			})
			return days
		}
		first := kept()
		if again := kept(); again != first {
			t.Errorf("%d days, and %d asked again", first, again)
		}
		k.Pass(24 * time.Hour)
		if next := kept(); next != first+1 || first > 90 {
			t.Errorf("%d days in the first night, %d after the next", first, next)
		}
	})
}

// What a quarter of the past was forecast as can be told from the spans, though
// nobody kept it then.
func TestHowQuartersWereForecast(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		truth := k.Plant(t, apptest.Planting{Seed: 4, Deals: 200, Months: 12})
		if err := k.Workspace.KeepForecast(t.Context()); err != nil {
			t.Fatal(err)
		}
		k.Read(t, k.Ada, func(s *record.Session) error {
			list, err := sales.Accuracy(t.Context(), s, sales.ForecastQuery{}, 3)
			if err != nil || len(list) != 3 {
				t.Fatalf("%+v, %v", list, err)
			}
			for _, j := range list {
				won := int64(0)
				for _, d := range truth.Deals {
					if d.Won && j.Period.Contains(value.DateOf(d.Ended, time.UTC)) {
						won += d.Amount.Minor
					}
				}
				if j.Actual != won || j.Said[len(j.Said)-1] < won || j.Period.Kind() != value.Quarter {
					t.Errorf("%v: %+v, won were %d", j.Period, j, won)
				}
			}
			return nil
		})
	})
}

// A customer is new in the month in which he buys first, and lost a year after he
// bought last; whoever comes back is new again.
func TestCustomersComeAndGo(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		other := k.Create(t, k.Ada, "account", record.Values{"name": "Corvus"})
		buy := func(account value.ID, on string) {
			book.account = account
			book.deal(k.Rita, "Won", on, 10)
		}
		first := book.account
		buy(first, "2024-11-30")
		buy(first, "2025-04-01")
		buy(other, "2025-02-15")
		buy(other, "2026-03-01")
		k.Read(t, k.Ada, func(s *record.Session) error {
			list, err := sales.Growth(t.Context(), s, sales.ForecastQuery{}, 14, 3)
			if err != nil {
				return err
			}
			var new, lost int64
			for i, m := range list {
				if m.Projected {
					continue
				}
				if i > 0 && m.Active != list[i-1].Active+m.New-m.Lost {
					t.Errorf("%v: %d active, %d before", m.Month, m.Active, list[i-1].Active)
				}
				new, lost = new+m.New, lost+m.Lost
				for filter, n := range map[string]int64{m.NewFilter: m.New, m.ActiveFilter: m.Active, m.LostFilter: m.Lost} {
					got, _, err := s.Count(t.Context(), record.Query{Object: "account", Filter: filter, Count: record.CountExact})
					if err != nil || got != n {
						t.Errorf("%v: %d in the list %q, want %d (%v)", m.Month, got, filter, n, err)
					}
				}
			}
			if new != 2 || lost != 1 || len(list) != 17 || !list[16].Projected {
				t.Errorf("%d new, %d lost: %+v", new, lost, list)
			}
			return nil
		})
	})
}
