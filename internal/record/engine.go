package record

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/i18n"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Needs is what the engine of one workspace is made of.
type Needs struct {
	DB      *store.DB
	Objects []*schema.Object // built-in ones, as the rooms declare them
	Rules   []Rule           // in the order they run
	Effects []schema.Effects
	// Renamed lets rooms that keep texts with names follow a plan; the session's
	// schema is the one before it.
	Renamed func(ctx context.Context, s *Session, p *schema.Plan) error
	Clock   func() time.Time
	// Writing is called before each write transaction: whoever runs the jobs
	// makes sure that a crash after the commit is noticed.
	Writing func(context.Context) error
	// Configuration are the objects whose records say how the company works: the
	// history of configuration tells their changes. Settings put back settings that
	// are no records, by what NoteSetting called them.
	Configuration []*schema.Object
	Settings      map[string]Restore
	// Wake is called after a commit that wrote outbox rows.
	Wake func()
	// Hint tells open pages, after a commit, that something has changed.
	Hint func(object string, id value.ID)
	// Regain reports whether what an act did to records with the system's rights
	// may be put back with them: a merge moved links of colleagues' records. Before
	// anything is put back, what the act's own deletions will allow counts as well.
	Regain func(ctx context.Context, s *Session, act value.ID, before bool) (bool, error)
	// MayUndo refuses to take an act back of which a part alone would make no
	// sense.
	MayUndo func(ctx context.Context, s *Session, act value.ID) error
	// Settled lets rooms follow settings of the company that changed.
	Settled func(ctx context.Context, s *Session, was, now Settings) error
	Log     *slog.Logger
}

// Engine serves the records of one workspace. It is safe for concurrent use.
type Engine struct {
	needs   Needs
	current atomic.Pointer[state]
	loading sync.Mutex
	indexes indexBook
	probes  probeBook

	configuration map[string]bool // by the object's id
}

// state is what a session needs besides the database: the schema, who may do
// what, and the workspace's settings, all of one version. It is immutable.
type state struct {
	schema   *schema.Schema
	roster   *access.Roster
	settings Settings
	zone     *time.Location
	collate  *i18n.Collation
	rates    *rates
	sizes    estimates
	sums     map[string]bool // whether maintained sums can be read, by the object's id
	passed   map[string]bool // whether maintained passages can be
	untold   map[string]bool // objects whose spans still wait for their history, by name
	version  int64           // access_version
	kept     *sync.Map       // what rooms made of this state; see Keep
}

// New prepares the engine; Open must run before the first session.
func New(n Needs) *Engine {
	if n.Clock == nil {
		n.Clock = time.Now
	}
	if n.Writing == nil {
		n.Writing = func(context.Context) error { return nil }
	}
	if n.Wake == nil {
		n.Wake = func() {}
	}
	if n.Hint == nil {
		n.Hint = func(string, value.ID) {}
	}
	if n.MayUndo == nil {
		n.MayUndo = func(context.Context, *Session, value.ID) error { return nil }
	}
	if n.Settled == nil {
		n.Settled = func(context.Context, *Session, Settings, Settings) error { return nil }
	}
	if n.Regain == nil {
		n.Regain = func(context.Context, *Session, value.ID, bool) (bool, error) { return false, nil }
	}
	if n.Log == nil {
		n.Log = slog.Default()
	}
	e := &Engine{needs: n, configuration: map[string]bool{}}
	for _, o := range n.Configuration {
		e.configuration[o.ID] = true
	}
	return e
}

// Open brings the tables of the workspace up to what the program needs and
// loads the schema. Indexes that are missing on tables with rows are made
// after the transaction, beside running work.
func (e *Engine) Open(ctx context.Context) error {
	var left schema.Leftover
	err := e.needs.DB.Write(ctx, func(tx *store.Tx) error {
		if err := e.indexes.prepare(ctx, tx); err != nil {
			return err
		}
		s, err := schema.Load(ctx, tx, e.needs.Objects)
		if err != nil {
			return err
		}
		if left, err = schema.Reconcile(ctx, tx, s); err != nil {
			return err
		}
		if err := noteUntold(ctx, tx, append(left.Untold, left.Joined...)); err != nil {
			return err
		}
		return noteRefills(ctx, tx, left.Computed)
	})
	if err != nil {
		return err
	}
	if err := e.MakeIndexes(ctx, left.Indexes); err != nil {
		return err
	}
	if err := e.dropIndexes(ctx, left.Outdated); err != nil {
		return err
	}
	if err := e.needs.DB.Read(ctx, func(tx *store.Tx) error { return e.refresh(ctx, tx) }); err != nil {
		return err
	}
	if err := e.refillNoted(ctx); err != nil {
		return err
	}
	if err := e.rateAnew(ctx); err != nil {
		return err
	}
	if err := e.fillSums(ctx); err != nil {
		return err
	}
	if err := e.beginSpansAtOnce(ctx); err != nil {
		return err
	}
	return e.beginPassages(ctx)
}

// Attach loads the schema as it is and changes nothing: for reading beside a
// running server.
func (e *Engine) Attach(ctx context.Context) error {
	return e.needs.DB.Read(ctx, func(tx *store.Tx) error { return e.refresh(ctx, tx) })
}

