package app

import (
	"context"
	"crypto/rand"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"wellmet/internal/notify"
	"wellmet/internal/record"
	"wellmet/internal/store/eventbus"
	"wellmet/internal/value"
)

const (
	// watchesPerSession bounds what one browser keeps open: it has six
	// connections to a server at most, and needs some for work.
	watchesPerSession = 3
	// hintMost is up to how many records of a batch are named one by one.
	hintMost = 50
)

// Live tells whoever watches that records have changed, after the commit and
// without their values: watchers read again, under their own rights.
type Live struct {
	bus eventbus.Bus

	mu      sync.Mutex
	watches []*Watch // oldest first
	over    bool
	gone    chan struct{} // closed with over

	node string // names this life of this process
	born time.Time
	last map[spot]time.Duration // when something was heard last, since born
}

// spot is an object of a workspace.
type spot struct{ workspace, object string }

// Watch is one browser page that wants hints.
type Watch struct {
	workspace, session string
	member             value.ID
	objects            []string

	mu      sync.Mutex
	pending []eventbus.Event
	ready   chan struct{} // one token while something is pending
	done    chan struct{} // closed when the watch is over
	once    sync.Once
}

// Ready has a token when there is something to take.
func (w *Watch) Ready() <-chan struct{} { return w.ready }

// Done is closed when the server hangs up: another page of the same session
// needed the place, or the server stops.
func (w *Watch) Done() <-chan struct{} { return w.done }

// Take answers what has been heard of since the last call; its token is spent
// with it, also when more came between the two.
func (w *Watch) Take() []eventbus.Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	heard := w.pending
	w.pending = nil
	select {
	case <-w.ready:
	default:
	}
	return heard
}

func (w *Watch) end() { w.once.Do(func() { close(w.done) }) }

func (w *Watch) hear(e eventbus.Event) {
	if e.Workspace != w.workspace || !slices.Contains(w.objects, e.Object) || e.Object == notify.Event && e.ID != w.member {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.pending {
		if p.Object == e.Object && (p.ID == e.ID || p.ID == 0) {
			return
		}
	}
	w.pending = append(w.pending, e)
	select {
	case w.ready <- struct{}{}:
	default:
	}
}

// newLive starts the bus: between nodes where there is a server for all of
// them, inside the process otherwise.
func newLive(ctx context.Context, c Config) *Live {
	l := &Live{gone: make(chan struct{}), node: rand.Text()[:8], born: time.Now(), last: map[spot]time.Duration{}}
	if url := c.Direct; c.Database != "" && !c.Beside && !c.Quiet {
		if url == "" {
			url = c.Database
		}
		bus, err := eventbus.NewPostgres(ctx, url, "wellmet_"+c.Prefix+"live", c.Log)
		if err == nil {
			l.bus = bus
		} else {
			c.Log.Warn("changes made through other servers do not show at once", "error", err)
		}
	}
	if l.bus == nil {
		l.bus = eventbus.NewLocal()
	}
	l.bus.Subscribe(l.tell)
	return l
}

func (l *Live) tell(events []eventbus.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range events {
		l.last[spot{e.Workspace, e.Object}] = time.Since(l.born)
		for _, w := range l.watches {
			w.hear(e)
		}
	}
}

// Mark names this moment on this node. A page keeps the mark of before it was
// read, and begins to watch a while after.
func (l *Live) Mark() string {
	return l.node + "." + strconv.FormatInt(int64(time.Since(l.born)), 36)
}

// Since reports whether anything was heard of an object after a mark. Another
// node's mark, or one of an earlier life, says nothing: then it may be.
func (l *Live) Since(mark, workspace, object string) bool {
	node, text, _ := strings.Cut(mark, ".")
	n, err := strconv.ParseInt(text, 36, 64)
	l.mu.Lock()
	defer l.mu.Unlock()
	return node != l.node || err != nil || l.last[spot{workspace, object}] >= time.Duration(n)
}

// Watch begins to listen for a member, who hears of his own notices alone; the
// oldest watch of a session with too many ends.
// Call the second result when the page is gone.
func (l *Live) Watch(workspace, session string, member value.ID, objects []string) (*Watch, func()) {
	w := &Watch{workspace: workspace, session: session, member: member, objects: objects, ready: make(chan struct{}, 1), done: make(chan struct{})}
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, other := range slices.Backward(l.watches) {
		if other.session != session {
			continue
		}
		if n++; n >= watchesPerSession {
			other.end()
		}
	}
	l.watches = append(l.watches, w)
	if l.over {
		w.end()
	}
	return w, func() { l.drop(w) }
}

func (l *Live) drop(w *Watch) {
	w.end()
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.Index(l.watches, w); i >= 0 {
		l.watches = slices.Delete(l.watches, i, i+1)
	}
}

// HangUp ends all watches and takes no more: a server that stops waits for
// nobody who merely listens.
func (l *Live) HangUp() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.over {
		l.over = true
		close(l.gone)
	}
	for _, w := range l.watches {
		w.end()
	}
}

// HungUp is closed when the server stops, for streams that are no watches.
func (l *Live) HungUp() <-chan struct{} { return l.gone }

func (l *Live) close() error {
	l.HangUp()
	return l.bus.Close()
}

// hints publishes what changed in a workspace once it is committed.
func (l *Live) hints(workspace string) record.Rule {
	return record.Rule{Name: "live pages", Applied: func(_ context.Context, s *record.Session, drafts []*record.Draft) error {
		if len(drafts) == 0 {
			return nil
		}
		object := drafts[0].Object.Name
		events := []eventbus.Event{{Workspace: workspace, Object: object}}
		if len(drafts) <= hintMost {
			events = events[:0]
			for _, d := range drafts {
				events = append(events, eventbus.Event{Workspace: workspace, Object: object, ID: d.ID})
			}
		}
		s.Tx().OnCommit(func() { l.bus.Publish(events...) })
		return nil
	}}
}

// hint publishes one change that is no record's.
func (l *Live) hint(workspace string) func(string, value.ID) {
	return func(object string, id value.ID) {
		l.bus.Publish(eventbus.Event{Workspace: workspace, Object: object, ID: id})
	}
}

// Live is the hints for pages that show records for long.
func (a *App) Live() *Live { return a.live }
