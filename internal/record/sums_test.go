package record

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"wellmet/internal/store"
	"wellmet/internal/value"
)

// stageTotals is the question that maintained sums answer, and its spellings.
var stageTotals = []Aggregate{
	{Group: []string{"stage"}, Measures: []string{"count", "sum:amount", "avg:amount", "count:amount"}},
	{Group: []string{"stage"}, Measures: []string{"count", "sum:amount", "sum:weighted"}},
	{Measures: []string{"count", "sum:amount"}},
	{Measures: []string{"sum:weighted", "count:weighted"}},
	{Group: []string{"stage.kind"}, Measures: []string{"sum:amount", `count{stage.kind = "won"}`, `rate{stage.kind = "won"}`}},
	{Filter: `stage.kind in ("won", "open")`, Group: []string{"stage.name"}, Measures: []string{"count", "sum:amount"}},
	{Measures: []string{`sum:weighted{stage is empty or stage.kind = "open"}`}},
	{Group: []string{"owner"}, Measures: []string{"sum:weighted", "avg:amount"}},
}

// bothWays asks with and without maintained sums, and says when they differ.
func (k *kit) bothWays(who value.ID, when string, questions ...Aggregate) {
	k.t.Helper()
	k.as(who, func(s *Session) {
		for _, a := range questions {
			a.Object = "deal"
			asked := a.Filter
			kept, err := s.Aggregate(k.ctx(), a)
			if err != nil {
				k.t.Fatalf("%s: %v of %v where %s: %v", when, a.Measures, a.Group, asked, err)
			}
			if !kept.maintained {
				k.t.Errorf("%s: %v of %v where %s does not use the sums", when, a.Measures, a.Group, asked)
			}
			if a.Filter = "version > 0"; asked != "" { // is true of all, and keeps the sums out
				a.Filter = "(" + asked + ") and version > 0"
			}
			counted, err := s.Aggregate(k.ctx(), a)
			if err != nil {
				k.t.Fatal(err)
			}
			if counted.maintained {
				k.t.Fatal("the comparison uses the sums, too")
			}
			if a, b := figuresText(kept), figuresText(counted); a != b {
				k.t.Errorf("%s, member %v, group %v where %s:\n kept    %s\n counted %s", when, who, kept.Group, asked, a, b)
			}
		}
	})
}

func (k *kit) everyoneBothWays(when string) {
	k.t.Helper()
	for _, who := range []value.ID{0, k.admin, k.boss, k.rep, k.mate, k.clerk, k.other} {
		k.bothWays(who, when, stageTotals...)
		k.monthBothWays(who, when, CalendarQuery{State: "open", To: value.DateOf(noon, time.UTC)})
	}
}

// Kept sums equal counted ones for every scope, over random writes, folds,
// shares and moves of members and teams, whatever is asked of stages and owners.
func TestSumsEqualCounting(t *testing.T) {
	t.Parallel()
	figures.Each(t, func(t *testing.T, server *store.Server) {
		k := newFigures(t, server, Rules()...)
		w := &sumsWalk{kit: k, rand: rand.New(rand.NewPCG(1, 2))}
		for i, kind := range []string{"open", "won", "lost"} {
			w.stages = append(w.stages, k.make("stage", 0, Values{"name": kind, "position": i, "kind": kind}))
		}
		for i := range 160 {
			step := w.step()
			if i%10 == 9 {
				w.everyoneBothWays(fmt.Sprintf("step %d (%s)", i, step))
			}
			if t.Failed() {
				return
			}
		}
		if _, err := k.engine.fold(k.ctx(), 1); err != nil {
			t.Fatal(err)
		}
		w.everyoneBothWays("folded")
		if err := k.engine.RebuildSums(k.ctx(), "deal"); err != nil {
			t.Fatal(err)
		}
		w.everyoneBothWays("rebuilt")
		w.noLeftovers()
	})
}

// A fold below its threshold leaves the rows alone, and says when more is left.
func TestFoldSums(t *testing.T) {
	t.Parallel()
	figures.Each(t, func(t *testing.T, server *store.Server) {
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
		if n := loose(); n != 4 {
			t.Errorf("%d rows are loose, want one for each amount and one for its month", n)
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
