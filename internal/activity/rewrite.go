package activity

import (
	"context"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Rewrite passes the texts of all activities about a record through fn, whoever
// may see them, and answers how many it changed. Their history forgets what they
// said. It is for erasing a person.
func Rewrite(ctx context.Context, s *record.Session, of schema.Ref, fn func(string) string) (int, error) {
	rows, err := s.Tx().Query(ctx, `SELECT DISTINCT activity FROM {link_about} WHERE object = $1 AND record = $2`, s.Schema().MustObject(of.Object).ID, of.ID)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var ids []value.ID
	for rows.Next() {
		id, _ := rows.ID(0)
		ids = append(ids, id)
	}
	if err := rows.Close(); err != nil {
		return 0, err
	}
	sys := s.AsSystem("texts about an erased person")
	found, err := sys.GetMany(ctx, Activities.Name, ids)
	if err != nil {
		return 0, err
	}
	n := 0
	for id, r := range found {
		v := record.Values{}
		for _, f := range []schema.Field[string]{Subject, Body} {
			if text, ok := record.Get(r, f); ok && fn(text) != text {
				record.With(v, f, fn(text))
			}
		}
		if len(v) > 0 {
			if _, err := sys.Update(ctx, Activities.Name, id, 0, v); err != nil {
				return n, err
			}
			n++
		}
		if err := sys.ForgetValues(ctx, Activities.Name, id); err != nil {
			return n, err
		}
	}
	return n, nil
}
