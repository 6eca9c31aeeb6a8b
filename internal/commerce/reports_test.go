package commerce_test

import (
	"maps"
	"strings"
	"testing"

	"wellmet/internal/commerce"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
)

// toldOf are reports with what they tell, worked out by hand, of one contract of
// 504.00 in five payments of 100.80, of which 50.80 of the third came in. It is
// 2026-03-02.
var toldOf = map[string]map[string]string{
	// contracts, total, without tax, received, open, void
	"contracts-by-month":   {"2026-03": "1 504.00_EUR 420.00_EUR 50.80_EUR 453.20_EUR 0"},
	"contracts-by-owner":   {"Rita": "1 504.00_EUR 420.00_EUR 50.80_EUR 453.20_EUR 0"},
	"contracts-by-account": {"Acme": "1 504.00_EUR 420.00_EUR 50.80_EUR 453.20_EUR 0"},
	// receipts, received, reversed
	"receipts-by-month": {"2026-03": "1 50.80_EUR 0"},
	// payments, planned, received, open, moved
	"plan-by-month": {"2025-12": "1 100.80_EUR - 100.80_EUR 0", "2026-01": "1 100.80_EUR - 100.80_EUR 0", "2026-02": "1 100.80_EUR 50.80_EUR 50.00_EUR 0",
		"2026-03": "1 100.80_EUR - 100.80_EUR 0", "2026-04": "1 100.80_EUR - 100.80_EUR 0"},
	// open, not due, 1–30 days, 31–60, 61–90, over 90
	"receivables":          {"Acme": "453.20_EUR 201.60_EUR 50.00_EUR 100.80_EUR 100.80_EUR -"},
	"receivables-by-owner": {"Rita": "453.20_EUR 201.60_EUR 50.00_EUR 100.80_EUR 100.80_EUR -"},
}

// Reports of contracts, of plans against what came in, and of what is overdue tell what
// can be worked out by hand.
func TestReportsOfContractsTellWhatIsKnown(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		c := k.signed(t)
		plan := k.plan(t, c, "5", "2025-12-03") // 89, 58 and 27 days ago, tomorrow and in a month
		if _, err := k.book(t, commerce.Booking{Contract: c, Amount: eur(5080), PlanLine: plan[2]}); err != nil {
			t.Fatal(err)
		}
		for name, want := range toldOf {
			got := map[string]string{}
			k.Read(t, k.Ada, func(s *record.Session) error {
				table, err := k.App.Reports().Run(t.Context(), s, name, report.Params{})
				if err != nil {
					return err
				}
				for _, r := range table.Rows {
					var cells []string
					for _, m := range r.Values {
						text := "-"
						if m.Value != nil {
							text = strings.ReplaceAll(schema.Neutral(m.Value), " ", "_")
						}
						cells = append(cells, text)
					}
					got[strings.Join(r.Labels, "/")] = strings.Join(cells, " ")
				}
				return nil
			})
			if !maps.Equal(got, want) {
				t.Errorf("%s:\n got %v\nwant %v", name, got, want)
			}
		}
	})
}
