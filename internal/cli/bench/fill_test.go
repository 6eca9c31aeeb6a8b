package bench

import (
	"testing"

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/store"
)

// open opens a small workspace that holds a plan.
func filled(t testing.TB, p Plan) (*app.App, *filler) {
	t.Helper()
	a, err := app.Open(t.Context(), app.Config{Dir: t.TempDir(), Quiet: true, Sync: store.SyncNormal})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	w, err := a.Default(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f := &filler{w: w, plan: p, say: t.Logf}
	if _, _, err := f.fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a, f
}

func TestFillMakesWhatThePlanSays(t *testing.T) {
	t.Parallel()
	_, f := filled(t, Office(60))
	err := f.w.Read(t.Context(), asBench, func(s *record.Session) error {
		for object, want := range map[string]int64{"deal": 60, "account": 6, "contact": 12, "member": 50, "team": 7} {
			got, _, err := s.Count(t.Context(), record.Query{Object: object})
			if err != nil || got != want {
				t.Errorf("%d %ss (%v), want %d", got, object, err, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// BenchmarkBatch writes batches of 1,000 deals into a workspace of 10,000.
func BenchmarkBatch(b *testing.B) {
	_, f := filled(b, Office(10_000))
	n := f.plan.Deals
	for b.Loop() {
		if err := f.more(b.Context(), n, record.MaxBatch); err != nil {
			b.Fatal(err)
		}
		n += record.MaxBatch
	}
}

// BenchmarkCreate writes one deal at a time.
func BenchmarkCreate(b *testing.B) {
	_, f := filled(b, Office(10_000))
	n := f.plan.Deals
	for b.Loop() {
		if err := f.more(b.Context(), n, 1); err != nil {
			b.Fatal(err)
		}
		n++
	}
}
