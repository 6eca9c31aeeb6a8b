package app

import (
	"context"
	"time"

	"wellmet/internal/jobs"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// handlePredictions learns every night from the deals that have ended, and
// foretells the open ones.
func (a *App) handlePredictions() {
	jobs.Handle(a.jobs, jobs.Options{}, func(ctx context.Context, run jobs.Run, j sales.Relearn) error {
		w, err := a.Workspace(ctx, run.Workspace)
		if err != nil {
			return err
		}
		return w.Relearn(ctx, j.Forced)
	})
	jobs.Handle(a.jobs, jobs.Options{}, func(ctx context.Context, run jobs.Run, j sales.Foretell) error {
		w, err := a.Workspace(ctx, run.Workspace)
		if err != nil {
			return err
		}
		return w.Foretell(ctx, j.Deals)
	})
	a.jobs.Every("predictions", 24*time.Hour, func(ctx context.Context) error {
		return a.each(ctx, func(w *Workspace) error { return w.Relearn(ctx, false) })
	})
}

// asOracle reads all deals to learn from them, and writes what they teach.
var asOracle = record.AsSystem("prediction")

// glimpse reads in a snapshot of its own.
func (w *Workspace) glimpse(ctx context.Context, fn func(*record.Session) error) error {
	return w.Read(ctx, asOracle, fn, store.Export)
}

// Relearn learns from the deals that have ended, where that is wanted or more
// have ended than last time, and then foretells all open ones: days pass for
// them too.
func (w *Workspace) Relearn(ctx context.Context, forced bool) error {
	wanted := forced
	if err := w.glimpse(ctx, func(s *record.Session) error {
		needed, err := sales.NeedsRelearning(ctx, s)
		wanted = wanted || needed
		return err
	}); err != nil {
		return err
	}
	if wanted {
		learnt, err := sales.LearnPredictions(ctx, w.glimpse)
		if err != nil {
			return err
		}
		if err := w.Write(ctx, asOracle, func(s *record.Session) error { return sales.KeepPredictions(ctx, s, learnt) }); err != nil {
			return err
		}
	}
	return w.Foretell(ctx, nil)
}

// Foretell writes the chances of some open deals, or of all where none are named,
// a portion a transaction.
func (w *Workspace) Foretell(ctx context.Context, deals []value.ID) error {
	return sales.ForetellDeals(ctx, w.glimpse, deals, func(told sales.Foretold) error {
		return w.Write(ctx, asOracle, func(s *record.Session) error { return sales.KeepForetold(ctx, s, told) }, store.Batch)
	})
}
