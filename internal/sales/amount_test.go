package sales_test

import (
	"context"
	"sync"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/dedupe"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// change sets fields of the deal as Rita, and answers what was said of it.
func (x *shelf) change(v record.Values) (warned, refused []string) {
	return x.odd(func(ctx context.Context, s *record.Session) error {
		_, err := s.Update(ctx, "deal", x.deal, 0, v)
		return err
	})
}

// priced adds a line to the deal, and answers it with what was said of it.
func (x *shelf) priced(price string) (line value.ID, warned, refused []string) {
	warned, refused = x.odd(func(ctx context.Context, s *record.Session) error {
		out, err := s.Create(ctx, "deal_line", record.Values{"deal": x.deal, "description": "Something", "unit_price": price})
		line = out.ID
		return err
	})
	return line, warned, refused
}

// An amount that is typed beside what the lines come to holds, with a mark, until
// the lines change.
func TestAnAmountBesideTheLines(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x, lines := sold(t, k)
		x.is("the sum", record.Values{"amount": euros(10005), "amount_differs": false})
		warned, refused := x.change(record.Values{"amount": "90"})
		x.want("typed", warned, "amount deal.amount_differs")
		x.want("typed", refused)
		x.is("typed", record.Values{"amount": euros(9000), "amount_differs": true, "gross_total": euros(10005)})
		if n := x.count("deal", "amount_differs"); n != 1 {
			t.Errorf("%d deals are marked", n)
		}
		warned, _ = x.change(record.Values{"name": "Pumps", "close_date": "2026-07-01"})
		x.want("of something else", warned)
		warned, _ = x.change(record.Values{"amount": "100.05"})
		x.want("the sum again", warned)
		x.is("the sum again", record.Values{"amount_differs": false})

		warned, _ = x.change(record.Values{"amount": "90.00 USD"})
		x.want("in another currency", warned, "amount deal.other_currency", "amount deal.amount_differs")
		warned, _ = x.change(record.Values{"amount": nil})
		x.want("none", warned, "amount deal.amount_differs")
		x.is("none", record.Values{"amount": nil, "amount_differs": true})
		_, act, err := x.act(func(ctx context.Context, s *record.Session) (record.Outcome, error) {
			return s.Update(ctx, "deal_line", lines[0], 0, record.Values{"unit_price": "40"})
		})
		if err != nil {
			t.Fatal(err)
		}
		x.is("a line changed", record.Values{"amount": euros(10672), "amount_differs": false})
		x.undo(act)
		x.is("taken back", record.Values{"amount": nil, "amount_differs": true})
		warned, _ = x.odd(func(ctx context.Context, s *record.Session) error { return s.Delete(ctx, "deal_line", lines[2]) })
		x.want("the amount follows", warned, "amount deal.amount_follows_lines")
		x.is("without a line", record.Values{"amount": euros(10000), "amount_differs": false})
		x.change(record.Values{"amount": "7"})
		k.Write(t, k.Rita, func(s *record.Session) error { return s.Delete(t.Context(), "deal", x.deal) })
		k.Write(t, k.Rita, func(s *record.Session) error { return s.Restore(t.Context(), "deal", x.deal) })
		x.is("back from the trash", record.Values{"amount": euros(700), "amount_differs": true})
		k.Write(t, k.Rita, func(s *record.Session) error { return s.Delete(t.Context(), "deal_line", lines[0], lines[1]) })
		x.is("no lines", record.Values{"amount": euros(700), "amount_differs": false})
	})
}

