package record

import (
	"context"

	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// undoCreated takes back what an act created: of each object at once what
// nothing speaks against, since an import makes thousands, and the rest one by
// one, which tells why something stays.
func (s *Session) undoCreated(ctx context.Context, act value.ID, list []touch, u *Undone) error {
	done := map[value.ID]bool{}
	for len(list) > 0 {
		o := list[0].object
		var same, others []touch
		for _, t := range list {
			if t.object == o {
				same = append(same, t)
			} else {
				others = append(others, t)
			}
		}
		if err := s.undoClean(ctx, act, o, same, u, done); err != nil {
			return err
		}
		for _, t := range same {
			if done[t.id] {
				continue
			}
			if err := s.undoOne(ctx, act, t, u); err != nil {
				return err
			}
		}
		list = others
	}
	return nil
}

// undoClean deletes those records of one object that nobody has changed or
// linked to since, and marks what is done. Where the rules refuse one of them
// nothing is done.
func (s *Session) undoClean(ctx context.Context, act value.ID, o *schema.Object, list []touch, u *Undone, done map[value.ID]bool) error {
	if len(list) < 2 {
		return nil
	}
	held, err := s.holding(ctx, act, o, list, done)
	if err != nil {
		return err
	}
	u.Deleted += len(done)
	var clean []value.ID
	for _, t := range list {
		if !done[t.id] && !held[t.id] {
			clean = append(clean, t.id)
		}
	}
	s.undoes = act
	defer func() { s.undoes = 0 }()
	err = s.Try(ctx, func() error { return s.Delete(ctx, o.Name, clean...) })
	if _, refused := fault.As(err); refused {
		return nil
	}
	if err == nil {
		u.Deleted += len(clean)
		for _, id := range clean {
			done[id] = true
		}
	}
	return err
}

// holding finds the records that something speaks against deleting, and marks
// those that this undo has deleted along with others.
func (s *Session) holding(ctx context.Context, act value.ID, o *schema.Object, list []touch, gone map[value.ID]bool) (map[value.ID]bool, error) {
	clear(gone)
	d := s.tx.Dialect()
	ids, drafts := make([]value.ID, len(list)), make([]*Draft, len(list))
	for i, t := range list {
		ids[i], drafts[i] = t.id, &Draft{ID: t.id}
	}
	among := d.AnyOf("h.record", d.Param(1, store.IDList))
	deleted, err := s.tx.IDs(ctx, `SELECT h.record FROM {history} h JOIN {`+o.Table+`} g ON g.id = h.record WHERE `+among+
		` AND h.act = $2 AND h.kind = $3 AND g.deleted_at IS NOT NULL`, store.IDs(d, ids), s.act, string(Deleting))
	if err != nil {
		return nil, err
	}
	for _, id := range deleted {
		gone[id] = true
	}
	held := map[value.ID]bool{}
	changed, err := s.tx.IDs(ctx, `SELECT DISTINCT h.record FROM {history} h WHERE `+among+changedSince, store.IDs(d, ids), act, s.act)
	if err != nil {
		return nil, err
	}
	for _, id := range changed {
		held[id] = true
	}
	for _, f := range s.linksThatHold(o.Name) {
		by, err := s.linking(ctx, f, drafts)
		if err != nil {
			return nil, err
		}
		for _, to := range by {
			held[to] = true
		}
	}
	return held, nil
}

// changedSince is the condition that a line of history is of an act that is
// neither the one ($2) nor this undo of it ($3), nor taken back by now.
const changedSince = ` AND h.act <> $2 AND h.act <> $3 AND EXISTS (SELECT 1 FROM {act} a WHERE a.id = h.act AND a.undone_by IS NULL)
	AND NOT EXISTS (SELECT 1 FROM {history} b JOIN {act} u ON u.id = b.act WHERE b.record = h.record AND u.undone_by = h.act)`

// linksThatHold are the fields whose link keeps a record of the object from
// being taken back. Children that go along do not count.
func (s *Session) linksThatHold(object string) (fields []*schema.FieldDef) {
	for _, f := range s.state.schema.LinksTo(object) {
		if f.OnDelete != schema.Cascade && f.Kind != schema.KindLinks && len(f.Columns()) > 0 {
			fields = append(fields, f)
		}
	}
	return fields
}
