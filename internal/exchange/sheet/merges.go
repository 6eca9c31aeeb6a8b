package sheet

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"
)

// merge is one block of cells shown as one, over more than one row.
type merge struct{ column, from, to int }

// maxMerges bounds the memory that a sheet full of them may take.
const maxMerges = 200_000

// merges lists the blocks before the rows are read: the file names them only
// behind its last row. Looking for the tag in the plain bytes costs a tenth of
// parsing them.
func (w *workbook) merges(part string) ([]merge, error) {
	r, err := w.part(part)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	in := bufio.NewReaderSize(r, 64<<10)
	var found []merge
	for len(found) < maxMerges {
		piece, err := in.ReadSlice('<')
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if text := string(piece[:min(len(piece), 200)]); strings.Contains(text, "mergeCell ") {
			if m, ok := parseMerge(text); ok {
				found = append(found, m)
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// parseMerge reads ref="A2:B5" and keeps what spans rows.
func parseMerge(tag string) (merge, bool) {
	_, rest, ok := strings.Cut(tag, `ref="`)
	if !ok {
		return merge{}, false
	}
	ref, _, _ := strings.Cut(rest, `"`)
	first, last, _ := strings.Cut(ref, ":")
	m := merge{column: columnOf(first, -1), from: rowOf(first), to: rowOf(last)}
	return m, m.column >= 0 && m.from > 0 && m.to > m.from
}

func rowOf(ref string) int {
	n, err := strconv.Atoi(strings.TrimLeft(ref, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	if err != nil {
		return 0
	}
	return n
}

// merges repeats the value of a block down its first column, because every row
// of a list must say what it belongs to. Across columns nothing is repeated.
type merges struct {
	starts map[int][]merge
	open   map[int]running // by column
}

type running struct {
	to   int
	cell Cell
}

func newMerges(list []merge) *merges {
	m := &merges{starts: map[int][]merge{}, open: map[int]running{}}
	for _, one := range list {
		m.starts[one.from] = append(m.starts[one.from], one)
	}
	return m
}

func (m *merges) fill(row int, cells []Cell) []Cell {
	if len(m.starts) == 0 {
		return cells
	}
	for column, r := range m.open {
		if row > r.to {
			delete(m.open, column)
			continue
		}
		for len(cells) <= column {
			cells = append(cells, Cell{})
		}
		if cells[column].Text == "" {
			cells[column] = r.cell
		}
	}
	for _, s := range m.starts[row] {
		if s.column < len(cells) && cells[s.column].Text != "" {
			m.open[s.column] = running{to: s.to, cell: cells[s.column]}
		}
	}
	return cells
}
