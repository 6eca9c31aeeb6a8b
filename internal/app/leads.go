package app

import (
	"context"
	"sync"
	"time"

	"wellmet/internal/jobs"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
)

// handleLeads lets cadences go on and scores fade.
func (a *App) handleLeads() {
	handle(a, (*Workspace).rescore)
	handle(a, (*Workspace).Refocus)
	a.everywhere("focus", 24*time.Hour, nil, sales.Refocus{})
	a.jobs.Every("cadences", time.Minute, func(ctx context.Context) error {
		return a.each(ctx, func(w *Workspace) error { return w.RunCadences(ctx) })
	})
	a.everywhere("scores", 24*time.Hour, nil, sales.Rescore{Object: sales.Leads.Name}, sales.Rescore{Object: sales.Deals.Name})
}

// RunCadences places all attempts that are due, a chunk a transaction.
func (w *Workspace) RunCadences(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var lanes sync.WaitGroup
	for range sales.CadenceLanes(w.engine.DB().Dialect()) {
		lanes.Go(func() {
			if err := w.runCadences(ctx); err != nil {
				stop(err) // only the first one counts
			}
		})
	}
	lanes.Wait()
	return context.Cause(ctx)
}

func (w *Workspace) runCadences(ctx context.Context) error {
	for more := true; more; {
		err := w.Write(ctx, record.AsSystem("cadences"), func(s *record.Session) (err error) {
			more, err = sales.RunCadences(ctx, s)
			return err
		}, store.Batch)
		if err != nil {
			return err
		}
	}
	return nil
}

// Refocus ranks all open deals, a chunk a transaction.
func (w *Workspace) Refocus(ctx context.Context, j sales.Refocus) error {
	return w.goOn(ctx, func() jobs.Job { return j }, func() (more bool, err error) {
		var next sales.Refocus
		err = w.Write(ctx, record.AsSystem("days pass"), func(s *record.Session) (err error) {
			next, more, err = j.Run(ctx, s)
			return err
		}, store.Batch)
		if err == nil {
			j = next
		}
		return more, err
	})
}

// rescore scores all open records, a chunk a transaction. Scoring twice does no
// harm, so that a crash begins anew.
func (w *Workspace) rescore(ctx context.Context, j sales.Rescore) error {
	return w.goOn(ctx, func() jobs.Job { return j }, func() (more bool, err error) {
		var next sales.Rescore
		err = w.Write(ctx, record.AsSystem("points fade"), func(s *record.Session) (err error) {
			next, more, err = j.Run(ctx, s)
			return err
		}, store.Batch)
		if err == nil {
			j = next
		}
		return more, err
	})
}
