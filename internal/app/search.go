package app

import (
	"context"

	"wellmet/internal/jobs"
	"wellmet/internal/record"
)

// handleSearch takes what a role lost out of the search text that all share,
// and goes on with what was too much for one request.
func (a *App) handleSearch() {
	handle(a, func(w *Workspace, ctx context.Context, j record.Reindexing) error { return w.engine.CatchUp(ctx, j) })
	handle(a, func(w *Workspace, ctx context.Context, j record.UndoJob) error { return w.engine.GoOnUndoing(ctx, j) })
	jobs.Handle(a.jobs, jobs.Options{}, func(ctx context.Context, run jobs.Run, j record.BulkJob) error {
		w, err := a.Workspace(ctx, run.Workspace)
		if err != nil {
			return err
		}
		return w.engine.GoOnChanging(ctx, j, run.Attempt)
	})
}
