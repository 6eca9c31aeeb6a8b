package storetest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"wellmet/internal/store"
)

// Prepared is an installation that is made once a process, or once for all processes of a run (see Shared),
// and copied for each test: on SQLite its folder, on PostgreSQL its database. To make one anew costs what
// hundreds of statements of a test do.
type Prepared struct {
	fill     func(ctx context.Context, c store.Config) error
	name     string // under which other processes find it, "" = they do not
	sqlite   func() (template, error)
	postgres func() (template, error)
}

// template is what a test gets a copy of; Database is empty on SQLite.
type template struct{ Dir, Database string }

// prefix stands before the schemas of copies, which have a database of their own.
const prefix = "t_"

// Prepare says how the installation comes about: fill opens one, puts into it what every test begins with,
// and closes it.
func Prepare(fill func(ctx context.Context, c store.Config) error) *Prepared {
	p := &Prepared{fill: fill}
	p.sqlite = sync.OnceValues(func() (template, error) { return p.shared("sqlite", p.makeSQLite) })
	p.postgres = sync.OnceValues(func() (template, error) { return p.shared("postgres", p.makePostgres) })
	return p
}

func (p *Prepared) makeSQLite(ctx context.Context) (template, error) {
	dir, err := templateFolder()
	if err != nil {
		return template{}, err
	}
	return template{Dir: dir}, p.make(ctx, store.Config{Dir: dir, Sync: store.SyncOff})
}

func (p *Prepared) makePostgres(ctx context.Context) (template, error) {
	dir, err := templateFolder()
	if err != nil {
		return template{}, err
	}
	a, err := administrator()
	if err != nil {
		return template{}, err
	}
	name, err := a.create(ctx, "", p.kept())
	if err != nil {
		return template{}, err
	}
	c, err := onDatabase(dir, name)
	if err != nil {
		return template{}, err
	}
	if c.DirectURL != "" {
		c.URL = c.DirectURL // a pooler would keep connections to what is to be copied
	}
	return template{dir, name}, p.make(ctx, c)
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
	return os.MkdirTemp(os.Getenv(SharedVariable), templates)
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
	return store.Config{Dir: copyFolder(t, from.Dir), Sync: store.SyncOff}
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
	name, err := a.create(t.Context(), from.Database, false)
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
	c, err := onDatabase(copyFolder(t, from.Dir), name)
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
