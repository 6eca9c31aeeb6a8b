package store

import (
	"context"
	"log/slog"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"

	"wellmet/internal/fault"
)

// Config says where the databases are. The zero values of all but Dir are good defaults.
type Config struct {
	Dir string // holds control.db, ws_<slug>.db (SQLite) and the blobs; made when missing
	URL string // "" = SQLite files under Dir; "postgres://…" = schemas "control" and "ws_<slug>"

	// DirectURL leads to the same PostgreSQL without PgBouncer; migrations, CREATE INDEX CONCURRENTLY,
	// LISTEN and the queue use it, because they need a session of their own. "" = URL.
	DirectURL string

	SchemaPrefix string // put before every PostgreSQL schema name, so that installations can share a database
	MaxConns     int    // PostgreSQL connections of this process for data; 0 = 4 a core, at least 8
	Readers      int    // SQLite read connections a database; 0 = the cores (more only adds tail latency)

	// Sync says what an acknowledged SQLite write survives, see sqlitePragmas.
	Sync Sync

	// Filling gives SQLite's writer more memory and a longer WAL: for programs that bring in very much, and
	// serve nobody meanwhile.
	Filling bool

	// Beside opens SQLite files next to a server that holds the folder's lock: for reading only.
	Beside bool

	// Patience multiplies the limits of all classes, 0 = 1: for tests, which no person waits for and whose
	// machines are shared. A limit that a slow minute can reach would make each of them a timed test.
	Patience int

	OnStatement func(Statement)  // called after every statement; for tests and tracing
	Log         *slog.Logger     // nil = slog.Default()
	Now         func() time.Time // nil = time.Now
}

// Sync is the power-loss promise of SQLite; kill -9 of the process loses nothing in any of them but SyncOff.
type Sync uint8

const (
	SyncFull   Sync = iota // every commit is on the disk before it is acknowledged
	SyncNormal             // power loss may take the last commits, never the file's consistency
	SyncOff                // tests and throw-away demos only: power loss may break the file
)

// Class tells how long a transaction may take. Without a nearer deadline in its context it ends there.
type Class uint8

const (
	Page   Class = iota // what a person waits for: 5 s
	Batch               // writes of up to 1,000 rows: 30 s, the default of Write
	Report              // 60 s, on connections of their own
	Export              // 10 min, on connections of their own
)

// Limit is the longest time a transaction of the class may take.
func (c Class) Limit() time.Duration {
	switch c {
	case Batch:
		return 30 * time.Second
	case Report:
		return time.Minute
	case Export:
		return 10 * time.Minute
	}
	return 5 * time.Second
}

// long reports whether transactions of the class must not take the connections pages wait for.
func (c Class) long() bool { return c == Report || c == Export }

// Statement is what Config.OnStatement sees.
type Statement struct {
	Database string // "control" or the workspace's slug
	SQL      string // as the database got it, tables expanded
	Args     int
	Values   []any // the arguments as they were given, during the call only; nil for ExecRows
	Took     time.Duration
	Err      error // translated
}

func (c Config) postgres() bool {
	return strings.HasPrefix(c.URL, "postgres://") || strings.HasPrefix(c.URL, "postgresql://")
}

func (c Config) filled() (Config, error) {
	if c.Dir == "" {
		return c, fault.New(fault.Invalid, "store.no_dir", nil)
	}
	if c.URL != "" && !c.postgres() {
		scheme, _, _ := strings.Cut(c.URL, ":")
		return c, fault.New(fault.Invalid, "store.bad_url", fault.Args{"scheme": scheme})
	}
	if !prefixShape.MatchString(c.SchemaPrefix) {
		return c, fault.New(fault.Invalid, "store.bad_prefix", fault.Args{"prefix": c.SchemaPrefix})
	}
	if c.DirectURL == "" {
		c.DirectURL = c.URL
	}
	if c.MaxConns <= 0 {
		c.MaxConns = max(8, 4*runtime.NumCPU())
	}
	if c.Readers <= 0 {
		c.Readers = max(2, runtime.NumCPU())
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c, nil
}

func (c Config) blobs(slug string) string { return filepath.Join(c.Dir, "blobs", slug) }

var prefixShape = regexp.MustCompile(`^(?:[a-z][a-z0-9_]{0,15})?$`)

var slugShape = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$`)

// checkSlug keeps file and schema names plain: a slug is part of both and is never quoted away.
func checkSlug(slug string) error {
	if !slugShape.MatchString(slug) || strings.Contains(slug, "--") {
		return fault.New(fault.Invalid, "store.bad_slug", fault.Args{"slug": slug})
	}
	return nil
}

// identifier turns a slug into the tail of a schema or file name; slugs have no underscore, so no two meet.
func identifier(slug string) string { return strings.ReplaceAll(slug, "-", "_") }

// bounded gives ctx the deadline of the class unless it has a nearer one.
func (db *DB) bounded(ctx context.Context, c Class) (context.Context, context.CancelFunc) {
	limit := time.Now().Add(c.Limit() * time.Duration(max(1, db.server.config.Patience)))
	if have, ok := ctx.Deadline(); ok && have.Before(limit) {
		return ctx, func() {}
	}
	return context.WithDeadline(ctx, limit)
}
