package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
)

func put(ctx context.Context, tx *store.Tx, key string) error {
	_, err := tx.Exec(ctx, `INSERT INTO {setting} (key, value) VALUES ($1, '1')`, key)
	return err
}

var errOurs = errors.New("ours")

func TestRollback(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		ctx, db := t.Context(), storetest.Workspace(t, s)
		ran := false
		err := db.Write(ctx, func(tx *store.Tx) error {
			tx.OnCommit(func() { ran = true })
			if err := put(ctx, tx, "a"); err != nil {
				return err
			}
			return errOurs
		})
		if !errors.Is(err, errOurs) || ran {
			t.Errorf("error %v, OnCommit %v", err, ran)
		}
		func() {
			defer func() {
				if recover() != "boom" {
					t.Error("the panic was swallowed")
				}
			}()
			db.Write(ctx, func(tx *store.Tx) error {
				put(ctx, tx, "b")
				rows, err := tx.Query(ctx, `SELECT key FROM {setting}`) // an open result must not stop the rollback
				if err != nil {
					return err
				}
				rows.Next()
				panic("boom")
			})
		}()
		if n := count(t, db, "setting"); n != 0 {
			t.Errorf("%d rows stayed", n)
		}
		write(t, db, func(tx *store.Tx) error { return put(ctx, tx, "b") }) // the writer is free again
	})
}

func TestOnCommitOrder(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		ctx, db := t.Context(), storetest.Workspace(t, s)
		var got []string
		write(t, db, func(tx *store.Tx) error {
			for _, name := range []string{"a", "b"} {
				tx.OnCommit(func() { got = append(got, fmt.Sprint(name, count(t, db, "setting"))) })
			}
			err := tx.Try(ctx, func() error {
				tx.OnCommit(func() { got = append(got, "undone") })
				return errOurs
			})
			if !errors.Is(err, errOurs) {
				t.Errorf("Try: %v", err)
			}
			return put(ctx, tx, "k")
		})
		if want := []string{"a1", "b1"}; !slices.Equal(got, want) {
			t.Errorf("ran %v, want %v", got, want)
		}
	})
}

// After a failed statement both databases refuse the rest, whatever fn makes of the error.
func TestFailedStatementEndsTransaction(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		ctx, db := t.Context(), storetest.Workspace(t, s)
		err := db.Write(ctx, func(tx *store.Tx) error {
			if err := put(ctx, tx, "a"); err != nil {
				return err
			}
			put(ctx, tx, "a")
			if err := put(ctx, tx, "b"); err == nil {
				t.Error("a statement ran after a failed one")
			}
			return nil
		})
		if _, unique := store.IsUnique(err); !unique {
			t.Errorf("swallowed error came back as %v", err)
		}
		if n := count(t, db, "setting"); n != 0 {
			t.Errorf("%d rows stayed", n)
		}
	})
}

func TestTryUndoesItsPartAlone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		ctx, db := t.Context(), storetest.Workspace(t, s)
		write(t, db, func(tx *store.Tx) error {
			if err := put(ctx, tx, "a"); err != nil {
				return err
			}
			err := tx.Try(ctx, func() error {
				if err := put(ctx, tx, "b"); err != nil {
					return err
				}
				return tx.Try(ctx, func() error { return put(ctx, tx, "a") })
			})
			if _, unique := store.IsUnique(err); !unique {
				t.Errorf("Try: %v", err)
			}
			return tx.Try(ctx, func() error { return put(ctx, tx, "c") })
		})
		if got := texts(t, db, `SELECT key FROM {setting} ORDER BY key`); strings.Join(got, "") != "ac" {
			t.Errorf("rows %v", got)
		}
	})
}

