package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

// riverQueue keeps tickets in River's tables in the control database.
type riverQueue[TTx any] struct {
	client *river.Client[TTx]
	shut   func() error
}

// Kind is River's name for all our tickets: what kind of job it is stands in
// the outbox.
func (ticket) Kind() string { return "outbox" }

// riverWorker hands tickets to the runner.
type riverWorker struct {
	river.WorkerDefaults[ticket]
	r *Runner
}

func (w *riverWorker) Work(ctx context.Context, job *river.Job[ticket]) error {
	return w.r.work(ctx, job.Args, job.Attempt)
}

// Timeout leaves time to note the end of a job that used its own.
func (w *riverWorker) Timeout(*river.Job[ticket]) time.Duration { return MaxTimeout + 20*time.Second }

// NextRetry: a ticket fails only when a database was out of reach.
func (w *riverWorker) NextRetry(job *river.Job[ticket]) time.Time {
	return time.Now().Add(w.r.backoff(min(job.Attempt, 4)))
}

// newRiver opens River on the installation's control database and migrates its
// tables, on connections of its own.
func newRiver(ctx context.Context, r *Runner) (queue, error) {
	direct, err := r.server.Direct()
	if err != nil {
		return nil, err
	}
	if direct.SQLite != nil {
		return openRiver[*sql.Tx](ctx, r, riversqlite.New(direct.SQLite), "", direct.SQLite.Close)
	}
	config, err := pgxpool.ParseConfig(direct.URL)
	if err != nil {
		return nil, err
	}
	config.MaxConns = 4 // one listens, the others fetch and complete
	// Where there is no direct address a pooler may stand in between: a
	// statement prepared on one of its connections is not there on the next.
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
	config.ConnConfig.StatementCacheCapacity, config.ConnConfig.DescriptionCacheCapacity = 0, 0
	config.ConnConfig.RuntimeParams["application_name"] = "wellmet queue"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	shut := func() error { pool.Close(); return nil }
	return openRiver[pgx.Tx](ctx, r, riverpgxv5.New(pool), direct.Schema, shut)
}

func openRiver[TTx any](ctx context.Context, r *Runner, driver riverdriver.Driver[TTx], schema string, shut func() error) (queue, error) {
	quiet := slog.New(leveled{r.log.Handler()})
	if err := migrateRiver(ctx, driver, schema, quiet); err != nil {
		return nil, errors.Join(err, shut())
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, &riverWorker{r: r})
	client, err := river.NewClient(driver, &river.Config{
		ID: r.node, Schema: schema, Logger: quiet, Workers: workers,
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: r.tuning.Workers}},
		FetchCooldown:        20 * time.Millisecond,
		FetchPollInterval:    time.Second,
		JobTimeout:           MaxTimeout + 20*time.Second,
		RescueStuckJobsAfter: r.tuning.Rescue,
		MaxAttempts:          1000, // the outbox decides when to give up

		CompletedJobRetentionPeriod: time.Hour,
	})
	if err != nil {
		return nil, errors.Join(err, shut())
	}
	return &riverQueue[TTx]{client: client, shut: shut}, nil
}

// migrateRiver tries again: nodes that start together migrate together, and all
// but one of them fail.
func migrateRiver[TTx any](ctx context.Context, driver riverdriver.Driver[TTx], schema string, log *slog.Logger) error {
	m, err := rivermigrate.New(driver, &rivermigrate.Config{Schema: schema, Logger: log})
	if err != nil {
		return err
	}
	for n := 1; ; n++ {
		if _, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil); err == nil || n == 5 {
			break
		}
		select {
		case <-time.After(time.Duration(n) * 200 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err != nil {
		return fmt.Errorf("migrate queue: %w", err)
	}
	return nil
}

// live are the states in which a ticket must not stand in the queue twice.
var live = []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStatePending,
	rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled}

func (q *riverQueue[TTx]) insert(ctx context.Context, tickets []ticket) error {
	params := make([]river.InsertManyParams, len(tickets))
	for i, t := range tickets {
		params[i] = river.InsertManyParams{Args: t, InsertOpts: &river.InsertOpts{
			UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: live}}}
	}
	_, err := q.client.InsertMany(ctx, params)
	return err
}

func (q *riverQueue[TTx]) start(ctx context.Context) error {
	return q.client.Start(context.WithoutCancel(ctx))
}

func (q *riverQueue[TTx]) stop(ctx context.Context) error {
	err := q.client.Stop(ctx)
	if ctx.Err() != nil {
		cancelled, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		err = q.client.StopAndCancel(cancelled)
	}
	return err
}

func (q *riverQueue[TTx]) close() error { return q.shut() }

// leveled passes on warnings and worse: River tells much.
type leveled struct{ slog.Handler }

func (h leveled) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}
