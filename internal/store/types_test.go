package store_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

func TestTypesRoundTrip(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		ctx, db := t.Context(), storetest.Workspace(t, s)
		makeTable(t, db, "kinds", "id INT PRIMARY KEY, n INT, s TEXT, b BOOL, d DATE, x BYTES")
		day, _ := value.NewDate(2024, 2, 29)
		moment := time.Date(1969, 7, 20, 20, 17, 40, 123e6, time.UTC)
		rows := [][]any{
			{1, int64(math.MaxInt64), "é 中文 \\ \t\n\r ' \" {x} $1 ?", true, day, []byte{0, 1, 255, '\\', 'x'}},
			{2, int64(math.MinInt64), `\x4142`, false, value.Date(-719162), []byte(`\x4142`)},
			{3, nil, nil, nil, nil, nil},
			{4, 0, "", false, value.Date(0), []byte{}},
			{5, moment, `\N`, true, nil, []byte(nil)},
		}
		write(t, db, func(tx *store.Tx) error {
			for _, row := range rows {
				if _, err := tx.Exec(ctx, `INSERT INTO {kinds} (id, n, s, b, d, x) VALUES ($1, $2, $3, $4, $5, $6)`, row...); err != nil {
					return err
				}
			}
			return nil
		})
		type kinds struct {
			ID value.ID
			N  *int64
			S  *string
			B  *bool
			D  *value.Date
			X  []byte
		}
		want := []kinds{
			{1, ptr[int64](math.MaxInt64), ptr(rows[0][2].(string)), ptr(true), &day, rows[0][5].([]byte)},
			{2, ptr[int64](math.MinInt64), ptr(`\x4142`), ptr(false), ptr(value.Date(-719162)), []byte(`\x4142`)},
			{3, nil, nil, nil, nil, nil},
			{4, ptr[int64](0), ptr(""), ptr(false), ptr(value.Date(0)), []byte{}},
			{5, ptr(moment.UnixMilli()), ptr(`\N`), ptr(true), nil, nil},
		}
		check := func(how string) {
			t.Helper()
			var got []kinds
			read(t, db, func(tx *store.Tx) error {
				r, err := tx.Query(ctx, `SELECT id, n, s, b, d, x FROM {kinds} ORDER BY id`)
				if err != nil {
					return err
				}
				for r.Next() {
					var k kinds
					if err := r.Scan(&k.ID, &k.N, &k.S, &k.B, &k.D, &k.X); err != nil {
						return err
					}
					got = append(got, k)
				}
				return r.Close()
			})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", how, diff)
			}
		}
		check("single inserts")
		for how, suffix := range map[string]string{"bulk": "", "bulk with conflict clause": "ON CONFLICT (id) DO NOTHING"} {
			write(t, db, func(tx *store.Tx) error {
				if _, err := tx.Exec(ctx, `DELETE FROM {kinds}`); err != nil {
					return err
				}
				many := rows // enough rows for COPY; the rest is deleted again
				for id := 100; id < 130; id++ {
					many = append(many, []any{id, nil, nil, nil, nil, nil})
				}
				if n, err := tx.ExecRows(ctx, `INSERT INTO {kinds} (id, n, s, b, d, x) VALUES`, 6, many, suffix); err != nil || n != int64(len(many)) {
					return fmt.Errorf("%d rows, %w", n, err)
				}
				_, err := tx.Exec(ctx, `DELETE FROM {kinds} WHERE id >= 100`)
				return err
			})
			check(how)
		}
	})
}

func ptr[T any](v T) *T { return &v }

