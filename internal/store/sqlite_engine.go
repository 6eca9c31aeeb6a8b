package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync"

	"modernc.org/sqlite"
)

// sqliteEngine is one SQLite file: a writer, and readers that are opened when needed and kept.
type sqliteEngine struct {
	path   string
	reader driver.Connector
	writer driver.Connector // nil beside a running server

	// The gates bound how many connections are out. Pages and long transactions have gates of their own,
	// so that two exports do not keep everyone else waiting.
	writeGate, pageGate, longGate chan struct{}

	mu      sync.Mutex
	idle    []*sqliteConn // readers, the last used last: its cache is warm
	writing *sqliteConn
	closed  bool
}

func openSQLite(path string, c Config) (*sqliteEngine, error) {
	if err := withGroups(); err != nil {
		return nil, err
	}
	reader, err := sqlite.NewConnector(sqliteDSN(path, c, false))
	if err != nil {
		return nil, err
	}
	e := &sqliteEngine{
		path:      path,
		reader:    reader,
		writeGate: make(chan struct{}, 1),
		pageGate:  make(chan struct{}, c.Readers),
		longGate:  make(chan struct{}, max(1, c.Readers/2)),
	}
	if c.Beside {
		return e, nil
	}
	e.writer, err = sqlite.NewConnector(sqliteDSN(path, c, true))
	return e, err
}

// handle is a database/sql handle of one connection, for the libraries that need one.
func (e *sqliteEngine) handle() *sql.DB {
	db := sql.OpenDB(e.writer)
	db.SetMaxOpenConns(1)
	return db
}

func (e *sqliteEngine) begin(ctx context.Context, write bool, class Class) (session, error) {
	gate := e.pageGate
	switch {
	case write && e.writer == nil:
		return nil, errBeside
	case write:
		gate = e.writeGate
	case class.long():
		gate = e.longGate
	}
	select {
	case gate <- struct{}{}:
	case <-ctx.Done():
		return nil, waitedTooLong(ctx)
	}
	s := &sqliteSession{engine: e, gate: gate, write: write}
	if err := s.start(ctx); err != nil {
		defer s.rollback()
		return nil, translateSQLite(ctx, s.conn, err)
	}
	return s, nil
}

// altering: DDL is transactional and needs no connection of its own.
func (e *sqliteEngine) altering() beginner { return e }

func (e *sqliteEngine) take(ctx context.Context, write bool) (*sqliteConn, error) {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil, errClosed
	}
	var c *sqliteConn
	if n := len(e.idle); write {
		c, e.writing = e.writing, nil
	} else if n > 0 {
		c, e.idle = e.idle[n-1], e.idle[:n-1]
	}
	e.mu.Unlock()
	if c != nil {
		return c, nil
	}
	if write {
		return newSQLiteConn(ctx, e.writer)
	}
	return newSQLiteConn(ctx, e.reader)
}

func (e *sqliteEngine) give(c *sqliteConn, write bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed || !c.valid() {
		c.close()
		return
	}
	if write {
		e.writing = c
	} else {
		e.idle = append(e.idle, c)
	}
}

// close closes the idle connections now and the others as they come back. The last one out folds the WAL
// into the file.
func (e *sqliteEngine) close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	var all []error
	for _, c := range e.idle {
		all = append(all, c.close())
	}
	if e.writing != nil {
		all = append(all, e.writing.close()) // last: readers cannot checkpoint
	}
	e.idle, e.writing = nil, nil
	return errors.Join(all...)
}
