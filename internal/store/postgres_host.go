package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"wellmet/internal/fault"
)

// schemas is an installation on PostgreSQL: one schema a database, any number of processes.
type schemas struct {
	config Config
	data   *pgPool
	direct *pgPool         // a session each: migrations, DDL, LISTEN, the queue
	single *pgx.ConnConfig // the same, for connections outside the pool
	trgm   string          // schema of the extension pg_trgm
}

// directConns are few: DDL, one LISTEN, and what the queue needs.
const directConns = 6

func openSchemas(ctx context.Context, c Config) (*schemas, error) {
	data, err := openPool(ctx, c.URL, c.MaxConns, 1)
	if err != nil {
		return nil, err
	}
	direct, err := openPool(ctx, c.DirectURL, directConns, 0)
	if err != nil {
		data.pool.Close()
		return nil, err
	}
	h := &schemas{config: c, data: data, direct: direct, single: direct.pool.Config().ConnConfig}
	if err := errors.Join(data.check(ctx), direct.check(ctx)); err != nil {
		return nil, errors.Join(err, h.close())
	}
	if err := h.alone(ctx, "pg_trgm", h.trigrams); err != nil {
		return nil, errors.Join(err, h.close())
	}
	return h, nil
}

func (h *schemas) dialect() Dialect { return postgresDialect{} }

func (h *schemas) schema(k kind, name string) string {
	if k == controlKind {
		return h.config.SchemaPrefix + "control"
	}
	return h.config.SchemaPrefix + "ws_" + identifier(name)
}

// alone runs fn on a direct connection while a second one holds the advisory lock of that name: nodes that
// start at the same moment migrate one after the other. The lock belongs to a transaction, not to the
// session, so that an installation that reaches PostgreSQL only through PgBouncer leaves none behind.
func (h *schemas) alone(ctx context.Context, name string, fn func(context.Context, *pgconn.PgConn) error) error {
	guard, err := h.connect(ctx)
	if err != nil {
		return err
	}
	defer guard.Close(context.WithoutCancel(ctx)) // ends the lock, too
	if _, err := guard.Exec(ctx, "BEGIN").ReadAll(); err != nil {
		return err
	}
	lock := guard.ExecParams(ctx, "SELECT pg_advisory_xact_lock(hashtextextended($1, 7))", [][]byte{[]byte("wellmet " + name)}, nil, nil, nil).Read()
	if lock.Err != nil {
		return lock.Err
	}
	work, err := h.connect(ctx)
	if err != nil {
		return err
	}
	defer work.Close(context.WithoutCancel(ctx))
	return fn(ctx, work)
}

func (h *schemas) connect(ctx context.Context) (*pgconn.PgConn, error) {
	c, err := pgconn.ConnectConfig(ctx, &h.single.Copy().Config)
	if err != nil {
		return nil, unreachable(err)
	}
	return c, nil
}

// trigrams makes sure that fragments can be found at all: the extension is there, and the locale lets it
// see letters beyond ASCII.
func (h *schemas) trigrams(ctx context.Context, c *pgconn.PgConn) error {
	if _, err := c.Exec(ctx, "CREATE EXTENSION IF NOT EXISTS pg_trgm").ReadAll(); err != nil {
		return fault.New(fault.Unavailable, "store.no_trigrams", nil).Because(err)
	}
	res := c.ExecParams(ctx, `SELECT n.nspname FROM pg_catalog.pg_extension e
		JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm'`, nil, nil, nil, nil).Read()
	if res.Err != nil || len(res.Rows) != 1 {
		return errors.Join(errors.New("store: extension pg_trgm not found"), res.Err)
	}
	h.trgm = string(res.Rows[0][0])
	res = c.ExecParams(ctx, `SELECT cardinality(`+quote(h.trgm)+`.show_trgm('привет')), cardinality(`+quote(h.trgm)+`.show_trgm('中文字'))`, nil, nil, nil, nil).Read()
	if res.Err != nil {
		return res.Err
	}
	if string(res.Rows[0][0]) == "0" || string(res.Rows[0][1]) == "0" {
		return fault.New(fault.Unavailable, "store.no_locale", nil)
	}
	return nil
}

