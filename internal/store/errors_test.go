package store_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
)

func TestUniqueNamesItsIndex(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		ctx, db := t.Context(), storetest.Workspace(t, s)
		makeTable(t, db, "contact", "id INT PRIMARY KEY, email TEXT, a INT, b INT, deleted_at INT")
		for _, x := range []store.Index{
			{Name: "contact_email_u", Table: "contact", Columns: []string{`"email"`}, Where: `"deleted_at" IS NULL`, Unique: true},
			{Name: "contact_ab_u", Table: "contact", Columns: []string{`"a"`, `"b"`}, Unique: true},
			{Name: "contact_expr_u", Table: "contact", Columns: []string{`(coalesce("a", 0) + 1000000 * "b")`}, Unique: true},
		} {
			if err := db.CreateIndex(ctx, x); err != nil {
				t.Fatal(err)
			}
			if err := db.CreateIndex(ctx, x); err != nil {
				t.Errorf("a second time: %v", err)
			}
		}
		insert := func(args ...any) error {
			return db.Write(ctx, func(tx *store.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO {contact} (id, email, a, b, deleted_at) VALUES ($1, $2, $3, $4, $5)`, args...)
				return err
			})
		}
		if err := insert(1, "a@x", 1, 1, nil); err != nil {
			t.Fatal(err)
		}
		for want, args := range map[string][]any{
			"":                {1, "z", 9, 9, nil},
			"contact_email_u": {2, "a@x", 2, 2, nil},
			"contact_ab_u":    {3, "c@x", 1, 1, nil},
			"contact_expr_u":  {4, "d@x", 1000001, 0, nil},
		} {
			err := insert(args...)
			if want == "contact_ab_u" { // breaks two indexes; which one is found first is the database's choice
				if got, ok := store.IsUnique(err); !ok || got != want && got != "contact_expr_u" {
					t.Errorf("%q: %v", got, err)
				}
				continue
			}
			got, ok := store.IsUnique(err)
			if !ok || got != want || !fault.Is(err, fault.Conflict) {
				t.Errorf("index %q, want %q: %v", got, want, err)
			}
		}
		if err := insert(5, "a@x", 5, 5, 1); err != nil {
			t.Errorf("outside the partial index: %v", err)
		}
		if err := db.DropIndex(ctx, "contact_email_u"); err != nil {
			t.Error(err)
		}
		if err := insert(6, "a@x", 6, 6, nil); err != nil {
			t.Errorf("after the index is dropped: %v", err)
		}
		again := store.Index{Name: "contact_email_u", Table: "contact", Columns: []string{`"email"`}, Unique: true}
		for range 2 { // an invalid leftover must not count as the index
			if _, ok := store.IsUnique(db.CreateIndex(ctx, again)); !ok {
				t.Error("a unique index over equal values was made")
			}
		}
	})
}

func TestDeadlineEndsStatement(t *testing.T) {
	t.Parallel()
	const slow = `WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000000000) SELECT count(*) FROM c`
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		db := storetest.Workspace(t, s)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		run := func(ctx context.Context) func(tx *store.Tx) error {
			return func(tx *store.Tx) error { _, err := tx.Row(ctx, slow, nil, nil); return err }
		}
		err := db.Read(ctx, run(ctx))
		if !fault.Is(err, fault.Unavailable) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("deadline: %v", err)
		}
		ctx, stop := context.WithCancel(t.Context())
		time.AfterFunc(20*time.Millisecond, stop)
		if err := db.Write(ctx, run(ctx)); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
		if n := count(t, db, "setting"); n != 0 {
			t.Error("unusable afterwards")
		}
		write(t, db, func(tx *store.Tx) error { return put(t.Context(), tx, "a") })
	})
}

func TestWaitForWriterEnds(t *testing.T) {
	t.Parallel()
	db := storetest.Workspace(t, storetest.SQLite(t))
	write(t, db, func(*store.Tx) error {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		err := db.Write(ctx, func(*store.Tx) error { t.Error("two writers"); return nil })
		if f, ok := fault.As(err); !ok || f.Key != "store.busy" {
			t.Errorf("waiting ended with %v", err)
		}
		return nil
	})
}

// Two transactions that lock each other's rows: the database ends one, and Write repeats it.
func TestDeadlockIsRepeated(t *testing.T) {
	t.Parallel()
	s := storetest.Postgres(t)
	ctx, db := t.Context(), storetest.Workspace(t, s)
	write(t, db, func(tx *store.Tx) error { return errors.Join(put(ctx, tx, "a"), put(ctx, tx, "b")) })
	var both sync.WaitGroup
	both.Add(2)
	var once [2]sync.Once
	var runs [2]int
	errs := make(chan error, 2)
	for i, order := range [][2]string{{"a", "b"}, {"b", "a"}} {
		go func() {
			errs <- db.Write(ctx, func(tx *store.Tx) error {
				runs[i]++
				for n, key := range order {
					if _, err := tx.Exec(ctx, `UPDATE {setting} SET value = value || '.' WHERE key = $1`, key); err != nil {
						return err
					}
					if n == 0 {
						once[i].Do(func() { both.Done(); both.Wait() })
					}
				}
				return nil
			})
		}()
	}
	if err := errors.Join(<-errs, <-errs); err != nil {
		t.Fatal(err)
	}
	if got := texts(t, db, `SELECT value FROM {setting}`); got[0] != "1.." || got[1] != "1.." {
		t.Errorf("values %v", got)
	}
	// One is enough, unless the repeated one is at the row again before the other.
	if runs[0]+runs[1] < 3 {
		t.Errorf("runs %v, want a repetition", runs)
	}
}

// A connection that dies before COMMIT loses nothing: Write runs again on another one.
func TestLostConnectionIsRepeated(t *testing.T) {
	t.Parallel()
	s := storetest.Postgres(t)
	ctx, db := t.Context(), storetest.Workspace(t, s)
	runs := 0
	write(t, db, func(tx *store.Tx) error {
		runs++
		if err := put(ctx, tx, "a"); err != nil {
			return err
		}
		var pid int
		if _, err := tx.Row(ctx, `SELECT pg_backend_pid()`, nil, &pid); err != nil {
			return err
		}
		if runs == 1 {
			read(t, db, func(tx *store.Tx) error {
				_, err := tx.Exec(ctx, `SELECT pg_terminate_backend($1::int)`, pid)
				return err
			})
		}
		_, err := tx.Exec(ctx, `UPDATE {setting} SET value = '2' WHERE key = 'a'`)
		return err
	})
	if got := texts(t, db, `SELECT value FROM {setting}`); len(got) != 1 || got[0] != "2" || runs != 2 {
		t.Errorf("values %v after %d runs", got, runs)
	}
}

// A connection that dies so that COMMIT gets no answer leaves the outcome open, and Write does not repeat.
func TestLostCommitIsUnknown(t *testing.T) {
	t.Parallel()
	s := storetest.Postgres(t)
	ctx, db := t.Context(), storetest.Workspace(t, s)
	runs := 0
	err := db.Write(ctx, func(tx *store.Tx) error {
		runs++
		var pid int
		if err := put(ctx, tx, "a"); err != nil {
			return err
		}
		if _, err := tx.Row(ctx, `SELECT pg_backend_pid()`, nil, &pid); err != nil {
			return err
		}
		read(t, db, func(tx *store.Tx) error {
			_, err := tx.Exec(ctx, `SELECT pg_terminate_backend($1::int)`, pid)
			return err
		})
		return nil
	})
	if !store.IsUnknown(err) || runs != 1 {
		t.Errorf("after %d runs: %v", runs, err)
	}
}
