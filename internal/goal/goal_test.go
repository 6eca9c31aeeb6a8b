package goal_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/goal"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

func period(t testing.TB, text string) value.Period {
	t.Helper()
	p, err := value.ParsePeriod(text, time.January)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func euros(n int64) value.Money { return value.Money{Minor: n * 100, Currency: "EUR"} }

// quota is a target of won revenue.
func quota(member value.ID, period, amount string) record.Values {
	return record.Values{"member": member, "measure": goal.WonRevenue, "period": period, "amount": amount}
}

// won makes a deal that was won on a day.
func won(t testing.TB, k *apptest.Kit, owner value.ID, amount, day string) {
	t.Helper()
	firm := k.Create(t, owner, "account", record.Values{"name": "Firm " + amount + day})
	id := k.Create(t, owner, "deal", record.Values{"name": "Deal " + amount, "account": firm, "amount": amount, "close_date": day})
	k.Write(t, owner, func(s *record.Session) error {
		page, err := s.Query(t.Context(), record.Query{Object: "stage", Filter: `kind = "won"`, Limit: 1})
		if err != nil {
			return err
		}
		_, err = s.Update(t.Context(), "deal", id, 0, record.Values{"stage": page.Records[0].ID, "close_date": day})
		return err
	})
}

func boards(t testing.TB, k *apptest.Kit, who value.ID, q goal.Question) (list []*goal.Board) {
	t.Helper()
	k.Read(t, who, func(s *record.Session) (err error) {
		list, err = k.App.Goals().Attainment(t.Context(), s, q)
		return err
	})
	return list
}

func line(t testing.TB, b *goal.Board, name string) *goal.Line {
	t.Helper()
	i := slices.IndexFunc(b.Lines, func(l *goal.Line) bool { return l.Name == name })
	if i < 0 {
		t.Fatalf("no line of %s among %d", name, len(b.Lines))
	}
	return b.Lines[i]
}

func refused(t testing.TB, what string, err error, key string) {
	t.Helper()
	f, ok := fault.As(err)
	if !ok {
		t.Errorf("%s: %v, want %s", what, err, key)
		return
	}
	if f.Key != key && !slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Key == key }) {
		t.Errorf("%s: %s %v, want %s", what, f.Key, f.Fields, key)
	}
}

// Administrators set everybody's targets, managers those of their tree, and reps
// none; a rep reads his own.
func TestWhoMaySetAndReadTargets(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		ctx := t.Context()
		try := func(who value.ID, v record.Values) error {
			return k.Try(ctx, who, func(s *record.Session) error { _, err := s.Create(ctx, "target", v); return err })
		}
		rita := k.Create(t, k.Bob, "target", quota(k.Rita, "2026-Q1", "1000"))
		k.Create(t, k.Ada, "target", quota(k.Olga, "2026-Q1", "2000"))
		company := k.Create(t, k.Ada, "target", record.Values{"measure": goal.WonRevenue, "period": "2026-Q1", "amount": "9000"})
		for _, who := range []value.ID{k.Rita, k.Max} {
			if err := try(who, quota(k.Rita, "2026-Q2", "1")); !fault.Is(err, fault.Forbidden) {
				t.Errorf("a rep sets a target: %v", err)
			}
		}
		if err := try(k.Bob, record.Values{"measure": goal.WonRevenue, "period": "2026-Q2", "amount": "9"}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a manager sets the company's: %v", err)
		}
		err := k.Try(ctx, k.Bob, func(s *record.Session) error {
			_, err := s.Update(ctx, "target", company, 0, record.Values{"amount": "1"})
			return err
		})
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("a manager changes the company's: %v", err)
		}
		err = k.Try(ctx, k.Rita, func(s *record.Session) error {
			_, err := s.Update(ctx, "target", rita, 0, record.Values{"amount": "1"})
			return err
		})
		if !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
			t.Errorf("a rep lowers his own: %v", err)
		}
		err = k.Try(ctx, k.Rita, func(s *record.Session) error { return s.Delete(ctx, "target", rita) })
		if err == nil {
			t.Error("a rep deletes his own")
		}
		for who, want := range map[value.ID]int{k.Ada: 3, k.Bob: 3, k.Rita: 1, k.Olga: 1, k.Max: 0} {
			k.Read(t, who, func(s *record.Session) error {
				page, err := s.Query(ctx, record.Query{Object: "target"})
				if err == nil && len(page.Records) != want {
					t.Errorf("%s reads %d targets, want %d", s.Actor().Name(), len(page.Records), want)
				}
				return err
			})
		}
	})
}

