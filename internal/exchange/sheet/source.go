package sheet

import (
	"errors"
	"io"
	"os"

	"wellmet/internal/fault"
)

// source is a file that can be read again from any place: detecting, surveying
// and reading each take their own walk through it.
type source struct {
	at    io.ReaderAt
	size  int64
	close func() error
}

// sized is what bytes.Reader, strings.Reader and io.SectionReader offer.
type sized interface {
	io.ReaderAt
	Size() int64
}

// newSource takes what can be read anywhere as it is, and puts what can be read
// only once (an upload) into a temporary file.
func newSource(r io.Reader, limit int64) (*source, error) {
	if file, ok := r.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			return fileSource(file, info.Size(), limit)
		}
	}
	if s, ok := r.(sized); ok {
		if s.Size() > limit {
			return nil, tooLarge(limit)
		}
		return &source{at: s, size: s.Size(), close: func() error { return nil }}, nil
	}
	return spool(r, limit)
}

// fileSource leaves closing to whoever opened the file.
func fileSource(file *os.File, size, limit int64) (*source, error) {
	if size > limit {
		return nil, tooLarge(limit)
	}
	return &source{at: file, size: size, close: func() error { return nil }}, nil
}

func spool(r io.Reader, limit int64) (*source, error) {
	file, err := os.CreateTemp("", "wellmet-sheet-*")
	if err != nil {
		return nil, err
	}
	remove := func() error { return errors.Join(file.Close(), os.Remove(file.Name())) }
	size, err := io.Copy(file, io.LimitReader(r, limit+1))
	if err == nil && size > limit {
		err = tooLarge(limit)
	}
	if err != nil {
		return nil, errors.Join(err, remove())
	}
	return &source{at: file, size: size, close: remove}, nil
}

func (s *source) reader() *io.SectionReader { return io.NewSectionReader(s.at, 0, s.size) }

// head is at most n bytes from the start.
func (s *source) head(n int64) ([]byte, error) {
	return io.ReadAll(io.LimitReader(s.reader(), n))
}

func tooLarge(limit int64) error {
	return fault.New(fault.TooLarge, "sheet.file_too_large", fault.Args{"limit": limit >> 20})
}
