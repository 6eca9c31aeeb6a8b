package store

import (
	"context"
	"strings"
)

// TableColumns lists the columns that a table of this database has, nothing
// for a table that is not there. Run-time DDL asks it what is missing.
func (tx *Tx) TableColumns(ctx context.Context, table string) ([]string, error) {
	if tx.Dialect().Name() == "sqlite" {
		return tx.names(ctx, `SELECT name FROM pragma_table_info($1)`, table)
	}
	return tx.names(ctx, `SELECT a.attname FROM pg_catalog.pg_attribute a
		JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $2::text AND c.relname = $1::text AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
		table, tx.db.schema)
}

// TableIndexes lists the valid indexes of a table by name.
func (tx *Tx) TableIndexes(ctx context.Context, table string) ([]string, error) {
	if tx.Dialect().Name() == "sqlite" {
		return tx.names(ctx, `SELECT name FROM pragma_index_list($1)`, table)
	}
	return tx.names(ctx, `SELECT i.relname FROM pg_catalog.pg_index x
		JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid JOIN pg_catalog.pg_class c ON c.oid = x.indrelid
		JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $2::text AND c.relname = $1::text AND x.indisvalid`, table, tx.db.schema)
}

func (tx *Tx) names(ctx context.Context, sql string, args ...any) ([]string, error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
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
