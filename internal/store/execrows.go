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
func (tx *Tx) ExecRows(ctx context.Context, prefix string, cols int, rows [][]any, suffix string) (int64, error) {
	if err := tx.ready(); err != nil {
		return 0, err
	}
	if len(rows) == 0 {
		return 0, nil
	}
	if cols < 1 || cols > maxParams {
		return 0, fmt.Errorf("store: %d columns in ExecRows", cols)
	}
	for i, row := range rows {
		if len(row) != cols {
			return 0, fmt.Errorf("store: row %d of ExecRows has %d values for %d columns", i, len(row), cols)
		}
	}
	in := rowsInsert{prefix: prefix, suffix: suffix, cols: cols, rows: rows}
	start := tx.started()
	n, err := tx.session.execRows(ctx, in)
	if err != nil {
		err = tx.failed(err)
	}
	tx.log(in.statement(1), cols*len(rows), nil, start, err)
	return n, err
}
