package report

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Spec declares a report: one that the program ships, or one that somebody has
// saved.
type Spec struct {
	Name  string // in addresses: "won-by-month", of a saved one its id
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
	// Span is the period asked for when the reader names none, Compare what it is
	// compared with, PerDay whether for each working day.
	Span    string
	Compare string
	PerDay  bool
	// Show is how it is drawn; "" = as the page thinks best.
	Show string
	// Saved ones only: the record, and why the reader cannot have it run.
	ID         value.ID
	Version    int64
	Owner      value.ID
	Visibility string
	Problem    *fault.Error
	// Whole says that the figures are over all records, whoever asks: nothing can
	// narrow them.
	Whole bool
	// Unknown are the groups of which a line without a value is called unknown
	// rather than none: everything has a source, said or not.
	Unknown []string
	// Always says that its lines stand there whatever there is to tell, as they are
	// stages, months or parts.
	Always bool
	// Past says that Run can look back to a past day. Then answers of a past day
	// what the aggregate, which answers of today, does not know of then; nil = it
	// answers both.
	Past bool
	Then func(ctx context.Context, s *record.Session, p Params) (*Table, error)
	// Run answers what aggregates cannot; nil = the aggregate.
	Run func(ctx context.Context, s *record.Session, p Params) (*Table, error)
	// Behind lists the records behind figures to which Params.Trail leads; nil =
	// filters and pages of others tell all of them.
	Behind func(ctx context.Context, s *record.Session, t Trail) (Found, error)
}

// Column is one figure of a report.
type Column struct {
	Name    string // in answers: "won_revenue"
	Title   string
	Measure string // as in record.Aggregate; "" = worked out by Spec.Run
	// Rate says that a figure without a measure is a share of one, Plain that it
	// adds up to nothing and no list stands behind it, Place that it says who comes
	// where, which is no measure.
	Rate, Plain, Place bool
	// Digits is how many digits behind the point tell something; 0 = the usual one.
	Digits int
	// Adds says that a figure without a measure adds up over the days of its
	// period: a count or a sum of what was in it.
	Adds bool
}

// Sums reports whether the figure adds up over the days of its period.
func (c Column) Sums() bool {
	m, ok := record.ReadMeasure(c.Measure)
	return c.Adds || ok && (m.Function == "count" || m.Function == "sum")
}

// Said is a text in the place of a figure: words of a record, not of the program.
type Said string

// Params narrow a report.
type Params struct {
	From, To value.Date // inclusive; 0 = open
	Span     string     // where neither is given; "" = the report's own
	Filter   string     // further condition
	Limit    int
	// Compare is PreviousPeriod or LastYear; "" = the report's own. PerDay tells
	// what adds up for each working day.
	Compare string
	PerDay  bool
	// Export counts only what the reader may take out.
	Export bool
	// AsOf is the moment to look back to, as of which periods are meant, too;
	// zero = now.
	AsOf time.Time
}

// NoComparison is Params.Compare of who wants none, whatever the report says.
const NoComparison = "none"

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
	// From and To are the period that was asked for, Before the one it is
	// compared with.
	From   value.Date  `json:"-"`
	To     value.Date  `json:"-"`
	Before *Comparison `json:"-"`
	// AsOf is the moment looked back to, Unknown the figures that are not known of
	// then and left out.
	AsOf    time.Time `json:"-"`
	Unknown []Column  `json:"-"`
	// CountsSkips says of a funnel whether stages that were passed over count as
	// passed; nil of other reports.
	CountsSkips *bool `json:"-"`
	// Heads are what groups are called in the reader's language that are no fields;
	// "" = as the schema has it.
	Heads []string `json:"-"`
	// Notes say in the reader's language what the figures leave out, None why there
	// are no rows; "" = as for any report.
	Notes []Note `json:"-"`
	None  string `json:"-"`

	apart map[value.ID]string // names of states that share one, with what they belong to
}

// Note is something to know of a table, with the list of what it is about.
type Note struct {
	Text string
	Behind
}

// Row is one line of a report.
type Row struct {
	Keys   []any    `json:"keys"`
	Labels []string `json:"labels"`
	// Filter lists the records behind the line.
	Filter string           `json:"filter,omitempty"`
	Values []record.Measure `json:"values"`
	// Behind lists the records behind single figures where these are others than
	// Filter and the measure's condition say; by column, empty = as they say.
	Behind []Behind `json:"-"`
	// Ahead says that the line is not known yet but projected.
	Ahead bool `json:"-"`
	// Running says that the line is of a time that is not over: it can still grow.
	Running bool `json:"-"`
	// Few says that so few records stand behind the line that little follows.
	Few bool `json:"-"`
	// Before are the figures of the period before, BeforeFilter and BeforeBehind
	// list their records; Gone says that this period has no such line.
	Before       []record.Measure `json:"-"`
	BeforeFilter string           `json:"-"`
	BeforeBehind []Behind         `json:"-"`
	Gone         bool             `json:"-"`
}

// Sparse reports whether there are lines from which little follows.
func (t *Table) Sparse() bool {
	return slices.ContainsFunc(t.Rows, func(r Row) bool { return r.Few })
}

// Behind is where the records behind a figure are.
type Behind struct {
	Object string // "" = the table's
	Filter string
	Path   string // of a page that lists what no filter tells; "" = none
}

// BehindOf is where the records behind a figure of the line are; false where
// no list tells them.
func (t *Table) BehindOf(r Row, col int) (Behind, bool) {
	if col < len(r.Behind) && (r.Behind[col].Filter != "" || r.Behind[col].Path != "") {
		b := r.Behind[col]
		b.Object = cmp.Or(b.Object, t.Object)
		return b, true
	}
	if t.Columns[col].Plain || r.Gone || r.Filter == "" && len(r.Keys) > 0 {
		return Behind{}, false
	}
	m, ok := record.ReadMeasure(t.Columns[col].Measure)
	if !ok && t.Columns[col].Measure != "" {
		return Behind{}, false
	}
	return Behind{Object: t.Object, Filter: Both(r.Filter, m.Behind())}, true
}

// Both is the condition that holds where both do.
func Both(a, b string) string {
	switch {
	case strings.TrimSpace(a) == "":
		return b
	case strings.TrimSpace(b) == "":
		return a
	}
	return "(" + a + ") and (" + b + ")"
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
