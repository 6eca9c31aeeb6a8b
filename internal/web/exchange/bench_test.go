package exchange_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/exchange"
	"wellmet/internal/web/webtest"
)

// BenchmarkLongFile imports 100,000 rows with a broken one in the middle, and
// says how much memory lives while it does: it must not grow with the file.
func BenchmarkLongFile(b *testing.B) {
	for b.Loop() {
		s := webtest.Open(b, pages)
		var text strings.Builder
		text.WriteString("name,employees\n")
		for i := range 100_000 {
			if i == 50_000 {
				text.WriteString("Broken,1,too,many,cells\n")
			}
			fmt.Fprintf(&text, "Firm %06d,%d\n", i, i%500)
		}
		im := s.Workspace.Importer()
		id, err := im.Start(b.Context(), apptest.As(s.Ada), exchange.Request{Object: "account", Name: "long.csv", File: strings.NewReader(text.String())}, false)
		if err != nil {
			b.Fatal(err)
		}
		var most uint64
		if err := im.Go(b.Context(), id, func(c exchange.Counts) {
			if c.Rows%10_000 != 0 {
				return
			}
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}); err != nil {
			b.Fatal(err)
		}
		run, err := im.Get(b.Context(), apptest.As(s.Ada), id)
		if err != nil || run.Created != 100_000 || run.Failed != 1 {
			b.Fatalf("%+v %v", run, err)
		}
		b.ReportMetric(float64(most)/(1<<20), "MB-live")
		b.ReportMetric(100_000/run.Seconds, "rows/s")
	}
}
