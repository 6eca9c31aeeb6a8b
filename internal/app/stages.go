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

// handleStages lets deals follow stages that say something else now, and tells
// records of what an older program did not keep: in which stage they were lost,
// and through which they went.
func (a *App) handleStages() {
	handle(a, (*Workspace).FollowStage)
	handle(a, func(w *Workspace, ctx context.Context, _ sales.FillLost) error { return w.FillLostStages(ctx) })
	handle(a, (*Workspace).PromiseAnew)
	a.everywhere("answers due", 24*time.Hour, nil, sales.Promise{}) // open hours and holidays may be others by now
	handle(a, func(w *Workspace, ctx context.Context, _ sales.FillPaths) error { return w.FillPaths(ctx) })
	handle(a, func(w *Workspace, ctx context.Context, _ sales.MarkAmounts) error { return w.MarkAmounts(ctx) })
	handle(a, func(w *Workspace, ctx context.Context, _ sales.MarkTouches) error { return w.MarkTouches(ctx) })
	a.everywhere("touches", 24*time.Hour, unfilled(sales.MarkedTouches), sales.MarkTouches{})
	a.everywhere("lost stages", 24*time.Hour, unfilled(sales.LostStages), sales.FillLost{})
	a.everywhere("paths", 24*time.Hour, unfilled(sales.WrittenPaths), sales.FillPaths{})
	a.everywhere("deal amounts", 24*time.Hour, unfilled(sales.MarkedAmounts), sales.MarkAmounts{})
	a.jobs.Every("deal teams", 24*time.Hour, func(ctx context.Context) error {
		return a.each(ctx, func(w *Workspace) error { return w.OpenTeams(ctx) })
	})
}

// followAtOnce is how many deals a transaction brings to what their stage says:
// few enough that nobody who writes waits for long.
const followAtOnce = 100

// FollowStage brings the deals in a stage to what it says. The rest of a long run
// goes on after the last one, so that those which a rule refuses are tried once.
func (w *Workspace) FollowStage(ctx context.Context, j sales.FollowStage) error {
	who := record.AsSystem("stage changed")
	var ids []value.ID
	err := w.Read(ctx, who, func(s *record.Session) (err error) {
		ids, err = j.Behind(ctx, s)
		return err
	}, store.Export)
	if err != nil || len(ids) == 0 {
		return err
	}
	who.Cause = sales.FollowCause
	return w.goOn(ctx, func() jobs.Job { return j }, func() (bool, error) {
		n := min(len(ids), followAtOnce)
		err := w.Write(ctx, who, func(s *record.Session) error { return sales.Follow(ctx, s, ids[:n]) }, store.Batch)
		if err != nil {
			return false, err
		}
		j.After, ids = ids[n-1], ids[n:]
		return len(ids) > 0, nil
	})
}

// FillLostStages looks at the lost deals of an older program.
func (w *Workspace) FillLostStages(ctx context.Context) error { return w.fill(ctx, sales.LostStages) }

// FillPaths looks at the deals and leads of an older program.
func (w *Workspace) FillPaths(ctx context.Context) error { return w.fill(ctx, sales.WrittenPaths) }

// MarkAmounts looks at the amounts of an older program.
func (w *Workspace) MarkAmounts(ctx context.Context) error { return w.fill(ctx, sales.MarkedAmounts) }

// MarkTouches looks at the touches of an older program.
func (w *Workspace) MarkTouches(ctx context.Context) error { return w.fill(ctx, sales.MarkedTouches) }

func unfilled(f sales.Filling) func(context.Context, *record.Session) (bool, error) {
	return func(ctx context.Context, s *record.Session) (bool, error) {
		done, err := f.Done(ctx, s)
		return !done, err
	}
}

// fill looks at records, a portion a transaction, and never again.
func (w *Workspace) fill(ctx context.Context, f sales.Filling) error {
	who := record.AsSystem(f.Job().Kind())
	filled := false
	err := w.Read(ctx, who, func(s *record.Session) (err error) {
		filled, err = f.Done(ctx, s)
		return err
	})
	if err != nil || filled {
		return err
	}
	return w.goOn(ctx, f.Job, func() (more bool, err error) {
		err = w.Write(ctx, who, func(s *record.Session) (err error) {
			more, err = f.Fill(ctx, s)
			return err
		}, store.Batch)
		return more, err
	})
}

// PromiseAnew tells until when leads are to be answered, a portion a transaction.
func (w *Workspace) PromiseAnew(ctx context.Context, j sales.Promise) error {
	return w.goOn(ctx, func() jobs.Job { return j }, func() (more bool, err error) {
		var rest sales.Promise
		err = w.Write(ctx, record.AsSystem("answers due"), func(s *record.Session) (err error) {
			rest, more, err = sales.PromiseAnew(ctx, s, j)
			return err
		}, store.Batch)
		if err == nil {
			j = rest
		}
		return more, err
	})
}

// OpenTeams lets the teams of deals that an older program left read for whom they
// work, and never looks again.
func (w *Workspace) OpenTeams(ctx context.Context) error {
	who := record.AsSystem("deal teams")
	opened := false
	err := w.Read(ctx, who, func(s *record.Session) (err error) {
		opened, err = sales.TeamsOpened(ctx, s)
		return err
	})
	if err != nil || opened {
		return err
	}
	return w.Write(ctx, who, func(s *record.Session) error { return sales.OpenTeams(ctx, s) }, store.Batch)
}
