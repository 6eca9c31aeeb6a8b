package sales_test

import (
	"fmt"
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/value"
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

// Deals and customers are ranked; a private person is named as one, and a deal of
// unknown cost is shown as such, last by margin and not by revenue.
func TestTheMostProfitableDealsAndCustomers(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		person := k.Create(t, k.Rita, "contact", record.Values{"name": "李娜"})
		pump := k.Create(t, k.Ada, "product", record.Values{"name": "Pump", "price": "100", "cost": "60"})
		gem := k.Create(t, k.Ada, "product", record.Values{"name": "Gem", "price": "200", "cost": "20"})
		win := func(name string, v record.Values, product value.ID) {
			v["name"] = name
			deal := k.Create(t, k.Rita, "deal", v)
			if product != 0 {
				k.Create(t, k.Rita, "deal_line", record.Values{"deal": deal, "product": product})
			}
			if err := x.as(deal).move(sales.Step{Kind: sales.Won}); err != nil {
				t.Fatal(err)
			}
		}
		one, two := k.Create(t, k.Rita, "account", record.Values{"name": "One"}), k.Create(t, k.Rita, "account", record.Values{"name": "Two"})
		win("Same", record.Values{"account": one, "cost_to_serve": "10"}, pump)
		win("Same", record.Values{"contact": person, "cost_to_serve": "5"}, gem)
		win("Big", record.Values{"account": two, "amount": "900", "cost_to_serve": "70"}, 0)
		for name, want := range map[string]string{
			"profit-by-account":  "李娜 175.00 EUR 0; One 30.00 EUR 0; Two <nil> 1",
			"revenue-by-account": "Two <nil> 1; 李娜 175.00 EUR 0; One 30.00 EUR 0",
			"serving-by-account": "Two <nil> 1; One 30.00 EUR 0; 李娜 175.00 EUR 0",
			"profit-by-deal":     "Same 175.00 EUR 0; Same 30.00 EUR 0; Big <nil> 1",
			"revenue-by-deal":    "Big <nil> 1; Same 175.00 EUR 0; Same 30.00 EUR 0",
			"serving-by-deal":    "Big <nil> 1; Same 30.00 EUR 0; Same 175.00 EUR 0",
		} {
			k.Read(t, k.Rita, func(s *record.Session) error {
				table, err := report.New(sales.Reports()).Run(t.Context(), s, name, report.Params{})
				if err != nil {
					return err
				}
				var got []string
				for _, r := range table.Rows {
					margin, _ := table.Value(r, "margin")
					without, _ := table.Value(r, "uncosted")
					got = append(got, fmt.Sprint(r.Labels[0], " ", margin.Value, " ", without.Value))
					if n, _, err := s.Count(t.Context(), record.Query{Object: "deal", Filter: r.Filter, Count: record.CountExact}); err != nil || n != 1 {
						t.Errorf("%s: %d deals behind %s: %v", name, n, r.Labels[0], err)
					}
				}
				if text := strings.Join(got, "; "); text != want {
					t.Errorf("%s: %s\nwant %s", name, text, want)
				}
				return nil
			})
		}
	})
}

// Customers of one name are told apart, those whom the reader may not see have a
// line of their own, and a loss hides nobody, however short the list is.
func TestRankedCustomersAddUp(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		pump := k.Create(t, k.Ada, "product", record.Values{"name": "Pump", "price": "100", "cost": "60"})
		for _, c := range []struct {
			of            value.ID
			object, field string
			name, serving string
		}{
			{k.Max, "account", "account", "Twin", "10"}, {k.Max, "account", "account", "Twin", "20"}, {k.Rita, "account", "account", "Secret", "15"},
			{k.Max, "contact", "contact", "李娜", "5"}, {k.Max, "contact", "contact", "李娜", "900"}, {k.Rita, "contact", "contact", "Shy", "13"},
		} {
			customer := k.Create(t, c.of, c.object, record.Values{"name": c.name})
			x := x.as(k.Create(t, k.Rita, "deal", record.Values{"name": "Deal", c.field: customer, "cost_to_serve": c.serving}))
			k.Create(t, k.Rita, "deal_line", record.Values{"deal": x.deal, "product": pump})
			if err := x.move(sales.Step{Kind: sales.Won}); err != nil {
				t.Fatal(err)
			}
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			for _, name := range []string{"account", "contact"} {
				if err := access.SetOpenness(t.Context(), s.Tx(), s.Schema().MustObject(name), access.Private); err != nil {
					return err
				}
			}
			return nil
		})
		const unseen = "Customers that you may not see"
		ranked := func(who value.ID, name string, limit int, want string) {
			t.Helper()
			k.Read(t, who, func(s *record.Session) error {
				table, err := k.App.Reports().Run(t.Context(), s, name, report.Params{Limit: limit})
				if err != nil {
					return err
				}
				var got []string
				deals, margins := int64(0), int64(0)
				for _, r := range table.Rows {
					margin, _ := table.Value(r, "margin")
					won, _ := table.Value(r, "won")
					got = append(got, fmt.Sprint(r.Labels[0], " ", margin.Value))
					deals, margins = deals+won.Value.(int64), margins+margin.Value.(value.Money).Minor
					list, err := s.Query(t.Context(), record.Query{Object: "deal", Filter: r.Filter, Fields: []string{"margin"}})
					if err != nil {
						return err
					}
					sum := int64(0)
					for _, d := range list.Records {
						sum += d.Field("margin").(value.Money).Minor
					}
					if int64(len(list.Records)) != won.Value || sum != margin.Value.(value.Money).Minor {
						t.Errorf("%s: %v, %v behind %s: %d deals of %d", name, won.Value, margin.Value, r.Labels[0], len(list.Records), sum)
					}
				}
				if text := strings.Join(got, "; "); text != want {
					t.Errorf("%s, %d: %s\nwant %s", name, limit, text, want)
				}
				won, _ := table.Value(*table.Total, "won")
				margin, _ := table.Value(*table.Total, "margin")
				if limit == 0 && (deals != won.Value || margins != margin.Value.(value.Money).Minor) {
					t.Errorf("%s: %d deals of %d are not %v of %v", name, deals, margins, won.Value, margin.Value)
				}
				if table.More != (limit > 0) || won.Value != int64(6) {
					t.Errorf("%s, %d: more %v, %v won", name, limit, table.More, won.Value)
				}
				return nil
			})
		}
		all := "李娜 35.00 EUR; Twin 30.00 EUR; Shy 27.00 EUR; Secret 25.00 EUR; Twin 20.00 EUR; 李娜 -860.00 EUR"
		seen := unseen + " 52.00 EUR; 李娜 35.00 EUR; Twin 30.00 EUR; Twin 20.00 EUR; 李娜 -860.00 EUR"
		ranked(k.Ada, "profit-by-account", 0, all)
		ranked(k.Max, "profit-by-account", 0, seen)
		ranked(k.Ada, "profit-by-account", 1, "李娜 35.00 EUR")
		ranked(k.Max, "profit-by-account", 2, unseen+" 52.00 EUR; 李娜 35.00 EUR")
		ranked(k.Max, "serving-by-account", 2, "李娜 -860.00 EUR; "+unseen+" 52.00 EUR")
		ranked(k.Ada, "serving-by-account", 3, "李娜 -860.00 EUR; Twin 20.00 EUR; Secret 25.00 EUR")
	})
}
