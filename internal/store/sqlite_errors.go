package store

import (
	"context"
	"errors"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"wellmet/internal/fault"
)

var (
	errClosed = errors.New("store: the database is closed")
	errBeside = errors.New("store: opened beside a running server, for reading only")
)

// translateSQLite tells errors apart by code. The message is used for nothing but the name of the index.
func translateSQLite(ctx context.Context, conn *sqliteConn, err error) error {
	if err == nil {
		return nil
	}
	if _, ours := fault.As(err); ours {
		return err
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		if end, ok := ended(ctx, err); ok {
			return end
		}
		return err
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return fault.New(fault.Conflict, keyUnique, brokenIndex(conn, e)).Because(err)
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return fault.New(fault.Conflict, keyReference, nil).Because(err)
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return retryable{fault.New(fault.Unavailable, keyBusy, nil).Because(err)}
	case sqlite3.SQLITE_FULL:
		return fault.New(fault.Unavailable, keyFull, nil).Because(err)
	case sqlite3.SQLITE_INTERRUPT:
		if end, ok := ended(ctx, err); ok {
			return end
		}
	}
	return err
}

// commitSQLite judges a failed COMMIT. When the ROLLBACK after it worked, the transaction was still open
// and nothing of it stays; otherwise the engine may have got past the point of no return.
func commitSQLite(err, undone error) error {
	if undone == nil {
		return translateSQLite(context.Background(), nil, err)
	}
	return fault.New(fault.Unavailable, keyUnknown, nil).Because(err)
}

// waitedTooLong is the end of the wait for a connection.
func waitedTooLong(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fault.New(fault.Unavailable, keyBusy, nil).Because(ctx.Err())
	}
	return ctx.Err()
}

// brokenIndex finds the index that SQLite names only by its columns: "UNIQUE constraint failed: t.a, t.b",
// or, for an index over expressions, "… failed: index 'name'".
func brokenIndex(conn *sqliteConn, e *sqlite.Error) fault.Args {
	args := fault.Args{"index": "", "table": ""}
	_, list, ok := strings.Cut(e.Error(), "constraint failed: ")
	if i := strings.LastIndex(list, " ("); i > 0 { // the driver appends the code
		list = list[:i]
	}
	if !ok || list == "" {
		return args
	}
	// The driver writes errstr and errmsg, which repeat these words.
	if _, again, twice := strings.Cut(list, "constraint failed: "); twice {
		list = again
	}
	if name, isIndex := strings.CutPrefix(list, "index '"); isIndex {
		args["index"] = strings.TrimSuffix(name, "'")
		return args
	}
	var columns []string
	for _, full := range strings.Split(list, ", ") {
		table, column, _ := strings.Cut(full, ".")
		args["table"] = table
		columns = append(columns, column)
	}
	if conn != nil && e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE {
		args["index"] = indexOf(conn, args["table"].(string), strings.Join(columns, ","))
	}
	return args
}

// indexOf looks a unique index up by its columns.
func indexOf(conn *sqliteConn, table, columns string) string {
	rows, err := conn.query(context.Background(), `SELECT l.name, (SELECT group_concat(i.name, ',' ORDER BY i.seqno)
		FROM pragma_index_info(l.name) i) AS columns FROM pragma_index_list($1) l WHERE l."unique" = 1`, []any{table})
	if err != nil {
		return ""
	}
	defer rows.close()
	r := &Rows{tx: &Tx{}}
	for {
		if more, err := rows.next(r); err != nil || !more {
			return ""
		}
		if have, _ := r.Text(1); have == columns {
			name, _ := r.Text(0)
			return strings.Clone(name)
		}
	}
}
