package app_test

import (
	"slices"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// A past that is too long for one reading is made up a few days at a time: the
// days are the same, and each of them stays when the work is cut off.
func TestALongPastIsMadeUpByFewDays(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		k.Plant(t, apptest.Planting{Seed: 31, Deals: 200, Months: 14})
		k.Pass(24 * time.Hour)
		kept := func() (days []value.Date) {
			k.Read(t, k.Ada, func(s *record.Session) error {
				rows, err := s.Tx().Query(t.Context(), `SELECT day FROM {forecast_day} ORDER BY day DESC`)
				if err != nil {
					return err
				}
				defer rows.Close()
				for rows.Next() {
					d, _ := rows.Date(0)
					days = append(days, d)
				}
				return rows.Close()
			})
			return days
		}
		var j sales.KeepForecast
		if more, err := k.Workspace.KeepSome(t.Context(), &j, time.Nanosecond); !more || err != nil || !j.Few || len(kept()) != 0 {
			t.Fatalf("a reading that was cut off: more %t, few %t, %d days, %v", more, j.Few, len(kept()), err)
		}
		portions := 0
		for more := true; more; portions++ {
			var err error
			if more, err = k.Workspace.KeepSome(t.Context(), &j, time.Hour); err != nil {
				t.Fatal(err)
			}
			if n := len(kept()); more && (n == 0 || n > 2*(portions+1)) {
				t.Fatalf("%d days after %d portions", n, portions+1)
			}
		}
		few := kept()
		k.Read(t, k.Ada, func(s *record.Session) error {
			due, err := sales.ForecastDue(t.Context(), s)
			if due {
				t.Error("the night is still to be kept")
			}
			return err
		})
		if len(few) < 20 || portions < len(few)/2 || !slices.IsSortedFunc(few, func(a, b value.Date) int { return int(b - a) }) {
			t.Errorf("%d days in %d portions", len(few), portions)
		}
	})
}
