package record

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"wellmet/internal/access"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// grow pretends that the tables are large, so that the engine chooses indexes
// and branches as it does for a million records.
func (s *Session) grow(rows int64) *Session {
	st := *s.state
	st.sizes.rows = maps.Clone(st.sizes.rows)
	for _, table := range []string{"deal", "account", "contact", "line", "bill"} {
		st.sizes.rows[table] = rows
	}
	c := *s
	c.state = &st
	return &c
}

// crowd fills the workspace with deals of every owner, with ties and gaps in
// every field.
func (k *kit) crowd(n int, seed uint64) (deals []value.ID) {
	k.t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	lead, offer, won := k.stages()
	owners := []value.ID{k.rep, k.mate, k.other, k.boss, 0}
	accounts := []any{nil}
	for i, name := range []string{"Zeta", "alpha", "Ångström", "Ωmega", "Beta", "Beta"} {
		accounts = append(accounts, k.put("account", owners[i%4], Values{"name": name}))
	}
	pick := func(list ...any) any { return list[r.IntN(len(list))] }
	for range n {
		owner := owners[r.IntN(len(owners))]
		v := Values{
			"name":       pick(nil, "a", "A", "ä", "b", "Ω", "中", "zz", "a a"),
			"amount":     pick(nil, eur(0), eur(100), eur(100), eur(-5), eur(1<<40), value.Money{Minor: 7, Currency: "USD"}),
			"stage":      pick(nil, lead, offer, won, won),
			"account":    pick(accounts...),
			"close_date": pick(nil, value.Date(20000), value.Date(20001), value.Date(20600)),
			"status":     pick(nil, "new", "open", "done"),
			"hot":        pick(nil, true, false),
			"score":      pick(nil, "1.50", "-2", "0"),
		}
		maps.DeleteFunc(v, func(_ string, x any) bool { return x == nil })
		deals = append(deals, k.put("deal", owner, v))
	}
	for range n / 8 {
		k.share("deal", deals[r.IntN(len(deals))], k.rep)
	}
	return deals
}

var walkSorts = []string{"", "id", "-id", "name", "-name", "amount", "-amount", "stage", "-stage", "account.name", "-account.name",
	"owner", "-owner.name", "close_date", "-close_date,name", "status", "-status,-amount", "hot", "-hot", "score,-name", "amount,close_date",
	"-amount,-close_date", "stage,-amount", "overdue", "customer,-id", "created_at", "-updated_at,name", "-amount,status,id"}

var walkFilters = []string{"", `stage.name = "Won"`, `stage.name != "Won"`, `owner = me()`, `amount > 0 or name is empty`,
	`status in ("new", "done")`, `hot`, `not (close_date < today())`, `account.name starts with "a"`, `overdue`, `close_date is not empty and score is not empty`,
	`stage.name in ("Won", "Lead") and owner.name != "Max"`, `stage.name contains "x"`, `false`}

// TestPagesTogetherAreTheList walks random queries page by page, for actors of
// every scope, and compares with the list as Go sorts it.
func TestPagesTogetherAreTheList(t *testing.T) {
	t.Parallel()
	kits.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		k.crowd(120, 7)
		r := rand.New(rand.NewPCG(3, 4))
		for _, who := range []value.ID{k.rep, k.boss, k.other, k.admin, 0} {
			for _, sort := range walkSorts {
				q := Query{Object: "deal", Sort: sort, Filter: walkFilters[r.IntN(len(walkFilters))]}
				rows := int64(120)
				if !computedSort(sort) && r.IntN(3) > 0 {
					rows = 1_000_000
				}
				k.walk(who, q, rows, 5+r.IntN(40))
			}
		}
	})
}

func computedSort(sort string) bool {
	return strings.ContainsAny(sort, ".") || slices.ContainsFunc([]string{"stage", "owner", "status", "overdue", "customer"},
		func(name string) bool { return strings.Contains(sort, name) })
}

// walk reads all pages and compares.
func (k *kit) walk(who value.ID, q Query, rows int64, limit int) {
	k.t.Helper()
	k.as(who, func(s *Session) {
		s = s.grow(rows)
		want := s.sorted(k, q)
		var got []string
		page := q
		page.Limit, page.Count = limit, CountExact
		for {
			p, err := s.Query(k.ctx(), page)
			if err != nil {
				k.t.Fatalf("%+v as %d: %v", page, who, err)
			}
			if p.Count != int64(len(want)) {
				k.t.Errorf("%+v as %d: counted %d, want %d", page, who, p.Count, len(want))
			}
			for _, r := range p.Records {
				got = append(got, r.ID.String())
			}
			if p.Next == "" {
				break
			}
			if page.Cursor = p.Next; len(got) > len(want) {
				break
			}
		}
		if !slices.Equal(got, want) {
			k.t.Errorf("%+v as %d at %d rows:\n got %v\nwant %v", q, who, rows, got, want)
		}
	})
}

