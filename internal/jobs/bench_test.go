package jobs

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
)

// BenchmarkQueued is the whole way of a job that leaves the process: outbox,
// queue, worker, mark.
func BenchmarkQueued(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchQueued(b, storetest.SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { benchQueued(b, storetest.Postgres(b)) })
}

func benchQueued(b *testing.B, s *store.Server) {
	db := storetest.Workspace(b, s)
	r := New(Needs{Server: s, Log: slog.New(slog.DiscardHandler)})
	done := make(chan struct{}, b.N)
	Handle(r, Options{}, func(context.Context, Run, letter) error {
		done <- struct{}{}
		return nil
	})
	if err := r.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	list := make([]Job, b.N)
	for i := range list {
		list[i] = letter{}
	}
	err := db.Write(b.Context(), func(tx *store.Tx) error { return LaterAll(source{tx, time.Now()}, list...) })
	if err != nil {
		b.Fatal(err)
	}
	r.Wake(storetest.Slug)
	for range b.N {
		<-done
	}
	b.StopTimer()
	if err := r.Stop(context.Background()); err != nil {
		b.Fatal(err)
	}
}
