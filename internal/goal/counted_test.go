package goal_test

import (
	"fmt"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/goal"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Calls, meetings and all activities that were done are counted for each person,
// each team and the company, in the period in which they were done; what is still
// to do is not, and the list behind a figure holds what it counts.
func TestActivitiesAreCountedByHand(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		ctx := t.Context()
		var north value.ID
		k.Read(t, k.Ada, func(s *record.Session) error { north = s.Roster().TeamOf(k.Rita); return nil })
		did := func(who value.ID, kind string, times int, done bool) {
			for range times {
				k.Create(t, who, "activity", record.Values{"kind": kind, "subject": "Talk", "done": done})
			}
		}
		did(k.Rita, "call", 3, true)
		did(k.Rita, "call", 2, false)
		did(k.Rita, "meeting", 1, true)
		did(k.Max, "call", 1, true)
		did(k.Max, "task", 2, true)
		did(k.Olga, "meeting", 2, true)
		k.Pass(35 * 24 * time.Hour) // to the second quarter
		did(k.Rita, "call", 4, true)
		did(k.Olga, "task", 1, true)
		for _, p := range []string{"2026-Q1", "2026-Q2"} {
			for _, m := range []string{goal.Calls, goal.Meetings, goal.Activities} {
				k.Create(t, k.Ada, "target", record.Values{"member": k.Rita, "measure": m, "period": p, "number": 6, "raise_reason": "As agreed"})
				k.Create(t, k.Ada, "target", record.Values{"team": north, "measure": m, "period": p, "number": 8, "raise_reason": "As agreed"})
			}
		}
		want := map[string]map[string]string{
			"2026-Q1": {goal.Calls: "Rita 3 50, North 4 50, company 4", goal.Meetings: "Rita 1 16.7, North 1 12.5, company 3", goal.Activities: "Rita 4 66.7, North 7 87.5, company 9"},
			"2026-Q2": {goal.Calls: "Rita 4 66.7, North 4 50, company 4", goal.Meetings: "Rita 0 0, North 0 0, company 0", goal.Activities: "Rita 4 66.7, North 4 50, company 5"},
		}
		for p, measures := range want {
			list := boards(t, k, k.Ada, goal.Question{Period: period(t, p)})
			if len(list) != 3 {
				t.Fatalf("%s: %d boards", p, len(list))
			}
			for _, b := range list {
				rita, team := line(t, b, "Rita"), line(t, b, "North")
				x, _ := rita.Attained()
				y, _ := team.Attained()
				if got := fmt.Sprintf("Rita %d %v, North %d %v, company %d", rita.Actual, x, team.Actual, y, b.Lines[0].Actual); got != measures[b.Measure.Name] || b.Currency != "" {
					t.Errorf("%s %s: %s, want %s", p, b.Measure.Name, got, measures[b.Measure.Name])
				}
				if d, ok := team.Mismatch(); !ok || d != -2 {
					t.Errorf("%s %s: Rita's 6 of 8: %d %v", p, b.Measure.Name, d, ok)
				}
				for _, l := range b.Lines {
					k.Read(t, k.Ada, func(s *record.Session) error {
						n, _, err := s.Count(ctx, record.Query{Object: "activity", Filter: l.Filter})
						if err == nil && n != l.Actual {
							t.Errorf("%s %s: behind the %d of %s stand %d", p, b.Measure.Name, l.Actual, l.Name, n)
						}
						return err
					})
				}
			}
		}
		if l := line(t, boards(t, k, k.Ada, goal.Question{Period: period(t, "2026-Q2"), Measure: goal.Calls})[0], "Rita"); l.Before != 3 || l.BeforeTarget == nil || l.BeforeTarget.N != 6 {
			t.Errorf("beside the quarter before: %d %+v", l.Before, l.BeforeTarget)
		}
		// A rep counts for himself.
		if b := boards(t, k, k.Rita, goal.Question{Period: period(t, "2026-Q1"), Measure: goal.Calls})[0]; len(b.Lines) != 1 || b.Lines[0].Actual != 3 {
			t.Errorf("Rita sees %+v", b.Lines)
		}
	})
}
