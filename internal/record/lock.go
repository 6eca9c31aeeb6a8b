package record

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// locked is a record read for a change, with the actor's right to it.
type locked struct {
	record *Record
	may    bool
	act    value.ID // that deleted it, of records in the trash
}

// lock reads the records that the actor may see, locks them where others
// write at the same time, and says which of them he may act on.
func (s *Session) lock(ctx context.Context, o *schema.Object, ids []value.ID, action access.Action, trash bool) (map[value.ID]locked, error) {
	found := make(map[value.ID]locked, len(ids))
	for chunk := range slices.Chunk(ids, 500) {
		if err := s.lockChunk(ctx, o, chunk, lockHow{action, trash, true}, found); err != nil {
			return nil, err
		}
	}
	if len(found) > 0 {
		if err := s.loadLinks(ctx, o, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// GetMany reads those of some records that the actor may read, without locking
// them. Fields that link to many are left empty.
func (s *Session) GetMany(ctx context.Context, object string, ids []value.ID) (map[value.ID]*Record, error) {
	o, err := s.Object(object)
	if err != nil {
		return nil, err
	}
	found := make(map[value.ID]locked, len(ids))
	for chunk := range slices.Chunk(ids, 500) {
		if err := s.lockChunk(ctx, o, chunk, lockHow{action: access.Read}, found); err != nil {
			return nil, err
		}
	}
	records := make(map[value.ID]*Record, len(found))
	for id, l := range found {
		records[id] = l.record
	}
	return records, nil
}

// Hold makes whoever would change these records wait until this act ends: what
// is read of them from here on is how they stand when the act writes. On a
// database with one writer at a time nobody has to wait.
func (s *Session) Hold(ctx context.Context, object string, ids []value.ID) error {
	held := s.tx.Dialect().ForUpdate()
	if held == "" {
		return nil
	}
	o := s.state.schema.MustObject(object)  // whether the actor may see it or not: it tells nothing
	ids = slices.Sorted(slices.Values(ids)) // in one order, so that two who hold do not wait for each other
	for chunk := range slices.Chunk(ids, 500) {
		args := s.args()
		if _, err := s.tx.IDs(ctx, "SELECT t.id FROM {"+o.Table+"} t WHERE t.id IN ("+idList(chunk, args)+") ORDER BY t.id"+held, args.Values()...); err != nil {
			return err
		}
	}
	return nil
}

// lockHow is what lockChunk reads: living records or the trash, for which
// action, held against others or not.
type lockHow struct {
	action access.Action
	trash  bool
	hold   bool
}

func (s *Session) lockChunk(ctx context.Context, o *schema.Object, ids []value.ID, how lockHow, found map[value.ID]locked) error {
	l := layoutOf(o, s.tx.Dialect())
	args := s.args()
	var b strings.Builder
	b.WriteString("SELECT " + l.sql + ", t.deleted_act")
	if rule := s.may(o, how.action, "t", args); rule != "" {
		b.WriteString(", CASE WHEN " + rule + " THEN 1 ELSE 0 END")
	} else {
		b.WriteString(", 1")
	}
	b.WriteString(" FROM {" + o.Table + "} t WHERE t.id IN (" + idList(ids, args) + ")")
	if how.trash {
		b.WriteString(" AND t.deleted_at IS NOT NULL")
	} else {
		b.WriteString(" AND t.deleted_at IS NULL")
	}
	if rule := s.may(o, access.Read, "t", args); rule != "" {
		b.WriteString(" AND " + rule)
	}
	if how.hold {
		b.WriteString(s.tx.Dialect().ForUpdate())
	}
	rows, err := s.tx.Query(ctx, b.String(), args.Values()...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		r := l.record(o, rows)
		act, _ := rows.Int(l.n)
		may, _ := rows.Int(l.n + 1)
		found[r.ID] = locked{record: r, may: may == 1, act: value.ID(act)}
	}
	return rows.Err()
}

// merge lets a change through that was made against an older version, when
// nobody has touched the same fields since (engine decision 22).
func (s *Session) merge(ctx context.Context, d *Draft, c Change) error {
	since, err := s.changedSince(ctx, d.Object, d.ID, c.Version)
	if err != nil {
		return err
	}
	var clash []fault.Field
	for i, f := range d.Object.Fields {
		if !d.given[i] || !d.changed[i] {
			continue
		}
		if c.Strict || since[f.ID] {
			clash = append(clash, fault.Field{Path: f.Name, Key: "record.stale_field", Value: schema.Neutral(d.after.values[i]),
				Args: fault.Args{"theirs": schema.Neutral(d.before.values[i]), "yours": schema.Neutral(d.after.values[i])}})
		}
	}
	if len(clash) == 0 && !c.Strict && c.Version < d.before.Version {
		d.merged = true
		return nil
	}
	return fault.New(fault.Conflict, "record.stale", fault.Args{"object": d.Object.Name, "version": d.before.Version}).With(clash...)
}

// changedSince lists the ids of the fields changed after a version.
func (s *Session) changedSince(ctx context.Context, o *schema.Object, id value.ID, version int64) (map[string]bool, error) {
	rows, err := s.tx.Query(ctx, `SELECT changes FROM {history} WHERE record = $1 AND object = $2 AND version > $3`, id, o.ID, version)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	since := map[string]bool{}
	for rows.Next() {
		text, ok := rows.Text(0)
		if !ok {
			continue
		}
		var changes map[string]json.RawMessage
		if err := json.Unmarshal([]byte(text), &changes); err != nil {
			return nil, err
		}
		for id := range changes {
			since[id] = true
		}
	}
	return since, rows.Err()
}

// ownersOf reads who owns some records, whoever may see them.
func (s *Session) ownersOf(ctx context.Context, o *schema.Object, ids []value.ID) (map[value.ID]any, error) {
	owners := map[value.ID]any{}
	for chunk := range slices.Chunk(ids, 500) {
		args := s.args()
		rows, err := s.tx.Query(ctx, "SELECT t.id, t.owner_id FROM {"+o.Table+"} t WHERE t.id IN ("+idList(chunk, args)+")", args.Values()...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			id, _ := rows.ID(0)
			if owner, ok := rows.ID(1); ok {
				owners[id] = owner
			} else {
				owners[id] = nil
			}
		}
		err = rows.Err()
		rows.Close()
		if err != nil {
			return nil, err
		}
	}
	return owners, nil
}
