package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
)

func dirty(t *testing.T, s *store.Server) bool {
	t.Helper()
	var yes bool
	err := s.Control().Read(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Row(t.Context(), `SELECT dirty FROM {workspace} WHERE slug = $1`, []any{storetest.Slug}, &yes)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return yes
}

func TestAWorkspaceIsDirtyFromItsFirstWriteUntilAllIsDone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		db, c := storetest.Workspace(t, s), newClock()
		r := newRunner(t, s, c.now, Tuning{})
		Handle(r, Options{Inside: true}, func(context.Context, Run, note) error { return nil })
		turn := func() {
			t.Helper()
			for more := true; more; {
				var err error
				if more, err = r.turn(t.Context(), storetest.Slug); err != nil {
					t.Fatal(err)
				}
			}
		}
		if dirty(t, s) {
			t.Error("dirty before anything was written")
		}
		if err := r.Writing(t.Context(), storetest.Slug); err != nil {
			t.Fatal(err)
		}
		later(t, db, c.now(), note{"a"})
		turn()
		if !dirty(t, s) {
			t.Error("clean although a transaction may still be under way")
		}
		c.add(markLasts + time.Second)
		other := newRunner(t, s, c.now, Tuning{})
		if err := other.Writing(t.Context(), storetest.Slug); err != nil {
			t.Fatal(err)
		}
		turn()
		if !dirty(t, s) {
			t.Error("clean although another node has just marked it")
		}
		c.add(markLasts + time.Second)
		later(t, db, c.now().Add(time.Hour), note{"not yet due"})
		turn()
		if !dirty(t, s) {
			t.Error("clean although a job waits")
		}
		c.add(2 * time.Hour)
		turn()
		turn()
		if dirty(t, s) {
			t.Error("dirty although nothing is left")
		}
		c.add(keepDone)
		if err := r.Writing(t.Context(), storetest.Slug); err != nil || !dirty(t, s) {
			t.Error("a later write did not mark it again", err)
		}
		c.add(markLasts + time.Second)
		turn()
		if got := states(t, db); got != nil {
			t.Errorf("old rows are kept: %v", got)
		}
	})
}

func TestStartSweepsWhatACrashLeft(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		db := storetest.Workspace(t, s)
		crashed := newRunner(t, s, nil, Tuning{})
		if err := crashed.Writing(t.Context(), storetest.Slug); err != nil {
			t.Fatal(err)
		}
		later(t, db, time.Now(), note{"forgotten"}) // and nobody is woken
		r := newRunner(t, s, nil, Tuning{})
		done := make(chan string, 1)
		Handle(r, Options{Inside: true}, func(_ context.Context, run Run, n note) error {
			run.Tx().OnCommit(func() { done <- n.Text })
			return nil
		})
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		select {
		case <-done:
		case <-time.After(time.Minute):
			t.Error("the job was not found")
		}
		if err := r.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestABusyWorkspaceDoesNotStarveAnother counts turns, not time: while one
// workspace has thousands of jobs, the other's single job waits for few of them.
func TestABusyWorkspaceDoesNotStarveAnother(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		busy := storetest.Workspace(t, s)
		quiet, err := s.Workspace(t.Context(), "quiet", true)
		if err != nil {
			t.Fatal(err)
		}
		r := newRunner(t, s, nil, Tuning{Workers: 2, Drains: 1, InQueue: 3})
		var before atomic.Int64
		began, reached, release := make(chan bool, 300), make(chan int64, 2), make(chan struct{})
		Handle(r, Options{}, func(ctx context.Context, run Run, l letter) error {
			if run.Workspace == "quiet" {
				reached <- before.Load()
				return nil
			}
			before.Add(1)
			began <- true
			<-release // both workers are busy until the quiet job is asked for
			return nil
		})
		list := make([]Job, 300)
		for i := range list {
			list[i] = letter{To: fmt.Sprint(i)}
		}
		later(t, busy, time.Now(), list...)
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.Wake(storetest.Slug)
		<-began
		<-began
		later(t, quiet, time.Now(), letter{To: "me"})
		r.Wake("quiet")
		r.turns.drained(t.Context())
		close(release)
		select {
		case n := <-reached:
			if n > 12 {
				t.Errorf("waited for %d jobs of the other workspace", n)
			}
		case <-time.After(time.Minute):
			t.Error("starved")
		}
		if err := r.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestPeriodicWorkRunsOnceOverAllNodes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		c := newClock()
		var ran atomic.Int64
		fail := atomic.Bool{}
		nodes := make([]*Runner, 3)
		for i := range nodes {
			nodes[i] = newRunner(t, s, c.now, Tuning{})
			nodes[i].Every("fold", time.Hour, func(context.Context) error {
				ran.Add(1)
				if fail.Load() {
					return errors.New("failed")
				}
				return nil
			})
		}
		tick := func() int64 {
			t.Helper()
			ran.Store(0)
			for _, n := range nodes {
				n.runPeriodic(t.Context())
			}
			for _, n := range nodes {
				n.running.Wait()
			}
			return ran.Load()
		}
		var got []int64
		got = append(got, tick(), tick()) // at once, then not
		c.add(59 * time.Minute)
		got = append(got, tick())
		c.add(time.Minute)
		got = append(got, tick(), tick())
		c.add(time.Hour)
		fail.Store(true)
		got = append(got, tick(), tick()) // a failure comes again in two minutes
		fail.Store(false)
		c.add(2 * time.Minute)
		got = append(got, tick(), tick())
		if diff := cmp.Diff([]int64{1, 0, 0, 1, 0, 1, 0, 1, 0}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestUnknownKindsWaitForAProgramThatKnowsThem(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		db, c := storetest.Workspace(t, s), newClock()
		later(t, db, c.now(), note{"x"})
		if err := newRunner(t, s, c.now, Tuning{}).Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		newer := newRunner(t, s, c.now, Tuning{})
		Handle(newer, Options{Inside: true}, func(context.Context, Run, note) error { return nil })
		c.add(time.Hour)
		if err := newer.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"note done 1"}, states(t, db)); diff != "" {
			t.Error(diff)
		}
	})
}

// TestStopLetsARunningJobEnd and starts no other.
func TestStopLetsARunningJobEnd(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		db := storetest.Workspace(t, s)
		r := newRunner(t, s, nil, Tuning{Workers: 1})
		began, release := make(chan struct{}, 9), make(chan struct{})
		Handle(r, Options{}, func(context.Context, Run, letter) error {
			began <- struct{}{}
			<-release
			return nil
		})
		later(t, db, time.Now(), letter{To: "a"}, letter{To: "b"})
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.Wake(storetest.Slug)
		<-began
		stopped := make(chan error)
		go func() { stopped <- r.Stop(t.Context()) }()
		close(release)
		if err := <-stopped; err != nil {
			t.Error(err)
		}
		if got := states(t, db)[0]; got != "letter done 1" {
			t.Errorf("the running job was left: %s", got)
		}
	})
}