// A pipeline that refuses it holds the amount to the lines at every door, and
// wins no deal by another one.
func TestAPipelineHoldsAmountsToTheLines(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x, lines := sold(t, k)
		win := func() (warned, refused []string) {
			return x.odd(func(ctx context.Context, s *record.Session) error {
				_, err := sales.Win(ctx, s, x.deal, 0, sales.Close{})
				return err
			})
		}
		x.change(record.Values{"amount": "90"})
		x.rule("pipeline", x.pipeline(), record.Values{"amount_beside_lines": sales.Refuse})
		_, refused := x.change(record.Values{"amount": "80"})
		x.want("typed", refused, "amount deal.amount_differs")
		_, refused = win()
		x.want("won", refused, "amount deal.amount_differs")
		err := k.Workspace.Write(t.Context(), record.Who{Member: k.Rita, Door: "import", Cause: "test"}, func(s *record.Session) error {
			out, err := s.Save(t.Context(), record.Batch{Object: "deal", Changes: []record.Change{{ID: x.deal, Values: record.Values{"amount": "70"}}}, PerRow: true})
			if err == nil && out[0].Err == nil {
				t.Error("an import brought another amount")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := x.act(func(ctx context.Context, s *record.Session) (record.Outcome, error) {
			return sales.Split(ctx, s, x.deal, sales.Part{Name: "B", Lines: lines[:1]})
		}); err != nil {
			t.Errorf("split: %v", err)
		}
		x.is("split", record.Values{"amount": euros(5667), "amount_differs": true})
		x.rule("pipeline", x.pipeline(), record.Values{"amount_beside_lines": sales.Warn})
		warned, refused := win()
		x.want("won with a warning", warned, "amount deal.amount_differs")
		x.want("won with a warning", refused)
	})
}

// Lines in several currencies come to no sum: it is said at the line and marked
// on the deal, or refused.
func TestLinesInSeveralCurrencies(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x, _ := sold(t, k)
		dollars, warned, _ := x.priced("10 USD")
		x.want("another currency", warned, "unit_price line.other_currency")
		x.is("marked", record.Values{"amount": euros(10005), "lines_mixed": true, "amount_differs": false, "gross_total": nil})
		_, warned, _ = x.priced("5 EUR")
		x.want("one more", warned, "unit_price line.other_currency")
		warned, _ = x.odd(func(ctx context.Context, s *record.Session) error {
			_, err := s.Update(ctx, "deal_line", dollars, 0, record.Values{"description": "Else"})
			return err
		})
		x.want("another field", warned)
		warned, _ = x.odd(func(ctx context.Context, s *record.Session) error {
			_, err := s.Update(ctx, "deal_line", dollars, 0, record.Values{"unit_price": "10 EUR"})
			return err
		})
		x.want("mended", warned)
		x.is("mended", record.Values{"amount": euros(11505), "lines_mixed": false, "gross_total": euros(11505)})

		x.rule("pipeline", x.pipeline(), record.Values{"other_currency": sales.Refuse})
		_, _, refused := x.priced("1 USD")
		x.want("refused", refused, "unit_price line.other_currency")
		// All at once is another currency, which the pipeline minds of the amount.
		x.rule("pipeline", x.pipeline(), record.Values{"other_currency": sales.Warn})
		page := []record.Change{}
		k.Read(t, k.Rita, func(s *record.Session) error {
			return s.Each(t.Context(), record.Query{Object: "deal_line", Filter: `deal = "` + x.deal.String() + `"`}, func(r *record.Record) error {
				page = append(page, record.Change{ID: r.ID, Values: record.Values{"unit_price": "1 USD"}})
				return nil
			})
		})
		warned, _ = x.odd(func(ctx context.Context, s *record.Session) error {
			_, err := s.Save(ctx, record.Batch{Object: "deal_line", Changes: page})
			return err
		})
		x.want("all at once", warned, "amount deal.other_currency")
		x.is("all at once", record.Values{"lines_mixed": false, "amount": value.Money{Minor: 500, Currency: "USD"}})
	})
}

// Lines that are saved together are held against each other, in whatever order, and
// against those that keep their price; one that is refused stands in nobody's way.
func TestLinesOfOneBatchInSeveralCurrencies(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		euro, _, _ := x.priced("5 EUR")
		add := func(price string) record.Change {
			return record.Change{Values: record.Values{"deal": x.deal, "description": "New", "unit_price": price}}
		}
		keep := record.Change{ID: euro, Values: record.Values{"description": "Else"}}
		save := func(perRow bool, changes ...record.Change) (out []record.Outcome, warned, refused []string) {
			warned, refused = x.odd(func(ctx context.Context, s *record.Session) (err error) {
				out, err = s.Save(ctx, record.Batch{Object: "deal_line", Changes: changes, PerRow: perRow})
				return err
			})
			return out, warned, refused
		}
		x.rule("pipeline", x.pipeline(), record.Values{"other_currency": sales.Refuse})
		for _, order := range [][]record.Change{{add("1 USD"), keep}, {keep, add("1 USD")}} {
			_, _, refused := save(false, order...)
			x.want("beside one that keeps its price", refused, "unit_price line.other_currency")
		}
		out, _, _ := save(true, add("1 USD"), add("2 EUR"), keep, add("3 EUR"))
		for i, bad := range []bool{true, false, false, false} {
			if (out[i].Err != nil) != bad {
				t.Errorf("line %d by itself: %v", i, out[i].Err)
			}
		}
		x.is("refused by row", record.Values{"amount": euros(1000), "lines_mixed": false})
		k.Write(t, k.Rita, func(s *record.Session) error { // the deal and its lines in one act
			if _, err := s.Update(t.Context(), "deal", x.deal, 0, record.Values{"name": "Renamed"}); err != nil {
				return err
			}
			_, err := s.Save(t.Context(), record.Batch{Object: "deal_line", Changes: []record.Change{add("4 EUR"), keep}})
			return err
		})
		x.is("one act", record.Values{"amount": euros(1400), "lines_mixed": false, "name": "Renamed"})
		x.rule("pipeline", x.pipeline(), record.Values{"other_currency": sales.Warn})
		_, warned, _ := save(false, add("1 USD"), keep)
		x.want("warned", warned, "unit_price line.other_currency")
		x.is("marked", record.Values{"lines_mixed": true})
	})
}