func TestParametersThatAreRefused(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		ctx, db := t.Context(), storetest.Workspace(t, s)
		for _, bad := range []any{1.5, "a\x00b", "\xff", uint64(1), []int{1}, struct{}{}} {
			err := db.Write(ctx, func(tx *store.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO {setting} (key, value) VALUES ($1, $2)`, "k", bad)
				return err
			})
			if err == nil {
				t.Errorf("%T %q was taken", bad, bad)
			}
		}
		if n := count(t, db, "setting"); n != 0 {
			t.Errorf("%d rows stayed", n)
		}
	})
}

func TestWrongColumnType(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		ctx, db := t.Context(), storetest.Workspace(t, s)
		makeTable(t, db, "texts", "id INT PRIMARY KEY, s TEXT")
		write(t, db, func(tx *store.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO {texts} (id, s) VALUES (1, 'abc')`)
			return err
		})
		for name, get := range map[string]func(*store.Rows){
			"int": func(r *store.Rows) { r.Int(0) }, "bool": func(r *store.Rows) { r.Bool(0) }, "date": func(r *store.Rows) { r.Date(0) },
		} {
			err := db.Read(ctx, func(tx *store.Tx) error {
				r, err := tx.Query(ctx, `SELECT s FROM {texts}`)
				if err != nil {
					return err
				}
				for r.Next() {
					get(r)
				}
				return r.Close()
			})
			if err == nil {
				t.Errorf("%s read from text without an error", name)
			}
		}
	})
}

// A sum beyond 64 bits is an error on one database and a numeric on the other; its parts fit both.
func TestSumParts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		ctx, db := t.Context(), storetest.Workspace(t, s)
		makeTable(t, db, "amounts", "id INT PRIMARY KEY, n INT")
		write(t, db, func(tx *store.Tx) error {
			rows := [][]any{{1, int64(math.MaxInt64)}, {2, int64(math.MaxInt64)}, {3, -5}, {4, nil}, {5, int64(math.MinInt64)}}
			_, err := tx.ExecRows(ctx, `INSERT INTO {amounts} (id, n) VALUES`, 2, rows, "")
			return err
		})
		high, low := db.Dialect().SumParts(`"n"`)
		read(t, db, func(tx *store.Tx) error {
			var h, l int64
			if _, err := tx.Row(ctx, "SELECT "+high+", "+low+" FROM {amounts}", nil, &h, &l); err != nil {
				return err
			}
			if got, ok := store.Sum(h, l); !ok || got != math.MaxInt64-6 {
				t.Errorf("sum is %d, %v", got, ok)
			}
			if _, err := tx.Row(ctx, "SELECT "+high+", "+low+" FROM {amounts} WHERE id < 3", nil, &h, &l); err != nil {
				return err
			}
			if _, ok := store.Sum(h, l); ok {
				t.Error("a sum beyond 64 bits was called one")
			}
			return nil
		})
	})
}

func TestNaughtyStringsRoundTrip(t *testing.T) {
	t.Parallel()
	var all []string
	if err := json.Unmarshal(shared(t, "blns", "blns.json"), &all); err != nil {
		t.Fatal(err)
	}
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		ctx, db := t.Context(), storetest.Workspace(t, s)
		makeTable(t, db, "naughty", "id INT PRIMARY KEY, s TEXT")
		var want []string
		var rows [][]any
		for _, s := range all {
			if clean, err := value.Clean(s); err == nil {
				want = append(want, clean)
				rows = append(rows, []any{len(want), clean})
			}
		}
		write(t, db, func(tx *store.Tx) error {
			_, err := tx.ExecRows(ctx, `INSERT INTO {naughty} (id, s) VALUES`, 2, rows, "")
			return err
		})
		if diff := cmp.Diff(want, texts(t, db, `SELECT s FROM {naughty} ORDER BY id`)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		for _, s := range want {
			if got := texts(t, db, `SELECT s FROM {naughty} WHERE s = $1`, s); len(got) == 0 || got[0] != s {
				t.Errorf("%q found as %q", s, got)
			}
		}
	})
}

// shared reads a file of the data shared between checkouts, or skips.
func shared(t *testing.T, path ...string) []byte {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		b, err := os.ReadFile(filepath.Join(append([]string{dir, "shared", "data"}, path...)...))
		if err == nil {
			return b
		}
		if up := filepath.Dir(dir); up != dir {
			dir = up
			continue
		}
		t.Skip("no folder shared/data above this one")
	}
}
