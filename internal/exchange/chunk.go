package exchange

import (
	"context"
	"encoding/json"

	"wellmet/internal/exchange/sheet"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// chunkRows is how many rows one transaction takes (storage rule 12).
const chunkRows = 500

// item is one row on its way into the engine.
type item struct {
	row     sheet.Row
	change  record.Change
	lines   []record.Values
	waits   []waiting
	err     error
	saved   value.ID // the record it became
	created bool
	changed bool
	again   bool // found by the key: somebody who is there already
	warned  []fault.Field
}

// waiting is a link to a record that was not there yet.
type waiting struct {
	Field string `json:"field"`
	Text  string `json:"text"`
}

// work brings one chunk of rows in and counts what became of it.
func (w *worker) work(ctx context.Context, s *record.Session, rows []sheet.Row) (Counts, [][]any, error) {
	n := Counts{Rows: len(rows), Links: map[string]int{}}
	w.lookups.begin()
	if err := w.lookups.findAll(ctx, s, w.layout, rows); err != nil {
		return n, nil, err
	}
	items := make([]*item, len(rows))
	for i, row := range rows {
		items[i] = w.item(s, row)
	}
	for _, step := range []func(context.Context, *record.Session, []*item) error{w.matchIDs, w.match, w.save, w.touch} {
		if err := step(ctx, s, items); err != nil {
			return n, nil, err
		}
	}
	if w.dry {
		w.rehearsal.apply(w.layout, items)
	}
	n.count(items)
	var similar [][]any
	if w.dry {
		var err error
		if similar, err = w.similar(ctx, s, items); err != nil {
			return n, nil, err
		}
		n.Duplicates = len(similar)
	}
	for name, l := range w.lookups {
		if len(l.made) > 0 {
			n.Links[name] = len(l.made)
		}
	}
	var taken []value.ID
	for _, it := range items {
		if it.err == nil {
			taken = append(taken, it.saved)
		}
	}
	var err error
	if n.Incomplete, err = w.incomplete(ctx, s, taken); err != nil {
		return n, nil, err
	}
	return n, append(w.noted(items), similar...), nil
}

// count adds what became of each row.
func (n *Counts) count(items []*item) {
	for _, it := range items {
		switch {
		case it.err != nil:
			n.Failed++
		case it.created:
			n.Created++
		case it.changed:
			n.Updated++
		default:
			n.Skipped++
		}
		if it.err == nil && len(it.waits) > 0 {
			n.Pending++
		}
		if it.err == nil && len(it.warned) > 0 {
			n.Warned++
			n.Odd = record.AddReasons(n.Odd, it.saved, it.warned)
		}
	}
}

// item reads one row's cells into values.
func (w *worker) item(s *record.Session, row sheet.Row) *item {
	it := &item{row: row, change: record.Change{Values: record.Values{}}}
	if row.Fault != nil {
		it.err = row.Fault
		return it
	}
	it.change.ID = w.came[row.Number]
	lines := map[*schema.FieldDef]record.Values{}
	for _, c := range w.layout.columns {
		text := c.cell(row)
		var err error
		if c.line != nil {
			err = w.lineCell(s, c, row, text, lines)
		} else {
			err = w.cell(s, it, c, row, text)
		}
		if err != nil {
			it.err = join(it.err, err)
		}
	}
	for _, c := range w.layout.columns { // in the order of columns
		if v, ok := lines[c.field]; ok && len(v) > 0 {
			it.lines = append(it.lines, v)
			delete(lines, c.field)
		}
	}
	if it.change.ID != 0 {
		it.leaveEmpty()
	}
	return it
}

func join(a, b error) error {
	x, ok := fault.As(a)
	y, ok2 := fault.As(b)
	if !ok || !ok2 {
		if a != nil {
			return a
		}
		return b
	}
	return x.With(y.Fields...)
}

// priceLine gives the only line of a row the row's amount as its price. No
// amount leaves the price empty.
func (w *worker) priceLine(line *schema.Object, it *item, v record.Values) {
	if _, given := v["unit_price"]; given || len(it.lines) != 1 {
		return
	}
	if _, ok := line.Field("unit_price"); !ok {
		return
	}
	if m, ok := it.change.Values["amount"].(value.Money); ok {
		v["unit_price"] = m
	}
}

// noted lists the rows that failed or wait, as import_row keeps them.
func (w *worker) noted(items []*item) [][]any {
	var rows [][]any
	for _, it := range items {
		switch {
		case it.err != nil:
			problems, _ := json.Marshal(w.layout.messages(it.err, it.row, w.locale))
			rows = append(rows, []any{it.row.Number, rowFailed, w.known(it), string(problems), rawCells(it.row)})
		case len(it.waits) > 0:
			waits, _ := json.Marshal(it.waits)
			rows = append(rows, []any{it.row.Number, rowPending, it.saved, string(waits), rawCells(it.row)})
		}
	}
	return rows
}

// known is the record that a failed row names itself, so that a mended row
// finds it again.
func (w *worker) known(it *item) any {
	if id := w.came[it.row.Number]; id != 0 {
		return id
	}
	if w.layout.id < 0 || w.layout.headers[w.layout.id] != idColumn {
		return nil
	}
	return idOrNil(it.change.ID)
}

func rawCells(row sheet.Row) string {
	texts := make([]string, len(row.Cells))
	for i, c := range row.Cells {
		texts[i] = c.Text
	}
	b, _ := json.Marshal(texts)
	return string(b)
}
