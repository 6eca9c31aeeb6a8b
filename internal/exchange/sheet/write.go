package sheet

import (
	"io"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// OutColumn is one column to write. Text says that its cells hold what somebody
// typed, so that the apostrophe rule of the package comment applies; leave it
// false for numbers, days and whatever has been checked to be harmless.
type OutColumn struct {
	Name string
	Text bool
}

// WriteOptions are zero for a comma-separated UTF-8 file in UTC.
type WriteOptions struct {
	Separator rune           // of a delimited file, ',' unless set
	BOM       bool           // older spreadsheets need it to see UTF-8
	Sheet     string         // name of the worksheet
	Zone      *time.Location // moments are written in it, UTC unless set
}

// Writer writes a table row by row. Cells are nil (empty), string, bool, int,
// int64, decimal.Decimal, value.ID, value.Date, value.Money and time.Time;
// JSON lines take whatever has a JSON form. Close finishes the file but leaves
// the io.Writer open.
type Writer interface {
	Write(cells []any) error
	Close() error
}

// NewWriter begins a table: the header is written at once.
func NewWriter(w io.Writer, f Format, columns []OutColumn, o WriteOptions) (Writer, error) {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Separator == 0 {
		o.Separator = ','
	}
	switch f {
	case Delimited:
		return newCSVWriter(w, columns, o)
	case Workbook:
		return newBookWriter(w, columns, o)
	case JSONLines:
		return newJSONWriter(w, columns, o)
	}
	return nil, fault.New(fault.Invalid, "sheet.unknown_format", fault.Args{"format": f.String()})
}

// plainText is the neutral text of a cell: what Open reads back as the same.
func plainText(cell any, zone *time.Location) string {
	switch v := cell.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case decimal.Decimal:
		return v.String()
	case value.ID:
		return v.String()
	case value.Date:
		return v.String()
	case value.Money:
		return v.String()
	case time.Time:
		return v.In(zone).Format(momentLayout(v))
	}
	return ""
}

// momentLayout shows milliseconds only where there are some.
func momentLayout(t time.Time) string {
	if t.Nanosecond() != 0 {
		return "2006-01-02T15:04:05.000Z07:00"
	}
	return time.RFC3339
}

// known is false for a cell of a type that no file can hold.
func known(cell any) bool {
	switch cell.(type) {
	case nil, string, bool, int, int64, decimal.Decimal, value.ID, value.Date, value.Money, time.Time:
		return true
	}
	return false
}
