package access

import (
	"sync"
	"time"
)

// Limiter counts calls by key: so many in a window that begins with the first.
// What it knows is worth one window, so each node keeps its own. It is safe for
// concurrent use.
type Limiter struct {
	now    func() time.Time
	most   int
	window time.Duration
	mu     sync.Mutex
	counts map[string]count
}

type count struct {
	from time.Time
	n    int
}

// mostCounted are the keys that a limiter remembers.
const mostCounted = 100_000

// NewLimiter makes one that goes by the clock.
func NewLimiter(clock func() time.Time, most int, window time.Duration) *Limiter {
	return &Limiter{now: clock, most: most, window: window, counts: map[string]count{}}
}

// Count counts one call. Where it is one too many, wait is how long there are to
// be no more, and n how many came in the window.
func (l *Limiter) Count(key string) (n int, wait time.Duration) {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.counts[key]
	if now.Sub(c.from) >= l.window {
		c = count{from: now}
	}
	c.n++
	if len(l.counts) > mostCounted {
		clear(l.counts)
	}
	l.counts[key] = c
	if c.n > l.most {
		wait = c.from.Add(l.window).Sub(now)
	}
	return c.n, wait
}