// Of two who add lines at once each counts both.
func TestTwoAddLinesAtOnce(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				if err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
					_, err := s.Create(t.Context(), "deal_line", record.Values{"deal": x.deal, "unit_price": "1"})
					return err
				}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		x.is("all", record.Values{"amount": euros(600), "amount_differs": false})
	})
}

// In a merge the lines of both come together. An amount that is picked is one that
// is typed.
func TestAMergeOfAmountsBesideLines(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x, _ := sold(t, k)
		other := newOther(t, x)
		other.priced("20")
		other.change(record.Values{"amount": "7"})
		x.rule("pipeline", x.pipeline(), record.Values{"amount_beside_lines": sales.Refuse})
		var act value.ID
		if err := k.Try(t.Context(), k.Ada, func(s *record.Session) error {
			m, err := dedupe.Merge(t.Context(), s, dedupe.Order{Object: "deal", Winner: x.deal, Loser: other.deal, Picks: map[string]dedupe.Pick{"amount": dedupe.Right}})
			act = m.Act
			return err
		}); err != nil {
			t.Fatal(err)
		}
		x.is("merged", record.Values{"amount": euros(700), "amount_differs": true, "gross_total": euros(12005)})
		k.Write(t, k.Ada, func(s *record.Session) error { _, err := s.UndoAct(t.Context(), act); return err })
		x.is("taken back", record.Values{"amount": euros(10005), "amount_differs": false})
		other.is("taken back", record.Values{"amount": euros(700), "amount_differs": true})
	})
}

// Deals of an older program get their marks once.
func TestAmountsOfAnOlderProgramAreMarked(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		x, _ := sold(t, k)
		other := newOther(t, x)
		other.priced("5 EUR")
		other.priced("5 USD")
		x.change(record.Values{"amount": "9"})
		fine := newOther(t, x)
		fine.priced("5")
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Tx().Exec(t.Context(), `UPDATE {deal} SET amount_differs = NULL, lines_mixed = NULL`)
			return err
		})
		for range 2 {
			if err := k.Workspace.MarkAmounts(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		x.is("typed", record.Values{"amount_differs": true, "lines_mixed": nil})
		other.is("mixed", record.Values{"amount_differs": nil, "lines_mixed": true})
		fine.is("neither", record.Values{"amount_differs": nil, "lines_mixed": nil})
	})
}

// Amounts of an older program stand still while they are looked at: a mark of how
// they were would stay for ever. Where one writes at a time, they always do.
func TestAmountsStandStillWhileTheyAreMarked(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		x, _ := sold(t, k)
		free := func() (n int) {
			k.Write(t, k.Rita, func(s *record.Session) error {
				ids, err := s.Tx().IDs(t.Context(), `SELECT id FROM {deal} WHERE id = $1`+s.Tx().Dialect().ForUpdateFree(), x.deal)
				n = len(ids)
				return err
			})
			return n
		}
		if n := free(); n != 1 {
			t.Fatalf("%d deals before", n)
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			if _, err := sales.MarkedAmounts.Fill(t.Context(), s); err != nil {
				return err
			}
			if s.Tx().Dialect().ForUpdate() != "" && free() != 0 {
				t.Error("others can change a deal whose amount is looked at")
			}
			return nil
		})
		if n := free(); n != 1 {
			t.Fatalf("%d deals afterwards", n)
		}
	})
}
