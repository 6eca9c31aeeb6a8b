package record

import (
	"testing"

	"wellmet/internal/value"
)

// A number that waits for a state is given when it comes, in the order of
// coming, and nothing takes it away again.
func TestNumbersWaitForTheirState(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		first, second := k.make(k.rep, "bill", Values{}), k.make(k.rep, "bill", Values{})
		k.wantField("bill", first, "stamp", nil)
		act := k.do(k.rep, func(s *Session) error {
			_, err := s.Update(k.ctx(), "bill", second, 0, Values{"status": "sent"})
			return err
		})
		k.wantField("bill", second, "stamp", "P-2026-001")
		if err := k.set(k.rep, "bill", first, Values{"status": "paid"}); err != nil {
			t.Fatal(err)
		}
		k.wantField("bill", first, "stamp", "P-2026-002")
		k.wantField("bill", k.make(k.rep, "bill", Values{"status": "sent"}), "stamp", "P-2026-003")

		k.undo(k.rep, act)
		k.wantField("bill", second, "status", "new")
		k.wantField("bill", second, "stamp", "P-2026-001")
		if err := k.set(k.rep, "bill", second, Values{"status": "sent"}); err != nil {
			t.Fatal(err)
		}
		k.wantField("bill", second, "stamp", "P-2026-001")
		k.invariants()
	})
}

// What an amount is worth moves with the rates, and so do sums of such amounts.
func TestRollupsFollowTheRates(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		k.put("currency_rate", 0, Values{"currency": "USD", "day": "2026-01-01", "rate": "0.5"})
		bill := k.make(k.rep, "bill", Values{})
		k.make(k.rep, "item", Values{"bill": bill, "price": value.Money{Minor: 300, Currency: "USD"}})
		k.make(k.rep, "item", Values{"bill": bill, "price": eur(50)})
		k.wantField("bill", bill, "total", eur(200))
		k.make(k.admin, "currency_rate", Values{"currency": "USD", "day": "2026-02-01", "rate": "0.25"})
		if err := k.engine.Revalue(k.ctx(), "USD"); err != nil {
			t.Fatal(err)
		}
		k.wantField("bill", bill, "total", eur(125))
		k.invariants()
	})
}

// A roll-up in the currency of its records follows them, and is empty over
// several currencies.
func TestRollupsInTheirOwnCurrency(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		usd := func(minor int64) value.Money { return value.Money{Minor: minor, Currency: "USD"} }
		bill := k.make(k.rep, "bill", Values{})
		k.wantField("bill", bill, "asked", nil)
		k.make(k.rep, "item", Values{"bill": bill, "price": usd(1001)})
		more := k.make(k.rep, "item", Values{"bill": bill, "price": usd(999)})
		k.wantField("bill", bill, "asked", usd(2000))
		k.wantField("bill", bill, "total", nil) // no rate, so nothing in the workspace's
		if err := k.set(k.rep, "item", more, Values{"price": eur(5)}); err != nil {
			t.Fatal(err)
		}
		k.wantField("bill", bill, "asked", nil)
		if err := k.drop(k.rep, "item", more); err != nil {
			t.Fatal(err)
		}
		k.wantField("bill", bill, "asked", usd(1001))
		k.invariants()

		// Who reads a bill reads its items, so he may filter by their sum.
		page := func(who value.ID) (n int) {
			k.as(who, func(s *Session) {
				p, err := s.Query(k.ctx(), Query{Object: "bill", Filter: `asked.in("USD") > 10`})
				if err != nil {
					t.Fatal(err)
				}
				n = len(p.Records)
			})
			return n
		}
		if page(k.rep) != 1 || page(k.other) != 0 {
			t.Errorf("rep finds %d bills, other %d", page(k.rep), page(k.other))
		}
	})
}
