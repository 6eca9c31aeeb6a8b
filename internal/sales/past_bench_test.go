package sales_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// pastBench plants so many deals as WELLMET_BENCH_DEALS says (10,000 if nothing)
// that came through their stages in two years, straight into the tables: through
// the engine a million would take hours.
type pastBench struct {
	*apptest.Kit
	b        *testing.B
	pipeline value.ID
	stages   []value.ID // open ones, then won, then lost
	kinds    []string
	members  []value.ID
	random   *rand.Rand
	deals    [][]any
	spans    [][]any
}

const (
	benchDeal = `INSERT INTO {deal} (id, version, owner_id, created_at, name, name_k, name_s, pipeline_id, stage_id, status, stage_since, amount, amount_c, amount_b, probability, close_date, kind) VALUES`
	benchSpan = `INSERT INTO {span_deal} (record, from_ms, to_ms, act, owner_id, pipeline_id, stage_id, status, amount, amount_c, amount_b, probability, close_date) VALUES`
)

func plantPast(b *testing.B, k *apptest.Kit) *pastBench {
	n, _ := strconv.Atoi(os.Getenv("WELLMET_BENCH_DEALS"))
	if n == 0 {
		n = 10_000
	}
	x := &pastBench{Kit: k, b: b, random: rand.New(rand.NewPCG(1, 2)), members: []value.ID{k.Ada, k.Bob, k.Rita, k.Max, k.Olga}}
	x.people()
	x.Read(b, k.Ada, func(s *record.Session) error {
		return s.Each(b.Context(), record.Query{Object: sales.Stages.Name, Sort: "pipeline.position,position"}, func(r *record.Record) error {
			pipeline, _ := record.Get(r, sales.StagePipeline)
			kind, _ := record.Get(r, sales.StageKind)
			if x.pipeline == 0 {
				x.pipeline = pipeline
			}
			if pipeline == x.pipeline {
				x.stages, x.kinds = append(x.stages, r.ID), append(x.kinds, kind)
			}
			return nil
		})
	})
	act := value.NewID(apptest.Noon)
	x.rows(func(tx *store.Tx) error {
		_, err := tx.Exec(b.Context(), `INSERT INTO {act} (id, at, cause, door) VALUES ($1, $2, 'bench', 'api')`, act, apptest.Noon)
		return err
	})
	const years = 730 * 24 * time.Hour
	for i := range n {
		x.deal(i, apptest.Noon.Add(-years+time.Duration(i)*(years/time.Duration(n))), act)
		if len(x.deals) == 5000 || i == n-1 {
			x.flush()
		}
	}
	x.rows(func(tx *store.Tx) error { // passages were of nothing when the workspace began
		if _, err := tx.Exec(b.Context(), `DELETE FROM {setting} WHERE key = 'passages'`); err != nil {
			return err
		}
		_, err := tx.Exec(b.Context(), `UPDATE {workspace_state} SET access_version = access_version + 1`)
		return err
	})
	x.Read(b, k.Ada, func(*record.Session) error { return nil })
	began := time.Now()
	for more := true; more; {
		var err error
		if more, err = x.Workspace.Engine().Fold(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("worked in after %v", time.Since(began))
	x.rows(func(tx *store.Tx) error {
		_, err := tx.Exec(b.Context(), `ANALYZE`)
		return err
	})
	return x
}

func (x *pastBench) people() {
	var batch record.Batch
	batch.Object = "member"
	x.Write(x.b, x.Ada, func(s *record.Session) error {
		page, err := s.Query(x.b.Context(), record.Query{Object: "team", Sort: "name"})
		if err != nil {
			return err
		}
		for i := range 45 {
			batch.Changes = append(batch.Changes, record.Change{Values: record.Values{"name": fmt.Sprint("Rep ", i), "team": page.Records[i%2].ID}})
		}
		out, err := s.Save(x.b.Context(), batch)
		for _, o := range out {
			x.members = append(x.members, o.ID)
		}
		return err
	})
}

func (x *pastBench) rows(fn func(*store.Tx) error) {
	if err := x.Workspace.Engine().DB().Write(x.b.Context(), fn, store.Export); err != nil {
		x.b.Fatal(err)
	}
}

// deal lets one come as far as it gets.
func (x *pastBench) deal(i int, began time.Time, act value.ID) {
	id, owner := value.NewID(began), x.members[x.random.IntN(len(x.members))]
	amount, at, open := int64(x.random.IntN(10_000_000)), began, len(x.stages)-2
	step := min(x.random.IntN(8), 2) % 3 // some begin later
	if step > 0 {
		step = x.random.IntN(2)
	}
	due := value.DateOf(began, time.UTC).AddDays(60)
	for {
		status, chance := "open", int64(1000*(step+1))
		switch x.kinds[step] {
		case sales.Won:
			status, chance = "won", 10000
		case sales.Lost:
			status, chance = "lost", 0
		}
		until := at.Add(time.Duration(1+x.random.IntN(24*20)) * time.Hour)
		ends := status != "open" || until.After(apptest.Noon)
		to := until.UnixMilli()
		if ends {
			to = int64(1) << 53
		}
		mid := at.Add(until.Sub(at) / 2)
		if x.random.IntN(4) == 0 && mid.Before(apptest.Noon) { // the amount changes on the way
			x.spans = append(x.spans, []any{id, at, mid, act, owner, x.pipeline, x.stages[step], status, amount, "EUR", amount, chance, due})
			amount, due = amount*11/10, due.AddDays(10)
			x.spans = append(x.spans, []any{id, mid, to, act, owner, x.pipeline, x.stages[step], status, amount, "EUR", amount, chance, due})
		} else {
			x.spans = append(x.spans, []any{id, at, to, act, owner, x.pipeline, x.stages[step], status, amount, "EUR", amount, chance, due})
		}
		if ends {
			name := fmt.Sprintf("Deal %07d", i)
			x.deals = append(x.deals, []any{id, 1, owner, began, name, []byte(name), name, x.pipeline, x.stages[step], status, at, amount, "EUR", amount, chance, due,
				[]string{"new", "renewal", "upsell"}[i%3]})
			return
		}
		at = until
		switch n := x.random.IntN(100); {
		case n < 20:
			step = len(x.stages) - 1
		case n < 25 && step > 0:
			step--
		case n < 30 && step < open-1:
			step += 2
		default:
			step++
		}
	}
}

func (x *pastBench) flush() {
	x.rows(func(tx *store.Tx) error {
		if _, err := tx.ExecRows(x.b.Context(), benchDeal, len(x.deals[0]), x.deals, ""); err != nil {
			return err
		}
		_, err := tx.ExecRows(x.b.Context(), benchSpan, len(x.spans[0]), x.spans, "")
		return err
	})
	x.deals, x.spans = x.deals[:0], x.spans[:0]
}

// BenchmarkPast asks for what was: the funnel of a year, lists and figures of a
// past day, what changed, and figures by two groups.
func BenchmarkPast(b *testing.B) {
	apptest.Bench(b, func(b *testing.B, k *apptest.Kit) {
		began := time.Now()
		x := plantPast(b, k)
		b.Logf("planted in %v", time.Since(began))
		for _, who := range []struct {
			name string
			id   value.ID
		}{{"all", k.Ada}, {"team", k.Bob}, {"own", k.Rita}} {
			x.ask(who.name, who.id)
		}
	})
}

func (x *pastBench) ask(who string, member value.ID) {
	run := func(name string, fn func(*record.Session) error) {
		x.b.Run(who+"/"+name, func(b *testing.B) {
			for b.Loop() {
				if err := x.Workspace.Read(b.Context(), apptest.As(member), fn, store.Export); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	ctx, today := x.b.Context(), value.DateOf(apptest.Noon, time.UTC)
	year := sales.FunnelQuery{Pipeline: x.pipeline, From: today.AddDays(-400), To: today.AddDays(-35)}
	cohort := year
	cohort.Cohort = true
	for name, q := range map[string]sales.FunnelQuery{"funnel": year, "cohort": cohort} {
		run(name, func(s *record.Session) error {
			_, err := sales.Funnel(ctx, s, q)
			return err
		})
	}
	run("behind", func(s *record.Session) error {
		_, err := funnelDeals(x.b, s, year, x.stages[1], "lost", 500)
		return err
	})
	for name, days := range map[string]int{"month": 30, "years": 700} {
		at := apptest.Noon.AddDate(0, 0, -days)
		for _, q := range []record.Query{{}, {Sort: "-amount"}, {Sort: "close_date", Filter: `status = "open"`}, {Sort: "-amount", Filter: `stage = "` + x.stages[2].String() + `"`}} {
			q.Object, q.AsOf, q.Limit, q.Count = sales.Deals.Name, at, 50, record.CountCapped
			run(fmt.Sprintf("list %s %s %s", name, q.Sort, q.Filter[:min(6, len(q.Filter))]), func(s *record.Session) error {
				_, err := s.Query(ctx, q)
				return err
			})
		}
		run("figures "+name, func(s *record.Session) error {
			_, err := s.Aggregate(ctx, record.Aggregate{Object: sales.Deals.Name, AsOf: at, Filter: `status = "open"`, Group: []string{"stage"}, Measures: []string{"count", "sum:amount"}})
			return err
		})
	}
	run("changes", func(s *record.Session) error {
		_, err := sales.ChangesSince(ctx, s, sales.ChangesQuery{From: apptest.Noon.AddDate(0, 0, -7), To: s.Now()})
		return err
	})
	for name, group := range map[string][]string{"month and stage": {"close_date:month", "stage"}, "owner and kind": {"owner", "kind"}, "stage and owner": {"stage", "owner"}} {
		run("group by "+name, func(s *record.Session) error {
			a, err := s.Aggregate(ctx, record.Aggregate{Object: sales.Deals.Name, Filter: `status = "won" and close_date >= date("` + today.AddDays(-400).String() + `")`, Group: group,
				Measures: []string{"count", "sum:amount", "avg:amount"}})
			if err == nil {
				n, _ := a.Total.Values[0].Value.(int64)
				x.b.Log(name, n, "rows")
			}
			return err
		})
	}
}
