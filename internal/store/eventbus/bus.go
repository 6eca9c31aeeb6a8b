package eventbus

import (
	"sync"

	"wellmet/internal/value"
)

// Event is a hint. Version is the newest one heard of.
type Event struct {
	Workspace string   `json:"w"`
	Object    string   `json:"o"`
	ID        value.ID `json:"i"` // 0 = many records of the object
	Version   int64    `json:"v,omitempty"`
}

// Bus carries events to every subscriber on every node.
type Bus interface {
	// Publish returns at once and cannot fail: an event is a hint.
	Publish(events ...Event)
	// Subscribe calls fn with each batch, one after the other, until cancel returns. fn must be quick: it
	// holds up the other subscribers.
	Subscribe(fn func([]Event)) (cancel func())
	// Close delivers what was published and stops.
	Close() error
}

// subscribers is the list both kinds of bus share.
type subscribers struct {
	mu   sync.RWMutex
	next int
	fns  map[int]func([]Event)
}

func (s *subscribers) Subscribe(fn func([]Event)) (cancel func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fns == nil {
		s.fns = map[int]func([]Event){}
	}
	n := s.next
	s.next++
	s.fns[n] = fn
	return func() {
		s.mu.Lock() // waits for a delivery under way
		defer s.mu.Unlock()
		delete(s.fns, n)
	}
}

func (s *subscribers) deliver(events []Event) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, fn := range s.fns {
		fn(events)
	}
}

// pending collects events until somebody takes them; one record is in it once.
type pending struct {
	mu     sync.Mutex
	order  []Event // Version 0: the newest is in newest
	newest map[Event]int64
	wake   chan struct{} // holds at most one signal
	closed bool
}

// maxPending bounds a burst: past it the events of an object shrink to one about many of its records.
const maxPending = 10_000

func newPending() *pending { return &pending{newest: map[Event]int64{}, wake: make(chan struct{}, 1)} }

func (p *pending) add(events []Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	for _, e := range events {
		key := e
		key.Version = 0
		if len(p.order) >= maxPending {
			key.ID = 0
		}
		if _, there := p.newest[key]; !there {
			p.order = append(p.order, key)
		}
		p.newest[key] = max(p.newest[key], e.Version)
	}
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// take empties it; more is false once it is closed and empty.
func (p *pending) take() (events []Event, more bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	events = p.order
	for i, key := range events {
		events[i].Version = p.newest[key]
	}
	p.order, p.newest = nil, map[Event]int64{}
	return events, !p.closed
}

func (p *pending) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.closed = true
		close(p.wake)
	}
}
