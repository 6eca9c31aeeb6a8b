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
	jobs.Handle(a.jobs, jobs.Options{}, func(ctx context.Context, run jobs.Run, j sales.FollowStage) error {
		w, err := a.Workspace(ctx, run.Workspace)
		if err != nil {
			return err
		}
		return w.FollowStage(ctx, j)
	})
	jobs.Handle(a.jobs, jobs.Options{}, func(ctx context.Context, run jobs.Run, _ sales.FillLost) error {
		w, err := a.Workspace(ctx, run.Workspace)
		if err != nil {
			return err
		}
		return w.FillLostStages(ctx)
	})
	a.jobs.Every("lost stages", 24*time.Hour, func(ctx context.Context) error {
		return a.each(ctx, func(w *Workspace) error { return w.FillLostStages(ctx) })
	})
	jobs.Handle(a.jobs, jobs.Options{}, func(ctx context.Context, run jobs.Run, _ sales.FillPaths) error {
		w, err := a.Workspace(ctx, run.Workspace)
		if err != nil {
			return err
		}
		return w.FillPaths(ctx)
	})
	a.jobs.Every("paths", 24*time.Hour, func(ctx context.Context) error {
		return a.each(ctx, func(w *Workspace) error { return w.FillPaths(ctx) })
	})
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

// jobStep is how long a job works on portions before it lets others go first. It
// is well within what a job may take.
const jobStep = 30 * time.Second

// goOn does portion after portion, and asks for the job that does the rest when
// it has been at it for long.
func (w *Workspace) goOn(ctx context.Context, rest func() jobs.Job, portion func() (more bool, err error)) error {
	began := time.Now()
	for {
		more, err := portion()
		if err != nil || !more {
			return err
		}
		if time.Since(began) > jobStep {
			return w.Write(ctx, record.AsSystem(rest().Kind()+" goes on"), func(s *record.Session) error { return s.Later(rest()) })
		}
	}
}
