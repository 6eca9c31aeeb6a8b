package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"sync"
	"testing/fstest"

	"github.com/pressly/goose/v3"

	"wellmet/internal/fault"
	"wellmet/internal/store/migrations"
)

// kind is a set of fixed tables.
type kind string

const (
	controlKind   kind = "control"
	workspaceKind kind = "workspace"
)

const versionTable = "goose_db_version"

var braces = regexp.MustCompile(`\{([a-z0-9_]+)\}`)

// migrationFiles are the files of one kind and dialect, with the names in braces replaced by names(…).
func migrationFiles(k kind, dialect string, names func(string) string) (fs.FS, error) {
	dir, err := fs.Sub(migrations.Files, string(k)+"/"+dialect)
	if err != nil {
		return nil, err
	}
	out := fstest.MapFS{}
	err = fs.WalkDir(dir, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(dir, path)
		if err != nil {
			return err
		}
		out[path] = &fstest.MapFile{Data: braces.ReplaceAllFunc(text, func(m []byte) []byte {
			return []byte(names(string(bytes.Trim(m, "{}"))))
		}), Mode: 0o444}
		return nil
	})
	return out, err
}

// provider is goose over one database. The caller closes db.
func provider(dialect goose.Dialect, db *sql.DB, files fs.FS, table string) (*goose.Provider, error) {
	return goose.NewProvider(dialect, db, files, goose.WithTableName(table), goose.WithDisableGlobalRegistry(true))
}

// migrateUp brings a database to the newest version, or to version "to" when that is not 0.
func migrateUp(ctx context.Context, p *goose.Provider, name string, to int64) error {
	have, known, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("version of database %s: %w", name, err)
	}
	if have > known {
		return fault.New(fault.Unavailable, keyNewer, fault.Args{"database": name, "version": have, "known": known})
	}
	switch {
	case to > 0:
		_, err = p.UpTo(ctx, to)
	case have < known:
		_, err = p.Up(ctx)
	}
	if err != nil {
		return fmt.Errorf("migrate database %s: %w", name, err)
	}
	return nil
}

var createdTable = regexp.MustCompile(`(?m)^CREATE (?:VIRTUAL )?TABLE ([a-z0-9_]+)`)

var fixed = sync.OnceValues(func() (map[string]bool, error) {
	names := map[string]bool{versionTable: true}
	files, err := migrationFiles(workspaceKind, "sqlite", func(s string) string { return s })
	if err != nil {
		return nil, err
	}
	paths, err := fs.Glob(files, "*.sql")
	if err != nil || len(paths) == 0 {
		return nil, errors.Join(err, errors.New("store: no migrations"))
	}
	for _, path := range paths {
		text, err := fs.ReadFile(files, path)
		if err != nil {
			return nil, err
		}
		for _, m := range createdTable.FindAllSubmatch(text, -1) {
			names[string(m[1])] = true
		}
	}
	return names, nil
})

// FixedTable reports whether a workspace has a fixed table of that name, so that no object's table may.
func FixedTable(name string) bool {
	names, err := fixed()
	return err != nil || names[name]
}

// newest is the highest version among the files.
func newest(files fs.FS) int64 {
	paths, _ := fs.Glob(files, "*.sql") // the pattern is valid
	var top int64
	for _, path := range paths {
		if v, err := goose.NumericComponent(path); err == nil {
			top = max(top, v)
		}
	}
	return top
}
