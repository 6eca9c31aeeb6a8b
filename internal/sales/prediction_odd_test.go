package sales_test

import (
	"encoding/json"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Where sixty deals have ended and nearly all of them alike, that is what is said, with
// the rate of the stage: it takes ten of each.
func TestNothingIsForetoldOfOneSide(t *testing.T) {
	t.Parallel()
	for kind, text := range map[string]string{sales.Won: "60 deals have ended here, 60 of them won and 0 lost. It takes 10 of each to learn from.",
		sales.Lost: "60 deals have ended here, 0 of them won and 60 lost. It takes 10 of each to learn from."} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
				account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
				deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Open", "account": account})
				k.Ended(t, 60, kind)
				relearn(t, k)
				x := outlook(t, k, k.Rita, deal)
				k.Read(t, k.Rita, func(s *record.Session) error { x.Say(s.Schema(), "en"); return nil })
				rate := map[string]string{sales.Won: "100", sales.Lost: "0"}[kind]
				if x.Silent != "one_sided" || x.SilentText != text || x.Chance != nil || x.StageDeals != 60 || x.StageRate == nil || x.StageRate.String() != rate {
					t.Errorf("of 60 %s deals: %+v", kind, x)
				}
				if table, _ := reported(t, k, k.Ada, "prediction-quality", report.Params{}); len(table.Rows) != 0 || table.None != text {
					t.Errorf("the report says %q with %d lines", table.None, len(table.Rows))
				}
				if err := k.Workspace.Foretell(t.Context(), sales.Foretell{}); err != nil {
					t.Fatal(err)
				}
				k.Read(t, k.Rita, func(s *record.Session) error {
					r, err := s.Get(t.Context(), "deal", deal)
					if err == nil && r.Field("win_prediction") != nil {
						t.Errorf("the list says %v", r.Field("win_prediction"))
					}
					return err
				})
			})
		})
	}
}

// What was learnt before a field came or went still foretells, and the same: a field
// that nobody had filled in changes no chance.
func TestPredictionsOutliveFields(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		change := func(list ...schema.Change) {
			t.Helper()
			if _, err := k.Workspace.Engine().ApplySchema(t.Context(), apptest.As(k.Ada), list, 0); err != nil {
				t.Fatal(err)
			}
		}
		add := func(object, set string) schema.Change {
			return schema.Change{Op: schema.AddField, Object: object, Set: json.RawMessage(set)}
		}
		change(add("deal", `{"name":"stars","kind":"whole"}`), add("deal", `{"name":"urgent","kind":"yes_no"}`), add("account", `{"name":"stock","kind":"whole"}`))
		truth := k.Plant(t, apptest.Planting{Seed: 41, Deals: 400})
		relearn(t, k)
		chances := func(when string) (all map[value.ID]int64) {
			t.Helper()
			all = map[value.ID]int64{}
			for _, d := range truth.Deals {
				if !d.Open() {
					continue
				}
				x := outlook(t, k, k.Ada, d.ID)
				if x == nil || x.Chance == nil || len(x.Reasons) == 0 {
					t.Fatalf("%s: %+v", when, x)
				}
				all[d.ID] = *x.Chance
			}
			return all
		}
		was := chances("as learnt")
		if len(was) < 10 {
			t.Fatalf("%d open deals", len(was))
		}
		same := func(when string) {
			t.Helper()
			is := chances(when)
			for id, n := range was {
				if is[id] != n {
					t.Errorf("%s: the chance of %v was %d and is %d", when, id, n, is[id])
				}
			}
			if err := k.Workspace.Foretell(t.Context(), sales.Foretell{}); err != nil {
				t.Errorf("%s: %v", when, err)
			}
		}
		change(schema.Change{Op: schema.RemoveField, Object: "deal", Field: "stars"}, schema.Change{Op: schema.RemoveField, Object: "account", Field: "stock"})
		same("two fields went")
		change(add("deal", `{"name":"mood","kind":"whole"}`), add("deal", `{"name":"ripe","kind":"yes_no"}`), add("deal", `{"name":"heat","kind":"whole"}`))
		same("three came")
	})
}
