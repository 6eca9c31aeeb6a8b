package record

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/schema"
)

// maxIndexes is how many indexes an object may have before more of them cost
// writing too much (engine decision 3).
const maxIndexes = 12

// worthwhile is how many times fewer rows an index has to read to be proposed.
const worthwhile = 4

// Proposal is an index that would help a query, with its effect in numbers.
type Proposal struct {
	Object string       `json:"object"`
	Index  schema.Index `json:"index"`
	// Rows is about how many rows a page reads today, and RowsThen with the
	// index.
	Rows     int64 `json:"rows"`
	RowsThen int64 `json:"rows_then"`
	// Full says that the object has as many indexes as it may have: one has to
	// go before this one can come.
	Full bool     `json:"full,omitempty"`
	Plan []string `json:"plan"` // what the database says it does today
}

// Propose says which index a query lacks, nil when none: it is small, or an
// index serves it, or none could. For whoever saves a view.
func (s *Session) Propose(ctx context.Context, q Query) (*Proposal, error) {
	l, err := s.list(ctx, q)
	if err != nil || l.nothing() || l.deleted() || !l.big() {
		return nil, err
	}
	keys := l.keys[:len(l.keys)-1]
	x, found := serving(l.o, l.match.pinned, keys)
	want := l.wanted()
	if want == nil || found && len(x.pinned) >= len(want.Fields)-len(keys) {
		return nil, nil
	}
	p := &Proposal{Object: l.o.Name, Index: *want, Rows: l.rows(), Full: len(l.o.Indexes) >= maxIndexes}
	part := 1.0
	for _, name := range want.Fields[:len(want.Fields)-len(keys)] {
		f, _ := l.o.Field(name)
		part /= float64(l.distinct(f))
	}
	p.RowsThen = min(p.Rows, int64(l.limit+1))
	if found { // today it walks the order, past what the filter leaves out
		p.Rows = min(p.Rows, int64(float64(l.limit+1)/part))
	}
	for name := range l.match.pinned { // or reads and sorts what another index finds
		if f, ok := l.o.Field(name); ok && leads(l.o, name) {
			p.Rows = min(p.Rows, max(1, l.rows()/l.distinct(f)))
		}
	}
	if p.Rows < worthwhile*p.RowsThen {
		return nil, nil
	}
	p.Plan, err = l.explain(ctx)
	return p, err
}

// wanted is the index that would serve the listing: the fields that the filter
// holds to one value, then the sort. nil where the order comes from elsewhere.
func (l *listing) wanted() *schema.Index {
	if l.computed {
		return nil
	}
	var fields []string
	for name := range l.match.pinned {
		if name != "owner" && !slices.ContainsFunc(l.keys, func(k sortKey) bool { return k.name == name }) {
			fields = append(fields, name)
		}
	}
	slices.SortFunc(fields, func(a, b string) int { return strings.Compare(a, b) })
	for _, k := range l.keys[:len(l.keys)-1] {
		if k.field == nil || k.field.Engine && k.column == "deleted_at" {
			return nil
		}
		if k.down {
			fields = append(fields, "-"+k.name)
		} else {
			fields = append(fields, k.name)
		}
	}
	if len(fields) == 0 {
		return nil
	}
	x := &schema.Index{Fields: fields, Served: true}
	x.Name = strings.ReplaceAll(strings.Join(fields, "_"), "-", "d_")
	return x
}

// explain asks the database how it runs the first statement of the page.
func (l *listing) explain(ctx context.Context) ([]string, error) {
	sql, args, err := l.statement(l.segments()[0], l.limit+1)
	if err != nil || sql == "" {
		return nil, err
	}
	head, column := "EXPLAIN QUERY PLAN ", 3
	if l.s.tx.Dialect().Name() != "sqlite" {
		head, column = "EXPLAIN ", 0
	}
	rows, err := l.s.tx.Query(ctx, head+sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		line, _ := rows.Text(column)
		plan = append(plan, strings.Clone(line))
	}
	return plan, rows.Close()
}