func (h *schemas) open(ctx context.Context, k kind, name string, create bool) (engine, string, error) {
	schema := h.schema(k, name)
	if len(schema) > 63 {
		return nil, "", fault.New(fault.Invalid, "store.bad_slug", fault.Args{"slug": name})
	}
	current, err := h.current(ctx, k, schema)
	if err != nil {
		return nil, "", err
	}
	if !current {
		if err := h.alone(ctx, schema, func(ctx context.Context, c *pgconn.PgConn) error {
			return h.migrate(ctx, c, k, schema, create, 0)
		}); err != nil {
			return nil, "", err
		}
	}
	return newPGEngine(h.data, h.direct, schema), schema, nil
}

// current asks, in one statement, if there is anything to migrate: a start with many workspaces is quick.
func (h *schemas) current(ctx context.Context, k kind, schema string) (bool, error) {
	files, err := migrationFiles(k, "postgres", func(s string) string { return s })
	if err != nil {
		return false, err
	}
	c, err := h.data.pool.Acquire(ctx)
	if err != nil {
		return false, translateAcquire(ctx, err)
	}
	defer c.Release()
	res := c.Conn().PgConn().ExecParams(ctx, "SELECT max(version_id) FROM "+quote(schema)+"."+quote(versionTable)+" WHERE is_applied", nil, nil, nil, nil).Read()
	var e *pgconn.PgError
	if errors.As(res.Err, &e) && (e.Code == "42P01" || e.Code == "3F000") {
		return false, nil
	}
	if res.Err != nil {
		return false, res.Err
	}
	return string(res.Rows[0][0]) == fmt.Sprint(newest(files)), nil
}

func (h *schemas) migrate(ctx context.Context, c *pgconn.PgConn, k kind, schema string, create bool, to int64) error {
	there := c.ExecParams(ctx, "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", [][]byte{[]byte(schema)}, nil, nil, nil).Read()
	if there.Err != nil {
		return there.Err
	}
	if len(there.Rows) == 0 {
		if !create {
			return fault.New(fault.NotFound, "store.no_database", fault.Args{"path": schema})
		}
		if _, err := c.Exec(ctx, "CREATE SCHEMA "+quote(schema)).ReadAll(); err != nil {
			return fmt.Errorf("create schema %s: %w", schema, err)
		}
	}
	p, done, err := h.provider(k, schema)
	if err != nil {
		return err
	}
	defer done()
	return migrateUp(ctx, p, schema, to)
}

// provider is goose over one schema, on a direct connection of its own.
func (h *schemas) provider(k kind, schema string) (*goose.Provider, func() error, error) {
	files, err := migrationFiles(k, "postgres", func(name string) string {
		if name == "gin_trgm_ops" {
			return quote(h.trgm) + "." + name
		}
		return quote(schema) + "." + quote(name)
	})
	if err != nil {
		return nil, nil, err
	}
	db := h.handle()
	p, err := provider(goose.DialectPostgres, db, files, schema+"."+versionTable)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return p, db.Close, nil
}

// handle is a database/sql handle of one direct connection, for the libraries that need one.
func (h *schemas) handle() *sql.DB {
	db := stdlib.OpenDB(*h.single.Copy())
	db.SetMaxOpenConns(1)
	return db
}

func (h *schemas) drop(ctx context.Context, name string) error {
	schema := h.schema(workspaceKind, name)
	return h.alone(ctx, schema, func(ctx context.Context, c *pgconn.PgConn) error {
		_, err := c.Exec(ctx, "DROP SCHEMA IF EXISTS "+quote(schema)+" CASCADE").ReadAll()
		return err
	})
}

func (h *schemas) close() error {
	h.data.pool.Close()
	h.direct.pool.Close()
	return nil
}
