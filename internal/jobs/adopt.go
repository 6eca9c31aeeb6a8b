package jobs

import (
	"context"

	"wellmet/internal/store"
)

// adopt frees tickets that a dead node was running. River itself would wait for
// Rescue: it cannot tell a dead node from a slow one, but our leases can. Our own
// tickets are none of them, whatever our lease says: it runs out while a laptop
// sleeps, whose jobs then go on.
func (r *Runner) adopt(ctx context.Context) error {
	worker := `attempted_by[array_upper(attempted_by, 1)]`
	if r.server.Dialect().Name() == "sqlite" {
		worker = `json_extract(attempted_by, '$[#-1]')`
	}
	now := r.now()
	return r.server.Control().Write(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE {river_job} SET state = 'available' WHERE state = 'running'
			AND `+worker+` <> $2 AND NOT EXISTS (SELECT 1 FROM {lease} WHERE name = 'node:' || `+worker+` AND until > $1)`, now, r.node)
		if n > 0 {
			r.log.Warn("adopted jobs of a node that ended", "jobs", n)
		}
		return err
	})
}