// What no target can be is refused in words.
func TestWhatIsNoTarget(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		ctx := t.Context()
		var north value.ID
		k.Read(t, k.Ada, func(s *record.Session) error { north = s.Roster().TeamOf(k.Rita); return nil })
		k.Create(t, k.Ada, "target", quota(k.Rita, "2026-Q1", "1000"))
		for what, x := range map[string]struct {
			v   record.Values
			key string
		}{
			"a word":            {quota(k.Rita, "soon", "1"), "value.period"},
			"a fifth quarter":   {quota(k.Rita, "2026-Q5", "1"), "value.period.none"},
			"a second one":      {quota(k.Rita, "2026-Q1", "1"), "goal.twice"},
			"a negative one":    {quota(k.Rita, "2026-Q2", "-1"), "goal.negative"},
			"no amount":         {record.Values{"member": k.Rita, "measure": goal.WonRevenue, "period": "2026-Q2"}, "goal.want_amount"},
			"a number of money": {record.Values{"member": k.Rita, "measure": goal.WonRevenue, "period": "2026-Q2", "amount": "1", "number": 3}, "goal.no_number"},
			"money of calls":    {record.Values{"member": k.Rita, "measure": goal.Calls, "period": "2026-Q2", "number": 1, "amount": "1"}, "goal.no_amount"},
			"no number":         {record.Values{"member": k.Rita, "measure": goal.Calls, "period": "2026-Q2"}, "goal.want_number"},
			"of two":            {record.Values{"member": k.Rita, "team": north, "measure": goal.Calls, "period": "2026-Q2", "number": 1}, "goal.one_of_both"},
		} {
			err := k.Try(ctx, k.Ada, func(s *record.Session) error { _, err := s.Create(ctx, "target", x.v); return err })
			refused(t, what, err, x.key)
		}
	})
}

// What was reached stands against the target, the last period and last year, and
// the list behind a figure holds what it counts.
func TestAttainment(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		ctx := t.Context()
		var north value.ID
		k.Read(t, k.Ada, func(s *record.Session) error { north = s.Roster().TeamOf(k.Rita); return nil })
		won(t, k, k.Rita, "400", "2026-01-15")
		won(t, k, k.Rita, "100", "2026-03-02")
		won(t, k, k.Rita, "70", "2025-12-31")
		won(t, k, k.Rita, "30", "2025-03-01")
		won(t, k, k.Max, "250", "2026-02-01")
		won(t, k, k.Olga, "90", "2025-04-01")
		k.Create(t, k.Ada, "target", quota(k.Rita, "2025-Q4", "100"))
		k.Create(t, k.Ada, "target", quota(k.Max, "2025-Q1", "USD 3")) // without a rate
		high := quota(k.Rita, "2026-Q1", "1000")
		high["raise_reason"] = "More accounts"
		k.Create(t, k.Ada, "target", high)
		k.Create(t, k.Ada, "target", quota(k.Max, "2026-Q1", "500"))
		k.Create(t, k.Ada, "target", quota(k.Olga, "2026-Q1", "0"))
		k.Create(t, k.Ada, "target", record.Values{"team": north, "measure": goal.WonRevenue, "period": "2026-Q1", "amount": "2000", "raise_reason": "More accounts"})
		list := boards(t, k, k.Ada, goal.Question{Period: period(t, "2026-Q1")})
		if len(list) != 1 || list[0].Currency != "EUR" {
			t.Fatalf("%d boards", len(list))
		}
		rita, max, olga, team := line(t, list[0], "Rita"), line(t, list[0], "Max"), line(t, list[0], "Olga"), line(t, list[0], "North")
		if rita.Actual != 50_000 || rita.Before != 7_000 || rita.YearAgo != 3_000 {
			t.Errorf("Rita reached %d, %d before, %d a year ago", rita.Actual, rita.Before, rita.YearAgo)
		}
		if b, y := rita.BeforeTarget, max.YearAgoTarget; b == nil || b.N != 10_000 || rita.YearAgoTarget != nil || y == nil || !y.Unrated || y.N != 0 {
			t.Errorf("aimed at before: %+v, %+v, %+v", b, rita.YearAgoTarget, y)
		}
		// 500 on 42 working days against 70 on 66, and 30 on 64 a year ago.
		if d, ok := list[0].Change(rita.Actual, rita.Before, list[0].PaceBefore); !ok || d.String() != "1022" {
			t.Errorf("a working day: %v more than in the last quarter", d)
		}
		if d, ok := list[0].Change(rita.Actual, rita.YearAgo, list[0].PaceYearAgo); !ok || d.String() != "2440" {
			t.Errorf("a working day: %v more than a year ago", d)
		}
		if _, ok := list[0].Change(max.Actual, max.Before, list[0].PaceBefore); ok {
			t.Error("more than nothing")
		}
		if p, ok := rita.Attained(); !ok || p.String() != "50" {
			t.Errorf("attained %v", p)
		}
		if max.Place != rita.Place || max.Place != 1 || olga.Place != 3 {
			t.Errorf("places %d, %d, %d", rita.Place, max.Place, olga.Place)
		}
		if _, ok := olga.Attained(); ok || olga.Problem() != goal.Zero {
			t.Errorf("a quota of zero: %s", olga.Problem())
		}
		if d, ok := team.Mismatch(); team.Actual != 75_000 || !ok || d != -50_000 || team.Persons != 2 {
			t.Errorf("North reached %d, its people aim at %d less (%v)", team.Actual, d, ok)
		}
		// From 1 January to 31 March are 64 working days, 42 of them before 2 March.
		if list[0].Pace != (goal.Pace{Days: 64, Gone: 42, Left: 22}) {
			t.Errorf("pace %+v", list[0].Pace)
		}
		if due, ok := rita.Due(); !ok || due != 65_625 {
			t.Errorf("due %d", due)
		}
		if n, ok := rita.PerDay(); !ok || n != 2_273 {
			t.Errorf("%d a day", n)
		}
		for _, l := range list[0].Lines {
			k.Read(t, k.Ada, func(s *record.Session) error {
				res, err := s.Aggregate(ctx, record.Aggregate{Object: "deal", Filter: l.Filter, Measures: []string{"sum:amount"}})
				if err != nil {
					return err
				}
				if m, _ := res.Total.Values[0].Value.(value.Money); m.Minor != l.Actual {
					t.Errorf("behind the %d of %s stand %v", l.Actual, l.Name, m)
				}
				return nil
			})
		}
		// A rep sees himself; a manager his tree.
		mine := boards(t, k, k.Rita, goal.Question{Period: period(t, "2026-Q1")})
		if len(mine) != 1 || len(mine[0].Lines) != 1 || mine[0].Lines[0].Name != "Rita" {
			t.Errorf("Rita sees %d boards, %d lines", len(mine), len(mine[0].Lines))
		}
		if b := boards(t, k, k.Bob, goal.Question{Period: period(t, "2026-Q1")}); len(b[0].Lines) < 5 {
			t.Errorf("Bob sees %d lines", len(b[0].Lines))
		}
	})
}

