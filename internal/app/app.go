package app

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/dedupe"
	"wellmet/internal/goal"
	"wellmet/internal/hours"
	"wellmet/internal/jobs"
	"wellmet/internal/marketing"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/store"
)

// App is a running installation. It is safe for concurrent use.
type App struct {
	config  Config
	server  *store.Server
	auth    *access.Auth
	jobs    *jobs.Runner
	reports *report.Book
	live    *Live
	forms   *marketing.Desk
	goals   *goal.Room

	mu         sync.Mutex
	workspaces map[string]*Workspace
}

// Open opens the databases and the workspace that the configuration names,
// which is made when it is missing, and starts the background jobs.
func Open(ctx context.Context, c Config) (*App, error) {
	c = c.filled()
	server, err := store.Open(ctx, store.Config{Dir: c.Dir, URL: c.Database, DirectURL: c.Direct, SchemaPrefix: c.Prefix,
		Sync: c.Sync, Log: c.Log, Now: c.Clock, Beside: c.Beside, Filling: c.Filling, Patience: c.Patience, OnStatement: c.OnStatement})
	if err != nil {
		return nil, err
	}
	a := &App{config: c, server: server, workspaces: map[string]*Workspace{},
		auth: access.NewAuth(access.Needs{Control: server.Control(), Clock: c.Clock, Cost: c.Cost}),
		jobs: jobs.New(jobs.Needs{Server: server, Clock: c.Clock, Log: c.Log})}
	a.live, a.forms, a.goals = newLive(ctx, c), marketing.NewDesk(c.Clock), goals()
	a.reports = reports(a.goals)
	a.handleJobs()
	a.handleSearch()
	a.handleProcess()
	if _, err := a.Workspace(ctx, c.Slug); err != nil {
		return nil, errors.Join(err, a.live.close(), server.Close())
	}
	if !c.Quiet {
		if err := a.jobs.Start(ctx); err != nil {
			return nil, errors.Join(err, a.live.close(), server.Close())
		}
	}
	return a, nil
}

// Close ends the background jobs and closes the databases.
func (a *App) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var stopped error
	if !a.config.Quiet {
		stopped = a.jobs.Stop(ctx)
	}
	return errors.Join(stopped, a.live.close(), a.server.Close())
}

// Auth is people's sign-in.
func (a *App) Auth() *access.Auth { return a.auth }

// Server is the databases.
func (a *App) Server() *store.Server { return a.server }

// Jobs runs what happens after commits.
func (a *App) Jobs() *jobs.Runner { return a.jobs }

// Log is where the app writes.
func (a *App) Log() *slog.Logger { return a.config.Log }

// Now is the app's clock.
func (a *App) Now() time.Time { return a.config.Clock() }

// Config is what the app was opened with.
func (a *App) Config() Config { return a.config }

// Default is the workspace that the configuration names.
func (a *App) Default(ctx context.Context) (*Workspace, error) {
	return a.Workspace(ctx, a.config.Slug)
}

// Workspace opens a workspace; only the configured one is made when missing.
func (a *App) Workspace(ctx context.Context, slug string) (*Workspace, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if w, ok := a.workspaces[slug]; ok {
		return w, nil
	}
	db, err := a.server.Workspace(ctx, slug, slug == a.config.Slug && !a.config.Beside)
	if err != nil {
		return nil, err
	}
	w := &Workspace{app: a, slug: slug, owners: owners()}
	w.process = a.newProcess(w.owners)
	w.engine = record.New(record.Needs{DB: db, Objects: objects(), Rules: append(rules(a, w), a.live.hints(slug)), Clock: a.config.Clock, Log: a.config.Log,
		Writing: func(ctx context.Context) error { return a.jobs.Writing(ctx, slug) }, Wake: func() { a.jobs.Wake(slug) }, Hint: a.live.hint(slug), Regain: dedupe.Regain, MayUndo: sales.MayUndo, Settled: sales.TimeChanged, Renamed: a.renamed, Effects: uses(a),
		Configuration: configuration(), Settings: map[string]record.Restore{hours.Subject: hours.Restore, mailSubject: restoreMailServer, goal.RaiseSubject: goal.RestoreRaise}})
	if err := w.open(ctx); err != nil {
		return nil, err
	}
	a.workspaces[slug] = w
	return w, nil
}

// Forms takes what strangers send.
func (a *App) Forms() *marketing.Desk { return a.forms }

// Reports are the standard reports.
func (a *App) Reports() *report.Book { return a.reports }

// Goals are the targets that can be set, and how far they are.
func (a *App) Goals() *goal.Room { return a.goals }
