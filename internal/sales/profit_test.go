package sales_test

import (
	"fmt"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
)

// The margin is known only where the cost of every line is, and a product that
// gets dearer later changes no deal.
func TestMarginOfADeal(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		pump := k.Create(t, k.Ada, "product", record.Values{"name": "Pump", "price": "100", "cost": "60"})
		care := k.Create(t, k.Ada, "product", record.Values{"name": "Care", "price": "10", "cost": "4", "billing": "monthly", "periods": int64(12)})
		k.Create(t, k.Rita, "deal_line", record.Values{"deal": x.deal, "product": pump, "quantity": "2", "discount": "10"})
		k.Create(t, k.Rita, "deal_line", record.Values{"deal": x.deal, "product": care})
		x.is("known", record.Values{"amount": euros(30000), "cost": euros(16800), "margin": euros(13200)})
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "product", pump, 0, record.Values{"cost": "90"})
			return err
		})
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "deal", x.deal, 0, record.Values{"cost_to_serve": "32"})
			return err
		})
		x.is("with what it takes", record.Values{"cost": euros(16800), "margin": euros(10000)})
		gift := k.Create(t, k.Rita, "deal_line", record.Values{"deal": x.deal, "description": "Something", "unit_price": "1"})
		x.is("a cost is not known", record.Values{"amount": euros(30100), "cost": nil, "margin": nil})
		k.Write(t, k.Rita, func(s *record.Session) error { return s.Delete(t.Context(), "deal_line", gift) })
		x.is("known again", record.Values{"cost": euros(16800), "margin": euros(10000)})

		if err := x.move(sales.Step{Kind: sales.Won}); err != nil {
			t.Fatal(err)
		}
		y := newOther(t, x)
		if err := y.move(sales.Step{Kind: sales.Won}); err != nil {
			t.Fatal(err)
		}
		k.Read(t, k.Rita, func(s *record.Session) error {
			table, err := report.New(sales.Reports()).Run(t.Context(), s, "profit-by-person", report.Params{})
			if err != nil {
				return err
			}
			for name, want := range map[string]string{"won": "2", "won_revenue": "800.00 EUR", "margin": "100.00 EUR", "margin_rate": "33.3",
				"cost": "168.00 EUR", "cost_to_serve": "32.00 EUR", "uncosted": "1"} {
				if got, _ := table.Value(table.Rows[0], name); fmt.Sprint(got.Value) != want {
					t.Errorf("%s: %v, want %s", name, got.Value, want)
				}
			}
			return nil
		})
	})
}

// newOther is a deal of Rita's without lines, worth 500.
func newOther(t *testing.T, x *shelf) *shelf {
	account := x.Create(t, x.Rita, "account", record.Values{"name": "Other"})
	return x.as(x.Create(t, x.Rita, "deal", record.Values{"name": "Other", "account": account, "amount": "500"}))
}