// A target that is changed while its period runs keeps both versions; before the
// period begins it is planning.
func TestAChangedTargetKeepsItsVersions(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		ctx := t.Context()
		running := k.Create(t, k.Ada, "target", quota(k.Rita, "2026-Q1", "900"))
		coming := k.Create(t, k.Ada, "target", quota(k.Rita, "2026-Q2", "900"))
		won(t, k, k.Rita, "450", "2026-01-15")
		k.Pass(24 * time.Hour)
		k.Write(t, k.Ada, func(s *record.Session) error {
			for _, id := range []value.ID{running, coming} {
				if _, err := s.Update(ctx, "target", id, 0, record.Values{"amount": "1800", "raise_reason": "A new region"}); err != nil {
					return err
				}
			}
			return nil
		})
		b := boards(t, k, k.Rita, goal.Question{Period: period(t, "2026-Q1")})
		l := line(t, b[0], "Rita")
		if len(l.Target.Versions) != 2 || l.Target.Versions[0].N != 90_000 || l.Target.Versions[1].N != 180_000 || l.Target.Versions[1].From.String() != "2026-03-03" {
			t.Fatalf("versions %+v", l.Target.Versions)
		}
		// 61 of 90 days at 900, 29 at 1,800.
		if l.Target.ByDays != 119_000 {
			t.Errorf("by days %d", l.Target.ByDays)
		}
		if p, _ := l.Attained(); p.String() != "25" {
			t.Errorf("attained %v of the latest", p)
		}
		if p, ok := l.AttainedByDays(); !ok || p.String() != "37.8" {
			t.Errorf("attained %v by days", p)
		}
		if b := boards(t, k, k.Rita, goal.Question{Period: period(t, "2026-Q2")}); len(line(t, b[0], "Rita").Target.Versions) != 0 {
			t.Error("planning counts as a version")
		}
	})
}

