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
// work goes on in further jobs.
func (a *App) everywhere(name string, interval time.Duration, due func(context.Context, *record.Session) (bool, error), list ...jobs.Job) {
	who := record.AsSystem(name)
	a.jobs.Every(name, interval, func(ctx context.Context) error {
		return a.each(ctx, func(w *Workspace) error {
			wanted := due == nil
			if !wanted {
				if err := w.Read(ctx, who, func(s *record.Session) (err error) {
					wanted, err = due(ctx, s)
					return err
				}); err != nil {
					return err
				}
			}
			if !wanted {
				return nil
			}
			return w.Write(ctx, who, func(s *record.Session) error { return askOnce(ctx, s, list) })
		})
	})
}

// askOnce leaves out the kinds of which some still wait to be done.
func askOnce(ctx context.Context, s *record.Session, list []jobs.Job) error {
	waits := map[string]bool{}
	for _, j := range list {
		is, err := jobs.Waits(ctx, s.Tx(), j.Kind())
		if err != nil {
			return err
		}
		waits[j.Kind()] = is
	}
	for _, j := range list {
		if waits[j.Kind()] {
			continue
		}
		if err := s.Later(j); err != nil {
			return err
		}
	}
	return nil
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
