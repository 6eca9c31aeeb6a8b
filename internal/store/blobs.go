package store

import (
	"context"
	"io"
)

// Blobs keeps files by the SHA-256 of their content.
type Blobs interface {
	// Put stores what it reads, at most limit bytes (TooLarge beyond), and answers hash and size. The same
	// content is stored once.
	Put(ctx context.Context, r io.Reader, limit int64) (Blob, error)
	// Open reads a blob; NotFound where there is none.
	Open(ctx context.Context, hash string) (io.ReadSeekCloser, error)
	// Delete removes a blob that nothing refers to; deleting what is not there is no error.
	Delete(ctx context.Context, hash string) error
}

// Blob is a stored file.
type Blob struct {
	Hash string // 64 hexadecimal digits
	Size int64
	Type string // MIME type, sniffed from the content
}
