package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"wellmet/internal/jobs"
	"wellmet/internal/record"
)

// handle has jobs done in the workspace that asked for them.
func handle[J jobs.Job](a *App, do func(*Workspace, context.Context, J) error) {
	jobs.Handle(a.jobs, jobs.Options{}, func(ctx context.Context, run jobs.Run, j J) error {
		w, err := a.Workspace(ctx, run.Workspace)
		if err != nil {
			return err
		}
		return do(w, ctx, j)
	})
}

// each does something short in every workspace. Trouble in one does not keep it
// from the others.
func (a *App) each(ctx context.Context, do func(*Workspace) error) error {
	slugs, err := a.server.Workspaces(ctx)
	if err != nil {
		return err
	}
	var all error
	for _, slug := range slugs {
		w, err := a.Workspace(ctx, slug)
		if err == nil {
			err = do(w)
		}
		if ctx.Err() != nil {
			return errors.Join(all, err)
		}
		if err != nil {
			all = errors.Join(all, fmt.Errorf("workspace %s: %w", slug, err))
		}
	}
	return all
}

// everywhere asks for jobs in every workspace once an interval, where due says
// so. What may take long is such a job and not done on the spot: each workspace
// has time of its own then, a failure is tried again later and later, and long
// work goes on in further jobs. A workspace that cannot even be asked waits for
// the next time, so that the others are not asked anew on its account.
func (a *App) everywhere(name string, interval time.Duration, due func(context.Context, *record.Session) (bool, error), list ...jobs.Job) {
	a.jobs.Every(name, interval, func(ctx context.Context) error {
		return a.each(ctx, func(w *Workspace) error {
			if err := w.askOnce(ctx, record.AsSystem(name), due, list); err != nil {
				a.Log().Error("ask for work", "name", name, "workspace", w.Slug(), "error", err)
			}
			return nil
		})
	})
}

// askOnce asks for the jobs of a list that do not wait to be done already.
func (w *Workspace) askOnce(ctx context.Context, who record.Who, due func(context.Context, *record.Session) (bool, error), list []jobs.Job) error {
	var missing []jobs.Job
	if err := w.Read(ctx, who, func(s *record.Session) error {
		if due != nil {
			if is, err := due(ctx, s); err != nil || !is {
				return err
			}
		}
		for _, j := range list {
			waits, err := jobs.Waits(ctx, s.Tx(), j)
			if err != nil {
				return err
			}
			if !waits {
				missing = append(missing, j)
			}
		}
		return nil
	}); err != nil || len(missing) == 0 {
		return err
	}
	return w.Write(ctx, who, func(s *record.Session) error {
		for _, j := range missing {
			if err := s.Later(j); err != nil {
				return err
			}
		}
		return nil
	})
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
			return w.later(ctx, rest())
		}
	}
}

// later asks for a job.
func (w *Workspace) later(ctx context.Context, j jobs.Job) error {
	return w.Write(ctx, record.AsSystem(j.Kind()), func(s *record.Session) error { return s.Later(j) })
}
