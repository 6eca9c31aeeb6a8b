package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"wellmet/internal/fault"
)

// restoreFolder unpacks beside, opens what it unpacked, and moves it into place, control.db last: before
// that the folder counts as empty.
func restoreFolder(ctx context.Context, c Config, in *opened) error {
	lock, err := lockFile(filepath.Join(c.Dir, "wellmet.lock"))
	if err != nil {
		return err
	}
	defer lock.release()
	for _, pattern := range []string{"*.db", "blobs/*"} {
		if found, err := filepath.Glob(filepath.Join(c.Dir, pattern)); err != nil || len(found) > 0 {
			return errors.Join(notEmpty(c.Dir), err)
		}
	}
	dir, err := os.MkdirTemp(c.Dir, ".restore-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := unpack(in, dir); err != nil {
		return err
	}
	if err := proveFolder(ctx, c, in.about, dir); err != nil {
		return err
	}
	return moveFolder(in.about, dir, c.Dir)
}

func unpack(in *opened, dir string) error {
	files := []string{"control.db"}
	for _, slug := range in.about.Workspaces {
		files = append(files, fileName(slug))
	}
	for {
		name, err := in.next()
		if err != nil || name == "" {
			return err
		}
		if isBlob, err := in.blob(name, filepath.Join(dir, "blobs")); err != nil || isBlob {
			if err != nil {
				return err
			}
			continue
		}
		if !slices.Contains(files, name) {
			return torn(fmt.Errorf("strange name %q", name))
		}
		if err := unpackFile(in, filepath.Join(dir, name)); err != nil {
			return err
		}
	}
}

func unpackFile(in *opened, to string) error {
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, &watched{in.ctx, in.tar}); err != nil {
		return errors.Join(torn(err), f.Close())
	}
	return errors.Join(f.Sync(), f.Close())
}

// proveFolder checks every file and migrates it: what is moved into place will open.
func proveFolder(ctx context.Context, c Config, about manifest, dir string) error {
	c.Dir = dir
	for _, name := range append([]string{"control"}, about.Workspaces...) {
		if _, err := os.Stat(filepath.Join(dir, fileName(name))); err != nil {
			return torn(err)
		}
	}
	s, err := Open(ctx, c)
	if err != nil {
		return err
	}
	dbs := []*DB{s.control}
	for _, slug := range about.Workspaces {
		db, err := s.Workspace(ctx, slug, true)
		if err != nil {
			return errors.Join(err, s.Close())
		}
		dbs = append(dbs, db)
	}
	for _, db := range dbs {
		if err := quickCheck(ctx, db); err != nil {
			return errors.Join(err, s.Close())
		}
	}
	return s.Close()
}

func quickCheck(ctx context.Context, db *DB) error {
	return db.Read(ctx, func(tx *Tx) error {
		var result string
		if _, err := tx.Row(ctx, "PRAGMA quick_check(1)", nil, &result); err != nil {
			return err
		}
		if result != "ok" {
			return fault.New(fault.Invalid, "store.backup_torn", nil).Because(fmt.Errorf("%s: %s", db.name, result))
		}
		return nil
	}, Export)
}

func moveFolder(about manifest, from, to string) error {
	names := []string{}
	if _, err := os.Stat(filepath.Join(from, "blobs")); err == nil {
		names = append(names, "blobs")
		if err := os.Remove(filepath.Join(to, "blobs")); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	for _, slug := range about.Workspaces {
		names = append(names, fileName(slug))
	}
	for _, name := range append(names, "control.db") {
		if err := os.Rename(filepath.Join(from, name), filepath.Join(to, name)); err != nil {
			return err
		}
	}
	return syncDir(to)
}
