package store

import (
	"context"
	"strings"

	"wellmet/internal/value"
)

// SearchDoc is what search knows of a record. All texts are normalised by the caller (i18n.SearchText):
// tokens of letters and digits with spaces between.
type SearchDoc struct {
	ID     value.ID
	Object string
	Owner  value.ID // 0 = none
	Tags   []string // exact tokens of letters and digits: the object, the owner, …
	Words  string   // found by word and by beginning of a word
	Grams  string   // found by any fragment of three characters or more
}

// SearchQuery asks for documents that have one tag of every group and all the words.
type SearchQuery struct {
	Tags  [][]string // AND of ORs
	Words []string   // each the beginning of a word, or the whole word where Exact
	Exact bool
}

// PutSearch keeps documents, replacing those of the same id.
func (tx *Tx) PutSearch(ctx context.Context, docs []SearchDoc) error {
	if len(docs) == 0 {
		return nil
	}
	if tx.Dialect().Name() == "postgres" {
		return tx.putSearchPG(ctx, docs)
	}
	var bare []value.ID // without fragments
	plain, words, grams := make([][]any, len(docs)), make([][]any, len(docs)), make([][]any, 0, len(docs))
	for i, d := range docs {
		plain[i] = []any{d.ID, d.Object, orNull(d.Owner)}
		words[i] = []any{d.ID, strings.Join(d.Tags, " "), d.Words}
		if d.Grams == "" {
			bare = append(bare, d.ID)
			continue
		}
		grams = append(grams, []any{d.ID, d.Grams})
	}
	if err := tx.without(ctx, "{search_grams}", "rowid", bare); err != nil {
		return err
	}
	if _, err := tx.ExecRows(ctx, `INSERT INTO {search_doc} (id, object, owner_id) VALUES`, 3, plain,
		`ON CONFLICT (id) DO UPDATE SET object = excluded.object, owner_id = excluded.owner_id`); err != nil {
		return err
	}
	if _, err := tx.ExecRows(ctx, `INSERT OR REPLACE INTO {search_words} (rowid, tags, words) VALUES`, 3, words, ""); err != nil {
		return err
	}
	_, err := tx.ExecRows(ctx, `INSERT OR REPLACE INTO {search_grams} (rowid, grams) VALUES`, 2, grams, "")
	return err
}

// without deletes the rows of these ids.
func (tx *Tx) without(ctx context.Context, table, column string, ids []value.ID) error {
	if len(ids) == 0 {
		return nil
	}
	d := tx.Dialect()
	_, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE "+d.AnyOf(column, "$1"), IDs(d, ids))
	return err
}

func (tx *Tx) putSearchPG(ctx context.Context, docs []SearchDoc) error {
	rows := make([][]any, len(docs))
	for i, d := range docs {
		rows[i] = []any{d.ID, d.Object, orNull(d.Owner), vector(d), d.Grams}
	}
	return tx.PostRows(ctx, `INSERT INTO {search_doc} (id, object, owner_id, words, grams) VALUES`, 5, rows,
		`ON CONFLICT (id) DO UPDATE SET object = excluded.object, owner_id = excluded.owner_id, words = excluded.words, grams = excluded.grams`)
}

// DropSearch forgets documents.
func (tx *Tx) DropSearch(ctx context.Context, ids []value.ID) error {
	if err := tx.without(ctx, "{search_doc}", "id", ids); err != nil || tx.Dialect().Name() == "postgres" {
		return err
	}
	if err := tx.without(ctx, "{search_words}", "rowid", ids); err != nil {
		return err
	}
	return tx.without(ctx, "{search_grams}", "rowid", ids)
}

func orNull(id value.ID) any {
	if id == 0 {
		return nil
	}
	return id
}

// tagMark keeps tags and words apart in one vector; no word contains it.
const tagMark = "~"

// vector writes a tsvector literal. Its lexemes are quoted, so nothing in them is syntax; those longer
// than the server takes (2 kB) are cut, as the query's are.
func vector(d SearchDoc) string {
	var b strings.Builder
	for _, tag := range d.Tags {
		lexeme(&b, tagMark+tag, "")
	}
	for word := range strings.FieldsSeq(d.Words) {
		lexeme(&b, word, "")
	}
	return b.String()
}

const longestLexeme = 1000

func lexeme(b *strings.Builder, s, suffix string) {
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	b.WriteByte('\'')
	for _, r := range cut(s) {
		if r == '\'' || r == '\\' {
			b.WriteRune(r)
		}
		b.WriteRune(r)
	}
	b.WriteByte('\'')
	b.WriteString(suffix)
}

// cut shortens at a rune's edge.
func cut(s string) string {
	if len(s) <= longestLexeme {
		return s
	}
	end := longestLexeme
	for end > 0 && s[end]&0xC0 == 0x80 {
		end--
	}
	return s[:end]
}

// WordsQuery writes q as the parameter for Dialect.MatchWords; "" when it asks for nothing.
func WordsQuery(d Dialect, q SearchQuery) string {
	if d.Name() == "postgres" {
		return q.tsquery()
	}
	return q.fts5()
}

func (q SearchQuery) tsquery() string {
	var parts []string
	for _, group := range q.Tags {
		var any []string
		for _, tag := range group {
			var b strings.Builder
			lexeme(&b, tagMark+tag, "")
			any = append(any, b.String())
		}
		parts = append(parts, "("+strings.Join(any, " | ")+")")
	}
	for _, word := range q.Words {
		var b strings.Builder
		suffix := ":*"
		if q.Exact {
			suffix = ""
		}
		lexeme(&b, word, suffix)
		parts = append(parts, b.String())
	}
	return strings.Join(parts, " & ")
}

func (q SearchQuery) fts5() string {
	var parts []string
	for _, group := range q.Tags {
		var any []string
		for _, tag := range group {
			any = append(any, fts5Text(tag))
		}
		parts = append(parts, "tags : ("+strings.Join(any, " OR ")+")")
	}
	for _, word := range q.Words {
		star := " *"
		if q.Exact {
			star = ""
		}
		parts = append(parts, "words : ("+fts5Text(cut(word))+star+")")
	}
	return strings.Join(parts, " AND ")
}

func fts5Text(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// longestFragment bounds the work of a search: a phrase of thousands of equal trigrams takes FTS5 half a
// minute.
const longestFragment = 64

// GramsQuery writes a fragment as the parameter for Dialect.MatchGrams. Below three characters no index
// helps; false then. Of a long one only the beginning counts.
func GramsQuery(d Dialect, fragment string) (string, bool) {
	runes := []rune(fragment)
	if len(runes) < 3 {
		return "", false
	}
	fragment = string(runes[:min(len(runes), longestFragment)])
	if d.Name() == "postgres" {
		return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(fragment) + "%", true
	}
	return fts5Text(fragment), true
}
