package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"wellmet/internal/store"
	"wellmet/internal/value"
)

// ticket is what the queue holds of a job; the rest stays in the outbox.
type ticket struct {
	Workspace string   `json:"workspace"`
	ID        value.ID `json:"id"`
	Attempt   int64    `json:"attempt"` // failed attempts so far; part of the unique key
}

// queue is the durable queue in the control database.
type queue interface {
	start(ctx context.Context) error
	insert(ctx context.Context, tickets []ticket) error
	// stop waits for running jobs, and cancels them when ctx ends. What is inserted
	// behind it waits for the next start.
	stop(ctx context.Context) error
	close() error
}

// crashes is how often one attempt may end without an answer (its process
// died) before that counts as a failure of the job.
const crashes = 5

// work runs one ticket. An error means that the database could not be reached:
// the queue brings the ticket again. The job's own failure is noted in the
// outbox, which decides on the next attempt.
func (r *Runner) work(ctx context.Context, t ticket, tries int) error {
	db, err := r.open(ctx, t.Workspace)
	if db == nil {
		return err
	}
	defer r.turns.add(t.Workspace) // there is room in the queue for its next job
	var w row
	var found bool
	err = db.Read(ctx, func(tx *store.Tx) error {
		w, found, err = pending(ctx, tx, t.ID, false)
		return err
	})
	if err != nil || !found || w.attempt != t.Attempt {
		return err
	}
	h := r.handlers[w.kind]
	if h == nil {
		return r.postpone(ctx, db, w)
	}
	if tries > crashes {
		return r.failed(ctx, db, w, h, fmt.Errorf("ended %d times without an answer", tries-1))
	}
	return r.runOutside(ctx, db, w, h)
}

// runOutside runs a job without a transaction and marks it afterwards.
func (r *Runner) runOutside(ctx context.Context, db *store.DB, w row, h *handler) error {
	limited, cancel := context.WithTimeout(ctx, h.Timeout)
	defer cancel()
	run := r.run(db, w)
	run.done = new(bool)
	err := h.run(limited, run, w.payload)
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err() // we are stopping: no fault of the job
	case err != nil && errors.Is(err, context.DeadlineExceeded) && limited.Err() != nil:
		return r.failed(ctx, db, w, h, fmt.Errorf("took longer than %v: %w", h.Timeout, err))
	case err != nil:
		return r.failed(ctx, db, w, h, err)
	case *run.done:
		return nil
	}
	ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return db.Write(ctx, func(tx *store.Tx) error {
		_, err := run.Done(ctx, tx)
		return err
	})
}

// Drain runs everything that is due now, inside and outside, in this goroutine,
// until nothing is. It is for tests and for commands that end: it takes no
// notice of what a queue somewhere is just running.
func (r *Runner) Drain(ctx context.Context) error {
	slugs, err := r.server.Workspaces(ctx)
	if err != nil {
		return err
	}
	for again := true; again; {
		again = false
		for _, slug := range slugs {
			ran, err := r.drainNow(ctx, slug)
			if err != nil {
				return err
			}
			again = again || ran
		}
	}
	return nil
}

func (r *Runner) drainNow(ctx context.Context, workspace string) (ran bool, err error) {
	db, err := r.open(ctx, workspace)
	if db == nil {
		return false, err
	}
	var list []row
	now := r.now()
	err = db.Read(ctx, func(tx *store.Tx) error {
		list, _, _, err = due(ctx, tx, now, now, turnRows)
		return err
	})
	for _, w := range list {
		h := r.handlers[w.kind]
		switch {
		case err != nil:
			return ran, err
		case h == nil:
			err = r.postpone(ctx, db, w)
		case h.Inside:
			err = r.runInside(ctx, db, w, h)
		default:
			err = r.runOutside(ctx, db, w, h)
		}
		ran = true
	}
	return ran, err
}
