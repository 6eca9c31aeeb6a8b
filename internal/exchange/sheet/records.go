package sheet

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"wellmet/internal/fault"
)

// records cuts delimited UTF-8 text into records. It never fails on content:
// what cannot be cut cleanly comes as a record with its problem, and the next
// call goes on behind it.
//
// The standard library's reader was not enough: it stops at a lone quote, knows
// no end of line but LF, and an open quote makes it read to the end of file.
type records struct {
	src     io.Reader
	d       dialect
	maxCell int

	buf  []byte
	r, w int
	eof  bool
	err  error

	line int // physical line where buf[r] stands, from 1
	nuls int // NUL bytes taken out so far
}

// record is one row as it stands in the file.
type record struct {
	cells   []string
	line    int
	problem *fault.Error
}

func (r record) blank() bool {
	for _, cell := range r.cells {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return r.problem == nil
}

func newRecords(src io.Reader, d dialect, maxCell int) *records {
	return &records{src: src, d: d, maxCell: maxCell, buf: make([]byte, 64<<10), line: 1}
}

// next answers io.EOF at the end; any other error came from the source.
func (c *records) next() (record, error) {
	limit := 8*c.maxCell + 64<<10
	for {
		if c.r == c.w && c.eof {
			return record{}, c.end()
		}
		rec, used, state := c.d.cut(c.buf[c.r:c.w], c.eof)
		switch {
		case state == cutWhole:
			return c.take(rec, used), nil
		case state == cutMore && c.w-c.r < limit:
			if err := c.fill(); err != nil {
				return record{}, err
			}
		default: // an open quote, or a record without end
			return c.giveUp()
		}
	}
}

func (c *records) end() error {
	if c.err != nil && !errors.Is(c.err, io.EOF) {
		return c.err
	}
	return io.EOF
}

// take steps over a record that was cut.
func (c *records) take(rec record, used int) record {
	rec.line = c.line
	c.line += c.d.lines(c.buf[c.r : c.r+used])
	c.r += used
	for i, cell := range rec.cells {
		if len(cell) > c.maxCell {
			rec.problem = fault.New(fault.Invalid, "sheet.cell_too_long",
				fault.Args{"column": i + 1, "limit": c.maxCell})
			rec.cells[i] = strings.ToValidUTF8(cell[:200], "") + "…"
		} else if rec.problem == nil && !utf8.ValidString(cell) {
			rec.problem = fault.New(fault.Invalid, "sheet.broken_text", fault.Args{"column": i + 1})
		}
	}
	return rec
}

// giveUp reports the line at hand as broken and goes on with the next line, so
// that one open quote costs one row and not the rest of the file.
func (c *records) giveUp() (record, error) {
	plain := c.d
	plain.quote = 0
	rec, used, state := plain.cut(c.buf[c.r:c.w], c.eof)
	if state == cutWhole {
		rec = c.take(rec, used)
		rec.problem = fault.New(fault.Invalid, "sheet.open_quote", fault.Args{"line": rec.line})
		return rec, nil
	}
	start := strings.ToValidUTF8(string(c.buf[c.r:min(c.r+200, c.w)]), "") + "…"
	rec = record{line: c.line, cells: []string{start},
		problem: fault.New(fault.Invalid, "sheet.row_too_long", fault.Args{"limit": 8 * c.maxCell})}
	return rec, c.skipLine()
}

// skipLine throws away everything up to the end of the physical line.
func (c *records) skipLine() error {
	for {
		if i := c.d.lineEnd(c.buf[c.r:c.w]); i >= 0 {
			c.r += i + 1
			c.line++
			return nil
		}
		c.r = c.w
		if c.eof {
			return nil
		}
		if err := c.fill(); err != nil {
			return err
		}
	}
}

// fill doubles what is at hand, so that cutting a long record again and again
// costs no more than twice its length. It takes out NUL bytes: they are never
// text, and databases refuse them.
func (c *records) fill() error {
	if c.r > 0 {
		copy(c.buf, c.buf[c.r:c.w])
		c.r, c.w = 0, c.w-c.r
	}
	if c.w > len(c.buf)/2 {
		c.buf = append(c.buf, make([]byte, len(c.buf))...)
	} else if c.w == 0 && len(c.buf) > 1<<20 {
		c.buf = make([]byte, 64<<10) // one giant row must not keep its memory
	}
	for c.w < len(c.buf) && !c.eof {
		n, err := c.src.Read(c.buf[c.w:])
		c.w += c.dropNULs(c.buf[c.w : c.w+n])
		if err != nil {
			c.eof, c.err = true, err
			if !errors.Is(err, io.EOF) {
				return err
			}
		}
	}
	return nil
}

// dropNULs answers how many bytes stay.
func (c *records) dropNULs(fresh []byte) int {
	if bytes.IndexByte(fresh, 0) < 0 {
		return len(fresh)
	}
	kept := fresh[:0]
	for _, b := range fresh {
		if b != 0 {
			kept = append(kept, b)
		}
	}
	c.nuls += len(fresh) - len(kept)
	return len(kept)
}
