package store

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"
)

// A backup is one tar.gz file:
//
//	manifest.json                      what it is, and which workspaces
//	control.db, ws_<slug>.db           SQLite: each file as VACUUM INTO wrote it
//	db/<name>/schema.json              PostgreSQL: version, tables and indexes of a schema …
//	db/<name>/<table>.<n>.copy         … and its rows in COPY's text format, in pieces of whole rows
//	blobs/<slug>/<hash>                the files
//	end.json                           written last: without it the file is a torn one
//
// Databases come before blobs: a file is stored before the row that names it is committed, so every
// named file is there. On PostgreSQL all schemas are read in one snapshot; on SQLite each file is a
// snapshot of its own.
type manifest struct {
	Format     int       `json:"format"`
	Product    string    `json:"product"`
	Dialect    string    `json:"dialect"`
	CreatedAt  time.Time `json:"created_at"`
	Workspaces []string  `json:"workspaces"`
}

const (
	backupFormat  = 1
	backupProduct = "wellmet"
)

// end closes a backup.
type end struct {
	Entries int `json:"entries"`
}

// Backup writes the whole installation to w while it runs.
func (s *Server) Backup(ctx context.Context, w io.Writer) error {
	zip, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return err
	}
	a := &archive{tar: tar.NewWriter(zip), now: s.config.Now()}
	if err := s.host.backup(ctx, s, a); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := a.json("end.json", end{Entries: a.entries}); err != nil {
		return err
	}
	return errors.Join(a.tar.Close(), zip.Close())
}

// archive is a backup being written.
type archive struct {
	tar     *tar.Writer
	now     time.Time
	entries int
}

func (a *archive) begin(s *Server, slugs []string) error {
	return a.json("manifest.json", manifest{
		Format: backupFormat, Product: backupProduct, Dialect: s.Dialect().Name(), CreatedAt: a.now.UTC(), Workspaces: slugs,
	})
}

func (a *archive) json(name string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return a.bytes(name, text)
}

func (a *archive) bytes(name string, b []byte) error {
	if err := a.header(name, int64(len(b))); err != nil {
		return err
	}
	_, err := a.tar.Write(b)
	return err
}

func (a *archive) header(name string, size int64) error {
	a.entries++
	return a.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, ModTime: a.now, Format: tar.FormatPAX})
}

func (a *archive) file(ctx context.Context, name, from string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := a.header(name, info.Size()); err != nil {
		return err
	}
	_, err = io.Copy(a.tar, &watched{ctx, f})
	return err
}

// blobs copies the files of the workspaces. One that is deleted meanwhile was named by nobody.
func (a *archive) blobs(ctx context.Context, c Config, slugs []string) error {
	for _, slug := range slugs {
		err := filepath.WalkDir(c.blobs(slug), func(from string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || d.IsDir() || !isHash(d.Name()) {
				return err
			}
			err = a.file(ctx, path.Join("blobs", slug, d.Name()), from)
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
