package activity

import (
	"context"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Next is the earliest open activity about a record that the actor may see;
// false when none is planned. It is found where it stands on the timeline, so
// that ten thousand other entries cost nothing.
func Next(ctx context.Context, s *record.Session, object string, id value.ID) (*record.Record, bool, error) {
	o, err := s.Object(object)
	if err != nil {
		return nil, false, err
	}
	r, err := s.Get(ctx, o.Name, id)
	if err != nil || !o.Timeline {
		return nil, false, err
	}
	at, planned := r.Field("next_activity_at").(time.Time)
	if !planned {
		return nil, false, nil
	}
	var next value.ID
	found, err := s.Tx().Row(ctx, `SELECT l.activity FROM {link_about} l JOIN {activity} a ON a.id = l.activity AND a.deleted_at IS NULL
		WHERE l.object = $1 AND l.record = $2 AND l.kind <> 'file' AND l.at_ms >= $3 AND a.done IS NOT TRUE AND (a.private IS NOT TRUE OR a.owner_id = $4)
		ORDER BY l.at_ms, l.activity LIMIT 1`, []any{o.ID, id, at, s.Actor().Member()}, &next)
	if err != nil || !found {
		return nil, false, err
	}
	// Reading the record is enough to read what is about it.
	a, err := s.AsSystem("next activity of a readable record").Get(ctx, Activities.Name, next)
	return a, err == nil, err
}
