package activity

import (
	"context"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Deed is an activity that was done about a record.
type Deed struct {
	About         value.ID
	Kind, Subject string
	At            time.Time
}

// Deeds are the tasks, calls, meetings and mails that were done about some
// records, which the actor may read, first to last. Private ones of others are
// left out; to read the record is enough to read what is about it. There are
// none where the actor does not see what kind an activity is of.
func Deeds(ctx context.Context, s *record.Session, object string, ids []value.ID) ([]Deed, error) {
	o := s.Schema().MustObject(Activities.Name)
	kind, _ := o.Field(Kind.Name())
	subject, _ := o.Field(Subject.Name())
	if !s.Actor().Sees(kind) || len(ids) == 0 {
		return nil, nil
	}
	d := s.Tx().Dialect()
	rows, err := s.Tx().Query(ctx, `SELECT l.record, a.kind, a.subject, a."at" FROM {link_about} l
		JOIN {activity} a ON a.id = l.activity AND a.deleted_at IS NULL AND a.done IS TRUE AND a.kind <> 'note'
		WHERE l.object = $1 AND l.kind <> 'file' AND (a.private IS NOT TRUE OR a.owner_id = $2) AND `+d.AnyOf("l.record", d.Param(3, store.IDList))+`
		ORDER BY l.record, a."at", a.id`, s.Schema().MustObject(object).ID, s.Actor().Member(), store.IDs(d, ids))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Deed
	for rows.Next() {
		var x Deed
		var text *string
		var at *int64
		if err := rows.Scan(&x.About, &x.Kind, &text, &at); err != nil {
			return nil, err
		}
		if text != nil && s.Actor().Sees(subject) {
			x.Subject = *text
		}
		if at != nil {
			x.At = time.UnixMilli(*at).UTC()
			list = append(list, x)
		}
	}
	return list, rows.Err()
}
