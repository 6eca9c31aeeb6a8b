package access

import (
	"context"
	"strings"

	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// RoleUses tells which roles have a word of their own on a field or an object
// that goes.
func RoleUses(ctx context.Context, tx *store.Tx, s *schema.Schema, c schema.Change) ([]schema.Effect, error) {
	o, ok := s.Object(c.Object)
	if !ok {
		return nil, nil
	}
	id := o.ID
	switch f, ok := o.Field(c.Field); {
	case c.Op == schema.RemoveField && ok:
		id = f.ID
	case c.Op != schema.RemoveObject:
		return nil, nil
	}
	if _, have := s.Object(Roles.Name); !have {
		return nil, nil
	}
	rows, err := tx.Query(ctx, `SELECT id, name, permissions FROM {role} WHERE deleted_at IS NULL ORDER BY id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var uses []schema.Use
	for rows.Next() {
		role, _ := rows.Int(0)
		name, _ := rows.Text(1)
		if text, _ := rows.Text(2); strings.Contains(text, `"`+id+`"`) {
			uses = append(uses, schema.Use{Kind: Roles.Name, ID: value.ID(role), Name: strings.Clone(name)})
		}
	}
	return schema.UsedBy(schema.Warn, "schema.effect_used", c, uses), rows.Err()
}
