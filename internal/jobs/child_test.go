package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"testing"
	"time"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
)

type inside struct{ N int }

func (inside) Kind() string { return "inside" }

type outside struct{ N int }

func (outside) Kind() string { return "outside" }

// TestMain is also the process that TestKilledProcessesLoseNothing kills.
func TestMain(m *testing.M) {
	if round := os.Getenv("JOBS_CHILD"); round != "" {
		n, err := strconv.Atoi(round)
		fail(err)
		child(context.Background(), n)
		return
	}
	os.Exit(m.Run())
}

// child writes and runs jobs until it is killed; round -1 only finishes.
func child(ctx context.Context, round int) {
	s, err := openChild(ctx)
	fail(err)
	db, err := s.Workspace(ctx, storetest.Slug, true)
	fail(err)
	r := New(Needs{Server: s, Log: slog.New(slog.DiscardHandler), Tuning: Tuning{Sweep: 300 * time.Millisecond, Heartbeat: 200 * time.Millisecond, FirstWait: 20 * time.Millisecond}})
	childHandlers(r)
	fail(r.Start(ctx))
	tick := time.NewTicker(3 * time.Millisecond)
	for n := round * 1_000_000; round >= 0; n++ {
		fail(r.Writing(ctx, storetest.Slug))
		fail(db.Write(ctx, func(tx *store.Tx) error {
			return LaterAll(source{tx, time.Now()}, inside{n}, outside{n})
		}))
		fmt.Println("ack", n)
		r.Wake(storetest.Slug)
		<-tick.C
	}
	for deadline := time.Now().Add(2 * time.Minute); ; <-tick.C {
		empty := false
		fail(db.Read(ctx, func(tx *store.Tx) (err error) {
			empty, err = none(ctx, tx)
			return err
		}))
		if empty {
			break
		}
		if time.Now().After(deadline) {
			fail(fmt.Errorf("jobs are left after two minutes"))
		}
	}
	fail(r.Stop(ctx))
	fail(s.Close())
}

// openChild waits for the lock: the killed one's goes with its last thread.
func openChild(ctx context.Context) (*store.Server, error) {
	config := store.Config{Dir: os.Getenv("JOBS_DIR"), URL: os.Getenv("JOBS_URL"), DirectURL: os.Getenv("JOBS_DIRECT"),
		SchemaPrefix: os.Getenv("JOBS_PREFIX"), MaxConns: 8, Sync: store.SyncNormal}
	for n := 0; ; n++ {
		s, err := store.Open(ctx, config)
		if err == nil || n == 20 {
			return s, err
		}
		<-time.After(100 * time.Millisecond)
	}
}

func childHandlers(r *Runner) {
	Handle(r, Options{Inside: true}, func(ctx context.Context, run Run, j inside) error {
		_, err := run.Tx().Exec(ctx, `INSERT INTO {setting} (key, value) VALUES ($1, 'x')
			ON CONFLICT (key) DO UPDATE SET value = setting.value || 'x'`, fmt.Sprintf("inside:%d", j.N))
		return err
	})
	file, err := os.OpenFile(os.Getenv("JOBS_OUTSIDE"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	fail(err)
	Handle(r, Options{}, func(ctx context.Context, run Run, j outside) error {
		_, err := fmt.Fprintf(file, "%d %s\n", j.N, run.Key())
		if j.N%7 == 0 && run.Attempt == 1 {
			return fmt.Errorf("job %d fails the first time", j.N)
		}
		<-time.After(5 * time.Millisecond) // so that some are killed between effect and mark
		return err
	})
}
