package sales_test

import (
	"strings"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// A deal that goes past stages counts there only where the report says so, and
// the report says which in words and to programs.
func TestFunnelSaysWhetherSkipsCount(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		var stages []value.ID
		var pipeline value.ID
		k.Read(t, k.Ada, func(s *record.Session) error {
			return s.Each(t.Context(), record.Query{Object: "stage", Filter: `kind = "open"`, Sort: "position"}, func(r *record.Record) error {
				id, _ := record.Get(r, sales.StagePipeline)
				if pipeline == 0 {
					pipeline = id
				}
				if id == pipeline {
					stages = append(stages, r.ID)
				}
				return nil
			})
		})
		if len(stages) < 4 {
			t.Fatalf("%d stages", len(stages))
		}
		deal := func() value.ID {
			return k.Create(t, k.Rita, "deal", record.Values{"name": "Pumps", "account": account, "pipeline": pipeline, "stage": stages[0]})
		}
		move := func(deal value.ID, to int) {
			k.Pass(24 * time.Hour)
			k.Write(t, k.Rita, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "deal", deal, 0, record.Values{"stage": stages[to]})
				return err
			})
		}
		jumps, back := deal(), deal()
		deal()
		middle := value.DateOf(k.Now(), time.UTC).AddDays(2)
		move(jumps, 3) // past 1 and 2, before the middle
		k.Pass(72 * time.Hour)
		move(back, 2) // past 1
		move(back, 1) // and then there
		entered := func(q sales.FunnelQuery) (list []int64) {
			q.Pipeline = pipeline
			k.Read(t, k.Ada, func(s *record.Session) error {
				got, err := sales.Funnel(t.Context(), s, q)
				for _, x := range got[:4] {
					list = append(list, x.Entered)
					ids, err := funnelDeals(t, s, q, x.Stage, "entered", 10)
					on, err2 := funnelDeals(t, s, q, x.Stage, "advanced", 10)
					if err != nil || err2 != nil || int64(len(ids)) != x.Entered || int64(len(on)) != x.Advanced || x.Entered != x.Advanced+x.Here+x.Lost+x.Back {
						t.Errorf("%+v: %s lists %d and %d of %+v; %v %v", q, x.Name, len(ids), len(on), x, err, err2)
					}
				}
				return err
			})
			return list
		}
		for _, x := range []struct {
			q    sales.FunnelQuery
			want [4]int64
		}{{sales.FunnelQuery{}, [4]int64{3, 1, 1, 1}}, {sales.FunnelQuery{Skips: true}, [4]int64{3, 2, 2, 1}}, {sales.FunnelQuery{Cohort: true}, [4]int64{3, 1, 1, 1}},
			{sales.FunnelQuery{Cohort: true, Skips: true}, [4]int64{3, 2, 2, 1}}, {sales.FunnelQuery{To: middle}, [4]int64{3, 0, 0, 1}}, {sales.FunnelQuery{To: middle, Skips: true}, [4]int64{3, 1, 1, 1}},
			{sales.FunnelQuery{Skips: true, AsOf: middle.Time(time.UTC)}, [4]int64{3, 1, 1, 1}}} {
			if got := entered(x.q); [4]int64(got) != x.want {
				t.Errorf("%+v: %v, want %v", x.q, got, x.want)
			}
		}
		for name, says := range map[string]bool{"funnel": false, "funnel-by-cohort": false, "funnel-passed": true, "funnel-by-cohort-passed": true, "lead-funnel": false, "lead-funnel-passed": true} {
			k.Read(t, k.Ada, func(s *record.Session) error {
				table, err := k.App.Reports().Run(t.Context(), s, name, report.Params{})
				if err != nil {
					return err
				}
				text := string(table.AppendJSON(nil))
				if strings.Contains(text, `"counts_skips":true`) != says || !strings.Contains(text, `"counts_skips":`) || strings.Contains(text, "count as passed") != says || len(table.Notes) != 1 {
					t.Errorf("%s says %s", name, text)
				}
				return nil
			})
		}
	})
}
