package jobs

import (
	"context"
	"fmt"
	"sync"
	"time"

	"wellmet/internal/store"
)

// A workspace is dirty while its outbox may hold rows that nobody was told of.
// The mark is set before a write and lasts a fixed time, longer than any
// transaction, so that nobody need touch control at the commit: a node sets it
// again only when its own last mark is markEvery old.
const (
	markEvery = 5 * time.Minute
	markLasts = 17 * time.Minute // markEvery + the longest transaction (10 min) + clocks that differ
)

// marks are when this node last marked each workspace.
type marks struct {
	mu sync.Mutex
	at map[string]time.Time
}

func (m *marks) fresh(workspace string, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	at, ok := m.at[workspace]
	return ok && now.Sub(at) < markEvery
}

func (m *marks) set(workspace string, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at[workspace] = now
}

func dirtyLease(workspace string) string { return "dirty:" + workspace }

// Writing is called before every write transaction on a workspace, outside of
// it. Nearly always it only looks at a map.
func (r *Runner) Writing(ctx context.Context, workspace string) error {
	now := r.now()
	if r.marks.fresh(workspace, now) {
		return nil
	}
	err := r.server.Control().Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE {workspace} SET dirty = $1 WHERE slug = $2`, true, workspace); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO {lease} (name, holder, until) VALUES ($1, $2, $3)
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until`,
			dirtyLease(workspace), r.node, now.Add(markLasts))
		return err
	})
	if err != nil {
		return fmt.Errorf("mark workspace %s: %w", workspace, err)
	}
	r.marks.set(workspace, now)
	return nil
}

// settle is what a workspace gets whose outbox holds nothing due: old rows go,
// and the mark, once it has run out and the outbox is empty. Its time is read
// before the outbox and compared again with the deletion: a write that began
// in between has set it anew.
func (r *Runner) settle(ctx context.Context, db *store.DB) error {
	now := r.now()
	var until time.Time
	var marked bool
	control := r.server.Control()
	err := control.Read(ctx, func(tx *store.Tx) (err error) {
		marked, err = tx.Row(ctx, `SELECT until FROM {lease} WHERE name = $1`, []any{dirtyLease(db.Name())}, &until)
		return err
	})
	if err != nil || !marked || until.After(now) {
		return err
	}
	empty := false
	err = db.Write(ctx, func(tx *store.Tx) (err error) {
		if _, err = forgetDone(ctx, tx, now); err != nil {
			return err
		}
		empty, err = none(ctx, tx)
		return err
	})
	if err != nil || !empty {
		return err
	}
	return control.Write(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM {lease} WHERE name = $1 AND until = $2`, dirtyLease(db.Name()), until)
		if err != nil || n == 0 {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE {workspace} SET dirty = $1 WHERE slug = $2`, false, db.Name())
		return err
	})
}

// sweepLoop looks for forgotten work at start and from time to time.
func (r *Runner) sweepLoop(ctx context.Context) {
	ticker := time.NewTicker(r.tuning.Sweep)
	defer ticker.Stop()
	for {
		if err := r.sweep(ctx); err != nil && ctx.Err() == nil {
			r.log.Error("sweep", "error", err)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// sweep gives every dirty workspace a turn. One node does it for all; when it
// dies, another takes over at the next tick.
func (r *Runner) sweep(ctx context.Context) error {
	mine, err := r.lease(ctx, "sweep", r.tuning.Sweep+r.tuning.Sweep/2)
	if err != nil || !mine {
		return err
	}
	if err := r.adopt(ctx); err != nil {
		return err
	}
	var slugs []string
	err = r.server.Control().Read(ctx, func(tx *store.Tx) error {
		slugs = nil
		rows, err := tx.Query(ctx, `SELECT slug FROM {workspace} WHERE dirty ORDER BY slug`)
		if err != nil {
			return err
		}
		for rows.Next() {
			slug, _ := rows.Text(0)
			slugs = append(slugs, string([]byte(slug)))
		}
		return rows.Close()
	})
	for _, slug := range slugs {
		r.turns.add(slug)
	}
	return err
}
