package storetest

import (
	"context"
	"sync/atomic"
	"testing"

	"wellmet/internal/store"
)

// What one program of a run prepared is copied by the next, and what has no name
// is not.
func TestSharedIsPreparedOnce(t *testing.T) {
	t.Setenv(SharedVariable, t.TempDir())
	for _, x := range []struct {
		name string
		want int64
	}{{"note", 1}, {"", 2}} {
		var filled atomic.Int64
		program := func() *Prepared {
			return PrepareWorkspace(func(ctx context.Context, db *store.DB) error {
				filled.Add(1)
				return db.Write(ctx, func(tx *store.Tx) error {
					_, err := tx.Exec(ctx, `CREATE TABLE {note} (text TEXT)`)
					return err
				})
			}).Shared(x.name)
		}
		first, second := program(), program()
		for kind, open := range map[string]func(*Prepared) *store.Server{
			"sqlite":   func(p *Prepared) *store.Server { return p.SQLite(t) },
			"postgres": func(p *Prepared) *store.Server { return p.Postgres(t) },
		} {
			filled.Store(0)
			for _, p := range []*Prepared{first, second} {
				err := Workspace(t, open(p)).Write(t.Context(), func(tx *store.Tx) error {
					n, err := tx.Exec(t.Context(), `INSERT INTO {note} (text) SELECT 'x' WHERE NOT EXISTS (SELECT 1 FROM {note})`)
					if err == nil && n != 1 {
						t.Errorf("%s %q: a copy holds what another wrote", kind, x.name)
					}
					return err
				})
				if err != nil {
					t.Fatalf("%s %q: %v", kind, x.name, err)
				}
			}
			if n := filled.Load(); n != x.want {
				t.Errorf("%s %q: filled %d times, want %d", kind, x.name, n, x.want)
			}
		}
	}
}
