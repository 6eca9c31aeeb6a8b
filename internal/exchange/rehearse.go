package exchange

import (
	"context"
	"encoding/json"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// rehearsal is what a dry run knows of the rows before: their chunks were
// taken back, so the database does not.
type rehearsal struct {
	unique map[string]keySet // values of unique fields, by field
	names  map[string]keySet // keys of new records that others may link to, by lookup
	waits  []waited
	// look is what new records are told apart by, and the values so far.
	look  map[string]keySet
	shown int // possible duplicates that are kept as examples
	// of the running chunk
	fresh []func()
	chunk map[value.ID]bool // records that it has made and will take back
}

func newRehearsal() *rehearsal {
	return &rehearsal{unique: map[string]keySet{}, names: map[string]keySet{}, look: map[string]keySet{}}
}

// apply fails the rows that would meet a value of an earlier row.
func (r *rehearsal) apply(l *layout, items []*item) {
	r.fresh = r.fresh[:0]
	r.chunk = map[value.ID]bool{}
	for _, it := range items {
		r.chunk[it.saved] = it.created
		if it.err != nil || !it.created {
			continue
		}
		for _, c := range l.columns {
			if c.line != nil || !c.field.Unique || c.key != nil {
				continue
			}
			v := it.change.Values[c.field.Name]
			if v == nil {
				continue
			}
			text := schema.Neutral(v)
			if r.unique[c.field.ID].has(text) {
				it.err = join(it.err, rowFault(c.field.Name, "field.in_use", nil))
				continue
			}
			r.later(r.unique, c.field.ID, text)
		}
		r.name(l, it)
	}
}

// name remembers what rows further down may call the new record.
func (r *rehearsal) name(l *layout, it *item) {
	if it.err != nil {
		return
	}
	done := map[string]bool{}
	for _, c := range l.columns {
		if c.key == nil || c.target != l.object || done[lookupName(c)] {
			continue
		}
		done[lookupName(c)] = true
		if v := it.change.Values[c.key.Name]; v != nil {
			r.later(r.names, lookupName(c), schema.Neutral(v))
		}
	}
	if len(it.waits) > 0 {
		x := waited{row: it.row.Number, links: it.waits, raw: rawCells(it.row)}
		r.fresh = append(r.fresh, func() { r.waits = append(r.waits, x) })
	}
}

func (r *rehearsal) later(sets map[string]keySet, name, text string) {
	r.fresh = append(r.fresh, func() {
		if sets[name] == nil {
			sets[name] = keySet{}
		}
		sets[name].add(text)
	})
}

// commit keeps what the chunk showed.
func (r *rehearsal) commit() {
	for _, f := range r.fresh {
		f()
	}
	r.fresh = r.fresh[:0]
}

// rehearseLinks says what would have become of the links that had to wait.
func (w *worker) rehearseLinks(ctx context.Context) (more bool, err error) {
	var failed [][]any
	for _, x := range w.rehearsal.waits {
		var err error
		for _, link := range x.links {
			c := w.column(link.Field)
			err = join(err, w.rehearseLink(c, link.Text))
		}
		if err != nil {
			problems, _ := json.Marshal(w.layout.messages(err, x.cells(), w.locale))
			failed = append(failed, []any{x.row, rowFailed, nil, string(problems), x.raw})
		}
	}
	w.counts.Failed += len(failed)
	w.counts.Pending = 0
	w.rehearsal.waits = nil
	return false, w.im.engine.Write(ctx, record.AsSystem("dry run"), func(s *record.Session) error {
		return keepRows(ctx, s.Tx(), w.id, failed)
	})
}

func (w *worker) rehearseLink(c column, text string) error {
	name := lookupName(c)
	l := w.lookups[name]
	switch n := w.rehearsal.names[name][keyHash(text)]; {
	case n == 1 || l.rehearsed[i18n.Fold(text)]:
		return nil
	case n > 1:
		return cellFault(c, text, "import.ambiguous", fault.Args{"object": c.target.Name, "field": c.key.Name})
	case !l.create:
		return cellFault(c, text, "import.not_found", fault.Args{"object": c.target.Name, "field": c.key.Name})
	}
	if l.rehearsed == nil {
		l.rehearsed = map[string]bool{}
	}
	l.rehearsed[i18n.Fold(text)] = true
	w.counts.Links[name]++
	return nil
}

// saveDry keeps what a chunk of a dry run would have said; nothing else of it
// is written.
func (w *worker) saveDry(ctx context.Context, kept [][]any) error {
	w.rehearsal.commit()
	for name, l := range w.lookups {
		l.rehearsedNames = w.rehearsal.names[name]
		for _, k := range l.made {
			if l.rehearsed == nil {
				l.rehearsed = map[string]bool{}
			}
			l.rehearsed[k] = true
		}
	}
	var failed [][]any
	for _, row := range kept {
		if row[1] == rowFailed || row[1] == rowSimilar && w.rehearsal.shown < mostSimilar {
			failed = append(failed, row)
		}
		if row[1] == rowSimilar {
			w.rehearsal.shown++
		}
	}
	return w.im.engine.Write(ctx, record.AsSystem("dry run"), func(s *record.Session) error {
		if err := w.stillDry(ctx, s); err != nil {
			return err
		}
		if err := keepRows(ctx, s.Tx(), w.id, failed); err != nil {
			return err
		}
		return saveCounts(ctx, s.Tx(), w.id, w.counts)
	})
}
