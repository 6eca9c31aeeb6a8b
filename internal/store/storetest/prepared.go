package storetest

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"wellmet/internal/store"
)

// Prepared is an installation that is made once a process and copied for each test: on SQLite its folder, on
// PostgreSQL its database. To make one anew costs what hundreds of statements of a test do.
type Prepared struct {
	fill     func(ctx context.Context, c store.Config) error
	sqlite   func() (string, error)
	postgres func() (copied, error)
}

// copied is what a test on PostgreSQL gets a copy of.
type copied struct{ dir, database string }

// prefix stands before the schemas of copies, which have a database of their own.
const prefix = "t_"

// Prepare says how the installation comes about: fill opens one, puts into it what every test begins with,
// and closes it.
func Prepare(fill func(ctx context.Context, c store.Config) error) *Prepared {
	p := &Prepared{fill: fill}
	p.sqlite = sync.OnceValues(func() (string, error) {
		dir, err := templateFolder()
		if err != nil {
			return "", err
		}
		return dir, p.make(context.Background(), store.Config{Dir: dir, Sync: store.SyncOff})
	})
	p.postgres = sync.OnceValues(func() (copied, error) {
		dir, err := templateFolder()
		if err != nil {
			return copied{}, err
		}
		ctx := context.Background()
		a, err := administrator()
		if err != nil {
			return copied{}, err
		}
		name, err := a.create(ctx, "")
		if err != nil {
			return copied{}, err
		}
		c, err := onDatabase(dir, name)
		if err != nil {
			return copied{}, err
		}
		if c.DirectURL != "" {
			c.URL = c.DirectURL // a pooler would keep connections to what is to be copied
		}
		return copied{dir, name}, p.make(ctx, c)
	})
	return p
}

const (
	templates = "wellmet-template-"
	// templateLife is longer than any test program runs.
	templateLife = 6 * time.Hour
)

// templateFolder is a new folder for a template. A test program has no last moment in which it could tidy
// up, so each removes what those long before it left behind.
func templateFolder() (string, error) {
	left, err := filepath.Glob(filepath.Join(os.TempDir(), templates+"*"))
	if err != nil {
		return "", err
	}
	for _, dir := range left {
		if at, err := os.Stat(dir); err == nil && time.Since(at.ModTime()) > templateLife {
			_ = os.RemoveAll(dir) // another process may be at it
		}
	}
	return os.MkdirTemp("", templates)
}

// make fills an installation, linting it as tests are.
func (p *Prepared) make(ctx context.Context, c store.Config) error {
	var mu sync.Mutex
	var wrong error
	c.OnStatement = func(s store.Statement) {
		if what := Lint(s.SQL); what != "" {
			mu.Lock()
			defer mu.Unlock()
			wrong = fmt.Errorf("statement breaks the house rules: %s\nin: %s", what, s.SQL)
		}
	}
	c.Patience = Patience
	err := p.fill(ctx, c)
	mu.Lock()
	defer mu.Unlock()
	return errors.Join(err, wrong)
}

// PrepareWorkspace is Prepare for an installation whose one workspace, that of Workspace, is filled.
func PrepareWorkspace(fill func(ctx context.Context, db *store.DB) error) *Prepared {
	return Prepare(func(ctx context.Context, c store.Config) error {
		s, err := store.Open(ctx, c)
		if err != nil {
			return err
		}
		db, err := s.Workspace(ctx, Slug, true)
		if err == nil {
			err = fill(ctx, db)
		}
		return errors.Join(err, s.Close())
	})
}

// Each runs test on a copy of each kind, in parallel.
func (p *Prepared) Each(t *testing.T, test func(t *testing.T, s *store.Server)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, p.SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, p.Postgres(t))
	})
}

// SQLite opens a copy in a temporary folder.
func (p *Prepared) SQLite(t testing.TB) *store.Server {
	t.Helper()
	return open(t, p.SQLiteConfig(t))
}

// Postgres opens a copy in a database of its own, dropped after the test.
func (p *Prepared) Postgres(t testing.TB) *store.Server {
	t.Helper()
	return open(t, p.PostgresConfig(t))
}

