package sales_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/shopspring/decimal"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// sold is a deal with three lines, 33.33, 66.67 and 0.05.
func sold(t *testing.T, k *apptest.Kit) (x *shelf, lines []value.ID) {
	x = newShelf(t, k)
	for i, price := range []string{"33.33", "66.67", "0.05"} {
		lines = append(lines, k.Create(t, k.Rita, "deal_line", record.Values{"deal": x.deal, "description": fmt.Sprint("Part ", i), "unit_price": price, "discount": "0"}))
	}
	return x, lines
}

func euros(cents int64) value.Money { return value.Money{Minor: cents, Currency: "EUR"} }

// as answers the shelf for another deal.
func (x *shelf) as(deal value.ID) *shelf { y := *x; y.deal = deal; return &y }

func (x *shelf) act(do func(ctx context.Context, s *record.Session) (record.Outcome, error)) (id, act value.ID, err error) {
	x.t.Helper()
	err = x.Try(x.t.Context(), x.Rita, func(s *record.Session) error {
		out, err := do(x.t.Context(), s)
		id, act = out.ID, s.Act()
		return err
	})
	return id, act, err
}

func (x *shelf) undo(act value.ID) {
	x.t.Helper()
	x.Write(x.t, x.Rita, func(s *record.Session) error {
		done, err := s.UndoAct(x.t.Context(), act)
		if err == nil && len(done.Kept) > 0 {
			x.t.Errorf("left alone: %+v", done.Kept)
		}
		return err
	})
}

func (x *shelf) count(object, filter string) (n int64) {
	x.t.Helper()
	x.Read(x.t, x.Ada, func(s *record.Session) (err error) {
		n, _, err = s.Count(x.t.Context(), record.Query{Object: object, Filter: filter})
		return err
	})
	return n
}

func TestACloneIsADealOfItsOwn(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x, _ := sold(t, k)
		contact := k.Create(t, k.Rita, "contact", record.Values{"name": "Ida"})
		k.Create(t, k.Rita, "deal_contact", record.Values{"deal": x.deal, "contact": contact, "role": "champion"})
		k.Write(t, k.Rita, func(s *record.Session) error {
			if _, err := s.Update(t.Context(), "deal", x.deal, 0, record.Values{"region": "North", "external_id": "X1", "next_step": "Call"}); err != nil {
				return err
			}
			_, err := sales.Lose(t.Context(), s, x.deal, 0, sales.Close{Reason: "price"})
			return err
		})
		clone, act, err := x.act(func(ctx context.Context, s *record.Session) (record.Outcome, error) {
			return sales.Clone(ctx, s, x.deal, "Pumps again")
		})
		if err != nil {
			t.Fatal(err)
		}
		x.as(clone).is("cloned", record.Values{"name": "Pumps again", "status": "open", "stage": x.stages["Prospecting"], "amount": euros(10005), "region": "North",
			"external_id": nil, "next_step": nil, "lost_reason": nil, "owner": k.Rita})
		of := `deal = "` + clone.String() + `"`
		if n := x.count("deal_line", of); n != 3 {
			t.Errorf("%d lines", n)
		}
		if n := x.count("deal_contact", of); n != 1 {
			t.Errorf("%d roles", n)
		}
		x.is("the first", record.Values{"status": "lost", "amount": euros(10005)})
		x.undo(act)
		if n := x.count("deal", ""); n != 1 {
			t.Errorf("%d deals after undo", n)
		}
		_, _, err = x.act(func(ctx context.Context, s *record.Session) (record.Outcome, error) {
			return sales.Clone(ctx, s, x.deal, " ")
		})
		if f, ok := fault.As(err); !ok || len(f.Fields) != 1 || f.Fields[0].Path != "name" {
			t.Errorf("without a name: %v", err)
		}
		_, _, err = x.act(func(ctx context.Context, s *record.Session) (record.Outcome, error) {
			return sales.Clone(ctx, s, 77, "x")
		})
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("a deal that is none: %v", err)
		}
	})
}

