package record

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

// figureRows is how many deals the benchmarks run on; set WELLMET_BENCH_ROWS for
// the targets at 1,000,000.
func figureRows() int {
	if n, err := strconv.Atoi(os.Getenv("WELLMET_BENCH_ROWS")); err == nil {
		return n
	}
	return 10_000
}

// BenchmarkFigures measures totals, filtered aggregates and searches for a rep
// with team scope and for an admin.
func BenchmarkFigures(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchFigures(b, storetest.SQLite(b)) })
	if os.Getenv(storetest.PostgresVariable) != "" {
		b.Run("postgres", func(b *testing.B) { benchFigures(b, storetest.Postgres(b)) })
	}
}

func benchFigures(b *testing.B, server *store.Server) {
	k := newFigures(b, server)
	rows := figureRows()
	k.fillDeals(rows)
	for _, who := range []struct {
		name string
		id   value.ID
	}{{"rep", k.rep}, {"admin", k.admin}} {
		for _, a := range []struct {
			name string
			Aggregate
		}{
			{"stage totals", Aggregate{Group: []string{"stage"}, Measures: []string{"count", "sum:amount"}}},
			{"stage counted", Aggregate{Filter: "version > 0", Group: []string{"stage"}, Measures: []string{"count", "sum:amount"}}},
			{"by month", Aggregate{Group: []string{"close_date:month"}, Measures: []string{"count", "sum:amount"}}},
			{"by sector", Aggregate{Group: []string{"account.sector"}, Measures: []string{"count", "sum:amount"}}},
			{"hot by owner", Aggregate{Filter: "hot", Group: []string{"owner"}, Measures: []string{"count"}}},
		} {
			a.Object = "deal"
			b.Run(who.name+"/"+a.name, func(b *testing.B) {
				for b.Loop() {
					k.as(who.id, func(s *Session) {
						if _, err := s.Aggregate(k.ctx(), a.Aggregate); err != nil {
							b.Fatal(err)
						}
					})
				}
			})
		}
		last := rows - 1
		for name, text := range map[string]string{"rare word": fmt.Sprintf("order %07d", last/2), "common": "order", "prefix": "acm",
			"common prefix 4": "orde", "fragment": fmt.Sprint(last / 3)[1:], "nothing": "zzqqxx", "typo": "Lathexx", "phrase": "acme ord"} {
			b.Run(who.name+"/search "+name, func(b *testing.B) {
				for b.Loop() {
					k.as(who.id, func(s *Session) {
						if _, err := s.Search(k.ctx(), SearchQuery{Text: text}); err != nil {
							b.Fatal(err)
						}
					})
				}
			})
		}
	}
}

// fillDeals writes deals with search texts and sums, past the rules.
func (k *kit) fillDeals(rows int) {
	var stages, accounts []value.ID
	for i := range 7 {
		stages = append(stages, k.make("stage", 0, Values{"name": fmt.Sprint("S", i), "position": i, "kind": []string{"open", "won", "lost"}[i%3]}))
	}
	k.batches("account", max(10, rows/10), func(i int) Values {
		return Values{"name": fmt.Sprintf("Company %06d", i), "sector": []string{"retail", "health", "energy"}[i%3], "owner": k.owner(i)}
	}, &accounts)
	words := []string{"Acme", "Lathe", "Nordic", "Maschinenbau", "Tools", "Pumpen", "Licht", "Glas"}
	var deals []value.ID
	k.batches("deal", rows, func(i int) Values {
		return Values{"name": fmt.Sprintf("%s order %07d", words[i%len(words)], i), "stage": stages[i%7], "amount": fmt.Sprintf("%d.50 EUR", i%90_000),
			"account": accounts[i%len(accounts)], "close_date": value.Date(19_000 + i%1500), "hot": i%10 == 0, "owner": k.owner(i)}
	}, &deals)
	for {
		more, err := k.engine.fold(k.ctx(), 1)
		if err != nil {
			k.t.Fatal(err)
		}
		if !more {
			break
		}
	}
}

// owner spreads records: the rep's team has a hundredth.
func (k *kit) owner(i int) value.ID {
	switch i % 100 {
	case 1:
		return k.rep
	case 2:
		return k.boss
	}
	return k.other
}

func (k *kit) batches(object string, rows int, values func(int) Values, ids *[]value.ID) {
	for from := 0; from < rows; from += MaxBatch {
		b := Batch{Object: object}
		for i := from; i < min(rows, from+MaxBatch); i++ {
			b.Changes = append(b.Changes, Change{Values: values(i)})
		}
		var out []Outcome
		err := k.engine.Write(context.Background(), AsSystem("bench"), func(s *Session) (err error) {
			out, err = s.Save(context.Background(), b)
			return err
		})
		if err != nil {
			k.t.Fatal(err)
		}
		for _, o := range out {
			*ids = append(*ids, o.ID)
		}
	}
}
