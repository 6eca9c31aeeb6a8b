// Package storetest runs tests on real databases: SQLite in a temporary folder always, PostgreSQL when
// WELLMET_TEST_POSTGRES says where one is. Every statement a test runs is linted.
package storetest

import (
	"context"
	"crypto/rand"
	"os"
	"strings"
	"testing"
	"time"

	"wellmet/internal/store"
)

// Slug is the workspace that Workspace opens.
const Slug = "main"

// PostgresVariable names the environment variable with the URL of a PostgreSQL for tests.
const PostgresVariable = "WELLMET_TEST_POSTGRES"

// Patience is how many times longer than for a person a transaction of a test may take.
const Patience = 10

// DirectVariable optionally names the same PostgreSQL without PgBouncer.
const DirectVariable = "WELLMET_TEST_POSTGRES_DIRECT"

// Each runs test on a fresh installation of each kind, in parallel.
func Each(t *testing.T, test func(t *testing.T, s *store.Server)) {
	t.Helper()
	bare.Each(t, test)
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

// bare is an installation with a workspace that holds the fixed tables and nothing else.
var bare = PrepareWorkspace(func(context.Context, *store.DB) error { return nil }).Shared("bare")

// SQLite opens a fresh installation in a temporary folder.
func SQLite(t testing.TB) *store.Server {
	t.Helper()
	return bare.SQLite(t)
}

// Postgres opens a fresh installation in a database of its own, dropped after the test.
func Postgres(t testing.TB) *store.Server {
	t.Helper()
	return bare.Postgres(t)
}

// PostgresConfig is a configuration with schemas of its own, dropped after the test. The test is skipped
// where no PostgreSQL is given.
func PostgresConfig(t testing.TB) store.Config {
	t.Helper()
	needPostgres(t)
	c := store.Config{
		Dir: t.TempDir(), URL: os.Getenv(PostgresVariable), DirectURL: os.Getenv(DirectVariable),
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
	c.OnStatement, c.Patience = Linter(t, c.SchemaPrefix), Patience
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
