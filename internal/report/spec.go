package report

import (
	"context"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Spec declares a report.
type Spec struct {
	Name  string // in addresses: "won-by-month"
	Title string
	Help  string // what it says, and how it counts
	// Object, Filter, Group, Sort and Limit are those of record.Aggregate.
	Object string
	Filter string
	Group  []string
	Sort   string
	Limit  int
	// Columns are the figures, after the groups.
	Columns []Column
	// Period is the date field that from and to narrow; "" = none.
	Period string
	// Run answers what aggregates cannot; nil = the aggregate.
	Run func(ctx context.Context, s *record.Session, p Params) (*Table, error)
}

// Column is one figure of a report.
type Column struct {
	Name    string // in answers: "won_revenue"
	Title   string
	Measure string // as in record.Aggregate
}

// Params narrow a report.
type Params struct {
	From, To value.Date // inclusive; 0 = open
	Filter   string     // further condition
	Limit    int
}

// Table is a report's answer: rows of group keys and figures.
type Table struct {
	Name    string   `json:"name"`
	Title   string   `json:"title"`
	Help    string   `json:"help,omitempty"`
	Object  string   `json:"object"`
	Groups  []string `json:"groups"`  // names of the key columns
	Columns []Column `json:"columns"` // of the figures
	Rows    []Row    `json:"rows"`
	Total   *Row     `json:"total,omitempty"`
	More    bool     `json:"more,omitempty"`
}

// Row is one line of a report.
type Row struct {
	Keys   []any    `json:"keys"`
	Labels []string `json:"labels"`
	// Filter lists the records behind the line.
	Filter string           `json:"filter,omitempty"`
	Values []record.Measure `json:"values"`
}

// Value is the figure of the column of that name.
func (t *Table) Value(r Row, column string) (record.Measure, bool) {
	for i, c := range t.Columns {
		if c.Name == column {
			return r.Values[i], true
		}
	}
	return record.Measure{}, false
}
