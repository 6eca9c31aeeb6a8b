package record

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// sumsWalk changes a workspace at random.
type sumsWalk struct {
	*kit
	rand   *rand.Rand
	stages []value.ID
	deals  []value.ID
	trash  []value.ID
	acts   []value.ID
	rates  int // each of a day of its own
}

func (w *sumsWalk) step() string {
	switch n := w.rand.IntN(24); {
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
	case n < 20:
		w.reparent()
		return "move a team"
	case n < 22:
		w.undo()
		return "undo"
	case n < 23:
		w.purge()
		return "purge"
	}
	w.revalue()
	return "revalue"
}

func pick[T any](w *sumsWalk, list []T) T { return list[w.rand.IntN(len(list))] }

func (w *sumsWalk) values() Values {
	amounts := []any{nil, "1 EUR", "2.50 EUR", "-3 EUR", "90000000000000 EUR", "7 USD", "0 EUR"}
	owners := []any{w.rep, w.mate, w.other, w.boss, nil}
	chances := []any{nil, "0", "25", "33.33", "100"}
	days := []any{nil, w.walkDay(), w.walkDay(), w.walkDay()}
	return Values{"status": pick(w, []any{nil, "new", "open", "open"}), "close_date": pick(w, days), "amount": pick(w, amounts), "chance": pick(w, chances), "owner": pick(w, owners), "stage": pick(w, []any{w.stages[0], w.stages[1], w.stages[2], nil})}
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
	for _, name := range []string{"amount", "chance", "owner", "stage", "status", "close_date"} {
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

// undo takes one of the acts back, as far as that goes.
func (w *sumsWalk) undo() {
	if len(w.acts) == 0 {
		return
	}
	i := w.rand.IntN(len(w.acts))
	act := w.acts[i]
	w.acts = append(w.acts[:i], w.acts[i+1:]...)
	if err := w.write(0, func(s *Session) error { _, err := s.Undo(w.ctx(), act); return err }); err != nil {
		w.t.Fatal(err)
	}
	w.look()
}

func (w *sumsWalk) purge() {
	if len(w.trash) == 0 {
		return
	}
	id := pick(w, w.trash)
	if err := w.write(0, func(s *Session) error { return s.Purge(w.ctx(), "deal", id) }); err != nil {
		w.t.Fatal(err)
	}
	w.acts = nil // some are of what is gone
	w.look()
}

// look finds out which deals there are.
func (w *sumsWalk) look() {
	list := func(s *Session, where string) []value.ID {
		ids, err := s.tx.IDs(w.ctx(), "SELECT t.id FROM {deal} t WHERE t.deleted_at IS "+where+" ORDER BY t.id")
		if err != nil {
			w.t.Fatal(err)
		}
		return ids
	}
	w.as(0, func(s *Session) { w.deals, w.trash = list(s, "NULL"), list(s, "NOT NULL") })
}

// revalue changes what a dollar is worth.
func (w *sumsWalk) revalue() {
	w.rates++
	day := value.DateOf(time.Date(2020, 1, w.rates, 0, 0, 0, 0, time.UTC), time.UTC)
	w.make("currency_rate", 0, Values{"currency": "USD", "day": day.String(), "rate": pick(w, []string{"0.5", "0.91", "2"})})
	if err := w.engine.Revalue(w.ctx(), "USD"); err != nil {
		w.t.Fatal(err)
	}
}

// conditions are what can be said of stages and owners.
func (w *sumsWalk) conditions() []string {
	member, other := pick(w, []value.ID{w.rep, w.mate, w.other, w.boss}), pick(w, []value.ID{w.rep, w.mate, w.clerk})
	team := pick(w, []value.ID{w.north, w.south, w.sales})
	return []string{
		fmt.Sprintf(`owner = "%d"`, member), fmt.Sprintf(`owner in ("%d", "%d")`, member, other), `owner = me()`,
		fmt.Sprintf(`owner != "%d"`, member), fmt.Sprintf(`owner not in ("%d", "%d")`, member, other), fmt.Sprintf(`not owner = "%d"`, member),
		fmt.Sprintf(`owner.team = "%d"`, team), `owner.team = myTeam()`, `owner.team.name = "North"`, `owner.name contains "a"`,
		`owner is empty`, `owner is not empty`, `owner.team is empty`, fmt.Sprintf(`coalesce(owner, "%d") = "%d"`, other, member),
		`stage.kind = "open"`, `stage.kind != "won"`, `stage is empty`, fmt.Sprintf(`stage = "%d"`, pick(w, w.stages)),
	}
}

// question is one that the sums hold the answer to.
func (w *sumsWalk) question() Aggregate {
	var parts []string
	for range w.rand.IntN(4) {
		parts = append(parts, pick(w, w.conditions()))
	}
	a := Aggregate{Filter: strings.Join(parts, pick(w, []string{" and ", " and ", " or "}))}
	if a.Filter != "" && w.rand.IntN(5) == 0 {
		a.Filter = "not (" + a.Filter + ")"
	}
	a.Group = pick(w, [][]string{nil, {"stage"}, {"stage.kind"}, {"owner"}, {"owner.team", "stage"}})
	a.Measures = pick(w, [][]string{{"count"}, {"sum:amount"}, {"count", "sum:amount", "sum:weighted"}, {"avg:weighted", "count:amount"},
		{`sum:weighted{stage.kind = "open"}`, "count"}, {`rate{owner.team.name = "North"}`}})
	return a
}

func (w *sumsWalk) everyoneBothWays(when string) {
	w.t.Helper()
	w.kit.everyoneBothWays(when)
	for range 6 {
		w.bothWays(pick(w, []value.ID{0, w.admin, w.boss, w.rep, w.mate, w.clerk, w.other}), when, w.question())
		w.monthBothWays(pick(w, []value.ID{0, w.admin, w.boss, w.rep, w.mate, w.clerk, w.other}), when, w.monthQuestion())
	}
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
	var act value.ID
	if err := w.write(0, func(s *Session) error {
		err := fn(s)
		act = s.act
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	if act != 0 {
		w.acts = append(w.acts, act)
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
			if _, err := tx.Row(context.Background(), "SELECT count(*) FROM {"+table+"} s WHERE s.n <> 0 OR s.amount <> 0 OR s.Base <> 0 OR s.missing <> 0", nil, &n); err != nil {
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
