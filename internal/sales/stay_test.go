package sales_test

import (
	"fmt"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// A visit after another counts with it, and days on which nobody works count
// only by the calendar.
func TestStageTimesSumAllVisits(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k) // on a Monday at noon
		const day = 24 * time.Hour
		for _, to := range []struct {
			after time.Duration
			stage string
		}{{4 * day, "Qualified"}, {3 * day, "Prospecting"}, {2 * day, "Qualified"}} { // Friday, Monday, Wednesday
			k.Pass(to.after - time.Minute) // a move takes one
			if err := x.move(sales.Step{Stage: x.stages[to.stage]}); err != nil {
				t.Fatal(err)
			}
		}
		k.Pass(day)
		type sum struct{ visits, days, business int }
		want := map[string]sum{"Prospecting": {2, 6, 6}, "Qualified": {2, 4, 2}}
		x.Read(t, k.Rita, func(s *record.Session) error {
			times, err := sales.StageTimes(t.Context(), s, sales.Deals, x.deal)
			for _, st := range times {
				if got := (sum{st.Visits, st.Days, st.Business}); got != want[st.Name] || !st.Known {
					t.Errorf("%s: %+v, want %+v", st.Name, got, want[st.Name])
				}
			}
			if len(times) != 2 {
				t.Errorf("%+v", times)
			}
			if err != nil {
				return err
			}
			for name, groups := range map[string]int{"time-in-stage": 1, "time-in-stage-by-person": 2, "time-in-stage-by-pipeline": 2} {
				table, err := report.New(sales.Reports()).Run(t.Context(), s, name, report.Params{})
				if err != nil {
					return err
				}
				for _, r := range table.Rows {
					w := want[r.Labels[groups-1]]
					if fmt.Sprint(r.Values[1].Value) != fmt.Sprint(w.days) || fmt.Sprint(r.Values[2].Value) != fmt.Sprint(w.business) {
						t.Errorf("%s %v: %v, want %+v", name, r.Labels, r.Values, w)
					}
				}
				if len(table.Rows) != 2 || groups == 2 && table.Rows[0].Labels[0] == "" {
					t.Errorf("%s: %+v", name, table.Rows)
				}
			}
			return nil
		})
	})
}

func TestRottingAndMovedCloseDates(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		set := func(v record.Values) {
			t.Helper()
			k.Write(t, k.Rita, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "deal", x.deal, 0, v)
				return err
			})
		}
		rotting := func() (n int64) {
			k.Read(t, k.Rita, func(s *record.Session) (err error) {
				n, _, err = s.Count(t.Context(), record.Query{Object: "deal", Filter: `rotting_from <= today()`})
				return err
			})
			return n
		}
		k.Pass(14 * 24 * time.Hour)
		if rotting() != 0 {
			t.Error("rots on the last of its usual days")
		}
		k.Pass(24 * time.Hour)
		if rotting() != 1 {
			t.Error("does not rot behind its usual days")
		}
		set(record.Values{"close_date": "2026-07-10"})
		set(record.Values{"close_date": "2026-07-05"})
		set(record.Values{"amount": "5"})
		x.is("moved twice", record.Values{"close_date_moves": int64(2), "close_date_slip": int64(5)})
		set(record.Values{"close_date": nil})
		set(record.Values{"close_date": "2026-09-01"})
		x.is("said anew", record.Values{"close_date_moves": int64(2), "close_date_slip": int64(5)})
		if err := x.move(sales.Step{Kind: sales.Won}); err != nil {
			t.Fatal(err)
		}
		x.is("won", record.Values{"close_date_moves": int64(2), "close_date_slip": int64(5), "rotting_from": nil})
		if rotting() != 0 {
			t.Error("a won deal rots")
		}
	})
}

func TestUndoTakesAMoveOfTheCloseDateBack(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		var act value.ID
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "deal", x.deal, 0, record.Values{"close_date": "2026-07-10"})
			act = s.Act()
			return err
		})
		x.is("moved", record.Values{"close_date_moves": int64(1), "close_date_slip": int64(10)})
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.UndoAct(t.Context(), act)
			return err
		})
		x.is("taken back", record.Values{"close_date_moves": nil, "close_date_slip": nil})
	})
}
