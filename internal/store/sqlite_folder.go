package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"

	"wellmet/internal/fault"
)

// folder is an installation on SQLite: one file a database, held by one process.
type folder struct {
	config Config
	lock   *fileLock
}

func openFolder(c Config) (*folder, error) {
	f := &folder{config: c}
	if c.Beside {
		return f, nil
	}
	lock, err := lockFile(filepath.Join(c.Dir, "wellmet.lock"))
	if err != nil {
		return nil, err
	}
	f.lock = lock
	return f, nil
}

func (f *folder) dialect() Dialect { return sqliteDialect{} }

func (f *folder) path(name string) string { return filepath.Join(f.config.Dir, fileName(name)) }

func fileName(name string) string {
	if name == "control" {
		return "control.db"
	}
	return "ws_" + identifier(name) + ".db"
}

func (f *folder) open(ctx context.Context, k kind, name string, create bool) (engine, string, error) {
	if k == workspaceKind {
		name = fileName(name)
	} else {
		name = "control.db"
	}
	path := filepath.Join(f.config.Dir, name)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && !create {
		return nil, "", fault.New(fault.NotFound, "store.no_database", fault.Args{"path": path}).Because(err)
	}
	e, err := openSQLite(path, f.config)
	if err != nil {
		return nil, "", err
	}
	if f.config.Beside {
		return e, "main", nil
	}
	if err := f.migrate(ctx, e, k, name, 0); err != nil {
		return nil, "", errors.Join(err, e.close())
	}
	return e, "main", nil
}

func (f *folder) migrate(ctx context.Context, e *sqliteEngine, k kind, name string, to int64) error {
	files, err := migrationFiles(k, "sqlite", func(s string) string { return s })
	if err != nil {
		return err
	}
	db := e.handle()
	defer db.Close()
	p, err := provider(goose.DialectSQLite3, db, files, versionTable)
	if err != nil {
		return err
	}
	return migrateUp(ctx, p, name, to)
}

func (f *folder) drop(_ context.Context, name string) error {
	var all []error
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(f.path(name) + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			all = append(all, err)
		}
	}
	return errors.Join(all...)
}

func (f *folder) close() error {
	if f.lock == nil {
		return nil
	}
	return f.lock.release()
}
