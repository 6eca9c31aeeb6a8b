package store

import (
	"bytes"
	"context"
	"errors"
	"io"
	"regexp"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// pgSession is a transaction on a connection. BEGIN travels with the first statement, so a read of one
// statement takes two round trips instead of three; what was posted travels with the next.
type pgSession struct {
	engine *pgEngine
	ctx    context.Context // the one it was begun with, for leave
	conn   *pgxpool.Conn
	pg     *pgconn.PgConn
	begin  string // "" once sent
	posted []pgStatement
	long   bool
	named  bool // a prepared statement was run
	spoilt bool // the connection must not serve again
}

// pgResult is a running statement: alone, or behind others in a batch.
type pgResult struct {
	ctx   context.Context
	rr    *pgconn.ResultReader
	batch *pgconn.MultiResultReader
}

func (s *pgSession) start(ctx context.Context, text string, args []any) (pgResult, error) {
	x, err := s.ready(ctx, text, args)
	if err != nil {
		return pgResult{}, err
	}
	return s.send(ctx, x)
}

func (s *pgSession) ready(ctx context.Context, text string, args []any) (pgStatement, error) {
	sql, err := s.engine.expander.expand(text)
	if err != nil {
		return pgStatement{}, err
	}
	p, err := pgEncode(args)
	if err != nil {
		return pgStatement{}, err
	}
	return s.known(ctx, sql, p)
}

// known finds the statement's name, where it is worth one.
func (s *pgSession) known(ctx context.Context, sql string, p *pgParams) (pgStatement, error) {
	name, err := s.prepare(ctx, sql, p)
	s.named = s.named || name != ""
	return pgStatement{name, sql, p}, err
}

func (s *pgSession) send(ctx context.Context, x pgStatement) (pgResult, error) {
	switch {
	case s.begin != "" || len(s.posted) > 0:
		return s.sendBehind(ctx, x)
	case x.name != "":
		return pgResult{ctx: ctx, rr: s.pg.ExecPrepared(ctx, x.name, x.values, x.formats, nil)}, nil
	}
	return pgResult{ctx: ctx, rr: s.pg.ExecParams(ctx, x.sql, x.values, x.oids, x.formats, nil)}, nil
}

func orLost(err error) error {
	if err == nil {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (r pgResult) finish() (int64, error) {
	tag, err := r.rr.Close()
	if r.batch != nil {
		if all := r.batch.Close(); err == nil {
			err = all
		}
	}
	return tag.RowsAffected(), err
}

func (s *pgSession) exec(ctx context.Context, sql string, args []any) (int64, error) {
	r, err := s.start(ctx, sql, args)
	if err != nil {
		return 0, err
	}
	n, err := r.finish()
	return n, s.translate(ctx, err)
}

func (s *pgSession) query(ctx context.Context, sql string, args []any) (cursor, error) {
	r, err := s.start(ctx, sql, args)
	if err != nil {
		return nil, err
	}
	c := &pgCursor{pgResult: r, s: s}
	// The first row decides whether the statement failed; without this a mistake in the SQL would show
	// at Next on one database and at Query on the other.
	c.first, c.err = c.advance()
	if c.err != nil {
		return nil, c.err
	}
	return c, nil
}

type pgCursor struct {
	pgResult
	s      *pgSession
	first  bool // a row is waiting
	begun  bool
	closed bool
	err    error
}

func (c *pgCursor) advance() (bool, error) {
	if c.rr.NextRow() {
		return true, nil
	}
	c.closed = true
	_, err := c.finish()
	return false, c.s.translate(c.ctx, err)
}

func (c *pgCursor) next(r *Rows) (bool, error) {
	more := c.first
	if c.begun && more {
		if more, c.err = c.advance(); c.err != nil {
			return false, c.err
		}
		c.first = more
	}
	c.begun = true
	if !more {
		return false, nil
	}
	r.pg, r.raw, r.fields = true, c.rr.Values(), c.rr.FieldDescriptions()
	return true, nil
}

func (c *pgCursor) close() error {
	if c.closed {
		return nil
	}
	c.closed = true
	_, err := c.finish()
	return c.s.translate(c.ctx, err)
}

// commitPatience is how long a COMMIT that was sent is waited for, whatever the caller's deadline: giving
// up would only turn a known outcome into an unknown one.
const commitPatience = 10 * time.Second

func (s *pgSession) commit(ctx context.Context) error {
	defer s.leave()
	if s.begin != "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitPatience)
	defer cancel()
	tag, err := s.pg.ExecParams(ctx, "COMMIT", nil, nil, nil, nil).Close()
	if s.stray(ctx, err) {
		return s.again(err)
	}
	if err != nil {
		return commitPG(err)
	}
	if tag.String() != "COMMIT" {
		return errors.New("store: COMMIT rolled back: " + tag.String())
	}
	return nil
}

// rollback gives a hanging server little time; the pool throws away a connection still in a transaction.
func (s *pgSession) rollback() {
	defer s.leave()
	if s.begin != "" || s.pg.IsClosed() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	s.pg.ExecParams(ctx, "ROLLBACK", nil, nil, nil, nil).Close()
}

func (s *pgSession) leave() {
	if s.ctx != nil && s.ctx.Err() != nil {
		s.pg.CustomData()[leftKey] = time.Now()
	}
	if s.spoilt {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		s.conn.Conn().Close(ctx)
		cancel()
	}
	s.conn.Release()
	if s.long {
		<-s.engine.longGate
	}
}

func (s *pgSession) expanded(sql string) string {
	text, err := s.engine.expander.expand(sql)
	if err != nil {
		return sql
	}
	return text
}

// copyFrom is the number of rows from which COPY beats INSERT: it needs a round trip more.
const copyFrom = 20

var insertShape = regexp.MustCompile(`(?is)^\s*INSERT\s+INTO\s+(\{[a-z0-9_]+\})\s*(\([^()]*\))\s*VALUES\s*$`)

func (s *pgSession) execRows(ctx context.Context, in rowsInsert) (int64, error) {
	if m := insertShape.FindStringSubmatch(in.prefix); m != nil && in.suffix == "" && len(in.rows) >= copyFrom {
		return s.copyRows(ctx, "COPY "+m[1]+" "+m[2]+" FROM STDIN", in.rows)
	}
	var total int64
	for chunk := min(1000, maxParams/in.cols); len(in.rows) > 0; {
		n := min(chunk, len(in.rows))
		x, err := s.insert(ctx, in, n)
		if err != nil {
			return 0, err
		}
		r, err := s.send(ctx, x)
		if err != nil {
			return 0, err
		}
		changed, err := r.finish()
		if err != nil {
			return 0, s.translate(ctx, err)
		}
		total += changed
		in.rows = in.rows[n:]
	}
	return total, nil
}

// insert is the statement for the first n of the rows.
func (s *pgSession) insert(ctx context.Context, in rowsInsert, n int) (pgStatement, error) {
	sql, err := s.engine.expander.expand(in.statement(n))
	if err != nil {
		return pgStatement{}, err
	}
	p := newPGParams(n * in.cols)
	for _, row := range in.rows[:n] {
		if err := p.add(row); err != nil {
			return pgStatement{}, err
		}
	}
	return s.known(ctx, sql, p)
}

func (s *pgSession) copyRows(ctx context.Context, text string, rows [][]any) (int64, error) {
	sql, err := s.engine.expander.expand(text)
	if err != nil {
		return 0, err
	}
	var b []byte
	for _, row := range rows {
		if b, err = appendCopy(b, row); err != nil {
			return 0, err
		}
	}
	if err := s.opened(ctx); err != nil {
		return 0, err
	}
	tag, err := s.pg.CopyFrom(ctx, bytes.NewReader(b), sql)
	return tag.RowsAffected(), s.translate(ctx, err)
}

// opened sends what waits before what cannot travel in a batch.
func (s *pgSession) opened(ctx context.Context) error {
	if s.begin == "" && len(s.posted) == 0 {
		return nil
	}
	return s.sendAll(ctx)
}

func appendInt(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }
