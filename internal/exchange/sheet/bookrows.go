package sheet

import (
	"bufio"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"wellmet/internal/fault"
)

// bookRows streams the rows of one worksheet.
type bookRows struct {
	w      *workbook
	part   io.Closer
	d      *xml.Decoder
	merges *merges
	number int
	done   bool
}

func (w *workbook) rows(part string, m []merge) (rower, error) {
	r, err := w.part(part)
	if err != nil {
		return nil, brokenWorkbook(part, err)
	}
	return &bookRows{w: w, part: r, d: xml.NewDecoder(bufio.NewReaderSize(r, 64<<10)), merges: newMerges(m)}, nil
}

func (r *bookRows) close() error { return r.part.Close() }

func (r *bookRows) next() (Row, error) {
	for !r.done {
		token, err := r.d.RawToken()
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF // a cut file: its sheetData never ended
		}
		if err != nil {
			return Row{}, r.broken(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Local == "row" {
				return r.row(t)
			}
		case xml.EndElement:
			r.done = t.Name.Local == "sheetData" || t.Name.Local == "worksheet"
		}
	}
	return Row{}, io.EOF
}

func (r *bookRows) broken(err error) error {
	if f, ok := fault.As(err); ok {
		return f
	}
	return fault.New(fault.Invalid, "sheet.broken_sheet", fault.Args{"row": r.number}).Because(err)
}

// row reads up to the end of the row element.
func (r *bookRows) row(start xml.StartElement) (Row, error) {
	r.number++
	if n, err := strconv.Atoi(attribute(start, "r")); err == nil && n > 0 {
		r.number = n
	}
	row := Row{Number: r.number}
	column := -1
	for {
		token, err := r.d.RawToken()
		if err != nil {
			return Row{}, r.broken(unexpected(err))
		}
		switch t := token.(type) {
		case xml.EndElement:
			if t.Name.Local == "row" {
				row.Cells = r.merges.fill(row.Number, row.Cells)
				return row, nil
			}
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			column = columnOf(attribute(t, "r"), column+1)
			cell, err := r.cell(t)
			if err != nil {
				return Row{}, r.broken(err)
			}
			r.place(&row, column, cell)
		}
	}
}

// place puts the cell at its column and reports what does not fit.
func (r *bookRows) place(row *Row, column int, cell Cell) {
	if cell.Text == "" {
		return
	}
	if column >= r.w.maxCols {
		row.Fault = fault.New(fault.Invalid, "sheet.too_many_cells",
			fault.Args{"cells": column + 1, "columns": r.w.maxCols})
		return
	}
	if len(cell.Text) > r.w.maxCell {
		row.Fault = fault.New(fault.Invalid, "sheet.cell_too_long",
			fault.Args{"column": column + 1, "limit": r.w.maxCell})
		cell.Text = strings.ToValidUTF8(cell.Text[:200], "") + "…"
	}
	for len(row.Cells) <= column {
		row.Cells = append(row.Cells, Cell{})
	}
	row.Cells[column] = cell
}

// cell reads up to the end of the cell element. Of a formula its stored result
// counts.
func (r *bookRows) cell(start xml.StartElement) (Cell, error) {
	kind, style := attribute(start, "t"), attribute(start, "s")
	text, value := "", false
	for {
		token, err := r.d.RawToken()
		if err != nil {
			return Cell{}, unexpected(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			value = t.Name.Local == "v"
			if t.Name.Local == "is" {
				if text, err = richText(r.d, "is"); err != nil {
					return Cell{}, err
				}
			}
		case xml.EndElement:
			value = false
			if t.Name.Local == "c" {
				return r.w.cell(kind, style, text), nil
			}
		case xml.CharData:
			if value {
				text += string(t)
			}
		}
	}
}

// cell gives the raw text its kind.
func (w *workbook) cell(kind, style, text string) Cell {
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return Cell{}
		}
		shared, _ := w.texts.at(i)
		return Cell{Text: shared}
	case "inlineStr":
		return Cell{Text: text}
	case "str":
		return Cell{Text: unescape(text)}
	case "b":
		return Cell{Text: map[bool]string{true: "true", false: "false"}[strings.TrimSpace(text) == "1"], Kind: Bool}
	case "e":
		return Cell{Text: text, Kind: Broken}
	case "d":
		return isoCell(text)
	}
	meaning := Number
	if s, err := strconv.Atoi(style); err == nil && s >= 0 && s < len(w.styles) {
		meaning = w.styles[s]
	}
	return w.typed(text, meaning)
}

// isoCell is a day or moment that the file writes as text.
func isoCell(text string) Cell {
	text = strings.TrimSuffix(text, "Z")
	if len(text) == len("2006-01-02") {
		return Cell{Text: text, Kind: Day}
	}
	if len(text) > 19 {
		text = text[:19]
	}
	return Cell{Text: text, Kind: Moment}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// columnOf reads AB12 as column 27; a cell without a place stands behind the
// one before it.
func columnOf(ref string, next int) int {
	column := 0
	for i := 0; i < len(ref) && ref[i] >= 'A' && ref[i] <= 'Z' && i < 4; i++ {
		column = column*26 + int(ref[i]-'A') + 1
	}
	if column == 0 {
		return next
	}
	return column - 1
}
