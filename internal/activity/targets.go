package activity

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// placeOnTimelines moves the entries of activities whose time or kind changed.
func placeOnTimelines(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if d.Doing != record.Updating || !d.Changed(At.Name()) && !d.Changed(Kind.Name()) {
			continue
		}
		at, _ := record.Will(d, At)
		kind, _ := record.Will(d, Kind)
		if _, err := s.Tx().Exec(ctx, `UPDATE {link_about} SET at_ms = $1, kind = $2 WHERE activity = $3`, at, kind, d.ID); err != nil {
			return err
		}
	}
	return nil
}

// refresh writes when the next activity of each target is due, and when the
// last activity and the last contact (a call, meeting or mail) were.
func refresh(ctx context.Context, s *record.Session, targets map[string]map[value.ID]bool) error {
	for object, ids := range targets {
		o, ok := s.Schema().Object(object)
		if !ok || !o.Timeline {
			continue
		}
		var fields []*schema.FieldDef
		for _, name := range []string{"next_activity_at", "last_activity_at", "last_contact_at"} {
			f, _ := o.Field(name)
			fields = append(fields, f)
		}
		list := make([]value.ID, 0, len(ids))
		for id := range ids {
			list = append(list, id)
		}
		slices.Sort(list)
		for chunk := range slices.Chunk(list, 500) {
			rows, err := figures(ctx, s, o.ID, chunk)
			if err != nil {
				return err
			}
			if err := s.SetDerived(ctx, o, fields, rows); err != nil {
				return err
			}
		}
	}
	return nil
}

// figures reads the three moments of each target, nil where there is none.
func figures(ctx context.Context, s *record.Session, object string, ids []value.ID) (map[value.ID][]any, error) {
	out := make(map[value.ID][]any, len(ids))
	args := []any{object}
	holders := make([]string, len(ids))
	for i, id := range ids {
		out[id] = []any{nil, nil, nil}
		args = append(args, id)
		holders[i] = s.Tx().Dialect().Param(i+2, store.Int)
	}
	rows, err := s.Tx().Query(ctx, `SELECT l.record,
		min(CASE WHEN a.done IS NOT TRUE THEN coalesce(a.starts_at, a.due_at) END),
		max(CASE WHEN a.done IS TRUE THEN a.at END),
		max(CASE WHEN a.done IS TRUE AND a.kind IN ('call', 'meeting', 'mail') THEN a.at END)
		FROM {link_about} l JOIN {activity} a ON a.id = l.activity AND a.deleted_at IS NULL
		WHERE l.object = $1 AND l.record IN (`+strings.Join(holders, ", ")+`) GROUP BY l.record`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		id, _ := rows.ID(0)
		for i := range 3 {
			if ms, ok := rows.Int(i + 1); ok {
				out[id][i] = time.UnixMilli(ms).UTC()
			}
		}
	}
	return out, rows.Err()
}

// OpenTasks are the activities about some records that are still to be done by
// the member who is named with the record. Private ones are nobody else's.
func OpenTasks(ctx context.Context, s *record.Session, object string, owners map[value.ID]value.ID) ([]value.ID, error) {
	d := s.Tx().Dialect()
	rows, err := s.Tx().Query(ctx, `SELECT l.record, a.id, a.owner_id FROM {link_about} l JOIN {activity} a ON a.id = l.activity AND a.deleted_at IS NULL AND a.done IS NOT TRUE
		WHERE l.object = $1 AND l.kind <> 'file' AND a.private IS NOT TRUE AND `+d.AnyOf("l.record", d.Param(2, store.IDList)),
		s.Schema().MustObject(object).ID, store.IDs(d, slices.Sorted(maps.Keys(owners))))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var tasks []value.ID
	for rows.Next() {
		about, _ := rows.ID(0)
		task, _ := rows.ID(1)
		if owner, ok := rows.ID(2); ok && owner == owners[about] {
			tasks = append(tasks, task)
		}
	}
	slices.Sort(tasks)
	return slices.Compact(tasks), rows.Err()
}
