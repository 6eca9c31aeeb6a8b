package commerce_test

import (
	"sync"
	"testing"

	"wellmet/internal/commerce"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

func TestWinningMakesAContract(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		deal := k.deal(t)
		k.win(t, deal)
		list := k.contracts(t, deal)
		if len(list) != 1 {
			t.Fatalf("%d contracts", len(list))
		}
		c := list[0].ID
		// 270 + 12 × 12.50 = 420, tax 84
		k.want(t, "contract", c, map[string]string{"name": "Pumps", "number": "", "state": "draft", "account": k.account.String(), "signer": k.contact.String(),
			"owner": k.Rita.String(), "net_total": "420.00 EUR", "tax_total": "84.00 EUR", "total": "504.00 EUR", "open_amount": "504.00 EUR",
			"plan_differs": "false", "currency": "EUR"})
		if n := k.count(t, k.Rita, "contract_line", `description = "Care" and periods = 12`); n != 1 {
			t.Error("the product's name is not kept")
		}

		// What happens to product and deal later leaves the contract alone.
		if err := k.update(t, k.Ada, "product", k.pump, record.Values{"price": "999.00", "name": "Pump 2"}); err != nil {
			t.Fatal(err)
		}
		k.Create(t, k.Rita, "deal_line", record.Values{"deal": deal, "product": k.pump})
		k.want(t, "contract", c, map[string]string{"total": "504.00 EUR"})

		// Winning once more makes no second one; neither does a hand.
		if err := k.update(t, k.Rita, "deal", deal, record.Values{"won_reason": "price"}); err != nil {
			t.Fatal(err)
		}
		err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := s.Create(t.Context(), "contract", record.Values{"name": "Another", "account": k.account, "deal": deal})
			return err
		})
		refused(t, err, "contract.deal_has_one")
		if n := len(k.contracts(t, deal)); n != 1 {
			t.Errorf("%d contracts", n)
		}
	})
}

func TestADealWithoutLinesBecomesALine(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Study", "account": k.account, "amount": "1234.56 USD"})
		k.win(t, deal)
		k.want(t, "contract", k.contracts(t, deal)[0].ID, map[string]string{"total": "1234.56 USD", "currency": "USD"})

		bare := k.Create(t, k.Rita, "deal", record.Values{"name": "Talk", "account": k.account})
		k.win(t, bare)
		c := k.contracts(t, bare)[0].ID
		k.want(t, "contract", c, map[string]string{"total": "", "open_amount": ""})
		refused(t, k.update(t, k.Rita, "contract", c, record.Values{"state": "signed"}), "contract.nothing_to_sign")
	})
}

func TestNumbersAreGapless(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		var ids []value.ID
		for range 4 {
			deal := k.deal(t)
			k.win(t, deal)
			ids = append(ids, k.contracts(t, deal)[0].ID)
		}
		if err := k.drop(t, k.Rita, "contract", ids[0]); err != nil { // a draft may go
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for _, id := range ids[1:] {
			wg.Go(func() {
				if err := k.update(t, k.Ada, "contract", id, record.Values{"state": "signed"}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, number := range []string{"C-2026-00001", "C-2026-00002", "C-2026-00003"} {
			if n := k.count(t, k.Rita, "contract", `number = "`+number+`"`); n != 1 {
				t.Errorf("%d contracts have the number %s", n, number)
			}
		}
		refused(t, k.drop(t, k.Ada, "contract", ids[1]), "contract.numbered")
		k.want(t, "contract", ids[1], map[string]string{"signed_on": "2026-03-02"})
	})
}

func TestUndoOfWinningTakesTheDraftBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		deal := k.deal(t)
		var act value.ID
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := sales.Win(t.Context(), s, deal, 0, sales.Close{})
			act = s.Act()
			return err
		})
		undo := func(act value.ID) (u *record.Undone) {
			t.Helper()
			k.Write(t, k.Rita, func(s *record.Session) (err error) {
				u, err = s.Undo(t.Context(), act)
				return err
			})
			return u
		}
		u := undo(act)
		if len(u.Kept) > 0 || len(k.contracts(t, deal)) != 0 {
			t.Errorf("after undo: kept %+v, %d contracts", u.Kept, len(k.contracts(t, deal)))
		}
		k.want(t, "deal", deal, map[string]string{"status": "open"})
		u = undo(u.Act) // and again
		if len(u.Kept) > 0 || len(k.contracts(t, deal)) != 1 {
			t.Fatalf("after redo: kept %+v, %d contracts", u.Kept, len(k.contracts(t, deal)))
		}
		k.want(t, "contract", k.contracts(t, deal)[0].ID, map[string]string{"total": "504.00 EUR", "state": "draft"})

		// A signed contract binds: nothing takes its deal out of won but voiding it.
		k.sign(t, k.contracts(t, deal)[0].ID)
		err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := sales.Reopen(t.Context(), s, deal, 0)
			return err
		})
		refused(t, err, "deal.contract_signed")
	})
}

func TestReopeningTakesTheDraftBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		deal := k.deal(t)
		k.win(t, deal)
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := sales.Reopen(t.Context(), s, deal, 0)
			return err
		})
		if n := len(k.contracts(t, deal)); n != 0 {
			t.Errorf("%d contracts of an open deal", n)
		}
		k.win(t, deal)
		if n := len(k.contracts(t, deal)); n != 1 {
			t.Errorf("%d contracts after winning again", n)
		}
	})
}

func TestAVoidContractOpensItsDeal(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		deal := k.deal(t)
		k.win(t, deal)
		c := k.contracts(t, deal)[0].ID
		k.sign(t, c)
		refused(t, k.update(t, k.Rita, "contract", c, record.Values{"state": "void"}), "contract.reason_required")
		cancel := func(contract value.ID, then string) {
			t.Helper()
			k.Write(t, k.Rita, func(s *record.Session) error {
				_, err := commerce.Cancel(t.Context(), s, contract, 0, "Budget cut", then)
				return err
			})
		}
		cancel(c, "")
		k.want(t, "contract", c, map[string]string{"state": "void", "number": "C-2026-00001", "voided_on": "2026-03-02", "open_amount": ""})
		k.want(t, "deal", deal, map[string]string{"status": "open"})
		if n := k.count(t, k.Rita, "activity", `kind = "note" and body contains "Budget cut" and body contains "C-2026-00001"`); n != 1 {
			t.Errorf("%d notes tell of it", n)
		}

		// The deal can be won anew, with a contract of its own.
		k.win(t, deal)
		list := k.contracts(t, deal)
		if len(list) != 2 {
			t.Fatalf("%d contracts", len(list))
		}
		k.sign(t, list[1].ID)
		cancel(list[1].ID, commerce.KeepDeal)
		k.want(t, "deal", deal, map[string]string{"status": "won"})
		k.want(t, "contract", list[1].ID, map[string]string{"number": "C-2026-00002"})
	})
}

// What becomes of the deal is the pipeline's to say, and a contract's own word
// goes before.
func TestAPipelineSaysWhatAVoidContractDoes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		status := func(then string) string {
			deal := k.deal(t)
			k.win(t, deal)
			c := k.contracts(t, deal)[0].ID
			k.sign(t, c)
			k.Write(t, k.Rita, func(s *record.Session) error {
				_, err := commerce.Cancel(t.Context(), s, c, 0, "Budget cut", then)
				return err
			})
			var text string
			k.Read(t, k.Rita, func(s *record.Session) error {
				r, err := s.Get(t.Context(), "deal", deal)
				text, _ = r.Field("status").(string)
				return err
			})
			return text
		}
		if got := status(""); got != "open" {
			t.Errorf("as shipped: %s", got)
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			page, err := s.Query(t.Context(), record.Query{Object: "pipeline"})
			for _, r := range page.Records {
				if _, err := s.Update(t.Context(), "pipeline", r.ID, 0, record.Values{"contract_void": commerce.KeepDeal}); err != nil {
					return err
				}
			}
			return err
		})
		if got := status(""); got != "won" {
			t.Errorf("the pipeline keeps it: %s", got)
		}
		if got := status(commerce.ReopenDeal); got != "open" {
			t.Errorf("the contract says otherwise: %s", got)
		}
	})
}

