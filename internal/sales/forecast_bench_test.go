package sales_test

import (
	"fmt"
	"testing"

	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
)

// BenchmarkForecast sums a quarter with as many deals as one of a company with a
// million over three years has.
func BenchmarkForecast(b *testing.B) {
	k := apptest.Open(b, app.Config{Quiet: true, Sync: store.SyncOff})
	account := k.Create(b, k.Ada, "account", record.Values{"name": "Acme"})
	const deals = 80_000
	for n := 0; n < deals; n += record.MaxBatch {
		batch := record.Batch{Object: sales.Deals.Name}
		for i := n; i < n+record.MaxBatch; i++ {
			owner := k.Rita
			if i%3 == 0 {
				owner = k.Olga
			}
			batch.Changes = append(batch.Changes, record.Change{Values: record.Values{"name": fmt.Sprint("Deal ", i), "account": account, "owner": owner,
				"amount": whole(int64(i)), "close_date": fmt.Sprintf("2026-03-%02d", 3+i%28)}})
		}
		if err := k.Workspace.Write(b.Context(), record.AsSystem("bench"), func(s *record.Session) error {
			_, err := s.Save(b.Context(), batch)
			return err
		}, store.Batch); err != nil {
			b.Fatal(err)
		}
	}
	for _, by := range []string{sales.ByTeam, sales.ByPipeline} {
		b.Run(by, func(b *testing.B) {
			for b.Loop() {
				k.Read(b, k.Ada, func(s *record.Session) error {
					q := sales.ForecastQuery{By: by}
					q.From = 20454
					q.To = q.From.AddDays(89)
					f, err := sales.Foresee(b.Context(), s, q)
					if err == nil && f.Total.Deals() != deals {
						b.Fatalf("%d deals in %v", f.Total.Deals(), q)
					}
					return err
				})
			}
		})
	}
}