func TestTwoPartsAreWorthTheWhole(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x, lines := sold(t, k)
		split := func(p sales.Part) (id, act value.ID, err error) {
			return x.act(func(ctx context.Context, s *record.Session) (record.Outcome, error) {
				return sales.Split(ctx, s, x.deal, p)
			})
		}
		for name, p := range map[string]struct {
			part sales.Part
			key  string
		}{
			"nothing":              {sales.Part{Name: "B"}, "deal.split_no_lines"},
			"an amount with lines": {sales.Part{Name: "B", Amount: euros(5)}, "deal.split_no_lines"},
			"all lines":            {sales.Part{Name: "B", Lines: lines}, "deal.split_all"},
			"a line of another":    {sales.Part{Name: "B", Lines: []value.ID{lines[0], 77}}, "deal.split_other_line"},
			"no name":              {sales.Part{Lines: lines[:1]}, "field.required"},
		} {
			_, _, err := split(p.part)
			if f, ok := fault.As(err); !ok || len(f.Fields) != 1 || f.Fields[0].Key != p.key {
				t.Errorf("%s: %v, want %s", name, err, p.key)
			}
		}
		part, act, err := split(sales.Part{Name: "B", Lines: []value.ID{lines[0], lines[2]}})
		if err != nil {
			t.Fatal(err)
		}
		x.is("left", record.Values{"amount": euros(6667)})
		x.as(part).is("taken", record.Values{"amount": euros(3338), "name": "B", "owner": k.Rita, "close_date": x.date("2026-06-30"), "stage": x.stages["Prospecting"]})
		x.undo(act)
		x.is("one again", record.Values{"amount": euros(10005)})
		if n := x.count("deal_line", `deal = "`+x.deal.String()+`"`); n != 3 {
			t.Errorf("%d lines after undo", n)
		}

		// An amount that somebody wrote over the lines is divided too.
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "deal", x.deal, 0, record.Values{"amount": "90"})
			return err
		})
		if part, act, err = split(sales.Part{Name: "B", Lines: lines[:1]}); err != nil {
			t.Fatal(err)
		}
		x.is("left", record.Values{"amount": euros(5667)})
		x.as(part).is("taken", record.Values{"amount": euros(3333)})
		x.undo(act)
		x.is("one again", record.Values{"amount": euros(9000)})

		if err := x.move(sales.Step{Kind: sales.Won}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := split(sales.Part{Name: "B", Lines: lines[:1]}); !fault.Is(err, fault.Conflict) {
			t.Errorf("a won deal was split: %v", err)
		}
	})
}

func TestSplittingAnAmount(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		split := func(m value.Money) (value.ID, error) {
			id, _, err := x.act(func(ctx context.Context, s *record.Session) (record.Outcome, error) {
				return sales.Split(ctx, s, x.deal, sales.Part{Name: "B", Amount: m})
			})
			return id, err
		}
		refused := func(m value.Money, key string) {
			t.Helper()
			_, err := split(m)
			if f, ok := fault.As(err); !ok || len(f.Fields) != 1 || f.Fields[0].Path != "amount" || f.Fields[0].Key != key {
				t.Errorf("%v: %v, want %s", m, err, key)
			}
		}
		refused(euros(5), "deal.split_no_amount")
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "deal", x.deal, 0, record.Values{"amount": "100.01"})
			return err
		})
		for _, cents := range []int64{0, -5, 10001, 20000} {
			refused(euros(cents), "deal.split_amount")
		}
		refused(value.Money{Minor: 5, Currency: "USD"}, "deal.other_currency")
		part, err := split(euros(3334))
		if err != nil {
			t.Fatal(err)
		}
		x.is("left", record.Values{"amount": euros(6667)})
		x.as(part).is("taken", record.Values{"amount": euros(3334)})
		err = k.Try(t.Context(), k.Olga, func(s *record.Session) error {
			_, err := sales.Split(t.Context(), s, x.deal, sales.Part{Name: "C", Amount: euros(5)})
			return err
		})
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("a rep of another team split the deal: %v", err)
		}
	})
}

func (x *shelf) date(text string) value.Date {
	d, err := value.ParseDate(text)
	if err != nil {
		x.t.Fatal(err)
	}
	return d
}

// Of a line some can go over: what is left stays, and the sum is the same to the
// cent, however the parts are rounded.
func TestSomeOfALineGoOver(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		line := k.Create(t, k.Rita, "deal_line", record.Values{"deal": x.deal, "description": "Pumps", "unit_price": "0.33", "quantity": "3", "discount": "50"})
		whole := euros(50) // 0.495
		x.is("whole", record.Values{"amount": whole})
		split := func(n string) (id, act value.ID, err error) {
			return x.act(func(ctx context.Context, s *record.Session) (record.Outcome, error) {
				return sales.Split(ctx, s, x.deal, sales.Part{Name: "B", Lines: []value.ID{line}, Quantities: map[value.ID]decimal.Decimal{line: decimal.RequireFromString(n)}})
			})
		}
		for n, key := range map[string]string{"0": "deal.split_quantity", "-1": "deal.split_quantity", "3.1": "deal.split_quantity", "3": "deal.split_all"} {
			_, _, err := split(n)
			if f, ok := fault.As(err); !ok || len(f.Fields) != 1 || f.Fields[0].Key != key {
				t.Errorf("%s of it: %v, want %s", n, err, key)
			}
		}
		part, act, err := split("1")
		if err != nil {
			t.Fatal(err)
		}
		x.as(part).is("taken", record.Values{"amount": euros(16)}) // 0.165
		x.is("left", record.Values{"amount": euros(34)})
		for deal, n := range map[value.ID]string{x.deal: "2", part: "1"} {
			if got := x.count("deal_line", `deal = "`+deal.String()+`" and quantity = `+n); got != 1 {
				t.Errorf("no line with %s", n)
			}
		}
		x.undo(act)
		x.is("whole again", record.Values{"amount": whole})
		if got := x.count("deal_line", `quantity = 3`); got != 1 {
			t.Error("the line is not whole again")
		}
	})
}
