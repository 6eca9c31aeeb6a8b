package app

import (
	"context"
	"time"

	"wellmet/internal/activity"
	"wellmet/internal/commerce"
	"wellmet/internal/ownership"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
)

// newProcess lets blueprints and rules of a workspace reach the rooms above
// theirs.
func (a *App) newProcess(owners *ownership.Room) *process.Process {
	return process.New(process.Needs{Task: makeTask, Assign: owners.Assign, Paper: commerce.Letter, NoMail: sales.NoMail, Private: a.config.PrivateHooks, Seal: a.server.Seal, Unseal: a.server.Unseal,
		Now: a.Now, Arrivals: map[string]process.Arrival{sales.Leads.Name: {Come: sales.ComeByHook, Again: sales.ComeAgainByHook, Open: sales.Joinable, Closed: sales.NotOpen()}}})
}

// makeTask makes the task that an automation asks for.
func makeTask(ctx context.Context, s *record.Session, t process.Task) error {
	v := record.With(record.Values{}, activity.Kind, activity.Task)
	record.With(v, activity.Subject, t.Subject)
	record.With(v, activity.Targets, []schema.Ref{t.About})
	if t.Due.Set {
		record.With(v, activity.DueAt, t.Due.At)
	}
	v["owner"] = nil
	if t.Owner != 0 {
		v["owner"] = t.Owner
	}
	_, err := s.Create(ctx, activity.Activities.Name, v)
	return err
}

// handleProcess runs what blueprints, rules and webhooks leave for later.
func (a *App) handleProcess() {
	process.Handle(a.jobs, func(ctx context.Context, slug string) (*record.Engine, *process.Process, error) {
		w, err := a.Workspace(ctx, slug)
		if err != nil {
			return nil, nil, err
		}
		return w.engine, w.process, nil
	})
	a.jobs.Every("process", time.Minute, func(ctx context.Context) error {
		return a.each(ctx, func(w *Workspace) error { return w.process.Tick(ctx, w.engine) })
	})
}

// Process does what blueprints, rules and webhooks say.
func (w *Workspace) Process() *process.Process { return w.process }
