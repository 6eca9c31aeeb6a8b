package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// pgTable is what a backup knows of a table. Fixed tables come back by migration and use the columns only
// for COPY; those made at run time come back from this.
type pgTable struct {
	Name        string     `json:"name"`
	Columns     []pgColumn `json:"columns"`
	Constraints []string   `json:"constraints,omitempty"`
	Indexes     []pgIndex  `json:"indexes,omitempty"`
}

type pgColumn struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	NotNull bool   `json:"not_null,omitempty"`
	Default string `json:"default,omitempty"`
}

// pgIndex has its statement with {table} for the table.
type pgIndex struct {
	Name string `json:"name"`
	SQL  string `json:"sql"`
}

// pgSchema is one database in a backup.
type pgSchema struct {
	Version int64     `json:"version"`
	Tables  []pgTable `json:"tables"`
}

// backup reads all schemas in one snapshot, over a direct connection and without a deadline of its own.
// The queue's own tables (river_…) stay out: what waits is in the outboxes, from which it is queued anew.
func (h *schemas) backup(ctx context.Context, s *Server, a *archive) error {
	conn, err := h.direct.pool.Acquire(ctx)
	if err != nil {
		return translateAcquire(ctx, err)
	}
	defer conn.Release()
	c := conn.Conn().PgConn()
	if _, err := c.Exec(ctx, pgBeginRead).ReadAll(); err != nil {
		return err
	}
	defer func() { c.Exec(context.WithoutCancel(ctx), "ROLLBACK").ReadAll() }()

	rows, err := pgRows(ctx, c, "SELECT slug FROM "+quote(s.control.schema)+`."workspace" ORDER BY slug`)
	if err != nil {
		return err
	}
	slugs := []string{}
	for _, row := range rows {
		slugs = append(slugs, row[0])
	}
	if err := a.begin(s, slugs); err != nil {
		return err
	}
	if err := backupSchema(ctx, c, a, "control", s.control.schema); err != nil {
		return err
	}
	for _, slug := range slugs {
		if err := backupSchema(ctx, c, a, slug, h.schema(workspaceKind, slug)); err != nil {
			return err
		}
	}
	return a.blobs(ctx, h.config, slugs)
}

func backupSchema(ctx context.Context, c *pgconn.PgConn, a *archive, name, schema string) error {
	described, err := describeSchema(ctx, c, schema)
	if err != nil {
		return err
	}
	if err := a.json("db/"+name+"/schema.json", described); err != nil {
		return err
	}
	for _, t := range described.Tables {
		w := &pieces{archive: a, name: "db/" + name + "/" + t.Name}
		if _, err := c.CopyTo(ctx, w, "COPY "+quote(schema)+"."+quote(t.Name)+" ("+t.columnList()+") TO STDOUT"); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
		if err := w.flush(); err != nil {
			return err
		}
	}
	return nil
}

func (t pgTable) columnList() string {
	var names []string
	for _, c := range t.Columns {
		names = append(names, quote(c.Name))
	}
	return strings.Join(names, ", ")
}

// pieceSize bounds what a backup holds in memory: an archive needs an entry's size before its bytes.
const pieceSize = 4 << 20

// pieces cuts COPY's output into entries of whole rows; each Write is a row.
type pieces struct {
	archive *archive
	name    string
	n       int
	buf     []byte
}

func (p *pieces) Write(row []byte) (int, error) {
	p.buf = append(p.buf, row...)
	if len(p.buf) >= pieceSize {
		return len(row), p.flush()
	}
	return len(row), nil
}

func (p *pieces) flush() error {
	if len(p.buf) == 0 {
		return nil
	}
	p.n++
	err := p.archive.bytes(fmt.Sprintf("%s.%06d.copy", p.name, p.n), p.buf)
	p.buf = p.buf[:0]
	return err
}

// pgRows reads a small result as text; NULL is "".
func pgRows(ctx context.Context, c *pgconn.PgConn, sql string, args ...string) ([][]string, error) {
	values := make([][]byte, len(args))
	for i, a := range args {
		values[i] = []byte(a)
	}
	res := c.ExecParams(ctx, sql, values, nil, nil, nil).Read()
	if res.Err != nil {
		return nil, res.Err
	}
	out := make([][]string, len(res.Rows))
	for i, row := range res.Rows {
		for _, cell := range row {
			out[i] = append(out[i], string(cell))
		}
	}
	return out, nil
}

func describeSchema(ctx context.Context, c *pgconn.PgConn, schema string) (pgSchema, error) {
	var out pgSchema
	version, err := pgRows(ctx, c, "SELECT max(version_id) FROM "+quote(schema)+"."+quote(versionTable)+" WHERE is_applied")
	if err != nil {
		return out, err
	}
	if _, err := fmt.Sscan(version[0][0], &out.Version); err != nil {
		return out, err
	}
	names, err := pgRows(ctx, c, `SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $1 AND c.relkind = 'r' AND c.relname <> $2 AND NOT starts_with(c.relname, 'river_') ORDER BY c.relname`, schema, versionTable)
	if err != nil {
		return out, err
	}
	for _, name := range names {
		t, err := describeTable(ctx, c, schema, name[0])
		if err != nil {
			return out, fmt.Errorf("table %s: %w", name[0], err)
		}
		out.Tables = append(out.Tables, t)
	}
	return out, nil
}

const ofTable = ` FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = $1 `

func describeTable(ctx context.Context, c *pgconn.PgConn, schema, table string) (pgTable, error) {
	t := pgTable{Name: table}
	columns, err1 := pgRows(ctx, c, `SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
		coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), '')`+ofTable+`
		JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE c.relname = $2 ORDER BY a.attnum`, schema, table)
	constraints, err2 := pgRows(ctx, c, `SELECT format('CONSTRAINT %I ', k.conname) || pg_catalog.pg_get_constraintdef(k.oid)`+ofTable+`
		JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid WHERE c.relname = $2 ORDER BY k.contype DESC, k.conname`, schema, table)
	indexes, err3 := pgRows(ctx, c, `SELECT x.relname, pg_catalog.pg_get_indexdef(x.oid), format(' ON %I.%I ', n.nspname, c.relname)`+ofTable+`
		JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisvalid JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
		WHERE c.relname = $2 AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint k WHERE k.conindid = x.oid) ORDER BY x.relname`, schema, table)
	if err := errors.Join(err1, err2, err3); err != nil {
		return t, err
	}
	for _, r := range columns {
		t.Columns = append(t.Columns, pgColumn{Name: r[0], Type: r[1], NotNull: r[2] == "t", Default: r[3]})
	}
	for _, r := range constraints {
		t.Constraints = append(t.Constraints, r[0])
	}
	for _, r := range indexes {
		sql := strings.Replace(r[1], r[2], " ON {table} ", 1)
		if sql == r[1] {
			return t, fmt.Errorf("index %s not understood: %s", r[0], r[1])
		}
		t.Indexes = append(t.Indexes, pgIndex{Name: r[0], SQL: sql})
	}
	return t, nil
}
