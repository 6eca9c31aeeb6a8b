package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
)

// clock is a time that only tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// source is the least that Later takes.
type source struct {
	tx  *store.Tx
	now time.Time
}

func (s source) Tx() *store.Tx  { return s.tx }
func (s source) Now() time.Time { return s.now }

type note struct{ Text string }

func (note) Kind() string { return "note" }

type letter struct {
	To    string
	Chunk int
}

func (letter) Kind() string { return "letter" }

func newRunner(t *testing.T, s *store.Server, clock func() time.Time, tuning Tuning) *Runner {
	t.Helper()
	return New(Needs{Server: s, Clock: clock, Tuning: tuning, Log: slog.New(slog.NewTextHandler(testLog{t}, nil))})
}

type testLog struct{ t *testing.T }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

func later(t *testing.T, db *store.DB, now time.Time, list ...Job) {
	t.Helper()
	err := db.Write(t.Context(), func(tx *store.Tx) error { return LaterAll(source{tx, now}, list...) })
	if err != nil {
		t.Fatal(err)
	}
}

// states are the outbox rows as done, failed, queued or waiting, with attempts.
func states(t *testing.T, db *store.DB) []string {
	t.Helper()
	var list []string
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		rows, err := tx.Query(t.Context(), `SELECT kind, attempt, done_at, failed_at, queued_at FROM {outbox} ORDER BY id`)
		if err != nil {
			return err
		}
		for rows.Next() {
			kind, _ := rows.Text(0)
			attempt, _ := rows.Int(1)
			state := "waiting"
			switch {
			case !rows.Null(2):
				state = "done"
			case !rows.Null(3):
				state = "failed"
			case !rows.Null(4):
				state = "queued"
			}
			list = append(list, fmt.Sprintf("%s %s %d", kind, state, attempt))
		}
		return rows.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestInsideEffectsRunAndAreMarkedTogether(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		db, c := storetest.Workspace(t, s), newClock()
		r := newRunner(t, s, c.now, Tuning{})
		fail := true
		written := store.Setting[[]string]{Key: "test"}
		Handle(r, Options{Inside: true}, func(ctx context.Context, run Run, n note) error {
			list, err := written.Get(ctx, run.Tx())
			if err == nil {
				err = written.Set(ctx, run.Tx(), append(list, fmt.Sprint(n.Text, run.Attempt)))
			}
			if err == nil && fail && n.Text == "b" {
				return errors.New("not yet")
			}
			return err
		})
		later(t, db, c.now(), note{"a"}, note{"b"})
		if err := r.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"note done 1", "note waiting 1"}, states(t, db)); diff != "" {
			t.Error(diff)
		}
		fail = false
		c.add(time.Minute)
		if err := r.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		var got []string
		err := db.Read(t.Context(), func(tx *store.Tx) (err error) {
			got, err = written.Get(t.Context(), tx)
			return err
		})
		if diff := cmp.Diff([]string{"a1", "b2"}, got); diff != "" || err != nil {
			t.Error(err, diff)
		}
	})
}

func TestFailuresBackOffAndEnd(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		db, c := storetest.Workspace(t, s), newClock()
		r := newRunner(t, s, c.now, Tuning{})
		var attempts []int
		Handle(r, Options{Attempts: 3}, func(_ context.Context, run Run, l letter) error {
			switch attempts = append(attempts, run.Attempt); l.To {
			case "panic":
				panic("boom")
			case "never":
				return Final(errors.New("no such address"))
			}
			return errors.New("mail server is away")
		})
		later(t, db, c.now(), letter{To: "a"}, letter{To: "panic"}, letter{To: "never"})
		for range 5 {
			if err := r.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			c.add(4 * time.Second) // less than the first pause: nothing runs
			if err := r.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			c.add(time.Minute)
		}
		want := []string{"letter failed 3", "letter failed 3", "letter failed 1"}
		if diff := cmp.Diff(want, states(t, db)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]int{1, 1, 1, 2, 2, 3, 3}, attempts); diff != "" {
			t.Error(diff)
		}
		if w1, w4 := r.backoff(1), r.backoff(4); w1 < 5*time.Second || w1 > 6*time.Second || w4 < 40*time.Second || r.backoff(99) < time.Hour {
			t.Errorf("pauses %v, %v", w1, w4)
		}
	})
}

func TestRolledBackChangesLeaveNoEffect(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		db := storetest.Workspace(t, s)
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			if err := Later(source{tx, time.Now()}, note{"x"}); err != nil {
				return err
			}
			return errors.New("changed my mind")
		})
		if err == nil || len(states(t, db)) != 0 {
			t.Errorf("%v: %v", err, states(t, db))
		}
	})
}

// TestStartedRunner goes the whole way: wake, queue, worker, mark.
func TestStartedRunner(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		db := storetest.Workspace(t, s)
		r := newRunner(t, s, nil, Tuning{FirstWait: 10 * time.Millisecond})
		done := make(chan string, 100)
		Handle(r, Options{Inside: true}, func(ctx context.Context, run Run, n note) error {
			run.Tx().OnCommit(func() { done <- n.Text })
			return Later(run, letter{To: n.Text})
		})
		Handle(r, Options{}, func(ctx context.Context, run Run, l letter) error {
			switch {
			case run.Tx() != nil || !strings.HasPrefix(run.Key(), "main/"):
				t.Errorf("run %+v", run)
			case run.Attempt == 1:
				return errors.New("once more")
			case l.Chunk < 3: // long work goes on in the next chunk, marked in its own transaction
				err := db.Write(ctx, func(tx *store.Tx) error {
					if err := Later(source{tx, run.Now()}, letter{l.To, l.Chunk + 1}); err != nil {
						return err
					}
					ok, err := run.Done(ctx, tx)
					if !ok && err == nil {
						err = errors.New("done already")
					}
					return err
				})
				r.Wake("main")
				return err
			}
			done <- fmt.Sprint(l.To, l.Chunk)
			return nil
		})
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"a", "b"} {
			if err := r.Writing(t.Context(), "main"); err != nil {
				t.Fatal(err)
			}
			later(t, db, time.Now(), note{text})
			r.Wake("main")
		}
		got := map[string]bool{}
		for len(got) < 4 {
			select {
			case text := <-done:
				got[text] = true
			case <-time.After(time.Minute):
				t.Fatalf("only %v; %v", got, states(t, db))
			}
		}
		if diff := cmp.Diff(map[string]bool{"a": true, "b": true, "a3": true, "b3": true}, got); diff != "" {
			t.Error(diff)
		}
		if err := r.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		for _, state := range states(t, db) {
			if !strings.Contains(state, "done") {
				t.Errorf("left over: %s", state)
			}
		}
	})
}

// TestInsideAsksForMore: a job inside a transaction that asks for another one is
// all the news there is of it; no sweep and no second wake may be needed.
func TestInsideAsksForMore(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		db := storetest.Workspace(t, s)
		r := newRunner(t, s, nil, Tuning{Sweep: time.Hour})
		done := make(chan string, 1)
		Handle(r, Options{Inside: true}, func(_ context.Context, run Run, n note) error {
			return Later(run, letter{To: n.Text})
		})
		Handle(r, Options{}, func(_ context.Context, _ Run, l letter) error {
			done <- l.To
			return nil
		})
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		later(t, db, time.Now(), note{"only one"})
		r.Wake("main")
		select {
		case text := <-done:
			if text != "only one" {
				t.Error(text)
			}
		case <-time.After(time.Minute):
			t.Errorf("never came: %v", states(t, db))
		}
		if err := r.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
