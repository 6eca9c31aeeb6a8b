package app

import (
	"context"
	"time"

	"wellmet/internal/jobs"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
)

// handlePredictions learns every night from the deals that have ended, and
// foretells the open ones.
func (a *App) handlePredictions() {
	handle(a, func(w *Workspace, ctx context.Context, j sales.Relearn) error {
		if err := w.learn(ctx, j.Forced); err != nil {
			return err
		}
		return w.later(ctx, sales.Foretell{})
	})
	handle(a, (*Workspace).Foretell)
	a.everywhere("predictions", 24*time.Hour, nil, sales.Relearn{})
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
	if err := w.learn(ctx, forced); err != nil {
		return err
	}
	return w.Foretell(ctx, sales.Foretell{})
}

func (w *Workspace) learn(ctx context.Context, forced bool) error {
	wanted := forced
	if err := w.glimpse(ctx, func(s *record.Session) error {
		needed, err := sales.NeedsRelearning(ctx, s)
		wanted = wanted || needed
		return err
	}); err != nil || !wanted {
		return err
	}
	learnt, err := sales.LearnPredictions(ctx, w.glimpse)
	if err != nil {
		return err
	}
	return w.Write(ctx, asOracle, func(s *record.Session) error { return sales.KeepPredictions(ctx, s, learnt) })
}

// Foretell writes the chances of some open deals, or of all where none are named,
// a portion a transaction.
func (w *Workspace) Foretell(ctx context.Context, j sales.Foretell) error {
	work, err := sales.BeginForetelling(ctx, w.glimpse, j)
	if err != nil || work == nil {
		return err
	}
	return w.goOn(ctx, func() jobs.Job { return work.Rest }, func() (bool, error) {
		told, err := work.Next(ctx)
		if err == nil && len(told) > 0 {
			err = w.Write(ctx, asOracle, func(s *record.Session) error { return sales.KeepForetold(ctx, s, told) }, store.Batch)
		}
		return work.More, err
	})
}
