package commerce_test

import (
	"slices"
	"testing"
	"time"

	"wellmet/internal/commerce"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// remind reminds of what fell due in the last hours.
func (k *shop) remind(t *testing.T, hours time.Duration) {
	t.Helper()
	if err := k.Workspace.Write(t.Context(), record.AsSystem("test"), func(s *record.Session) error {
		zone := func(value.ID) *time.Location { return time.UTC }
		return commerce.Remind(t.Context(), s, zone, s.Now().Add(-hours*time.Hour), s.Now())
	}); err != nil {
		t.Fatal(err)
	}
}

func (k *shop) told(t *testing.T, member value.ID) (list []string) {
	t.Helper()
	for _, x := range k.Inbox(t, member) {
		list = append(list, x.Text("en"))
	}
	return list
}

func TestOwnersAreToldOfDuePayments(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		contract := k.signed(t)
		parts := k.plan(t, contract, "50/50", "2026-03-03")
		due := []string{"Payment due: Pumps"}
		k.remind(t, 24)
		if got := k.told(t, k.Rita); len(got) != 0 {
			t.Errorf("on the day before: %q", got)
		}
		k.Pass(20 * time.Hour) // 8 in the morning of the day
		k.remind(t, 24)
		k.remind(t, 24)
		if got := k.told(t, k.Rita); !slices.Equal(got, due) {
			t.Errorf("told %q, want %q", got, due)
		}
		if got := k.told(t, k.Olga); len(got) != 0 {
			t.Errorf("a colleague of another team was told %q", got)
		}
		k.want(t, "payment_plan_line", parts[0], map[string]string{"reminded_on": "2026-03-03"})
		if err := k.update(t, k.Rita, "payment_plan_line", parts[0], record.Values{"due_on": "2026-03-05"}); err != nil {
			t.Fatal(err)
		}
		k.Pass(48 * time.Hour) // moved, and due again
		k.remind(t, 24)
		if got := k.told(t, k.Rita); len(got) != 2 {
			t.Errorf("after the due date moved: %q", got)
		}
	})
}

func TestPaidAndVoidPaymentsAreNotDue(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		paid, void := k.signed(t), k.signed(t)
		k.plan(t, paid, "100", "2026-03-03")
		k.plan(t, void, "100", "2026-03-03")
		var total value.Money
		k.Read(t, k.Rita, func(s *record.Session) error {
			c, err := s.Get(t.Context(), "contract", paid)
			total, _ = record.Get(c, commerce.ContractTotal)
			return err
		})
		if _, err := k.book(t, commerce.Booking{Contract: paid, Amount: total}); err != nil {
			t.Fatal(err)
		}
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := commerce.Cancel(t.Context(), s, void, 0, "Wrong customer", commerce.KeepDeal)
			return err
		})
		k.Pass(21 * time.Hour)
		k.remind(t, 24)
		if got := k.told(t, k.Rita); len(got) != 0 {
			t.Errorf("told %q", got)
		}
	})
}

// What is delivered may still be owed: a completed contract is paid late, and told
// of, like any other.
func TestCompletedContractsAreOwedToo(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		contract := k.signed(t)
		part := k.plan(t, contract, "50/50", "2026-03-03")[0]
		if err := k.update(t, k.Rita, "contract", contract, record.Values{"state": commerce.Completed}); err != nil {
			t.Fatal(err)
		}
		k.want(t, "payment_plan_line", part, map[string]string{"state": "open"})
		k.Pass(20 * time.Hour)
		k.remind(t, 24)
		if got := k.told(t, k.Rita); !slices.Equal(got, []string{"Payment due: Pumps"}) {
			t.Errorf("told %q", got)
		}
		k.Pass(24 * time.Hour)
		k.want(t, "payment_plan_line", part, map[string]string{"state": "overdue"})
		if n := k.count(t, k.Rita, "payment_plan_line", `state = "overdue"`); n != 1 {
			t.Errorf("%d overdue", n)
		}
		if _, err := k.book(t, commerce.Booking{Contract: contract, Amount: eur(25200)}); err != nil {
			t.Fatal(err)
		}
		k.want(t, "payment_plan_line", part, map[string]string{"state": "paid"})
	})
}
