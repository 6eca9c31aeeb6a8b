package record

import (
	"strconv"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// updateStatement writes
//
//	UPDATE t SET a = v.column3, … FROM (VALUES (id, version, a…), …) v
//	WHERE t.id = v.column1 AND t.version = v.column2 AND …
//
// whose column names of VALUES are the same on both databases.
type updateStatement struct {
	sql  strings.Builder
	args *expr.Args
	d    store.Dialect
}

func (b *updateStatement) begin(o *schema.Object, c columnSet, doing Doing, now int64, act value.ID) {
	b.sql.WriteString("UPDATE {" + o.Table + "} AS t SET ")
	for i, x := range c.names {
		if i > 0 {
			b.sql.WriteString(", ")
		}
		b.sql.WriteString(b.d.Quote(x.Name) + " = v.column" + strconv.Itoa(i+3))
	}
	switch doing {
	case Deleting:
		b.sql.WriteString(", deleted_at = " + b.args.Add(now, "bigint") + ", deleted_act = " + b.args.Add(int64(act), "bigint"))
	case Restoring:
		b.sql.WriteString(", deleted_at = NULL, deleted_act = NULL")
	}
	b.sql.WriteString(" FROM (VALUES ")
}

func (b *updateStatement) row(i int, d *Draft, c columnSet, values []any) {
	if i > 0 {
		b.sql.WriteString(", ")
	}
	b.sql.WriteString("(" + b.args.Add(int64(d.ID), "bigint") + ", " + b.args.Add(d.before.Version, "bigint"))
	for j, v := range values {
		b.sql.WriteString(", " + b.args.Add(v, sqlType(c.names[j].Type)))
	}
	b.sql.WriteByte(')')
}

func (b *updateStatement) end(_ *schema.Object, doing Doing, rule string) {
	b.sql.WriteString(") AS v WHERE t.id = v.column1 AND t.version = v.column2 AND t.deleted_at IS ")
	if doing == Restoring {
		b.sql.WriteString("NOT ")
	}
	b.sql.WriteString("NULL")
	if rule != "" {
		b.sql.WriteString(" AND " + rule)
	}
}

// sqlType names a type as expr.Args wants it.
func sqlType(t store.Type) string {
	switch t {
	case store.Int:
		return "bigint"
	case store.Bool:
		return "boolean"
	case store.Date:
		return "date"
	case store.Bytes:
		return "bytea"
	}
	return "text"
}
