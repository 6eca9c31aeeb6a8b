package commerce_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"wellmet/internal/commerce"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// toldOf are reports with what they tell, worked out by hand, of one contract of
// 504.00 in five payments of 100.80, of which 50.80 of the third came in. It is
// 2026-03-02.
var toldOf = map[string]map[string]string{
	// contracts, total, without tax, received, open, void
	"contracts-by-month":   {"2026-03": "1 504.00_EUR 420.00_EUR 50.80_EUR 453.20_EUR 0"},
	"contracts-by-owner":   {"Rita": "1 504.00_EUR 420.00_EUR 50.80_EUR 453.20_EUR 0"},
	"contracts-by-account": {"Acme": "1 504.00_EUR 420.00_EUR 50.80_EUR 453.20_EUR 0"},
	// won, signed, planned, received
	"revenue-and-receipts": {"2025-12": "- - 100.80_EUR -", "2026-01": "- - 100.80_EUR -", "2026-02": "- - 100.80_EUR -",
		"2026-03": "420.00_EUR 504.00_EUR 100.80_EUR 50.80_EUR", "2026-04": "- - 100.80_EUR -"},
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

// What a condition does not fit, and what its reader may not see, is left out of the
// money by month, and said.
func TestRevenueAndReceiptsLeaveOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		k.signed(t)
		ask := func(who value.ID, filter string) (columns []string, notes int) {
			k.Read(t, who, func(s *record.Session) error {
				table, err := k.App.Reports().Run(t.Context(), s, "revenue-and-receipts", report.Params{Filter: filter})
				if err != nil {
					return err
				}
				for _, c := range table.Columns {
					columns = append(columns, c.Name)
				}
				notes = len(table.Notes)
				return nil
			})
			return columns, notes
		}
		all := []string{"won_revenue", "signed_sum", "planned_sum", "receipts_sum"}
		if got, notes := ask(k.Ada, `owner = "`+k.Rita.String()+`"`); !slices.Equal(got, all) || notes != 0 {
			t.Errorf("of one person: %v, %d notes", got, notes)
		}
		if got, notes := ask(k.Ada, "deal is not empty"); !slices.Equal(got, []string{"signed_sum"}) || notes != 1 {
			t.Errorf("of contracts alone: %v, %d notes", got, notes)
		}
		err := k.Try(t.Context(), k.Ada, func(s *record.Session) error {
			_, err := k.App.Reports().Run(t.Context(), s, "revenue-and-receipts", report.Params{Filter: "colour = 1"})
			return err
		})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("a condition of nothing: %v", err)
		}
		k.Mask(t, "receipt.amount")
		if got, notes := ask(k.Max, ""); !slices.Equal(got, all[:3]) || notes != 1 {
			t.Errorf("of who may not see receipts: %v, %d notes", got, notes)
		}
		if got, notes := ask(k.Ada, ""); !slices.Equal(got, all) || notes != 0 {
			t.Errorf("of who may: %v, %d notes", got, notes)
		}
	})
}