// SQLiteConfig is the configuration of a copy in a temporary folder.
func (p *Prepared) SQLiteConfig(t testing.TB) store.Config {
	t.Helper()
	from, err := p.sqlite()
	if err != nil {
		t.Fatalf("make template: %v", err)
	}
	return store.Config{Dir: copyFolder(t, from), Sync: store.SyncOff}
}

// PostgresConfig is the configuration of a copy in a database of its own, dropped after the test. The test
// is skipped where no PostgreSQL is given.
func (p *Prepared) PostgresConfig(t testing.TB) store.Config {
	t.Helper()
	needPostgres(t)
	from, err := p.postgres()
	if err != nil {
		t.Fatalf("make template: %v", err)
	}
	a, err := administrator()
	if err != nil {
		t.Fatal(err)
	}
	name, err := a.create(t.Context(), from.database)
	if err != nil {
		t.Fatalf("copy template: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := a.drop(ctx, name); err != nil {
			t.Errorf("drop database of a test: %v", err)
		}
	})
	c, err := onDatabase(copyFolder(t, from.dir), name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func copyFolder(t testing.TB, from string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatalf("copy template: %v", err)
	}
	return dir
}

func needPostgres(t testing.TB) {
	t.Helper()
	if os.Getenv(PostgresVariable) == "" {
		t.Skipf("set %s=postgres://… to run this on PostgreSQL, too", PostgresVariable)
	}
}

// onDatabase is the server of the tests with another database of it.
func onDatabase(dir, name string) (store.Config, error) {
	c := store.Config{Dir: dir, SchemaPrefix: prefix, MaxConns: 8}
	for to, from := range map[*string]string{&c.URL: os.Getenv(PostgresVariable), &c.DirectURL: os.Getenv(DirectVariable)} {
		if from == "" {
			continue
		}
		u, err := url.Parse(from)
		if err != nil {
			return c, err
		}
		u.Path = "/" + name
		*to = u.String()
	}
	return c, nil
}

// admin makes and drops databases. All that it makes bear its name, which its connections bear, too: whose
// connections are gone has left his template behind, and the next process drops it.
type admin struct {
	pool *pgxpool.Pool
	name string
	made atomic.Int64
}

const (
	family     = "wellmet_test_"
	nameLength = len(family) + 12
)

var administrator = sync.OnceValues(func() (*admin, error) {
	ctx := context.Background()
	c, err := pgxpool.ParseConfig(cmp.Or(os.Getenv(DirectVariable), os.Getenv(PostgresVariable)))
	if err != nil {
		return nil, err
	}
	a := &admin{name: family + strings.ToLower(rand.Text()[:nameLength-len(family)])}
	c.MinConns, c.MaxConns = 1, 4
	c.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
	c.ConnConfig.RuntimeParams["application_name"] = a.name
	if a.pool, err = pgxpool.NewWithConfig(ctx, c); err != nil {
		return nil, err
	}
	return a, a.tidy(ctx)
})

// create makes a database, as a copy of another unless that is "".
func (a *admin) create(ctx context.Context, from string) (string, error) {
	name := a.name + "_" + strconv.FormatInt(a.made.Add(1), 10)
	sql := "CREATE DATABASE " + name
	if from != "" {
		sql += " TEMPLATE " + from + " STRATEGY FILE_COPY" // a fifth of what the log of its pages costs
	}
	_, err := a.pool.Exec(ctx, sql)
	return name, err
}

func (a *admin) drop(ctx context.Context, name string) error {
	_, err := a.pool.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	return err
}

// tidy drops what processes left behind that have ended.
func (a *admin) tidy(ctx context.Context) error {
	rows, err := a.pool.Query(ctx, `SELECT d.datname FROM pg_catalog.pg_database d WHERE starts_with(d.datname, $1)
		AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_activity c WHERE c.application_name = left(d.datname, $2))`, family, nameLength)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range names {
		_ = a.drop(ctx, name) // another process may be at it
	}
	return nil
}
