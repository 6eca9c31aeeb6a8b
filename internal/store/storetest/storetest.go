// Package storetest runs tests on real databases: SQLite in a temporary folder always, PostgreSQL when
// WELLMET_TEST_POSTGRES says where one is. Every statement a test runs is linted.
package storetest

import (
	"context"
	"crypto/rand"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"wellmet/internal/store"
)

// Slug is the workspace that Workspace opens.
const Slug = "main"

// PostgresVariable names the environment variable with the URL of a PostgreSQL for tests.
const PostgresVariable = "WELLMET_TEST_POSTGRES"

// DirectVariable optionally names the same PostgreSQL without PgBouncer.
const DirectVariable = "WELLMET_TEST_POSTGRES_DIRECT"

// Each runs test on a fresh installation of each kind, in parallel.
func Each(t *testing.T, test func(t *testing.T, s *store.Server)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, Postgres(t))
	})
}

// Workspace is the installation's first workspace, with the fixed tables and nothing else.
func Workspace(t testing.TB, s *store.Server) *store.DB {
	t.Helper()
	db, err := s.Workspace(t.Context(), Slug, true)
	if err != nil {
		t.Fatalf("open workspace: %v", err)
	}
	return db
}

// template is a folder with migrated files, made once a process and copied for every test.
var template = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "wellmet-template-")
	if err != nil {
		return "", err
	}
	ctx := context.Background()
	s, err := store.Open(ctx, store.Config{Dir: dir, Sync: store.SyncOff})
	if err != nil {
		return "", err
	}
	if _, err := s.Workspace(ctx, Slug, true); err != nil {
		return "", err
	}
	return dir, s.Close()
})

// SQLite opens a fresh installation in a temporary folder.
func SQLite(t testing.TB) *store.Server {
	t.Helper()
	from, err := template()
	if err != nil {
		t.Fatalf("make template: %v", err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatalf("copy template: %v", err)
	}
	return open(t, store.Config{Dir: dir, Sync: store.SyncOff})
}

// Postgres opens a fresh installation with schemas of its own, dropped after the test.
func Postgres(t testing.TB) *store.Server {
	t.Helper()
	return open(t, PostgresConfig(t))
}

// PostgresConfig is a configuration with schemas of its own, dropped after the test. The test is skipped
// where no PostgreSQL is given.
func PostgresConfig(t testing.TB) store.Config {
	t.Helper()
	url := os.Getenv(PostgresVariable)
	if url == "" {
		t.Skipf("set %s=postgres://… to run this on PostgreSQL, too", PostgresVariable)
	}
	c := store.Config{
		Dir: t.TempDir(), URL: url, DirectURL: os.Getenv(DirectVariable),
		SchemaPrefix: "t" + strings.ToLower(rand.Text()[:8]) + "_", MaxConns: 8,
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := store.DropPrefix(ctx, c); err != nil {
			t.Errorf("drop test schemas: %v", err)
		}
	})
	return c
}

func open(t testing.TB, c store.Config) *store.Server {
	t.Helper()
	c.OnStatement = Linter(t, c.SchemaPrefix)
	s, err := store.Open(t.Context(), c)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}
