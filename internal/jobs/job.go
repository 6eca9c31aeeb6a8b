package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Job is any struct that JSON can hold. Kind names its handler and is stored, so
// it never changes; a field may be added when its zero value means the old way.
type Job interface{ Kind() string }

// Source is a record session, a Run inside a transaction, or anything else with
// a workspace transaction. Where it also has Now, Actor or Door, the row keeps
// when, by whom and through which door the effect was asked for.
type Source interface{ Tx() *store.Tx }

// Later writes the job into the outbox of the source's transaction. Whoever
// commits that transaction calls Runner.Wake afterwards.
func Later(s Source, job Job) error { return LaterAll(s, job) }

// LaterAll writes several jobs at once.
func LaterAll(s Source, list ...Job) error { return At(s, time.Time{}, list...) }

// At is LaterAll for jobs that may not run before a moment.
func At(s Source, moment time.Time, list ...Job) error {
	now := time.Now()
	if c, ok := s.(interface{ Now() time.Time }); ok {
		now = c.Now()
	}
	if moment.IsZero() {
		moment = now
	}
	var actor, door any = nil, ""
	if a, ok := s.(interface{ Actor() value.ID }); ok && a.Actor() != 0 {
		actor = a.Actor()
	}
	if d, ok := s.(interface{ Door() string }); ok {
		door = d.Door()
	}
	rows := make([][]any, len(list))
	for i, job := range list {
		payload, err := json.Marshal(job)
		if err != nil {
			return fmt.Errorf("job %s: %w", job.Kind(), err)
		}
		rows[i] = []any{value.NewID(now), job.Kind(), string(payload), actor, door, now, moment}
	}
	ctx := context.Background() // the transaction has its own end
	if c, ok := s.(interface{ Context() context.Context }); ok {
		ctx = c.Context()
	}
	return s.Tx().PostRows(ctx, `INSERT INTO {outbox} (id, kind, payload, actor, door, created_at, not_before) VALUES `, 7, rows, ``)
}

// Run is one attempt at a job.
type Run struct {
	Workspace string
	ID        value.ID // of the outbox row: the idempotency key of its effects
	Attempt   int      // from 1
	Asked     time.Time
	By        value.ID // who asked; 0 for the system
	Through   string   // the door he used

	tx   *store.Tx
	now  time.Time
	done *bool
}

// Tx is the transaction of an Inside job; nil for others.
func (r Run) Tx() *store.Tx { return r.tx }

// Now is the moment of this attempt.
func (r Run) Now() time.Time { return r.now }

// Actor and Door make a Run a Source for the jobs it starts.
func (r Run) Actor() value.ID { return r.By }

// Door is where the job was asked for.
func (r Run) Door() string { return r.Through }

// Key is the idempotency key as text, for receivers outside.
func (r Run) Key() string { return r.Workspace + "/" + r.ID.String() }

// Done marks the job as done in a transaction of its own workspace. A chunk of
// long work calls it in the transaction that writes the chunk and asks for the
// next one: then no crash can run the chunk twice. False means that it is done
// already, so that the transaction must be given up.
func (r Run) Done(ctx context.Context, tx *store.Tx) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE {outbox} SET done_at = $1, attempt = $2, last_error = NULL
		WHERE id = $3 AND done_at IS NULL`, r.now, r.Attempt, r.ID)
	if err == nil && n == 1 && r.done != nil {
		done := r.done
		tx.OnCommit(func() { *done = true })
	}
	return n == 1, err
}

// Waits reports whether the same job is still to be done in the workspace. Who
// asks for work from time to time need not ask for it twice.
func Waits(ctx context.Context, tx *store.Tx, job Job) (bool, error) {
	payload, err := json.Marshal(job)
	if err != nil {
		return false, fmt.Errorf("job %s: %w", job.Kind(), err)
	}
	var id value.ID
	return tx.Row(ctx, `SELECT id FROM {outbox} WHERE done_at IS NULL AND failed_at IS NULL AND kind = $1 AND payload = $2 LIMIT 1`,
		[]any{job.Kind(), string(payload)}, &id)
}
