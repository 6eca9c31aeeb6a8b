package goal_test

import (
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/goal"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// rate says what a currency is worth from a day on.
func rate(t testing.TB, k *apptest.Kit, currency, day, factor string) {
	t.Helper()
	k.Create(t, k.Ada, "currency_rate", record.Values{"currency": currency, "day": day, "rate": factor})
}

// A target in another currency is worth what it was on the first day of its
// period, one to come what it is today; without a rate of then it is worth nothing
// that anybody knows, whatever rates came later.
func TestATargetIsWorthTheRateOfItsPeriod(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		ctx := t.Context()
		rate(t, k, "USD", "2025-10-01", "0.8")
		rate(t, k, "USD", "2026-01-01", "0.5")
		rate(t, k, "USD", "2026-02-15", "0.6")
		ids := map[string]value.ID{}
		for _, p := range []string{"2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"} {
			v := quota(k.Rita, p, "USD 1000")
			v["raise_reason"] = "As agreed"
			ids[p] = k.Create(t, k.Ada, "target", v)
		}
		won(t, k, k.Rita, "250", "2026-01-15")
		worth := func(p string) *goal.Line {
			t.Helper()
			return line(t, boards(t, k, k.Rita, goal.Question{Period: period(t, p)})[0], "Rita")
		}
		for p, want := range map[string]int64{"2025-Q4": 80_000, "2026-Q1": 50_000, "2026-Q2": 60_000} {
			if l := worth(p); l.Problem() != "" || l.Target.N != want || len(l.Target.Versions) != 0 {
				t.Errorf("%s: %q, %+v", p, l.Problem(), l.Target)
			}
		}
		l := worth("2026-Q1")
		if p, ok := l.Attained(); !ok || p.String() != "50" || l.BeforeTarget == nil || l.BeforeTarget.N != 80_000 {
			t.Errorf("attained %v, before %+v", p, l.BeforeTarget)
		}
		if l := worth("2025-Q3"); l.Problem() != goal.NoRate || l.Target.Stated.Minor != 100_000 {
			t.Errorf("before there was a rate: %q %+v", l.Problem(), l.Target)
		}
		if l := worth("2025-Q4"); l.BeforeTarget == nil || !l.BeforeTarget.Unrated {
			t.Errorf("the quarter before there was a rate: %+v", l.BeforeTarget)
		}
		k.Read(t, k.Ada, func(s *record.Session) error {
			g, err := sales.GapOf(ctx, s, k.App.Goals(), ids["2026-Q1"])
			if err == nil && (g.Target.N != 50_000 || g.Missing != 25_000) {
				t.Errorf("the gap to %d: %d", g.Target.N, g.Missing)
			}
			sheet, err := k.App.Goals().Plan(ctx, s, goal.Question{Period: period(t, "2026-Q1"), Measure: goal.WonRevenue}, 0)
			if err != nil {
				return err
			}
			for _, r := range sheet.Rows {
				if r.Name == "Rita" && (r.Target.N != 50_000 || r.NowTarget.N != 80_000 || r.Sum != 0) || r.Member == 0 && r.Team == 0 && r.Sum != 50_000 {
					t.Errorf("the sheet: %+v", r)
				}
			}
			return nil
		})
		// A rate that comes later moves what is to come, and not what was said of it.
		k.Pass(10 * 24 * time.Hour)
		then := k.Now()
		k.Pass(10 * 24 * time.Hour)
		rate(t, k, "USD", "2026-03-20", "0.7")
		if a, b := worth("2026-Q1"), worth("2026-Q2"); a.Target.N != 50_000 || b.Target.N != 70_000 || len(a.Target.Versions)+len(b.Target.Versions) != 0 {
			t.Errorf("after a later rate: %+v, %+v", a.Target, b.Target)
		}
		k.Read(t, k.Rita, func(s *record.Session) error {
			for p, want := range map[string]int64{"2026-Q1": 50_000, "2026-Q2": 60_000} {
				set, err := k.App.Goals().SetAsOf(ctx, s, goal.Question{Period: period(t, p)}, then)
				if err != nil {
					return err
				}
				if len(set) != 1 || set[0].N != want {
					t.Errorf("%s as of then: %+v", p, set)
				}
			}
			return nil
		})
	})
}

// What was carried is held against what the target is worth by its period's rate.
func TestARaiseIsJudgedByTheRateOfItsPeriod(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		rate(t, k, "USD", "2026-01-01", "0.5")
		rate(t, k, "USD", "2026-02-15", "0.6")
		// 500 on 66 working days are 484.85 on the 64 of the running quarter, and
		// 581.82 with a fifth on top.
		won(t, k, k.Rita, "500", "2025-11-15")
		try := func(v record.Values) error {
			return k.Try(t.Context(), k.Bob, func(s *record.Session) error { _, err := s.Create(t.Context(), "target", v); return err })
		}
		refused(t, "above the rate of the period", try(quota(k.Rita, "2026-Q1", "USD 1200")), "goal.raise")
		if err := try(quota(k.Rita, "2026-Q1", "USD 1000")); err != nil {
			t.Errorf("500 at the rate of the period: %v", err)
		}
		refused(t, "what is to come goes by today's", try(quota(k.Rita, "2026-Q2", "USD 1000")), "goal.raise")
	})
}