// sorted is the list as it should be: every record past all access, then
// filtered and sorted in Go.
func (s *Session) sorted(k *kit, q Query) []string {
	full := s.As(access.System("test"))
	full.env = s.env
	page, err := full.Query(k.ctx(), Query{Object: "deal", Limit: maxLimit})
	if err != nil {
		k.t.Fatal(err)
	}
	shared := map[value.ID]bool{}
	reach := s.actor.Reach(k.object("deal"), access.Read)
	if reach.Extra {
		shared = s.sharedDeals(k)
	}
	l := &listing{s: s, o: k.object("deal"), q: q, match: &filter{}}
	if l.match, err = s.filter(k.ctx(), l.o, q.Filter, nil); err != nil {
		k.t.Fatal(err)
	}
	if err := l.order(); err != nil {
		k.t.Fatal(err)
	}
	var list []*Record
	for _, r := range page.Records {
		if !reach.All && !shared[r.ID] && !s.actor.Reaches(l.o, access.Read, r.Owner()) {
			continue
		}
		if q.Filter != "" {
			e, err := s.Check(l.o, q.Filter, 1)
			if err != nil {
				k.t.Fatal(err)
			}
			if ok, err := e.Match(row{s, r}, s.env); err != nil || !ok {
				continue
			}
		}
		list = append(list, r)
	}
	keys := map[value.ID][]any{}
	for _, r := range list {
		keys[r.ID] = s.keysOf(l, r)
	}
	slices.SortFunc(list, func(a, b *Record) int { return compareKeys(l.keys, keys[a.ID], keys[b.ID]) })
	ids := make([]string, len(list))
	for i, r := range list {
		ids[i] = r.ID.String()
	}
	return ids
}

func (s *Session) sharedDeals(k *kit) map[value.ID]bool {
	rows, err := s.tx.Query(k.ctx(), `SELECT record FROM {extra_access} WHERE object = 'deal' AND member = $1`, s.actor.Member())
	if err != nil {
		k.t.Fatal(err)
	}
	defer rows.Close()
	shared := map[value.ID]bool{}
	for rows.Next() {
		id, _ := rows.ID(0)
		shared[id] = true
	}
	return shared
}

// keysOf works the sort keys of a record out in Go.
func (s *Session) keysOf(l *listing, r *Record) []any {
	var keys []any
	for _, key := range l.keys {
		name, far, isFar := strings.Cut(key.name, ".")
		f, _ := l.o.Field(name)
		v := r.Value(f)
		switch {
		case name == "id":
			v = int64(r.ID)
		case isFar || f.IsLink():
			if far == "" {
				far = s.state.schema.Target(f).Title
				if f.Name == "stage" {
					far = "position"
				}
			}
			id, _ := v.(value.ID)
			v = nil
			if linked, ok := s.peek(f.Target, id); id != 0 && ok {
				f, _ = linked.Object.Field(far)
				v = linked.Value(f)
			}
		case f.Name == "overdue":
			v, _ = f.Expr.Eval(row{s, r}, s.env)
		case f.Name == "customer":
			v, _ = f.Expr.Eval(row{s, r}, s.env)
			keys = append(keys, v)
			continue
		}
		if m, ok := v.(value.Money); ok {
			v = nil
			if base, ok := s.Base(m); ok {
				v = base
			}
		}
		if text, ok := v.(string); ok && f.ValueKind() == schema.KindChoice {
			v = int64(slices.IndexFunc(f.Options, func(o schema.Option) bool { return o.Key == text }))
		} else if ok {
			v = string(s.state.collate.Key(text))
		}
		keys = append(keys, v)
	}
	return keys
}

func compareKeys(order []sortKey, a, b []any) int {
	for i, k := range order {
		switch {
		case a[i] == nil && b[i] == nil:
			continue
		case a[i] == nil:
			return 1
		case b[i] == nil:
			return -1
		}
		c := cmp.Compare(sortable(a[i]), sortable(b[i]))
		if k.down {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

// sortable spells a value so that texts compare as the values do.
func sortable(v any) string {
	switch x := v.(type) {
	case int64:
		return fmt.Sprintf("%020d", uint64(x)+1<<63)
	case value.Date:
		return fmt.Sprintf("%020d", uint64(x)+1<<63)
	case bool:
		return fmt.Sprint(x)
	case string:
		return x
	case interface{ UnixMilli() int64 }:
		return fmt.Sprintf("%020d", x.UnixMilli())
	}
	return fmt.Sprintf("%020d", uint64(scaled(v))+1<<63)
}

func scaled(v any) int64 {
	d, ok := v.(decimal.Decimal)
	if !ok {
		panic(fmt.Sprintf("no order for a %T", v))
	}
	return d.Shift(2).IntPart()
}

// TestWalkingBesideInserts reads page by page while others write: what was
// there at the start is met once, in order.
func TestWalkingBesideInserts(t *testing.T) {
	t.Parallel()
	kits.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		there := k.crowd(90, 11)
		r := rand.New(rand.NewPCG(5, 6))
		for _, sort := range []string{"", "name", "-amount", "amount,name", "account.name", "-status"} {
			met := map[value.ID]int{}
			q := Query{Object: "deal", Sort: sort, Limit: 7}
			for {
				var p *Page
				k.as(k.admin, func(s *Session) {
					var err error
					if p, err = s.Query(k.ctx(), q); err != nil {
						t.Fatal(err)
					}
				})
				for _, rec := range p.Records {
					met[rec.ID]++
				}
				if q.Cursor = p.Next; q.Cursor == "" {
					break
				}
				k.put("deal", k.mate, Values{"name": string(rune('a' + r.IntN(26))), "amount": eur(int64(r.IntN(300)))})
			}
			for _, id := range there {
				if met[id] != 1 {
					t.Errorf("sort %q: met %d %d times", sort, id, met[id])
				}
			}
			for id, n := range met {
				if n > 1 {
					t.Errorf("sort %q: met %d %d times", sort, id, n)
				}
			}
		}
	})
}
