package record

import (
	"context"
	"errors"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/jobs"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Who acts, and from where. Either Member or System is set.
type Who struct {
	Member value.ID
	// System is the reason why permission is skipped, a visible word in the
	// act; see AsSystem.
	System string
	Scopes []string // of an API token; nil = everything the member may do
	Door   string   // "api", "page", "cli", "import", "job" …
	Cause  string   // what was asked for, in a word: "deals.win"
	Note   string
	Parent value.ID // the act this one belongs to, such as an import
	// Act is one that goes on: long work of many transactions that is one act.
	Act    value.ID
	Locale string
	// Zone is the user's own, for what he types and sees; nil = workspace's.
	Zone *time.Location
	// Currency of bare amounts; "" = the workspace's.
	Currency string
	// Input reads people's spellings; zero = neutral.
	Input schema.Input
}

// Imports reports whether an import writes: what it brings has happened before and
// elsewhere, and is not asked for what people are asked for.
func (w Who) Imports() bool { return w.Door == "import" }

// AsSystem is the actor that no permission stops. The reason is stored with
// the act.
func AsSystem(reason string) Who { return Who{System: reason, Door: "system"} }

// Session is one actor in one transaction at one moment. It must not be used
// after the function it was given to returns, nor by two goroutines.
type Session struct {
	engine *Engine
	// ctx is the one the session was opened with, for the expression evaluator,
	// whose interfaces carry none.
	ctx   context.Context
	tx    *store.Tx
	state *state
	who   Who
	actor *access.Actor
	now   time.Time
	env   expr.Env
	// moment is what the session looks back to; nil = now.
	moment *past
	store  *schema.Env
	known  map[string]map[value.ID]bool // by object, records that this actor's links may point at
	// knownAt is unit.lost when known was begun.
	knownAt int
	*unit
}

// unit is what all sessions of one transaction share, whoever acts.
type unit struct {
	act   value.ID // 0 until the first change
	depth int      // rules that write within rules
	wake  bool
	lost  int // counts the changes after which a record may be out of sight
	// touched: configuration has changed here, so that what others keep of it
	// does not hold; memo is what the transaction works out for itself.
	touched bool
	memo    map[any]any
	undoes  value.ID // the act that is being taken back; 0 = none
	// reading: nothing can change, so that a record which was read is as it was;
	// seen are some of those.
	reading  bool
	seen     map[seenKey]*Record
	going    map[value.ID]bool // records whose deletion is under way
	warnings []Warning
}

// Read runs fn on one snapshot.
func (e *Engine) Read(ctx context.Context, who Who, fn func(*Session) error, class ...store.Class) error {
	return e.needs.DB.Read(ctx, func(tx *store.Tx) error {
		s, err := e.open(ctx, tx, who)
		if err != nil {
			return err
		}
		s.reading = true
		return fn(s)
	}, class...)
}

// Write runs fn in one transaction, which is one act. fn may run twice, so it
// must have no effect outside the session.
func (e *Engine) Write(ctx context.Context, who Who, fn func(*Session) error, class ...store.Class) error {
	if err := e.needs.Writing(ctx); err != nil {
		return err
	}
	var done *Session
	err := e.needs.DB.Write(ctx, func(tx *store.Tx) error {
		s, err := e.open(ctx, tx, who)
		if err != nil {
			return err
		}
		done = s
		return fn(s)
	}, class...)
	if err != nil {
		return err
	}
	if done.wake {
		e.needs.Wake()
	}
	return nil
}

func (e *Engine) open(ctx context.Context, tx *store.Tx, who Who) (*Session, error) {
	st, err := e.stateFor(ctx, tx)
	if err != nil {
		return nil, err
	}
	s := &Session{engine: e, ctx: ctx, tx: tx, state: st, who: who, now: e.Now(), unit: &unit{act: who.Act}}
	if who.System != "" {
		s.actor = access.System(who.System)
	} else if s.actor, err = st.roster.Actor(who.Member); err != nil {
		return nil, err
	}
	if who.Scopes != nil {
		s.actor = s.actor.Limit(who.Scopes)
	}
	s.env = st.env(s.now, s.actor)
	s.store = &schema.Env{Collate: st.collate.Key, Base: s.Base, Currency: st.settings.Currency,
		Region: st.settings.Region, Input: who.Input}
	if who.Currency != "" {
		s.store.Currency = who.Currency
	}
	return s, nil
}

// As is the same transaction and act in another actor's name, for rules that
// must do what the actor himself may not.
func (s *Session) As(actor *access.Actor) *Session {
	c := *s
	c.actor, c.known = actor, nil
	c.env = s.state.env(s.now, actor)
	return &c
}

// Try runs fn so that its failure undoes fn alone, the act it may have begun
// included.
func (s *Session) Try(ctx context.Context, fn func() error) error {
	was := *s.unit
	err := s.tx.Try(ctx, fn)
	if err != nil {
		s.warnings = was.warnings
		s.act, s.wake = was.act, was.wake
		s.lost++
		if s.touched {
			s.memo = nil // may be made of what is gone
		}
	}
	return err
}

// errRehearsed takes back what was only rehearsed.
var errRehearsed = errors.New("record: only rehearsed")

// Rehearse runs fn and takes back whatever it did, so that what follows from a
// change can be shown before it is made. It answers fn's error.
func (s *Session) Rehearse(ctx context.Context, fn func() error) error {
	err := s.Try(ctx, func() error {
		if err := fn(); err != nil {
			return err
		}
		return errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		return nil
	}
	return err
}

// Tx is the transaction, for rooms that own fixed tables and for jobs.Later.
func (s *Session) Tx() *store.Tx { return s.tx }

// administers refuses all but administrators and the system.
func (s *Session) administers() error {
	if s.actor.Admin() || s.actor.System() {
		return nil
	}
	return fault.New(fault.Forbidden, "record.admin_only", nil)
}

// Actor is who acts.
func (s *Session) Actor() *access.Actor { return s.actor }

// Roster is the workspace's members, teams and roles at this moment.
func (s *Session) Roster() *access.Roster { return s.state.roster }

// Who is how the session was opened.
func (s *Session) Who() Who { return s.who }

// Now is the one moment of the session.
func (s *Session) Now() time.Time { return s.now }

// Today is the workspace's day.
func (s *Session) Today() value.Date { return value.DateOf(s.now, s.state.zone) }

// Env is what expressions see of the session.
func (s *Session) Env() expr.Env { return s.env }

// Schema is the one the transaction runs under.
func (s *Session) Schema() *schema.Schema { return s.state.schema }

// Settings are the workspace's.
func (s *Session) Settings() Settings { return s.state.settings }

// StoreEnv is what field kinds need to read and store values.
func (s *Session) StoreEnv() *schema.Env { return s.store }

// Object finds an object the actor may know of: one he can do anything with.
func (s *Session) Object(name string) (*schema.Object, error) {
	o, ok := s.state.schema.Object(name)
	if !ok {
		o, ok = s.state.schema.Plural(name)
	}
	if !ok || !s.knows(o) {
		return nil, fault.New(fault.NotFound, "record.no_object", fault.Args{"object": value.Printable(name)})
	}
	return o, nil
}

func (s *Session) knows(o *schema.Object) bool {
	return s.actor.Scope(o, access.Read) != access.None || s.actor.Scope(o, access.Create) != access.None
}

// Sees is what the actor may know of; it hides fields from expressions.
func (s *Session) Sees(f *schema.FieldDef) bool { return s.actor.CanFilter(f) }

// Scope opens an object's names for the actor's expressions.
func (s *Session) Scope(o *schema.Object) schema.Scope {
	return s.state.schema.Scope(o, s.Sees)
}

// Check types an expression for the actor.
func (s *Session) Check(o *schema.Object, text string, want expr.Kind) (*expr.Expr, error) {
	return expr.Check(text, s.Scope(o), expr.Type{Kind: want})
}

// system is the same session without permission, for what the engine derives.
func (s *Session) system() *Session { return s.As(access.System("engine")) }

// AsSystem is the same act without permission, for rules that must do what the
// actor may not. The reason is for the reader of the code; the act keeps its
// actor.
func (s *Session) AsSystem(reason string) *Session { return s.As(access.System(reason)) }

// Later asks for a job after the commit, in the actor's name (storage rule
// 12). It is the only way out of a transaction.
func (s *Session) Later(job jobs.Job) error {
	s.wake = true
	return jobs.Later(source{s}, job)
}

// LaterAt is Later for a job that may not run before a moment.
func (s *Session) LaterAt(at time.Time, job jobs.Job) error {
	s.wake = true
	return jobs.At(source{s}, at, job)
}

// Hint tells open pages after the commit that something has changed which is no
// record.
func (s *Session) Hint(object string, id value.ID) {
	s.tx.OnCommit(func() { s.engine.needs.Hint(object, id) })
}

// source is the session as jobs see it.
type source struct{ s *Session }

func (x source) Tx() *store.Tx   { return x.s.tx }
func (x source) Now() time.Time  { return x.s.now }
func (x source) Actor() value.ID { return x.s.actor.Member() }
func (x source) Door() string    { return x.s.who.Door }
