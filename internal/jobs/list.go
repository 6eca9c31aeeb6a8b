package jobs

import (
	"context"
	"time"

	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Entry is a job as people see it: what was asked for, and what became of it.
type Entry struct {
	ID       value.ID
	Kind     string
	Actor    value.ID // who asked; 0 for the system
	Asked    time.Time
	Attempts int
	Problem  string     // of the last attempt that failed
	Done     *time.Time // when it was done, or
	Failed   *time.Time // given up; neither while it waits or runs
}

// Recent lists jobs of a workspace, the newest first: those of one kind. Done
// jobs are forgotten after a while.
func Recent(ctx context.Context, tx *store.Tx, kind string, limit int) ([]Entry, error) {
	rows, err := tx.Query(ctx, `SELECT id, kind, actor, created_at, attempt, last_error, done_at, failed_at FROM {outbox}
		WHERE kind = $1 ORDER BY id DESC LIMIT $2`, kind, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Entry
	for rows.Next() {
		var e Entry
		var actor *value.ID
		var problem *string
		var attempts int64
		if err := rows.Scan(&e.ID, &e.Kind, &actor, &e.Asked, &attempts, &problem, &e.Done, &e.Failed); err != nil {
			return nil, err
		}
		if e.Attempts = int(attempts); actor != nil {
			e.Actor = *actor
		}
		if problem != nil {
			e.Problem = *problem
		}
		list = append(list, e)
	}
	return list, rows.Err()
}
