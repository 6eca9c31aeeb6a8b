package exchange

import (
	"context"
	"encoding/json"
	"slices"

	"wellmet/internal/exchange/sheet"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// chunkRows is how many rows one transaction takes (storage rule 12).
const chunkRows = 500

// item is one row on its way into the engine.
type item struct {
	row    sheet.Row
	change record.Change
	lines  []record.Values
	waits  []waiting
	err    error
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
	if err := w.match(ctx, s, items); err != nil {
		return n, nil, err
	}
	if err := w.save(ctx, s, items, &n); err != nil {
		return n, nil, err
	}
	for name, l := range w.lookups {
		if l.made > 0 {
			n.Links[name] = l.made
		}
	}
	return n, w.remember(items, &n), nil
}

// item reads one row's cells into values.
func (w *worker) item(s *record.Session, row sheet.Row) *item {
	it := &item{row: row, change: record.Change{Values: record.Values{}}}
	if row.Fault != nil {
		it.err = row.Fault
		return it
	}
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

// cell sets one value of the row's own record. An empty cell of a new record
// sets nothing but keeps defaults away where they would invent a fact; of an
// existing one it leaves the field as it is.
func (w *worker) cell(s *record.Session, it *item, c column, row sheet.Row, text string) error {
	name := c.field.Name
	if c.part != "" {
		name += "_" + c.part
	}
	if text == "" {
		if _, set := it.change.Values[name]; !set && c.part == "" && keepsEmpty(c.field) {
			it.change.Values[name] = nil
		}
		return nil
	}
	if c.key != nil {
		id, wait, err := w.lookups.link(c, text, w.layout.object)
		if wait {
			it.waits = append(it.waits, waiting{c.path, text})
		} else if err == nil {
			it.change.Values[name] = id
		}
		return err
	}
	v, err := w.parse(s, c, row, text)
	if err == nil {
		it.change.Values[name] = v
	}
	return err
}

// keepsEmpty tells fields whose default would say something about the past
// that the file does not say: days, amounts and links.
func keepsEmpty(f *schema.FieldDef) bool {
	switch f.Kind {
	case schema.KindDate, schema.KindMoment, schema.KindMoney, schema.KindLink, schema.KindPerson:
		return f.Name != "owner"
	}
	return false
}

func (w *worker) parse(s *record.Session, c column, row sheet.Row, text string) (any, error) {
	f := c.field
	if c.own != nil {
		f = c.own
	}
	if c.part != "" {
		return text, nil
	}
	env := *s.StoreEnv()
	env.Input = c.inputFor(row)
	env.Input.Zone = s.Env().Zone
	if w.mapping.Currency != "" {
		env.Currency = w.mapping.Currency
	}
	v, err := f.Parse(text, &env)
	if e, ok := fault.As(err); ok && len(e.Fields) > 0 {
		fields := slices.Clone(e.Fields)
		fields[0].Path = c.header
		return nil, fault.New(e.Kind, e.Key, e.Args).With(fields...)
	}
	return v, err
}

// lineCell sets one value of the row's line (engine decision 12).
func (w *worker) lineCell(s *record.Session, c column, row sheet.Row, text string, lines map[*schema.FieldDef]record.Values) error {
	if text == "" {
		return nil
	}
	if lines[c.field] == nil {
		lines[c.field] = record.Values{}
	}
	if c.key != nil {
		id, _, err := w.lookups.link(c, text, w.layout.object)
		if err == nil {
			lines[c.field][c.own.Name] = id
		}
		return err
	}
	v, err := w.parse(s, c, row, text)
	if err == nil {
		lines[c.field][c.own.Name] = v
	}
	return err
}

// match finds the records that rows update.
func (w *worker) match(ctx context.Context, s *record.Session, items []*item) error {
	f := w.layout.match
	if f == nil {
		return nil
	}
	var texts []string
	for _, it := range items {
		if v := it.change.Values[f.Name]; v != nil && it.err == nil {
			texts = append(texts, schema.Neutral(v))
		}
	}
	hits, err := byKey(ctx, s, f, texts)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, it := range items {
		v := it.change.Values[f.Name]
		if v == nil || it.err != nil {
			continue
		}
		k := i18n.Fold(schema.Neutral(v))
		h, ok := hits[k]
		switch {
		case seen[k]:
			it.err = fault.New(fault.Invalid, "record.invalid", nil).With(fault.Field{Path: f.Name, Key: "import.key_twice"})
		case h.many:
			it.err = fault.New(fault.Invalid, "record.invalid", nil).With(fault.Field{Path: f.Name, Key: "import.ambiguous",
				Args: fault.Args{"object": f.Object.Name, "field": f.Name}})
		case ok:
			it.change.ID = h.id
			for name, x := range it.change.Values { // an empty cell leaves what is there
				if x == nil {
					delete(it.change.Values, name)
				}
			}
		}
		seen[k] = true
	}
	return nil
}

// save hands the good rows to the engine, then their lines.
func (w *worker) save(ctx context.Context, s *record.Session, items []*item, n *Counts) error {
	b := record.Batch{Object: w.layout.object.Name, PerRow: true, Accept: len(w.mapping.AcceptIncomplete) > 0}
	var sent []*item
	for _, it := range items {
		if it.err == nil {
			b.Changes = append(b.Changes, it.change)
			sent = append(sent, it)
		}
	}
	out, err := s.Save(ctx, b)
	if err != nil {
		return err
	}
	var lines []*item
	var written []value.ID
	for i, it := range sent {
		o := out[i]
		switch {
		case o.Err != nil:
			it.err = o.Err
			continue
		case o.Created:
			n.Created++
		case o.Changed:
			n.Updated++
		default:
			n.Skipped++
		}
		it.change.ID = o.ID
		written = append(written, o.ID)
		if len(it.lines) > 0 && (o.Created || o.Changed) {
			lines = append(lines, it)
		}
	}
	if n.Incomplete, err = w.incomplete(ctx, s, written); err != nil {
		return err
	}
	return w.saveLines(ctx, s, lines)
}

// saveLines makes the lines of new records; a record that had lines before
// keeps those.
func (w *worker) saveLines(ctx context.Context, s *record.Session, items []*item) error {
	if len(items) == 0 {
		return nil
	}
	link := w.lineLink()
	ids := make([]value.ID, len(items))
	for i, it := range items {
		ids[i] = it.change.ID
	}
	has, err := s.HasChildren(ctx, link, ids)
	if err != nil {
		return err
	}
	b := record.Batch{Object: link.Object.Name, PerRow: true, Accept: true}
	var owners []*item
	for _, it := range items {
		if has[it.change.ID] {
			continue
		}
		for _, v := range it.lines {
			v[link.Name] = it.change.ID
			w.priceLine(link.Object, it, v)
			b.Changes = append(b.Changes, record.Change{Values: v})
			owners = append(owners, it)
		}
	}
	for start := 0; start < len(b.Changes); start += record.MaxBatch {
		part := record.Batch{Object: b.Object, PerRow: true, Accept: true, Changes: b.Changes[start:min(start+record.MaxBatch, len(b.Changes))]}
		out, err := s.Save(ctx, part)
		if err != nil {
			return err
		}
		for i, o := range out {
			if o.Err != nil {
				owners[start+i].err = o.Err
			}
		}
	}
	return nil
}

func (w *worker) lineLink() *schema.FieldDef {
	for _, c := range w.layout.columns {
		if c.line != nil {
			return c.field
		}
	}
	return nil
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

// remember lists the rows that failed or wait, as import_row keeps them.
func (w *worker) remember(items []*item, n *Counts) [][]any {
	var rows [][]any
	for _, it := range items {
		switch {
		case it.err != nil:
			n.Failed++
			problems, _ := json.Marshal(w.layout.messages(it.err, it.row, w.locale))
			rows = append(rows, []any{it.row.Number, rowFailed, nil, string(problems), rawCells(it.row)})
		case len(it.waits) > 0:
			n.Pending++
			waits, _ := json.Marshal(it.waits)
			rows = append(rows, []any{it.row.Number, rowPending, it.change.ID, string(waits), rawCells(it.row)})
		}
	}
	return rows
}

func rawCells(row sheet.Row) string {
	texts := make([]string, len(row.Cells))
	for i, c := range row.Cells {
		texts[i] = c.Text
	}
	b, _ := json.Marshal(texts)
	return string(b)
}
