package store

import (
	"container/list"
	"context"
	"database/sql/driver"
	"fmt"
	"io"

	"wellmet/internal/value"
)

// cachedStatements is how many prepared statements a connection keeps. The driver prepares a statement
// anew on every call otherwise, which is most of the cost of a small one. One costs 5–60 KB.
const cachedStatements = 96

// sqliteConn is one driver connection with its prepared statements. database/sql is left out: its locks,
// its conversions and its one-interface-a-column Scan cost more than SQLite does on a small read.
type sqliteConn struct {
	conn     driver.Conn
	expander expander
	byText   map[string]*list.Element // keyed by the text before expansion: a hit expands nothing
	recent   *list.List               // of *sqliteStmt, most recent first
	args     []driver.NamedValue      // reused
}

type sqliteStmt struct {
	text string
	stmt driver.Stmt
	dest []driver.Value // reused by every run
}

func newSQLiteConn(ctx context.Context, from driver.Connector) (*sqliteConn, error) {
	conn, err := from.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &sqliteConn{
		conn:     conn,
		expander: expander{prefix: `"main".`, questionMark: true},
		byText:   make(map[string]*list.Element),
		recent:   list.New(),
	}, nil
}

func (c *sqliteConn) prepare(ctx context.Context, text string) (*sqliteStmt, error) {
	if found, ok := c.byText[text]; ok {
		c.recent.MoveToFront(found)
		return found.Value.(*sqliteStmt), nil
	}
	s, err := c.prepareOnce(ctx, text)
	if err != nil {
		return nil, err
	}
	c.byText[text] = c.recent.PushFront(s)
	if c.recent.Len() > cachedStatements {
		oldest := c.recent.Remove(c.recent.Back()).(*sqliteStmt)
		delete(c.byText, oldest.text)
		return s, oldest.stmt.Close()
	}
	return s, nil
}

// prepareOnce prepares without keeping; the caller closes.
func (c *sqliteConn) prepareOnce(ctx context.Context, text string) (*sqliteStmt, error) {
	sql, err := c.expander.expand(text)
	if err != nil {
		return nil, err
	}
	stmt, err := c.conn.(driver.ConnPrepareContext).PrepareContext(ctx, sql)
	if err != nil {
		return nil, err
	}
	return &sqliteStmt{text: text, stmt: stmt}, nil
}

func (c *sqliteConn) exec(ctx context.Context, text string, args []any) (int64, error) {
	s, err := c.prepare(ctx, text)
	if err != nil {
		return 0, err
	}
	return c.run(ctx, s, args)
}

func (c *sqliteConn) run(ctx context.Context, s *sqliteStmt, args []any) (int64, error) {
	if err := c.bind(args); err != nil {
		return 0, err
	}
	result, err := s.stmt.(driver.StmtExecContext).ExecContext(ctx, c.args)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (c *sqliteConn) query(ctx context.Context, text string, args []any) (*sqliteCursor, error) {
	s, err := c.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	if err := c.bind(args); err != nil {
		return nil, err
	}
	rows, err := s.stmt.(driver.StmtQueryContext).QueryContext(ctx, c.args)
	if err != nil {
		return nil, err
	}
	if n := len(rows.Columns()); len(s.dest) != n {
		s.dest = make([]driver.Value, n)
	}
	return &sqliteCursor{ctx: ctx, rows: rows, dest: s.dest}, nil
}

// bind fills c.args; the driver copies what it needs before it returns.
func (c *sqliteConn) bind(args []any) error {
	if cap(c.args) < len(args) {
		c.args = make([]driver.NamedValue, len(args))
	}
	c.args = c.args[:len(args)]
	for i, arg := range args {
		a, err := bindable(arg)
		if err != nil {
			return fmt.Errorf("parameter $%d: %w", i+1, err)
		}
		if day, ok := a.(value.Date); ok {
			a = day.String()
		}
		c.args[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
	}
	return nil
}

// valid is false after an interrupted statement: such a connection is thrown away.
func (c *sqliteConn) valid() bool {
	v, ok := c.conn.(driver.Validator)
	return !ok || v.IsValid()
}

func (c *sqliteConn) close() error {
	for e := c.recent.Front(); e != nil; e = e.Next() {
		e.Value.(*sqliteStmt).stmt.Close()
	}
	return c.conn.Close()
}

// sqliteCursor hands out the driver's rows.
type sqliteCursor struct {
	ctx   context.Context
	rows  driver.Rows
	dest  []driver.Value
	count int
}

func (c *sqliteCursor) next(r *Rows) (bool, error) {
	// The driver watches the context in the first step only.
	if c.count++; c.count&63 == 0 && c.ctx.Err() != nil {
		return false, c.ctx.Err()
	}
	err := c.rows.Next(c.dest)
	if err == io.EOF {
		return false, nil
	}
	r.vals = c.dest
	return err == nil, err
}

func (c *sqliteCursor) close() error { return c.rows.Close() }
