package store

import (
	"database/sql/driver"
	"encoding/hex"
	"fmt"
	"strconv"
	"unsafe"

	"github.com/jackc/pgx/v5/pgconn"

	"wellmet/internal/value"
)

// Rows is a result being read, straight from the driver. Columns count from 0. It must be closed before
// the transaction's next statement; reading it to the end closes it.
type Rows struct {
	cursor cursor
	tx     *Tx

	vals []driver.Value // SQLite
	raw  [][]byte       // PostgreSQL, text format; valid until the next row
	pg   bool

	fields []pgconn.FieldDescription // PostgreSQL: tells bytea from text

	buf  []byte // for values that have to be rewritten; valid until the next row
	err  error
	done bool
}

// cursor is a driver's result.
type cursor interface {
	next(r *Rows) (bool, error) // fills vals or raw
	close() error
}

// Next advances to the next row; false at the end and on an error.
func (r *Rows) Next() bool {
	if r.done {
		return false
	}
	if r.err != nil {
		r.finish()
		return false
	}
	r.buf = r.buf[:0]
	more, err := r.cursor.next(r)
	if err != nil {
		r.err = r.tx.failed(err)
	}
	if !more || err != nil {
		r.finish()
		return false
	}
	return true
}

// Err is what ended the rows early, or a column that was not of the type asked for.
func (r *Rows) Err() error { return r.err }

// Close ends reading; it may be called twice.
func (r *Rows) Close() error {
	if !r.done {
		r.finish()
	}
	return r.err
}

func (r *Rows) finish() {
	r.done = true
	r.tx.open = nil
	if err := r.cursor.close(); err != nil && r.err == nil {
		r.err = r.tx.failed(err)
	}
}

func (r *Rows) wrong(i int, want string) {
	if r.err != nil {
		return
	}
	if r.pg {
		r.err = fmt.Errorf("store: column %d is no %s: %q", i, want, clip(string(r.raw[i])))
		return
	}
	r.err = fmt.Errorf("store: column %d is no %s: %T", i, want, r.vals[i])
}

// Null reports whether the column is NULL.
func (r *Rows) Null(i int) bool {
	if r.pg {
		return r.raw[i] == nil
	}
	return r.vals[i] == nil
}

// Int reads a whole number, an id or a moment in Unix milliseconds; false = NULL.
func (r *Rows) Int(i int) (int64, bool) {
	if r.pg {
		if r.raw[i] == nil {
			return 0, false
		}
		n, ok := parseInt(r.raw[i])
		if !ok {
			r.wrong(i, "whole number")
		}
		return n, ok
	}
	switch v := r.vals[i].(type) {
	case nil:
		return 0, false
	case int64:
		return v, true
	}
	r.wrong(i, "whole number")
	return 0, false
}

// Text reads text; false = NULL. The string is valid until the next row: clone what stays.
func (r *Rows) Text(i int) (string, bool) {
	if r.pg {
		b := r.raw[i]
		return unsafe.String(unsafe.SliceData(b), len(b)), b != nil
	}
	switch v := r.vals[i].(type) {
	case nil:
		return "", false
	case string:
		return v, true
	case int64: // sums come as text from PostgreSQL (numeric) and as integers from SQLite
		return strconv.FormatInt(v, 10), true
	}
	r.wrong(i, "text")
	return "", false
}

// Bytes reads a byte string (a collation key, a hash) or the bytes of a text; false = NULL. They are valid
// until the next row.
func (r *Rows) Bytes(i int) ([]byte, bool) {
	if r.pg {
		return r.pgBytes(i)
	}
	switch v := r.vals[i].(type) {
	case nil:
		return nil, false
	case []byte:
		return v, true
	case string:
		return unsafe.Slice(unsafe.StringData(v), len(v)), true
	}
	r.wrong(i, "byte string")
	return nil, false
}

// byteaOID is PostgreSQL's type of byte strings.
const byteaOID = 17

// pgBytes undoes bytea's hex output; other types are their text.
func (r *Rows) pgBytes(i int) ([]byte, bool) {
	b := r.raw[i]
	if b == nil {
		return nil, false
	}
	if r.fields[i].DataTypeOID != byteaOID {
		return b, true
	}
	if len(b) < 2 {
		r.wrong(i, "byte string")
		return nil, false
	}
	start := len(r.buf)
	r.buf = append(r.buf, b[2:]...)
	n, err := hex.Decode(r.buf[start:], b[2:])
	if err != nil {
		r.wrong(i, "byte string")
		return nil, false
	}
	return r.buf[start : start+n : start+n], true
}

// Bool reads a yes/no; false, false = NULL.
func (r *Rows) Bool(i int) (yes, ok bool) {
	if r.pg {
		b := r.raw[i]
		if b == nil {
			return false, false
		}
		if len(b) == 1 && (b[0] == 't' || b[0] == 'f' || b[0] == '1' || b[0] == '0') {
			return b[0] == 't' || b[0] == '1', true
		}
		r.wrong(i, "yes/no")
		return false, false
	}
	switch v := r.vals[i].(type) {
	case nil:
		return false, false
	case int64:
		if v == 0 || v == 1 {
			return v == 1, true
		}
	}
	r.wrong(i, "yes/no")
	return false, false
}

// Date reads a day; false = NULL.
func (r *Rows) Date(i int) (value.Date, bool) {
	s, ok := r.Text(i)
	if !ok {
		return 0, false
	}
	d, err := value.ParseDate(s)
	if err != nil {
		r.wrong(i, "day")
		return 0, false
	}
	return d, true
}

// parseInt reads what PostgreSQL prints for integer types and whole numerics.
func parseInt(b []byte) (int64, bool) {
	if len(b) == 0 {
		return 0, false
	}
	if len(b) > 18 { // rare; lets strconv watch for overflow
		n, err := strconv.ParseInt(string(b), 10, 64)
		return n, err == nil
	}
	digits, neg := b, b[0] == '-'
	if neg {
		digits = b[1:]
	}
	var n int64
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	if neg {
		n = -n
	}
	return n, len(digits) > 0
}
