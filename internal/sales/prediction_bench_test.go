package sales_test

import (
	"context"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
)

// BenchmarkLearning learns from so many closed deals as WELLMET_BENCH_DEALS says
// (5,000 if nothing), and tells the greatest heap on the way. 100,000 take minutes
// to plant.
func BenchmarkLearning(b *testing.B) {
	deals, _ := strconv.Atoi(os.Getenv("WELLMET_BENCH_DEALS"))
	if deals == 0 {
		deals = 5000
	}
	k := apptest.Open(b, app.Config{Quiet: true, Sync: store.SyncOff})
	k.Plant(b, apptest.Planting{Seed: 1, Deals: deals * 105 / 100, Months: 36, Meetings: true})
	runtime.GC()
	for b.Loop() {
		var most atomic.Uint64
		done := make(chan struct{})
		go func() {
			tick := time.NewTicker(50 * time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-done:
					return
				case <-tick.C:
					var m runtime.MemStats
					runtime.ReadMemStats(&m)
					most.Store(max(most.Load(), m.HeapInuse))
				}
			}
		}()
		p, err := sales.LearnPredictions(b.Context(), func(ctx context.Context, fn func(*record.Session) error) error {
			return k.Workspace.Read(ctx, apptest.As(k.Ada), fn, store.Export)
		})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(p.Of[0].Closed), "deals")
		if x := p.Of[0].Back; x != nil {
			b.Logf("learnt %d asked %d: model AUC %.4f Brier %.4f log loss %.4f off %.4f; stage AUC %.4f Brier %.4f log loss %.4f; set Brier %.4f log loss %.4f", x.Learnt, x.Asked,
				x.Model.AUC, x.Model.Brier, x.Model.LogLoss, x.Model.Off, x.Stage.AUC, x.Stage.Brier, x.Stage.LogLoss, x.Set.Brier, x.Set.LogLoss)
		}
		close(done)
		b.ReportMetric(float64(most.Load())/(1<<20), "MB")
	}
}
