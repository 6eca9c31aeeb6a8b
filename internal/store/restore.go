package store

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"wellmet/internal/fault"
)

// Restore brings a backup back into an empty folder (and, on PostgreSQL, a database without our schemas).
// It refuses where anything is, a torn file, a backup of the other kind of database, and one of a newer
// program. After a failure nothing of it is left.
func Restore(ctx context.Context, c Config, r io.Reader) error {
	c, err := c.filled()
	if err != nil {
		return err
	}
	zip, err := gzip.NewReader(bufio.NewReaderSize(r, 1<<20))
	if err != nil {
		return torn(err)
	}
	in := &opened{zip: zip, tar: tar.NewReader(zip), ctx: ctx}
	if err := in.begin(c); err != nil {
		return err
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return err
	}
	if c.postgres() {
		return restoreSchemas(ctx, c, in)
	}
	return restoreFolder(ctx, c, in)
}

// opened is a backup being read.
type opened struct {
	ctx     context.Context
	zip     *gzip.Reader
	tar     *tar.Reader
	about   manifest
	entries int
	done    bool
}

func (in *opened) begin(c Config) error {
	name, err := in.next()
	if err != nil {
		return err
	}
	if name != "manifest.json" {
		return torn(errors.New("no manifest"))
	}
	if err := json.NewDecoder(in.tar).Decode(&in.about); err != nil || in.about.Product != backupProduct {
		return torn(err)
	}
	want := "sqlite"
	if c.postgres() {
		want = "postgres"
	}
	switch {
	case in.about.Format > backupFormat:
		return fault.New(fault.Unavailable, keyNewer, fault.Args{"database": "backup", "version": in.about.Format, "known": backupFormat})
	case in.about.Dialect != want:
		return fault.New(fault.Invalid, "store.backup_dialect", fault.Args{"backup": in.about.Dialect, "here": want})
	}
	for _, slug := range in.about.Workspaces {
		if err := checkSlug(slug); err != nil {
			return err
		}
	}
	return nil
}

// next goes to the next entry; "" after the last. A backup that ends without its end is torn.
func (in *opened) next() (string, error) {
	if err := in.ctx.Err(); err != nil {
		return "", err
	}
	if in.done {
		return "", nil
	}
	h, err := in.tar.Next()
	if err != nil {
		return "", torn(err)
	}
	if h.Name != "end.json" {
		in.entries++
		return h.Name, nil
	}
	var e end
	if err := json.NewDecoder(in.tar).Decode(&e); err != nil {
		return "", torn(err)
	}
	if e.Entries != in.entries {
		return "", torn(errors.New("entries are missing"))
	}
	if _, err := io.Copy(io.Discard, in.zip); err != nil { // to the checksum behind it all
		return "", torn(err)
	}
	in.done = true
	return "", nil
}

// blob stores an entry "blobs/<slug>/<hash>" under dir and checks its content; false when it is none.
func (in *opened) blob(name, dir string) (bool, error) {
	rest, ok := strings.CutPrefix(name, "blobs/")
	if !ok {
		return false, nil
	}
	slug, hash, _ := strings.Cut(rest, "/")
	if checkSlug(slug) != nil || !isHash(hash) {
		return true, torn(errors.New("strange name " + name))
	}
	blob, err := newFolder(filepath.Join(dir, slug)).Put(in.ctx, in.tar, 1<<40)
	if err == nil && blob.Hash != hash {
		err = torn(errors.New("content of " + name + " differs"))
	}
	return true, err
}

func torn(err error) error {
	return fault.New(fault.Invalid, "store.backup_torn", nil).Because(err)
}

func notEmpty(where string) error {
	return fault.New(fault.Conflict, "store.not_empty", fault.Args{"path": where})
}
