package record

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

// stageTotals is the question that maintained sums answer, and its spellings.
var stageTotals = []Aggregate{
	{Group: []string{"stage"}, Measures: []string{"count", "sum:amount", "avg:amount", "count:amount"}},
	{Measures: []string{"count", "sum:amount"}},
	{Group: []string{"stage.kind"}, Measures: []string{"sum:amount", `count{stage.kind = "won"}`, `rate{stage.kind = "won"}`}},
	{Filter: `stage.kind in ("won", "open")`, Group: []string{"stage.name"}, Measures: []string{"count", "sum:amount"}},
}

// bothWays asks with and without maintained sums, and says when they differ.
func (k *kit) bothWays(who value.ID, when string) {
	k.t.Helper()
	k.as(who, func(s *Session) {
		for _, a := range stageTotals {
			a.Object = "deal"
			kept, err := s.Aggregate(k.ctx(), a)
			if err != nil {
				k.t.Fatal(err)
			}
			if !kept.maintained {
				k.t.Errorf("%s: %v of %v does not use the sums", when, a.Measures, a.Group)
			}
			a.Filter += " and version > 0" // is true of all, and keeps the sums out
			a.Filter = strings.TrimPrefix(a.Filter, " and ")
			counted, err := s.Aggregate(k.ctx(), a)
			if err != nil {
				k.t.Fatal(err)
			}
			if counted.maintained {
				k.t.Fatal("the comparison uses the sums, too")
			}
			if a, b := figuresText(kept), figuresText(counted); a != b {
				k.t.Errorf("%s, member %v, group %v:\n kept    %s\n counted %s", when, who, kept.Group, a, b)
			}
		}
	})
}

func (k *kit) everyoneBothWays(when string) {
	k.t.Helper()
	for _, who := range []value.ID{0, k.admin, k.boss, k.rep, k.mate, k.clerk, k.other} {
		k.bothWays(who, when)
	}
}

// Kept sums equal counted ones for every scope, over random writes, folds,
// shares and moves of members and teams.
func TestSumsEqualCounting(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, server *store.Server) {
		k := newFigures(t, server)
		w := &sumsWalk{kit: k, rand: rand.New(rand.NewPCG(1, 2))}
		for i, kind := range []string{"open", "won", "lost"} {
			w.stages = append(w.stages, k.make("stage", 0, Values{"name": kind, "position": i, "kind": kind}))
		}
		for i := range 120 {
			step := w.step()
			if i%10 == 9 {
				k.everyoneBothWays(fmt.Sprintf("step %d (%s)", i, step))
			}
			if t.Failed() {
				return
			}
		}
		if _, err := k.engine.fold(k.ctx(), 1); err != nil {
			t.Fatal(err)
		}
		k.everyoneBothWays("folded")
		if err := k.engine.RebuildSums(k.ctx(), "deal"); err != nil {
			t.Fatal(err)
		}
		k.everyoneBothWays("rebuilt")
		w.noLeftovers()
	})
}

// sumsWalk changes a workspace at random.
type sumsWalk struct {
	*kit
	rand   *rand.Rand
	stages []value.ID
	deals  []value.ID
	trash  []value.ID
}

func (w *sumsWalk) step() string {
	switch n := w.rand.IntN(20); {
	case n < 8 || len(w.deals) == 0:
		w.create()
		return "create"
	case n < 13:
		w.update()
		return "update"
	case n < 15:
		w.deleteOrRestore()
		return "delete or restore"
	case n < 16:
		if _, err := w.engine.fold(w.ctx(), 1); err != nil {
			w.t.Fatal(err)
		}
		return "fold"
	case n < 17:
		w.share("deal", pick(w, w.deals), pick(w, []value.ID{w.rep, w.other, w.mate}))
		return "share"
	case n < 19:
		w.move()
		return "move a member"
	}
	w.reparent()
	return "move a team"
}

func pick[T any](w *sumsWalk, list []T) T { return list[w.rand.IntN(len(list))] }

func (w *sumsWalk) values() Values {
	amounts := []any{nil, "1 EUR", "2.50 EUR", "-3 EUR", "90000000000000 EUR", "7 USD", "0 EUR"}
	owners := []any{w.rep, w.mate, w.other, w.boss, nil}
	return Values{"amount": pick(w, amounts), "owner": pick(w, owners), "stage": pick(w, []any{w.stages[0], w.stages[1], w.stages[2], nil})}
}

