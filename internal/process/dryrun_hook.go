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
	after := value.ID(0)
	for {
		ids, err := s.Tx().IDs(ctx, `SELECT DISTINCT record FROM {hook_call} WHERE hook = $1 AND state = 'done' AND done_at >= $2 AND done_at < $3
			AND record > $4 AND version > 0 ORDER BY record LIMIT $5`, x.rule.hook, x.From, x.To, after, dryChunk)
		if err != nil || len(ids) == 0 {
			return err
		}
		found, err := s.AsSystem("dry run of a rule").GetMany(ctx, x.rule.object.Name, ids)
		if err != nil {
			return err
		}
		events, err := x.events(ctx, s, ids)
		if err != nil {
			return err
		}
		calls, err := x.seen(ctx, s, ids)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if found[id] == nil {
				continue
			}
			if err := x.then(s, found[id], events[id], calls[id]); err != nil {
				return err
			}
		}
		if after = ids[len(ids)-1]; x.Looked > maxLooks {
			x.More = true
			return nil
		}
		if len(ids) < dryChunk {
			return nil
		}
	}
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
