package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"wellmet/internal/fault"
)

// DropPrefix drops every schema of an installation that has a schema prefix. Meant for tests and
// throw-away installations; without a prefix it refuses.
func DropPrefix(ctx context.Context, c Config) error {
	c, err := c.filled()
	if err != nil {
		return err
	}
	if c.SchemaPrefix == "" || !c.postgres() {
		return fault.New(fault.Invalid, "store.bad_prefix", fault.Args{"prefix": c.SchemaPrefix})
	}
	conn, err := pgx.Connect(ctx, c.DirectURL)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	found := conn.PgConn().ExecParams(ctx, "SELECT nspname FROM pg_catalog.pg_namespace WHERE starts_with(nspname, $1)",
		[][]byte{[]byte(c.SchemaPrefix)}, nil, nil, nil).Read()
	if found.Err != nil {
		return found.Err
	}
	var all []error
	for _, row := range found.Rows {
		_, err := conn.PgConn().Exec(ctx, "DROP SCHEMA "+quote(string(row[0]))+" CASCADE").ReadAll()
		all = append(all, err)
	}
	return errors.Join(all...)
}
