package commerce_test

import (
	"sync"
	"testing"

	"wellmet/internal/commerce"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

func TestReceiptsPayWhatIsDueFirst(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		c := k.signed(t) // 504.00
		plan := k.plan(t, c, "30/70", "2026-02-01")
		k.want(t, "contract", c, map[string]string{"planned": "504.00 EUR", "plan_differs": "false"})
		k.want(t, "payment_plan_line", plan[0], map[string]string{"amount": "151.20 EUR", "state": "overdue", "name": "30\u00a0%"})
		k.want(t, "payment_plan_line", plan[1], map[string]string{"amount": "352.80 EUR", "state": "overdue", "due_on": "2026-03-01"})

		first, err := k.book(t, commerce.Booking{Contract: c, Amount: eur(20000), Method: "cash", Reference: "INV 7"})
		if err != nil {
			t.Fatal(err)
		}
		k.want(t, "receipt", first, map[string]string{"number": "R-2026-00001", "received_on": "2026-03-02", "method": "cash", "owner": k.Rita.String()})
		k.want(t, "payment_plan_line", plan[0], map[string]string{"state": "paid", "paid": "151.20 EUR", "open_amount": "0.00 EUR"})
		k.want(t, "payment_plan_line", plan[1], map[string]string{"state": "overdue", "paid": "48.80 EUR", "open_amount": "304.00 EUR"})
		k.want(t, "contract", c, map[string]string{"received": "200.00 EUR", "open_amount": "304.00 EUR"})

		if err := k.update(t, k.Rita, "payment_plan_line", plan[1], record.Values{"due_on": "2026-09-01"}); err != nil {
			t.Fatal(err)
		}
		k.want(t, "payment_plan_line", plan[1], map[string]string{"state": "partly", "due_on": "2026-09-01", "first_due_on": "2026-03-01"})

		// More than is open asks; accepted it is booked and marked.
		_, err = k.book(t, commerce.Booking{Contract: c, Amount: eur(30401)})
		refused(t, err, "receipt.over_payment")
		over, err := k.book(t, commerce.Booking{Contract: c, Amount: eur(30401), AcceptOver: true})
		if err != nil {
			t.Fatal(err)
		}
		k.want(t, "contract", c, map[string]string{"open_amount": "-0.01 EUR", "over_paid": "true"})
		k.want(t, "payment_plan_line", plan[1], map[string]string{"state": "paid", "open_amount": "0.00 EUR"})
		k.want(t, "receipt", over, map[string]string{"over_accepted": "true"})

		// A reversal needs a reason, keeps the line and frees the plan.
		err = k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := commerce.Reverse(t.Context(), s, first, 0, "")
			return err
		})
		refused(t, err, "receipt.reason_required")
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := commerce.Reverse(t.Context(), s, first, 0, "Bounced")
			return err
		})
		k.want(t, "receipt", first, map[string]string{"amount": "200.00 EUR", "reversed_on": "2026-03-02", "reversal_reason": "Bounced"})
		k.want(t, "contract", c, map[string]string{"received": "304.01 EUR", "open_amount": "199.99 EUR", "over_paid": "false"})
		// What was left over of the second receipt goes to what is open again.
		k.want(t, "payment_plan_line", plan[0], map[string]string{"state": "overdue", "paid": "0.01 EUR"})

		refused(t, k.drop(t, k.Ada, "receipt", first), "receipt.reverse_instead")
		refused(t, k.update(t, k.Rita, "receipt", over, record.Values{"amount": "1"}), "receipt.fixed")
		refused(t, k.drop(t, k.Rita, "payment_plan_line", plan[0]), "plan.has_receipts")
		refused(t, k.update(t, k.Rita, "payment_plan_line", plan[1], record.Values{"amount": "1"}), "plan.below_paid")
	})
}

