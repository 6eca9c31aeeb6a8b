package record

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/schema"
	"wellmet/internal/value"
)

func TestOwnersGoDownToChildren(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		bill := k.make(k.rep, "bill", Values{})
		item := k.make(k.rep, "item", Values{"bill": bill, "name": "Grinder"})
		gone := k.make(k.rep, "item", Values{"bill": bill})
		part := k.make(k.rep, "part", Values{"item": item})
		if err := k.drop(k.rep, "item", gone); err != nil {
			t.Fatal(err)
		}
		k.wantField("part", part, "owner", k.rep)
		if err := k.set(k.rep, "bill", bill, Values{"owner": k.mate}); err != nil {
			t.Fatal(err)
		}
		k.wantField("item", item, "owner", k.mate)
		k.wantField("part", part, "owner", k.mate)
		if err := k.restore(k.mate, "item", gone); err != nil {
			t.Fatal(err)
		}
		k.wantField("item", gone, "owner", k.mate)

		second := k.make(k.rep, "bill", Values{})
		if err := k.set(k.rep, "item", item, Values{"bill": second}); err != nil {
			t.Fatalf("%v%s", err, fields(err))
		}
		k.wantField("part", part, "owner", k.rep)
		k.invariants()
	})
}

func TestRollupsFollowTheirChildren(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		k.put("currency_rate", 0, Values{"currency": "USD", "day": "2026-01-01", "rate": "0.5"})
		k.settleNothing()
		bill, second := k.make(k.rep, "bill", Values{}), k.make(k.rep, "bill", Values{})
		k.wantField("bill", bill, "items", int64(0))
		k.wantField("bill", bill, "each", decimal.RequireFromString("0"))
		k.wantField("bill", bill, "total", nil)
		day := value.DateOf(noon, time.UTC)
		a := k.make(k.rep, "item", Values{"bill": bill, "price": eur(1000), "pieces": int64(3), "kind": "good", "due": day})
		b := k.make(k.rep, "item", Values{"bill": bill, "price": value.Money{Minor: 500, Currency: "USD"}, "pieces": int64(9), "kind": "service", "due": day.AddDays(3)})
		c := k.make(k.rep, "item", Values{"bill": bill, "price": value.Money{Minor: 7, Currency: "JPY"}})
		expect := func(bill value.ID, items int64, total, pieces, first, last, each, big any) {
			t.Helper()
			for name, want := range map[string]any{"items": items, "total": total, "pieces": pieces, "first_due": first,
				"last_due": last, "each": each, "big": big} {
				k.wantField("bill", bill, name, want)
			}
		}
		num := decimal.RequireFromString
		expect(bill, 3, eur(1250), int64(3), day, day.AddDays(3), num("1.5"), true)
		version := k.field("bill", bill, "version")
		if version != int64(1) {
			t.Errorf("roll-ups made version %v of the bill", version)
		}
		if err := k.set(k.rep, "item", b, Values{"kind": "good", "due": nil}); err != nil {
			t.Fatal(err)
		}
		expect(bill, 3, eur(1250), int64(12), day, day, num("1.5"), true)
		if err := k.set(k.rep, "item", a, Values{"bill": second}); err != nil {
			t.Fatal(err)
		}
		expect(bill, 2, eur(250), int64(9), nil, nil, num("1"), false)
		expect(second, 1, eur(1000), int64(3), day, day, num("0.5"), false)
		if err := k.drop(k.rep, "item", b, c); err != nil {
			t.Fatal(err)
		}
		expect(bill, 0, nil, nil, nil, nil, num("0"), false)
		if err := k.restore(k.rep, "item", b); err != nil {
			t.Fatal(err)
		}
		expect(bill, 1, eur(250), int64(9), nil, nil, num("0.5"), false)
		k.invariants()
	})
}

// settleNothing makes the next session load rates that were put there.
func (k *shop) settleNothing() {
	k.t.Helper()
	k.settle(nothing)
}

func TestRollupTooLargeIsEmpty(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		bill := k.make(k.rep, "bill", Values{})
		huge := Values{"bill": bill, "pieces": int64(1) << 62, "kind": "good"}
		k.make(k.rep, "item", huge)
		k.wantField("bill", bill, "pieces", int64(1)<<62)
		second := k.make(k.rep, "item", huge)
		k.wantField("bill", bill, "pieces", nil)
		if err := k.set(k.rep, "item", second, Values{"pieces": -int64(1) << 62}); err != nil {
			t.Fatal(err)
		}
		k.wantField("bill", bill, "pieces", int64(0))
	})
}

