package paper

// Document is what stands on paper, every text as it is to be read.
type Document struct {
	Language string // BCP 47, of the texts
	Title    string // what it is: "Contract C-2026-00001"
	Name     string // what it is about
	Mark     string // across every page: "Draft"; "" for none
	From, To Party
	Facts    []Pair
	Tables   []Table
	Sections []Section
	// Signatures are who signs, side by side.
	Signatures []Pair
	Foot       string // at the bottom of each page, beside its number
	Running    string // heads the running totals, where the pages are not ours to number
	// Page writes "Page 2 of 3".
	Page func(page, of string) string
}

// Party is one side of a document.
type Party struct {
	Role  string
	Name  string
	Lines []string // address, numbers
}

// Pair is a label with its value.
type Pair struct{ Label, Value string }

// Section is a text under a heading.
type Section struct{ Heading, Text string }

// Table is rows of texts; the columns share the width by weight.
type Table struct {
	Heading string
	Columns []Column
	Rows    []Row
	Totals  []Pair // under the last column; the last one is the sum
	// Carried stands at the bottom of a page, and Brought on top of the next one,
	// before the running total.
	Carried, Brought string
}

// Column is the head of a column.
type Column struct {
	Label  string
	Weight float64
	Right  bool
}

// Row is one row; Running is the total up to it, "" where nothing is summed.
type Row struct {
	Cells   []string
	Running string
}
