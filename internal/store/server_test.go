package store_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
)

func wantKey(t *testing.T, err error, key string) {
	t.Helper()
	if f, ok := fault.As(err); !ok || f.Key != key {
		t.Errorf("error is %v, want %s", err, key)
	}
}

func TestWorkspaces(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		ctx := t.Context()
		_, err := s.Workspace(ctx, "acme", false)
		wantKey(t, err, "store.no_workspace")
		for _, bad := range []string{"", "A", "a b", "a_b", "-a", "a--b", "../x", strings.Repeat("a", 41)} {
			_, err := s.Workspace(ctx, bad, true)
			wantKey(t, err, "store.bad_slug")
		}
		storetest.Workspace(t, s)
		db, err := s.Workspace(ctx, "acme-2", true)
		if err != nil {
			t.Fatal(err)
		}
		write(t, db, func(tx *store.Tx) error { return put(ctx, tx, "a") })
		if got, err := s.Workspaces(ctx); err != nil || !slices.Equal(got, []string{"acme-2", "main"}) {
			t.Errorf("workspaces %v, %v", got, err)
		}
		if err := s.Drop(ctx, "acme-2"); err != nil {
			t.Fatal(err)
		}
		_, err = s.Workspace(ctx, "acme-2", false)
		wantKey(t, err, "store.no_workspace")
		if db, err = s.Workspace(ctx, "acme-2", true); err != nil {
			t.Fatal(err)
		}
		if n := count(t, db, "setting"); n != 0 {
			t.Errorf("%d rows outlived their workspace", n)
		}
	})
}

func TestConfigRefused(t *testing.T) {
	t.Parallel()
	for key, c := range map[string]store.Config{
		"store.no_dir":      {},
		"store.bad_url":     {Dir: t.TempDir(), URL: "mysql://x"},
		"store.bad_prefix":  {Dir: t.TempDir(), URL: "postgres://x", SchemaPrefix: "a b"},
		"store.unreachable": {Dir: t.TempDir(), URL: "postgres://nobody@127.0.0.1:1/none?connect_timeout=1"},
	} {
		_, err := store.Open(t.Context(), c)
		wantKey(t, err, key)
	}
}

// childVariable makes the test binary a second process that opens a folder, and with writerVariable one
// that writes to a database until it is killed.
const (
	childVariable  = "WELLMET_TEST_OPEN"
	writerVariable = "WELLMET_TEST_WRITE"
)

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(childVariable) != "":
		os.Exit(childOpens(os.Getenv(childVariable)))
	case os.Getenv(writerVariable) != "":
		os.Exit(childWrites(os.Getenv(writerVariable)))
	}
	os.Exit(m.Run())
}

func childOpens(dir string) int {
	s, err := store.Open(context.Background(), store.Config{Dir: dir})
	if err != nil {
		os.Stderr.WriteString(err.Error())
		return 3
	}
	s.Close()
	return 0
}

func TestSecondProcessIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := store.Open(t.Context(), store.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	child := func() (string, error) {
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), childVariable+"="+dir)
		out, err := c.CombinedOutput()
		return string(out), err
	}
	if out, err := child(); err == nil || !strings.Contains(out, "store.in_use") || !strings.Contains(out, filepath.Join(dir, "wellmet.lock")) {
		t.Errorf("second process: %v, %s", err, out)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if out, err := child(); err != nil {
		t.Errorf("after the first has closed: %v, %s", err, out)
	}
}

func TestOpenBesideReadsOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := store.Open(t.Context(), store.Config{Dir: dir, Sync: store.SyncOff})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, db := t.Context(), storetest.Workspace(t, s)
	write(t, db, func(tx *store.Tx) error { return put(ctx, tx, "a") })
	beside, err := store.Open(ctx, store.Config{Dir: dir, Beside: true})
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close()
	db, err = beside.Workspace(ctx, storetest.Slug, false)
	if err != nil {
		t.Fatal(err)
	}
	if n := count(t, db, "setting"); n != 1 {
		t.Errorf("%d rows", n)
	}
	if err := db.Write(ctx, func(tx *store.Tx) error { return put(ctx, tx, "b") }); err == nil {
		t.Error("wrote beside a running server")
	}
}
