package store

import (
	"context"
	"encoding/json"
	"strings"
)

// TableColumns lists the columns of these tables of the database by table, in their order; a table that is
// not there is not in the answer. Run-time DDL asks it what is missing.
func (tx *Tx) TableColumns(ctx context.Context, tables ...string) (map[string][]string, error) {
	if tx.Dialect().Name() == "sqlite" {
		return tx.namesOf(ctx, tables, `SELECT t.value, c.name FROM json_each($1) t, pragma_table_info(t.value) c ORDER BY t.key, c.cid`)
	}
	return tx.namesOf(ctx, tables, `SELECT c.relname, a.attname FROM pg_catalog.pg_attribute a
		JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $2::text AND c.relname = ANY(`+given+`) AND a.attnum > 0 AND NOT a.attisdropped
		ORDER BY c.relname, a.attnum`, tx.db.schema)
}

// TableIndexes lists the valid indexes of these tables by table; one without any is not in the answer.
func (tx *Tx) TableIndexes(ctx context.Context, tables ...string) (map[string][]string, error) {
	if tx.Dialect().Name() == "sqlite" {
		return tx.namesOf(ctx, tables, `SELECT t.value, i.name FROM json_each($1) t, pragma_index_list(t.value) i`)
	}
	return tx.namesOf(ctx, tables, `SELECT c.relname, i.relname FROM pg_catalog.pg_index x
		JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid JOIN pg_catalog.pg_class c ON c.oid = x.indrelid
		JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $2::text AND c.relname = ANY(`+given+`) AND x.indisvalid`, tx.db.schema)
}

// TableSize is what PostgreSQL knows of a table without reading it: about how many rows it had when it was
// last analyzed, 0 if never, and how many bytes it takes now, of which those not committed yet are some.
type TableSize struct{ Rows, Bytes int64 }

// TableSizes tells the sizes of these tables on PostgreSQL.
func (tx *Tx) TableSizes(ctx context.Context, tables ...string) (map[string]TableSize, error) {
	sizes := map[string]TableSize{}
	err := tx.ofTables(ctx, tables, `SELECT c.relname, greatest(c.reltuples, 0)::bigint, pg_relation_size(c.oid) FROM pg_catalog.pg_class c
		JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $2::text AND c.relname = ANY(`+given+`)`, []any{tx.db.schema}, func(rows *Rows) error {
		var table string
		var size TableSize
		err := rows.Scan(&table, &size.Rows, &size.Bytes)
		sizes[table] = size
		return err
	})
	return sizes, err
}

// given are the names in the first parameter, by which PostgreSQL finds tables in an index: in a database of
// many workspaces they are few of very many.
const given = `ARRAY(SELECT json_array_elements_text($1::json))::name[]`

// namesOf reads rows of a table and a name.
func (tx *Tx) namesOf(ctx context.Context, tables []string, sql string, args ...any) (map[string][]string, error) {
	names := map[string][]string{}
	err := tx.ofTables(ctx, tables, sql, args, func(rows *Rows) error {
		var table, name string
		err := rows.Scan(&table, &name)
		names[table] = append(names[table], name)
		return err
	})
	return names, err
}

// ofTables reads rows about the tables, whose names are the first parameter. All are asked for at once: to
// ask for each is a way to the server and back for each, whenever a program starts.
func (tx *Tx) ofTables(ctx context.Context, tables []string, sql string, args []any, row func(*Rows) error) error {
	list, err := json.Marshal(tables)
	if err != nil {
		return err
	}
	rows, err := tx.Query(ctx, sql, append([]any{string(list)}, args...)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// CreateIndex makes an index inside the transaction, for tables that are new
// or small; DB.CreateIndex makes one beside running work.
func (tx *Tx) CreateIndex(ctx context.Context, x Index) error {
	d := tx.Dialect()
	name := d.Quote(x.Name)
	table := d.Quote(x.Table)
	if d.Name() == "sqlite" { // there the index, not the table, is qualified
		name = d.Quote(tx.db.schema) + "." + name
	} else {
		table = d.Quote(tx.db.schema) + "." + table
	}
	unique := ""
	if x.Unique {
		unique = "UNIQUE "
	}
	sql := "CREATE " + unique + "INDEX IF NOT EXISTS " + name + " ON " + table + " (" + strings.Join(x.Columns, ", ") + ")"
	if x.Where != "" {
		sql += " WHERE " + x.Where
	}
	_, err := tx.Exec(ctx, sql)
	return err
}
