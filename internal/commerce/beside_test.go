package commerce_test

import (
	"testing"

	"wellmet/internal/commerce"
	"wellmet/internal/record"
)

// The contract says what the deal says, to the cent: where somebody typed another
// amount than the lines come to, a line makes up the difference, taxed as they
// are.
func TestAContractSaysTheAmountOfItsDeal(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		for _, x := range []struct {
			name, amount string
			more         record.Values // of a further line
			net, total   string
			difference   string
			lines        int64
		}{
			{"less", "400", nil, "400.00 EUR", "480.00 EUR", "-20.00 EUR", 3},
			{"more", "420.01", nil, "420.01 EUR", "504.01 EUR", "0.01 EUR", 3},
			{"as it is", "420", nil, "420.00 EUR", "504.00 EUR", "", 2},
			{"two rates", "400", record.Values{"unit_price": "10", "tax_rate": "7"}, "400.00 EUR", "484.70 EUR", "-30.00 EUR", 4},
			{"another currency", "400 USD", nil, "400.00 USD", "400.00 USD", "", 3},
			{"two currencies", "", record.Values{"unit_price": "10 USD"}, "420.00 EUR", "420.00 EUR", "", 4},
			{"cleared", "-", nil, "420.00 EUR", "504.00 EUR", "", 2},
		} {
			deal := k.deal(t)
			if x.more != nil {
				x.more["deal"] = deal
				k.Create(t, k.Rita, "deal_line", x.more)
			}
			if x.amount != "" {
				v := record.Values{"amount": x.amount}
				if x.amount == "-" {
					v["amount"] = nil
				}
				if err := k.update(t, k.Rita, "deal", deal, v); err != nil {
					t.Fatal(err)
				}
			}
			k.win(t, deal)
			contract := k.contracts(t, deal)[0].ID
			t.Log(x.name)
			k.want(t, "contract", contract, map[string]string{"net_total": x.net, "total": x.total})
			of := `contract = "` + contract.String() + `"`
			if n := k.count(t, k.Rita, "contract_line", of); n != x.lines {
				t.Errorf("%d lines, want %d", n, x.lines)
			}
			if n := k.count(t, k.Rita, "contract_line", of+` and product.name = "Pump" and quantity = 3`); n != 1 {
				t.Error("what was sold is not among the lines")
			}
			found := ""
			k.Read(t, k.Rita, func(s *record.Session) error {
				return s.Each(t.Context(), record.Query{Object: "contract_line", Filter: of + ` and description = "Difference to the agreed amount"`}, func(r *record.Record) error {
					m, _ := record.Get(r, commerce.LineTerms.Amount)
					found = m.String()
					return nil
				})
			})
			if found != x.difference {
				t.Errorf("the line of the difference is %q, want %q", found, x.difference)
			}
		}
	})
}
