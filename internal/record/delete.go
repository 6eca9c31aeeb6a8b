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
	_, err := s.Remove(ctx, Removal{Object: object, IDs: ids})
	return err
}

// Remove is Delete for many, of which those go that can, or for records whose
// place another takes.
func (s *Session) Remove(ctx context.Context, r Removal) ([]Outcome, error) {
	o, err := s.Object(r.Object)
	if err != nil {
		return nil, err
	}
	if len(r.IDs) > MaxBatch {
		return nil, fault.New(fault.TooLarge, "record.batch_too_large", fault.Args{"max": MaxBatch})
	}
	if r.Into != 0 { // in one order: two may want to take each other's place
		if err := s.Hold(ctx, o.Name, append([]value.ID{r.Into}, r.IDs...)); err != nil {
			return nil, err
		}
	}
	if !r.PerRow || len(r.IDs) == 1 && r.Into == 0 {
		return s.deleteAll(ctx, o, r)
	}
	var out []Outcome
	err = s.Try(ctx, func() error {
		var err error
		all := r
		all.PerRow = r.Into == 0 // what stays keeps what links to it
		out, err = s.deleteAll(ctx, o, all)
		return err
	})
	if _, ok := fault.As(err); !ok {
		return out, err
	}
	return s.deleteOneByOne(ctx, o, r)
}

func (s *Session) deleteAll(ctx context.Context, o *schema.Object, r Removal) ([]Outcome, error) {
	drafts, err := s.removals(ctx, o, r.IDs, Deleting)
	if err != nil {
		return nil, err
	}
	if r.Into != 0 {
		if err := s.replace(ctx, o, alive(drafts), r.Into); err != nil {
			return nil, err
		}
	}
	if err := s.carryOut(ctx, o, drafts, r.PerRow); err != nil {
		return nil, err
	}
	return outcomesOf(drafts), nil
}

// deleteOneByOne finds out which records can go when something that would go
// along with one of them is held.
func (s *Session) deleteOneByOne(ctx context.Context, o *schema.Object, r Removal) ([]Outcome, error) {
	out := make([]Outcome, len(r.IDs))
	for i, id := range r.IDs {
		err := s.Try(ctx, func() error {
			one, err := s.deleteAll(ctx, o, Removal{IDs: []value.ID{id}, Into: r.Into})
			if err == nil {
				out[i] = one[0]
			}
			return err
		})
		if _, ok := fault.As(err); err != nil && !ok {
			return nil, err
		}
		if err != nil {
			out[i] = Outcome{ID: id, Err: s.inRow(err, i)}
		}
	}
	return out, nil
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

// checkHeld refuses to delete what a link holds on to.
func (s *Session) checkHeld(ctx context.Context, o *schema.Object, drafts []*Draft) error {
	return s.eachLinkTo(ctx, o, drafts, func(f *schema.FieldDef, leaving []*Draft, by map[value.ID]value.ID) error {
		if f.OnDelete == schema.Clear || f.OnDelete == schema.Cascade {
			return nil
		}
		held := map[value.ID]int{}
		for _, to := range by {
			held[to]++
		}
		for _, d := range leaving {
			if n := held[d.ID]; n > 0 {
				d.Fail(linked(o, f, n))
			}
		}
		return nil
	})
}

// release empties the links to records that are about to go, or takes the
// linking records along. It runs when nothing refuses the deletion any more;
// what was to go at the same time, and stays after all, holds on again.
func (s *Session) release(ctx context.Context, o *schema.Object, live, all []*Draft) error {
	s.gone(all)
	return s.eachLinkTo(ctx, o, live, func(f *schema.FieldDef, _ []*Draft, by map[value.ID]value.ID) error {
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
		return linked(o, f, len(by))
	})
}

// Linked is the key of the refusal to delete what something holds on to.
const Linked = "record.linked"

func linked(o *schema.Object, by *schema.FieldDef, n int) error {
	return fault.New(fault.Conflict, Linked, fault.Args{"object": o.Name, "by": by.Object.Name, "field": by.Name, "count": n})
}

// gone forgets that records are being deleted: they are, or they stay.
func (s *Session) gone(drafts []*Draft) {
	for _, d := range drafts {
		delete(s.going, d.ID)
	}
}

// eachLinkTo calls do with every field by which living records link to those
// that are being deleted. Records that go at the same time hold nothing.
func (s *Session) eachLinkTo(ctx context.Context, o *schema.Object, drafts []*Draft, do func(*schema.FieldDef, []*Draft, map[value.ID]value.ID) error) error {
	leaving := slices.DeleteFunc(slices.Clone(drafts), func(d *Draft) bool { return d.Doing != Deleting })
	if len(leaving) == 0 {
		return nil
	}
	if s.going == nil {
		s.going = map[value.ID]bool{}
	}
	for _, d := range leaving {
		s.going[d.ID] = true
	}
	for _, f := range s.state.schema.LinksTo(o.Name) {
		if f.Kind == schema.KindLinks || len(f.Columns()) == 0 {
			continue
		}
		by, err := s.linking(ctx, f, leaving)
		if err != nil {
			return err
		}
		if len(by) == 0 {
			continue
		}
		if err := do(f, leaving, by); err != nil {
			return err
		}
	}
	return nil
}

// linking finds the living records that link to the drafts by one field: the
// linking record's id with that of its target.
func (s *Session) linking(ctx context.Context, f *schema.FieldDef, drafts []*Draft) (map[value.ID]value.ID, error) {
	by := map[value.ID]value.ID{}
	column := s.tx.Dialect().Quote(f.Column)
	for chunk := range slices.Chunk(drafts, 500) {
		args := s.args()
		ids := make([]value.ID, len(chunk))
		for i, d := range chunk {
			ids[i] = d.ID
		}
		rows, err := s.tx.Query(ctx, "SELECT t.id, t."+column+" FROM {"+f.Object.Table+"} t WHERE t."+column+
			" IN ("+idList(ids, args)+") AND t.deleted_at IS NULL", args.Values()...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			from, _ := rows.ID(0)
			to, _ := rows.ID(1)
			if !s.going[from] { // both go
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
