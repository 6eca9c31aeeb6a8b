package record

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// TestEveryWayIntoThePastFindsTheSame: whichever way a big object's past is read by,
// pages, their order, counts and figures are those that the database finds by itself,
// whoever asks, with ties, empty values, other owners since and a trash.
func TestEveryWayIntoThePastFindsTheSame(t *testing.T) {
	t.Parallel()
	shops.Each(t, func(t *testing.T, server *store.Server) {
		k := newShop(t, server)
		k.crowd()
		moments := k.goOn(rand.New(rand.NewPCG(11, 7)))
		filters := []string{"", `status = "new"`, `status = "paid"`, `status in ("new", "sent")`, `not (status in ("new", "sent"))`, `status != "new"`,
			`owner = me()`, fmt.Sprintf(`owner = "%s"`, k.other), fmt.Sprintf(`owner = "%s" and status = "sent"`, k.rep), fmt.Sprintf(`owner in ("%s", "%s")`, k.rep, k.boss),
			`amount > 100`, `amount is empty`, `status = "sent" and amount >= 100`, `status = "new" or amount = 100`, `created_at < now() and status = "sent"`, `status = "new" and status = "sent"`}
		for _, who := range []value.ID{k.admin, k.boss, k.rep} {
			for i, at := range moments {
				for j, filter := range filters {
					q := Query{Object: "bill", Filter: filter, AsOf: at, Limit: 3 + (i+j)%9}
					for _, q.Sort = range []string{"", "id", "-amount", "amount"} {
						k.as(who, func(s *Session) { k.sameWays(s, q) })
					}
					by := []string{"status", "owner", "stage"}[(i+j)%3]
					k.as(who, func(s *Session) {
						k.sameFigures(s, Aggregate{Object: "bill", Filter: filter, AsOf: at, Group: []string{by}, Measures: []string{"count", "sum:amount", "median:amount"}})
					})
				}
			}
		}
	})
}

// crowd gives teams so many members that what they own is not found member by member.
func (k *shop) crowd() {
	k.t.Helper()
	for i := range 8 {
		k.member(fmt.Sprint("Rep ", i), k.north, k.repRole)
	}
	k.settle(func(tx *store.Tx) error { return access.TeamsChanged(k.ctx(), tx) })
}

// goOn lets bills come, change, go into the trash and come back, and answers moments
// in between.
func (k *shop) goOn(r *rand.Rand) (moments []time.Time) {
	k.t.Helper()
	owners, states := []value.ID{k.rep, k.other, k.boss}, []string{"new", "sent", "paid"}
	var bills, gone []value.ID
	values := func() Values {
		v := Values{"owner": owners[r.IntN(3)], "status": states[r.IntN(3)], "amount": eur(int64(50 * r.IntN(4)))}
		if r.IntN(5) == 0 {
			v["amount"] = nil
		}
		return v
	}
	for step := range 120 {
		switch n := r.IntN(10); {
		case n < 4 || len(bills) == 0:
			bills = append(bills, k.make(k.admin, "bill", values()))
		case n < 8:
			if err := k.set(k.admin, "bill", bills[r.IntN(len(bills))], values()); err != nil {
				k.t.Fatal(err)
			}
		case n < 9 || len(gone) == 0:
			i := r.IntN(len(bills))
			if err := k.drop(k.admin, "bill", bills[i]); err != nil {
				k.t.Fatal(err)
			}
			gone, bills = append(gone, bills[i]), append(bills[:i], bills[i+1:]...)
		default:
			if err := k.restore(k.admin, "bill", gone[0]); err != nil {
				k.t.Fatal(err)
			}
			bills, gone = append(bills, gone[0]), gone[1:]
		}
		if step == 40 {
			k.share("bill", bills[0], k.rep)
		}
		if step%60 == 59 {
			moments = append(moments, k.clock())
		}
		k.wait(time.Minute)
	}
	return moments
}

// sameWays expects the same pages and counts however big the object seems.
func (k *shop) sameWays(s *Session, q Query) {
	k.t.Helper()
	plain := k.pages(s, q)
	for _, rows := range []int64{hintRows + 1, 1_000_000} { // of one owner few, or many
		if got := k.pages(s.grow(rows), q); got != plain {
			k.t.Errorf("%q by %q at %s, of %d:\n%s\nand not\n%s", q.Filter, q.Sort, q.AsOf, rows, got, plain)
		}
	}
}

// pages tells all pages of a query, and what each count says.
func (k *shop) pages(s *Session, q Query) (text string) {
	k.t.Helper()
	for first := true; first || q.Cursor != ""; first = false {
		q.Count = CountMode(len(text) % 3)
		page, err := s.Query(k.ctx(), q)
		if err != nil {
			k.t.Fatalf("%q by %q: %v", q.Filter, q.Sort, err)
		}
		for _, r := range page.Records {
			text += fmt.Sprintln(r.ID, r.Field("status"), r.Field("owner"), r.Field("amount"))
		}
		text += fmt.Sprintln(page.Count, page.Capped)
		q.Cursor = page.Next
	}
	n, capped, err := s.Count(k.ctx(), q)
	if err != nil {
		k.t.Fatal(err)
	}
	return text + fmt.Sprintln(n, capped)
}

func (k *shop) sameFigures(s *Session, a Aggregate) {
	k.t.Helper()
	tell := func(s *Session) string {
		found, err := s.Aggregate(k.ctx(), a)
		if err != nil {
			k.t.Fatalf("%q by %s: %v", a.Filter, a.Group[0], err)
		}
		return fmt.Sprint(found.Groups, found.Total)
	}
	plain := tell(s)
	if got := tell(s.grow(1_000_000)); got != plain {
		k.t.Errorf("figures of %q at %s: %s, and not %s", a.Filter, a.AsOf, got, plain)
	}
}

// TestAnIndexOfSpansTakesThePlaceOfAnother: a workspace of an older program has the
// index of groups that tells no order, which the newer one leaves behind.
func TestAnIndexOfSpansTakesThePlaceOfAnother(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		old := store.Index{Name: "span_bill_group", Table: "span_bill", Columns: []string{"status", "from_ms"}}
		if err := k.engine.needs.DB.CreateIndex(k.ctx(), old); err != nil {
			t.Fatal(err)
		}
		if err := k.engine.needs.DB.DropIndex(k.ctx(), "span_bill_group_newest"); err != nil {
			t.Fatal(err)
		}
		k.reopen()
		k.as(k.admin, func(s *Session) {
			names, err := s.tx.TableIndexes(k.ctx(), "span_bill")
			if err != nil || slices.Contains(names["span_bill"], "span_bill_group") || !slices.Contains(names["span_bill"], "span_bill_group_newest") {
				t.Errorf("after the update there are %v: %v", names, err)
			}
		})
	})
}
