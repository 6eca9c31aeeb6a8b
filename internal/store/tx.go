package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"wellmet/internal/value"
)

// Tx is a transaction on one database. It belongs to one goroutine and ends with the function it was
// given to.
type Tx struct {
	db      *DB
	session session
	write   bool
	open    *Rows
	broken  error // a statement failed: nothing but rollback is left, on both databases
	ended   bool
	after   []func()
	points  int // savepoints so far, for their names
}

// session is a driver's connection with a transaction on it. SQL texts arrive unexpanded. Errors leave
// it translated, and as retryable where a repetition of the transaction may work.
type session interface {
	exec(ctx context.Context, sql string, args []any) (int64, error)
	query(ctx context.Context, sql string, args []any) (cursor, error)
	execRows(ctx context.Context, in rowsInsert) (int64, error)
	post(ctx context.Context, sql string, args []any) error
	postRows(ctx context.Context, in rowsInsert) error
	flush(ctx context.Context) error // runs what was posted
	commit(ctx context.Context) error
	rollback()
	expanded(sql string) string // for the statement log
}

// Exec runs a statement and says how many rows it changed.
func (tx *Tx) Exec(ctx context.Context, sql string, args ...any) (int64, error) {
	if err := tx.ready(); err != nil {
		return 0, err
	}
	start := tx.started()
	n, err := tx.session.exec(ctx, sql, args)
	if err != nil {
		err = tx.failed(err)
	}
	tx.log(sql, len(args), args, start, err)
	return n, err
}

// Post runs a statement whose answer nobody needs. On PostgreSQL it travels with the next statement that is
// asked for one, or with the end of the transaction, and saves a round trip; should it fail, that statement
// fails with its error. Not for statements that may break a unique index. args stay as they are until then.
func (tx *Tx) Post(ctx context.Context, sql string, args ...any) error {
	if err := tx.ready(); err != nil {
		return err
	}
	start := tx.started()
	err := tx.session.post(ctx, sql, args)
	if err != nil {
		err = tx.failed(err)
	}
	tx.log(sql, len(args), args, start, err)
	return err
}

// flush runs what was posted, where somebody has to know that it succeeded.
func (tx *Tx) flush(ctx context.Context) error {
	if err := tx.ready(); err != nil {
		return err
	}
	err := tx.session.flush(ctx)
	if err != nil {
		err = tx.failed(err)
	}
	return err
}

// Query runs a statement that answers rows, also INSERT … RETURNING. The rows must be closed before the
// next statement.
func (tx *Tx) Query(ctx context.Context, sql string, args ...any) (*Rows, error) {
	if err := tx.ready(); err != nil {
		return nil, err
	}
	start := tx.started()
	c, err := tx.session.query(ctx, sql, args)
	if err != nil {
		err = tx.failed(err)
	}
	tx.log(sql, len(args), args, start, err)
	if err != nil {
		return nil, err
	}
	tx.open = &Rows{cursor: c, tx: tx}
	return tx.open, nil
}

// Row scans the first row, or answers false when there is none.
func (tx *Tx) Row(ctx context.Context, sql string, args []any, dest ...any) (bool, error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	if !rows.Next() {
		return false, rows.Err()
	}
	if err := rows.Scan(dest...); err != nil {
		return false, err
	}
	return true, rows.Close()
}

// IDs reads a first column of ids.
func (tx *Tx) IDs(ctx context.Context, sql string, args ...any) ([]value.ID, error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []value.ID
	for rows.Next() {
		id, _ := rows.ID(0)
		ids = append(ids, id)
	}
	return ids, rows.Close()
}

// Dialect is that of the transaction's database.
func (tx *Tx) Dialect() Dialect { return tx.db.dialect }

// DB is the transaction's database, for its name and its blobs; opening another transaction from within
// one waits for itself.
func (tx *Tx) DB() *DB { return tx.db }

// Writing reports whether the transaction may change anything.
func (tx *Tx) Writing() bool { return tx.write }

// OnCommit runs fn after the commit, in order; never when the transaction is rolled back or repeated.
func (tx *Tx) OnCommit(fn func()) { tx.after = append(tx.after, fn) }

// Try runs fn so that its failure undoes fn alone: the transaction stays usable and fn's error comes back.
// Costs two statements; meant for rows that may break a unique index while the others should stand.
func (tx *Tx) Try(ctx context.Context, fn func() error) (err error) {
	tx.points++
	name := fmt.Sprintf("point_%d", tx.points)
	if _, err := tx.Exec(ctx, "SAVEPOINT "+name); err != nil {
		return err
	}
	after := len(tx.after)
	if err = fn(); err == nil && tx.broken == nil {
		err = tx.flush(ctx)
	}
	if err == nil && tx.broken == nil {
		_, err = tx.Exec(ctx, "RELEASE SAVEPOINT "+name)
		return err
	}
	if err == nil {
		err = tx.broken
	}
	if tx.open != nil {
		tx.open.Close()
	}
	if mayRetry(err) {
		return err // the whole transaction has to be repeated, a savepoint does not help
	}
	tx.broken = nil
	tx.after = tx.after[:after]
	if _, undo := tx.Exec(ctx, "ROLLBACK TO SAVEPOINT "+name); undo != nil {
		return errors.Join(err, undo)
	}
	if _, undo := tx.Exec(ctx, "RELEASE SAVEPOINT "+name); undo != nil {
		return errors.Join(err, undo)
	}
	return err
}

func (tx *Tx) ready() error {
	switch {
	case tx.ended:
		return errors.New("store: transaction used after its end")
	case tx.broken != nil:
		return fmt.Errorf("store: an earlier statement of this transaction failed: %w", tx.broken)
	case tx.open != nil:
		return errors.New("store: rows of an earlier query are still open")
	}
	return nil
}

func (tx *Tx) failed(err error) error {
	if tx.broken == nil {
		tx.broken = err
	}
	return err
}

func (tx *Tx) started() time.Time {
	if tx.db.server.config.OnStatement == nil {
		return time.Time{}
	}
	return time.Now()
}

func (tx *Tx) log(sql string, n int, args []any, start time.Time, err error) {
	if hook := tx.db.server.config.OnStatement; hook != nil {
		hook(Statement{Database: tx.db.name, SQL: tx.session.expanded(sql), Args: n, Values: args, Took: time.Since(start), Err: err})
	}
}