func TestMisuse(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		ctx, db := t.Context(), storetest.Workspace(t, s)
		var kept *store.Tx
		err := db.Write(ctx, func(tx *store.Tx) error {
			kept = tx
			if _, err := tx.Query(ctx, `SELECT key FROM {setting}`); err != nil {
				return err
			}
			if err := put(ctx, tx, "a"); err == nil {
				t.Error("a statement ran while rows were open")
			}
			return nil
		})
		if err == nil {
			t.Error("committed with open rows")
		}
		if err := put(ctx, kept, "a"); err == nil {
			t.Error("a transaction was used after its end")
		}
		if err := db.Read(ctx, func(tx *store.Tx) error { return put(ctx, tx, "a") }); err == nil {
			t.Error("wrote in a reading transaction")
		}
		for _, sql := range []string{"SELECT key FROM {Bad Name}", "SELECT 'no end", "SELECT nothing FROM {setting}", "SELEC"} {
			if err := db.Read(ctx, func(tx *store.Tx) error { _, err := tx.Query(ctx, sql); return err }); err == nil {
				t.Errorf("%s: no error", sql)
			} else if _, isFault := fault.As(err); isFault {
				t.Errorf("%s: a mistake of ours is a fault: %v", sql, err)
			}
		}
	})
}

func TestSnapshotRead(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		ctx, db := t.Context(), storetest.Workspace(t, s)
		read(t, db, func(tx *store.Tx) error {
			for i := range 3 {
				var n int
				if _, err := tx.Row(ctx, `SELECT count(*) FROM {setting}`, nil, &n); err != nil {
					return err
				}
				if n != 0 {
					t.Errorf("read %d sees %d rows written meanwhile", i, n)
				}
				write(t, db, func(tx *store.Tx) error { return put(ctx, tx, fmt.Sprint("k", i)) })
			}
			return nil
		})
		if n := count(t, db, "setting"); n != 3 {
			t.Errorf("%d rows after", n)
		}
	})
}

func TestManyParameters(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		ctx, db := t.Context(), storetest.Workspace(t, s)
		makeTable(t, db, "wide", "id INT PRIMARY KEY, a INT, b TEXT, c TEXT, d TEXT, e TEXT, f TEXT, g TEXT, h INT, i BOOL")
		rows := make([][]any, 2500)
		for i := range rows {
			rows[i] = []any{i, i * 2, "b", nil, fmt.Sprint("d", i), "e", "f", "g", nil, i%2 == 0}
		}
		for _, suffix := range []string{"", "ON CONFLICT (id) DO UPDATE SET a = excluded.a + 1"} {
			write(t, db, func(tx *store.Tx) error {
				n, err := tx.ExecRows(ctx, `INSERT INTO {wide} (id, a, b, c, d, e, f, g, h, i) VALUES`, 10, rows, suffix)
				if n != 2500 {
					t.Errorf("%d rows changed", n)
				}
				return err
			})
		}
		args := make([]any, 10_000)
		holes := make([]string, len(args))
		for i := range args {
			args[i], holes[i] = i, fmt.Sprint("$", i+1)
		}
		read(t, db, func(tx *store.Tx) error {
			var n int
			if _, err := tx.Row(ctx, "SELECT count(*) FROM {wide} WHERE id IN ("+strings.Join(holes, ",")+") AND a = id * 2 + 1", args, &n); err != nil {
				return err
			}
			if n != 2500 {
				t.Errorf("%d rows found", n)
			}
			_, err := tx.Row(ctx, "SELECT count(*) FROM {wide} WHERE "+tx.Dialect().AnyOf("id", "$1"), []any{store.IDs(tx.Dialect(), nil)}, &n)
			if n != 0 {
				t.Errorf("%d rows in an empty list", n)
			}
			return err
		})
	})
}

func TestParametersOutOfOrder(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		db := storetest.Workspace(t, s)
		p := func(i int) string { return db.Dialect().Param(i, store.Text) }
		got := texts(t, db, "SELECT "+p(3)+" || "+p(1)+" || '$1{}' || "+p(2)+" || "+p(3)+" || "+p(4), "a", "b", "c", "d")
		if len(got) != 1 || got[0] != "ca$1{}bcd" {
			t.Errorf("got %v", got)
		}
	})
}

func TestQueryReturning(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		ctx, db := t.Context(), storetest.Workspace(t, s)
		write(t, db, func(tx *store.Tx) error {
			var next int
			for want := 1; want <= 3; want++ {
				found, err := tx.Row(ctx, `INSERT INTO {number_sequence} (field, prefix, next) VALUES ($1, $2, 1)
					ON CONFLICT (field, prefix) DO UPDATE SET next = number_sequence.next + 1 RETURNING next`, []any{"f", "2026"}, &next)
				if err != nil || !found || next != want {
					return fmt.Errorf("next is %d, %v, %w", next, found, err)
				}
			}
			return nil
		})
	})
}
