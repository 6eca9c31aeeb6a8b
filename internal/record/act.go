package record

import (
	"context"
	"strconv"
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// ActInfo is an act as one actor may know of it: who did what, when and why,
// and what it did to the records that he sees.
type ActInfo struct {
	ID       value.ID
	At       time.Time
	Actor    value.ID // 0 = the system
	Cause    string
	Door     string
	Note     string
	Parent   value.ID // the act it belongs to, such as an import
	UndoneBy value.ID // the act that took it back
	Undo     *UndoRun // how far that is, where it is a long one
	Entries  []ActEntry
	Next     string // of ActInfo's after; "" = these were the last
}

// ActEntry is what an act did to one record.
type ActEntry struct {
	Object  *schema.Object
	Record  value.ID
	Kind    string
	Version int64
	Changes []FieldChange
}

// actBatch is how many lines of history are looked through at a time.
const actBatch = 500

// ReadAct tells of an act, its entries page by page: after is Next of the page
// before. To whom it is not and who sees none of its records, it is not there.
func (s *Session) ReadAct(ctx context.Context, id value.ID, after string, limit int) (*ActInfo, error) {
	a, err := s.actHead(ctx, id)
	if err != nil {
		return nil, err
	}
	record, version, ok := splitAfter(after)
	if !ok {
		return nil, fault.New(fault.Invalid, "query.bad_cursor", nil).With(fault.Field{Path: "cursor", Key: "query.bad_cursor"})
	}
	for len(a.Entries) <= limit {
		lines, err := s.actLines(ctx, id, record, version)
		if err != nil {
			return nil, err
		}
		seen, err := s.seenLines(ctx, lines)
		if err != nil {
			return nil, err
		}
		a.Entries = append(a.Entries, seen...)
		if len(lines) < actBatch {
			break
		}
		record, version = lines[actBatch-1].Record, lines[actBatch-1].Version
	}
	if len(a.Entries) > limit {
		a.Entries = a.Entries[:limit]
		last := a.Entries[limit-1]
		a.Next = last.Record.String() + "." + strconv.FormatInt(last.Version, 10)
	}
	mine := s.actor.Admin() || a.Actor != 0 && a.Actor == s.actor.Member()
	if len(a.Entries) == 0 && after == "" && !mine {
		return nil, noAct(id)
	}
	return a, nil
}

func splitAfter(after string) (record value.ID, version int64, ok bool) {
	if after == "" {
		return 0, 0, true
	}
	id, rest, _ := strings.Cut(after, ".")
	record, err := value.ParseID(id)
	if err != nil {
		return 0, 0, false
	}
	version, err = strconv.ParseInt(rest, 10, 64)
	return record, version, err == nil
}

func (s *Session) actHead(ctx context.Context, id value.ID) (*ActInfo, error) {
	a := &ActInfo{ID: id}
	var actor, parent, undone *value.ID
	var note *string
	found, err := s.tx.Row(ctx, `SELECT at, actor, cause, door, note, parent_act, undone_by FROM {act} WHERE id = $1`, []any{id},
		&a.At, &actor, &a.Cause, &a.Door, &note, &parent, &undone)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, noAct(id)
	}
	for _, x := range []struct{ to, from *value.ID }{{&a.Actor, actor}, {&a.Parent, parent}, {&a.UndoneBy, undone}} {
		if x.from != nil {
			*x.to = *x.from
		}
	}
	if note != nil {
		a.Note = *note
	}
	a.Undo, err = s.undoRun(ctx, id)
	return a, err
}

// actLine is a line of history before it is known who may see it.
type actLine struct {
	ActEntry
	changes string
}

func (s *Session) actLines(ctx context.Context, act, record value.ID, version int64) ([]actLine, error) {
	return s.linesOf(ctx, `WHERE act = $1 AND (record > $2 OR record = $2 AND version > $3) ORDER BY record, version LIMIT $4`, act, record, version, actBatch)
}

// linesOf reads lines of history.
func (s *Session) linesOf(ctx context.Context, where string, args ...any) ([]actLine, error) {
	rows, err := s.tx.Query(ctx, `SELECT object, record, version, kind, changes FROM {history} `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	objects := map[string]*schema.Object{}
	for _, o := range s.state.schema.Objects() {
		objects[o.ID] = o
	}
	var lines []actLine
	for rows.Next() {
		var l actLine
		var object string
		if err := rows.Scan(&object, &l.Record, &l.Version, &l.Kind, &l.changes); err != nil {
			return nil, err
		}
		l.Object = objects[object]
		lines = append(lines, l)
	}
	return lines, rows.Err()
}

// seenLines keeps the lines of records that the actor may read, or that lie in
// the trash of an object where he may delete them.
func (s *Session) seenLines(ctx context.Context, lines []actLine) ([]ActEntry, error) {
	by := map[*schema.Object][]value.ID{}
	for _, l := range lines {
		if l.Object != nil && s.knows(l.Object) {
			by[l.Object] = append(by[l.Object], l.Record)
		}
	}
	seen := map[value.ID]bool{}
	for o, ids := range by {
		args := s.args()
		list := idList(ids, args)
		found, err := s.tx.IDs(ctx, "SELECT t.id FROM {"+o.Table+"} t WHERE t.id IN ("+list+") AND ("+
			s.inSight(o, access.Read, "t.deleted_at IS NULL", args)+" OR "+s.inSight(o, access.Delete, "t.deleted_at IS NOT NULL", args)+")",
			args.Values()...)
		if err != nil {
			return nil, err
		}
		for _, id := range found {
			seen[id] = true
		}
	}
	var entries []ActEntry
	for _, l := range lines {
		if !seen[l.Record] {
			continue
		}
		var err error
		if l.Changes, err = s.readableChanges(l.Object, l.changes); err != nil {
			return nil, err
		}
		entries = append(entries, l.ActEntry)
	}
	return entries, nil
}

// inSight is a state of the row together with the right to see it so.
func (s *Session) inSight(o *schema.Object, action access.Action, state string, args *expr.Args) string {
	if rule := s.may(o, action, "t", args); rule != "" {
		return state + " AND " + rule
	}
	return state
}
