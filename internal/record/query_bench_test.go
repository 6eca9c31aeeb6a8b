package record

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

// pageRows is how many deals the benchmarks read, 100,000 unless the variable
// says otherwise.
func pageRows() int {
	if n, err := strconv.Atoi(os.Getenv("WELLMET_BENCH_ROWS")); err == nil {
		return n
	}
	return 100_000
}

// benchKit is a workspace of 50 members in teams of 5, each with his share of
// the deals.
func benchKit(b *testing.B, server *store.Server) (*kit, value.ID, []value.ID) {
	k := newKit(b, server)
	lead, offer, won := k.stages()
	stages := []value.ID{lead, offer, won}
	for i := range 3 {
		stages = append(stages, k.put("stage", 0, Values{"name": fmt.Sprint("S", i), "position": int64(4 + i)}))
	}
	owners := []value.ID{k.rep, k.mate}
	for i := range 48 {
		team := k.north
		if i >= 3 {
			team = k.put("team", 0, Values{"name": "t", "parent": k.sales})
		}
		owners = append(owners, k.member(fmt.Sprint("m", i), team, k.repRole))
	}
	accounts := k.putAll("account", owners, many(pageRows()/10, func(i int) Values { return Values{"name": fmt.Sprint("Account ", i)} }))
	for from := 0; from < pageRows(); from += 50_000 {
		k.putAll("deal", owners, many(min(50_000, pageRows()-from), func(i int) Values {
			n := from + i
			return Values{"name": fmt.Sprint("Deal ", n), "amount": eur(int64(n) * 7919 % 10_000_019), "stage": stages[n*31%97%6],
				"account": accounts[n%len(accounts)], "close_date": value.Date(20000 + n%700), "status": "open", "phone": "+34600111222"}
		}))
	}
	k.settle(func(tx *store.Tx) error { return access.TeamsChanged(k.ctx(), tx) })
	if err := k.engine.Analyze(k.ctx()); err != nil {
		b.Fatal(err)
	}
	return k, stages[1], owners
}

func BenchmarkQuery(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchQuery(b, storetest.SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { benchQuery(b, storetest.Postgres(b)) })
}

var benchFields = []string{"name", "amount", "stage", "account", "owner", "close_date", "status", "phone", "created_at", "updated_at"}

func benchQuery(b *testing.B, server *store.Server) {
	k, stage, owners := benchKit(b, server)
	filter := fmt.Sprintf(`stage = "%d" and owner = "%d"`, stage, owners[0])
	for _, c := range []struct {
		name string
		who  value.ID
		q    Query
	}{
		{"stage and owner by amount, counted", k.rep, Query{Filter: filter, Sort: "-amount", Count: CountCapped}},
		{"stage by name and owner by amount", k.rep, Query{Filter: fmt.Sprintf(`stage.name = "Angebot" and owner = "%d"`, owners[0]), Sort: "-amount"}},
		{"stage by amount", k.rep, Query{Filter: fmt.Sprintf(`stage = "%d"`, stage), Sort: "-amount"}},
		{"stage by amount, counted", k.rep, Query{Filter: fmt.Sprintf(`stage = "%d"`, stage), Sort: "-amount", Count: CountCapped}},
		{"newest", k.rep, Query{}},
		{"newest, counted", k.rep, Query{Count: CountCapped}},
		{"by amount", k.rep, Query{Sort: "-amount"}},
		{"by amount, admin", k.admin, Query{Sort: "-amount"}},
		{"by amount ascending, admin", k.admin, Query{Sort: "amount"}},
		{"by name, admin, counted", k.admin, Query{Sort: "name", Count: CountCapped}},
		{"newest with account name", k.rep, Query{Fields: append([]string{"account.name", "account.owner.name"}, benchFields...)}},
		{"below, by amount", k.boss, Query{Sort: "-amount"}},
		{"below, newest, counted", k.boss, Query{Count: CountCapped}},
	} {
		c.q.Object = "deal"
		if c.q.Fields == nil {
			c.q.Fields = benchFields
		}
		b.Run(c.name, func(b *testing.B) { benchOne(b, k, c.who, c.q) })
		c.q.Count = CountNone
		c.q.Cursor = k.deep(c.who, c.q)
		b.Run(c.name+", later page", func(b *testing.B) { benchOne(b, k, c.who, c.q) })
	}
	id := k.last
	b.Run("get", func(b *testing.B) {
		b.ReportAllocs()
		var dst []byte
		for b.Loop() {
			k.as(k.admin, func(s *Session) {
				var err error
				if dst, err = s.GetJSON(k.ctx(), "deal", id, nil, dst[:0]); err != nil {
					b.Fatal(err)
				}
			})
		}
	})
}

// deep is the cursor some pages in.
func (k *kit) deep(who value.ID, q Query) string {
	q.Limit = 500
	for range 4 {
		k.as(who, func(s *Session) {
			p, err := s.Query(k.ctx(), q)
			if err != nil {
				k.t.Fatal(err)
			}
			q.Cursor = p.Next
		})
	}
	return q.Cursor
}

func benchOne(b *testing.B, k *kit, who value.ID, q Query) {
	b.ReportAllocs()
	var dst []byte
	for b.Loop() {
		k.as(who, func(s *Session) {
			var err error
			if dst, err = s.QueryJSON(k.ctx(), q, dst[:0]); err != nil {
				b.Fatal(err)
			}
		})
	}
	b.StopTimer()
	k.as(who, func(s *Session) { b.ReportMetric(s.bare(b, q).Seconds()*1e6, "bare-µs") })
}

// bare is the time that the first statement of the query takes when its rows
// are read and thrown away.
func (s *Session) bare(b *testing.B, q Query) time.Duration {
	l, err := s.list(b.Context(), q)
	if err != nil {
		b.Fatal(err)
	}
	var best time.Duration
	for range 20 {
		start := time.Now()
		for _, seg := range l.segments() {
			sql, args, err := l.statement(seg, l.limit+1)
			if err != nil {
				b.Fatal(err)
			}
			rows, err := s.tx.Query(b.Context(), sql, args...)
			if err != nil {
				b.Fatal(err)
			}
			n := 0
			for rows.Next() {
				n++
			}
			if err := rows.Close(); err != nil {
				b.Fatal(err)
			}
			if n > l.limit {
				break
			}
		}
		if took := time.Since(start); best == 0 || took < best {
			best = took
		}
	}
	return best
}
