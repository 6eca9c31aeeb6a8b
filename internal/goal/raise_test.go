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

// Each raise says anew why: a reason that stands from an earlier one does not
// answer it, nor does a target that was of another measure. Who brings a target
// back says nothing new.
func TestAnOldReasonAnswersNoLaterRaise(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		ctx := t.Context()
		won(t, k, k.Rita, "1000", "2025-11-15")
		id := k.Create(t, k.Bob, "target", quota(k.Rita, "2026-Q2", "1000"))
		set := func(id value.ID, v record.Values) error {
			return k.Try(ctx, k.Bob, func(s *record.Session) error { _, err := s.Update(ctx, "target", id, 0, v); return err })
		}
		refused(t, "without a reason", set(id, record.Values{"amount": "2000"}), "goal.raise")
		for i, step := range []struct {
			v    record.Values
			want string
		}{
			{record.Values{"amount": "2000", "raise_reason": "She takes over the south"}, ""},
			{record.Values{"amount": "100000"}, "goal.raise_again"},
			{record.Values{"amount": "100000", "raise_reason": "She takes over the south"}, "goal.raise_again"},
			{record.Values{"amount": "100000", "raise_reason": ""}, "goal.raise"},
			{record.Values{"amount": "1500"}, ""},
			{record.Values{"amount": "100000", "raise_reason": "And the west"}, ""},
			{record.Values{"period": "2026-Q3"}, "goal.raise_again"},
		} {
			switch err := set(id, step.v); {
			case step.want != "":
				refused(t, "a later raise", err, step.want)
			case err != nil:
				t.Errorf("step %d: %v", i, err)
			}
		}
		for _, do := range []func(*record.Session) error{
			func(s *record.Session) error { return s.Delete(ctx, "target", id) },
			func(s *record.Session) error { return s.Restore(ctx, "target", id) },
		} {
			if err := k.Try(ctx, k.Ada, do); err != nil {
				t.Errorf("there and back: %v", err)
			}
		}
		deals := k.Create(t, k.Bob, "target", record.Values{"member": k.Rita, "measure": goal.NewDeals, "period": "2026-Q2", "number": 500, "raise_reason": "A new market"})
		refused(t, "of another measure", set(deals, record.Values{"measure": goal.WonDeals}), "goal.raise_again")
	})
}

// An amount without a rate cannot be held against what was carried, which it says
// where something was, and asks why; what goes down in its own currency does not.
func TestARaiseWithoutARate(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		ctx := t.Context()
		won(t, k, k.Rita, "1000", "2025-11-15")
		try := func(who value.ID, period, amount, reason string) error {
			return k.Try(ctx, k.Bob, func(s *record.Session) error {
				v := quota(who, period, amount)
				v["raise_reason"] = reason
				_, err := s.Create(ctx, "target", v)
				return err
			})
		}
		refused(t, "without a rate", try(k.Rita, "2026-Q2", "USD 10", ""), "goal.raise_unrated")
		for what, err := range map[string]error{
			"of whom nothing is known": try(k.Max, "2026-Q2", "USD 10", ""),
			"nothing at all":           try(k.Rita, "2026-Q3", "USD 0", ""),
			"what is over":             try(k.Rita, "2025-Q3", "USD 10", ""),
		} {
			if err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		v := quota(k.Rita, "2026-Q2", "USD 10")
		v["raise_reason"] = "A market overseas"
		id := k.Create(t, k.Bob, "target", v)
		for _, step := range [][2]string{{"USD 10", ""}, {"USD 9", ""}, {"USD 11", "goal.raise_unrated"}, {"CLP 1", "goal.raise_unrated"}} {
			amount, want := step[0], step[1]
			err := k.Try(ctx, k.Bob, func(s *record.Session) error {
				_, err := s.Update(ctx, "target", id, 0, record.Values{"amount": amount})
				return err
			})
			if want != "" {
				refused(t, amount, err, want)
			} else if err != nil {
				t.Errorf("%s: %v", amount, err)
			}
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
