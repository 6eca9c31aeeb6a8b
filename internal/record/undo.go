package record

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// UndoCause is the cause of an act that takes another one back.
const UndoCause = "undo"

// Undone reports what an undo did.
type Undone struct {
	Act      value.ID `json:"act"` // the new act
	Deleted  int      `json:"deleted"`
	Restored int      `json:"restored"`
	Reverted int      `json:"reverted"`
	Kept     []Kept   `json:"kept"`
	// Run is set while a job is at it.
	Run *UndoRun `json:"run,omitempty"`

	right undoRight
}

// Kept is something that an undo left alone, because it changed since.
type Kept struct {
	Object string   `json:"object"`
	ID     value.ID `json:"id"`
	Field  string   `json:"field,omitempty"`
	Reason string   `json:"reason"`
	Act    value.ID `json:"act,omitempty"` // that changed it since

	why *fault.Error // what refused it
}

// touch is one record's part in an act.
type touch struct {
	object  *schema.Object
	id      value.ID
	version int64
	kind    Doing
	changes map[string][2]json.RawMessage
	// freeing puts back unique values alone: a record that comes back needs them.
	freeing bool
}

// maxUndo bounds what is taken back in one transaction; larger acts are
// imports, undone act by act, or go by a job.
const maxUndo = 50_000

// Undo takes back an act as a new one (engine decision 19): per field, where
// the value is still the one that the act wrote; a created record, when no
// other act has touched it and nothing links to it. It is for the act's actor
// and for whoever may change every record of it: the rights are those of the
// session.
func (s *Session) Undo(ctx context.Context, act value.ID) (*Undone, error) {
	total, err := s.actSize(ctx, act)
	switch {
	case err != nil:
		return nil, err
	case total == 0:
		return nil, noAct(act)
	case total > maxUndo:
		return nil, fault.New(fault.TooLarge, "record.undo_too_large", fault.Args{"max": maxUndo})
	}
	right, err := s.askUndo(ctx, act)
	if err != nil {
		return nil, err
	}
	if err := s.markUndone(ctx, act); err != nil {
		return nil, err
	}
	u := &Undone{Kept: []Kept{}, right: right}
	for at := (undoPlace{}); !at.end(); {
		if at, _, err = s.undoSome(ctx, act, at, undoAtOnce, u); err != nil {
			return nil, err
		}
	}
	u.Act = s.act
	return u, nil
}

// Of the actor's own acts, Ctrl Z takes back the last ones at this door, while
// he may still know what they were.
const (
	lastActs   = 10
	lastActAge = 30 * time.Minute
)

// LastAct is the latest of the actor's last acts at this door that is not taken
// back yet; not found when there is none.
func (s *Session) LastAct(ctx context.Context) (value.ID, error) {
	rows, err := s.tx.Query(ctx, `SELECT id, undone_by FROM {act} a WHERE id >= $1 AND at >= $2 AND actor = $3 AND door = $4 AND cause <> $5`+
		` AND EXISTS (SELECT 1 FROM {history} h WHERE h.act = a.id) ORDER BY id DESC LIMIT $6`,
		value.FirstID(s.now.Add(-lastActAge)), s.now.Add(-lastActAge), s.actor.Member(), s.who.Door, UndoCause, lastActs)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var id value.ID
		var undone *value.ID
		if err := rows.Scan(&id, &undone); err != nil {
			return 0, err
		}
		if undone == nil {
			return id, nil
		}
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	return 0, fault.New(fault.NotFound, "record.no_last_act", nil)
}

// undoSome takes back the next lines of an act, and says how many.
func (s *Session) undoSome(ctx context.Context, act value.ID, at undoPlace, limit int, u *Undone) (undoPlace, int, error) {
	list, at, err := s.nextTouches(ctx, act, at, limit)
	if err != nil {
		return at, 0, err
	}
	// What is refused is tried again when the rest is back: the order in which an
	// act changed records is not kept, and one may have to wait for another.
	var again, created []touch
	for _, t := range list {
		if t.object == nil { // gone meanwhile
			continue
		}
		if t.kind == Creating { // these are last
			created = append(created, t)
			continue
		}
		kept := len(u.Kept)
		if err := s.undoOne(ctx, act, t, u); err != nil {
			return at, 0, err
		}
		if len(u.Kept) > kept && t.kind == Updating {
			u.Kept, again = u.Kept[:kept], append(again, t)
		}
	}
	for _, t := range again {
		if err := s.undoOne(ctx, act, t, u); err != nil {
			return at, 0, err
		}
	}
	return at, len(list), s.undoCreated(ctx, act, created, u)
}

