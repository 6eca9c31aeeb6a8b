package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"wellmet/internal/store"
)

// periodic is work that one node does from time to time.
type periodic struct {
	name     string
	interval time.Duration
	run      func(ctx context.Context) error
	busy     chan struct{}
}

// Every has fn run once an interval over all nodes, for the first time at once.
// When it was last is kept in control, so that a restart neither skips nor
// repeats it. fn takes at most a minute; longer work asks for jobs. After a
// failure it runs again two minutes later.
func (r *Runner) Every(name string, interval time.Duration, fn func(ctx context.Context) error) {
	r.periodic = append(r.periodic, &periodic{name: name, interval: interval, run: fn, busy: make(chan struct{}, 1)})
}

// runPeriodic starts what is due; what still runs is left alone.
func (r *Runner) runPeriodic(ctx context.Context) {
	for _, p := range r.periodic {
		select {
		case p.busy <- struct{}{}:
		default:
			continue
		}
		r.running.Go(func() {
			defer func() { <-p.busy }()
			if err := r.runOne(ctx, p); err != nil && ctx.Err() == nil {
				r.log.Error("periodic work", "name", p.name, "error", err)
			}
		})
	}
}

// Round does what is due from time to time, one after the other: for runners that
// were not started.
func (r *Runner) Round(ctx context.Context) error {
	var all error
	for _, p := range r.periodic {
		if err := r.runOne(ctx, p); err != nil {
			all = errors.Join(all, fmt.Errorf("%s: %w", p.name, err))
		}
	}
	return all
}

// runOne claims the work for two minutes, runs it, and only then says when it
// is due next: a crash in between brings it again after those two minutes, and
// a stop with the next start.
func (r *Runner) runOne(ctx context.Context, p *periodic) (err error) {
	now := r.now()
	claim := now.Add(2 * MaxTimeout)
	claimed, err := r.claim(ctx, p, now, claim)
	if err != nil || !claimed {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, MaxTimeout)
	defer cancel()
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("panic: %v", x)
		}
	}()
	due := now.Add(p.interval)
	if failed := p.run(limited); failed != nil && ctx.Err() == nil {
		return failed
	} else if failed != nil {
		due = now
	}
	ctx = context.WithoutCancel(ctx)
	return r.server.Control().Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE {lease} SET until = $1 WHERE name = $2 AND holder = $3 AND until = $4`,
			due, "every:"+p.name, r.node, claim)
		return err
	})
}

func (r *Runner) claim(ctx context.Context, p *periodic, now, until time.Time) (bool, error) {
	var n int64
	err := r.server.Control().Write(ctx, func(tx *store.Tx) error {
		var err error
		n, err = tx.Exec(ctx, `INSERT INTO {lease} (name, holder, until) VALUES ($1, $2, $3)
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
			WHERE lease.until <= $4`, "every:"+p.name, r.node, until, now)
		return err
	})
	return n == 1, err
}
