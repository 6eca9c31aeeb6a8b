package commerce_test

import (
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/commerce"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
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

// A contract that somebody makes of a won deal is the same whoever makes it: also
// where amount, tax or what the lines come to are kept from him.
func TestAContractIsTheSameWhoeverMakesIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		for _, fields := range []string{``, `"deal.tax_total": "none"`, `"deal.tax_total": "masked"`, `"deal.gross_total": "none"`, `"deal.gross_total": "masked"`,
			`"deal.amount": "none"`, `"deal_line.unit_price": "none"`, `"deal.account": "none", "contract_line.unit_price": "none"`} {
			for amount, want := range map[string][3]string{"420": {"420.00 EUR", "504.00 EUR", "2"}, "400": {"400.00 EUR", "480.00 EUR", "3"}} {
				k.reps(t, `"*": {"read": "all", "create": "all", "update": "all"}`, "")
				deal := k.wonBefore(t, amount)
				k.reps(t, `"*": {"read": "all", "create": "all", "update": "all"}`, fields)
				made, err := k.make(t, deal)
				if err != nil || len(made) != 1 {
					t.Fatalf("%s: %d contracts, %v", fields, len(made), err)
				}
				k.Read(t, k.Ada, func(s *record.Session) error {
					r, err := s.Get(t.Context(), "contract", made[0])
					if err != nil {
						return err
					}
					net, _ := record.Get(r, commerce.ContractNet)
					total, _ := record.Get(r, commerce.ContractTotal)
					lines, _, err := s.Count(t.Context(), record.Query{Object: "contract_line", Filter: `contract = "` + r.ID.String() + `"`, Count: record.CountExact})
					if net.String() != want[0] || total.String() != want[1] || int64(want[2][0]-'0') != lines {
						t.Errorf("%s: a deal of %s has a contract of %s, with tax %s, in %d lines; want %s", fields, amount, net, total, lines, want)
					}
					if id, _ := record.Get(r, commerce.ContractAccount); id != k.account {
						t.Errorf("%s: a contract without its customer", fields)
					}
					return err
				})
			}
		}
	})
}

// Who may not make contracts, not for the deal's owner, or without lines, makes
// none of deals.
func TestContractsOfDealsAskTheRightToMakeThem(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		mine, other := k.wonBefore(t, "400"), k.wonBefore(t, "400")
		if err := k.update(t, k.Ada, "deal", other, record.Values{"owner": k.Ada}); err != nil {
			t.Fatal(err)
		}
		const all = `"*": {"read": "all", "create": "all", "update": "all"}, `
		for _, x := range []struct {
			objects, refused string
			deal             value.ID
		}{
			{all + `"contract": {"read": "all", "create": "none"}`, "record.may_not_create", mine},
			{all + `"contract_line": {"create": "none"}`, "record.may_not_create", mine},
			{all + `"contract": {"read": "all", "create": "own", "update": "all"}`, "field.owner_out_of_reach", other},
			{all + `"contract": {"read": "all", "create": "all", "update": "own"}`, "field.owner_out_of_reach", other},
			{`"*": {"read": "own", "create": "own", "update": "own"}`, "", other}, // out of his sight
		} {
			k.reps(t, x.objects, "")
			made, err := k.make(t, x.deal)
			if x.refused != "" {
				refused(t, err, x.refused)
			} else if err != nil {
				t.Error(err)
			}
			if len(made) != 0 || k.count(t, k.Ada, "contract", "") != 0 {
				t.Errorf("%s: a contract was made", x.objects)
			}
		}
		k.reps(t, `"*": {"read": "own", "create": "own", "update": "own"}`, "")
		if made, err := k.make(t, mine); err != nil || len(made) != 1 {
			t.Errorf("%d contracts of one's own deal, %v", len(made), err)
		}
	})
}

// A condition stands by itself: it cannot reach deals that are not won.
func TestAConditionForContractsStandsByItself(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		open, won := k.deal(t), k.wonBefore(t, "400")
		for _, filter := range []string{`true) or (status = "open"`, `name = "Pumps") or (true`, `true) or (true`, `(`, `)`} {
			err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
				_, err := commerce.FromDeals(t.Context(), s, filter, 10)
				return err
			})
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", filter, err)
			}
		}
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := commerce.FromDeals(t.Context(), s, ` name = "None" or name = "Pumps" `, 10)
			return err
		})
		if n, m := len(k.contracts(t, open)), len(k.contracts(t, won)); n != 0 || m != 1 {
			t.Errorf("%d contracts of an open deal, %d of a won one", n, m)
		}
	})
}

// wonBefore is a deal of that amount that was brought in as won, without a
// contract.
func (k *shop) wonBefore(t *testing.T, amount string) value.ID {
	t.Helper()
	deal := k.deal(t)
	if err := k.update(t, k.Ada, "deal", deal, record.Values{"amount": amount}); err != nil {
		t.Fatal(err)
	}
	if err := k.Workspace.Write(t.Context(), record.Who{Member: k.Ada, Door: "import"}, func(s *record.Session) error {
		_, err := sales.Win(t.Context(), s, deal, 0, sales.Close{})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return deal
}

// make makes the contract of a deal as Rita.
func (k *shop) make(t *testing.T, deal value.ID) (made []value.ID, err error) {
	t.Helper()
	err = k.Try(t.Context(), k.Rita, func(s *record.Session) (err error) {
		made, err = commerce.FromDeals(t.Context(), s, `id = "`+deal.String()+`"`, 1)
		return err
	})
	return made, err
}

// reps says what reps may.
func (k *shop) reps(t *testing.T, objects, fields string) {
	t.Helper()
	k.Write(t, k.Ada, func(s *record.Session) error {
		rep, _ := s.Roster().Role(access.RepRole)
		_, err := s.Update(t.Context(), "role", rep, 0, record.Values{"permissions": `{"objects": {` + objects + `}, "fields": {` + fields + `}}`})
		return err
	})
}
