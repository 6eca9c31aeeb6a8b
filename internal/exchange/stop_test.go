package exchange_test

import (
	"fmt"
	"strings"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/exchange"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

func firms(n int) string {
	var b strings.Builder
	b.WriteString("name,phone\n")
	for i := range n {
		fmt.Fprintf(&b, "Firm %04d,\n", i)
	}
	return b.String()
}

func start(t *testing.T, k *apptest.Kit, text string, m exchange.Mapping) value.ID {
	t.Helper()
	id, err := importer(k).Start(t.Context(), apptest.As(k.Ada), exchange.Request{Object: "account", Name: "a.csv", File: strings.NewReader(text), Mapping: m}, false)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// An import is stopped between two chunks and goes on where it was.
func TestStopAndResume(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		im, who := importer(k), apptest.As(k.Ada)
		id := start(t, k, firms(220), exchange.Mapping{Match: "name"})
		if err := im.Resume(t.Context(), who, id, false); !fault.Is(err, fault.Conflict) {
			t.Errorf("resume of what waits: %v", err)
		}
		var told []int
		if err := im.Go(t.Context(), id, func(c exchange.Counts) {
			if told = append(told, c.Rows); c.Rows == 100 {
				if err := im.Stop(t.Context(), who, id); err != nil {
					t.Error(err)
				}
			}
		}); err != nil {
			t.Fatal(err)
		}
		run, err := im.Get(t.Context(), who, id)
		if err != nil || run.State != exchange.Stopped || run.Created != 100 || fmt.Sprint(told) != "[50 100]" {
			t.Fatalf("%v %+v %v", err, run, told)
		}
		for who, want := range map[value.ID]fault.Kind{k.Rita: fault.NotFound, k.Bob: fault.NotFound} {
			if err := im.Resume(t.Context(), apptest.As(who), id, false); !fault.Is(err, want) {
				t.Errorf("resumed by somebody else: %v", err)
			}
		}
		if err := im.Resume(t.Context(), who, id, true); err != nil {
			t.Fatal(err)
		}
		run = goOn(t, k, k.Ada, id) // beside the queue, which may be at it as well
		for run.State == exchange.Running || run.State == exchange.Waiting {
			run = goOn(t, k, k.Ada, id)
		}
		counts(t, run, 220, 0, 0, 0)
		if err := im.Stop(t.Context(), who, id); !fault.Is(err, fault.Conflict) {
			t.Errorf("stop of what is done: %v", err)
		}
	})
}

// Two workers on one import, as after a job that was thought dead: no row comes
// in twice.
func TestTwoWorkers(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		id := start(t, k, firms(400), exchange.Mapping{})
		done := make(chan error, 3)
		for range 3 {
			go func() { done <- importer(k).Go(t.Context(), id, nil) }()
		}
		for range 3 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		counts(t, goOn(t, k, k.Ada, id), 400, 0, 0, 0)
		if n := len(rows(t, k, "account", "name")); n != 400 {
			t.Errorf("%d accounts", n)
		}
	})
}

// Undo while the import runs: the import ends, and nothing of it stays.
func TestUndoOfARunningImport(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		im, who := importer(k), apptest.As(k.Ada)
		id := start(t, k, firms(150), exchange.Mapping{})
		if err := im.Go(t.Context(), id, func(c exchange.Counts) {
			if c.Rows == 100 {
				if _, err := im.Undo(t.Context(), who, id); err != nil {
					t.Error(err)
				}
			}
		}); err != nil {
			t.Fatal(err)
		}
		run, err := im.Get(t.Context(), who, id)
		if err != nil || run.State != exchange.Undone {
			t.Fatalf("%v %+v", err, run)
		}
		k.Read(t, k.Ada, func(s *record.Session) error {
			n, _, err := s.Count(t.Context(), record.Query{Object: "account"})
			if n != 0 {
				t.Errorf("%d accounts are left", n)
			}
			return err
		})
	})
}

// A database that is away for a moment ends no import: the next attempt goes on.
func TestAnImportOutlivesWhatPasses(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		im, who := importer(k), apptest.As(k.Ada)
		id := start(t, k, firms(3), exchange.Mapping{Match: "name"})
		for _, x := range []struct {
			kind fault.Kind
			want exchange.State
		}{{fault.Unavailable, exchange.Waiting}, {fault.Invalid, exchange.Failed}} {
			cause := fault.New(x.kind, "store.busy", nil)
			if err := im.Fail(t.Context(), id, cause); fault.Is(err, fault.Unavailable) != (x.want == exchange.Waiting) {
				t.Errorf("%v", err)
			}
			if run, err := im.Get(t.Context(), who, id); err != nil || run.State != x.want {
				t.Errorf("%v %+v", err, run)
			}
		}
	})
}
