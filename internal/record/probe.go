package record

import (
	"sync"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// How often a member may learn that a value is already in use by a record he
// does not see, which is one of the two ways in which such a record shows
// (engine decision 5): enough for mistakes, too little to try out a list of
// addresses. An import meets many at once; it is kept with its file.
const (
	mostProbes       = 30
	mostImportProbes = 2_000
	probeWindow      = time.Hour
)

// probeBook counts, on this node, what members met of unseen records.
type probeBook struct {
	mu    sync.Mutex
	known map[probeKey]probeCount
}

type probeKey struct {
	member    value.ID
	importing bool
}

type probeCount struct {
	n     int
	until time.Time
}

// add counts n more and answers how long the member has to wait, 0 = not at all.
func (b *probeBook) add(key probeKey, n int, now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.known == nil {
		b.known = map[probeKey]probeCount{}
	}
	c := b.known[key]
	if !now.Before(c.until) {
		c = probeCount{until: now.Add(probeWindow)}
	}
	most := mostProbes
	if key.importing {
		most = mostImportProbes
	}
	c.n = min(c.n+n, most+1)
	if n > 0 {
		b.known[key] = c
	}
	if c.n > most {
		return c.until.Sub(now)
	}
	return 0
}

// MayProbe refuses who met too many values of unseen records, before he learns
// of another one.
func (s *Session) MayProbe() error {
	return s.probed(nil, 0)
}

// Probed counts and logs that the actor met n values of a field that records
// out of his sight have. What they are is not logged.
func (s *Session) Probed(f *schema.FieldDef, n int) error {
	if n == 0 {
		return nil
	}
	return s.probed(f, n)
}

func (s *Session) probed(f *schema.FieldDef, n int) error {
	if s.actor.System() {
		return nil
	}
	wait := s.engine.probes.add(probeKey{s.actor.Member(), s.who.Imports()}, n, s.now)
	if n > 0 {
		s.engine.needs.Log.Warn("value already in use by a record out of sight", "member", s.actor.Member().String(),
			"field", f.String(), "count", n, "door", s.who.Door, "limited", wait > 0)
	}
	if wait == 0 {
		return nil
	}
	minutes := int64((wait + time.Minute - 1) / time.Minute)
	return fault.New(fault.TooMany, "record.probing", fault.Args{"minutes": minutes, "retry_after": int64((wait + time.Second - 1) / time.Second)})
}
