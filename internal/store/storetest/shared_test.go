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
		copies := func(kind string, open func(*testing.T, *Prepared) *store.Server) {
			t.Run(kind+" "+x.name, func(t *testing.T) {
				filled.Store(0)
				for _, p := range []*Prepared{first, second} {
					err := Workspace(t, open(t, p)).Write(t.Context(), func(tx *store.Tx) error {
						n, err := tx.Exec(t.Context(), `INSERT INTO {note} (text) SELECT 'x' WHERE NOT EXISTS (SELECT 1 FROM {note})`)
						if err == nil && n != 1 {
							t.Error("a copy holds what another wrote")
						}
						return err
					})
					if err != nil {
						t.Fatal(err)
					}
				}
				if n := filled.Load(); n != x.want {
					t.Errorf("filled %d times, want %d", n, x.want)
				}
			})
		}
		copies("sqlite", func(t *testing.T, p *Prepared) *store.Server { return p.SQLite(t) })
		copies("postgres", func(t *testing.T, p *Prepared) *store.Server {
			needPostgres(t)
			t.Cleanup(func() { dropTemplate(t, p) })
			return p.Postgres(t)
		})
	}
}

// dropTemplate leaves nothing on a server that goes on.
func dropTemplate(t *testing.T, p *Prepared) {
	x, err := p.postgres()
	if err != nil {
		t.Fatal(err)
	}
	a, err := administrator()
	if err == nil {
		err = a.drop(context.Background(), x.Database)
	}
	if err != nil {
		t.Error(err)
	}
}
