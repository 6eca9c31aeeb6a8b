package store

import (
	"context"
	"errors"
)

// Alter runs fn like Write, for run-time changes of tables (CREATE TABLE, ADD COLUMN, renames). On
// PostgreSQL it uses a direct connection and gives up a lock after 200 ms, to try again: a waiting ALTER
// TABLE stops everyone behind it.
func (db *DB) Alter(ctx context.Context, fn func(*Tx) error) error {
	ctx, cancel := db.bounded(ctx, Report)
	defer cancel()
	return db.repeat(ctx, attemptsAlter, func() error { return db.once(ctx, db.engine.altering(), true, Report, fn) })
}

// attemptsAlter is generous: each one holds nobody up for more than the lock timeout.
const attemptsAlter = 40

// CreateIndex makes an index unless one of that name is there. On PostgreSQL it is built beside running
// writes, outside any transaction, and an invalid leftover of an earlier attempt is replaced. On SQLite
// the writer is busy meanwhile (a million rows: some seconds). A unique index over rows that break it is
// a Conflict.
func (db *DB) CreateIndex(ctx context.Context, x Index) error {
	return db.engine.createIndex(ctx, db, x)
}

// DropIndex drops an index if it is there.
func (db *DB) DropIndex(ctx context.Context, name string) error {
	return db.engine.dropIndex(ctx, db, name)
}

func (e *sqliteEngine) createIndex(ctx context.Context, db *DB, x Index) error {
	return db.Write(ctx, func(tx *Tx) error {
		_, err := tx.Exec(ctx, db.dialect.CreateIndex(db.schema, x))
		return err
	}, Export)
}

func (e *sqliteEngine) dropIndex(ctx context.Context, db *DB, name string) error {
	return db.Write(ctx, func(tx *Tx) error {
		_, err := tx.Exec(ctx, db.dialect.DropIndex(db.schema, name))
		return err
	})
}

func (e *pgEngine) createIndex(ctx context.Context, db *DB, x Index) error {
	ctx, cancel := db.bounded(ctx, Export)
	defer cancel()
	return e.outside(ctx, func(s *pgSession) error {
		var invalid bool
		c, err := s.query(ctx, `SELECT i.indexrelid FROM pg_catalog.pg_index i
			JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
			WHERE n.nspname = $1 AND c.relname = $2 AND NOT i.indisvalid`, []any{db.schema, x.Name})
		if err != nil {
			return err
		}
		invalid, err = c.next(&Rows{})
		if err = errors.Join(err, c.close()); err != nil {
			return err
		}
		if invalid {
			if _, err := s.exec(ctx, db.dialect.DropIndex(db.schema, x.Name), nil); err != nil {
				return err
			}
		}
		_, err = s.exec(ctx, db.dialect.CreateIndex(db.schema, x), nil)
		return err
	})
}

func (e *pgEngine) dropIndex(ctx context.Context, db *DB, name string) error {
	ctx, cancel := db.bounded(ctx, Export)
	defer cancel()
	return e.outside(ctx, func(s *pgSession) error {
		_, err := s.exec(ctx, db.dialect.DropIndex(db.schema, name), nil)
		return err
	})
}

// outside runs fn on a direct connection without a transaction.
func (e *pgEngine) outside(ctx context.Context, fn func(*pgSession) error) error {
	conn, err := e.direct.pool.Acquire(ctx)
	if err != nil {
		return plain(translateAcquire(ctx, err))
	}
	defer conn.Release()
	return plain(fn(&pgSession{engine: e, conn: conn, pg: conn.Conn().PgConn()}))
}
