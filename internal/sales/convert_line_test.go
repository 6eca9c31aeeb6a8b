package sales_test

import (
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// What a lead asks for becomes a line of its deal, priced as one made by hand, and
// goes with the conversion. Where it cannot, the conversion says why.
func TestTheProductOfALeadBecomesALine(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		pump := k.Create(t, k.Ada, "product", record.Values{"name": "泵 <1>", "price": "1200.00", "tax_rate": "19"})
		number := 0
		lead := func() value.ID {
			number++
			return k.Create(t, k.Rita, "lead", record.Values{"name": "Ann", "company": "Acme " + string(rune('A'+number)), "product": pump})
		}
		done := func(by, lead value.ID, deal record.Values) (c sales.Conversion, act value.ID, said []record.Warning) {
			t.Helper()
			k.Write(t, by, func(s *record.Session) (err error) {
				c, err = sales.Convert(t.Context(), s, lead, sales.Options{Deal: deal})
				act, said = s.Act(), s.Warnings()
				return err
			})
			return c, act, said
		}
		lines := func(deal value.ID) (n int64, price, amount string) {
			t.Helper()
			k.Read(t, k.Ada, func(s *record.Session) error {
				page, err := s.Query(t.Context(), record.Query{Object: "deal_line", Filter: `deal = "` + deal.String() + `"`, Count: record.CountExact})
				if err != nil {
					return err
				}
				for _, r := range page.Records {
					if r.Field("product") != pump {
						t.Errorf("a line of %v", r.Field("product"))
					}
					price = texts(t, k, "deal_line", r.ID, "unit_price")[0]
				}
				if n = page.Count; n > 0 {
					amount = texts(t, k, "deal", deal, "amount")[0]
				}
				return nil
			})
			return n, price, amount
		}
		first := lead()
		c, act, said := done(k.Rita, first, record.Values{})
		if n, price, amount := lines(c.Deal); n != 1 || price != "1200.00 EUR" || amount != "1200.00 EUR" || len(said) != 0 {
			t.Errorf("%d lines at %s, the deal is worth %s, said %v", n, price, amount, said)
		}
		takeBack(t, k, k.Rita, act)
		if n, _, _ := lines(c.Deal); n != 0 {
			t.Errorf("%d lines after taking it back", n)
		}
		c, _, _ = done(k.Rita, first, record.Values{"amount": "900.00"})
		if n, price, amount := lines(c.Deal); n != 1 || price != "" || amount != "900.00 EUR" {
			t.Errorf("an amount that was said: %d lines at %q, worth %s", n, price, amount)
		}

		without := func(name, key string, by value.ID) {
			t.Helper()
			c, _, said := done(by, lead(), record.Values{})
			if n, _, _ := lines(c.Deal); n != 0 || len(said) != 1 || said[0].Key != key || said[0].Path != "product" {
				t.Errorf("%s: %d lines, said %v", name, n, said)
			}
		}
		update(t, k, k.Ada, "product", pump, record.Values{"active": false})
		without("retired", "convert.product_retired", k.Rita)
		update(t, k, k.Ada, "product", pump, record.Values{"active": true})
		blind := k.Create(t, k.Ada, "role", record.Values{"name": "Blind", "permissions": `{"objects": {"*": {"read": "all", "create": "all", "update": "all"}, "product": {"read": "none"}}}`})
		update(t, k, k.Ada, "member", k.Olga, record.Values{"role": blind})
		without("unseen", "convert.product_unseen", k.Olga)
	})
}
