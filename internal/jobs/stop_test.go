package jobs

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
)

// A laptop that slept finds its own lease run out, and its jobs where they were:
// nobody else took them, and it must not take them from itself.
func TestOwnJobsAreNotAdopted(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		db, c := storetest.Workspace(t, s), newClock()
		r := newRunner(t, s, c.now, Tuning{Heartbeat: time.Hour})
		began, release := make(chan struct{}, 9), make(chan struct{})
		Handle(r, Options{}, func(context.Context, Run, letter) error {
			began <- struct{}{}
			<-release
			return nil
		})
		later(t, db, c.now(), letter{To: "a"})
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.Wake(storetest.Slug)
		<-began
		c.add(8 * time.Hour)
		if err := r.adopt(t.Context()); err != nil {
			t.Error(err)
		}
		var state string
		if err := s.Control().Read(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Row(t.Context(), `SELECT state FROM {river_job}`, nil, &state)
			return err
		}); err != nil || state != "running" {
			t.Errorf("the job under way is %s, %v", state, err)
		}
		close(release)
		if err := r.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// stoppedQueue tells when the queue has stopped.
type stoppedQueue struct {
	queue
	stopped chan struct{}
}

func (q stoppedQueue) stop(ctx context.Context) error {
	defer close(q.stopped)
	return q.queue.stop(ctx)
}

// A turn that is under way when the queue stops still finds it.
func TestTheLastTurnQueuesWhatItFound(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		db, c := storetest.Workspace(t, s), newClock()
		r := newRunner(t, s, c.now, Tuning{})
		began, release := make(chan struct{}), make(chan struct{})
		Handle(r, Options{Inside: true}, func(context.Context, Run, note) error {
			close(began)
			<-release
			return nil
		})
		Handle(r, Options{}, func(context.Context, Run, letter) error { return nil })
		later(t, db, c.now(), note{"first"}, letter{To: "a"})
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		q := stoppedQueue{r.queue, make(chan struct{})}
		r.queue = q
		r.Wake(storetest.Slug)
		<-began
		stopped := make(chan error)
		go func() { stopped <- r.Stop(t.Context()) }()
		<-q.stopped
		close(release)
		if err := <-stopped; err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{"note done 1", "letter queued 0"}, states(t, db)); diff != "" {
			t.Error(diff)
		}
	})
}

// Periodic work that a stop broke off is done by the next start, not after the
// minutes for which it was claimed.
func TestPeriodicWorkThatAStopBrokeOff(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		c := newClock()
		r := newRunner(t, s, c.now, Tuning{})
		began := make(chan struct{})
		r.Every("broken off", time.Hour, func(ctx context.Context) error {
			close(began)
			<-ctx.Done()
			return ctx.Err()
		})
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		<-began
		if err := r.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		ran, next := 0, newRunner(t, s, c.now, Tuning{})
		next.Every("broken off", time.Hour, func(context.Context) error { ran++; return nil })
		for range 2 {
			if err := next.Round(t.Context()); err != nil {
				t.Error(err)
			}
		}
		if ran != 1 {
			t.Errorf("it ran %d times", ran)
		}
	})
}
