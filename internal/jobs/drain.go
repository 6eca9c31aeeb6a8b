package jobs

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/store"
)

// One turn of a workspace: whichever of the two ends first.
const (
	turnRows = 50
	turnTime = time.Second
)

func itoa(n int) string { return strconv.Itoa(n) }

func (r *Runner) drainLoop(ctx context.Context) {
	for {
		workspace, ok := r.turns.next(ctx)
		if !ok {
			return
		}
		more, err := r.turn(ctx, workspace)
		if err != nil && ctx.Err() == nil {
			r.log.Error("drain outbox", "workspace", workspace, "error", err)
			r.wakeIn(workspace, r.tuning.FirstWait) // at once would spin while a database is away
		}
		r.turns.end(workspace, more && err == nil)
	}
}

// turn runs what is due of one workspace and says if more is.
func (r *Runner) turn(ctx context.Context, workspace string) (more bool, err error) {
	db, err := r.open(ctx, workspace)
	if db == nil {
		return false, err
	}
	var list []row
	var queued int
	var next time.Time
	now := r.now()
	err = db.Read(ctx, func(tx *store.Tx) error {
		list, queued, next, err = due(ctx, tx, now, now.Add(-r.forgotten()), turnRows)
		return err
	})
	if err != nil {
		return false, err
	}
	if !next.IsZero() {
		r.wakeIn(workspace, next.Sub(now))
	}
	if len(list) == 0 {
		return false, r.settle(ctx, db)
	}
	start, room := time.Now(), r.tuning.InQueue-queued
	var outside []row
	inside := 0
	for _, w := range list {
		h := r.handlers[w.kind]
		switch {
		case h == nil:
			err = r.postpone(ctx, db, w)
		case !h.Inside:
			outside = append(outside, w)
			continue
		case ctx.Err() == nil && time.Since(start) < turnTime:
			inside++
			err = r.runInside(ctx, db, w, h)
		default:
			more = true
		}
		if err != nil {
			return false, err
		}
	}
	if room > 0 && len(outside) > 0 {
		if err := r.enqueue(ctx, db, outside[:min(room, len(outside))]); err != nil {
			return false, err
		}
	}
	// What ran inside may have asked for more, which nobody else was told of. A
	// full page hides what stands behind it, but rows that wait for room in the
	// queue come again when a job ends, not now.
	return more || inside > 0 || (len(list) == turnRows && room > 0), nil
}

// forgotten is the age at which a queued row counts as lost by the queue.
func (r *Runner) forgotten() time.Duration { return 5 * r.tuning.Rescue }

// open answers nil for a workspace that is no more.
func (r *Runner) open(ctx context.Context, workspace string) (*store.DB, error) {
	db, err := r.server.Workspace(ctx, workspace, false)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return db, err
}

// wakeIn remembers a moment soon; the sweep finds what lies further ahead.
func (r *Runner) wakeIn(workspace string, in time.Duration) {
	if in <= 2*r.tuning.Sweep {
		r.alarms.set(workspace, time.Now().Add(in+time.Millisecond))
	}
}

// runInside runs the effect and marks it in one transaction. An error of the
// effect is noted and not returned; only the database's own stops the turn.
func (r *Runner) runInside(ctx context.Context, db *store.DB, w row, h *handler) error {
	ctx, cancel := context.WithTimeout(ctx, h.Timeout)
	defer cancel()
	var effect error
	err := db.Write(ctx, func(tx *store.Tx) error {
		current, found, err := pending(ctx, tx, w.id, true)
		if err != nil || !found {
			return err // another node was quicker
		}
		run := r.run(db, current)
		run.tx = tx
		if effect = h.run(ctx, run, current.payload); effect != nil {
			return effect
		}
		_, err = run.Done(ctx, tx)
		return err
	})
	if err == nil {
		return nil
	}
	if effect == nil || ctx.Err() == context.Canceled {
		return err
	}
	return r.failed(ctx, db, w, h, effect)
}

func (r *Runner) run(db *store.DB, w row) Run {
	run := Run{Workspace: db.Name(), ID: w.id, Attempt: int(w.attempt) + 1, Asked: w.createdAt, Through: w.door, now: r.now()}
	if w.actor != nil {
		run.By = *w.actor
	}
	return run
}

// failed notes a failed attempt and logs it once.
func (r *Runner) failed(ctx context.Context, db *store.DB, w row, h *handler, cause error) error {
	now := r.now()
	attempt := int(w.attempt) + 1
	over := attempt >= h.Attempts || final(cause)
	wait := r.backoff(attempt)
	level := r.log.Warn
	if over {
		level = r.log.Error
	}
	level("job failed", "workspace", db.Name(), "job", w.kind, "id", w.id, "attempt", attempt, "given_up", over, "error", cause)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := db.Write(ctx, func(tx *store.Tx) error {
		return markFailed(ctx, tx, w, cause, now, now.Add(wait), over)
	})
	if err == nil && !over {
		r.wakeIn(db.Name(), wait)
	}
	return err
}

// errFinal marks an error that no repetition mends.
type errFinal struct{ error }

func (e errFinal) Unwrap() error { return e.error }

// Final wraps an error that no repetition mends: the job is given up at once.
func Final(err error) error { return errFinal{err} }

func final(err error) bool { return errors.As(err, new(errFinal)) }

// postpone keeps a job of a kind that this program does not know: a newer node
// may have written it, or an older release. It is looked at again each hour.
func (r *Runner) postpone(ctx context.Context, db *store.DB, w row) error {
	r.log.Warn("no handler for job", "workspace", db.Name(), "job", w.kind, "id", w.id)
	now := r.now()
	return db.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE {outbox} SET not_before = $1, last_error = $2 WHERE id = $3 AND done_at IS NULL`,
			now.Add(time.Hour), fmt.Sprintf("no handler for %q", w.kind), w.id)
		return err
	})
}

// enqueue copies rows into the queue, then notes that it has them. A crash
// between the two copies them again, which the queue's unique key swallows.
func (r *Runner) enqueue(ctx context.Context, db *store.DB, list []row) error {
	tickets := make([]ticket, len(list))
	for i, w := range list {
		tickets[i] = ticket{Workspace: db.Name(), ID: w.id, Attempt: w.attempt}
	}
	if err := r.queue.insert(ctx, tickets); err != nil {
		return fmt.Errorf("queue jobs of %s: %w", db.Name(), err)
	}
	now := r.now()
	return db.Write(ctx, func(tx *store.Tx) error { return markQueued(ctx, tx, list, now) })
}
