package jobs

import (
	"context"
	"time"

	"wellmet/internal/store"
	"wellmet/internal/value"
)

// row is one outbox row.
type row struct {
	id        value.ID
	kind      string
	payload   string
	actor     *value.ID
	door      string
	createdAt time.Time
	notBefore time.Time
	attempt   int64
	queued    bool
}

const rowColumns = `id, kind, payload, actor, door, created_at, not_before, attempt, queued_at`

func (w *row) scan(rows *store.Rows) error {
	var queued *int64
	err := rows.Scan(&w.id, &w.kind, &w.payload, &w.actor, &w.door, &w.createdAt, &w.notBefore, &w.attempt, &queued)
	w.queued = queued != nil
	return err
}

// due lists rows that may run now, the oldest first, and says how many of the
// workspace stand in the queue and when the next one after them is due. Rows
// queued before stale count as forgotten.
func due(ctx context.Context, tx *store.Tx, now, stale time.Time, limit int) (list []row, queued int, next time.Time, err error) {
	rows, err := tx.Query(ctx, `SELECT `+rowColumns+` FROM {outbox}
		WHERE done_at IS NULL AND failed_at IS NULL AND not_before <= $1 AND (queued_at IS NULL OR queued_at <= $2)
		ORDER BY not_before, id LIMIT `+itoa(limit), now, stale)
	if err != nil {
		return nil, 0, next, err
	}
	for rows.Next() {
		var w row
		if err := w.scan(rows); err != nil {
			return nil, 0, next, err
		}
		list = append(list, w)
	}
	if err := rows.Close(); err != nil {
		return nil, 0, next, err
	}
	var n int64
	if _, err := tx.Row(ctx, `SELECT count(*) FROM {outbox} WHERE done_at IS NULL AND failed_at IS NULL
		AND not_before <= $1 AND queued_at > $2`, []any{now, stale}, &n); err != nil {
		return nil, 0, next, err
	}
	_, err = tx.Row(ctx, `SELECT not_before FROM {outbox} WHERE done_at IS NULL AND failed_at IS NULL
		AND not_before > $1 ORDER BY not_before, id LIMIT 1`, []any{now}, &next)
	return list, int(n), next, err
}

// pending finds one row that is neither done nor given up; lock keeps other
// nodes from it until the transaction ends.
func pending(ctx context.Context, tx *store.Tx, id value.ID, lock bool) (row, bool, error) {
	query := `SELECT ` + rowColumns + ` FROM {outbox} WHERE id = $1 AND done_at IS NULL AND failed_at IS NULL`
	if lock {
		query += tx.Dialect().ForUpdate()
	}
	rows, err := tx.Query(ctx, query, id)
	if err != nil {
		return row{}, false, err
	}
	defer rows.Close()
	if !rows.Next() {
		return row{}, false, rows.Err()
	}
	var w row
	if err := w.scan(rows); err != nil {
		return row{}, false, err
	}
	return w, true, rows.Close()
}

// none tells that nothing waits, now or later.
func none(ctx context.Context, tx *store.Tx) (bool, error) {
	found, err := tx.Row(ctx, `SELECT id FROM {outbox} WHERE done_at IS NULL AND failed_at IS NULL
		ORDER BY not_before, id LIMIT 1`, nil, new(int64))
	return !found && err == nil, err
}

// markQueued notes that the queue holds these rows, unless a quick worker has
// brought one to an end already, good or bad.
func markQueued(ctx context.Context, tx *store.Tx, list []row, now time.Time) error {
	for _, w := range list {
		if _, err := tx.Exec(ctx, `UPDATE {outbox} SET queued_at = $1
			WHERE id = $2 AND attempt = $3 AND done_at IS NULL AND failed_at IS NULL`, now, w.id, w.attempt); err != nil {
			return err
		}
	}
	return nil
}

// markFailed notes a failed attempt: the next one comes at notBefore, or never
// when over. The row leaves no trace in the queue: whoever is due next time is
// queued anew.
func markFailed(ctx context.Context, tx *store.Tx, w row, cause error, now, notBefore time.Time, over bool) error {
	var failedAt any
	if over {
		failedAt = now
	}
	text := cause.Error()
	if len(text) > 2000 {
		text = text[:2000]
	}
	text, _ = value.Clean(text)
	_, err := tx.Exec(ctx, `UPDATE {outbox} SET attempt = $1, last_error = $2, not_before = $3, failed_at = $4, queued_at = NULL
		WHERE id = $5 AND done_at IS NULL`, w.attempt+1, text, notBefore, failedAt, w.id)
	return err
}

// keepDone is how long a row stays after it is done, for whoever looks for the
// cause of something.
const keepDone = 7 * 24 * time.Hour

func forgetDone(ctx context.Context, tx *store.Tx, now time.Time) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM {outbox} WHERE id IN (SELECT id FROM {outbox}
		WHERE done_at IS NOT NULL AND done_at < $1 ORDER BY done_at LIMIT 500)`, now.Add(-keepDone))
}
