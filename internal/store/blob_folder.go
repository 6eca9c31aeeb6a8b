package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"wellmet/internal/fault"
)

// blobFolder keeps blobs in a folder: ab/abcdef…, written beside and renamed, so that a name always holds
// the whole content.
type blobFolder struct{ dir string }

func newFolder(dir string) *blobFolder { return &blobFolder{dir} }

func (f *blobFolder) path(hash string) string { return filepath.Join(f.dir, hash[:2], hash) }

func (f *blobFolder) Put(ctx context.Context, r io.Reader, limit int64) (Blob, error) {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return Blob{}, err
	}
	temp, err := os.CreateTemp(f.dir, ".new-*")
	if err != nil {
		return Blob{}, err
	}
	defer os.Remove(temp.Name()) // fails after the rename, as it should
	defer temp.Close()
	blob, err := fill(ctx, temp, r, limit)
	if err != nil {
		return Blob{}, err
	}
	if err := errors.Join(temp.Sync(), temp.Close()); err != nil {
		return Blob{}, err
	}
	return blob, f.place(temp.Name(), blob.Hash)
}

// fill copies r into w and describes what came.
func fill(ctx context.Context, w io.Writer, r io.Reader, limit int64) (Blob, error) {
	sum, head := sha256.New(), &start{}
	n, err := io.Copy(io.MultiWriter(w, sum, head), &watched{ctx, io.LimitReader(r, limit+1)})
	if err != nil {
		return Blob{}, err
	}
	if n > limit {
		return Blob{}, fault.New(fault.TooLarge, "store.blob_too_large", fault.Args{"limit": limit})
	}
	return Blob{Hash: hex.EncodeToString(sum.Sum(nil)), Size: n, Type: http.DetectContentType(head.bytes)}, nil
}

func (f *blobFolder) place(from, hash string) error {
	to := f.path(hash)
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	if err := os.Chmod(from, 0o400); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return syncDir(filepath.Dir(to))
}

func (f *blobFolder) Open(_ context.Context, hash string) (io.ReadSeekCloser, error) {
	if !isHash(hash) {
		return nil, noBlob(hash, nil)
	}
	file, err := os.Open(f.path(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, noBlob(hash, err)
	}
	if err != nil {
		return nil, err
	}
	return file, nil
}

func (f *blobFolder) Delete(_ context.Context, hash string) error {
	if !isHash(hash) {
		return nil
	}
	if err := os.Remove(f.path(hash)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func noBlob(hash string, err error) error {
	return fault.New(fault.NotFound, "store.no_blob", fault.Args{"hash": hash}).Because(err)
}

func isHash(s string) bool {
	if len(s) != 2*sha256.Size {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// start keeps the first bytes, of which the type is told.
type start struct{ bytes []byte }

func (s *start) Write(p []byte) (int, error) {
	if room := 512 - len(s.bytes); room > 0 {
		s.bytes = append(s.bytes, p[:min(room, len(p))]...)
	}
	return len(p), nil
}

// watched ends a copy with its context.
type watched struct {
	ctx context.Context
	r   io.Reader
}

func (w *watched) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.r.Read(p)
}

// syncDir makes a rename last through a power loss; where folders cannot be synced nothing is lost.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	d.Sync()
	return d.Close()
}
