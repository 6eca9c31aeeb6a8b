package record

import (
	"context"
	"fmt"

	"wellmet/internal/value"
)

// undoOrder are the steps of an undo: what was deleted comes back first, oldest
// first, since others link to it; then old values; what was created goes last,
// both newest first. The rest of an act is of little use in between.
var undoOrder = []struct{ kinds, compare, direction string }{
	{"= 'delete'", ">", ""},
	{"NOT IN ('delete', 'create')", "<", " DESC"},
	{"= 'create'", "<", " DESC"},
}

// undoPlace is behind which line of an act an undo goes on.
type undoPlace struct {
	step    int
	record  value.ID // 0 = at the beginning of the step
	version int64
}

func (p undoPlace) end() bool { return p.step >= len(undoOrder) }

func (p undoPlace) String() string { return fmt.Sprintf("%d.%d.%d", p.step, p.record, p.version) }

func parsePlace(text string) (p undoPlace) {
	_, _ = fmt.Sscanf(text, "%d.%d.%d", &p.step, &p.record, &p.version)
	return p
}

// nextTouches reads the lines of an act behind a place, in the order in which
// they are taken back, and the place behind them.
func (s *Session) nextTouches(ctx context.Context, act value.ID, at undoPlace, limit int) ([]touch, undoPlace, error) {
	var list []touch
	for !at.end() && len(list) < limit {
		found, err := s.stepTouches(ctx, act, at, limit-len(list))
		if err != nil {
			return nil, at, err
		}
		list = append(list, found...)
		if len(list) < limit {
			at = undoPlace{step: at.step + 1}
			continue
		}
		last := found[len(found)-1]
		at.record, at.version = last.id, last.version
	}
	return list, at, nil
}

func (s *Session) stepTouches(ctx context.Context, act value.ID, at undoPlace, limit int) ([]touch, error) {
	step := undoOrder[at.step]
	where, args := "", []any{act, limit}
	if at.record != 0 {
		where, args = " AND (record, version) "+step.compare+" ($3, $4)", append(args, at.record, at.version)
	}
	rows, err := s.tx.Query(ctx, `SELECT object, record, version, kind, changes FROM {history} WHERE act = $1 AND kind `+step.kinds+where+
		` ORDER BY record`+step.direction+`, version`+step.direction+` LIMIT $2`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var touches []touch
	for rows.Next() {
		var t touch
		var object, kind, changes string
		if err := rows.Scan(&object, &t.id, &t.version, &kind, &changes); err != nil {
			return nil, err
		}
		t.object, _ = s.objectByID(object)
		t.kind = Doing(kind)
		if t.changes, err = parseChanges(changes); err != nil {
			return nil, err
		}
		touches = append(touches, t)
	}
	return touches, rows.Err()
}
