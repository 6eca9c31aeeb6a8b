package record

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wellmet/internal/store"
	"wellmet/internal/value"
)

// TestShapes keeps the SQL of each shape in testdata, one file a database. Run
// with WELLMET_GOLDEN=write to change it, then read the difference.
func TestShapes(t *testing.T) {
	t.Parallel()
	kits.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		lead, _, _ := k.stages()
		deal := k.put("deal", k.other, Values{"name": "d"})
		k.share("deal", deal, k.mate)
		staged := fmt.Sprintf(`stage = "%d"`, lead)
		at := &mark{values: []any{int64(5)}, id: 9}
		var out strings.Builder
		for _, c := range []struct {
			name    string
			who     value.ID
			rows    int64
			members int64
			q       Query
			from    *mark
		}{
			{"small, newest, all", k.admin, 100, 6, Query{}, nil},
			{"small, newest, team", k.rep, 100, 6, Query{}, nil},
			{"small, shared too", k.mate, 100, 6, Query{Sort: "-amount"}, nil},
			{"all by amount", k.admin, 1e6, 6, Query{Sort: "-amount"}, nil},
			{"all by amount, later page", k.admin, 1e6, 6, Query{Sort: "-amount"}, at},
			{"all by amount ascending, later page", k.admin, 1e6, 6, Query{Sort: "amount"}, at},
			{"all by name, later page", k.admin, 1e6, 6, Query{Sort: "name"}, &mark{values: []any{[]byte("x")}, id: 9}},
			{"all by amount, behind the empty ones", k.admin, 1e6, 6, Query{Sort: "-amount"}, &mark{values: []any{nil}, id: 9}},
			{"two keys, later page", k.admin, 1e6, 6, Query{Sort: "close_date,-amount"}, &mark{values: []any{value.Date(1), int64(5)}, id: 9}},
			{"many owners, stage by amount", k.rep, 1e6, 6, Query{Filter: staged, Sort: "-amount"}, nil},
			{"few of many owners, stage by amount", k.rep, 1e6, 5000, Query{Filter: staged, Sort: "-amount"}, nil},
			{"one owner, stage by amount", k.rep, 1e6, 5000, Query{Filter: staged + " and owner = me()", Sort: "-amount"}, nil},
			{"scope and shares", k.mate, 1e6, 6, Query{Sort: "-amount"}, nil},
			{"another index may know better", k.rep, 1e6, 6, Query{Filter: `account = "77"`, Sort: "-amount"}, nil},
			{"over a link", k.rep, 100, 6, Query{Sort: "account.name", Fields: []string{"name", "account.name"}}, nil},
			{"trash", k.rep, 1e6, 6, Query{Trash: true}, nil},
		} {
			c.q.Object = "deal"
			if c.q.Fields == nil {
				c.q.Fields = []string{"name"}
			}
			k.as(c.who, func(s *Session) {
				s = s.grow(c.rows)
				s.state.sizes.rows["member"] = c.members
				l, err := s.list(k.ctx(), c.q)
				if err != nil {
					t.Fatal(err)
				}
				l.from = c.from
				fmt.Fprintf(&out, "# %s\n", c.name)
				for _, seg := range l.segments() {
					sql, _, err := l.statement(seg, 51)
					if err != nil {
						t.Fatal(err)
					}
					out.WriteString(sql + "\n")
				}
				w := &writer{l: l, limit: CountCap + 1, args: s.args()}
				sql, err := w.count()
				if err != nil {
					t.Fatal(err)
				}
				out.WriteString(sql + "\n\n")
				k.runs(s, l)
			})
		}
		golden(t, "shapes_"+server.Dialect().Name()+".sql", out.String())
	})
}

// runs makes sure that the database takes the statements.
func (k *kit) runs(s *Session, l *listing) {
	k.t.Helper()
	if err := l.run(k.ctx(), func(*store.Rows) {}); err != nil {
		k.t.Error(err)
	}
	if _, err := l.countMatches(k.ctx(), 5); err != nil {
		k.t.Error(err)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if os.Getenv("WELLMET_GOLDEN") == "write" {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			t.Fatalf("%s differs from line %d on:\n got %s\nwant %s", file, i+1, at(g, i), at(w, i))
		}
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(end)"
}

func TestServingIndexes(t *testing.T) {
	t.Parallel()
	deal := kitDeal()
	if err := sealAlone(deal); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		pinned, sort, want string
		reversed           bool
	}{
		{"", "-amount", "deal_amount_d", false}, {"", "amount", "deal_amount_d", true},
		{"stage", "-amount", "deal_stage_amount_d", false}, {"stage", "amount", "deal_stage_amount_d", true},
		{"status", "-amount", "deal_amount_d", false}, {"", "name", "deal_name", false},
		{"", "close_date,name", "", false}, {"stage", "score", "", false},
	} {
		l := &listing{s: nil, o: deal}
		for _, name := range strings.Split(c.sort, ",") {
			stem, down := strings.CutPrefix(name, "-")
			f, _ := deal.Field(stem)
			l.keys = append(l.keys, sortKey{field: f, column: f.SortColumn(), down: down})
		}
		x, _ := serving(deal, map[string]bool{c.pinned: true}, l.keys)
		if x.sortFirst != c.want || x.reversed != c.reversed {
			t.Errorf("%s by %s: index %q reversed %v", c.pinned, c.sort, x.sortFirst, x.reversed)
		}
	}
	if slices.ContainsFunc([]string{"phone", "score"}, func(n string) bool { return leads(deal, n) }) || !leads(deal, "account") {
		t.Error("what leads an index")
	}
}
