package store_test

import (
	"fmt"
	"os"
	"testing"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
)

// straight opens a workspace without a pooler in between, also where the other tests go through one.
func straight(t *testing.T) *store.DB {
	t.Helper()
	c := storetest.PostgresConfig(t)
	if c.DirectURL != "" {
		c.URL = c.DirectURL
	}
	return opened(t, c)
}

func opened(t *testing.T, c store.Config) *store.DB {
	t.Helper()
	s, err := store.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return storetest.Workspace(t, s)
}

func preparedNow(t *testing.T, tx *store.Tx) (n int) {
	t.Helper()
	// The question itself comes too seldom to be counted.
	if _, err := tx.Row(t.Context(), "SELECT count(*) FROM pg_catalog.pg_prepared_statements WHERE name LIKE 'wellmet%'", nil, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestStatementsThatComeAgainArePrepared(t *testing.T) {
	t.Parallel()
	db := straight(t)
	makeTable(t, db, "thing", "id INT NOT NULL PRIMARY KEY, name TEXT")
	write(t, db, func(tx *store.Tx) error {
		for i := range 10 {
			if _, err := tx.Exec(t.Context(), "INSERT INTO {thing} (id, name) VALUES ($1, $2)", i, fmt.Sprint("n", i)); err != nil {
				return err
			}
		}
		if n := preparedNow(t, tx); n < 1 {
			t.Errorf("%d statements prepared after the tenth of one text", n)
		}
		return nil
	})
	for range 5 { // with BEGIN before it
		if got := texts(t, db, "SELECT name FROM {thing} WHERE id = $1", 7); len(got) != 1 || got[0] != "n7" {
			t.Fatalf("got %v", got)
		}
	}
	if n := count(t, db, "thing"); n != 10 {
		t.Errorf("%d rows", n)
	}
}

// A plan for any words is wrong for most: the index is asked anew with the words themselves.
func TestQuestionsToTheSearchIndexAreNotPrepared(t *testing.T) {
	t.Parallel()
	db := straight(t)
	write(t, db, func(tx *store.Tx) error {
		d := tx.Dialect()
		for i := range 10 {
			for _, where := range []string{d.MatchWords("d", d.Param(1, store.Words)), d.MatchGrams("d", d.Param(1, store.Text))} {
				var n int
				if _, err := tx.Row(t.Context(), "SELECT count(*) FROM {search_doc} d WHERE "+where, []any{fmt.Sprint("w", i)}, &n); err != nil {
					return err
				}
			}
		}
		if n := preparedNow(t, tx); n != 0 {
			t.Errorf("%d statements prepared after questions to the index alone", n)
		}
		return nil
	})
}

// A prepared statement outlives a change of what it reads: the transaction is repeated, nobody notices.
func TestPreparedStatementsFollowTheSchema(t *testing.T) {
	t.Parallel()
	db := straight(t)
	makeTable(t, db, "thing", "id INT NOT NULL PRIMARY KEY, size INT")
	alter := func(sql string) {
		t.Helper()
		err := db.Alter(t.Context(), func(tx *store.Tx) error { _, err := tx.Exec(t.Context(), sql); return err })
		if err != nil {
			t.Fatal(err)
		}
	}
	ask := func() []string { t.Helper(); return texts(t, db, "SELECT size FROM {thing} WHERE id = $1", 1) }
	write(t, db, func(tx *store.Tx) error {
		_, err := tx.Exec(t.Context(), "INSERT INTO {thing} (id, size) VALUES (1, 42)")
		return err
	})
	for range 8 {
		ask()
	}
	alter("ALTER TABLE {thing} ADD COLUMN more text DEFAULT 'x'")
	if got := ask(); len(got) != 1 || got[0] != "42" {
		t.Errorf("after ADD COLUMN: %v", got)
	}
	alter("ALTER TABLE {thing} ALTER COLUMN size TYPE text")
	for range 8 {
		if got := ask(); len(got) != 1 || got[0] != "42" {
			t.Errorf("after a change of type: %v", got)
		}
	}
	write(t, db, func(tx *store.Tx) error { // a write of prepared statements is repeated whole
		for i := range 6 {
			if _, err := tx.Exec(t.Context(), "UPDATE {thing} SET size = $2 WHERE id = $1", 1, fmt.Sprint(i)); err != nil {
				return err
			}
		}
		return nil
	})
	if got := ask(); got[0] != "5" {
		t.Errorf("after writing: %v", got)
	}
}

// More texts than a connection keeps push out the oldest and still work.
func TestPreparedStatementsMakeRoom(t *testing.T) {
	t.Parallel()
	db := straight(t)
	makeTable(t, db, "thing", "id INT NOT NULL PRIMARY KEY")
	read(t, db, func(tx *store.Tx) error {
		for i := range 300 {
			for range 4 {
				var n int
				if _, err := tx.Row(t.Context(), fmt.Sprintf("SELECT count(*) + %d FROM {thing} WHERE id > $1", i), []any{5}, &n); err != nil || n != i {
					t.Fatalf("%d: %d, %v", i, n, err)
				}
			}
		}
		if n := preparedNow(t, tx); n > 256 || n < 200 {
			t.Errorf("%d statements are prepared", n)
		}
		return nil
	})
}

func jit(t *testing.T, db *store.DB, class store.Class) (setting string) {
	t.Helper()
	if err := db.Read(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Row(t.Context(), "SELECT current_setting('jit')", nil, &setting)
		return err
	}, class); err != nil {
		t.Fatal(err)
	}
	return setting
}

// The server's own compiler makes half a minute of half a second.
func TestNothingIsCompiledByTheServer(t *testing.T) {
	t.Parallel()
	db := straight(t)
	for _, class := range []store.Class{store.Page, store.Report} {
		if got := jit(t, db, class); got != "off" {
			t.Errorf("jit is %s", got)
		}
	}
}

// Behind a pooler in transaction mode nothing is prepared: the next transaction meets another process.
func TestNothingIsPreparedBehindAPooler(t *testing.T) {
	t.Parallel()
	url := os.Getenv("WELLMET_TEST_PGBOUNCER")
	if url == "" {
		t.Skip("set WELLMET_TEST_PGBOUNCER=postgres://… to run this through PgBouncer")
	}
	c := storetest.PostgresConfig(t)
	if c.DirectURL == "" {
		c.DirectURL = c.URL
	}
	c.URL = url
	db := opened(t, c)
	read(t, db, func(tx *store.Tx) error {
		for range 6 {
			var n int
			if _, err := tx.Row(t.Context(), "SELECT 1 + $1::bigint", []any{1}, &n); err != nil {
				return err
			}
		}
		if n := preparedNow(t, tx); n != 0 {
			t.Errorf("%d statements prepared", n)
		}
		return nil
	})
	if got := jit(t, db, store.Report); got != "off" {
		t.Errorf("jit of a report is %s", got)
	}
}
