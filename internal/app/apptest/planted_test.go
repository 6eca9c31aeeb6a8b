package apptest_test

import (
	"math"
	"reflect"
	"testing"

	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// What was planted is what the product finds: outcomes, stays, and close dates
// that were put off.
func TestPlantedHistoryIsTrue(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		truth := k.Plant(t, apptest.Planting{Seed: 1, Deals: 400, Meetings: true})
		won, open := 0, 0
		k.Read(t, k.Ada, func(s *record.Session) error {
			for _, d := range truth.Deals {
				r, err := s.Get(t.Context(), sales.Deals.Name, d.ID)
				if err != nil {
					return err
				}
				status, _ := record.Get(r, sales.DealStatus)
				moves, _ := record.Get(r, sales.DealMoves)
				slip, _ := record.Get(r, sales.DealSlip)
				want := map[bool]string{true: sales.Won, false: sales.Lost}[d.Won]
				if d.Open() {
					want = sales.Open
					open++
				} else if d.Won {
					won++
				}
				if status != want || moves != int64(d.Moves) || slip != int64(d.Slip) {
					t.Fatalf("%s is %s, moved %d times by %d, want %s, %d, %d", r.Title(), status, moves, slip, want, d.Moves, d.Slip)
				}
			}
			stays, err := s.Stays(t.Context(), record.StayQuery{Object: sales.Deals.Name, Field: "stage"})
			for _, x := range stays {
				for _, st := range truth.Stages {
					if x.Key == st.ID && x.Records != int64(st.Entered) {
						t.Errorf("%s: %d were there, want %d", st.Name, x.Records, st.Entered)
					}
				}
			}
			return err
		})
		if open == 0 || won < 50 {
			t.Errorf("%d won, %d open", won, open)
		}
	})
}

// The same seed tells the same story, and as many are won as the chances say.
func TestPlantingIsRepeatable(t *testing.T) {
	t.Parallel()
	bare := func(t *testing.T) (list []apptest.PlantedDeal) {
		x := apptest.Open(t, app.Config{Quiet: true, Sync: store.SyncOff}).Plant(t, apptest.Planting{Seed: 5, Deals: 300})
		weak := map[value.ID]value.ID{x.WeakRep: 1}
		for _, d := range x.Deals {
			d.ID, d.Account, d.Owner = 0, 0, weak[d.Owner]
			list = append(list, d)
		}
		return list
	}
	one, two := bare(t), bare(t)
	if !reflect.DeepEqual(one, two) {
		t.Error("the same seed tells two stories")
	}
	won, expected := 0.0, 0.0
	for _, d := range one {
		if !d.Open() {
			expected += d.Chance
		}
		if d.Won {
			won++
		}
	}
	if math.Abs(won-expected) > 25 {
		t.Errorf("%.0f won, %.0f expected", won, expected)
	}
}
