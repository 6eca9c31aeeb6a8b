package jobs

import (
	"sync"
	"time"
)

// alarms wake workspaces at a moment, each at its earliest one: a turn that
// reaches it finds the one after.
type alarms struct {
	mu      sync.Mutex
	next    map[string]alarm
	ring    func(workspace string)
	running bool
}

type alarm struct {
	at    time.Time
	timer *time.Timer
}

func (a *alarms) start() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.running = true
}

func (a *alarms) stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.running = false
	for workspace, one := range a.next {
		one.timer.Stop()
		delete(a.next, workspace)
	}
}

func (a *alarms) set(workspace string, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.running {
		return
	}
	if one, ok := a.next[workspace]; ok {
		if !at.Before(one.at) {
			return
		}
		one.timer.Stop()
	}
	a.next[workspace] = alarm{at, time.AfterFunc(time.Until(at), func() { a.fire(workspace, at) })}
}

func (a *alarms) fire(workspace string, at time.Time) {
	a.mu.Lock()
	if one, ok := a.next[workspace]; ok && one.at.Equal(at) {
		delete(a.next, workspace)
	}
	a.mu.Unlock()
	a.ring(workspace)
}
