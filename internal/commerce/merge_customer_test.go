package commerce_test

import (
	"maps"
	"testing"

	"wellmet/internal/commerce"
	"wellmet/internal/dedupe"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// customers is a shop with two accounts and two contacts who bought the same
// things twice.
type customers struct {
	*shop
	accounts, contacts [2]value.ID
	contracts          []value.ID
}

func newCustomers(t *testing.T, k *shop) *customers {
	t.Helper()
	x := &customers{shop: k, accounts: [2]value.ID{k.account}, contacts: [2]value.ID{k.contact}}
	x.accounts[1] = k.Create(t, k.Rita, "account", record.Values{"name": "Acme Oy"})
	x.contacts[1] = k.Create(t, k.Rita, "contact", record.Values{"name": "Ann Smit"})
	for i, account := range x.accounts {
		k.account, k.contact = account, x.contacts[i]
		contract := k.signed(t) // 504 EUR
		part := k.plan(t, contract, "33.33/66.67", "2026-02-02")
		if _, err := k.book(t, commerce.Booking{Contract: contract, Amount: eur(10001), PlanLine: part[1]}); err != nil {
			t.Fatal(err)
		}
		receipt, err := k.book(t, commerce.Booking{Contract: contract, Amount: eur(3)})
		if err != nil {
			t.Fatal(err)
		}
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := commerce.Reverse(t.Context(), s, receipt, 0, "Bounced")
			return err
		})
		void := k.signed(t)
		dollars := k.Create(t, k.Rita, "contract", record.Values{"name": "Overseas", "account": account, "signer": k.contact, "currency": "USD"})
		k.Create(t, k.Rita, "contract_line", record.Values{"contract": dollars, "unit_price": "33.33 USD"})
		k.sign(t, dollars)
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := commerce.Cancel(t.Context(), s, void, 0, "Twice", commerce.KeepDeal)
			return err
		})
		x.contracts = append(x.contracts, contract, void, dollars)
	}
	// One contract concerns both people, and one is of one account and the other's
	// person.
	both := []value.ID{x.contacts[0], x.contacts[1]}
	if err := k.update(t, k.Rita, "contract", x.contracts[0], record.Values{"stakeholders": both}); err != nil {
		t.Fatal(err)
	}
	if err := k.update(t, k.Rita, "contract", x.contracts[5], record.Values{"account": x.accounts[0]}); err != nil {
		t.Fatal(err)
	}
	return x
}

// sums are those of the contracts that bind and of their receipts, in each
// currency, under a condition of contracts and one of receipts.
func (x *customers) sums(t *testing.T, contracts, receipts string) map[string]string {
	t.Helper()
	found := map[string]string{}
	add := func(object, filter string, fields ...string) {
		ask := record.Aggregate{Object: object, Filter: filter}
		for _, f := range fields {
			ask.Measures = append(ask.Measures, "sum:"+f)
		}
		x.Read(t, x.Rita, func(s *record.Session) error {
			result, err := s.Aggregate(t.Context(), ask)
			if err != nil {
				return err
			}
			for i, m := range result.Total.Values {
				for _, sum := range m.Sums {
					found[object+" "+fields[i]+" "+sum.Currency] = sum.String()
				}
			}
			return nil
		})
	}
	add("contract", "("+contracts+") and "+commerce.Binding, "total", "received", "open_amount", "planned")
	add("receipt", "("+receipts+") and reversed_on is empty and "+commerce.OfBinding, "amount")
	return found
}

// all is the whole picture: how much of everything there is, and what it comes to.
func (x *customers) all(t *testing.T) map[string]string {
	t.Helper()
	found := x.sums(t, "id is not empty", "id is not empty")
	for i := range 2 {
		for object, ids := range map[string][2]value.ID{"account": x.accounts, "contact": x.contacts} {
			contracts, receipts := `account = "`+ids[i].String()+`"`, `contract.account = "`+ids[i].String()+`"`
			if object == "contact" {
				contracts = `signer = "` + ids[i].String() + `" or stakeholders contains "` + ids[i].String() + `"`
				receipts = `contract.signer = "` + ids[i].String() + `" or contract.stakeholders contains "` + ids[i].String() + `"`
			}
			name := object + string(rune('A'+i)) + " "
			for key, sum := range x.sums(t, contracts, receipts) {
				found[name+key] = sum
			}
			n := x.count(t, x.Rita, "contract", contracts)
			found[name+"contracts"] = value.ID(n).String()
			found[name+"receipts"] = value.ID(x.count(t, x.Rita, "receipt", receipts)).String()
			found[name+"deals"] = value.ID(x.count(t, x.Rita, "deal", object+` = "`+ids[i].String()+`"`)).String()
		}
	}
	return found
}

func (x *customers) mergeTwo(t *testing.T, object string, ids [2]value.ID) (act value.ID) {
	t.Helper()
	x.Write(t, x.Ada, func(s *record.Session) error {
		m, err := dedupe.Merge(t.Context(), s, dedupe.Order{Object: object, Winner: ids[0], Loser: ids[1]})
		act = m.Act
		return err
	})
	return act
}

// Two accounts, or two contacts, that become one have all contracts and payments
// of both, once each and to the cent; taken back, each has its own again.
func TestMergedCustomersKeepWhatTheyBought(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		x := newCustomers(t, k)
		before := x.all(t)
		var acts []value.ID
		for object, ids := range map[string][2]value.ID{"account": x.accounts, "contact": x.contacts} {
			acts = append(acts, x.mergeTwo(t, object, ids))
		}
		after := x.all(t)
		for _, key := range []string{"contract total EUR", "contract received EUR", "contract open_amount EUR", "contract planned EUR", "receipt amount EUR", "contract total USD", "contract open_amount USD"} {
			if before[key] == "" || after[key] != before[key] {
				t.Errorf("%s was %q and is %q", key, before[key], after[key])
			}
			for _, one := range []string{"accountA ", "contactA "} {
				if after[one+key] != before[key] {
					t.Errorf("%s%s is %q, want %q", one, key, after[one+key], before[key])
				}
			}
		}
		for key, want := range map[string]string{"accountA contracts": "6", "contactA contracts": "6", "accountA receipts": "4", "contactA receipts": "4", "accountA deals": "4",
			"contactA deals": "4", "accountB contracts": "0", "contactB contracts": "0", "accountB receipts": "0", "contactB receipts": "0", "contactB deals": "0"} {
			if after[key] != want {
				t.Errorf("%s: %s, want %s", key, after[key], want)
			}
		}
		x.Read(t, x.Rita, func(s *record.Session) error { // who stood twice stands once
			r, err := s.Get(t.Context(), "contract", x.contracts[0])
			if err == nil {
				if list, _ := r.Field("stakeholders").([]value.ID); len(list) != 1 || list[0] != x.contacts[0] {
					t.Errorf("stakeholders %v", list)
				}
			}
			return err
		})
		for _, act := range acts {
			x.Write(t, x.Ada, func(s *record.Session) error {
				u, err := s.UndoAct(t.Context(), act)
				if err == nil && len(u.Kept) > 0 {
					t.Errorf("left alone: %+v", u.Kept)
				}
				return err
			})
		}
		if again := x.all(t); !maps.Equal(again, before) {
			t.Errorf("taken back:\n %v\nwant\n %v", again, before)
		}
	})
}
