package record

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// A newer program may track an object whose records are there already. Their
// spans begin with what history says of them; what it does not say, or no longer,
// is as it was first known since the record was made. Until all are told nobody
// is answered of their past, since half of them would pass for all. So are those
// that were tracked before without what they belong to.

// untold says up to which record the spans of objects are told, by the object's
// name; one that is not in it is told wholly.
var untold = store.Setting[map[string]value.ID]{Key: "untold_spans"}

const (
	// toldAtOnce is how many records a transaction tells of.
	toldAtOnce = 500
	// toldWhileOpening is how many portions are told before anybody is let in:
	// most workspaces are ready then.
	toldWhileOpening = 10
)

func loadUntold(ctx context.Context, tx *store.Tx) (map[string]bool, error) {
	upto, err := untold.Get(ctx, tx)
	waiting := map[string]bool{}
	for name := range upto {
		waiting[name] = true
	}
	return waiting, err
}

// noteUntold notes objects in the transaction that makes their tables, so that an
// end of the process in between forgets none. Spans that they have already go:
// they are told anew.
func noteUntold(ctx context.Context, tx *store.Tx, objects []*schema.Object) error {
	if len(objects) == 0 {
		return nil
	}
	upto, err := untold.Get(ctx, tx)
	if err != nil {
		return err
	}
	if upto == nil {
		upto = map[string]value.ID{}
	}
	for _, o := range objects {
		if _, err := tx.Exec(ctx, "DELETE FROM {"+o.SpanTable()+"}"); err != nil {
			return err
		}
		upto[o.Name] = 0
	}
	if err := untold.Set(ctx, tx, upto); err != nil {
		return err
	}
	return touchState(ctx, tx)
}

// beginSpansAtOnce tells the first spans while a workspace is opened; FillSpans
// goes on beside running work.
func (e *Engine) beginSpansAtOnce(ctx context.Context) error {
	for range toldWhileOpening {
		if more, err := e.FillSpans(ctx); err != nil || !more {
			return err
		}
	}
	return nil
}

// FillSpans tells the next portion; more says that there are others.
func (e *Engine) FillSpans(ctx context.Context) (more bool, err error) {
	if len(e.current.Load().untold) == 0 {
		return false, nil
	}
	err = e.Write(ctx, AsSystem("tell the past"), func(s *Session) error {
		if err := lockTeams(ctx, s.tx); err != nil {
			return err
		}
		upto, err := untold.Get(ctx, s.tx)
		if more = len(upto) > 0; err != nil || !more {
			return err
		}
		name := slices.Min(slices.Collect(maps.Keys(upto)))
		last, err := s.tellNext(ctx, name, upto[name])
		if err != nil {
			return err
		}
		if upto[name] = last; last == 0 {
			delete(upto, name)
		}
		if err := untold.Set(ctx, s.tx, upto); err != nil || last != 0 {
			return err
		}
		return touchState(ctx, s.tx)
	}, store.Batch)
	return more, err
}

// tellNext tells of the records behind one, and answers the last; 0 = that was
// all.
func (s *Session) tellNext(ctx context.Context, name string, after value.ID) (value.ID, error) {
	o, ok := s.state.schema.Object(name)
	if !ok || o.SpanTable() == "" {
		return 0, nil
	}
	ids, err := s.tx.IDs(ctx, "SELECT t.id FROM {"+o.Table+"} t WHERE t.id > $1 ORDER BY t.id LIMIT $2", after, toldAtOnce)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return ids[len(ids)-1], s.tellSpans(ctx, o, ids)
}

// deed is a line of a record's history.
type deed struct {
	at, act int64
	kind    Doing
	changes map[string][2]json.RawMessage
}

// tellSpans writes the spans of records up to where they have some already:
// those that were changed meanwhile.
func (s *Session) tellSpans(ctx context.Context, o *schema.Object, ids []value.ID) error {
	if err := s.Hold(ctx, o.Name, ids); err != nil {
		return err
	}
	var rows [][]any
	deeds, err := s.deedsOf(ctx, ids)
	if err != nil {
		return err
	}
	begun, err := s.begunSpans(ctx, o, ids)
	if err != nil {
		return err
	}
	for _, gone := range []bool{false, true} {
		found := map[value.ID]locked{}
		if err := s.lockChunk(ctx, o, ids, lockHow{trash: gone}, found); err != nil {
			return err
		}
		for id, l := range found {
			t := telling{s: s, tracked: o.TrackedFields(), r: l.record, there: !gone, end: forever, first: forever}
			if first, ok := begun[id]; ok {
				t.first = first
			}
			rows = append(rows, t.spans(deeds[id])...)
		}
	}
	return s.beginSpans(ctx, o, o.TrackedFields(), rows)
}

