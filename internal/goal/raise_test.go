package goal_test

import (
	"slices"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/goal"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// A target that rises though the last one was missed asks for a reason, whatever
// was carried at better times and even where nothing ever was; what the same
// season brought needs none.
func TestARaiseAboveAMissedTarget(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		ctx := t.Context()
		won(t, k, k.Rita, "100", "2025-08-12")
		won(t, k, k.Rita, "10", "2025-11-12")
		won(t, k, k.Rita, "5", "2026-01-20")
		won(t, k, k.Max, "60", "2025-06-02")
		won(t, k, k.Max, "100", "2025-08-14")
		won(t, k, k.Max, "10", "2026-01-20")
		won(t, k, k.Bob, "100", "2025-08-13")
		won(t, k, k.Bob, "60", "2025-11-13")
		for who, period := range map[value.ID]string{k.Rita: "2025-Q4", k.Olga: "2025-Q4", k.Bob: "2025-Q4", k.Max: "2026-Q1"} {
			v := quota(who, period, "50")
			v["raise_reason"] = "As agreed"
			k.Create(t, k.Ada, "target", v)
		}
		try := func(who value.ID, amount, reason string) error {
			return k.Try(ctx, k.Ada, func(s *record.Session) error {
				v := quota(who, "2026-Q2", amount)
				if reason != "" {
					v["raise_reason"] = reason
				}
				_, err := s.Create(ctx, "target", v)
				return err
			})
		}
		// 65 working days of Q2 stand beside 66 of the last quarter of 2025, and 64
		// of the running one, of which 42 are gone.
		refused(t, "above a missed one", try(k.Rita, "60", ""), "goal.raise_missed")
		refused(t, "where nothing was reached", try(k.Olga, "60", ""), "goal.raise_missed")
		refused(t, "above a season", try(k.Max, "73", ""), "goal.raise_missed")
		sheet := func() (x *goal.Sheet) {
			k.Read(t, k.Ada, func(s *record.Session) (err error) {
				x, err = k.App.Goals().Plan(ctx, s, goal.Question{Period: period(t, "2026-Q2"), Measure: goal.WonRevenue}, 900)
				return err
			})
			return x
		}()
		for name, want := range map[string]goal.Ceiling{
			"Rita": {Most: 5909, Known: true, Capacity: 9848, Carried: true, Missed: &goal.Missed{Period: period(t, "2025-Q4"), Target: 5000}},
			"Olga": {Most: 5909, Known: true, Missed: &goal.Missed{Period: period(t, "2025-Q4"), Target: 5000}},
			"Max":  {Most: 7200, Known: true, Capacity: 9848, Carried: true, Missed: &goal.Missed{Period: period(t, "2026-Q1"), Target: 5000}},
			"Bob":  {Most: 11818, Known: true, Capacity: 9848, Carried: true},
		} {
			i := slices.IndexFunc(sheet.Rows, func(r *goal.Row) bool { return r.Name == name })
			if i < 0 {
				t.Fatalf("no row of %s", name)
			}
			c := sheet.Rows[i].Ceiling
			if c.Most != want.Most || c.Known != want.Known || c.Capacity != want.Capacity || c.Carried != want.Carried || (c.Missed == nil) != (want.Missed == nil) {
				t.Errorf("%s: %+v", name, c)
			}
			if c.Missed != nil && (c.Missed.Period != want.Missed.Period || c.Missed.Target != 5000 || c.Missed.Percent.String() != map[string]string{"Rita": "20", "Olga": "0", "Max": "30.5"}[name]) {
				t.Errorf("%s missed %+v", name, c.Missed)
			}
			if r := sheet.Rows[i]; r.Proposal > c.Most || r.Basis.Capped != (name == "Rita" || name == "Max") {
				t.Errorf("%s is proposed %d", name, r.Proposal)
			}
		}
		for who, amount := range map[value.ID]string{k.Rita: "59", k.Max: "72", k.Bob: "118"} {
			if err := try(who, amount, ""); err != nil {
				t.Errorf("%s: %v", amount, err)
			}
		}
		if err := try(k.Olga, "60", "She comes back from leave"); err != nil {
			t.Errorf("with a reason: %v", err)
		}
	})
}

// A sheet has people of whom there are no figures when they are asked for, as far
// as they are the reader's, and shares a total out to people, teams and company.
func TestASheetOfEverybody(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		won(t, k, k.Rita, "300", "2026-01-12")
		won(t, k, k.Olga, "100", "2026-01-13")
		plan := func(who value.ID, everybody bool) (x *goal.Sheet, shares map[int]int64) {
			k.Read(t, who, func(s *record.Session) (err error) {
				x, err = k.App.Goals().Plan(t.Context(), s, goal.Question{Period: period(t, "2026-Q2"), Measure: goal.WonRevenue, Everybody: everybody}, 0)
				if err == nil {
					shares = x.Shares(s, 100_000, 100)
				}
				return err
			})
			return x, shares
		}
		row := func(x *goal.Sheet, name string) int {
			return slices.IndexFunc(x.Rows, func(r *goal.Row) bool { return r.Name == name })
		}
		if x, _ := plan(k.Ada, false); row(x, "Max") >= 0 || row(x, "Rita") < 0 {
			t.Error("Max is planned for without a figure")
		}
		x, shares := plan(k.Ada, true)
		max := row(x, "Max")
		if max < 0 || !x.Rows[max].MaySet || x.Rows[max].Proposal != 0 {
			t.Fatal("Max cannot be planned for")
		}
		rita, olga, north := row(x, "Rita"), row(x, "Olga"), row(x, "North")
		if shares[max] != 0 || shares[rita]+shares[olga] != 100_000 || shares[rita] < 2*shares[olga] || shares[north] != shares[rita] || shares[0] != 100_000 || x.Rows[0].Member+x.Rows[0].Team != 0 {
			t.Errorf("shared out as %v", shares)
		}
		if x, shares := plan(k.Rita, true); len(x.Rows) != 1 || shares[0] != 0 {
			t.Errorf("a rep plans %d rows, %v", len(x.Rows), shares)
		}
	})
}
