package exchange

import (
	"context"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Exported is one export that was made: who took out what.
type Exported struct {
	Act    value.ID
	At     time.Time
	By     value.ID // 0 for the system
	Object string
	Filter string
	Rows   int
	Format string
}

// Exports lists exports, the newest first: the member's own, an administrator's
// all.
func (im *Importer) Exports(ctx context.Context, who record.Who, limit int) (list []Exported, err error) {
	err = im.engine.Read(ctx, who, func(s *record.Session) error {
		list = nil
		query, args := `SELECT e.act, a.at, a.actor, e.object, e.filter, e.rows, e.format FROM {export_log} e JOIN {act} a ON a.id = e.act`, []any{limit}
		if !s.Actor().System() && !s.Actor().Admin() {
			query, args = query+` WHERE a.actor = $2`, append(args, s.Actor().Member())
		}
		rows, err := s.Tx().Query(ctx, query+` ORDER BY e.act DESC LIMIT $1`, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var x Exported
			var by *value.ID
			if err := rows.Scan(&x.Act, &x.At, &by, &x.Object, &x.Filter, &x.Rows, &x.Format); err != nil {
				return err
			}
			if by != nil {
				x.By = *by
			}
			list = append(list, x)
		}
		return rows.Err()
	})
	return list, err
}
