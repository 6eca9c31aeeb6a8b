package commerce_test

import (
	"testing"

	"pgregory.net/rapid"

	"wellmet/internal/commerce"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Whatever is booked, reversed, planned and moved: every cent that came in
// either pays one planned payment or is left over, no payment is paid twice,
// and the sums of the contract are those of its records.
func TestEveryCentIsSomewhere(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		c := k.signed(t)
		rapid.Check(t, func(r *rapid.T) {
			for range rapid.IntRange(1, 6).Draw(r, "steps") {
				k.step(t, r, c)
				k.sound(t, r, c)
			}
		})
	})
}

func (k *shop) step(t *testing.T, r *rapid.T, c value.ID) {
	var plan, receipts []*record.Record
	k.Read(t, k.Rita, func(s *record.Session) error {
		for object, list := range map[string]*[]*record.Record{"payment_plan_line": &plan, "receipt": &receipts} {
			page, err := s.Query(t.Context(), record.Query{Object: object, Filter: `contract = "` + c.String() + `"`, Sort: "id", Limit: 200})
			if err != nil {
				return err
			}
			*list = page.Records
		}
		return nil
	})
	cents := rapid.Int64Range(1, 60000)
	err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
		switch what := rapid.SampledFrom([]string{"book", "book", "book for", "spread", "reverse", "plan", "line", "change", "drop"}).Draw(r, "what"); {
		case what == "plan":
			_, err := commerce.ReplacePlan(t.Context(), s, c, commerce.Split{Count: rapid.IntRange(1, 4).Draw(r, "parts"), First: s.Today()})
			return err
		case what == "line":
			_, err := s.Create(t.Context(), "payment_plan_line", record.Values{"contract": c, "due_on": s.Today().AddDays(rapid.IntRange(-9, 9).Draw(r, "due")), "amount": eur(cents.Draw(r, "amount"))})
			return err
		case what == "reverse" && len(receipts) > 0:
			_, err := commerce.Reverse(t.Context(), s, rapid.SampledFrom(receipts).Draw(r, "receipt").ID, 0, "mistake")
			return err
		case what == "change" && len(plan) > 0:
			_, err := s.Update(t.Context(), "payment_plan_line", rapid.SampledFrom(plan).Draw(r, "line").ID, 0, record.Values{"amount": eur(cents.Draw(r, "amount"))})
			return err
		case what == "drop" && len(plan) > 0:
			return s.Delete(t.Context(), "payment_plan_line", rapid.SampledFrom(plan).Draw(r, "line").ID)
		}
		b := commerce.Booking{Contract: c, Amount: eur(cents.Draw(r, "amount")), AcceptOver: rapid.Bool().Draw(r, "over")}
		if len(plan) > 0 && rapid.Bool().Draw(r, "for one") {
			b.PlanLine = rapid.SampledFrom(plan).Draw(r, "line").ID
		}
		if len(plan) > 0 && rapid.IntRange(0, 3).Draw(r, "by hand") == 0 {
			b.Shares = []commerce.Share{{PlanLine: rapid.SampledFrom(plan).Draw(r, "line").ID, Amount: eur(cents.Draw(r, "share"))}}
		}
		_, err := commerce.Book(t.Context(), s, b)
		return err
	})
	if _, ok := fault.As(err); err != nil && !ok {
		r.Fatal(err)
	}
}