func TestContractsThatCannotBe(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		for key, v := range map[string]record.Values{
			"contract.needs_party":       {"name": "Nobody's"},
			"contract.ends_before_start": {"name": "Short", "account": k.account, "starts_on": "2026-05-02", "ends_on": "2026-05-01"},
			"contract.signed_in_future":  {"name": "Early", "account": k.account, "signed_on": "2026-03-03"},
			"record.unknown_currency":    {"name": "Shells", "account": k.account, "currency": "XYZ"},
			"field.required":             {"account": k.account},
		} {
			err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
				_, err := s.Create(t.Context(), "contract", v)
				return err
			})
			refused(t, err, key)
		}
		c := k.signed(t)
		err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := s.Create(t.Context(), "contract_line", record.Values{"contract": c, "unit_price": "1"})
			return err
		})
		refused(t, err, "contract.lines_fixed")
		refused(t, k.update(t, k.Rita, "contract", c, record.Values{"currency": "USD"}), "contract.currency_in_use")

		draft := k.Create(t, k.Rita, "contract", record.Values{"name": "Draft", "account": k.account, "currency": "usd"})
		k.want(t, "contract", draft, map[string]string{"currency": "USD"})
		err = k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := s.Create(t.Context(), "contract_line", record.Values{"contract": draft, "unit_price": "1 EUR"})
			return err
		})
		refused(t, err, "contract.other_currency")
	})
}

// Who may not read contracts learns nothing of them, and can still win; who may
// not change a contract cannot sign it.
func TestWhoMay(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		c := k.signed(t)
		k.plan(t, c, "2", "2026-04-01")
		if err := k.update(t, k.Olga, "contract", c, record.Values{"state": "active"}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("another team's rep changed it: %v", err)
		}
		if err := k.update(t, k.Max, "contract", c, record.Values{"state": "active"}); err != nil {
			t.Errorf("a rep of the same team: %v", err)
		}
		k.role(t, k.Olga, `{"objects":{"*":{"read":"all","create":"all","update":"all","delete":"all"},"contract":{"read":"none","create":"none","update":"none","delete":"none"}}}`)
		for _, object := range []string{"contract", "contract_line", "payment_plan_line", "receipt", "allocation"} {
			err := k.Workspace.Read(t.Context(), record.Who{Member: k.Olga}, func(s *record.Session) error {
				_, _, err := s.Count(t.Context(), record.Query{Object: object})
				return err
			})
			if err == nil {
				t.Errorf("who may not read contracts counts %ss", object)
			}
		}
		deal := k.deal(t)
		k.Write(t, k.Olga, func(s *record.Session) error {
			_, err := sales.Win(t.Context(), s, deal, 0, sales.Close{})
			return err
		})
		if n := len(k.contracts(t, deal)); n != 1 {
			t.Errorf("%d contracts of a deal that she won", n)
		}
	})
}

func (k *shop) role(t *testing.T, member value.ID, permissions string) {
	t.Helper()
	role := k.Create(t, k.Ada, "role", record.Values{"name": "Own", "permissions": permissions})
	if err := k.update(t, k.Ada, "member", member, record.Values{"role": role}); err != nil {
		t.Fatal(err)
	}
}

// Two who win one deal at once make one contract.
func TestTwoWinAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		deal := k.deal(t)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
					_, err := sales.Win(t.Context(), s, deal, 0, sales.Close{})
					return err
				})
				if _, ok := fault.As(err); err != nil && !ok {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := len(k.contracts(t, deal)); n != 1 {
			t.Errorf("%d contracts", n)
		}
	})
}
