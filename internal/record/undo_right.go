package record

import (
	"context"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// undoRight is what somebody who takes an act back may do beyond his rights.
type undoRight struct {
	own bool // the act is the actor's
	// fresh acts of his own were done a moment ago: he takes them back whole, also
	// where he may not delete what he made or no longer reaches what he gave away.
	fresh bool
	// part of a larger one, such as an import, which tells what stays of all.
	part bool
}

// regains reports whether the right covers records of an object that the actor
// may not act on. Settings and the like are nobody's own.
func (r undoRight) regains(a *access.Actor, o *schema.Object, action access.Action) bool {
	return r.fresh && o.HasOwner() && a.Allows(o, action)
}

// askUndo asks, before anything changes, whether the actor may take an act back,
// and all of it: an act half taken back is worse than one that stays. What others
// have changed since is another matter: that stays and is told.
func (s *Session) askUndo(ctx context.Context, act value.ID) (undoRight, error) {
	right, err := s.mayUndo(ctx, act)
	if err != nil {
		return right, err
	}
	if err := s.mayUndoAll(ctx, act, right); err != nil {
		return right, err
	}
	return right, s.engine.needs.MayUndo(ctx, s, act)
}

type undoAsk struct {
	kind   Doing
	action access.Action
	trash  bool
}

// undoAsks are the rights that an undo needs: to what, by what the act did to it.
var undoAsks = []undoAsk{{Creating, access.Delete, false}, {Restoring, access.Delete, false}, {Deleting, access.Delete, true}, {Updating, access.Update, false}}

func (s *Session) mayUndoAll(ctx context.Context, act value.ID, right undoRight) error {
	if s.actor.System() || right.part {
		return nil
	}
	ids, err := s.objectsOf(ctx, act)
	if err != nil {
		return err
	}
	for _, id := range ids {
		o, ok := s.objectByID(id)
		if !ok { // gone meanwhile
			continue
		}
		for _, ask := range undoAsks {
			if right.regains(s.actor, o, ask.action) {
				continue
			}
			var gone map[value.ID]bool
			if ask.kind == Updating && right.own {
				if gone, err = s.deletedIn(ctx, act); err != nil {
					return err
				}
			}
			held, err := s.outOfReach(ctx, act, o, ask, gone)
			if err != nil {
				return err
			}
			if held == 0 {
				continue
			}
			if ask.kind == Updating && right.own { // put back as a merge moved it
				if may, err := s.engine.needs.Regain(ctx, s, act, true); err != nil || may {
					if err != nil {
						return err
					}
					continue
				}
			}
			return s.notAll(ctx, o, held, ask)
		}
	}
	return nil
}

// objectsOf are the objects of whose records an act changed some.
func (s *Session) objectsOf(ctx context.Context, act value.ID) (ids []string, err error) {
	rows, err := s.tx.Query(ctx, `SELECT DISTINCT object FROM {history} WHERE act = $1 ORDER BY object`, act)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// outOfReach is a record that an act changed in one way, that nobody else has
// changed since, and that the actor may not act on; 0 = none. What an act made
// as part of what it made goes along with that, and what it deleted along with
// what it deleted comes back with that; so do links to what is gone with the act.
func (s *Session) outOfReach(ctx context.Context, act value.ID, o *schema.Object, ask undoAsk, gone map[value.ID]bool) (id value.ID, err error) {
	kind, action, trash := ask.kind, ask.action, ask.trash
	args := s.args()
	rule := s.may(o, action, "t", args)
	if seen := s.may(o, access.Read, "t", args); rule == "" {
		rule = seen
	} else if seen != "" {
		rule += " AND " + seen
	}
	if rule == "" {
		return 0, nil
	}
	is := " IS NULL"
	if trash {
		is = " IS NOT NULL"
	}
	this, mine := args.Add(int64(act), "bigint"), args.Add(int64(s.act), "bigint")
	sql := `SELECT t.id, h.changes FROM {history} h JOIN {` + o.Table + `} t ON t.id = h.record WHERE h.act = ` + this + ` AND h.object = ` + args.Add(o.ID, "text") +
		` AND h.kind = ` + args.Add(string(kind), "text") + ` AND t.deleted_at` + is + ` AND CASE WHEN ` + rule + ` THEN 0 ELSE 1 END = 1
		AND NOT EXISTS (SELECT 1 FROM {history} m WHERE m.record = t.id AND m.version > h.version AND m.act <> ` + this + ` AND m.act <> ` + mine + `
			AND EXISTS (SELECT 1 FROM {act} a WHERE a.id = m.act AND a.undone_by IS NULL)
			AND NOT EXISTS (SELECT 1 FROM {history} b JOIN {act} u ON u.id = b.act WHERE b.record = m.record AND u.undone_by = m.act))`
	if link, ok := o.ParentLink(); ok && kind == Creating {
		sql += ` AND NOT EXISTS (SELECT 1 FROM {history} p WHERE p.act = ` + this + ` AND p.kind = 'create' AND p.record = t.` + s.tx.Dialect().Quote(link.Column) + `)`
	}
	for _, f := range o.Fields {
		if kind == Deleting && f.OnDelete == schema.Cascade && len(f.Columns()) > 0 {
			sql += ` AND NOT EXISTS (SELECT 1 FROM {history} p WHERE p.act = ` + this + ` AND p.kind = 'delete' AND p.record = t.` + s.tx.Dialect().Quote(f.Column) + `)`
		}
	}
	if len(gone) == 0 {
		sql += ` LIMIT 1`
	}
	rows, err := s.tx.Query(ctx, sql, args.Values()...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		id, _ = rows.ID(0)
		text, _ := rows.Text(1)
		if len(gone) > 0 {
			changes, err := parseChanges(text)
			if err != nil {
				return 0, err
			}
			if s.onlyCleared(o, changes, gone) {
				continue
			}
		}
		return id, nil
	}
	return 0, rows.Err()
}

// notAll refuses an undo that would be half of one, and names what would stay to
// whom may see it.
func (s *Session) notAll(ctx context.Context, o *schema.Object, id value.ID, ask undoAsk) error {
	if ask.trash {
		found := map[value.ID]locked{}
		if err := s.lockChunk(ctx, o, []value.ID{id}, lockHow{action: access.Read, trash: true}, found); err != nil {
			return err
		}
		if l, ok := found[id]; ok {
			if f, ok := o.Field(o.Title); ok && s.actor.Sees(f) {
				title := s.titleOf(l.record, f)
				return fault.New(fault.Forbidden, "record.undo_unrestorable", fault.Args{"object": o.Name, "title": title})
			}
		}
		return fault.New(fault.Forbidden, "record.undo_unseen", nil)
	}
	r, err := s.Get(ctx, o.Name, id)
	switch {
	case fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden):
		return fault.New(fault.Forbidden, "record.undo_unseen", nil)
	case err != nil:
		return err
	case ask.action == access.Delete:
		return fault.New(fault.Forbidden, "record.undo_undeletable", fault.Args{"object": o.Name, "title": r.Title()})
	}
	return fault.New(fault.Forbidden, "record.undo_unchangeable", fault.Args{"object": o.Name, "title": r.Title()})
}

// regain is the session that takes back what was done to a record: the actor's,
// or the system's where the act was his own a moment ago, nobody has changed the
// record since and he may not act on it.
func (s *Session) regain(ctx context.Context, act value.ID, t touch, action access.Action, u *Undone) (*Session, error) {
	if s.actor.System() || !u.right.regains(s.actor, t.object, action) {
		return s, nil
	}
	found := map[value.ID]locked{}
	if err := s.lockChunk(ctx, t.object, []value.ID{t.id}, lockHow{action: action, trash: t.kind == Deleting}, found); err != nil {
		return nil, err
	}
	if found[t.id].may {
		return s, nil
	}
	changed, err := s.tx.Row(ctx, `SELECT h.act FROM {history} h WHERE h.record = $1 AND h.version > $4`+changedSince+` LIMIT 1`, []any{t.id, act, s.act, t.version}, nil)
	if err != nil || changed {
		return s, err
	}
	return s.AsSystem("one's own act, a moment ago"), nil
}
