package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"path/filepath"
	"testing"
)

// A context that ends just before BEGIN runs is what the driver answers, although BEGIN ran: the next one on
// the connection must not find itself within a transaction.
func TestWhoLeavesAtTheBeginning(t *testing.T) {
	t.Parallel()
	e, err := openSQLite(filepath.Join(t.TempDir(), "file.db"), Config{Readers: 1, Sync: SyncOff})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.close() })
	first, err := e.begin(t.Context(), true, Batch)
	if err != nil {
		t.Fatal(err)
	}
	begin, err := first.(*sqliteSession).conn.prepare(t.Context(), "BEGIN IMMEDIATE")
	if err != nil {
		t.Fatal(err)
	}
	first.rollback()

	leaving, leave := context.WithCancel(t.Context())
	begin.stmt = leavingStmt{begin.stmt, leave}
	if _, err := e.begin(leaving, true, Batch); !errors.Is(err, context.Canceled) {
		t.Fatalf("who leaves: %v", err)
	}
	next, err := e.begin(t.Context(), true, Batch)
	if err != nil {
		t.Fatalf("who comes next: %v", err)
	}
	if next.(*sqliteSession).conn != first.(*sqliteSession).conn {
		t.Error("the connection was thrown away")
	}
	next.rollback()
}

// leavingStmt runs, and its context ends meanwhile.
type leavingStmt struct {
	driver.Stmt
	leave context.CancelFunc
}

func (s leavingStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	r, err := s.Stmt.(driver.StmtExecContext).ExecContext(context.WithoutCancel(ctx), args)
	s.leave()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return r, err
}
