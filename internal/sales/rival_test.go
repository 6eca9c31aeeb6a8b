package sales_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Many deals lost at once, each on a day of its own, mark who has them with as few
// statements as one, and their past is that of their days.
func TestManyLossesAtOnceNameTheirCompetitors(t *testing.T) {
	t.Parallel()
	run := func(c app.Config) func(t *testing.T) {
		return func(t *testing.T) {
			t.Parallel()
			var statements atomic.Int64
			c.Quiet, c.OnStatement = true, func(store.Statement) { statements.Add(1) }
			k := apptest.Open(t, c)
			x := newShelf(t, k)
			rivals := []value.ID{k.Create(t, k.Ada, "competitor", record.Values{"name": "Trakka"}), k.Create(t, k.Ada, "competitor", record.Values{"name": "Сано"}), 0}
			names := []string{"trakka ", "сано", "Nobody known"}
			made := k.Now()
			deals := manyDeals(t, k, 301)
			k.Create(t, k.Ada, "deal_competitor", record.Values{"deal": deals[1], "competitor": rivals[1]})
			k.Create(t, k.Ada, "deal_competitor", record.Values{"deal": deals[2], "competitor": rivals[0]})
			k.Pass(400 * time.Hour)
			lose := func(deals []value.ID, from int) int64 {
				before := statements.Load()
				b := record.Batch{Object: "deal"}
				for i, id := range deals {
					b.Changes = append(b.Changes, record.Change{ID: id, At: made.Add(time.Duration(from+i+1) * time.Hour),
						Values: record.Values{"stage": x.stages["Lost"], "lost_reason": "competitor", "competitor": names[(from+i)%3]}})
				}
				if err := k.Workspace.Write(t.Context(), record.AsSystem("test"), func(s *record.Session) error { _, err := s.Save(t.Context(), b); return err }); err != nil {
					t.Fatal(err)
				}
				return statements.Load() - before
			}
			one, many := lose(deals[:1], 0), lose(deals[1:], 1)
			if many > 3*one+60 {
				t.Errorf("%d statements for one deal, %d for 300", one, many)
			}
			k.Read(t, k.Ada, func(s *record.Session) error {
				marked := map[string]string{}
				err := s.Each(t.Context(), record.Query{Object: "deal_competitor"}, func(r *record.Record) error {
					deal, _ := record.Get(r, sales.RivalDeal)
					rival, _ := record.Get(r, sales.RivalCompetitor)
					won, _ := record.Get(r, sales.RivalDecided)
					marked[deal.String()] += fmt.Sprint(rival, won, " ")
					return nil
				})
				for i, id := range deals {
					want := ""
					if rival := rivals[i%3]; rival != 0 {
						want = fmt.Sprint(rival, true, " ")
					} else if i == 2 {
						want = fmt.Sprint(rivals[0], false, " ")
					}
					if got := marked[id.String()]; got != want {
						t.Errorf("deal %d: %q, want %q", i, got, want)
					}
				}
				for _, day := range []int{0, 150, 301} {
					page, _, err := s.Count(t.Context(), record.Query{Object: "deal", Filter: `status = "lost"`, Count: record.CountExact, AsOf: made.Add(time.Duration(day)*time.Hour + time.Minute)})
					if err != nil || page != int64(day) {
						t.Errorf("lost after %d hours: %d %v", day, page, err)
					}
				}
				return err
			})
		}
	}
	t.Run("sqlite", run(app.Config{Sync: store.SyncOff}))
	t.Run("postgres", run(app.Config{Database: apptest.Postgres}))
}

// Also the first of more competitors than a page of a list holds is marked.
func TestALossFindsItsCompetitorAmongMany(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		rivals, named := record.Batch{Object: "competitor"}, record.Batch{Object: "deal_competitor"}
		for i := range 130 {
			rivals.Changes = append(rivals.Changes, record.Change{Values: record.Values{"name": fmt.Sprint("Rival ", i)}})
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			out, err := s.Save(t.Context(), rivals)
			for _, r := range out {
				named.Changes = append(named.Changes, record.Change{Values: record.Values{"deal": x.deal, "competitor": r.ID}})
			}
			if err == nil {
				_, err = s.Save(t.Context(), named)
			}
			return err
		})
		for _, name := range []string{"Rival 0", "Rival 129"} {
			lose := stepTo(x, "Lost", nil)
			lose.Reason, lose.Competitor = "competitor", name
			if err := x.move(lose); err != nil {
				t.Fatalf("lost to %s: %v", name, err)
			}
			id := only(t, k, "deal_competitor", `lost_to = true`)
			expect(t, "lost to", texts(t, k, "deal_competitor", id, "name"), name)
			if err := x.move(stepTo(x, "Proposal", nil)); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func manyDeals(t *testing.T, k *apptest.Kit, n int) (ids []value.ID) {
	t.Helper()
	account := k.Create(t, k.Rita, "account", record.Values{"name": "Many"})
	b := record.Batch{Object: "deal"}
	for i := range n {
		b.Changes = append(b.Changes, record.Change{Values: record.Values{"name": fmt.Sprint("Deal ", i), "account": account, "close_date": "2026-06-30"}})
	}
	k.Write(t, k.Rita, func(s *record.Session) error {
		out, err := s.Save(t.Context(), b)
		for _, x := range out {
			ids = append(ids, x.ID)
		}
		return err
	})
	return ids
}
