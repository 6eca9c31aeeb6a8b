package record

import (
	"bytes"
	"context"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// undoOne takes back what an act did to one record.
func (s *Session) undoOne(ctx context.Context, act value.ID, t touch, u *Undone) error {
	s.undoes = act
	defer func() { s.undoes = 0 }()
	switch t.kind {
	case Creating:
		return s.undoCreate(ctx, act, t, u)
	case Deleting:
		return s.undoDelete(ctx, act, t, u)
	case Restoring:
		return s.attempt(ctx, u, t, &u.Deleted, func() error { return s.Delete(ctx, t.object.Name, t.id) })
	}
	return s.undoUpdate(ctx, act, t, u)
}

// attempt runs one step; what the rules or rights refuse is kept and reported,
// anything else ends the undo.
func (s *Session) attempt(ctx context.Context, u *Undone, t touch, count *int, do func() error) error {
	err := s.Try(ctx, do)
	if e, ok := fault.As(err); ok {
		u.Kept = append(u.Kept, Kept{Object: t.object.Name, ID: t.id, Reason: e.Key, why: e})
		return nil
	}
	if err == nil {
		*count++
	}
	return err
}

func (s *Session) undoCreate(ctx context.Context, act value.ID, t touch, u *Undone) error {
	if gone, err := s.goneWith(ctx, t); err != nil || gone {
		if gone {
			u.Deleted++
		}
		return err
	}
	stays, err := s.stays(ctx, act, t)
	if err != nil {
		return err
	}
	if stays != nil {
		u.Kept = append(u.Kept, *stays)
		return nil
	}
	by, err := s.regain(ctx, act, t, access.Delete, u)
	if err != nil {
		return err
	}
	return s.attempt(ctx, u, t, &u.Deleted, func() error { return by.Delete(ctx, t.object.Name, t.id) })
}

// stays tells why a record that an act made is left alone when that is taken
// back: others changed it since, or link to it. Nil = nothing speaks against it.
func (s *Session) stays(ctx context.Context, act value.ID, t touch) (*Kept, error) {
	var since value.ID
	_, err := s.tx.Row(ctx, `SELECT h.act FROM {history} h WHERE h.record = $1`+changedSince+` ORDER BY h.version DESC LIMIT 1`, []any{t.id, act, s.act}, &since)
	if err != nil {
		return nil, err
	}
	if since != 0 {
		return &Kept{Object: t.object.Name, ID: t.id, Reason: "record.changed_since", Act: since}, nil
	}
	linked, err := s.linkedFrom(ctx, t)
	if err != nil || !linked {
		return nil, err
	}
	return &Kept{Object: t.object.Name, ID: t.id, Reason: "record.linked_since"}, nil
}

// WouldStay reports whether a record that an act made would stay if that were
// taken back, and with it the links from others of its records.
func (s *Session) WouldStay(ctx context.Context, act value.ID, o *schema.Object, id value.ID, from []value.ID) (bool, error) {
	if s.going == nil {
		s.going = map[value.ID]bool{}
	}
	for _, other := range from {
		if !s.going[other] {
			s.going[other] = true
			defer delete(s.going, other)
		}
	}
	k, err := s.stays(ctx, act, touch{object: o, id: id})
	return k != nil, err
}

// goneWith reports whether this undo has deleted the record already, along with
// another or by a rule.
func (s *Session) goneWith(ctx context.Context, t touch) (bool, error) {
	var id value.ID
	return s.tx.Row(ctx, `SELECT record FROM {history} WHERE act = $1 AND record = $2 AND kind = $3
		AND EXISTS (SELECT 1 FROM {`+t.object.Table+`} g WHERE g.id = $2 AND g.deleted_at IS NOT NULL) LIMIT 1`, []any{s.act, t.id, string(Deleting)}, &id)
}

// linkedFrom reports whether a living record links to this one, whatever its
// deletion would do to the link. Children that go along do not count.
func (s *Session) linkedFrom(ctx context.Context, t touch) (bool, error) {
	for _, f := range s.linksThatHold(t.object.Name) {
		by, err := s.linking(ctx, f, []*Draft{{ID: t.id}})
		if err != nil || len(by) > 0 {
			return len(by) > 0, err
		}
	}
	return false, nil
}

func (s *Session) undoDelete(ctx context.Context, act value.ID, t touch, u *Undone) error {
	s, err := s.regain(ctx, act, t, access.Delete, u)
	if err != nil {
		return err
	}
	found, err := s.lock(ctx, t.object, []value.ID{t.id}, access.Delete, true)
	if err != nil {
		return err
	}
	if len(found) == 0 { // restored along with another, or gone for good
		err := s.lockChunk(ctx, t.object, []value.ID{t.id}, lockHow{action: access.Delete}, found)
		u.Restored += len(found)
		return err
	}
	restore := func() error { return s.Restore(ctx, t.object.Name, t.id) }
	err = s.Try(ctx, restore)
	if err == nil {
		u.Restored++
		return nil
	}
	if _, refused := fault.As(err); !refused {
		return err
	}
	if err := s.freeUnique(ctx, act, t, u); err != nil {
		return err
	}
	return s.attempt(ctx, u, t, &u.Restored, restore)
}

// freeUnique puts back the unique values that the act gave to others of the
// object: the one that comes back may have had them.
func (s *Session) freeUnique(ctx context.Context, act value.ID, t touch, u *Undone) error {
	for _, f := range t.object.Fields {
		if !f.Unique {
			continue
		}
		rows, err := s.tx.Query(ctx, `SELECT record, version, changes FROM {history} WHERE act = $1 AND object = $2 AND kind = $3 AND changes LIKE $4 LIMIT 500`,
			act, t.object.ID, string(Updating), `%"`+f.ID+`"%`)
		if err != nil {
			return err
		}
		var others []touch
		for rows.Next() {
			x := touch{object: t.object, kind: Updating, freeing: true}
			x.id, _ = rows.ID(0)
			x.version, _ = rows.Int(1)
			text, _ := rows.Text(2)
			if x.changes, err = parseChanges(text); err != nil {
				rows.Close()
				return err
			}
			others = append(others, x)
		}
		err = rows.Err()
		rows.Close()
		if err != nil {
			return err
		}
		for _, x := range others {
			if err := s.undoUpdate(ctx, act, x, &Undone{right: u.right}); err != nil {
				return err
			}
		}
	}
	return nil
}

// undoUpdate puts back each field that still has the value the act wrote.
func (s *Session) undoUpdate(ctx context.Context, act value.ID, t touch, u *Undone) error {
	found, err := s.lock(ctx, t.object, []value.ID{t.id}, access.Update, false)
	if err != nil {
		return err
	}
	l, ok := found[t.id]
	if (!ok || !l.may) && u.right.own && !s.actor.System() {
		if may, err := s.engine.needs.Regain(ctx, s, act, false); err != nil {
			return err
		} else if may {
			return s.AsSystem("undo of what the system did").undoUpdate(ctx, act, t, u)
		}
		if gone, err := s.deletedIn(ctx, act); err != nil {
			return err
		} else if s.onlyCleared(t.object, t.changes, gone) {
			return s.AsSystem("links to what comes back").undoUpdate(ctx, act, t, u)
		}
		if by, err := s.regain(ctx, act, t, access.Update, u); err != nil || by != s {
			if err != nil {
				return err
			}
			return by.undoUpdate(ctx, act, t, u)
		}
	}
	if !ok || !l.may {
		u.Kept = append(u.Kept, Kept{Object: t.object.Name, ID: t.id, Reason: "record.absent"})
		return nil
	}
	back := Values{}
	for _, f := range t.object.Fields {
		pair, ok := t.changes[f.ID]
		if !ok || f.Derived() || t.freeing && !f.Unique {
			continue
		}
		now := schema.AppendJSON(nil, l.record.Value(f))
		if bytes.Equal(now, pair[0]) { // put back along with another record
			continue
		}
		if !bytes.Equal(now, pair[1]) {
			s.keep(u, t, f, "record.changed_since")
			continue
		}
		if !u.right.own && f.Writable() && !s.maySet(f) { // another's act gives nobody a right
			s.keep(u, t, f, "field.not_writable")
			continue
		}
		old, err := decodeValue(f, pair[0], s.store)
		if err != nil { // of a kind or with an option that the field had
			s.keep(u, t, f, "record.no_longer_fits")
			continue
		}
		back[f.Name] = old
	}
	if len(back) == 0 {
		return nil
	}
	return s.attempt(ctx, u, t, &u.Reverted, func() error {
		_, err := s.revert(ctx, t, back)
		return err
	})
}

// keep reports a field that is left alone, without the name of one that the
// actor may not know of.
func (s *Session) keep(u *Undone, t touch, f *schema.FieldDef, reason string) {
	name := f.Name
	if !s.actor.Sees(f) {
		name = ""
	}
	u.Kept = append(u.Kept, Kept{Object: t.object.Name, ID: t.id, Field: name, Reason: reason})
}

// revert writes old values back. The actor must be able to change the record;
// fields that rules wrote in the act are written back by the system.
func (s *Session) revert(ctx context.Context, t touch, back Values) (Outcome, error) {
	mine := Values{}
	for name, v := range back {
		if f, _ := t.object.Field(name); s.maySet(f) {
			mine[name] = v
		}
	}
	if len(mine) == len(back) {
		return s.Update(ctx, t.object.Name, t.id, 0, back)
	}
	return s.AsSystem("undo of what a rule wrote").Update(ctx, t.object.Name, t.id, 0, back)
}
