package store_test

import (
	"context"
	"errors"
	"testing"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
)

// The request to cancel what somebody asked for who has left may reach the server when the connection
// serves the next one. That one is answered all the same.
func TestACancelRequestThatComesLate(t *testing.T) {
	t.Parallel()
	for name, ask := range map[string]func(*store.DB, context.Context, func(*store.Tx) error, ...store.Class) error{"read": (*store.DB).Read, "write": (*store.DB).Write} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := storetest.PostgresConfig(t)
			c.MaxConns = 1
			db := opened(t, c)
			tries := 0
			hit := func(tx *store.Tx) error {
				if tries++; tries > 1 {
					return nil
				}
				_, err := tx.Exec(t.Context(), "SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(60)")
				return err
			}
			err := ask(db, t.Context(), hit)
			if f, ok := fault.As(err); !ok || f.Kind != fault.Unavailable || tries != 1 {
				t.Errorf("cancelled by somebody else: %v after %d tries", err, tries)
			}

			ctx, leave := context.WithCancel(t.Context())
			err = ask(db, ctx, func(tx *store.Tx) error {
				defer leave()
				_, err := tx.Exec(ctx, "SELECT 1")
				return err
			})
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("who leaves: %v", err)
			}
			tries = 0
			if err := ask(db, t.Context(), hit); err != nil || tries != 2 {
				t.Errorf("who comes next: %v after %d tries", err, tries)
			}
		})
	}
}
