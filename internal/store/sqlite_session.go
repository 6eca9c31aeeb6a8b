package store

import (
	"context"
)

// sqliteSession is a transaction on a connection.
type sqliteSession struct {
	engine *sqliteEngine
	gate   chan struct{}
	conn   *sqliteConn
	write  bool
}

func (s *sqliteSession) start(ctx context.Context) error {
	conn, err := s.engine.take(ctx, s.write)
	if err != nil {
		return err
	}
	s.conn = conn
	if s.write {
		// A deferred transaction could not wait for the lock when it becomes a writer.
		_, err = conn.exec(ctx, "BEGIN IMMEDIATE", nil)
		return err
	}
	// Never waits, so nobody has to watch the context (see execRows). The first read takes the snapshot.
	_, err = conn.exec(context.Background(), "BEGIN", nil)
	return err
}

// leave gives connection and place back.
func (s *sqliteSession) leave() {
	if s.conn != nil {
		s.engine.give(s.conn, s.write)
	}
	<-s.gate
}

func (s *sqliteSession) exec(ctx context.Context, sql string, args []any) (int64, error) {
	n, err := s.conn.exec(ctx, sql, args)
	return n, translateSQLite(ctx, s.conn, err)
}

// post runs the statement at once: there is no way to save.
func (s *sqliteSession) post(ctx context.Context, sql string, args []any) error {
	_, err := s.exec(ctx, sql, args)
	return err
}

func (s *sqliteSession) postRows(ctx context.Context, in rowsInsert) error {
	_, err := s.execRows(ctx, in)
	return err
}

func (s *sqliteSession) flush(context.Context) error { return nil }

func (s *sqliteSession) query(ctx context.Context, sql string, args []any) (cursor, error) {
	c, err := s.conn.query(ctx, sql, args)
	if err != nil {
		return nil, translateSQLite(ctx, s.conn, err)
	}
	return sqliteRows{c, s}, nil
}

// sqliteRows translates the errors of a cursor.
type sqliteRows struct {
	*sqliteCursor
	s *sqliteSession
}

func (r sqliteRows) next(rows *Rows) (bool, error) {
	more, err := r.sqliteCursor.next(rows)
	if err != nil {
		err = translateSQLite(r.ctx, r.s.conn, err)
	}
	return more, err
}

func (r sqliteRows) close() error {
	return translateSQLite(context.Background(), r.s.conn, r.sqliteCursor.close())
}

// commit does not watch the context: a COMMIT that began is waited for, so that its outcome is known.
func (s *sqliteSession) commit(context.Context) error {
	defer s.leave()
	_, err := s.conn.exec(context.Background(), "COMMIT", nil)
	if err == nil {
		return nil
	}
	_, undone := s.conn.exec(context.Background(), "ROLLBACK", nil)
	return commitSQLite(err, undone)
}

// rollback ignores its error: a statement that broke badly has rolled back by itself. It comes also after a
// BEGIN that failed: where the context ends just before the statement runs, the driver answers that end
// although the statement ran, and the connection would go to the next one within a transaction.
func (s *sqliteSession) rollback() {
	defer s.leave()
	if s.conn != nil {
		s.conn.exec(context.Background(), "ROLLBACK", nil)
	}
}

func (s *sqliteSession) expanded(sql string) string {
	text, err := s.conn.expander.expand(sql)
	if err != nil {
		return sql
	}
	return text
}

// execRows runs one prepared statement over and over. Statements of several rows save a little of the
// driver's work a call and lose more to their size: see BenchmarkExecRows.
func (s *sqliteSession) execRows(ctx context.Context, in rowsInsert) (int64, error) {
	stmt, err := s.conn.prepare(ctx, in.statement(1))
	if err != nil {
		return 0, translateSQLite(ctx, s.conn, err)
	}
	var total int64
	for i, row := range in.rows {
		// Watching a context costs the driver a goroutine a call; single rows are short, so once in a while is enough.
		if i&63 == 0 && ctx.Err() != nil {
			return 0, translateSQLite(ctx, s.conn, ctx.Err())
		}
		n, err := s.conn.run(context.Background(), stmt, row)
		if err != nil {
			return 0, translateSQLite(ctx, s.conn, err)
		}
		total += n
	}
	return total, nil
}
