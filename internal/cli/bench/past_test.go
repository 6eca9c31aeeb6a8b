package bench

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// TestPastIsWhatThePlanSays asks the product of days of the past: lists, sums and
// the funnel tell what the plan made up.
func TestPastIsWhatThePlanSays(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	a, err := app.Open(t.Context(), app.Config{Dir: t.TempDir(), Quiet: true, Sync: store.SyncOff, Clock: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	w, err := a.Default(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const deals = 300
	today := value.DateOf(noon, time.UTC)
	f := &pastFiller{filler: &filler{w: w, plan: Office(deals), say: t.Logf}, past: Past{Plan: Office(deals), Today: today}}
	if _, _, err := f.fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = w.Read(t.Context(), asBench, func(s *record.Session) error {
		for _, ago := range []int{500, 90, 7, 0} {
			asOf(t, s, f.past, today.AddDays(-ago).Time(time.UTC))
		}
		entered(t, s, f)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestFillingGoesOn stops a filling on its way, and fills on in another program:
// each deal is there once, with its past.
func TestFillingGoesOn(t *testing.T) {
	t.Parallel()
	const deals = atOnce*record.MaxBatch + 700
	dir, noon := t.TempDir(), time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	fill := func(ctx context.Context, clock time.Time, say func(string, ...any)) (*pastFiller, error) {
		a, err := app.Open(t.Context(), app.Config{Dir: dir, Quiet: true, Sync: store.SyncOff, Filling: true, Clock: func() time.Time { return clock }})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { a.Close() })
		w, err := a.Default(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		f := &pastFiller{filler: &filler{w: w, plan: Office(deals), say: say}, mark: filepath.Join(dir, begunMark),
			past: Past{Plan: Office(deals), Today: value.DateOf(clock, time.UTC)}}
		_, _, err = f.fill(ctx)
		if err != nil {
			a.Close()
		}
		return f, err
	}
	ctx, stop := context.WithCancel(t.Context())
	if _, err := fill(ctx, noon, func(text string, _ ...any) {
		if strings.HasSuffix(text, "of %d deals") { // behind the first part
			stop()
		}
	}); !errors.Is(err, context.Canceled) {
		t.Fatalf("the first filling ended with %v", err)
	}
	// Another day, which must not move what was begun.
	f, err := fill(t.Context(), noon.AddDate(0, 0, 9), t.Logf)
	if err != nil {
		t.Fatal(err)
	}
	err = f.w.Read(t.Context(), asBench, func(s *record.Session) error {
		if n, _, err := s.Count(t.Context(), record.Query{Object: "deal", Count: record.CountExact}); err != nil || n != deals {
			t.Errorf("%d deals, want %d (%v)", n, deals, err)
		}
		for _, ago := range []int{300, 0} {
			asOf(t, s, f.past, f.past.Today.AddDays(-ago).Time(time.UTC))
		}
		entered(t, s, f)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// asOf compares the open deals of a moment.
func asOf(t *testing.T, s *record.Session, p Past, at time.Time) {
	t.Helper()
	var open int64
	sums := map[string]int64{}
	for n := 1; n <= p.Deals; n++ {
		l := p.Life(n)
		var is *Step
		for i := range l.Steps {
			if !l.Steps[i].At.After(at) {
				is = &l.Steps[i]
			}
		}
		if is != nil && is.Stage < lifeWon {
			open++
			sums[l.Currency] += is.Minor
		}
	}
	r, err := s.Aggregate(t.Context(), record.Aggregate{Object: "deal", Filter: `status = "open"`, Measures: []string{"count", "sum:amount"}, AsOf: at})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Total.Values[0].Value; got != open {
		t.Errorf("%v: %v deals are open, want %d", at, got, open)
	}
	for _, m := range r.Total.Values[1].Sums {
		if m.Minor != sums[m.Currency] {
			t.Errorf("%v: %v, want %d", at, m, sums[m.Currency])
		}
	}
	page, err := s.Query(t.Context(), record.Query{Object: "deal", Filter: `status = "open"`, Sort: "-amount", Limit: 50, AsOf: at})
	if err != nil || int64(len(page.Records)) != min(50, open) {
		t.Errorf("%v: a page of %d deals, %v", at, len(page.Records), err)
	}
}

// entered compares how many deals came to each stage of a pipeline.
func entered(t *testing.T, s *record.Session, f *pastFiller) {
	t.Helper()
	want := map[value.ID]int64{}
	for n := 1; n <= f.past.Deals; n++ {
		l := f.past.Life(n)
		seen := map[int]bool{}
		for _, at := range l.Steps {
			if l.Pipeline == 0 && !seen[at.Stage] && at.Stage != lifeLost {
				seen[at.Stage] = true
				want[f.stages[0][at.Stage]]++
			}
		}
	}
	list, err := sales.Funnel(t.Context(), s, sales.FunnelQuery{Pipeline: f.pipelines[0]})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range list {
		if x.Entered != want[x.Stage] {
			t.Errorf("%d entered %s, want %d", x.Entered, x.Name, want[x.Stage])
		}
	}
}