// Periods without working days, targets in a currency without a rate and a fiscal
// year that begins in February are answered, not divided by.
func TestOddPeriodsAndCurrencies(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		ctx := t.Context()
		k.Create(t, k.Ada, "target", quota(k.Rita, "2026-03", "USD 1000"))
		b := boards(t, k, k.Rita, goal.Question{Period: period(t, "2026-03")})
		l := line(t, b[0], "Rita")
		if _, ok := l.Attained(); ok || l.Problem() != goal.NoRate {
			t.Errorf("without a rate: %q", l.Problem())
		}
		k.Create(t, k.Ada, "currency_rate", record.Values{"currency": "USD", "day": "2026-01-01", "rate": "0.5"})
		b = boards(t, k, k.Rita, goal.Question{Period: period(t, "2026-03")})
		if l := line(t, b[0], "Rita"); l.Problem() != "" || l.Target.N != 50_000 {
			t.Errorf("with one: %q, %d", l.Problem(), l.Target.N)
		}
		for d := range 31 {
			k.Create(t, k.Ada, "holiday", record.Values{"name": "Closed", "day": period(t, "2026-03").First() + value.Date(d)})
		}
		b = boards(t, k, k.Rita, goal.Question{Period: period(t, "2026-03")})
		l = line(t, b[0], "Rita")
		if _, ok := l.PerDay(); ok || b[0].Pace.Days != 0 {
			t.Errorf("no working days: %+v", b[0].Pace)
		}
		if _, ok := l.Due(); ok {
			t.Error("something is due in a period without working days")
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			return s.ChangeSettings(ctx, func(x *record.Settings) { x.FiscalStart = 2 })
		})
		id := k.Create(t, k.Ada, "target", quota(k.Max, "2026-Q4", "1"))
		k.Read(t, k.Ada, func(s *record.Session) error {
			r, err := s.Get(ctx, "target", id)
			if err == nil && (r.Field("first_day").(value.Date).String() != "2025-11-01" || r.Field("last_day").(value.Date).String() != "2026-01-31") {
				t.Errorf("%v to %v", r.Field("first_day"), r.Field("last_day"))
			}
			return err
		})
	})
}

// A raise beyond what was ever carried asks for a reason, and keeps it.
func TestARaiseAsksForAReason(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		ctx := t.Context()
		won(t, k, k.Rita, "1000", "2025-11-15")
		try := func(who value.ID, v record.Values) error {
			return k.Try(ctx, who, func(s *record.Session) error { _, err := s.Create(ctx, "target", v); return err })
		}
		refused(t, "twice as much", try(k.Bob, quota(k.Rita, "2026-Q2", "2000")), "goal.raise")
		if err := try(k.Bob, quota(k.Rita, "2026-Q2", "1100")); err != nil {
			t.Errorf("a little more: %v", err)
		}
		with := quota(k.Rita, "2026-Q3", "2000")
		with["raise_reason"] = "She takes over the south"
		if err := try(k.Bob, with); err != nil {
			t.Errorf("with a reason: %v", err)
		}
		if err := try(k.Bob, quota(k.Max, "2026-Q2", "2000")); err != nil {
			t.Errorf("of whom nothing is known: %v", err)
		}
		if err := try(k.Bob, quota(k.Rita, "2025-Q4", "9000")); err != nil {
			t.Errorf("of a period that is over: %v", err)
		}
		k.Write(t, k.Ada, func(s *record.Session) error { return goal.SetRaiseLimit(ctx, s, 900) })
		if err := try(k.Bob, quota(k.Rita, "2026-Q4", "2000")); err != nil {
			t.Errorf("below the limit: %v", err)
		}
		if err := k.Try(ctx, k.Bob, func(s *record.Session) error { return goal.SetRaiseLimit(ctx, s, 1) }); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a manager sets the limit: %v", err)
		}
	})
}

