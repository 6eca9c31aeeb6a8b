package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"

	"wellmet/internal/fault"
	"wellmet/internal/store/migrations"
)

// Every migration exists for both dialects, numbered without holes.
func TestMigrationsMatch(t *testing.T) {
	t.Parallel()
	for _, k := range []kind{controlKind, workspaceKind} {
		var names [2][]string
		for i, dialect := range []string{"sqlite", "postgres"} {
			files, err := fs.Glob(migrations.Files, string(k)+"/"+dialect+"/*.sql")
			if err != nil {
				t.Fatal(err)
			}
			for n, path := range files {
				name := filepath.Base(path)
				names[i] = append(names[i], name)
				if !strings.HasPrefix(name, fmt.Sprintf("%05d_", n+1)) {
					t.Errorf("%s is not number %d", path, n+1)
				}
				text, err := fs.ReadFile(migrations.Files, path)
				if err != nil {
					t.Fatal(err)
				}
				if strings.Contains(string(text), "goose Down") {
					t.Errorf("%s goes down; migrations only go forward", path)
				}
			}
		}
		if diff := cmp.Diff(names[0], names[1]); diff != "" {
			t.Errorf("%s: sqlite and postgres differ:\n%s", k, diff)
		}
	}
}

// A fresh install equals going step by step, each step with a new program.
func TestStepByStepSQLite(t *testing.T) {
	t.Parallel()
	for _, k := range []kind{controlKind, workspaceKind} {
		fresh := sqliteFile(t, k, func(ctx context.Context, p *goose.Provider) error { return migrateUp(ctx, p, "fresh", 0) })
		steps := sqliteFile(t, k, oneByOne)
		if diff := cmp.Diff(catalogue(t, fresh), catalogue(t, steps)); diff != "" {
			t.Errorf("%s (-fresh +steps):\n%s", k, diff)
		}
	}
}

func oneByOne(ctx context.Context, p *goose.Provider) error {
	for _, source := range p.ListSources() {
		if err := migrateUp(ctx, p, "steps", source.Version); err != nil {
			return err
		}
	}
	return nil
}

func sqliteFile(t *testing.T, k kind, up func(context.Context, *goose.Provider) error) *sql.DB {
	t.Helper()
	e, err := openSQLite(filepath.Join(t.TempDir(), "x.db"), Config{Sync: SyncOff, Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	db := e.handle()
	t.Cleanup(func() { db.Close() })
	files, err := migrationFiles(k, "sqlite", func(s string) string { return s })
	if err != nil {
		t.Fatal(err)
	}
	p, err := provider(goose.DialectSQLite3, db, files, versionTable)
	if err != nil {
		t.Fatal(err)
	}
	if err := up(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	return db
}

func catalogue(t *testing.T, db *sql.DB) (all []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM main.sqlite_schema ORDER BY 1")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	if len(all) < 5 {
		t.Fatalf("catalogue of %d entries", len(all))
	}
	return all
}

func TestStepByStepPostgres(t *testing.T) {
	t.Parallel()
	h, c := testSchemas(t)
	for _, k := range []kind{controlKind, workspaceKind} {
		var got [2]pgSchema
		for i, up := range []func(context.Context, *goose.Provider) error{
			func(ctx context.Context, p *goose.Provider) error { return migrateUp(ctx, p, "fresh", 0) }, oneByOne,
		} {
			schema := fmt.Sprintf("%s%s_%d", c.SchemaPrefix, k, i)
			err := h.alone(t.Context(), schema, func(ctx context.Context, conn *pgconn.PgConn) error {
				if _, err := conn.Exec(ctx, "CREATE SCHEMA "+quote(schema)).ReadAll(); err != nil {
					return err
				}
				p, done, err := h.provider(k, schema)
				if err != nil {
					return err
				}
				defer done()
				if err := up(ctx, p); err != nil {
					return err
				}
				got[i], err = describeSchema(ctx, conn, schema)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(got[0], got[1]); diff != "" || len(got[0].Tables) < 5 {
			t.Errorf("%s, %d tables (-fresh +steps):\n%s", k, len(got[0].Tables), diff)
		}
	}
}

func testSchemas(t *testing.T) (*schemas, Config) {
	t.Helper()
	url := os.Getenv("WELLMET_TEST_POSTGRES")
	if url == "" {
		t.Skip("set WELLMET_TEST_POSTGRES=postgres://… to run this on PostgreSQL, too")
	}
	c, err := Config{Dir: t.TempDir(), URL: url, DirectURL: os.Getenv("WELLMET_TEST_POSTGRES_DIRECT"), SchemaPrefix: fmt.Sprintf("m%d_", os.Getpid()), MaxConns: 4}.filled()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := DropPrefix(context.Background(), c); err != nil {
			t.Error(err)
		}
	})
	h, err := openSchemas(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.close() })
	return h, c
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	later := func(db *DB) error {
		return db.Write(t.Context(), func(tx *Tx) error {
			_, err := tx.Exec(t.Context(), "INSERT INTO {goose_db_version} (version_id, is_applied) VALUES ($1, $2)", 99999, true)
			return err
		})
	}
	check := func(t *testing.T, c Config) {
		s, err := Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		db, err := s.Workspace(t.Context(), "main", true)
		if err != nil {
			t.Fatal(err)
		}
		if err := later(db); err != nil {
			t.Fatal(err)
		}
		s.Close()
		s, err = Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Workspace(t.Context(), "main", true)
		if f, ok := fault.As(err); !ok || f.Key != keyNewer || fmt.Sprint(f.Args["version"]) != "99999" {
			t.Errorf("newer workspace: %v", err)
		}
		if err := later(s.Control()); err != nil {
			t.Fatal(err)
		}
		s.Close()
		if s, err = Open(t.Context(), c); err == nil {
			s.Close()
		}
		if f, ok := fault.As(err); !ok || f.Key != keyNewer {
			t.Errorf("newer control: %v", err)
		}
	}
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); check(t, Config{Dir: t.TempDir(), Sync: SyncOff}) })
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		_, c := testSchemas(t)
		c.SchemaPrefix = "n" + c.SchemaPrefix[1:]
		t.Cleanup(func() { DropPrefix(context.Background(), c) })
		check(t, c)
	})
}

func TestFixedTable(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"history": true, "search_words": true, "workspace_state": true, versionTable: true, "deal": false, "account": false} {
		if FixedTable(name) != want {
			t.Errorf("FixedTable(%q) is %v", name, !want)
		}
	}
}
