package exchange

import (
	"io"
	"time"

	"wellmet/internal/exchange/sheet"
)

// Workbook reports whether the file is a workbook; else it is delimited text.
func (p *Preview) Workbook() bool { return p.Format == sheet.Workbook }

// Dated reports whether the column's values look like days or moments.
func (c PreviewColumn) Dated() bool {
	return c.Profile.Kind == sheet.KindDate || c.Profile.Kind == sheet.KindMoment
}

// Decimals reports whether they look like numbers with decimals.
func (c PreviewColumn) Decimals() bool {
	return c.Profile.Kind == sheet.KindDecimal || c.Profile.Kind == sheet.KindMoney || c.Profile.Kind == sheet.KindPercent
}

// WriteTable writes a table as a file: the first columns, texts of them, hold
// what people typed and never run as formulas.
type WriteTable func(w io.Writer, zone *time.Location, headers []string, texts int, rows [][]any) error

// WriteCSV writes delimited text.
func WriteCSV(w io.Writer, zone *time.Location, headers []string, texts int, rows [][]any) error {
	return writeTable(w, sheet.Delimited, sheet.WriteOptions{BOM: true, Zone: zone}, headers, texts, rows)
}

// WriteBook writes a workbook, row by row.
func WriteBook(w io.Writer, zone *time.Location, headers []string, texts int, rows [][]any) error {
	return writeTable(w, sheet.Workbook, sheet.WriteOptions{Zone: zone}, headers, texts, rows)
}

func writeTable(w io.Writer, f sheet.Format, o sheet.WriteOptions, headers []string, texts int, rows [][]any) error {
	columns := make([]sheet.OutColumn, len(headers))
	for i, h := range headers {
		columns[i] = sheet.OutColumn{Name: h, Text: i < texts}
	}
	out, err := sheet.NewWriter(w, f, columns, o)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := out.Write(r); err != nil {
			return err
		}
	}
	return out.Close()
}
