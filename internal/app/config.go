package app

import (
	"log/slog"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/store"
)

// Config says where everything is. The zero values of all but Dir are good
// defaults.
type Config struct {
	Dir      string // databases and files
	Database string // postgres://… ; "" = SQLite in Dir
	Direct   string // PostgreSQL without PgBouncer in between; "" = Database
	Prefix   string // before every PostgreSQL schema name
	// Slug is the workspace that is opened, and made when missing.
	Slug string
	// Currency, Zone and Locale are the defaults of a new workspace.
	Currency, Zone, Locale string
	Sync                   store.Sync
	// Patience multiplies how long transactions may take, see store.Config.
	Patience int
	Clock    func() time.Time
	Log      *slog.Logger
	// Cost of password hashes; zero = the safe default.
	Cost access.Cost
	// PrivateHooks lets webhooks reach addresses of the server's own network.
	PrivateHooks bool
	// Quiet starts no background jobs: for commands that do one thing.
	Quiet bool
	// Beside reads next to a running server (SQLite).
	Beside bool
	// Filling gives SQLite more memory: for programs that bring in very much.
	Filling     bool
	OnStatement func(store.Statement)
}

// DefaultSlug is the workspace of an installation that nobody named.
const DefaultSlug = "main"

func (c Config) filled() Config {
	if c.Slug == "" {
		c.Slug = DefaultSlug
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c
}
