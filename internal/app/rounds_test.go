package app_test

import (
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/jobs"
	"wellmet/internal/record"
	"wellmet/internal/sales"
)

// What takes long at night is asked for, once while it still waits, and done by
// jobs of the workspace.
func TestNightsAreAskedForOnce(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		k.Plant(t, apptest.Planting{Seed: 31, Deals: 300})
		k.Drain(t)
		round := func() {
			t.Helper()
			if err := k.App.Jobs().Round(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		asked := func(j jobs.Job) (waiting, done int) {
			k.Read(t, k.Ada, func(s *record.Session) error {
				list, err := jobs.Recent(t.Context(), s.Tx(), j.Kind(), 100)
				for _, x := range list {
					if x.Done == nil {
						waiting++
					} else {
						done++
					}
				}
				return err
			})
			return waiting, done
		}
		nights := []jobs.Job{sales.Relearn{}, sales.KeepForecast{}, sales.WatchStages{}, sales.Refocus{}}
		before := map[string]int{}
		for _, j := range nights {
			_, before[j.Kind()] = asked(j)
		}
		for range 2 { // the second night comes before the first is worked off
			round()
			for _, j := range nights {
				if n, _ := asked(j); n != 1 {
					t.Errorf("%s waits %d times", j.Kind(), n)
				}
			}
			k.Pass(25 * time.Hour)
		}
		if n, _ := asked(sales.Rescore{}); n != 2 {
			t.Errorf("leads and deals are scored by %d jobs", n)
		}
		k.Drain(t)
		for _, j := range nights {
			if waiting, done := asked(j); waiting != 0 || done != before[j.Kind()]+1 {
				t.Errorf("%s: %d wait, %d are done, before %d", j.Kind(), waiting, done, before[j.Kind()])
			}
		}
		k.Read(t, k.Ada, func(s *record.Session) error {
			due, err := sales.ForecastDue(t.Context(), s)
			if due {
				t.Error("the night is still to be kept")
			}
			foretold, _, errCount := s.Count(t.Context(), record.Query{Object: "deal", Filter: sales.Deals.Open + " and win_prediction is not empty", Count: record.CountExact})
			if foretold == 0 || errCount != nil {
				t.Errorf("%d deals are foretold (%v)", foretold, errCount)
			}
			return err
		})
	})
}
