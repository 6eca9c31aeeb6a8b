package access

import (
	"runtime"
	"sync"
	"time"

	"wellmet/internal/store"
)

// Needs is what sign-in is made of.
type Needs struct {
	Control *store.DB
	Clock   func() time.Time // nil = time.Now
	// Cost of a password hash; zero = DefaultCost. Tests take less.
	Cost Cost
}

// Auth keeps users, their sign-in, sessions and tokens in the control
// database. It is safe for concurrent use, and keeps nothing that another
// process could not know.
type Auth struct {
	db    *store.DB
	clock func() time.Time
	cost  Cost
	// slots bounds how many passwords are hashed at once, because each takes
	// the memory its cost says.
	slots chan struct{}
	// decoy is hashed against when there is no such user, so that the answer
	// takes as long.
	decoy func() string
	// hashed is called after every hash; for tests of the work done.
	hashed func()
}

// NewAuth prepares sign-in over a control database.
func NewAuth(n Needs) *Auth {
	if n.Clock == nil {
		n.Clock = time.Now
	}
	if n.Cost == (Cost{}) {
		n.Cost = DefaultCost
	}
	a := &Auth{db: n.Control, clock: n.Clock, cost: n.Cost, hashed: func() {}}
	a.slots = make(chan struct{}, max(2, min(4, runtime.NumCPU())))
	a.decoy = sync.OnceValue(func() string { return n.Cost.hash(newSecret(), newSalt()) })
	return a
}

// now is whole milliseconds, as the database keeps them.
func (a *Auth) now() time.Time { return a.clock().UTC().Truncate(time.Millisecond) }
