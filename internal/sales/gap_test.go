package sales_test

import (
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// What closes a gap follows from the own rates; where they cannot close it, that
// is said, and nothing is divided by what never was nor planned.
func TestAGapThatCannotBeClosed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		won, lost int
		took      int // days until a deal was won
		wait      time.Duration
		period    string
		wins      int64
		hurdle    string
		need      int64 // won deals
	}{
		{"can be closed", 10, 10, 5, 0, "2026-03", 2, "", 2},
		{"is closed", 10, 0, 5, 0, "2025-Q4", 5, "", 0},
		{"none was won", 0, 12, 5, 0, "2026-03", 2, sales.HurdleNever, 2},
		{"few were closed", 0, 3, 5, 0, "2026-03", 2, "", 2},
		{"deals take longer", 10, 0, 90, 0, "2026-03", 2, sales.HurdleCycle, 2},
		{"many times the pace", 10, 0, 5, 0, "2026-03", 400, sales.HurdlePace, 400},
		{"over", 10, 0, 5, 60 * 24 * time.Hour, "2026-03", 2, sales.HurdleOver, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
				book := newBook(t, k)
				today := value.DateOf(k.Now(), time.UTC)
				for i := range c.won + c.lost {
					on := today.AddDays(-100 - i)
					v := record.Values{"name": "Deal", "account": book.account, "stage": book.stages["Won"], "owner": k.Rita, "amount": whole(10),
						"close_date": on, "started_on": on.AddDays(-c.took)}
					if i >= c.won {
						v["stage"], v["lost_reason"] = book.stages["Lost"], "price"
					}
					k.Create(t, k.Ada, "deal", v)
				}
				target := k.Create(t, k.Ada, "target", record.Values{"member": k.Rita, "measure": "won_deals", "period": c.period, "number": c.wins, "raise_reason": "x"})
				k.Pass(c.wait)
				var gap *sales.Gap
				k.Read(t, k.Rita, func(s *record.Session) (err error) {
					gap, err = sales.GapOf(t.Context(), s, k.App.Goals(), target)
					return err
				})
				if gap.Hurdle != c.hurdle || len(gap.Steps) > 0 && gap.Steps[0].Need != c.need || len(gap.Steps) == 0 && c.need != 0 {
					t.Fatalf("%q with steps %+v, want %q and %d", gap.Hurdle, gap.Steps, c.hurdle, c.need)
				}
				todos := gap.Todos(i18n.FormatFor("en"), "en")
				if can := c.hurdle == "" && c.need > 0; (len(todos) > 0) != can {
					t.Errorf("%d tasks", len(todos))
				}
				if len(todos) > 0 {
					return
				}
				err := k.Workspace.Write(t.Context(), apptest.As(k.Rita), func(s *record.Session) error {
					_, err := sales.PlanGap(t.Context(), s, gap.Target, todos)
					return err
				})
				if f, ok := fault.As(err); !ok || f.Key != "gap.nothing" {
					t.Errorf("planned all the same: %v", err)
				}
			})
		})
	}
}
