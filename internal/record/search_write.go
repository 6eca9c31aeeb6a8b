package record

import (
	"context"
	"slices"

	"wellmet/internal/i18n"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// writeSearch brings the search text of records up to date; they replace what
// was known of them.
func (s *Session) writeSearch(ctx context.Context, o *schema.Object, records []*Record) error {
	if !s.state.searchable(o) {
		return nil
	}
	fields := s.state.searched(o)
	docs := make([]store.SearchDoc, 0, min(len(records), 1000))
	for chunk := range slices.Chunk(records, 1000) {
		docs = docs[:0]
		for _, r := range chunk {
			docs = append(docs, s.searchDoc(o, fields, r))
		}
		if err := s.tx.PutSearch(ctx, docs); err != nil {
			return err
		}
	}
	return nil
}

func (s *Session) searchDoc(o *schema.Object, fields []*schema.FieldDef, r *Record) store.SearchDoc {
	d := store.SearchDoc{ID: r.ID, Object: o.ID, Owner: r.Owner(), Tags: []string{objectTag(o)}}
	if d.Owner != 0 {
		d.Tags = append(d.Tags, ownerTag(d.Owner))
	}
	if title := titleWords(o, r); len(title) > 0 {
		d.Tags = append(d.Tags, titleTag(title))
	}
	d.Words, d.Grams = searchTexts(o, fields, r)
	if d.Grams != "" && s.tx.Dialect().Name() == "sqlite" {
		tags := gramTag(objectTag(o))
		if d.Owner != 0 {
			tags += gramTag(ownerTag(d.Owner))
		}
		d.Grams = tags + gramBreak + d.Grams
	}
	return d
}

// titleWords are the words by which a whole title is compared.
func titleWords(o *schema.Object, r *Record) []string {
	f, ok := o.Field(o.Title)
	if !ok || !searchableKind(f) {
		return nil
	}
	return i18n.QueryTerms(clip(schema.Neutral(r.Value(f)), maxSearchText))
}

// removeSearch forgets records that are no longer to be found.
func (s *Session) removeSearch(ctx context.Context, ids []value.ID) error {
	return s.tx.DropSearch(ctx, ids)
}

// reindexIDs writes the search text of some records anew from their rows, for
// changes that came as one statement, such as children given a new owner.
func (s *Session) reindexIDs(ctx context.Context, o *schema.Object, ids []value.ID) error {
	if !s.state.searchable(o) {
		return nil
	}
	for chunk := range slices.Chunk(ids, 500) {
		args := s.args()
		records, err := s.searchRows(ctx, o, "t.id IN ("+idList(chunk, args)+")", args.Values())
		if err != nil {
			return err
		}
		if err := s.writeSearch(ctx, o, records); err != nil {
			return err
		}
	}
	return nil
}

// searchRows reads what the search text of records is made of, under no one's
// rights.
func (s *Session) searchRows(ctx context.Context, o *schema.Object, where string, args []any) ([]*Record, error) {
	c := newSearchColumns(o, s.state.searched(o), s.tx.Dialect())
	rows, err := s.tx.Query(ctx, "SELECT "+c.sql+" FROM {"+o.Table+"} t WHERE t.deleted_at IS NULL AND "+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var records []*Record
	for rows.Next() {
		records = append(records, c.record(rows))
	}
	return records, rows.Err()
}

// searchColumns reads a record's id, owner and some fields.
type searchColumns struct {
	o      *schema.Object
	fields []*schema.FieldDef
	sql    string
	at     []int
}

func newSearchColumns(o *schema.Object, fields []*schema.FieldDef, d store.Dialect) *searchColumns {
	c := &searchColumns{o: o, fields: fields, sql: "t.id, NULL"}
	if o.HasOwner() {
		c.sql = "t.id, t.owner_id"
	}
	n := 2
	for _, f := range fields {
		c.at = append(c.at, n)
		for _, column := range f.ReadColumns() {
			c.sql += ", t." + d.Quote(column.Name)
			n++
		}
	}
	return c
}

func (c *searchColumns) record(rows *store.Rows) *Record {
	r := newRecord(c.o)
	r.ID, _ = rows.ID(0)
	if owner, ok := rows.ID(1); ok {
		if f, ok := c.o.Field("owner"); ok {
			r.set(f, owner)
		}
	}
	for i, f := range c.fields {
		v := f.Load(rows, c.at[i])
		r.set(f, keep(v))
	}
	return r
}

// keep copies a text out of the row it was read from.
func keep(v any) any {
	if s, ok := v.(string); ok {
		return string(append([]byte(nil), s...))
	}
	return v
}