// sound counts everything anew.
func (k *shop) sound(t *testing.T, r *rapid.T, c value.ID) {
	for what, sql := range map[string]string{
		"receipts spread beyond themselves": `SELECT count(*) FROM {receipt} r WHERE r.amount < (SELECT coalesce(sum(a.amount), 0) FROM {allocation} a WHERE a.receipt_id = r.id AND a.deleted_at IS NULL)`,
		"reversed receipts that pay":        `SELECT count(*) FROM {receipt} r JOIN {allocation} a ON a.receipt_id = r.id AND a.deleted_at IS NULL WHERE r.reversed_on IS NOT NULL`,
		"payments paid beyond themselves":   `SELECT count(*) FROM {payment_plan_line} WHERE paid > amount AND deleted_at IS NULL`,
		"payments whose paid sum is wrong": `SELECT count(*) FROM {payment_plan_line} p WHERE p.deleted_at IS NULL AND coalesce(p.paid, 0) <>
			(SELECT coalesce(sum(a.amount), 0) FROM {allocation} a WHERE a.plan_line_id = p.id AND a.deleted_at IS NULL)`,
		"payments whose progress is wrong": `SELECT count(*) FROM {payment_plan_line} WHERE deleted_at IS NULL AND progress <> CASE WHEN coalesce(paid, 0) >= amount THEN 'paid' WHEN coalesce(paid, 0) > 0 THEN 'partly' ELSE 'open' END`,
		"contracts whose sums are wrong": `SELECT count(*) FROM {contract} c WHERE
			coalesce(c.received, 0) <> (SELECT coalesce(sum(amount), 0) FROM {receipt} WHERE contract_id = c.id AND reversed_on IS NULL AND deleted_at IS NULL)
			OR coalesce(c.planned, 0) <> (SELECT coalesce(sum(amount), 0) FROM {payment_plan_line} WHERE contract_id = c.id AND deleted_at IS NULL)
			OR c.open_amount IS DISTINCT FROM c.total - coalesce(c.received, 0)
			OR c.over_paid IS TRUE <> (coalesce(c.received, 0) > c.total) OR c.plan_differs IS TRUE <> (c.planned IS NOT NULL AND c.planned <> c.total)`,
		// A receipt that spreads itself has nothing left over while a payment is open.
		"receipts that lie idle": `SELECT count(*) FROM {receipt} r WHERE r.reversed_on IS NULL AND r.spread <> 'by_hand' AND r.amount >
			(SELECT coalesce(sum(a.amount), 0) FROM {allocation} a WHERE a.receipt_id = r.id AND a.deleted_at IS NULL)
			AND EXISTS (SELECT 1 FROM {payment_plan_line} p WHERE p.contract_id = r.contract_id AND p.deleted_at IS NULL AND coalesce(p.paid, 0) < p.amount)`,
	} {
		var n int64
		if err := k.Workspace.Engine().DB().Read(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Row(t.Context(), sql, nil, &n)
			return err
		}); err != nil {
			r.Fatalf("%s: %v", what, err)
		}
		if n > 0 {
			r.Errorf("%d %s", n, what)
		}
	}
}

// FromDeals makes the contracts of deals that were brought in as won, once.
func TestContractsOfImportedDeals(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		stage := k.wonStage(t)
		who := record.Who{Member: k.Ada, Door: "import"}
		err := k.Workspace.Write(t.Context(), who, func(s *record.Session) error {
			b := record.Batch{Object: "deal", Accept: true}
			for range 7 {
				b.Changes = append(b.Changes, record.Change{Values: record.Values{"name": "Old", "stage": stage, "account": k.account, "amount": "10.01", "close_date": "2020-01-01"}})
			}
			_, err := s.Save(t.Context(), b)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := k.count(t, k.Ada, "contract", ""); n != 0 {
			t.Fatalf("an import made %d contracts", n)
		}
		for _, want := range []int{3, 3, 1, 0} {
			k.Write(t, k.Ada, func(s *record.Session) error {
				ids, err := commerce.FromDeals(t.Context(), s, `account = "`+k.account.String()+`"`, 3)
				if len(ids) != want {
					t.Errorf("%d contracts, want %d", len(ids), want)
				}
				return err
			})
		}
		if n := k.count(t, k.Ada, "contract", `total.in("EUR") = 10.01`); n != 7 {
			t.Errorf("%d contracts of 10.01", n)
		}
		err = k.Try(t.Context(), k.Olga, func(s *record.Session) error {
			_, err := commerce.FromDeals(t.Context(), s, "", 3)
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func (k *shop) wonStage(t *testing.T) (id value.ID) {
	t.Helper()
	k.Read(t, k.Ada, func(s *record.Session) error {
		page, err := s.Query(t.Context(), record.Query{Object: "stage", Filter: `name = "Won"`, Limit: 1})
		if err == nil {
			id = page.Records[0].ID
		}
		return err
	})
	return id
}
