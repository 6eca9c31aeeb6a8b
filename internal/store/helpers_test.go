package store_test

import (
	"strings"
	"testing"

	"wellmet/internal/store"
)

func read(t testing.TB, db *store.DB, fn func(*store.Tx) error) {
	t.Helper()
	if err := db.Read(t.Context(), fn); err != nil {
		t.Fatalf("read: %v", err)
	}
}

func write(t testing.TB, db *store.DB, fn func(*store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), fn); err != nil {
		t.Fatalf("write: %v", err)
	}
}

// makeTable makes a table; the columns are "name TYPE …" with TYPE one of INT, TEXT, BOOL, DATE, BYTES.
func makeTable(t testing.TB, db *store.DB, name, columns string) {
	t.Helper()
	d := db.Dialect()
	types := strings.NewReplacer(" INT", " "+d.ColumnType(store.Int), " TEXT", " "+d.ColumnType(store.Text), " BOOL", " "+d.ColumnType(store.Bool),
		" DATE", " "+d.ColumnType(store.Date), " BYTES", " "+d.ColumnType(store.Bytes))
	err := db.Alter(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(t.Context(), "CREATE TABLE {"+name+"} ("+types.Replace(columns)+")"+d.TableOptions())
		return err
	})
	if err != nil {
		t.Fatalf("create table: %v", err)
	}
}

// texts reads the first column of a query.
func texts(t testing.TB, db *store.DB, sql string, args ...any) (got []string) {
	t.Helper()
	read(t, db, func(tx *store.Tx) error {
		got = nil
		rows, err := tx.Query(t.Context(), sql, args...)
		if err != nil {
			return err
		}
		for rows.Next() {
			s, ok := rows.Text(0)
			if !ok {
				s = "NULL"
			}
			got = append(got, strings.Clone(s))
		}
		return rows.Close()
	})
	return got
}

func count(t testing.TB, db *store.DB, table string) (n int) {
	t.Helper()
	read(t, db, func(tx *store.Tx) error {
		_, err := tx.Row(t.Context(), "SELECT count(*) FROM {"+table+"}", nil, &n)
		return err
	})
	return n
}
