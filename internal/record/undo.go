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
