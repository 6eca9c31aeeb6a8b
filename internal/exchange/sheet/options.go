package sheet

import "wellmet/internal/value"

// Format is what a file really is.
type Format uint8

// The formats. Delimited covers comma, semicolon, TAB, pipe and other
// separators; JSONLines is only written.
const (
	Delimited Format = iota + 1
	Workbook
	JSONLines
)

// String is the short name that users know.
func (f Format) String() string {
	switch f {
	case Delimited:
		return "csv"
	case Workbook:
		return "xlsx"
	case JSONLines:
		return "jsonl"
	}
	return "unknown"
}

// NoQuote in Options.Quote says that no character quotes cells.
const NoQuote rune = -1

// NoHeader in Options.Header says that the first row is data already.
const NoHeader = -1

// Options overrule what Open would guess; the zero value guesses everything.
type Options struct {
	Encoding  string // a WHATWG name such as "windows-1252" or "utf-16le"
	Separator rune   // one ASCII character
	Quote     rune   // one ASCII character, or NoQuote
	Header    int    // row number of the header, or NoHeader
	Sheet     string // name of the worksheet; "" is the first visible one

	Columns map[string]ColumnOptions // by column name, for Survey

	KeepApostrophes bool // leave '=1 as it stands, see the package comment

	MaxCell    int   // bytes of one cell, 1 MiB unless set
	MaxColumns int   // 2,000 unless set
	MaxBytes   int64 // bytes of the file and of each part of a workbook, 2 GiB unless set
}

// ColumnOptions overrule what Survey would guess for one column; zero guesses.
type ColumnOptions struct {
	Kind    Kind
	Date    value.DateStyle
	Decimal rune // '.' or ','
}

func (o Options) withDefaults() Options {
	if o.MaxCell <= 0 {
		o.MaxCell = 1 << 20
	}
	if o.MaxColumns <= 0 {
		o.MaxColumns = 2000
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 2 << 30
	}
	return o
}
