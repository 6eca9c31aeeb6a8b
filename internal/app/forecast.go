package app

import (
	"context"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
)

// handleForecast keeps what the forecast was each day, and learns each night
// what the company's history lets be expected. It looks every hour, since the
// night falls at another hour in each workspace.
func (a *App) handleForecast() {
	handle(a, func(w *Workspace, ctx context.Context, _ sales.KeepForecast) error { return w.KeepForecast(ctx) })
	a.everywhere("forecast", time.Hour, sales.ForecastDue, sales.KeepForecast{})
}

// KeepForecast keeps the snapshots of the days that have ended, and learns once
// a day.
func (w *Workspace) KeepForecast(ctx context.Context) error {
	for {
		some, err := w.keepSnapshots(ctx)
		if err != nil {
			return err
		}
		if !some {
			return w.learnRange(ctx)
		}
	}
}

// keepSnapshots reads days that have ended while others write, and keeps them, both
// in portions; it tells whether there were any.
func (w *Workspace) keepSnapshots(ctx context.Context) (some bool, err error) {
	who := record.AsSystem("forecast snapshots")
	var days *sales.Snapshots
	err = w.Read(ctx, who, func(s *record.Session) (err error) {
		days, err = sales.TakeSnapshots(ctx, s)
		return err
	}, store.Export)
	if err != nil || days == nil {
		return false, err
	}
	for more := true; more; {
		if err := w.Read(ctx, who, func(s *record.Session) (err error) {
			more, err = days.Read(ctx, s)
			return err
		}, store.Report); err != nil {
			return false, err
		}
	}
	for x := days.Next(); x != nil; x = days.Next() {
		for more := true; more; x.Kept() {
			if err := w.Write(ctx, who, func(s *record.Session) (err error) {
				more, err = x.Keep(ctx, s)
				return err
			}, store.Batch); err != nil {
				return false, err
			}
		}
	}
	return true, nil
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