// MakeIndexes makes indexes beside running work. A unique one that values
// written meanwhile break is left out: the field is unique (pending) until an
// Open or another change of the schema finds them gone. Until then the check
// before each write keeps new doubles out.
func (e *Engine) MakeIndexes(ctx context.Context, xs []store.Index) error {
	defer e.indexes.forget()
	for _, x := range xs {
		err := e.needs.DB.CreateIndex(ctx, x)
		if _, doubled := store.IsUnique(err); doubled {
			e.needs.Log.Warn("unique index waits for doubled values to go", "index", x.Name, "error", err)
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// WithoutOrder runs fn while the indexes of some objects that only reading in
// order needs are gone, and makes them anew behind it: a row is a place in each
// of a dozen of them, which costs more than the row, and sorted all at once a
// tenth. For programs that bring in very much while nobody reads. When fn fails or
// the program is killed, the next Open makes them.
func (e *Engine) WithoutOrder(ctx context.Context, objects []string, fn func(context.Context) error) error {
	var gone []store.Index
	for _, name := range objects {
		gone = append(gone, e.Schema().MustObject(name).OrderIndexes(e.needs.DB.Dialect())...)
	}
	names := make([]string, len(gone))
	for i, x := range gone {
		names[i] = x.Name
	}
	if err := e.dropIndexes(ctx, names); err != nil {
		return err
	}
	if err := fn(ctx); err != nil {
		return err
	}
	return e.MakeIndexes(ctx, gone)
}

func (e *Engine) dropIndexes(ctx context.Context, names []string) error {
	defer e.indexes.forget()
	for _, name := range names {
		if err := e.needs.DB.DropIndex(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// Pending lists the unique fields whose index could not be made yet.
func (s *Session) Pending(ctx context.Context) ([]*schema.FieldDef, error) {
	var list []*schema.FieldDef
	have, err := s.tx.TableIndexes(ctx, s.state.schema.Tables()...)
	if err != nil {
		return nil, err
	}
	for _, o := range s.state.schema.Objects() {
		for _, f := range o.Fields {
			if f.Unique && len(f.Columns()) > 0 && !slices.Contains(have[o.Table], f.UniqueIndex()) {
				list = append(list, f)
			}
		}
	}
	return list, nil
}

// Schema is the schema as last seen; a Session's own is the one to use inside
// a transaction.
func (e *Engine) Schema() *schema.Schema { return e.current.Load().schema }

// DB is the workspace's database.
func (e *Engine) DB() *store.DB { return e.needs.DB }

// Settings are the workspace's settings as last seen.
func (e *Engine) Settings() Settings { return e.current.Load().settings }

// Now is the engine's clock.
func (e *Engine) Now() time.Time { return e.needs.Clock().UTC().Truncate(time.Millisecond) }

// stateFor returns the state that the transaction's snapshot belongs to: one
// small read tells whether anything changed since the last one.
func (e *Engine) stateFor(ctx context.Context, tx *store.Tx) (*state, error) {
	var schemaVersion, accessVersion int64
	if _, err := tx.Row(ctx, `SELECT schema_version, access_version FROM {workspace_state}`, nil, &schemaVersion, &accessVersion); err != nil {
		return nil, err
	}
	if st := e.current.Load(); st != nil && st.schema.Version == schemaVersion && st.version == accessVersion {
		return st, nil
	}
	return e.load(ctx, tx, schemaVersion, accessVersion)
}

func (e *Engine) refresh(ctx context.Context, tx *store.Tx) error {
	_, err := e.stateFor(ctx, tx)
	return err
}

// load builds a state. A transaction with an older snapshot gets an older
// state, but never replaces a newer one.
func (e *Engine) load(ctx context.Context, tx *store.Tx, schemaVersion, accessVersion int64) (*state, error) {
	old := e.current.Load()
	st := &state{version: accessVersion, kept: &sync.Map{}}
	var err error
	if old != nil && old.schema.Version == schemaVersion {
		st.schema = old.schema
	} else if st.schema, err = schema.Load(ctx, tx, e.needs.Objects); err != nil {
		return nil, err
	}
	if st.roster, err = access.LoadRoster(ctx, tx, st.schema); err != nil {
		return nil, err
	}
	if st.settings, err = loadSettings(ctx, tx); err != nil {
		return nil, err
	}
	if st.zone, err = time.LoadLocation(st.settings.Zone); err != nil {
		st.zone = time.UTC
	}
	if st.collate, err = i18n.NewCollation(st.settings.Collation); err != nil {
		return nil, err
	}
	if st.rates, err = loadRates(ctx, tx, st.schema); err != nil {
		return nil, err
	}
	if st.sizes, err = estimateSizes(ctx, tx, st.schema, old.estimated()); err != nil {
		return nil, err
	}
	if st.sums, err = loadSums(ctx, tx, st.schema); err != nil {
		return nil, err
	}
	if st.passed, err = loadPassages(ctx, tx, st.schema); err != nil {
		return nil, err
	}
	if st.untold, err = loadUntold(ctx, tx); err != nil {
		return nil, err
	}
	e.loading.Lock()
	defer e.loading.Unlock()
	if now := e.current.Load(); now == nil || now.schema.Version <= schemaVersion && now.version <= accessVersion {
		e.current.Store(st)
	}
	return st, nil
}

// estimated is what was estimated before, nothing at the start.
func (st *state) estimated() estimates {
	if st == nil {
		return estimates{}
	}
	return st.sizes
}

// env is what expressions need of the workspace and the actor.
func (st *state) env(now time.Time, actor *access.Actor) expr.Env {
	return expr.Env{Now: now, Zone: st.zone, Me: actor.Member(), Team: actor.Team(),
		FiscalStart: time.Month(st.settings.FiscalStart), BaseCurrency: st.settings.Currency}
}
