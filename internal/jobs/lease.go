package jobs

import (
	"context"
	"fmt"
	"time"

	"wellmet/internal/store"
)

// Leases are rows in control that say what only one node does, and until when.
// Clocks of nodes may differ by some seconds; every term below is longer.

// lease takes the name for a while, or renews it; false while another has it.
func (r *Runner) lease(ctx context.Context, name string, term time.Duration) (bool, error) {
	now := r.now()
	var n int64
	err := r.server.Control().Write(ctx, func(tx *store.Tx) error {
		var err error
		n, err = tx.Exec(ctx, `INSERT INTO {lease} (name, holder, until) VALUES ($1, $2, $3)
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
			WHERE lease.holder = excluded.holder OR lease.until <= $4`, name, r.node, now.Add(term), now)
		return err
	})
	return n == 1, err
}

// nodeLease is how others know that we are alive.
func (r *Runner) nodeLease() string { return "node:" + r.node }

// alive is how long a node counts as alive after its last sign of life.
func (r *Runner) alive() time.Duration { return 3 * r.tuning.Heartbeat }

// appear is a node's first sign of life. A SQLite folder belongs to one process
// (the store's lock sees to it), so all nodes before us are dead.
func (r *Runner) appear(ctx context.Context) error {
	if r.server.Dialect().Name() == "sqlite" {
		err := r.server.Control().Write(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM {lease} WHERE name LIKE 'node:%' OR name = 'sweep'`)
			return err
		})
		if err != nil {
			return err
		}
	}
	_, err := r.lease(ctx, r.nodeLease(), r.alive())
	return err
}

// leave lets others adopt at once what we could not finish.
func (r *Runner) leave(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	err := r.server.Control().Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM {lease} WHERE name = $1 OR (name = 'sweep' AND holder = $2)`, r.nodeLease(), r.node)
		return err
	})
	if err != nil {
		return fmt.Errorf("stop jobs: %w", err)
	}
	return nil
}

// beat gives signs of life and looks after periodic work.
func (r *Runner) beat(ctx context.Context) {
	ticker := time.NewTicker(r.tuning.Heartbeat)
	defer ticker.Stop()
	for {
		if _, err := r.lease(ctx, r.nodeLease(), r.alive()); err != nil && ctx.Err() == nil {
			r.log.Error("sign of life", "error", err)
		}
		r.runPeriodic(ctx)
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}
