package exchange

import (
	"context"
	"maps"
	"slices"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// matchIDs lets rows that name a record update it.
func (w *worker) matchIDs(ctx context.Context, s *record.Session, items []*item) error {
	if w.layout.id < 0 {
		return nil
	}
	header := w.layout.headers[w.layout.id]
	var ids []value.ID
	for _, it := range items {
		if it.err != nil || w.layout.id >= len(it.row.Cells) {
			continue
		}
		text := strings.TrimSpace(it.row.Cells[w.layout.id].Text)
		if text == "" {
			continue
		}
		id, err := value.ParseID(text)
		if err != nil {
			it.err = rowFault(header, "import.not_found", fault.Args{"object": w.layout.object.Name, "field": "id"})
			continue
		}
		it.change.ID = id
		ids = append(ids, id)
	}
	found, err := s.GetMany(ctx, w.layout.object.Name, ids)
	if err != nil {
		return err
	}
	seen := map[value.ID]bool{}
	for _, it := range items {
		id := it.change.ID
		switch {
		case id == 0 || it.err != nil:
			continue
		case found[id] == nil:
			it.err = rowFault(header, "import.not_found", fault.Args{"object": w.layout.object.Name, "field": "id"})
		case seen[id] || w.keys.has(id.String()):
			it.err = rowFault(header, "import.key_twice", nil)
		}
		seen[id] = true
		it.leaveEmpty()
	}
	return nil
}

// leaveEmpty drops empty cells: of an existing record they leave what is there.
func (it *item) leaveEmpty() {
	for name, x := range it.change.Values {
		if x == nil {
			delete(it.change.Values, name)
		}
	}
}

// match finds the records that rows update by a field.
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
	if len(texts) > 0 {
		if err := s.MayProbe(); err != nil {
			return err
		}
	}
	hits, taken, err := byKey(ctx, s, f, texts, w.stillOpen)
	if err != nil {
		return err
	}
	if err := s.Probed(f, len(taken)); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, it := range items {
		v := it.change.Values[f.Name]
		if v == nil || it.err != nil || it.change.ID != 0 {
			continue
		}
		k := i18n.Fold(schema.Neutral(v))
		h, ok := hits[k]
		switch {
		case seen[k] || w.seenKey(it):
			it.err = rowFault(f.Name, "import.key_twice", nil)
		case taken[k]:
			it.err = rowFault(f.Name, "field.in_use", nil)
		case h.many:
			it.err = rowFault(f.Name, "import.ambiguous", fault.Args{"object": f.Object.Name, "field": f.Name})
		case ok:
			it.change.ID, it.again = h.id, true
			it.leaveEmpty()
		}
		seen[k] = true
	}
	return nil
}

// stillOpen leaves of the records that keys found those that are still worked on,
// where people come again: with others it begins anew, as at every other door.
func (w *worker) stillOpen(ctx context.Context, s *record.Session, found map[string][]value.ID) error {
	if !w.mapping.Touches {
		return nil
	}
	list, err := s.AsSystem("who is still worked on").GetMany(ctx, w.layout.object.Name, slices.Concat(slices.Collect(maps.Values(found))...))
	if err != nil {
		return err
	}
	open := w.im.again[w.layout.object.Name].Open
	for text, ids := range found {
		found[text] = slices.DeleteFunc(ids, func(id value.ID) bool { return list[id] == nil || !open(list[id]) })
	}
	return nil
}

// touch gives those who were found by the key a touch, where that is wanted.
func (w *worker) touch(ctx context.Context, s *record.Session, items []*item) error {
	if !w.mapping.Touches {
		return nil
	}
	var ids []value.ID
	for _, it := range items {
		if it.again && it.err == nil {
			it.changed = true
			ids = append(ids, it.saved)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return w.im.again[w.layout.object.Name].Touch(ctx, s, ids)
}

func rowFault(path, key string, args fault.Args) error {
	return fault.New(fault.Invalid, "record.invalid", nil).With(fault.Field{Path: path, Key: key, Args: args})
}

// seenKey reports whether an earlier chunk had the row's key: one record is
// updated by one row of a file, whichever chunk it falls into.
func (w *worker) seenKey(it *item) bool {
	c := w.layout.matchColumn()
	return c != nil && w.keys.has(c.cell(it.row))
}

// noteKeys remembers the keys of rows that are done, also of those that an
// earlier part has done.
func (w *worker) noteKeys(row []string) {
	for _, text := range row {
		if text != "" {
			w.keys.add(text)
		}
	}
}