// deedsOf reads the histories of records, newest first.
func (s *Session) deedsOf(ctx context.Context, ids []value.ID) (map[value.ID][]deed, error) {
	args := s.args()
	rows, err := s.tx.Query(ctx, "SELECT h.record, a.at, h.act, h.kind, h.changes FROM {history} h JOIN {act} a ON a.id = h.act WHERE h.record IN ("+
		idList(ids, args)+") ORDER BY h.record, h.version DESC", args.Values()...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	deeds := map[value.ID][]deed{}
	for rows.Next() {
		var d deed
		id, _ := rows.ID(0)
		d.at, _ = rows.Int(1)
		d.act, _ = rows.Int(2)
		kind, _ := rows.Text(3)
		text, _ := rows.Text(4)
		if d.changes, err = parseChanges(text); err != nil {
			return nil, err
		}
		for _, k := range []Doing{Creating, Deleting, Restoring} {
			if string(k) == kind {
				d.kind = k
			}
		}
		deeds[id] = append(deeds[id], d)
	}
	return deeds, rows.Err()
}

// begunSpans is where the spans of records begin that have some.
func (s *Session) begunSpans(ctx context.Context, o *schema.Object, ids []value.ID) (map[value.ID]int64, error) {
	args := s.args()
	rows, err := s.tx.Query(ctx, "SELECT sp.record, min(sp.from_ms) FROM {"+o.SpanTable()+"} sp WHERE sp.record IN ("+idList(ids, args)+") GROUP BY sp.record", args.Values()...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	begun := map[value.ID]int64{}
	for rows.Next() {
		id, _ := rows.ID(0)
		begun[id], _ = rows.Int(1)
	}
	return begun, rows.Err()
}

// telling goes back through the history of one record.
type telling struct {
	s       *Session
	tracked []*schema.FieldDef
	r       *Record
	there   bool  // it is not in the trash at this point of the way
	end     int64 // of the span that is told next
	first   int64 // spans from here on are there already
	rows    [][]any
}

func (t *telling) spans(deeds []deed) [][]any {
	for _, d := range deeds {
		switch d.kind {
		case Creating, Restoring:
			t.tell(d.at, d.act)
			t.there = false
		case Deleting:
			t.there, t.end = true, min(t.end, d.at)
		default:
			was := t.s.Rewound(t.r, d.changes)
			if slices.ContainsFunc(t.tracked, func(f *schema.FieldDef) bool { return !schema.Equal(t.r.Value(f), was.Value(f)) }) {
				t.tell(d.at, d.act)
			}
			t.r = was
		}
	}
	if made, ok := t.r.Field("created_at").(time.Time); ok && t.there {
		t.tell(made.UnixMilli(), 0)
	}
	return t.rows
}

// tell writes down what the record was from a moment on.
func (t *telling) tell(from, act int64) {
	if to := min(t.end, t.first); t.there && from < to {
		row := []any{t.r.ID, from, to, act}
		for _, f := range t.tracked {
			all := f.Store(t.r.Value(f), t.s.store, nil)
			row = append(row, all[:len(f.ReadColumns())]...)
			if m, ok := t.r.Value(f).(value.Money); ok && f.ValueKind() == schema.KindMoney {
				row[len(row)-1] = t.worth(f, m, from)
			}
		}
		t.rows = append(t.rows, row)
	}
	t.end = min(t.end, from)
}

// worth is what an amount was worth: as the record has it, or by the rate of the
// day of one that it had before.
func (t *telling) worth(f *schema.FieldDef, m value.Money, from int64) any {
	if base, ok := t.r.bases[f.ID]; ok && t.end == forever {
		return base
	}
	if base, ok := t.s.BaseOn(m, t.s.ratedOn(t.r, value.DateOf(time.UnixMilli(from), t.s.state.zone))); ok {
		return base
	}
	return nil
}
