package process

import (
	"context"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// sight is a record as rules saw it when a hook was called about it.
type sight struct {
	version int64
	at      time.Time
}

// calls looks at the records that the rule's hook was called about in the time.
func (x *dry) calls(ctx context.Context, s *record.Session) error {
	return walkBack(ctx, s, x, x.called, x.seen, x.then)
}

func (x *dry) called(ctx context.Context, s *record.Session, after value.ID) ([]value.ID, error) {
	return s.Tx().IDs(ctx, `SELECT DISTINCT record FROM {hook_call} WHERE hook = $1 AND state = 'done' AND done_at >= $2 AND done_at < $3
		AND record > $4 AND version > 0 ORDER BY record LIMIT $5`, x.rule.hook, x.From, x.To, after, dryChunk)
}

// seen reads the calls about records, the latest first.
func (x *dry) seen(ctx context.Context, s *record.Session, ids []value.ID) (map[value.ID][]sight, error) {
	rows, err := s.Tx().Query(ctx, `SELECT record, version, done_at FROM {hook_call} WHERE hook = $1 AND state = 'done' AND done_at >= $2 AND done_at < $3
		AND record >= $4 AND record <= $5 AND version > 0 ORDER BY record, version DESC, id DESC`, x.rule.hook, x.From, x.To, ids[0], ids[len(ids)-1])
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := map[value.ID][]sight{}
	for rows.Next() {
		var id value.ID
		var y sight
		if err := rows.Scan(&id, &y.version, &y.at); err != nil {
			return nil, err
		}
		list[id] = append(list[id], y)
	}
	return list, rows.Close()
}

// then takes a record back to each call and looks at it as it was.
func (x *dry) then(s *record.Session, r *record.Record, events []event, calls []sight) error {
	now := r.Version
	for _, c := range calls {
		for ; len(events) > 0 && events[0].version > c.version; events = events[1:] {
			if e := events[0]; e.version <= now && len(e.changes) > 0 {
				r = s.Rewound(r, e.changes)
			}
		}
		if err := x.look(s, r, c.at); err != nil {
			return err
		}
	}
	return nil
}
