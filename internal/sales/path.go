package sales

import (
	"context"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Visit is one stay of a deal in a stage. Stage keeps the name it has now; the
// name at the time stands in the history.
type Visit struct {
	Stage   value.ID   `json:"stage"`
	Name    string     `json:"name"`
	Entered time.Time  `json:"entered_at"`
	Left    *time.Time `json:"left_at"`
	// Known is false where the deal was imported in this stage: since when it
	// really was there nobody knows (R37).
	Known bool `json:"known"`
}

// Path is the deal's way through its pipeline, first stage first. Changes of
// owner or amount in between do not split a visit.
func Path(ctx context.Context, s *record.Session, deal value.ID) ([]Visit, error) {
	if _, err := s.Get(ctx, Deals.Name, deal); err != nil {
		return nil, err
	}
	rows, err := s.Tx().Query(ctx, `SELECT sp.stage_id, st.name, sp.from_ms, sp.to_ms, a.door FROM {span_deal} sp
		JOIN {act} a ON a.id = sp.act LEFT JOIN {stage} st ON st.id = sp.stage_id
		WHERE sp.record = $1 AND sp.stage_id IS NOT NULL ORDER BY sp.from_ms`, deal)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	path := []Visit{}
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
