package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"wellmet/internal/fault"
)

// restoring is a restore into PostgreSQL, one schema at a time.
type restoring struct {
	h    *schemas
	in   *opened
	conn *pgconn.PgConn

	made   []string // schemas to drop after a failure
	name   string   // the database being filled: "control" or a slug; "" = none yet
	schema string
	tables map[string]pgTable
	rest   []pgIndex // indexes to make once the rows are in, table put in
}

func restoreSchemas(ctx context.Context, c Config, in *opened) (err error) {
	h, err := openSchemas(ctx, c)
	if err != nil {
		return err
	}
	defer h.close()
	if found, err := filepath.Glob(filepath.Join(c.Dir, "blobs", "*")); err != nil || len(found) > 0 {
		return errors.Join(notEmpty(c.Dir), err)
	}
	r := &restoring{h: h, in: in}
	err = h.alone(ctx, "restore", func(ctx context.Context, conn *pgconn.PgConn) error {
		r.conn = conn
		return r.run(ctx)
	})
	if err != nil {
		return errors.Join(err, r.undo(context.WithoutCancel(ctx)))
	}
	return nil
}

func (r *restoring) undo(ctx context.Context) error {
	var all []error
	for _, schema := range r.made {
		all = append(all, r.h.alone(ctx, schema, func(ctx context.Context, c *pgconn.PgConn) error {
			_, err := c.Exec(ctx, "DROP SCHEMA IF EXISTS "+quote(schema)+" CASCADE").ReadAll()
			return err
		}))
	}
	for _, slug := range r.in.about.Workspaces {
		all = append(all, os.RemoveAll(r.h.config.blobs(slug)))
	}
	return errors.Join(all...)
}

func (r *restoring) run(ctx context.Context) error {
	for {
		name, err := r.in.next()
		if err != nil {
			return err
		}
		if name == "" {
			break
		}
		isBlob, err := r.in.blob(name, filepath.Join(r.h.config.Dir, "blobs"))
		if err == nil && !isBlob {
			err = r.entry(ctx, name)
		}
		if err != nil {
			return err
		}
	}
	if len(r.made) != 1+len(r.in.about.Workspaces) {
		return torn(errors.New("databases are missing"))
	}
	return r.finish(ctx)
}

func (r *restoring) entry(ctx context.Context, name string) error {
	parts := strings.Split(name, "/")
	if len(parts) != 3 || parts[0] != "db" {
		return torn(fmt.Errorf("strange name %q", name))
	}
	if parts[2] == "schema.json" {
		if err := r.finish(ctx); err != nil {
			return err
		}
		return r.begin(ctx, parts[1])
	}
	table, _, _ := strings.Cut(parts[2], ".")
	t, ok := r.tables[table]
	if !ok || parts[1] != r.name {
		return torn(fmt.Errorf("strange name %q", name))
	}
	_, err := r.conn.CopyFrom(ctx, r.in.tar, "COPY "+quote(r.schema)+"."+quote(table)+" ("+t.columnList()+") FROM STDIN")
	if err != nil {
		return fmt.Errorf("restore %s: %w", name, err)
	}
	return nil
}

// begin makes a schema as it was: the fixed tables by migration to the backup's version, the others from
// their description.
func (r *restoring) begin(ctx context.Context, name string) error {
	text, err := io.ReadAll(r.in.tar)
	if err != nil {
		return torn(err)
	}
	var described pgSchema
	if err := json.Unmarshal(text, &described); err != nil {
		return torn(err)
	}
	k := workspaceKind
	if name == "control" {
		k = controlKind
	} else if err := checkSlug(name); err != nil {
		return err
	}
	r.name, r.schema = name, r.h.schema(k, name)
	there, err := pgRows(ctx, r.conn, "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", r.schema)
	if err != nil {
		return err
	}
	if len(there) > 0 {
		return notEmpty(r.schema)
	}
	r.made = append(r.made, r.schema)
	if err := r.h.migrate(ctx, r.conn, k, r.schema, true, described.Version); err != nil {
		return err
	}
	return r.shape(ctx, described)
}

func (r *restoring) shape(ctx context.Context, described pgSchema) error {
	now, err := describeSchema(ctx, r.conn, r.schema)
	if err != nil {
		return err
	}
	if now.Version != described.Version {
		return fault.New(fault.Unavailable, keyNewer, fault.Args{"database": r.name, "version": described.Version, "known": now.Version})
	}
	tables, indexes := map[string]bool{}, map[string]bool{}
	for _, t := range now.Tables {
		tables[t.Name] = true
		for _, x := range t.Indexes {
			indexes[x.Name] = true
		}
		// Rows that migrations put in come with the backup.
		if err := r.exec(ctx, "DELETE FROM "+quote(r.schema)+"."+quote(t.Name)); err != nil {
			return err
		}
	}
	r.tables, r.rest = map[string]pgTable{}, nil
	for _, t := range described.Tables {
		r.tables[t.Name] = t
		if !tables[t.Name] {
			if err := r.exec(ctx, t.create(r.schema)); err != nil {
				return err
			}
		}
		for _, x := range t.Indexes {
			if !indexes[x.Name] {
				x.SQL = strings.Replace(x.SQL, "{table}", quote(r.schema)+"."+quote(t.Name), 1)
				r.rest = append(r.rest, x)
			}
		}
	}
	return nil
}

func (t pgTable) create(schema string) string {
	var parts []string
	for _, c := range t.Columns {
		part := quote(c.Name) + " " + c.Type
		if c.Default != "" {
			part += " DEFAULT " + c.Default
		}
		if c.NotNull {
			part += " NOT NULL"
		}
		parts = append(parts, part)
	}
	return "CREATE TABLE " + quote(schema) + "." + quote(t.Name) + " (" + strings.Join(append(parts, t.Constraints...), ", ") + ")"
}

// finish makes the indexes of the schema that is full now, and brings it up to this program's version.
func (r *restoring) finish(ctx context.Context) error {
	if r.name == "" {
		return nil
	}
	for _, x := range r.rest {
		if err := r.exec(ctx, x.SQL); err != nil {
			return fmt.Errorf("index %s: %w", x.Name, err)
		}
	}
	for name := range r.tables {
		if err := r.exec(ctx, "ANALYZE "+quote(r.schema)+"."+quote(name)); err != nil {
			return err
		}
	}
	k := workspaceKind
	if r.name == "control" {
		k = controlKind
		if err := r.exec(ctx, "UPDATE "+quote(r.schema)+`."workspace" SET schema = '`+r.h.config.SchemaPrefix+`ws_' || replace(slug, '-', '_')`); err != nil {
			return err
		}
	}
	r.name = ""
	return r.h.migrate(ctx, r.conn, k, r.schema, false, 0)
}

func (r *restoring) exec(ctx context.Context, sql string) error {
	_, err := r.conn.Exec(ctx, sql).ReadAll()
	return err
}
