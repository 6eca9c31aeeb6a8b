package record

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// actID begins the act of this session with its first change: who, when, by
// which door and why (engine decision 16).
func (s *Session) actID(ctx context.Context) (value.ID, error) {
	if s.act != 0 {
		return s.act, nil
	}
	id := value.NewID(s.now)
	err := s.tx.Post(ctx, `INSERT INTO {act} (id, at, actor, cause, door, parent_act, note) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id, s.now, orNull(s.who.Member), s.cause(), s.who.Door, orNull(s.who.Parent), orNull(s.who.Note))
	if err == nil {
		s.act = id
	}
	return id, err
}

func (s *Session) cause() string {
	if s.who.System != "" && s.who.Cause == "" {
		return s.who.System
	}
	return s.who.Cause
}

// recall lets a draft have happened when and by whom its change says.
func (d *Draft) recall(c Change) {
	if !c.At.IsZero() {
		d.at, d.past = value.Moment(c.At), true
	}
	if c.By != 0 {
		d.by, d.past = c.By, true
	}
}

// giveActs lets drafts belong to the session's act. What happened before has
// acts of its own, one for everything that somebody did at a moment, which
// belong to the session's.
func (s *Session) giveActs(ctx context.Context, drafts []*Draft) error {
	act, err := s.actID(ctx)
	if err != nil {
		return err
	}
	type deed struct {
		at int64
		by value.ID
	}
	acts := map[deed]value.ID{}
	var rows [][]any
	for _, d := range drafts {
		if d.act = act; !d.past {
			continue
		}
		what := deed{d.at.UnixMilli(), d.by}
		if acts[what] == 0 {
			acts[what] = value.NewID(s.now)
			rows = append(rows, []any{acts[what], d.at, orNull(d.by), s.cause(), s.who.Door, act})
		}
		d.act = acts[what]
	}
	return s.tx.PostRows(ctx, `INSERT INTO {act} (id, at, actor, cause, door, parent_act) VALUES`, 6, rows, "")
}

// Act is the id of the act, 0 while nothing has changed.
func (s *Session) Act() value.ID { return s.act }

// orNull makes the zero of a type NULL.
func orNull[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

// writeHistory keeps what changed, old and new, by stable field id. A new
// record needs no values: they are what it has now, less what later rows
// changed.
func (s *Session) writeHistory(ctx context.Context, o *schema.Object, drafts []*Draft) error {
	rows := make([][]any, len(drafts))
	for i, d := range drafts {
		rows[i] = []any{d.ID, d.act, o.ID, d.after.Version, string(d.Doing), d.changesJSON()}
	}
	err := s.tx.PostRows(ctx, `INSERT INTO {history} (record, act, object, version, kind, changes) VALUES`, 6, rows, "")
	if err != nil {
		return err
	}
	return s.noteConfiguration(ctx, o, drafts)
}

// changesJSON is {"field id": [old, new], …} of an update.
func (d *Draft) changesJSON() string {
	if d.Doing == Creating {
		return "{}"
	}
	b := []byte{'{'}
	if d.took != 0 {
		b = append(schema.AppendString(b, tookKey), ":[null,"...)
		b = append(schema.AppendJSON(b, d.took), ']')
	}
	for i, f := range d.Object.Fields {
		if !d.changed[i] || f.Engine || f.Quiet {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = schema.AppendString(b, f.ID)
		b = append(b, ":["...)
		b = schema.AppendJSON(b, d.before.values[i])
		b = append(b, ',')
		b = schema.AppendJSON(b, d.after.values[i])
		b = append(b, ']')
	}
	return string(append(b, '}'))
}

// tookKey stands among the changed fields of a record that took in another.
const tookKey = "_took"

// Entry is one line of a record's history.
type Entry struct {
	Act     value.ID      `json:"act"`
	At      int64         `json:"-"`
	Actor   value.ID      `json:"actor"`
	Cause   string        `json:"cause"`
	Door    string        `json:"door"`
	Kind    string        `json:"kind"`
	Version int64         `json:"version"`
	Changes []FieldChange `json:"changes"`
	Undone  bool          `json:"-"` // the act is taken back
	// UndoneBy is the act that took it back, which a part of it may have withstood.
	UndoneBy value.ID `json:"-"`
	// Took is the record that went into this one, and what it is called; "" where
	// nobody knows, or the actor may not.
	Took      value.ID `json:"took,omitempty"`
	TookTitle string   `json:"took_title,omitempty"`
	// File is the one that was attached or detached, nil for other lines.
	File *FileDeed `json:"file,omitempty"`
}

// FieldChange is what one field was and became.
type FieldChange struct {
	Field string          `json:"field"`
	Old   json.RawMessage `json:"old"`
	New   json.RawMessage `json:"new"`
}

// History lists what happened to a record, newest first, before a version (0 =
// from the newest). Fields that the actor may not read are left out.
func (s *Session) History(ctx context.Context, object string, id value.ID, before int64, limit int) ([]Entry, error) {
	o, err := s.Object(object)
	if err != nil {
		return nil, err
	}
	if _, err := s.Get(ctx, o.Name, id); err != nil {
		return nil, err
	}
	return s.historyOf(ctx, o, id, before, limit)
}

// HistoryOf is History of a record that the actor has read, which may be one in the
// trash.
func (s *Session) HistoryOf(ctx context.Context, r *Record, limit int) ([]Entry, error) {
	return s.historyOf(ctx, r.Object, r.ID, 0, limit)
}

func (s *Session) historyOf(ctx context.Context, o *schema.Object, id value.ID, before int64, limit int) ([]Entry, error) {
	if before <= 0 {
		before = 1 << 62
	}
	rows, err := s.tx.Query(ctx, `SELECT h.act, a.at, a.actor, a.cause, a.door, h.kind, h.version, h.changes, a.undone_by FROM {history} h
		JOIN {act} a ON a.id = h.act WHERE h.record = $1 AND h.version < $2 ORDER BY h.version DESC LIMIT $3`, id, before, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var entries []Entry
	for rows.Next() {
		var e Entry
		var actor, undone *value.ID
		var changes string
		if err := rows.Scan(&e.Act, &e.At, &actor, &e.Cause, &e.Door, &e.Kind, &e.Version, &changes, &undone); err != nil {
			return nil, err
		}
		if actor != nil {
			e.Actor = *actor
		}
		if undone != nil {
			e.Undone, e.UndoneBy = true, *undone
		}
		if err := s.tellChanges(o, &e, changes); err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return entries, s.nameTaken(ctx, o, entries)
}

// tellChanges puts what changed into a line of history.
func (s *Session) tellChanges(o *schema.Object, e *Entry, text string) (err error) {
	if e.Changes, err = s.readableChanges(o, text); err != nil || !strings.Contains(text, tookKey) {
		return err
	}
	raw, err := parseChanges(text)
	if pair, ok := raw[tookKey]; ok && err == nil {
		e.Kind, err = string(Merging), json.Unmarshal(pair[1], &e.Took)
	}
	return err
}

// nameTaken tells what those were called that went into a record: they lie in
// the trash, or are there again.
func (s *Session) nameTaken(ctx context.Context, o *schema.Object, entries []Entry) error {
	f, ok := o.Field(o.Title)
	if !ok || !s.actor.CanFilter(f) {
		return nil
	}
	columns := f.ReadColumns()
	if len(columns) != 1 || columns[0].Type != store.Text {
		return nil
	}
	for i, e := range entries {
		if e.Took == 0 {
			continue
		}
		var title *string
		if _, err := s.tx.Row(ctx, `SELECT `+s.tx.Dialect().Quote(columns[0].Name)+` FROM {`+o.Table+`} WHERE id = $1`, []any{e.Took}, &title); err != nil {
			return err
		}
		if title != nil {
			entries[i].TookTitle = *title
		}
	}
	return nil
}

func (s *Session) readableChanges(o *schema.Object, text string) ([]FieldChange, error) {
	raw, err := parseChanges(text)
	if err != nil {
		return nil, err
	}
	var out []FieldChange
	for _, f := range o.Fields { // in the order of fields
		pair, ok := raw[f.ID]
		if !ok || !s.actor.CanFilter(f) {
			continue
		}
		if f.Kind == schema.KindAbout {
			if pair[0], pair[1] = s.knownRefs(pair[0]), s.knownRefs(pair[1]); bytes.Equal(pair[0], pair[1]) {
				continue
			}
		}
		out = append(out, FieldChange{Field: f.Name, Old: pair[0], New: pair[1]})
	}
	return out, nil
}

// knownRefs leaves out what an activity was about of objects that the actor
// may not read at all, as reading the activity does.
func (s *Session) knownRefs(raw json.RawMessage) json.RawMessage {
	var texts []string
	if json.Unmarshal(raw, &texts) != nil {
		return nil
	}
	var refs []schema.Ref
	for _, text := range texts {
		if ref, err := schema.ParseRef(text); err == nil && !s.unseen(ref) {
			refs = append(refs, ref)
		}
	}
	if len(refs) == 0 {
		return nil
	}
	return schema.AppendJSON(nil, refs)
}

// unseen reports whether a reference is to an object that the actor may not
// read, or that is no longer there.
func (s *Session) unseen(r schema.Ref) bool {
	o, ok := s.state.schema.Object(r.Object)
	return !ok || !s.actor.Can(o, access.Read)
}

func parseChanges(text string) (map[string][2]json.RawMessage, error) {
	var raw map[string][2]json.RawMessage
	err := json.Unmarshal([]byte(text), &raw)
	return raw, err
}

// Rewound is the record before a change that history tells of, {"field id":
// [old, new]}. What cannot be read as a value any more stays as it is.
func (s *Session) Rewound(r *Record, changes map[string][2]json.RawMessage) *Record {
	was := r.clone()
	for id, pair := range changes {
		f, ok := r.Object.FieldByID(id)
		if !ok {
			continue
		}
		if old, err := decodeValue(f, pair[0], s.store); err == nil {
			was.set(f, old)
		}
	}
	return was
}
