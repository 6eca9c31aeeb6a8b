package sales_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// TestManyDaysAreThoseReadOneByOne makes up histories, and reads the days of the
// past together, all and in halves, with large portions and small ones: each says
// what it says when it is read alone.
func TestManyDaysAreThoseReadOneByOne(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		truth := k.Plant(t, apptest.Planting{Seed: 11, Deals: 150, Months: 14})
		random := rand.New(rand.NewPCG(3, 5))
		if err := k.Workspace.Write(t.Context(), record.AsSystem("test"), func(s *record.Session) error {
			_, err := s.Create(t.Context(), record.CurrencyRates.Name, record.Values{"currency": "USD", "day": "2025-01-01", "rate": "0.9"})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			oddPasts(t, k, random, truth)
			k.Pass(time.Duration(random.IntN(30*24)) * time.Hour)
			wanted := map[value.Date]string{}
			for _, bound := range [][2]int{{1 << 30, 20_000}, {1 << 30, 13}, {150, 50}, {0, 20_000}} {
				sameDays(t, k, bound, wanted)
			}
		}
	})
}

// oddPasts changes some deals in ways of which snapshots must make sense.
func oddPasts(t *testing.T, k *apptest.Kit, random *rand.Rand, truth *apptest.Truth) {
	t.Helper()
	if err := k.Workspace.Write(t.Context(), record.AsSystem("test"), func(s *record.Session) error {
		for i, d := range truth.Deals {
			if random.IntN(3) > 0 {
				continue
			}
			v := record.Values{}
			switch random.IntN(6) {
			case 0:
				v["amount"] = value.Money{Minor: int64(777 * i), Currency: "USD"}
			case 1:
				v["amount"] = value.Money{Minor: int64(1000 * i), Currency: "CHF"} // without a rate
			case 2:
				v["amount"] = nil
			case 3:
				v["owner"] = nil
			case 4:
				v["probability"] = int64(random.IntN(101))
			}
			if d.Open() {
				v["close_date"] = s.Today().AddDays(random.IntN(400) - 100)
				v["forecast"] = []any{nil, "omitted", "commit", "best"}[random.IntN(4)]
			}
			if len(v) == 0 {
				continue
			}
			if _, err := s.Update(t.Context(), "deal", d.ID, 0, v); err != nil {
				return fmt.Errorf("%v: %w", v, err)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// sameDays reads the days within bounds, and compares each with itself alone.
func sameDays(t *testing.T, k *apptest.Kit, bound [2]int, wanted map[value.Date]string) {
	t.Helper()
	var days *sales.Snapshots
	read := func(fn func(s *record.Session) error) {
		t.Helper()
		if err := k.Workspace.Read(t.Context(), record.AsSystem("test"), fn); err != nil {
			t.Fatal(err)
		}
	}
	read(func(s *record.Session) (err error) {
		days, err = sales.TakeSnapshots(t.Context(), s, false)
		return err
	})
	days.Bound(bound[0], bound[1])
	for more := true; more; {
		read(func(s *record.Session) (err error) {
			more, err = days.Read(t.Context(), s)
			return err
		})
	}
	n, said, last := 0, false, value.Date(1<<30)
	for x := days.Next(); x != nil; x = days.Next() {
		day, text := x.Text()
		if _, known := wanted[day]; !known {
			read(func(s *record.Session) error {
				alone, err := sales.SnapshotAlone(t.Context(), s, day)
				if err == nil {
					_, wanted[day] = alone.Text()
				}
				return err
			})
		}
		if text != wanted[day] || day >= last {
			t.Errorf("within %v, %v after %v:\n%swant\n%s", bound, day, last, text, wanted[day])
		}
		n, said, last = n+1, said || text != "", day
	}
	if all := len(wanted); n == 0 || !said || (n == all) != (bound[0] >= 1<<30) || bound[0] == 0 && n != 1 {
		t.Errorf("within %v, %d of %d days", bound, n, all)
	}
}
