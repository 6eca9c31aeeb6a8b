package store

import (
	"context"
	"fmt"
	"strings"
)

// maxParams keeps a statement below every limit on the way (SQLite 32,766, PostgreSQL 65,535) and small
// enough to plan quickly.
const maxParams = 10_000

// rowsInsert is one call of ExecRows.
type rowsInsert struct {
	prefix, suffix string
	cols           int
	rows           [][]any
}

// statement is the SQL for n of the rows.
func (in rowsInsert) statement(n int) string {
	var b strings.Builder
	b.Grow(len(in.prefix) + len(in.suffix) + n*in.cols*6 + 16)
	b.WriteString(in.prefix)
	b.WriteByte(' ')
	writeValues(&b, n, in.cols)
	if in.suffix != "" {
		b.WriteByte(' ')
		b.WriteString(in.suffix)
	}
	return b.String()
}

// ExecRows runs prefix VALUES (…), (…) suffix for any number of rows of cols parameters each, in as many
// statements as it takes: ExecRows(ctx, "INSERT INTO {t} (a, b) VALUES", 2, rows, "ON CONFLICT DO NOTHING").
// prefix ends with VALUES; suffix may be empty and holds no parameters. It answers the rows changed.
func (tx *Tx) ExecRows(ctx context.Context, prefix string, cols int, rows [][]any, suffix string) (n int64, err error) {
	err = tx.insertRows(rowsInsert{prefix: prefix, suffix: suffix, cols: cols, rows: rows}, func(in rowsInsert) error {
		n, err = tx.session.execRows(ctx, in)
		return err
	})
	return n, err
}

// PostRows is to ExecRows what Post is to Exec.
func (tx *Tx) PostRows(ctx context.Context, prefix string, cols int, rows [][]any, suffix string) error {
	return tx.insertRows(rowsInsert{prefix: prefix, suffix: suffix, cols: cols, rows: rows}, func(in rowsInsert) error {
		return tx.session.postRows(ctx, in)
	})
}

func (tx *Tx) insertRows(in rowsInsert, run func(rowsInsert) error) error {
	if err := tx.ready(); err != nil {
		return err
	}
	if len(in.rows) == 0 {
		return nil
	}
	if in.cols < 1 || in.cols > maxParams {
		return fmt.Errorf("store: %d columns in rows to insert", in.cols)
	}
	for i, row := range in.rows {
		if len(row) != in.cols {
			return fmt.Errorf("store: row %d to insert has %d values for %d columns", i, len(row), in.cols)
		}
	}
	start := tx.started()
	err := run(in)
	if err != nil {
		err = tx.failed(err)
	}
	tx.log(in.statement(1), in.cols*len(in.rows), nil, start, err)
	return err
}
