package app

import (
	"context"
	"time"

	"wellmet/internal/jobs"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
)

// handleForecast keeps what the forecast was each day, and learns each night
// what the company's history lets be expected. It looks every hour, since the
// night falls at another hour in each workspace.
func (a *App) handleForecast() {
	handle(a, func(w *Workspace, ctx context.Context, j sales.KeepForecast) error {
		return w.goOn(ctx, func() jobs.Job { return j }, func() (bool, error) { return w.keepSome(ctx, &j, jobStep) })
	})
	a.everywhere("forecast", time.Hour, forecastDue, sales.KeepForecast{})
}

// forecastDue reports whether nights are to be kept, and nobody goes on with that.
func forecastDue(ctx context.Context, s *record.Session) (bool, error) {
	if goesOn, err := jobs.Waits(ctx, s.Tx(), sales.KeepForecast{Few: true}); err != nil || goesOn {
		return false, err
	}
	return sales.ForecastDue(ctx, s)
}

// KeepForecast keeps the snapshots of the days that have ended, and learns once
// a day, however long that takes.
func (w *Workspace) KeepForecast(ctx context.Context) error {
	for j := (sales.KeepForecast{}); ; {
		if more, err := w.keepSome(ctx, &j, 0); err != nil || !more {
			return err
		}
	}
}

// keepSome keeps some of the days, and learns when all are kept. Where the past is
// too long to be read within a limit (0 = none), few days are made up at a time from
// then on, so that each of them stays.
func (w *Workspace) keepSome(ctx context.Context, j *sales.KeepForecast, limit time.Duration) (more bool, err error) {
	var days *sales.Snapshots
	err = w.Read(ctx, asKeeper, func(s *record.Session) (err error) {
		days, err = sales.TakeSnapshots(ctx, s, j.Few)
		return err
	}, store.Export)
	if err != nil {
		return false, err
	}
	if days == nil {
		return false, w.learnRange(ctx)
	}
	read, err := w.readDays(ctx, days, limit)
	if err == nil && !read {
		j.Few = true
		return true, nil
	}
	if err == nil {
		err = w.keepDays(ctx, days)
	}
	return true, err
}

// asKeeper keeps snapshots.
var asKeeper = record.AsSystem("forecast snapshots")

// readDays reads the past in portions while others write, and tells whether it came
// to the end within the limit.
func (w *Workspace) readDays(ctx context.Context, days *sales.Snapshots, limit time.Duration) (read bool, err error) {
	began := time.Now()
	for more := true; more; {
		if limit > 0 && time.Since(began) > limit {
			return false, nil
		}
		if err := w.Read(ctx, asKeeper, func(s *record.Session) (err error) {
			more, err = days.Read(ctx, s)
			return err
		}, store.Report); err != nil {
			return false, err
		}
	}
	return true, nil
}

// keepDays writes what was read, in portions too.
func (w *Workspace) keepDays(ctx context.Context, days *sales.Snapshots) error {
	for x := days.Next(); x != nil; x = days.Next() {
		for more := true; more; x.Kept() {
			if err := w.Write(ctx, asKeeper, func(s *record.Session) (err error) {
				more, err = x.Keep(ctx, s)
				return err
			}, store.Batch); err != nil {
				return err
			}
		}
	}
	return nil
}

// learnRange learns while others write, and only then keeps it.
func (w *Workspace) learnRange(ctx context.Context) error {
	who := record.AsSystem("forecast model")
	var learnt *sales.Foreknown
	err := w.Read(ctx, who, func(s *record.Session) (err error) {
		learnt, err = sales.LearnRange(ctx, s)
		return err
	}, store.Export)
	if err != nil || learnt == nil {
		return err
	}
	return w.Write(ctx, who, func(s *record.Session) error { return sales.KeepRange(ctx, s, learnt) })
}
