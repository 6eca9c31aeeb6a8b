package record

import (
	"context"
	"slices"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Delete puts records into the trash. What links to them is kept from it
// (restrict), emptied (clear) or goes along (cascade), each by its field, all
// in the same act, so that a restore can bring everything back.
func (s *Session) Delete(ctx context.Context, object string, ids ...value.ID) error {
	outcomes, err := s.DeleteEach(ctx, object, ids, false)
	_ = outcomes
	return err
}

// DeleteEach is Delete for many; with perRow those that can go, go.
func (s *Session) DeleteEach(ctx context.Context, object string, ids []value.ID, perRow bool) ([]Outcome, error) {
	o, err := s.Object(object)
	if err != nil {
		return nil, err
	}
	if len(ids) > MaxBatch {
		return nil, fault.New(fault.TooLarge, "record.batch_too_large", fault.Args{"max": MaxBatch})
	}
	drafts, err := s.removals(ctx, o, ids, Deleting)
	if err != nil {
		return nil, err
	}
	if err := s.release(ctx, o, alive(drafts)); err != nil {
		return nil, err
	}
	if err := s.carryOut(ctx, o, drafts, perRow); err != nil {
		return nil, err
	}
	return outcomesOf(drafts), nil
}

func outcomesOf(drafts []*Draft) []Outcome {
	out := make([]Outcome, len(drafts))
	for i, d := range drafts {
		out[i] = Outcome{ID: d.ID, Version: d.after.Version, Err: d.err}
	}
	return out
}

// removals makes drafts that delete records, or restore them from the trash.
func (s *Session) removals(ctx context.Context, o *schema.Object, ids []value.ID, doing Doing) ([]*Draft, error) {
	found, err := s.lock(ctx, o, ids, access.Delete, doing == Restoring)
	if err != nil {
		return nil, err
	}
	drafts := make([]*Draft, len(ids))
	for i, id := range ids {
		d := &Draft{Object: o, ID: id, Doing: doing, Row: i, at: s.now, given: make([]bool, len(o.Fields)), changed: make([]bool, len(o.Fields))}
		drafts[i] = d
		l, ok := found[id]
		if !ok {
			d.after, d.err = newRecord(o), absent(o, id)
			continue
		}
		d.before, d.after = l.record, l.record.clone()
		if !l.may {
			d.err = fault.New(fault.Forbidden, "record.may_not_delete", fault.Args{"object": o.Name})
			continue
		}
		d.after.Version++
		d.Set("version", d.after.Version)
		d.Set("updated_at", s.now)
		if m := s.actor.Member(); m != 0 {
			d.Set("updated_by", m)
		}
	}
	return drafts, nil
}

// release deals with the links to records that are about to go.
func (s *Session) release(ctx context.Context, o *schema.Object, drafts []*Draft) error {
	if len(drafts) == 0 {
		return nil
	}
	for _, f := range s.state.schema.LinksTo(o.Name) {
		if f.Kind == schema.KindLinks || len(f.Columns()) == 0 {
			continue
		}
		by, err := s.linking(ctx, f, drafts)
		if err != nil {
			return err
		}
		if len(by) == 0 {
			continue
		}
		if err := s.releaseField(ctx, f, drafts, by); err != nil {
			return err
		}
	}
	return nil
}

// linking finds the living records that link to the drafts by one field: the
// linking record's id with that of its target.
func (s *Session) linking(ctx context.Context, f *schema.FieldDef, drafts []*Draft) (map[value.ID]value.ID, error) {
	ids := make([]value.ID, len(drafts))
	for i, d := range drafts {
		ids[i] = d.ID
	}
	by := map[value.ID]value.ID{}
	column := s.tx.Dialect().Quote(f.Column)
	for chunk := range slices.Chunk(ids, 500) {
		args := s.args()
		rows, err := s.tx.Query(ctx, "SELECT t.id, t."+column+" FROM {"+f.Object.Table+"} t WHERE t."+column+
			" IN ("+idList(chunk, args)+") AND t.deleted_at IS NULL", args.Values()...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			from, _ := rows.ID(0)
			to, _ := rows.ID(1)
			if !slices.Contains(ids, from) { // both go
				by[from] = to
			}
		}
		err = rows.Err()
		rows.Close()
		if err != nil {
			return nil, err
		}
	}
	return by, nil
}

func (s *Session) releaseField(ctx context.Context, f *schema.FieldDef, drafts []*Draft, by map[value.ID]value.ID) error {
	switch f.OnDelete {
	case schema.Clear:
		return s.clearLinks(ctx, f, by)
	case schema.Cascade:
		ids := keys(by)
		slices.Sort(ids)
		for chunk := range slices.Chunk(ids, MaxBatch) {
			if err := s.AsSystem("cascade of a deletion").Delete(ctx, f.Object.Name, chunk...); err != nil {
				return err
			}
		}
		return nil
	}
	held := map[value.ID]int{}
	for _, to := range by {
		held[to]++
	}
	for _, d := range drafts {
		if n := held[d.ID]; n > 0 {
			d.Fail(fault.New(fault.Conflict, "record.linked", fault.Args{"object": d.Object.Name, "by": f.Object.Name, "field": f.Name, "count": n}))
		}
	}
	return nil
}

func (s *Session) clearLinks(ctx context.Context, f *schema.FieldDef, by map[value.ID]value.ID) error {
	ids := keys(by)
	slices.Sort(ids)
	for chunk := range slices.Chunk(ids, MaxBatch) {
		b := Batch{Object: f.Object.Name}
		for _, id := range chunk {
			b.Changes = append(b.Changes, Change{ID: id, Values: Values{f.Name: nil}})
		}
		if _, err := s.AsSystem("link to a deleted record").Save(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// Restore brings records back from the trash, with what went along with them
// and the links that were emptied (engine decision 5). Unique values are
// checked again.
func (s *Session) Restore(ctx context.Context, object string, ids ...value.ID) error {
	o, err := s.Object(object)
	if err != nil {
		return err
	}
	acts, err := s.deletedBy(ctx, o, ids)
	if err != nil {
		return err
	}
	drafts, err := s.removals(ctx, o, ids, Restoring)
	if err != nil {
		return err
	}
	if err := s.carryOut(ctx, o, drafts, false); err != nil {
		return err
	}
	for _, d := range drafts {
		if act, ok := acts[d.ID]; ok {
			if err := s.restoreWith(ctx, o, d.ID, act); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Session) deletedBy(ctx context.Context, o *schema.Object, ids []value.ID) (map[value.ID]value.ID, error) {
	acts := map[value.ID]value.ID{}
	for chunk := range slices.Chunk(ids, 500) {
		args := s.args()
		rows, err := s.tx.Query(ctx, "SELECT t.id, t.deleted_act FROM {"+o.Table+"} t WHERE t.id IN ("+idList(chunk, args)+")", args.Values()...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			id, _ := rows.ID(0)
			if act, ok := rows.ID(1); ok {
				acts[id] = act
			}
		}
		err = rows.Err()
		rows.Close()
		if err != nil {
			return nil, err
		}
	}
	return acts, nil
}

// restoreWith undoes what the deletion of one record did to those that linked
// to it, where nobody has changed them since.
func (s *Session) restoreWith(ctx context.Context, o *schema.Object, id, act value.ID) error {
	sys := s.AsSystem("restore of what a deletion took along")
	for _, f := range s.state.schema.LinksTo(o.Name) {
		if len(f.Columns()) == 0 {
			continue
		}
		switch f.OnDelete {
		case schema.Cascade:
			ids, err := sys.trashed(ctx, f, id, act)
			if err != nil {
				return err
			}
			if len(ids) > 0 {
				if err := sys.Restore(ctx, f.Object.Name, ids...); err != nil {
					return err
				}
			}
		case schema.Clear:
			if err := sys.relink(ctx, f, id, act); err != nil {
				return err
			}
		}
	}
	return nil
}

// trashed lists the children that one act deleted along with their parent.
func (s *Session) trashed(ctx context.Context, f *schema.FieldDef, id, act value.ID) ([]value.ID, error) {
	return s.ids(ctx, "SELECT t.id FROM {"+f.Object.Table+"} t WHERE t."+s.tx.Dialect().Quote(f.Column)+
		" = $1 AND t.deleted_act = $2 ORDER BY t.id", id, act)
}

func (s *Session) ids(ctx context.Context, sql string, args ...any) ([]value.ID, error) {
	rows, err := s.tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []value.ID
	for rows.Next() {
		id, _ := rows.ID(0)
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// relink sets a link again that the deletion emptied, where it is still empty.
func (s *Session) relink(ctx context.Context, f *schema.FieldDef, id, act value.ID) error {
	touched, err := s.ids(ctx, `SELECT record FROM {history} WHERE act = $1 AND object = $2 AND kind = $3`, act, f.Object.ID, string(Updating))
	if err != nil || len(touched) == 0 {
		return err
	}
	found, err := s.lock(ctx, f.Object, touched, access.Update, false)
	if err != nil {
		return err
	}
	b := Batch{Object: f.Object.Name}
	for _, record := range touched {
		l, ok := found[record]
		if !ok || l.record.Value(f) != nil {
			continue
		}
		was, err := s.oldValue(ctx, f, record, act)
		if err != nil {
			return err
		}
		if was == id {
			b.Changes = append(b.Changes, Change{ID: record, Values: Values{f.Name: id}})
		}
	}
	if len(b.Changes) == 0 {
		return nil
	}
	_, err = s.Save(ctx, b)
	return err
}

// oldValue is the link that an act took from a record.
func (s *Session) oldValue(ctx context.Context, f *schema.FieldDef, record, act value.ID) (value.ID, error) {
	var text string
	ok, err := s.tx.Row(ctx, `SELECT changes FROM {history} WHERE record = $1 AND act = $2 ORDER BY version LIMIT 1`, []any{record, act}, &text)
	if err != nil || !ok {
		return 0, err
	}
	changes, err := parseChanges(text)
	if err != nil {
		return 0, err
	}
	v, err := decodeValue(f, changes[f.ID][0], s.store)
	id, _ := v.(value.ID)
	return id, err
}
