package record

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// TextUses tells which records of one kind hold texts (conditions, definitions)
// that name a field, an option or an object that goes. Their object is named by
// a field of theirs, or is always the same.
func TextUses(of *schema.Object, object schema.Field[string], texts ...schema.Field[string]) schema.Effects {
	return textUses(of, object.Name(), "", texts)
}

// TextUsesOf is TextUses for records that are all about one object.
func TextUsesOf(of *schema.Object, object string, texts ...schema.Field[string]) schema.Effects {
	return textUses(of, "", object, texts)
}

func textUses(of *schema.Object, column, always string, texts []schema.Field[string]) schema.Effects {
	return func(ctx context.Context, tx *store.Tx, s *schema.Schema, c schema.Change) ([]schema.Effect, error) {
		names := Mentions(s, c)
		if names == nil {
			return nil, nil
		}
		q := tx.Dialect().Quote
		about := "''"
		if column != "" {
			about = q(column)
		}
		sql := "SELECT id, " + q(of.Title) + ", " + about
		for _, f := range texts {
			sql += ", " + q(f.Name())
		}
		rows, err := tx.Query(ctx, sql+" FROM {"+of.Table+"} WHERE deleted_at IS NULL ORDER BY id")
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		var uses []schema.Use
		for rows.Next() {
			id, _ := rows.Int(0)
			name, _ := rows.Text(1)
			object, _ := rows.Text(2)
			if always != "" {
				object = always
			}
			used := c.Op == schema.RemoveObject && object == c.Object
			for i := range texts {
				text, _ := rows.Text(3 + i)
				used = used || names(object, text)
			}
			if used {
				uses = append(uses, schema.Use{Kind: of.Name, ID: value.ID(id), Name: strings.Clone(name)})
			}
		}
		return schema.UsedBy(schema.Warn, "schema.effect_used", c, uses), rows.Err()
	}
}

// Mentions tells whether a text about records of an object names what a change
// takes away; nil for a change that takes nothing.
func Mentions(s *schema.Schema, c schema.Change) func(object, text string) bool {
	o, ok := s.Object(c.Object)
	if !ok {
		return nil
	}
	if c.Op == schema.RemoveObject {
		return func(string, string) bool { return false }
	}
	f, ok := o.Field(c.Field)
	keys := schema.Dropped(f, c)
	if !ok || c.Op != schema.RemoveField && c.Op != schema.RetypeField && len(keys) == 0 {
		return nil
	}
	own := regexp.MustCompile(`(^|[^\w.])` + regexp.QuoteMeta(f.Name) + `\b`)
	over := regexp.MustCompile(`\w\.` + regexp.QuoteMeta(f.Name) + `\b`)
	return func(object, text string) bool {
		named := over.MatchString(text) || object == o.Name && own.MatchString(text)
		return named && (len(keys) == 0 || slices.ContainsFunc(keys, func(key string) bool { return strings.Contains(text, `"`+key) }))
	}
}
