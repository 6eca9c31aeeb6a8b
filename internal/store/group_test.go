package store_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
)

// A grouping comes to the same whether its groups are few or not, with more
// groups than are kept in memory at a time, and with keys that look alike.
func TestGroupsOfEitherKind(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		db := storetest.Workspace(t, s)
		const rows = 60_000
		from := fmt.Sprintf(` FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
			SELECT i, CASE WHEN i %% 7 <> 0 THEN i %% 60 END AS small, CASE i %% 5 WHEN 0 THEN '' WHEN 1 THEN 'a"b' WHEN 2 THEN 'é' WHEN 3 THEN '7' END AS word,
			CASE WHEN i %% 3 <> 0 THEN (i - 30000) * 3000000000 END AS amount FROM n) t WHERE i > 0`, rows)
		figures := []store.Figure{
			{Kind: store.CountRows, Names: []string{"p0"}},
			{Kind: store.CountRows, Only: "t.i > 500", Names: []string{"p1"}},
			{Kind: store.CountFilled, Of: "t.word", Names: []string{"p2"}},
			{Kind: store.Added, Of: "t.amount", Names: []string{"p3", "p4", "p5"}},
			{Kind: store.Added, Of: "t.amount", Only: "t.i % 2 = 0", Names: []string{"p6", "p7", "p8"}},
			{Kind: store.Bounds, Of: "t.amount", Names: []string{"p9", "p10"}},
			{Kind: store.Bounds, Of: "t.word", Names: []string{"p11", "p12"}},
		}
		for name, keys := range map[string][]store.Key{
			"a number and a word": {{SQL: "t.small", Name: "k0"}, {SQL: "t.word", Name: "k1"}},
			"more than are kept":  {{SQL: "t.i % 55000", Name: "k0"}, {SQL: "t.word", Name: "k1"}},
		} {
			grouped := func(few bool) []string {
				d := db.Dialect()
				sql := d.Group(store.Grouping{Keys: keys, Figures: figures, From: from, Few: few})
				return texts(t, db, "SELECT coalesce(CAST(r.k0 AS text), '-') || '|' || coalesce(r.k1, '-') || '|' || "+
					"sum(r.p0) || '|' || sum(r.p1) || '|' || sum(r.p2) || '|' || sum(r.p3) || '|' || coalesce(sum(r.p4), 0) || '|' || coalesce(sum(r.p5), 0) || '|' || "+
					"sum(r.p6) || '|' || coalesce(sum(r.p7), 0) || '|' || coalesce(sum(r.p8), 0) || '|' || coalesce(CAST(min(r.p9) AS text), '-') || '|' || "+
					"coalesce(CAST(max(r.p10) AS text), '-') || '|' || coalesce(min(r.p11), '-') || '|' || coalesce(max(r.p12), '-') "+
					"FROM ("+sql+") r GROUP BY r.k0, r.k1 ORDER BY 1")
			}
			want, got := grouped(false), grouped(true)
			if len(want) < 60 {
				t.Fatalf("%s: %d groups", name, len(want))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (sorted, hashed):\n%.2000s", name, diff)
			}
		}
	})
}

// No row makes no group.
func TestGroupsOfNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		db := storetest.Workspace(t, s)
		g := store.Grouping{Keys: []store.Key{{SQL: "t.n", Name: "k"}}, Figures: []store.Figure{{Kind: store.CountRows, Names: []string{"p"}}},
			From: " FROM (SELECT 1 AS n) t WHERE t.n > 1", Few: true}
		if got := texts(t, db, db.Dialect().Group(g)); len(got) != 0 {
			t.Errorf("groups of nothing: %q", got)
		}
	})
}
