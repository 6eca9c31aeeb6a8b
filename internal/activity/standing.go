package activity

import (
	"context"
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Standing is how things stand with a record: what was done last, what comes next,
// and how much is open.
type Standing struct {
	Last, Next    *Action
	Open, Overdue int64
}

// Action is a task, call, meeting or mail; parts that the actor does not see are
// empty.
type Action struct {
	Kind, Subject string
	By            value.ID // whose it is
	At            time.Time
}

// Standings tell how things stand with records that the actor may read, by id; as
// with Deeds, private activities of others are left out, and notes are no actions.
// What has no day is open, but neither next nor overdue.
func Standings(ctx context.Context, s *record.Session, object string, ids []value.ID) (map[value.ID]*Standing, error) {
	o := s.Schema().MustObject(Activities.Name)
	kind, _ := o.Field(Kind.Name())
	if !s.Actor().System() && !s.Actor().Can(o, access.Read) || !s.Actor().Sees(kind) {
		return nil, nil
	}
	found := map[value.ID]*Standing{}
	for len(ids) > 0 {
		part := ids[:min(len(ids), 500)]
		ids = ids[len(part):]
		for _, read := range []func(context.Context, *record.Session, string, []value.ID, map[value.ID]*Standing) error{countOpen, readEnds} {
			if err := read(ctx, s, object, part, found); err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

// actionsOf are the actions about records; $1 is their object, $2 the actor, $3 the
// records.
func actionsOf(s *record.Session) string {
	d := s.Tx().Dialect()
	return ` FROM {link_about} l JOIN {activity} a ON a.id = l.activity AND a.deleted_at IS NULL AND a.kind <> 'note'
		WHERE l.object = $1 AND l.kind <> 'file' AND (a.private IS NOT TRUE OR a.owner_id = $2) AND ` + d.AnyOf("l.record", d.Param(3, store.IDList))
}

func standingArgs(s *record.Session, object string, ids []value.ID, more ...any) []any {
	return append([]any{s.Schema().MustObject(object).ID, s.Actor().Member(), store.IDs(s.Tx().Dialect(), ids)}, more...)
}

func countOpen(ctx context.Context, s *record.Session, object string, ids []value.ID, found map[value.ID]*Standing) error {
	rows, err := s.Tx().Query(ctx, `SELECT l.record, count(*), count(CASE WHEN coalesce(a.due_at, a.starts_at) < $4 THEN 1 END)`+actionsOf(s)+
		` AND a.done IS NOT TRUE GROUP BY l.record`, standingArgs(s, object, ids, s.Now())...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		id, _ := rows.ID(0)
		x := &Standing{}
		x.Open, _ = rows.Int(1)
		x.Overdue, _ = rows.Int(2)
		found[id] = x
	}
	return rows.Err()
}

// readEnds reads the last action that was done and the next that is open.
func readEnds(ctx context.Context, s *record.Session, object string, ids []value.ID, found map[value.ID]*Standing) error {
	const when = `(CASE WHEN a.done IS TRUE THEN a."at" ELSE coalesce(a.due_at, a.starts_at) END)`
	const done = `(CASE WHEN a.done IS TRUE THEN 1 ELSE 0 END)`
	rows, err := s.Tx().Query(ctx, `SELECT e.record, e.kind, e.subject, e.owner_id, e.at_ms, e.was_done FROM (SELECT l.record, a.kind, a.subject, a.owner_id, `+when+` AS at_ms, `+done+` AS was_done,
		row_number() OVER (PARTITION BY l.record, `+done+` ORDER BY CASE WHEN a.done IS TRUE THEN -`+when+` ELSE `+when+` END, a.id) AS place`+
		actionsOf(s)+` AND `+when+` IS NOT NULL) e WHERE e.place = 1`, standingArgs(s, object, ids)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	o := s.Schema().MustObject(Activities.Name)
	subject, _ := o.Field(Subject.Name())
	owner, _ := o.Field("owner")
	for rows.Next() {
		id, _ := rows.ID(0)
		a := &Action{}
		a.Kind, _ = rows.Text(1)
		a.Kind = strings.Clone(a.Kind) // the bytes are the row's
		if text, ok := rows.Text(2); ok && s.Actor().Sees(subject) {
			a.Subject = strings.Clone(text)
		}
		if by, ok := rows.ID(3); ok && s.Actor().Sees(owner) {
			a.By = by
		}
		ms, _ := rows.Int(4)
		a.At = time.UnixMilli(ms).UTC()
		if found[id] == nil {
			found[id] = &Standing{}
		}
		if was, _ := rows.Int(5); was == 1 {
			found[id].Last = a
		} else {
			found[id].Next = a
		}
	}
	return rows.Err()
}
