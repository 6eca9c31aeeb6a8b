package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// backup lets SQLite write a compact copy of each file, one after the other. A copy reads one snapshot and
// stops nobody; the writer's log grows meanwhile.
func (f *folder) backup(ctx context.Context, s *Server, a *archive) error {
	slugs, err := s.Workspaces(ctx)
	if err != nil {
		return err
	}
	if err := a.begin(s, slugs); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(f.config.Dir, ".backup-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := f.copyInto(ctx, s.control, a, dir); err != nil {
		return err
	}
	for _, slug := range slugs {
		db, err := s.Workspace(ctx, slug, false)
		if err != nil {
			return err
		}
		if err := f.copyInto(ctx, db, a, dir); err != nil {
			return err
		}
	}
	return a.blobs(ctx, f.config, slugs)
}

func (f *folder) copyInto(ctx context.Context, db *DB, a *archive, dir string) (err error) {
	name := fileName(db.name)
	to := filepath.Join(dir, name)
	if err := db.engine.(*sqliteEngine).vacuumInto(ctx, to); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(to)) }()
	return a.file(ctx, name, to)
}

func (e *sqliteEngine) vacuumInto(ctx context.Context, path string) error {
	conn, err := newSQLiteConn(ctx, e.reader)
	if err != nil {
		return err
	}
	defer conn.close()
	// VACUUM INTO counts as writing, although it only reads this file.
	if _, err := conn.exec(ctx, "PRAGMA query_only = 0", nil); err != nil {
		return translateSQLite(ctx, conn, err)
	}
	_, err = conn.exec(ctx, "VACUUM INTO $1", []any{path})
	return translateSQLite(ctx, conn, err)
}
