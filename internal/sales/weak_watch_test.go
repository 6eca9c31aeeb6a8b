package sales_test

import (
	"strings"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/sales"
)

// Every stage, person and measure is told of by itself: what weakens an hour after
// another is told then, what stays weak is not told again, and what goes in and
// out of its band is told once a week.
func TestWeakSpotsAreToldOneByOne(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		spot := func(stage, measure string) sales.Spot {
			return sales.Spot{Stage: x.stages[stage], Name: stage, Measure: measure, Deals: 30, Worse: true}
		}
		offer, slow, other := spot("Proposal", sales.GoesOn), spot("Proposal", sales.DaysThere), spot("Qualified", sales.GoesOn)
		better := other
		better.Worse = false
		told := len(k.Inbox(t, k.Bob))
		tell := func(when string, want int, spots ...sales.Spot) {
			t.Helper()
			k.Write(t, k.Ada, func(s *record.Session) error { return sales.TellWeak(t.Context(), s, spots) })
			inbox := k.Inbox(t, k.Bob)
			if told += want; len(inbox) != told {
				t.Errorf("%s: %d notices, want %d", when, len(inbox), told)
				told = len(inbox)
			}
			k.Pass(time.Hour)
		}
		tell("what is better", 0, better)
		tell("the first", 1, offer)
		tell("another measure an hour later", 1, offer, slow)
		tell("another stage an hour later", 1, offer, slow, other)
		if text := k.Inbox(t, k.Bob)[0].Text("en"); !strings.Contains(text, "Qualified") {
			t.Errorf("told of %q", text)
		}
		tell("what stays", 0, offer, slow, other)
		tell("what is over", 0, slow, other)
		tell("what comes back", 0, offer, slow, other)
		k.Pass(8 * 24 * time.Hour)
		tell("what is weak after its week", 1, offer, slow, other)
		tell("and stays", 0, offer, slow, other)
		if n := len(k.Inbox(t, k.Rita)); n != 0 {
			t.Errorf("a rep is told %d times", n)
		}
	})
}

// Nobody looks for weak spots again while nothing was done, for a day.
func TestWeakSpotsAreLookedForWhenSomethingHappened(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		due := func(when string, want bool) {
			t.Helper()
			k.Read(t, k.Ada, func(s *record.Session) error {
				got, err := sales.WeakDue(t.Context(), s)
				if got != want {
					t.Errorf("%s: due is %v", when, got)
				}
				return err
			})
		}
		due("at first", true)
		k.Pass(time.Minute)
		if err := k.Workspace.WatchStages(t.Context()); err != nil {
			t.Fatal(err)
		}
		k.Pass(time.Hour)
		due("while nothing was done", false)
		k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		due("after something was done", true)
		k.Pass(time.Minute)
		if err := k.Workspace.WatchStages(t.Context()); err != nil {
			t.Fatal(err)
		}
		k.Pass(25 * time.Hour)
		due("a day later", true)
	})
}
