package store

import (
	"fmt"
	"strings"
	"time"

	"wellmet/internal/value"
)

// Scan copies the row's columns into dest: *int64, *int, *value.ID, *string, *bool, *[]byte, *value.Date,
// *time.Time (from Unix milliseconds), pointers to pointers of those where NULL may come, and nil to skip
// a column. Everything is copied, so it stays valid. NULL into a plain pointer is an error, except for
// value.ID, whose zero means none.
func (r *Rows) Scan(dest ...any) error {
	for i, d := range dest {
		if d == nil {
			continue
		}
		if err := r.scan(i, d); err != nil {
			return err
		}
	}
	return r.err
}

func (r *Rows) scan(i int, dest any) error {
	switch d := dest.(type) {
	case *int64:
		return put(r, i, d, r.Int)
	case *int:
		return put(r, i, d, func(i int) (int, bool) { n, ok := r.Int(i); return int(n), ok })
	case *value.ID:
		n, _ := r.Int(i)
		*d = value.ID(n)
		return r.err
	case *string:
		return put(r, i, d, r.textCopy)
	case *bool:
		return put(r, i, d, r.Bool)
	case *[]byte:
		b, ok := r.Bytes(i)
		*d = nil
		if ok {
			*d = append([]byte{}, b...)
		}
		return r.err
	case *value.Date:
		return put(r, i, d, r.Date)
	case *time.Time:
		return put(r, i, d, r.Time)
	case **int64:
		return putNull(r, i, d, r.Int)
	case **value.ID:
		return putNull(r, i, d, r.ID)
	case **string:
		return putNull(r, i, d, r.textCopy)
	case **bool:
		return putNull(r, i, d, r.Bool)
	case **value.Date:
		return putNull(r, i, d, r.Date)
	case **time.Time:
		return putNull(r, i, d, r.Time)
	}
	return fmt.Errorf("store: cannot scan into %T", dest)
}

// Time reads a moment; false = NULL.
func (r *Rows) Time(i int) (time.Time, bool) {
	ms, ok := r.Int(i)
	if !ok {
		return time.Time{}, false
	}
	return time.UnixMilli(ms).UTC(), true
}

// ID reads an id; false = NULL.
func (r *Rows) ID(i int) (value.ID, bool) {
	n, ok := r.Int(i)
	return value.ID(n), ok
}

func (r *Rows) textCopy(i int) (string, bool) {
	s, ok := r.Text(i)
	if r.pg {
		s = strings.Clone(s)
	}
	return s, ok
}

func put[T any](r *Rows, i int, dest *T, get func(int) (T, bool)) error {
	v, ok := get(i)
	if r.err != nil {
		return r.err
	}
	if !ok {
		return fmt.Errorf("store: NULL in column %d for %T", i, dest)
	}
	*dest = v
	return nil
}

func putNull[T any](r *Rows, i int, dest **T, get func(int) (T, bool)) error {
	v, ok := get(i)
	*dest = nil
	if ok {
		*dest = &v
	}
	return r.err
}
