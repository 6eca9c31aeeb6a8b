package expr

import (
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

// TestDatabasesAgreeWithMemory is the promise of the package: an expression
// selects the same records wherever it runs.
func TestDatabasesAgreeWithMemory(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		w := newWorld()
		w.fill(rand.New(rand.NewPCG(7, 11)), map[string]int{"team": 4, "member": 8, "account": 14, "contact": 20, "note": 10, "deal": 60})
		db := storetest.Workspace(t, s)
		w.save(t, db)
		stats := map[string]int{}
		rapid.Check(t, func(rt *rapid.T) {
			g := &gen{t: rt, w: w, scopes: []string{"deal"}}
			env := randomEnv(rand.New(rand.NewPCG(rapid.Uint64Range(0, 200).Draw(rt, "env"), 1)))
			for range rapid.IntRange(1, 15).Draw(rt, "expressions") {
				text := g.condition(rapid.IntRange(0, 3).Draw(rt, "depth"))
				agree(rt, w, db, text, env, stats)
			}
		})
		for seed := range uint64(600) {
			r := rand.New(rand.NewPCG(seed, 5))
			g := &gen{r: r, w: w, scopes: []string{"deal"}}
			agree(t, w, db, g.condition(r.IntN(4)), randomEnv(r), stats)
			agreeOnValues(t, w, db, g.scalar(r.IntN(3)), randomEnv(r))
		}
		if stats["sql"] < stats["all"]/2 || stats["some"] < stats["sql"]/4 {
			t.Errorf("too few expressions say anything: %v", stats)
		}
		t.Log(stats)
	})
}

// fataler is what rapid and the testing package have in common.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func agree(t fataler, w *world, db *store.DB, text string, env Env, stats map[string]int) {
	t.Helper()
	e, err := Check(text, w.scopes["deal"], Type{Kind: Bool})
	if err != nil {
		t.Fatalf("%.600s\nis not well typed: %v", text, err)
	}
	if again, err := Parse(e.String()); err != nil || again.String() != e.String() {
		t.Fatalf("%.600s\nreads back as %v, %v", e, again, err)
	}
	for _, e := range []*Expr{e, Not(e)} {
		want := memory(t, w, e, env)
		stats["all"]++
		if ok, _ := e.SQLable(); !ok {
			continue
		}
		stats["sql"]++
		if len(want) > 0 && len(want) < len(w.rows["deal"]) {
			stats["some"]++
		}
		c := testColumns{w: w, postgres: db.Dialect().Name() == "postgres"}
		args := c.args()
		sql, err := e.SQL(c, env, "t", args)
		if err != nil {
			t.Fatalf("%.600s\nhas no SQL: %v", e, err)
		}
		got, err := query(db, "SELECT t.id FROM {x_deal} t WHERE "+sql+" ORDER BY t.id", args.Values())
		if err != nil {
			t.Fatalf("%.600s\n%.2000s %v\n%v", e, sql, args.Values(), err)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%.600s\n%.2000s %v\nin %v at %v, fiscal %d, me %v\ndatabase %v\n  memory %v", e, sql, args.Values(), env.Zone, env.Now, env.FiscalStart, env.Me, got, want)
		}
	}
}

func memory(t fataler, w *world, e *Expr, env Env) []value.ID {
	t.Helper()
	var ids []value.ID
	for _, row := range w.rows["deal"] {
		yes, err := e.Match(row, env)
		if err != nil {
			t.Fatalf("%.600s: %v", e, err)
		}
		if yes {
			ids = append(ids, row.id)
		}
	}
	return ids
}

func query(db *store.DB, sql string, args []any) ([]value.ID, error) {
	var ids []value.ID
	err := db.Read(context.Background(), func(tx *store.Tx) error {
		ids = ids[:0]
		rows, err := tx.Query(context.Background(), sql, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			id, _ := rows.Int(0)
			ids = append(ids, value.ID(id))
		}
		return rows.Err()
	})
	return ids, err
}

// agreeOnValues compares what an expression yields for each record.
func agreeOnValues(t fataler, w *world, db *store.DB, text string, env Env) {
	t.Helper()
	e, err := Check(text, w.scopes["deal"], Type{})
	if err != nil {
		t.Fatalf("%s\nis not well typed: %v", text, err)
	}
	if ok, _ := e.SQLable(); !ok {
		return
	}
	c := testColumns{w: w, postgres: db.Dialect().Name() == "postgres"}
	args := c.args()
	sql, err := e.SQL(c, env, "t", args)
	if err != nil {
		t.Fatalf("%s\nhas no SQL: %v", e, err)
	}
	var got []string
	err = db.Read(context.Background(), func(tx *store.Tx) error {
		got = got[:0]
		rows, err := tx.Query(context.Background(), "SELECT CAST(("+sql+") AS text) FROM {x_deal} t ORDER BY t.id", args.Values()...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			s, _ := rows.Text(0)
			got = append(got, strings.Clone(s))
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatalf("%s\n%s %v\n%v", e, sql, args.Values(), err)
	}
	for i, row := range w.rows["deal"] {
		ev := newEvaluation(&env, row)
		if want := stored(ev.node(e.root), e.Type()); want != got[i] {
			t.Fatalf("%s\n%s %v\nrecord %v: database %q, memory %q", e, sql, args.Values(), row.id, got[i], want)
		}
	}
}

// stored is the text of a value as a database holds it.
func stored(v any, typ Type) string {
	switch v := v.(type) {
	case string:
		return v
	case decimal.Decimal:
		return v.Shift(int32(typ.Scale)).String()
	case money:
		if !v.based {
			return ""
		}
		return v.base.Shift(2).String()
	case value.Date:
		return v.String()
	case time.Time:
		return strconv.FormatInt(v.UnixMilli(), 10)
	case value.ID:
		return v.String()
	}
	return ""
}

// TestLongChains shows that a filter at the limit of length stays within the
// depth that the databases accept.
func TestLongChains(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		w := newWorld()
		w.fill(rand.New(rand.NewPCG(1, 2)), map[string]int{"team": 2, "member": 2, "account": 2, "contact": 2, "note": 2, "deal": 20})
		db := storetest.Workspace(t, s)
		w.save(t, db)
		long := "count = 1" + strings.Repeat(" or count=2", 750)
		agree(t, w, db, long, testEnv(), map[string]int{})
		agree(t, w, db, "count in (1"+strings.Repeat(", 2", 1500)+")", testEnv(), map[string]int{})
		deep := strings.Repeat("not (won or ", 25) + "hot" + strings.Repeat(")", 25)
		agree(t, w, db, deep, testEnv(), map[string]int{})
		sum := "count = count" + strings.Repeat(" + 1", 55)
		agree(t, w, db, sum, testEnv(), map[string]int{})
	})
}
