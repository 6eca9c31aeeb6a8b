package store

import (
	"database/sql"
	"errors"
)

// Direct is the control database for a library with SQL of its own: the job queue. No room uses it.
type Direct struct {
	SQLite *sql.DB // one connection, the caller closes it; nil on PostgreSQL
	URL    string  // PostgreSQL, without PgBouncer: the library listens and keeps sessions; "" on SQLite
	Schema string
}

// Direct opens what the queue library needs beside our own handle.
func (s *Server) Direct() (Direct, error) {
	d := Direct{Schema: s.control.Schema()}
	if e, ok := s.control.engine.(*sqliteEngine); ok {
		if e.writer == nil {
			return d, errors.New("store: opened beside a running server, for reading only")
		}
		d.SQLite = e.handle()
		return d, nil
	}
	d.URL = s.config.DirectURL
	return d, nil
}
