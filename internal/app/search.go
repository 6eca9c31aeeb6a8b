package app

import (
	"context"

	"wellmet/internal/jobs"
	"wellmet/internal/record"
)

// handleSearch takes what a role lost out of the search text that all share.
func (a *App) handleSearch() {
	jobs.Handle(a.jobs, jobs.Options{}, func(ctx context.Context, run jobs.Run, j record.Reindexing) error {
		w, err := a.Workspace(ctx, run.Workspace)
		if err != nil {
			return err
		}
		return w.engine.CatchUp(ctx, j)
	})
}
