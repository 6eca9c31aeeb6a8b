package commerce_test

import (
	"math"
	"testing"

	"wellmet/internal/commerce"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Whatever is asked of receipts, each counts once, for a reason that is said, and
// never for more than somebody agreed to.
func TestOddReceipts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		c := k.signed(t) // 504 EUR
		first, err := k.book(t, commerce.Booking{Contract: c, Amount: eur(30000)})
		if err != nil {
			t.Fatal(err)
		}
		// More than fits, one by one and both at once.
		for _, agreed := range []bool{false, true} {
			_, err = k.book(t, commerce.Booking{Contract: c, Amount: eur(math.MaxInt64), AcceptOver: agreed})
			refused(t, err, "field.too_large")
		}
		_, err = k.book(t, commerce.Booking{Contract: c, Amount: eur(20401)})
		refused(t, err, "receipt.over_payment")
		err = k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := s.Save(t.Context(), record.Batch{Object: "receipt", Changes: []record.Change{
				{Values: record.Values{"contract": c, "amount": "150"}}, {Values: record.Values{"contract": c, "amount": "150"}}}})
			return err
		})
		refused(t, err, "receipt.over_payment")
		k.want(t, "contract", c, map[string]string{"received": "300.00 EUR", "over_paid": "false"})

		// A reversal wants a reason, whatever the door, and is said once.
		for _, reason := range []string{"", "  ", "\u00a0\t"} {
			err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
				_, err := commerce.Reverse(t.Context(), s, first, 0, reason)
				return err
			})
			refused(t, err, "receipt.reason_required")
		}
		if err := k.update(t, k.Rita, "receipt", first, record.Values{"reversal_reason": "  "}); err != nil && !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
		k.want(t, "receipt", first, map[string]string{"reversed_on": "", "reversal_reason": ""})
		if err := k.update(t, k.Rita, "receipt", first, record.Values{"reversal_reason": "Bounced"}); err != nil {
			t.Fatal(err)
		}
		k.want(t, "contract", c, map[string]string{"open_amount": "504.00 EUR"})
		if _, err := k.book(t, commerce.Booking{Contract: c, Amount: eur(50400)}); err != nil {
			t.Fatal(err)
		}
		// To take the reversal back would be an over-payment.
		refused(t, k.update(t, k.Rita, "receipt", first, record.Values{"reversal_reason": nil}), "receipt.over_payment")
		if err := k.update(t, k.Rita, "receipt", first, record.Values{"reversal_reason": nil, "over_accepted": true}); err != nil {
			t.Fatal(err)
		}
		k.want(t, "contract", c, map[string]string{"received": "804.00 EUR", "over_paid": "true", "open_amount": "-300.00 EUR"})

		other := k.signed(t)
		refused(t, k.update(t, k.Rita, "receipt", first, record.Values{"contract": other}), "receipt.fixed")
		refused(t, k.update(t, k.Rita, "receipt", first, record.Values{"amount": "300 USD"}), "receipt.fixed")
		refused(t, k.update(t, k.Rita, "contract", c, record.Values{"state": commerce.Draft}), "contract.has_receipts")
		refused(t, k.update(t, k.Rita, "contract", c, record.Values{"state": commerce.Void, "void_reason": " "}), "contract.reason_required")
		refused(t, k.update(t, k.Rita, "contract", c, record.Values{"currency": "USD"}), "contract.currency_in_use")

		// What an import brings is in the currency of its contract too.
		err = k.Workspace.Write(t.Context(), record.Who{Member: k.Rita, Door: "import", Cause: "test"}, func(s *record.Session) error {
			_, err := s.Create(t.Context(), "receipt", record.Values{"contract": other, "amount": value.Money{Minor: 100, Currency: "USD"}})
			return err
		})
		refused(t, err, "contract.other_currency")
		k.want(t, "contract", other, map[string]string{"received": ""})
	})
}
