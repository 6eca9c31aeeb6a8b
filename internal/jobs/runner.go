package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Needs are what a Runner works with.
type Needs struct {
	Server *store.Server
	Clock  func() time.Time // nil = time.Now
	Log    *slog.Logger     // nil = slog.Default()
	Tuning Tuning
}

// Tuning changes what the defaults below say; for tests and odd installations.
type Tuning struct {
	Workers   int           // queued jobs at a time on this node: 8
	Drains    int           // workspaces drained at a time: 4
	InQueue   int           // jobs of one workspace in the queue at a time: 16
	Sweep     time.Duration // looking for forgotten work: 1 minute
	Heartbeat time.Duration // a node counts as dead after three of them: 15 s
	Rescue    time.Duration // a job running longer is started again: 3 minutes
	FirstWait time.Duration // before the second attempt, doubled for each further one: 5 s
}

func (t Tuning) filled() Tuning {
	set := func(d *time.Duration, otherwise time.Duration) {
		if *d <= 0 {
			*d = otherwise
		}
	}
	count := func(n *int, otherwise int) {
		if *n <= 0 {
			*n = otherwise
		}
	}
	count(&t.Workers, 8)
	count(&t.Drains, 4)
	count(&t.InQueue, 16)
	set(&t.Sweep, time.Minute)
	set(&t.Heartbeat, 15*time.Second)
	set(&t.Rescue, 3*time.Minute)
	set(&t.FirstWait, 5*time.Second)
	return t
}

// Options of a kind of job.
type Options struct {
	Inside   bool          // runs and is marked in one workspace transaction
	Timeout  time.Duration // 60 s at most, the default
	Attempts int           // 12 unless set; with the default waits they span about six hours
}

// MaxTimeout is the longest that one job may take; longer work is chained.
const MaxTimeout = time.Minute

type handler struct {
	Options
	run func(ctx context.Context, run Run, payload string) error
}

// Runner runs the jobs of all workspaces. One process has one.
type Runner struct {
	server *store.Server
	now    func() time.Time
	log    *slog.Logger
	tuning Tuning
	node   string

	handlers map[string]*handler
	periodic []*periodic
	turns    *turns
	alarms   *alarms
	marks    marks

	mu      sync.Mutex
	queue   queue
	stop    context.CancelFunc
	running sync.WaitGroup
}

// New makes a runner that does nothing until Start.
func New(n Needs) *Runner {
	if n.Clock == nil {
		n.Clock = time.Now
	}
	if n.Log == nil {
		n.Log = slog.Default()
	}
	r := &Runner{
		server: n.Server, now: n.Clock, log: n.Log, tuning: n.Tuning.filled(),
		node:     "node-" + value.NewID(time.Now()).String(),
		handlers: map[string]*handler{}, turns: newTurns(),
		marks: marks{at: map[string]time.Time{}},
	}
	r.alarms = &alarms{next: map[string]alarm{}, ring: r.turns.add}
	return r
}

// Handle says how jobs of J's kind run. All handlers are there before Start.
func Handle[J Job](r *Runner, o Options, fn func(ctx context.Context, run Run, job J) error) {
	if o.Timeout <= 0 || o.Timeout > MaxTimeout {
		o.Timeout = MaxTimeout
	}
	if o.Attempts <= 0 {
		o.Attempts = 12
	}
	var zero J
	kind := zero.Kind()
	if _, twice := r.handlers[kind]; twice {
		panic("jobs: two handlers for " + kind)
	}
	r.handlers[kind] = &handler{Options: o, run: func(ctx context.Context, run Run, payload string) (err error) {
		var job J
		if err := json.Unmarshal([]byte(payload), &job); err != nil {
			return fmt.Errorf("read job: %w", err)
		}
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v", p)
			}
		}()
		return fn(ctx, run, job)
	}}
}

// Start begins to run jobs; it first sweeps what an earlier life left behind.
func (r *Runner) Start(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stop != nil {
		return errors.New("jobs: started twice")
	}
	if err := r.appear(ctx); err != nil {
		return fmt.Errorf("start jobs: %w", err)
	}
	q, err := newRiver(ctx, r)
	if err != nil {
		return fmt.Errorf("start jobs: %w", err)
	}
	if err := r.adopt(ctx); err != nil {
		return errors.Join(fmt.Errorf("start jobs: %w", err), q.stop(ctx), q.close())
	}
	if err := q.start(ctx); err != nil {
		return errors.Join(fmt.Errorf("start jobs: %w", err), q.stop(ctx), q.close())
	}
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	r.queue, r.stop = q, stop
	r.alarms.start()
	for range r.tuning.Drains {
		r.running.Go(func() { r.drainLoop(life) })
	}
	r.running.Go(func() { r.beat(life) })
	r.running.Go(func() { r.sweepLoop(life) })
	return nil
}

// Stop lets running jobs end and starts no others. When ctx ends first, they are
// cancelled; they run again after the next start.
func (r *Runner) Stop(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stop == nil {
		return nil
	}
	r.alarms.stop()
	r.turns.close()
	err := r.queue.stop(ctx)
	r.turns.drained(ctx) // turns under way end; their transactions are short
	r.stop()
	r.running.Wait()
	r.stop = nil
	// A turn that ends last may still queue what it found.
	return errors.Join(err, r.queue.close(), r.leave(context.WithoutCancel(ctx)))
}

// Wake says that outbox rows of this workspace have been committed.
func (r *Runner) Wake(workspace string) { r.turns.add(workspace) }
