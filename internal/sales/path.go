package sales

import (
	"context"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Visit is one stay of a deal or lead in a stage. Stage keeps the name it has now; the
// name at the time stands in the history.
type Visit struct {
	Stage   value.ID   `json:"stage"`
	Name    string     `json:"name"`
	Entered time.Time  `json:"entered_at"`
	Left    *time.Time `json:"left_at"`
	// Known is false where it was imported in this stage: since when it
	// really was there nobody knows (R37).
	Known bool `json:"known"`
}

// Path is the way of a deal or lead through its stages, first to last, as far as
// the actor may see stages. Changes of owner or amount in between do not split a
// visit.
func Path(ctx context.Context, s *record.Session, object *schema.Object, id value.ID) ([]Visit, error) {
	path := []Visit{}
	if _, err := s.Get(ctx, object.Name, id); err != nil {
		return nil, err
	}
	o := s.Schema().MustObject(object.Name)
	by, stages := placesOf(o)
	if f, ok := o.Field(by); !ok || !s.Actor().CanFilter(f) {
		return path, nil
	}
	rows, err := s.Tx().Query(ctx, `SELECT sp.stage_id, st.name, sp.from_ms, sp.to_ms, a.door FROM {`+o.SpanTable()+`} sp
		JOIN {act} a ON a.id = sp.act LEFT JOIN {`+stages+`} st ON st.id = sp.stage_id
		WHERE sp.record = $1 AND sp.stage_id IS NOT NULL ORDER BY sp.from_ms`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var v Visit
		var name *string
		var from, to int64
		var door string
		if err := rows.Scan(&v.Stage, &name, &from, &to, &door); err != nil {
			return nil, err
		}
		if name != nil {
			v.Name = *name
		}
		v.Entered, v.Known = time.UnixMilli(from).UTC(), door != "import"
		if left := time.UnixMilli(to).UTC(); !left.After(s.Now()) {
			v.Left = &left
		}
		if n := len(path); n > 0 && path[n-1].Stage == v.Stage {
			path[n-1].Left = v.Left
			continue
		}
		path = append(path, v)
	}
	return path, rows.Err()
}