func TestNumbersHaveNoGaps(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		first := k.make(k.rep, "bill", Values{})
		k.wantField("bill", first, "number", "B-2026-0001")
		k.wantField("bill", first, "slip", "S001")
		// What fails takes no number along, neither a transaction nor a row.
		if err := k.write(k.rep, func(s *Session) error {
			if _, err := s.Create(k.ctx(), "bill", Values{}); err != nil {
				return err
			}
			_, err := s.Create(k.ctx(), "bill", Values{"firm": value.ID(5)})
			return err
		}); err == nil {
			t.Fatal("a dead link was accepted")
		}
		k.do(k.rep, func(s *Session) error {
			_, err := s.Save(k.ctx(), Batch{Object: "bill", PerRow: true, Changes: []Change{
				{Values: Values{"status": "nonsense"}}, {Values: Values{"firm": value.ID(5)}}, {Values: Values{}}}})
			return err
		})
		var group sync.WaitGroup
		for range 10 {
			group.Go(func() {
				err := k.engine.Write(k.background(), Who{Member: k.rep}, func(s *Session) error {
					_, err := s.Create(k.background(), "bill", Values{})
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		k.wait(366 * 24 * time.Hour)
		k.wantField("bill", k.make(k.rep, "bill", Values{}), "number", "B-2027-0001")
		k.as(0, func(s *Session) {
			seen := map[string]bool{}
			for _, r := range k.all(s, "bill", false) {
				seen[schema.Neutral(r.Field("number"))] = true
			}
			for i := range 12 {
				if n := fmt.Sprintf("B-2026-%04d", i+1); !seen[n] {
					t.Errorf("%s is missing", n)
				}
			}
			if len(seen) != 13 {
				t.Errorf("%d numbers for 13 bills", len(seen))
			}
		})
	})
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		id := k.make(k.rep, "visit", Values{})
		k.wantField("visit", id, "name", "A visit")
		k.wantField("visit", id, "day", value.DateOf(noon, time.UTC))
		k.wantField("visit", id, "owner", k.rep)
		id = k.make(k.admin, "visit", Values{"name": nil, "day": "", "owner": nil})
		for _, name := range []string{"name", "day", "owner"} {
			k.wantField("visit", id, name, nil)
		}
	})
}

func TestAddressParts(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		id := k.make(k.rep, "firm", Values{"name": "F", "seat_city": "Köln", "seat_country": "DE"})
		k.wantField("firm", id, "seat", value.Address{City: "Köln", Country: "DE"})
		if err := k.set(k.rep, "firm", id, Values{"seat_street": "Domplatz 1", "seat_country": nil}); err != nil {
			t.Fatal(err)
		}
		k.wantField("firm", id, "seat", value.Address{City: "Köln", Street: "Domplatz 1"})
		if err := k.set(k.rep, "firm", id, Values{"seat_street": "", "seat_city": ""}); err != nil {
			t.Fatal(err)
		}
		k.wantField("firm", id, "seat", nil)
	})
}

func TestForeignAmountsKeepTheirBase(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		rate := func(day, factor string) {
			k.put("currency_rate", 0, Values{"currency": "USD", "day": day, "rate": factor})
			k.settleNothing()
		}
		rate("2026-01-01", "0.5")
		bill := k.make(k.rep, "bill", Values{"amount": value.Money{Minor: 1000, Currency: "USD"}})
		k.wantBase(bill, 500, true)
		rate("2026-02-01", "0.8")
		if err := k.set(k.rep, "bill", bill, Values{"status": "sent"}); err != nil {
			t.Fatal(err)
		}
		k.wantBase(bill, 500, true) // as it was entered
		if err := k.set(k.rep, "bill", bill, Values{"amount": value.Money{Minor: 2000, Currency: "USD"}}); err != nil {
			t.Fatal(err)
		}
		k.wantBase(bill, 1600, true)
		k.wantSumBase(1600)
		if err := k.set(k.rep, "bill", bill, Values{"amount": value.Money{Minor: 3, Currency: "JPY"}}); err != nil {
			t.Fatal(err)
		}
		k.wantBase(bill, 0, false)
		k.wantSumBase(0)
		if err := k.drop(k.admin, "bill", bill); err != nil {
			t.Fatal(err)
		}
		k.wantSumBase(0)
		k.invariants()
	})
}

func (k *shop) wantBase(bill value.ID, want int64, there bool) {
	k.t.Helper()
	k.as(0, func(s *Session) {
		r := k.read(s, "bill", []value.ID{bill}, false)[bill]
		f, _ := r.Object.Field("amount")
		if got, ok := r.bases[f.ID]; ok != there || got != want {
			k.t.Errorf("base is %d, %v; want %d, %v", got, ok, want, there)
		}
	})
}

// wantSumBase adds up the base amounts of the bills' maintained sums of amounts.
func (k *shop) wantSumBase(want int64) {
	k.t.Helper()
	k.as(0, func(s *Session) {
		var got int64
		amount, _ := s.Schema().MustObject("bill").Field("amount")
		if _, err := s.tx.Row(k.ctx(), `SELECT CAST(coalesce(sum(base), 0) AS bigint) FROM {sum_delta} WHERE field = $1`, []any{amount.ID}, &got); err != nil {
			k.t.Fatal(err)
		}
		if got != want {
			k.t.Errorf("sums have the base %d, want %d", got, want)
		}
	})
}
