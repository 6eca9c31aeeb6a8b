package store_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"testing"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
)

// pair makes the configurations of a full and an empty installation of each kind.
func eachPair(t *testing.T, run func(t *testing.T, from, to store.Config)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		run(t, store.Config{Dir: t.TempDir(), Sync: store.SyncOff}, store.Config{Dir: filepath.Join(t.TempDir(), "new"), Sync: store.SyncOff})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		run(t, storetest.PostgresConfig(t), storetest.PostgresConfig(t))
	})
}

func openAt(t *testing.T, c store.Config) *store.Server {
	t.Helper()
	s, err := store.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	eachPair(t, func(t *testing.T, from, to store.Config) {
		ctx, s := t.Context(), openAt(t, from)
		db := storetest.Workspace(t, s)
		other, err := s.Workspace(ctx, "second-one", true)
		if err != nil {
			t.Fatal(err)
		}
		makeDeals(t, db)
		if err := db.CreateIndex(ctx, store.Index{Name: "deal_part_u", Table: "deal", Columns: []string{`"name_s"`, `"id" DESC`}, Where: `"won" IS NOT NULL`, Unique: true}); err != nil {
			t.Fatal(err)
		}
		write(t, db, func(tx *store.Tx) error {
			if err := insertDeals(ctx, tx, 1, 2000); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `UPDATE {workspace_state} SET schema_version = 7`); err != nil {
				return err
			}
			return tx.PutSearch(ctx, []store.SearchDoc{{ID: 1, Object: "deal", Words: "muller gmbh", Grams: "muller gmbh"}})
		})
		write(t, other, func(tx *store.Tx) error { return put(ctx, tx, "naïve\t\\N\n") })
		blob, err := db.Blobs().Put(ctx, bytes.NewReader([]byte("a file")), 100)
		if err != nil {
			t.Fatal(err)
		}

		var file bytes.Buffer
		backupWhileWriting(t, s, db, &file)
		if err := store.Restore(ctx, to, bytes.NewReader(file.Bytes())); err != nil {
			t.Fatal(err)
		}
		s2 := openAt(t, to)
		db2, err := s2.Workspace(ctx, storetest.Slug, false)
		if err != nil {
			t.Fatal(err)
		}
		// Each concurrent write inserted a pair; a snapshot holds pairs only.
		if n := count(t, db2, "deal"); n < 2000 || n%2 != 0 {
			t.Errorf("%d deals", n)
		}
		sample := `SELECT name || name_s || amount || amount_c || note FROM {deal} WHERE id <= 2000 ORDER BY id`
		if a, b := fmt.Sprint(texts(t, db, sample)), fmt.Sprint(texts(t, db2, sample)); a != b {
			t.Error("deals differ")
		}
		if got := texts(t, db2, `SELECT CAST(schema_version AS text) FROM {workspace_state}`); len(got) != 1 || got[0] != "7" {
			t.Errorf("schema version %v", got)
		}
		if got := find(t, db2, store.SearchQuery{Words: []string{"mull"}}); len(got) != 1 {
			t.Errorf("search finds %v", got)
		}
		err = db2.Write(ctx, func(tx *store.Tx) error {
			if _, err := tx.Exec(ctx, `UPDATE {deal} SET name_s = 'x', id = 1000001 WHERE id = 1`); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `INSERT INTO {deal} (id, name_s, won) VALUES (1000001, 'x', $1)`, true)
			return err
		})
		if _, unique := store.IsUnique(err); !unique {
			t.Errorf("the primary key did not come back: %v", err)
		}
		if err := db2.DropIndex(ctx, "deal_part_u"); err != nil {
			t.Error(err)
		}
		other2, err := s2.Workspace(ctx, "second-one", false)
		if err != nil {
			t.Fatal(err)
		}
		if got := texts(t, other2, `SELECT key FROM {setting}`); len(got) != 1 || got[0] != "naïve\t\\N\n" {
			t.Errorf("settings %q", got)
		}
		r, err := db2.Blobs().Open(ctx, blob.Hash)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if b, err := io.ReadAll(r); err != nil || string(b) != "a file" {
			t.Errorf("blob %q, %v", b, err)
		}
	})
}

// backupWhileWriting writes pairs of deals until the backup is through.
func backupWhileWriting(t *testing.T, s *store.Server, db *store.DB, w io.Writer) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	started := make(chan struct{})
	writing.Go(func() {
		for n := 3001; ctx.Err() == nil; n += 2 {
			if err := db.Write(t.Context(), func(tx *store.Tx) error { return insertDeals(t.Context(), tx, n, 2) }); err != nil {
				t.Error(err)
			}
			if n == 3001 {
				close(started)
			}
		}
	})
	<-started
	if err := s.Backup(t.Context(), w); err != nil {
		t.Error(err)
	}
	stop()
	writing.Wait()
}

func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	eachPair(t, func(t *testing.T, from, to store.Config) {
		ctx, s := t.Context(), openAt(t, from)
		db := storetest.Workspace(t, s)
		write(t, db, func(tx *store.Tx) error { return put(ctx, tx, "a") })
		if _, err := db.Blobs().Put(ctx, bytes.NewReader(bytes.Repeat([]byte("x"), 5000)), 5000); err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		if err := s.Backup(ctx, &file); err != nil {
			t.Fatal(err)
		}
		whole := file.Bytes()
		for _, n := range []int{0, 10, len(whole) / 2, len(whole) - 200, len(whole) - 1} {
			wantKey(t, store.Restore(ctx, to, bytes.NewReader(whole[:n])), "store.backup_torn")
		}
		flipped := bytes.Clone(whole)
		flipped[len(flipped)/2] ^= 4
		if err := store.Restore(ctx, to, bytes.NewReader(flipped)); err == nil {
			t.Error("a damaged backup was restored")
		}
		other := store.Config{Dir: t.TempDir(), URL: "postgres://nowhere"}
		if from.URL != "" {
			other.URL = ""
		}
		wantKey(t, store.Restore(ctx, other, bytes.NewReader(whole)), "store.backup_dialect")
		// What failed left nothing, so that the whole one fits now; and only once.
		if err := store.Restore(ctx, to, bytes.NewReader(whole)); err != nil {
			t.Fatal(err)
		}
		wantKey(t, store.Restore(ctx, to, bytes.NewReader(whole)), "store.not_empty")
	})
}