func (w *sumsWalk) create() {
	b := Batch{Object: "deal"}
	for range 1 + w.rand.IntN(3) {
		v := w.values()
		v["name"] = "deal"
		b.Changes = append(b.Changes, Change{Values: v})
	}
	w.must(func(s *Session) error {
		out, err := s.Save(w.ctx(), b)
		for _, o := range out {
			w.deals = append(w.deals, o.ID)
		}
		return err
	})
}

func (w *sumsWalk) update() {
	v := w.values()
	for _, name := range []string{"amount", "owner", "stage"} {
		if w.rand.IntN(2) == 0 {
			delete(v, name)
		}
	}
	id := pick(w, w.deals)
	w.must(func(s *Session) error {
		_, err := s.Update(w.ctx(), "deal", id, 0, v)
		return err
	})
}

func (w *sumsWalk) deleteOrRestore() {
	if len(w.trash) > 0 && w.rand.IntN(2) == 0 {
		id := w.trash[0]
		w.trash = w.trash[1:]
		w.must(func(s *Session) error { return s.Restore(w.ctx(), "deal", id) })
		w.deals = append(w.deals, id)
		return
	}
	i := w.rand.IntN(len(w.deals))
	id := w.deals[i]
	w.must(func(s *Session) error { return s.Delete(w.ctx(), "deal", id) })
	w.deals = append(w.deals[:i], w.deals[i+1:]...)
	w.trash = append(w.trash, id)
}

func (w *sumsWalk) move() {
	member, team := pick(w, []value.ID{w.rep, w.mate, w.other}), pick(w, []value.ID{w.north, w.south, w.sales})
	w.must(func(s *Session) error {
		return s.MoveSums(w.ctx(), []value.ID{member}, func() error {
			return w.rewire(s, "member", "team_id", team, member)
		})
	})
}

func (w *sumsWalk) reparent() {
	parents := []any{w.sales, nil}
	parent := pick(w, parents)
	w.must(func(s *Session) error {
		return s.MoveSums(w.ctx(), nil, func() error { return w.rewire(s, "team", "parent_id", parent, w.north) })
	})
}

func (w *sumsWalk) rewire(s *Session, table, column string, to any, id value.ID) error {
	if _, err := s.tx.Exec(w.ctx(), "UPDATE {"+table+"} SET "+column+" = "+s.tx.Dialect().Param(1, store.Int)+" WHERE id = $2", to, id); err != nil {
		return err
	}
	return access.TeamsChanged(w.ctx(), s.tx)
}

func (w *sumsWalk) must(fn func(*Session) error) {
	w.t.Helper()
	if err := w.write(0, fn); err != nil {
		w.t.Fatal(err)
	}
}

// noLeftovers checks the tables themselves: after a rebuild and with all
// records deleted and folded, every total is nothing.
func (w *sumsWalk) noLeftovers() {
	w.t.Helper()
	w.must(func(s *Session) error { return s.Delete(w.ctx(), "deal", w.deals...) })
	if _, err := w.engine.fold(w.ctx(), 1); err != nil {
		w.t.Fatal(err)
	}
	err := w.engine.DB().Read(w.ctx(), func(tx *store.Tx) error {
		for _, table := range []string{"sum_owner", "sum_team"} {
			var n int64
			if _, err := tx.Row(context.Background(), "SELECT count(*) FROM {"+table+"} s WHERE s.n <> 0 OR s.amount <> 0 OR s.base <> 0 OR s.missing <> 0", nil, &n); err != nil {
				return err
			}
			if n != 0 {
				w.t.Errorf("%s holds %d totals of no records", table, n)
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// A fold below its threshold leaves the rows alone, and says when more is left.
func TestFoldSums(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, server *store.Server) {
		k := newFigures(t, server)
		k.make("deal", k.rep, Values{"name": "one", "amount": "1 EUR"})
		if more, err := k.engine.FoldSums(k.ctx()); more || err != nil {
			t.Errorf("one row: more %v, %v", more, err)
		}
		loose := func() (n int64) {
			k.as(0, func(s *Session) {
				if _, err := s.tx.Row(k.ctx(), "SELECT count(*) FROM {sum_delta}", nil, &n); err != nil {
					t.Fatal(err)
				}
			})
			return n
		}
		if n := loose(); n != 1 {
			t.Errorf("%d rows are loose, want 1", n)
		}
		if _, err := k.engine.fold(k.ctx(), 1); err != nil {
			t.Fatal(err)
		}
		if n := loose(); n != 0 {
			t.Errorf("%d rows are loose, want none", n)
		}
		k.everyoneBothWays("folded")
	})
}
