package exchange

import (
	"context"
	"encoding/json"
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// rowSimilar marks a row of a dry run whose new record looks like another.
const rowSimilar = "similar"

// mostSimilar is how many of them are kept as examples.
const mostSimilar = 200

// similar lists the new records that have the name, e-mail address or phone
// number of another one that the importer may read, or of an earlier row. They
// are only told: what is a duplicate, people decide.
func (w *worker) similar(ctx context.Context, s *record.Session, items []*item) ([][]any, error) {
	var rows [][]any
	done := map[int]bool{}
	for _, f := range tellingFields(w.layout.object) {
		texts := map[*item]string{}
		var list []string
		for _, it := range items {
			if v := it.change.Values[f.Name]; v != nil && it.err == nil && it.created {
				texts[it] = schema.Neutral(v)
				list = append(list, texts[it])
			}
		}
		if len(list) == 0 {
			continue
		}
		hits, err := s.FindBy(ctx, w.layout.object, f, list)
		if err != nil {
			return nil, err
		}
		for _, it := range items {
			text, ok := texts[it]
			if !ok {
				continue
			}
			other, before := earlier(hits[text], it.saved), w.rehearsal.look[f.ID].has(text)
			w.rehearsal.later(w.rehearsal.look, f.ID, text)
			if (other != 0 || before) && !done[it.row.Number] {
				done[it.row.Number] = true
				rows = append(rows, w.similarRow(it, f, text, other))
			}
		}
	}
	return rows, nil
}

// tellingFields are those that two records of one thing have in common.
func tellingFields(o *schema.Object) []*schema.FieldDef {
	var fields []*schema.FieldDef
	for _, f := range o.Fields {
		title := f.Name == o.Title && f.Kind == schema.KindText
		if title || !f.Many && !f.Derived() && (f.Kind == schema.KindEmail || f.Kind == schema.KindPhone) {
			fields = append(fields, f)
		}
	}
	return fields
}

// earlier is a record that was there before the own one. Ids grow with time.
func earlier(ids []value.ID, own value.ID) value.ID {
	if len(ids) == 0 {
		return 0
	}
	if first := slices.Min(ids); first < own {
		return first
	}
	return 0
}

func (w *worker) similarRow(it *item, f *schema.FieldDef, text string, other value.ID) []any {
	e := RowError{Row: it.row.Number, Column: f.Name, Value: value.Printable(text), Record: other}
	for _, c := range w.layout.columns {
		if c.means(f.Name) {
			e.Column = c.header
			break
		}
	}
	e.Message = i18n.Text(w.locale, "import.similar", fault.Args{"field": f.Label(w.locale)})
	if w.rehearsal.madeHere(other) { // it stands in the file too, and was taken back
		e.Record = 0
	}
	problems, _ := json.Marshal([]RowError{e})
	return []any{it.row.Number, rowSimilar, nil, string(problems), rawCells(it.row)}
}

// madeHere reports whether a record is one that the running chunk has made.
func (r *rehearsal) madeHere(id value.ID) bool { return r.chunk[id] }
