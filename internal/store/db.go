package store

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"wellmet/internal/fault"
)

// DB is one database: control, or a workspace's.
type DB struct {
	server  *Server
	name    string // "control" or the slug
	schema  string // as SQL knows it: "main", or the PostgreSQL schema
	dialect Dialect
	engine  engine
	blobs   Blobs
}

// beginner opens transactions.
type beginner interface {
	begin(ctx context.Context, write bool, class Class) (session, error)
}

// engine is one database as a driver sees it.
type engine interface {
	beginner
	altering() beginner
	createIndex(ctx context.Context, db *DB, x Index) error
	dropIndex(ctx context.Context, db *DB, name string) error
	close() error
}

// Name is "control" or the workspace's slug.
func (db *DB) Name() string { return db.name }

// Schema is the name that stands before the tables: "main" on SQLite.
func (db *DB) Schema() string { return db.schema }

// Dialect tells what the common SQL subset cannot say.
func (db *DB) Dialect() Dialect { return db.dialect }

// Blobs is the workspace's store of files; nil for control.
func (db *DB) Blobs() Blobs { return db.blobs }

// Read runs fn in a read-only transaction that sees one snapshot. Without a class it is a Page.
func (db *DB) Read(ctx context.Context, fn func(*Tx) error, class ...Class) error {
	c := Page
	if len(class) > 0 {
		c = class[0]
	}
	return db.transact(ctx, false, c, fn)
}

// Write runs fn in a transaction and commits it. Without a class it is a Batch.
//
// fn runs again when the database says that a repetition may work: it was busy, chose our transaction to
// break a deadlock or a serialisation conflict, or was lost before COMMIT was sent. A connection lost
// *during* COMMIT is no such case: the error then says that the outcome is unknown (IsUnknown), and only a
// caller with an idempotency key may try again.
func (db *DB) Write(ctx context.Context, fn func(*Tx) error, class ...Class) error {
	c := Batch
	if len(class) > 0 {
		c = class[0]
	}
	return db.transact(ctx, true, c, fn)
}

// attempts is how often a transaction runs at most; with the waits below they take about half a second.
const attempts = 6

func (db *DB) transact(ctx context.Context, write bool, class Class, fn func(*Tx) error) error {
	ctx, cancel := db.bounded(ctx, class)
	defer cancel()
	return db.repeat(ctx, attempts, func() error { return db.once(ctx, db.engine, write, class, fn) })
}

func (db *DB) repeat(ctx context.Context, attempts int, once func() error) error {
	for n := 1; ; n++ {
		err := once()
		if err == nil || n == attempts || !mayRetry(err) {
			return plain(err)
		}
		wait := time.Duration(1<<min(n, 6)) * 5 * time.Millisecond
		timer := time.NewTimer(wait/2 + rand.N(wait))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return plain(err)
		}
	}
}

func (db *DB) once(ctx context.Context, from beginner, write bool, class Class, fn func(*Tx) error) error {
	s, err := from.begin(ctx, write, class)
	if err != nil {
		return err
	}
	tx := &Tx{db: db, session: s, write: write}
	if err := tx.run(ctx, fn); err != nil {
		return err
	}
	for _, fn := range tx.after {
		fn()
	}
	return nil
}

// run ends the session whatever fn does: returns, fails, panics or exits its goroutine.
func (tx *Tx) run(ctx context.Context, fn func(*Tx) error) (err error) {
	committed := false
	defer func() {
		tx.ended = true
		if !committed {
			if tx.open != nil {
				tx.open.Close()
			}
			tx.session.rollback()
		}
	}()
	if err := fn(tx); err != nil {
		return err
	}
	switch {
	case tx.open != nil:
		return errors.New("store: transaction ended with open rows")
	case tx.broken != nil:
		// fn swallowed an error; PostgreSQL would roll back at COMMIT, so SQLite does too.
		return tx.broken
	case ctx.Err() != nil:
		err, _ := ended(ctx, nil)
		return err
	}
	if err := tx.flush(ctx); err != nil { // by itself: what a failure of COMMIT means is another question
		return err
	}
	committed = true
	return tx.session.commit(ctx)
}

// plain takes the retry mark off, which is nobody else's business.
func plain(err error) error {
	var r retryable
	if !errors.As(err, &r) {
		return err
	}
	if f, ok := fault.As(r.error); ok && error(r) == err {
		return f
	}
	return err
}
