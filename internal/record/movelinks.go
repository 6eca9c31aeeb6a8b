package record

import (
	"context"
	"slices"
	"strconv"

	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// LinkFields are the fields by which records may link to an object's: links to
// one and to many, and those that are about anything.
func (s *Session) LinkFields(o *schema.Object) []*schema.FieldDef {
	var all []*schema.FieldDef
	for _, f := range s.state.schema.LinksTo(o.Name) {
		if !f.Derived() && !f.Engine && (f.Kind == schema.KindLinks || len(f.Columns()) > 0) {
			all = append(all, f)
		}
	}
	for _, other := range s.state.schema.Objects() {
		for _, f := range other.Fields {
			if f.Kind == schema.KindAbout && o.Timeline {
				all = append(all, f)
			}
		}
	}
	return all
}

// linkSource is the statement that finds the living records which link to one
// by a field.
func (s *Session) linkSource(f *schema.FieldDef, to schema.Ref) (string, []any) {
	table := "{" + f.Object.Table + "} t WHERE "
	switch f.Kind {
	case schema.KindLinks:
		return "{record_link} l JOIN " + "{" + f.Object.Table + "} t ON t.id = l.from_id WHERE l.field = $1 AND l.to_id = $2 AND t.deleted_at IS NULL", []any{f.ID, to.ID}
	case schema.KindAbout:
		return "{link_about} l JOIN " + "{" + f.Object.Table + "} t ON t.id = l.activity WHERE l.object = $1 AND l.record = $2 AND t.deleted_at IS NULL",
			[]any{s.state.schema.MustObject(to.Object).ID, to.ID}
	}
	return table + "t." + s.tx.Dialect().Quote(f.Column) + " = $1 AND t.deleted_at IS NULL", []any{to.ID}
}

// CountLinks counts the living records that link to one by a field, whoever may
// see them.
func (s *Session) CountLinks(ctx context.Context, f *schema.FieldDef, to schema.Ref) (n int64, err error) {
	from, args := s.linkSource(f, to)
	_, err = s.tx.Row(ctx, "SELECT count(*) FROM "+from, args, &n)
	return n, err
}

// MoveLinks lets up to limit records that link to one by a field link to
// another instead. These are changes like any other, with rules, history and a
// way back; the outcomes tell which were refused.
func (s *Session) MoveLinks(ctx context.Context, f *schema.FieldDef, from, to schema.Ref, limit int) ([]Outcome, error) {
	source, args := s.linkSource(f, from)
	ids, err := s.tx.IDs(ctx, "SELECT t.id FROM "+source+" ORDER BY t.id LIMIT "+strconv.Itoa(min(limit, MaxBatch)), args...)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	var links map[value.ID][]schema.Ref
	if f.Kind == schema.KindLinks || f.Kind == schema.KindAbout {
		if links, err = s.linksOf(ctx, f, ids); err != nil {
			return nil, err
		}
	}
	b := Batch{Object: f.Object.Name, PerRow: true, Accept: true}
	for _, id := range ids {
		var v any = to.ID
		if links != nil {
			v = linkValue(f, replaced(links[id], from, to))
		}
		b.Changes = append(b.Changes, Change{ID: id, Values: Values{f.Name: v}})
	}
	return s.Save(ctx, b)
}

// replaced is a list of links with one of them exchanged, each once.
func replaced(refs []schema.Ref, from, to schema.Ref) []schema.Ref {
	var out []schema.Ref
	for _, r := range refs {
		if r.ID == from.ID {
			r.ID = to.ID
		}
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// MoveFiles takes the files of one record over to another of the same object:
// those named, or all. It answers which.
func (s *Session) MoveFiles(ctx context.Context, o *schema.Object, from, to value.ID, files ...value.ID) ([]value.ID, error) {
	if files == nil {
		var err error
		files, err = s.tx.IDs(ctx, `SELECT l.activity FROM {link_about} l WHERE l.object = $1 AND l.record = $2 AND l.kind = $3 ORDER BY l.activity`, o.ID, from, fileKind)
		if err != nil {
			return nil, err
		}
	}
	for _, id := range files {
		if _, err := s.tx.Exec(ctx, `UPDATE {link_about} SET record = $1 WHERE activity = $2 AND object = $3 AND record = $4 AND kind = $5`,
			to, id, o.ID, from, fileKind); err != nil {
			return nil, err
		}
	}
	return files, nil
}
