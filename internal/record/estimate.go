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

// estimateSizes says about how many rows each table has. It reads what the
// database knows of itself; a table it knows nothing of is counted, up to
// where it stops being small, and then taken for a big one.
func estimateSizes(ctx context.Context, tx *store.Tx, s *schema.Schema) (map[string]int64, error) {
	sizes, err := statistics(ctx, tx)
	if err != nil {
		return nil, err
	}
	var unknown []string
	for _, o := range s.Objects() {
		if sizes[o.Table] < hintRows {
			unknown = append(unknown, o.Table)
		}
	}
	return sizes, countSmall(ctx, tx, unknown, sizes)
}

// statistics reads the row counts that ANALYZE left. SQLite has no table of
// them before the first ANALYZE.
func statistics(ctx context.Context, tx *store.Tx) (map[string]int64, error) {
	sql := `SELECT c.relname, c.reltuples::bigint FROM pg_catalog.pg_class c
		JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $1::text AND c.relkind = 'r' AND c.reltuples > 0`
	args := []any{tx.DB().Schema()}
	if tx.Dialect().Name() == "sqlite" {
		there, err := tx.Row(ctx, `SELECT 1 FROM {sqlite_schema} WHERE name = 'sqlite_stat1'`, nil, new(int64))
		if err != nil || !there {
			return map[string]int64{}, err
		}
		sql, args = `SELECT tbl, max(stat) FROM {sqlite_stat1} GROUP BY tbl`, nil
	}
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	sizes := map[string]int64{}
	for rows.Next() {
		table, _ := rows.Text(0)
		stat, _ := rows.Text(1)
		first, _, _ := strings.Cut(stat, " ")
		n, _ := strconv.ParseInt(first, 10, 64)
		sizes[strings.Clone(table)] = n
	}
	return sizes, rows.Err()
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
