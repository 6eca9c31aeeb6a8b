package record

import (
	"context"
	"slices"

	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// linkChange is the set of targets that a draft adds to and takes from one
// field.
type linkChange struct{ add, drop []schema.Ref }

// writeLinks keeps the tables behind fields that link to many records. Records
// in the trash keep their links, so that they come back with them; readers
// leave deleted targets out.
func (s *Session) writeLinks(ctx context.Context, o *schema.Object, drafts []*Draft) error {
	for _, f := range o.Fields {
		if f.Kind != schema.KindLinks && f.Kind != schema.KindAbout {
			continue
		}
		if err := s.writeLinkField(ctx, f, drafts); err != nil {
			return err
		}
	}
	return nil
}

func (s *Session) writeLinkField(ctx context.Context, f *schema.FieldDef, drafts []*Draft) error {
	var added [][]any
	for _, d := range drafts {
		if d.Doing == Deleting || d.Doing == Restoring || !d.Changed(f.Name) {
			continue
		}
		c := d.linkChange(f)
		for _, ref := range c.drop {
			if err := s.dropLink(ctx, f, d.ID, ref.ID); err != nil {
				return err
			}
		}
		for _, ref := range c.add {
			added = append(added, s.linkRow(f, d, ref))
		}
	}
	if len(added) == 0 {
		return nil
	}
	prefix, n := `INSERT INTO {record_link} (field, from_id, to_id) VALUES`, 3
	if f.Kind == schema.KindAbout {
		prefix, n = `INSERT INTO {link_about} (activity, object, record, at_ms, kind) VALUES`, 5
	}
	return s.tx.PostRows(ctx, prefix, n, added, " ON CONFLICT DO NOTHING")
}

func (d *Draft) linkChange(f *schema.FieldDef) linkChange {
	var c linkChange
	now := refsOf(f, d.Value(f))
	var was []schema.Ref
	if d.before != nil {
		was = refsOf(f, d.before.Value(f))
	}
	for _, r := range now {
		if !slices.Contains(was, r) {
			c.add = append(c.add, r)
		}
	}
	for _, r := range was {
		if !slices.Contains(now, r) {
			c.drop = append(c.drop, r)
		}
	}
	return c
}

// refsOf is the value of a links or about field as references.
func refsOf(f *schema.FieldDef, v any) []schema.Ref {
	switch x := v.(type) {
	case []schema.Ref:
		return x
	case []value.ID:
		refs := make([]schema.Ref, len(x))
		for i, id := range x {
			refs[i] = schema.Ref{Object: f.Target, ID: id}
		}
		return refs
	}
	return nil
}

func (s *Session) linkRow(f *schema.FieldDef, d *Draft, ref schema.Ref) []any {
	if f.Kind == schema.KindLinks {
		return []any{f.ID, d.ID, ref.ID}
	}
	at, kind := s.now, d.Object.Name
	if d.Object.When != "" {
		if t, ok := momentOf(d.after.Field(d.Object.When)); ok {
			at = t
		}
	}
	if k, ok := d.after.Field("kind").(string); ok {
		kind = k
	}
	return []any{d.ID, s.state.schema.MustObject(ref.Object).ID, ref.ID, at, kind}
}

func (s *Session) dropLink(ctx context.Context, f *schema.FieldDef, from, to value.ID) error {
	sql := `DELETE FROM {record_link} WHERE field = $3 AND from_id = $1 AND to_id = $2`
	args := []any{from, to, f.ID}
	if f.Kind == schema.KindAbout {
		sql, args = `DELETE FROM {link_about} WHERE activity = $1 AND record = $2`, args[:2]
	}
	return s.tx.Post(ctx, sql, args...)
}

// loadLinks reads the many-valued links of records that are about to change.
func (s *Session) loadLinks(ctx context.Context, o *schema.Object, found map[value.ID]locked) error {
	ids := keys(found)
	for _, f := range o.Fields {
		if f.Kind != schema.KindLinks && f.Kind != schema.KindAbout {
			continue
		}
		links, err := s.linksOf(ctx, f, ids)
		if err != nil {
			return err
		}
		for id, refs := range links {
			found[id].record.set(f, linkValue(f, refs))
		}
	}
	return nil
}

// linksOf reads what some records link to by one field, in a stable order.
// Targets in the trash are among them: their links come back with them.
// Whether the actor may read them is for the reader to ask.
func (s *Session) linksOf(ctx context.Context, f *schema.FieldDef, ids []value.ID) (map[value.ID][]schema.Ref, error) {
	out := map[value.ID][]schema.Ref{}
	for chunk := range slices.Chunk(ids, 500) {
		args := s.args()
		list := idList(chunk, args)
		sql := "SELECT activity, object, record FROM {link_about} WHERE activity IN (" + list + ") ORDER BY activity, object, record"
		if f.Kind == schema.KindLinks {
			sql = "SELECT l.from_id, '', l.to_id FROM {record_link} l WHERE l.field = " + args.Add(f.ID, "text") + " AND l.from_id IN (" + list + ") ORDER BY l.from_id, l.to_id"
		}
		rows, err := s.tx.Query(ctx, sql, args.Values()...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			from, _ := rows.ID(0)
			ref := schema.Ref{Object: f.Target}
			if id, _ := rows.Text(1); id != "" {
				o, ok := s.objectByID(id)
				if !ok { // removed from the schema, not from the records
					continue
				}
				ref.Object = o.Name
			}
			ref.ID, _ = rows.ID(2)
			out[from] = append(out[from], ref)
		}
		err = rows.Err()
		rows.Close()
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// linkValue is the canonical value of a links or about field.
func linkValue(f *schema.FieldDef, refs []schema.Ref) any {
	if len(refs) == 0 {
		return nil
	}
	if f.Kind == schema.KindAbout {
		return refs
	}
	ids := make([]value.ID, len(refs))
	for i, r := range refs {
		ids[i] = r.ID
	}
	return ids
}