func TestReceiptsForOneAndForSeveral(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		c := k.signed(t)
		plan := k.plan(t, c, "3", "2026-04-30") // 168.00 each
		k.want(t, "payment_plan_line", plan[1], map[string]string{"due_on": "2026-05-30", "amount": "168.00 EUR", "state": "open"})
		if _, err := k.book(t, commerce.Booking{Contract: c, Amount: eur(20000), PlanLine: plan[2]}); err != nil {
			t.Fatal(err)
		}
		k.want(t, "payment_plan_line", plan[2], map[string]string{"state": "paid"})
		k.want(t, "payment_plan_line", plan[0], map[string]string{"paid": "32.00 EUR", "state": "partly"})
		by := []commerce.Share{{PlanLine: plan[1], Amount: eur(5000)}, {PlanLine: plan[0], Amount: eur(1000)}}
		if _, err := k.book(t, commerce.Booking{Contract: c, Amount: eur(7000), Shares: by}); err != nil {
			t.Fatal(err)
		}
		k.want(t, "payment_plan_line", plan[0], map[string]string{"paid": "42.00 EUR"})
		k.want(t, "payment_plan_line", plan[1], map[string]string{"paid": "50.00 EUR"})
		_, err := k.book(t, commerce.Booking{Contract: c, Amount: eur(1000), Shares: []commerce.Share{{PlanLine: plan[0], Amount: eur(1001)}}})
		refused(t, err, "allocation.over_receipt")
		_, err = k.book(t, commerce.Booking{Contract: c, Amount: eur(20000), Shares: []commerce.Share{{PlanLine: plan[0], Amount: eur(12601)}}})
		refused(t, err, "allocation.over_plan")

		other := k.signed(t)
		far := k.plan(t, other, "1", "2026-04-01")
		_, err = k.book(t, commerce.Booking{Contract: c, Amount: eur(1000), PlanLine: far[0]})
		refused(t, err, "receipt.plan_of_other")
		_, err = k.book(t, commerce.Booking{Contract: c, Amount: eur(1000), Shares: []commerce.Share{{PlanLine: far[0], Amount: eur(1)}}})
		refused(t, err, "receipt.plan_of_other")
		if n := k.count(t, k.Rita, "receipt", ""); n != 2 {
			t.Errorf("%d receipts, want the two that were booked", n)
		}
	})
}

func TestReceiptsThatCannotBe(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		c := k.signed(t)
		for key, b := range map[string]commerce.Booking{
			"contract.other_currency": {Contract: c, Amount: value.Money{Minor: 100, Currency: "USD"}},
			"receipt.not_positive":    {Contract: c, Amount: eur(0)},
			"receipt.in_future":       {Contract: c, Amount: eur(1), On: day(t, "2026-03-03")},
		} {
			_, err := k.book(t, b)
			refused(t, err, key)
		}
		deal := k.deal(t)
		k.win(t, deal)
		_, err := k.book(t, commerce.Booking{Contract: k.contracts(t, deal)[0].ID, Amount: eur(1)})
		refused(t, err, "receipt.of_draft")
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := commerce.Cancel(t.Context(), s, c, 0, "Gone", commerce.KeepDeal)
			return err
		})
		_, err = k.book(t, commerce.Booking{Contract: c, Amount: eur(1)})
		refused(t, err, "contract.is_void")

		err = k.Try(t.Context(), k.Olga, func(s *record.Session) error { // of another team
			_, err := commerce.Book(t.Context(), s, commerce.Booking{Contract: c, Amount: eur(1)})
			return err
		})
		refused(t, err, "field.parent_out_of_reach")
	})
}

// Two receipts that each fit, and together do not: one of them asks.
func TestTwoReceiptsAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		c := k.signed(t)
		k.plan(t, c, "30/70", "2026-04-01")
		var wg sync.WaitGroup
		var mu sync.Mutex
		asked := 0
		for range 3 {
			wg.Go(func() {
				_, err := k.book(t, commerce.Booking{Contract: c, Amount: eur(20000)})
				if fault.Is(err, fault.Invalid) {
					mu.Lock()
					defer mu.Unlock()
					asked++
				} else if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if asked != 1 {
			t.Errorf("%d of three asked", asked)
		}
		k.want(t, "contract", c, map[string]string{"received": "400.00 EUR", "open_amount": "104.00 EUR"})
	})
}

func TestThePlanIsMadeAnew(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		c := k.signed(t)
		old := k.plan(t, c, "50/50", "2026-04-01")
		if _, err := k.book(t, commerce.Booking{Contract: c, Amount: eur(10000)}); err != nil {
			t.Fatal(err)
		}
		k.plan(t, c, "4", "2026-05-01")
		k.want(t, "payment_plan_line", old[0], map[string]string{"amount": "100.00 EUR", "state": "paid"})
		k.want(t, "contract", c, map[string]string{"planned": "504.00 EUR", "plan_differs": "false"})
		if n := k.count(t, k.Rita, "payment_plan_line", `amount.in("EUR") = 101 and state = "open"`); n != 4 {
			t.Errorf("%d new payments", n)
		}
		extra := k.Create(t, k.Rita, "payment_plan_line", record.Values{"contract": c, "due_on": "2026-12-01", "amount": "1"})
		k.want(t, "contract", c, map[string]string{"plan_differs": "true"})
		if err := k.drop(t, k.Rita, "payment_plan_line", extra); err != nil {
			t.Fatal(err)
		}
		k.want(t, "contract", c, map[string]string{"plan_differs": "false"})
		for key, v := range map[string]record.Values{
			"contract.other_currency": {"contract": c, "due_on": "2026-12-01", "amount": "1 USD"},
			"plan.not_positive":       {"contract": c, "due_on": "2026-12-01", "amount": "0"},
			"field.required":          {"contract": c, "amount": "1"},
		} {
			err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
				_, err := s.Create(t.Context(), "payment_plan_line", v)
				return err
			})
			refused(t, err, key)
		}
	})
}