// A target that was changed keeps who set each version and why; one of them
// without a rate counts as nothing nobody knows, and not as nothing at all. What
// was changed back on one day is no version.
func TestVersionsAreTold(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		ctx := t.Context()
		first := quota(k.Rita, "2026-Q1", "900")
		first["raise_reason"] = "As agreed"
		id := k.Create(t, k.Ada, "target", first)
		foreign := k.Create(t, k.Ada, "target", quota(k.Max, "2026-Q1", "9 CLP"))
		back := k.Create(t, k.Ada, "target", quota(k.Olga, "2026-Q1", "70"))
		won(t, k, k.Max, "50", "2026-01-15")
		set := func(who, id value.ID, v record.Values) {
			t.Helper()
			k.Write(t, who, func(s *record.Session) error { _, err := s.Update(ctx, "target", id, 0, v); return err })
		}
		k.Pass(24 * time.Hour)
		set(k.Bob, id, record.Values{"amount": "1800", "raise_reason": "A new region"})
		set(k.Bob, foreign, record.Values{"amount": "100", "raise_reason": "In our own"})
		set(k.Bob, back, record.Values{"amount": "80", "raise_reason": "More"})
		set(k.Bob, back, record.Values{"amount": "70"})
		k.Pass(24 * time.Hour)
		set(k.Ada, id, record.Values{"amount": "1000"})
		told := func(name string) *goal.Target {
			t.Helper()
			b := boards(t, k, k.Ada, goal.Question{Period: period(t, "2026-Q1")})[0]
			k.Read(t, k.Ada, func(s *record.Session) error { return goal.Tell(ctx, s, b) })
			return line(t, b, name).Target
		}
		rita := told("Rita").Versions
		if len(rita) != 3 {
			t.Fatalf("versions %+v", rita)
		}
		for i, want := range []goal.Version{{By: k.Ada, Who: "Ada", Reason: "As agreed", N: 90_000}, {By: k.Bob, Who: "Bob", Reason: "A new region", N: 180_000}, {By: k.Ada, Who: "Ada", N: 100_000}} {
			if v := rita[i]; v.By != want.By || v.Who != want.Who || v.Reason != want.Reason || v.N != want.N || v.At.Sub(rita[0].At) != time.Duration(i)*24*time.Hour {
				t.Errorf("version %d: %+v", i, v)
			}
		}
		max := told("Max")
		if len(max.Versions) != 2 || !max.Versions[0].Unrated || max.Versions[0].Stated.Currency != "CLP" || max.ByDaysKnown() {
			t.Errorf("from an amount without a rate: %+v", max)
		}
		l := line(t, boards(t, k, k.Ada, goal.Question{Period: period(t, "2026-Q1")})[0], "Max")
		if _, ok := l.AttainedByDays(); ok {
			t.Error("a mean of what nobody knows")
		}
		if p, ok := l.Attained(); !ok || p.String() != "50" {
			t.Errorf("of the latest %v", p)
		}
		if olga := told("Olga"); len(olga.Versions) != 0 {
			t.Errorf("changed and changed back: %+v", olga.Versions)
		}
	})
}

// Who may not read the amount of targets learns none of what they were.
func TestVersionsOfAHiddenAmountAreHidden(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		ctx := t.Context()
		id := k.Create(t, k.Ada, "target", quota(k.Rita, "2026-Q1", "900"))
		k.Pass(24 * time.Hour)
		then := k.Now()
		k.Pass(time.Hour)
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(ctx, "target", id, 0, record.Values{"amount": "1800", "raise_reason": "x"})
			return err
		})
		look := func() (set, past []*goal.Target) {
			k.Read(t, k.Rita, func(s *record.Session) (err error) {
				q := goal.Question{Period: period(t, "2026-Q1")}
				if set, err = k.App.Goals().Set(ctx, s, q); err == nil {
					past, err = k.App.Goals().SetAsOf(ctx, s, q, then)
				}
				return err
			})
			return set, past
		}
		if set, past := look(); len(set) != 1 || len(set[0].Versions) != 2 || set[0].N != 180_000 || past[0].N != 90_000 {
			t.Fatalf("who may: %+v, %+v", set, past)
		}
		k.Mask(t, "target.amount")
		if set, past := look(); len(set) != 1 || len(set[0].Versions) != 0 || set[0].N != 0 || past[0].N != 0 || past[0].Stated.Minor != 0 {
			t.Errorf("who may not: %+v, %+v", set[0], past[0])
		}
	})
}