// A sheet proposes from last year, from the pace and from what is open; all its
// targets are set in one act, which keeps two who plan at once apart.
func TestPlanning(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		ctx := t.Context()
		room, next := k.App.Goals(), period(t, "2026-Q2")
		q := goal.Question{Period: next, Measure: goal.WonRevenue}
		won(t, k, k.Rita, "600", "2025-05-15")
		won(t, k, k.Rita, "420", "2026-02-02")
		firm := k.Create(t, k.Max, "account", record.Values{"name": "Open Ltd"})
		k.Create(t, k.Max, "deal", record.Values{"name": "Open", "account": firm, "amount": "1000", "close_date": "2026-05-01"})
		plan := func(who value.ID, growth int) (x *goal.Sheet) {
			k.Read(t, who, func(s *record.Session) (err error) { x, err = room.Plan(ctx, s, q, growth); return err })
			return x
		}
		row := func(x *goal.Sheet, name string) *goal.Row {
			t.Helper()
			i := slices.IndexFunc(x.Rows, func(r *goal.Row) bool { return r.Name == name })
			if i < 0 {
				t.Fatalf("no row of %s", name)
			}
			return x.Rows[i]
		}
		x := plan(k.Bob, 0)
		rita := row(x, "Rita")
		if rita.LastYear != 60_000 || rita.Now != 42_000 || rita.Projected != 65_000 || !rita.Basis.LastYear || !rita.Basis.Projected || rita.Proposal != 63_000 {
			t.Errorf("Rita: %+v", rita)
		}
		max := row(x, "Max")
		if max.Open != 100_000 || max.Expected == 0 || !max.Basis.Expected || max.Ceiling.Carried {
			t.Errorf("Max: %+v", max)
		}
		sum := func(filter string) (n int64) {
			k.Read(t, k.Bob, func(s *record.Session) error {
				res, err := s.Aggregate(t.Context(), record.Aggregate{Object: "deal", Filter: filter, Measures: []string{"sum:amount"}})
				if err == nil {
					m, _ := res.Total.Values[0].Value.(value.Money)
					n = m.Minor
				}
				return err
			})
			return n
		}
		for _, r := range x.Rows {
			if now, then, open := sum(r.NowFilter), sum(r.LastYearFilter), sum(r.OpenFilter); now != r.Now || then != r.LastYear || open != r.Open {
				t.Errorf("%s: %d, %d and %d behind %d, %d and %d", r.Name, now, then, open, r.Now, r.LastYear, r.Open)
			}
		}
		if north := row(x, "North"); north.Proposal != rita.Proposal+max.Proposal {
			t.Errorf("North %d is not %d and %d", north.Proposal, rita.Proposal, max.Proposal)
		}
		if up := row(plan(k.Bob, 10), "Rita"); up.Proposal <= rita.Proposal {
			t.Errorf("growth proposes %d", up.Proposal)
		}
		if mine := plan(k.Rita, 0); len(mine.Rows) != 1 || mine.Rows[0].MaySet {
			t.Errorf("a rep plans %d rows", len(mine.Rows))
		}
		entry := func(member value.ID, n int64, reason string) goal.Entry {
			m := euros(n)
			return goal.Entry{Member: member, Amount: &m, Reason: reason}
		}
		save := func(who value.ID, list ...goal.Entry) error {
			return k.Try(ctx, who, func(s *record.Session) error { return room.Save(ctx, s, q, list) })
		}
		// One that is refused keeps all back.
		err := save(k.Bob, entry(k.Max, 500, ""), entry(k.Rita, 5000, ""))
		var no goal.Refused
		if !errors.As(err, &no) || len(no) != 1 {
			t.Fatalf("save: %v", err)
		}
		refused(t, "a raise", no[1], "goal.raise")
		if row(plan(k.Bob, 0), "Max").Target != nil {
			t.Error("a part was set")
		}
		if err := save(k.Bob, entry(k.Max, 500, ""), entry(k.Rita, 5000, "New product")); err != nil {
			t.Fatal(err)
		}
		rita = row(plan(k.Bob, 0), "Rita")
		if rita.Target == nil || rita.Target.N != 500_000 || rita.Target.Reason != "New product" {
			t.Fatalf("Rita's target %+v", rita.Target)
		}
		// Somebody else saw no target, or an older one.
		if err := save(k.Ada, entry(k.Rita, 800, "")); !errors.As(err, &no) || !fault.Is(no[0], fault.Conflict) {
			t.Errorf("set at once: %v", err)
		}
		old := entry(k.Rita, 700, "")
		old.ID, old.Version = rita.Target.ID, rita.Target.RecVersion
		if err := save(k.Bob, old); err != nil {
			t.Errorf("changed: %v", err)
		}
		if err := save(k.Ada, old); !errors.As(err, &no) || !fault.Is(no[0], fault.Conflict) {
			t.Errorf("changed at once: %v", err)
		}
		if err := save(k.Rita, entry(k.Rita, 1, "")); err == nil {
			t.Error("a rep saves")
		}
	})
}

func TestShare(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		total     int64
		proposals []int64
		want      []int64
	}{{100, []int64{3, 1}, []int64{75, 25}}, {100, []int64{0, 0, 0}, []int64{33, 33, 34}}, {10, []int64{1, 1, 1}, []int64{3, 3, 4}}, {5, nil, []int64{}}} {
		if got := goal.Share(x.total, x.proposals); !slices.Equal(got, x.want) {
			t.Errorf("%d by %v: %v", x.total, x.proposals, got)
		}
	}
}
