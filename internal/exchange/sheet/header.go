package sheet

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"wellmet/internal/fault"
)

// lookahead is how many rows decide where the header stands.
const lookahead = 30

// readHeader finds the header, names the columns and leaves t.rows at the first
// data row.
func (t *Table) readHeader(name string) error {
	first, err := t.peek()
	if err != nil {
		return err
	}
	at := t.opts.Header
	if at == 0 {
		at = findHeader(first)
	}
	if t.rows, err = t.open(); err != nil {
		return err
	}
	if at == NoHeader {
		t.nameColumns(make([]Cell, widest(first)))
		return nil
	}
	for {
		row, err := t.rows.next()
		if errors.Is(err, io.EOF) {
			return fault.New(fault.Invalid, "sheet.no_header", fault.Args{"file": name, "row": at})
		}
		if err != nil {
			return err
		}
		if row.Number == at {
			if len(row.Cells) > t.opts.MaxColumns {
				return fault.New(fault.TooLarge, "sheet.too_many_columns",
					fault.Args{"columns": len(row.Cells), "limit": t.opts.MaxColumns})
			}
			t.HeaderRow = at
			t.nameColumns(row.Cells)
			return nil
		}
		if row.Number > at {
			return fault.New(fault.Invalid, "sheet.no_header", fault.Args{"file": name, "row": at})
		}
	}
}

// peek reads the first rows on a walk of its own.
func (t *Table) peek() ([]Row, error) {
	rows, err := t.open()
	if err != nil {
		return nil, err
	}
	defer rows.close()
	var first []Row
	for len(first) < lookahead {
		row, err := rows.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if !blank(row.Cells) {
			first = append(first, row)
		}
	}
	if len(first) == 0 {
		return nil, fault.New(fault.Invalid, "sheet.empty_file", fault.Args{"file": ""})
	}
	return first, nil
}

// findHeader answers the number of the header row, or NoHeader. A few short
// lines may stand before it ("Notes:", the name of a report); the header is the
// first row about as wide as the table. It is missing when that row holds
// values of the kind that its columns hold below.
func findHeader(first []Row) int {
	width := usualWidth(first)
	for n, row := range first {
		if row.Fault != nil || filled(row.Cells)*10 < width*6 {
			continue
		}
		if n > 0 && width < 3 {
			break // too narrow to tell a title from a header
		}
		if looksLikeData(row, first[n+1:]) {
			return NoHeader
		}
		return row.Number
	}
	if looksLikeData(first[0], first[1:]) {
		return NoHeader
	}
	return first[0].Number
}

// usualWidth is the commonest count of filled cells, the widest among equals.
func usualWidth(rows []Row) int {
	counts := map[int]int{}
	for _, row := range rows {
		counts[filledTo(row.Cells)]++
	}
	width, _ := commonest(counts)
	return width
}

func filled(cells []Cell) int {
	n := 0
	for _, c := range cells {
		if strings.TrimSpace(c.Text) != "" {
			n++
		}
	}
	return n
}

// filledTo is the count of cells up to the last that is not empty.
func filledTo(cells []Cell) int {
	for n := len(cells); n > 0; n-- {
		if strings.TrimSpace(cells[n-1].Text) != "" {
			return n
		}
	}
	return 0
}

func widest(rows []Row) int {
	width := 0
	for _, row := range rows {
		if row.Fault == nil {
			width = max(width, len(row.Cells))
		}
	}
	return width
}

// looksLikeData weighs the columns. A cell of a shape (number, day, address)
// that rows below repeat speaks for data; text above such a shape, or a year
// above what are no years, speaks for a header.
func looksLikeData(row Row, below []Row) bool {
	data, header := 0, 0
	for i, cell := range row.Cells {
		shape := shapeOf(cell)
		if shape == shapeEmpty {
			continue
		}
		same, other := 0, 0
		for _, r := range below {
			if i >= len(r.Cells) {
				continue
			}
			switch s := shapeOf(r.Cells[i]); {
			case s == shapeEmpty:
			case s == shape && year(cell.Text) == year(r.Cells[i].Text):
				same++
			default:
				other++
			}
		}
		switch {
		case shape == shapeText && other > same:
			header++
		case shape == shapeText:
		case same > other || len(below) == 0:
			data++
		case year(cell.Text):
			header++
		}
	}
	return data > header
}

func year(text string) bool {
	text = strings.TrimSpace(text)
	return len(text) == 4 && text >= "1900" && text <= "2100"
}

// nameColumns gives every column a distinct name and notes what it changed.
func (t *Table) nameColumns(cells []Cell) {
	taken := map[string]bool{}
	for _, cell := range cells {
		taken[foldName(cell.Text)] = true
	}
	seen := map[string]bool{}
	for i, cell := range cells {
		name := strings.Join(strings.Fields(cell.Text), " ")
		title := name
		if name == "" {
			name = distinct("Column", i+1, taken)
			if t.HeaderRow > 0 {
				t.note(name, "sheet.blank_header", fault.Args{"column": i + 1})
			}
		} else if seen[foldName(name)] {
			name = distinct(name, 2, taken)
			t.note(name, "sheet.repeated_header", fault.Args{"title": title, "column": i + 1})
		}
		seen[foldName(name)], taken[foldName(name)] = true, true
		t.Columns = append(t.Columns, Column{Name: name, Title: cell.Text, Index: i})
	}
}

func (t *Table) note(path, key string, args fault.Args) {
	t.Notes = append(t.Notes, fault.Field{Path: path, Key: key, Args: args, Row: t.HeaderRow})
}

func distinct(name string, n int, taken map[string]bool) string {
	for ; ; n++ {
		candidate := fmt.Sprintf("%s %d", name, n)
		if !taken[foldName(candidate)] {
			return candidate
		}
	}
}

// foldName is how two headers are the same: case and blanks do not count.
func foldName(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(name), " "))
}
