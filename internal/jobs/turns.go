package jobs

import (
	"context"
	"sync"
)

// turns is the line in which workspaces wait to be drained. One stands in it
// once; one that is woken while it has its turn gets another, at the end.
type turns struct {
	mu      sync.Mutex
	line    []string
	waiting map[string]bool
	busy    map[string]bool // has its turn now; true: and was woken since
	ready   chan struct{}   // closed and replaced when something changes
	closed  bool
}

func newTurns() *turns {
	return &turns{waiting: map[string]bool{}, busy: map[string]bool{}, ready: make(chan struct{})}
}

func (t *turns) add(workspace string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, now := t.busy[workspace]; now {
		t.busy[workspace] = true
		return
	}
	t.join(workspace)
}

func (t *turns) join(workspace string) {
	if !t.waiting[workspace] {
		t.waiting[workspace] = true
		t.line = append(t.line, workspace)
		t.changed()
	}
}

func (t *turns) changed() {
	close(t.ready)
	t.ready = make(chan struct{})
}

// next waits for a workspace; false when there will be none any more.
func (t *turns) next(ctx context.Context) (string, bool) {
	for {
		t.mu.Lock()
		if t.closed {
			t.mu.Unlock()
			return "", false
		}
		if len(t.line) > 0 {
			workspace := t.line[0]
			t.line = t.line[1:]
			delete(t.waiting, workspace)
			t.busy[workspace] = false
			t.mu.Unlock()
			return workspace, true
		}
		ready := t.ready
		t.mu.Unlock()
		select {
		case <-ready:
		case <-ctx.Done():
			return "", false
		}
	}
}

// end gives the turn back; more asks for another one.
func (t *turns) end(workspace string, more bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	again := t.busy[workspace] || more
	delete(t.busy, workspace)
	if again {
		t.join(workspace)
	}
	t.changed()
}

func (t *turns) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	t.changed()
}

// drained waits until no workspace has its turn and, unless closed, none waits.
func (t *turns) drained(ctx context.Context) {
	for {
		t.mu.Lock()
		idle, ready := len(t.busy) == 0 && (t.closed || len(t.line) == 0), t.ready
		t.mu.Unlock()
		if idle {
			return
		}
		select {
		case <-ready:
		case <-ctx.Done():
			return
		}
	}
}
