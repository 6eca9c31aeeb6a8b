package record

import (
	"context"
	"strconv"
	"strings"

	"wellmet/internal/schema"
	"wellmet/internal/store"
)

// hintRows is the size from which the engine thinks about indexes itself;
// below it the database's own choice is good enough and always right.
const hintRows = 20_000

// fewBytes is the size up to which a table that has not grown is not counted
// again: what may have come and gone within it are some hundred rows.
const fewBytes = 64 << 10

// estimates are about how many rows each table has, and on PostgreSQL how many
// bytes they took then.
type estimates struct{ rows, bytes map[string]int64 }

// estimateSizes reads what the database knows of itself. A table that it knows
// nothing of is counted, up to where it stops being small, and then taken for a
// big one. Each change of a right or a setting asks anew, and to plan the count
// of some eighty tables takes PostgreSQL 40 ms: those without a byte are not
// counted, nor small ones that have as many as when they were counted before.
func estimateSizes(ctx context.Context, tx *store.Tx, s *schema.Schema, before estimates) (estimates, error) {
	now, err := statistics(ctx, tx, s)
	if err != nil {
		return now, err
	}
	var unknown []string
	for _, o := range s.Objects() {
		if now.rows[o.Table] >= hintRows {
			continue
		}
		bytes, told := now.bytes[o.Table]
		was, counted := before.bytes[o.Table]
		switch {
		case told && bytes == 0:
		case told && counted && was == bytes && bytes <= fewBytes:
			now.rows[o.Table] = before.rows[o.Table]
		default:
			unknown = append(unknown, o.Table)
		}
	}
	return now, countSmall(ctx, tx, unknown, now.rows)
}

// statistics reads the row counts that ANALYZE left, and the bytes of tables on
// PostgreSQL. SQLite has no table of counts before the first ANALYZE.
func statistics(ctx context.Context, tx *store.Tx, s *schema.Schema) (estimates, error) {
	now := estimates{map[string]int64{}, map[string]int64{}}
	if tx.Dialect().Name() != "sqlite" {
		known, err := tx.TableSizes(ctx, s.Tables()...)
		for table, size := range known {
			now.rows[table], now.bytes[table] = size.Rows, size.Bytes
		}
		return now, err
	}
	there, err := tx.Row(ctx, `SELECT 1 FROM {sqlite_schema} WHERE name = 'sqlite_stat1'`, nil, new(int64))
	if err != nil || !there {
		return now, err
	}
	rows, err := tx.Query(ctx, `SELECT tbl, max(stat) FROM {sqlite_stat1} GROUP BY tbl`)
	if err != nil {
		return now, err
	}
	defer rows.Close()
	for rows.Next() {
		table, _ := rows.Text(0)
		stat, _ := rows.Text(1)
		first, _, _ := strings.Cut(stat, " ")
		now.rows[strings.Clone(table)], _ = strconv.ParseInt(first, 10, 64)
	}
	return now, rows.Err()
}

// countSmall counts the living records of the tables, in one statement that
// reads indexes only.
func countSmall(ctx context.Context, tx *store.Tx, tables []string, sizes map[string]int64) error {
	if len(tables) == 0 {
		return nil
	}
	var b strings.Builder
	for i, t := range tables {
		if i > 0 {
			b.WriteString(" UNION ALL ")
		}
		b.WriteString("SELECT '" + t + "', count(*) FROM (SELECT 1 FROM {" + t + "} t WHERE t.deleted_at IS NULL LIMIT " +
			strconv.Itoa(hintRows+1) + ") c")
	}
	rows, err := tx.Query(ctx, b.String())
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		table, _ := rows.Text(0)
		n, _ := rows.Int(1)
		if n > hintRows {
			n = 10 * hintRows
		}
		sizes[strings.Clone(table)] = max(n, sizes[table])
	}
	return rows.Err()
}

// Analyze refreshes what the database knows about its tables' sizes, and makes
// the sessions that begin from now on use it. It takes milliseconds whatever
// the size; for jobs, after big imports.
//
// On SQLite nothing is kept of small tables: statistics of a workspace that was
// empty when they were made led to plans that read whole tables once it had
// grown (activities of 500 records 400 ms instead of 3), and what the planner
// assumes of a table that it knows nothing of is right for these.
func (e *Engine) Analyze(ctx context.Context) error {
	return e.needs.DB.Write(ctx, func(tx *store.Tx) error {
		statements := []string{"PRAGMA analysis_limit = 1000", "ANALYZE",
			"DELETE FROM {sqlite_stat1} WHERE CAST(stat AS integer) < " + strconv.Itoa(hintRows), "ANALYZE {sqlite_schema}"}
		if tx.Dialect().Name() != "sqlite" {
			statements = nil
			for _, o := range e.Schema().Objects() {
				statements = append(statements, "ANALYZE {"+o.Table+"}")
			}
		}
		for _, sql := range statements {
			if _, err := tx.Exec(ctx, sql); err != nil {
				return err
			}
		}
		return touchState(ctx, tx)
	})
}
