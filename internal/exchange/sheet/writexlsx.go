package sheet

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// What a worksheet can hold.
const (
	bookRowLimit  = 1_048_576
	bookCellLimit = 32_767 // UTF-16 units
)

// bookWriter packs one worksheet straight into the output: nothing waits in
// memory or in a temporary file. Texts stand in their cells, not in a shared
// table, so that the first row can leave before the last is known.
//
// Excelize's stream writer was tried first: it turns control signs into U+FFFD
// and cuts a text over the limit without a word.
type bookWriter struct {
	archive *zip.Writer
	out     *bufio.Writer
	columns []OutColumn
	zone    *time.Location
	row     int
}

func newBookWriter(w io.Writer, columns []OutColumn, o WriteOptions) (Writer, error) {
	b := &bookWriter{archive: zip.NewWriter(w), columns: columns, zone: o.Zone}
	var name strings.Builder
	if err := xml.EscapeText(&name, []byte(sheetName(o.Sheet))); err != nil {
		return nil, err
	}
	for _, part := range []struct{ name, text string }{
		{"[Content_Types].xml", contentTypesXML},
		{"_rels/.rels", rootRelsXML},
		{"xl/workbook.xml", bookStartXML + name.String() + bookEndXML},
		{"xl/_rels/workbook.xml.rels", bookRelsXML},
		{"xl/styles.xml", stylesXML},
	} {
		out, err := b.archive.Create(part.name)
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(out, part.text); err != nil {
			return nil, err
		}
	}
	out, err := b.archive.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return nil, err
	}
	b.out = bufio.NewWriterSize(out, 64<<10)
	b.out.WriteString(sheetStartXML)
	return b, b.header()
}

func (b *bookWriter) header() error {
	b.startRow()
	for i, column := range b.columns {
		if err := b.text(i, styleHeader, column.Name); err != nil {
			return err
		}
	}
	return b.endRow()
}

// sheetName drops what a worksheet's name may not hold.
func sheetName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) || r < ' ' {
			return -1
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > 31 {
		name = string(runes[:31])
	}
	if strings.TrimSpace(name) == "" {
		return "Sheet1"
	}
	return name
}

func (b *bookWriter) Write(cells []any) error {
	if b.row >= bookRowLimit {
		return fault.New(fault.TooLarge, "sheet.too_many_rows", fault.Args{"limit": bookRowLimit - 1})
	}
	b.startRow()
	for i, cell := range cells[:min(len(cells), len(b.columns))] {
		if err := b.cell(i, cell); err != nil {
			return fmt.Errorf("row %d, column %q: %w", b.row, b.columns[i].Name, err)
		}
	}
	return b.endRow()
}

func (b *bookWriter) startRow() {
	b.row++
	b.out.WriteString(`<row r="`)
	b.out.WriteString(strconv.Itoa(b.row))
	b.out.WriteString(`">`)
}

func (b *bookWriter) endRow() error {
	_, err := b.out.WriteString("</row>") // a bufio.Writer keeps the first error
	return err
}

func (b *bookWriter) cell(i int, cell any) error {
	switch v := cell.(type) {
	case nil:
		return nil
	case string:
		return b.text(i, styleNone, v)
	case bool:
		b.plain(i, styleNone, "b", map[bool]string{true: "1", false: "0"}[v])
		return nil
	case int:
		return b.number(i, strconv.Itoa(v))
	case int64:
		return b.number(i, strconv.FormatInt(v, 10))
	case decimal.Decimal:
		return b.number(i, v.String())
	case value.Date:
		return b.day(i, v)
	case time.Time:
		return b.moment(i, v)
	}
	if !known(cell) {
		return fmt.Errorf("a %T has no place in a table", cell)
	}
	return b.text(i, styleNone, plainText(cell, b.zone))
}

// Close writes the end of the sheet and the archive's directory.
func (b *bookWriter) Close() error {
	b.out.WriteString(sheetEndXML)
	if err := b.out.Flush(); err != nil {
		return err
	}
	return b.archive.Close()
}