// actSize is how many lines of history an act has.
func (s *Session) actSize(ctx context.Context, act value.ID) (n int, err error) {
	_, err = s.tx.Row(ctx, `SELECT count(*) FROM {history} WHERE act = $1`, []any{act}, &n)
	return n, err
}

// mayUndo lets an act be taken back by whoever did it, and by whoever may now
// change every record of it. To others it is not there.
func (s *Session) mayUndo(ctx context.Context, act value.ID) (undoRight, error) {
	var actor, parent *value.ID
	var at time.Time
	if _, err := s.tx.Row(ctx, `SELECT actor, parent_act, at FROM {act} WHERE id = $1`, []any{act}, &actor, &parent, &at); err != nil {
		return undoRight{}, err
	}
	if s.actor.System() || actor != nil && *actor == s.actor.Member() {
		return undoRight{own: true, fresh: s.now.Sub(at) <= lastActAge, part: parent != nil}, nil
	}
	touched, err := s.recordsOf(ctx, act)
	if err != nil {
		return undoRight{}, err
	}
	for o, ids := range touched {
		found := map[value.ID]locked{}
		for _, trash := range []bool{false, true} {
			for chunk := range slices.Chunk(ids, 500) {
				if err := s.lockChunk(ctx, o, chunk, lockHow{action: access.Update, trash: trash}, found); err != nil {
					return undoRight{}, err
				}
			}
		}
		for _, id := range ids {
			if !found[id].may {
				return undoRight{}, noAct(act)
			}
		}
	}
	return undoRight{part: parent != nil}, nil
}

// recordsOf are the records of an act, by object.
func (s *Session) recordsOf(ctx context.Context, act value.ID) (map[*schema.Object][]value.ID, error) {
	rows, err := s.tx.Query(ctx, `SELECT DISTINCT object, record FROM {history} WHERE act = $1 LIMIT $2`, act, maxUndo+1)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	ids, n := map[*schema.Object][]value.ID{}, 0
	for rows.Next() {
		var object string
		var id value.ID
		if err := rows.Scan(&object, &id); err != nil {
			return nil, err
		}
		if o, ok := s.objectByID(object); ok {
			ids[o] = append(ids[o], id)
		}
		n++
	}
	if n > maxUndo {
		return nil, fault.New(fault.TooLarge, "record.undo_too_large", fault.Args{"max": maxUndo})
	}
	return ids, rows.Err()
}

func noAct(act value.ID) error {
	return fault.New(fault.NotFound, "record.no_act", fault.Args{"act": act.String()})
}

// markUndone makes sure that an act is taken back once.
func (s *Session) markUndone(ctx context.Context, act value.ID) error {
	mine, err := s.actID(ctx)
	if err != nil {
		return err
	}
	n, err := s.tx.Exec(ctx, `UPDATE {act} SET undone_by = $1 WHERE id = $2 AND undone_by IS NULL`, mine, act)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "record.already_undone", fault.Args{"act": act.String()})
	}
	return err
}

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

// Undoes tells what the act that is being taken back found in a field of some
// records, and what it left there.
func (s *Session) Undoes(ctx context.Context, f *schema.FieldDef, ids []value.ID) (map[value.ID][2]any, error) {
	found := map[value.ID][2]any{}
	for chunk := range slices.Chunk(ids, 500) {
		args := s.args()
		sql := `SELECT record, changes FROM {history} WHERE kind NOT IN ('create', 'delete') AND record IN (` + idList(chunk, args) + `)`
		sql += ` AND act = ` + args.Add(int64(s.undoes), "bigint") + ` ORDER BY record, version`
		rows, err := s.tx.Query(ctx, sql, args.Values()...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			id, _ := rows.ID(0)
			text, _ := rows.Text(1)
			err = s.undoesOne(f, id, text, found)
			if err != nil {
				break
			}
		}
		if err = cmp.Or(err, rows.Err(), rows.Close()); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (s *Session) undoesOne(f *schema.FieldDef, id value.ID, text string, found map[value.ID][2]any) error {
	changes, err := parseChanges(text)
	pair, has := changes[f.ID]
	if err != nil || !has {
		return err
	}
	was, err := decodeValue(f, pair[0], s.store)
	if err != nil {
		return nil //nolint:nilerr // it no longer fits the field, and is not put back
	}
	is, err := decodeValue(f, pair[1], s.store)
	if err != nil {
		return nil //nolint:nilerr // so is it not what is there
	}
	if earlier, twice := found[id]; twice {
		was = earlier[0]
	}
	found[id] = [2]any{was, is}
	return nil
}

// decodeValue reads a value as history keeps it.
func decodeValue(f *schema.FieldDef, raw json.RawMessage, env *schema.Env) (any, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	return f.Check(v, env)
}
