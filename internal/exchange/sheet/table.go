package sheet

import (
	"errors"
	"io"
	"os"
	"strings"

	"wellmet/internal/fault"
)

// CellKind says what the file itself knows of a cell. Delimited files know
// nothing: every cell of theirs is Text.
type CellKind uint8

// The kinds of a cell. Day is YYYY-MM-DD, Moment YYYY-MM-DDTHH:MM:SS without
// a zone, Clock HH:MM:SS; Number, Percent and Currency are plain decimals with
// a point, Percent already times 100 with its sign ("15%").
const (
	Text CellKind = iota
	Number
	Percent
	Currency
	Day
	Moment
	Clock
	Bool
	Broken // an error value such as #REF!
)

// Cell is one cell; an empty Text is an empty cell of any kind.
type Cell struct {
	Text string
	Kind CellKind
}

// Row is one data row. Cells has exactly one cell for each column, unless the
// row has a Fault: then it holds what could be read, for the error report.
type Row struct {
	Number int // as a spreadsheet counts
	Line   int // physical line of a delimited file, 0 in a workbook
	Cells  []Cell
	Fault  *fault.Error
}

// Column is one column of the header.
type Column struct {
	Name  string // distinct in the table, never empty
	Title string // as it stands in the file
	Index int
}

// Table is an open file. It is used by one goroutine.
type Table struct {
	Format    Format
	Encoding  string // of a delimited file
	Separator rune
	Quote     rune // NoQuote where nothing quotes
	HeaderRow int  // 0 where there is none
	Sheet     string
	Sheets    []string
	Columns   []Column
	Notes     []fault.Field // what was repaired or assumed; Path is a column

	opts Options
	src  *source
	open func() (rower, error)
	rows rower
	done error
}

// rower is one walk over the rows of a file. Its errors are final.
type rower interface {
	next() (Row, error)
	close() error
}

// OpenFile opens a file by its path.
func OpenFile(path string, o Options) (*Table, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	t, err := Open(file, path, o)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	inner := t.src.close
	t.src.close = func() error { return errors.Join(inner(), file.Close()) }
	return t, nil
}

// Open recognises a table. The name only helps the message when it cannot. What
// r can be read once only is kept in a temporary file until Close.
func Open(r io.Reader, name string, o Options) (*Table, error) {
	o = o.withDefaults()
	src, err := newSource(r, o.MaxBytes)
	if err != nil {
		return nil, err
	}
	t := &Table{opts: o, src: src}
	if err := t.recognise(name); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

func (t *Table) recognise(name string) error {
	if t.src.size == 0 {
		return fault.New(fault.Invalid, "sheet.empty_file", fault.Args{"file": name})
	}
	head, err := t.src.head(8)
	if err != nil {
		return err
	}
	switch {
	case strings.HasPrefix(string(head), "PK\x03\x04"):
		err = t.openWorkbook(name)
	case strings.HasPrefix(string(head), "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
		err = fault.New(fault.Invalid, "sheet.old_excel", fault.Args{"file": name})
	default:
		err = t.openDelimited(name)
	}
	if err != nil {
		return err
	}
	return t.readHeader(name)
}

// Next answers the next row that is not blank, and io.EOF behind the last.
func (t *Table) Next() (Row, error) {
	if t.done != nil {
		return Row{}, t.done
	}
	for {
		row, err := t.rows.next()
		if err != nil {
			t.done = err
			return Row{}, err
		}
		if row.Fault == nil && blank(row.Cells) {
			continue
		}
		return t.fit(row), nil
	}
}

// fit makes the row as wide as the header. Missing cells at its end are empty;
// text beyond the last column most often means a separator without quotes, so
// that every cell behind it stands in the wrong column.
func (t *Table) fit(row Row) Row {
	width := len(t.Columns)
	if row.Fault != nil {
		return row
	}
	if len(row.Cells) > width {
		if !blank(row.Cells[width:]) {
			row.Fault = fault.New(fault.Invalid, "sheet.too_many_cells",
				fault.Args{"cells": len(row.Cells), "columns": width})
			return row
		}
		row.Cells = row.Cells[:width]
	}
	for len(row.Cells) < width {
		row.Cells = append(row.Cells, Cell{})
	}
	return row
}

// Size is the length of the file in bytes.
func (t *Table) Size() int64 { return t.src.size }

// Close gives back what Open took, a temporary file too.
func (t *Table) Close() error {
	var err error
	if t.rows != nil {
		err = t.rows.close()
		t.rows = nil
	}
	t.done = io.EOF
	return errors.Join(err, t.src.close())
}

func blank(cells []Cell) bool {
	for _, c := range cells {
		if strings.TrimSpace(c.Text) != "" {
			return false
		}
	}
	return true
}
