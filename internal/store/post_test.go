package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
)

func post(ctx context.Context, tx *store.Tx, key string) error {
	return tx.Post(ctx, `INSERT INTO {setting} (key, value) VALUES ($1, '1')`, key)
}

// What was posted is there for the next question, and after the commit, in its order and however much it is.
func TestPost(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		ctx, db := t.Context(), storetest.Workspace(t, s)
		write(t, db, func(tx *store.Tx) error { // nothing but posted
			if err := post(ctx, tx, "a"); err != nil {
				return err
			}
			return tx.Post(ctx, `UPDATE {setting} SET value = '2' WHERE key = 'a'`)
		})
		write(t, db, func(tx *store.Tx) error {
			for i := range 100 {
				if err := post(ctx, tx, fmt.Sprint("k", i)); err != nil {
					return err
				}
			}
			rows := [][]any{{"r1", "1"}, {"r2", "1"}}
			if err := tx.PostRows(ctx, `INSERT INTO {setting} (key, value) VALUES`, 2, rows, ""); err != nil {
				return err
			}
			for i := range 50 {
				rows = append(rows, []any{fmt.Sprint("m", i), "1"})
			}
			if err := tx.PostRows(ctx, `INSERT INTO {setting} (key, value) VALUES`, 2, rows[2:], ""); err != nil {
				return err
			}
			var value string
			var n int64
			if _, err := tx.Row(ctx, `SELECT value FROM {setting} WHERE key = 'a'`, nil, &value); err != nil || value != "2" {
				t.Errorf("%q %v", value, err)
			}
			if _, err := tx.Row(ctx, `SELECT count(*) FROM {setting}`, nil, &n); err != nil || n != 153 {
				t.Errorf("%d rows, %v", n, err)
			}
			return nil
		})
		if n := count(t, db, "setting"); n != 153 {
			t.Errorf("%d rows after the commit", n)
		}
	})
}

// A posted statement that fails ends the transaction, at the latest where it would have been committed.
func TestPostThatFails(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		ctx, db := t.Context(), storetest.Workspace(t, s)
		wrong := func(tx *store.Tx) error {
			return tx.Post(ctx, `INSERT INTO {setting} (key, value) VALUES (NULL, NULL)`)
		}
		for name, next := range map[string]func(tx *store.Tx) error{
			"commit": func(*store.Tx) error { return nil },
			"exec":   func(tx *store.Tx) error { return put(ctx, tx, "b") },
			"query":  func(tx *store.Tx) error { _, err := tx.IDs(ctx, `SELECT 1`); return err },
		} {
			committed := false
			err := db.Write(ctx, func(tx *store.Tx) error {
				tx.OnCommit(func() { committed = true })
				if err := put(ctx, tx, "a"); err != nil {
					return err
				}
				if err := wrong(tx); err != nil {
					return err
				}
				return next(tx)
			})
			if err == nil || committed {
				t.Errorf("%s: no error, committed %v", name, committed)
			}
		}
		if n := count(t, db, "setting"); n != 0 {
			t.Errorf("%d rows stayed", n)
		}
		write(t, db, func(tx *store.Tx) error {
			if err := tx.Try(ctx, func() error { return errors.Join(post(ctx, tx, "c"), wrong(tx)) }); err == nil {
				t.Error("Try did not fail")
			}
			return post(ctx, tx, "d") // its failure undid itself alone
		})
		if n := count(t, db, "setting"); n != 1 {
			t.Errorf("%d rows after Try", n)
		}
		if err := db.Write(ctx, func(tx *store.Tx) error { return errors.Join(post(ctx, tx, "e"), errOurs) }); !errors.Is(err, errOurs) {
			t.Errorf("error %v", err)
		}
		if n := count(t, db, "setting"); n != 1 {
			t.Errorf("%d rows after a rollback", n)
		}
	})
}
