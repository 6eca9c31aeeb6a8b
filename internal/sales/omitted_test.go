package sales_test

import (
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/goal"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// What the forecast leaves out is not expected by the gap either, nor by the plan.
func TestOmittedDealsCloseNoGap(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		target := k.Create(t, k.Ada, "target", record.Values{"member": k.Rita, "measure": "won_revenue", "period": "2026-03", "amount": "100000", "raise_reason": "x"})
		book.deal(k.Rita, "Negotiation", "2026-03-15", 1000)
		before := gapOf(t, k, target)
		book.say(book.deal(k.Rita, "Negotiation", "2026-03-16", 5000), "omitted")
		if gap := gapOf(t, k, target); gap.Expected != before.Expected || gap.Expected == 0 || gap.Missing != before.Missing {
			t.Errorf("with an omitted deal %d, without %d", gap.Expected, before.Expected)
		}
		for measure, open := range map[string]int64{goal.WonRevenue: 100_000, goal.WonDeals: 1} {
			k.Read(t, k.Ada, func(s *record.Session) error {
				period := value.PeriodOf(value.Month, day(t, "2026-03-01"), 1)
				sheet, err := k.App.Goals().Plan(t.Context(), s, goal.Question{Period: period, Measure: measure}, 0)
				if err != nil {
					return err
				}
				for _, row := range sheet.Rows {
					if row.Member == k.Rita && (row.Open != open || measure == goal.WonRevenue && row.Expected != before.Expected) {
						t.Errorf("%s is planned with %d open, %d expected", measure, row.Open, row.Expected)
					}
				}
				return nil
			})
		}
	})
}
