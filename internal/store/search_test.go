package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

func find(t testing.TB, db *store.DB, q store.SearchQuery) []value.ID {
	t.Helper()
	d := db.Dialect()
	return ids(t, db, d.MatchWords("d", "$1"), store.WordsQuery(d, q))
}

func ids(t testing.TB, db *store.DB, where string, arg any) (got []value.ID) {
	t.Helper()
	read(t, db, func(tx *store.Tx) error {
		got = nil
		rows, err := tx.Query(t.Context(), "SELECT d.id FROM {search_doc} d WHERE "+where+" ORDER BY d.id", arg)
		if err != nil {
			return err
		}
		for rows.Next() {
			id, _ := rows.ID(0)
			got = append(got, id)
		}
		return rows.Close()
	})
	return got
}

func TestSearch(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		ctx, db := t.Context(), storetest.Workspace(t, s)
		docs := []store.SearchDoc{
			{ID: 1, Object: "account", Owner: 7, Tags: []string{"account", "o7"}, Words: "muller maschinenbau gmbh", Grams: "muller maschinenbau gmbh"},
			{ID: 2, Object: "account", Owner: 8, Tags: []string{"account", "o8"}, Words: "中文 文字 公司", Grams: "中文字公司"},
			{ID: 3, Object: "contact", Tags: []string{"contact"}, Words: "привет мир o7", Grams: "+49 170 12_34 100%"},
			{ID: 4, Object: "contact", Owner: 7, Tags: []string{"contact", "o7"}, Words: "", Grams: ""},
		}
		write(t, db, func(tx *store.Tx) error { return tx.PutSearch(ctx, docs) })
		words := func(want string, q store.SearchQuery) {
			t.Helper()
			if got := fmt.Sprint(find(t, db, q)); got != want {
				t.Errorf("%+v finds %s, want %s", q, got, want)
			}
		}
		grams := func(want, fragment string) {
			t.Helper()
			arg, ok := store.GramsQuery(db.Dialect(), fragment)
			if !ok {
				t.Fatalf("%q is too short", fragment)
			}
			if got := fmt.Sprint(ids(t, db, db.Dialect().MatchGrams("d", "$1"), arg)); got != want {
				t.Errorf("fragment %q finds %s, want %s", fragment, got, want)
			}
		}
		words("[1]", store.SearchQuery{Words: []string{"mull", "masch"}})
		words("[]", store.SearchQuery{Words: []string{"mull", "contact"}})
		words("[]", store.SearchQuery{Words: []string{"mull"}, Exact: true})
		words("[2]", store.SearchQuery{Words: []string{"文字"}})
		words("[3]", store.SearchQuery{Words: []string{"прив"}})
		words("[3]", store.SearchQuery{Words: []string{"o7"}}) // a word like a tag is no tag
		words("[1 4]", store.SearchQuery{Tags: [][]string{{"o7"}}})
		words("[1 2]", store.SearchQuery{Tags: [][]string{{"o7", "o8"}, {"account"}}})
		words("[1]", store.SearchQuery{Tags: [][]string{{"o7", "o8"}}, Words: []string{"mas"}})
		grams("[1]", "schinenb")
		grams("[2]", "文字公")
		grams("[3]", "12_3")
		grams("[3]", "100%")
		grams("[]", "12%3")
		if _, ok := store.GramsQuery(db.Dialect(), "中文"); ok {
			t.Error("two characters have no trigram")
		}

		docs[0].Words, docs[0].Grams, docs[0].Tags = "schmidt", "", []string{"account"}
		write(t, db, func(tx *store.Tx) error { return tx.PutSearch(ctx, docs[:1]) })
		words("[]", store.SearchQuery{Words: []string{"mull"}})
		words("[1]", store.SearchQuery{Words: []string{"schm"}})
		words("[4]", store.SearchQuery{Tags: [][]string{{"o7"}}})
		grams("[]", "schinenb")

		write(t, db, func(tx *store.Tx) error { return tx.DropSearch(ctx, []value.ID{1, 2, 3, 4, 5}) })
		words("[]", store.SearchQuery{Words: []string{"schm"}})
		grams("[]", "12_3")
	})
}

// Nothing in a text is syntax to either engine.
func TestSearchTakesAnything(t *testing.T) {
	t.Parallel()
	odd := []string{`'`, `"`, `\`, `a'b`, `a\b`, `a"b`, "*", "NEAR(a b)", "AND", "NOT", ":*", "a:b", "!", "&", "|", "<->", "(", "%", "_", strings.Repeat("长", 2000)}
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		ctx, db := t.Context(), storetest.Workspace(t, s)
		for i, text := range odd {
			write(t, db, func(tx *store.Tx) error {
				return tx.PutSearch(ctx, []store.SearchDoc{{ID: value.ID(i + 1), Object: "x", Tags: []string{text}, Words: text, Grams: text + text + text}})
			})
			find(t, db, store.SearchQuery{Tags: [][]string{{text}}, Words: []string{text}})
			if arg, ok := store.GramsQuery(db.Dialect(), text+text+text); ok {
				if got := ids(t, db, db.Dialect().MatchGrams("d", "$1"), arg); !slices.Contains(got, value.ID(i+1)) {
					t.Errorf("fragment %q not found", clipped(text))
				}
			}
		}
		if got := find(t, db, store.SearchQuery{Words: []string{odd[len(odd)-1]}}); len(got) != 1 {
			t.Errorf("a very long word is not found: %v", got)
		}
	})
}

func clipped(s string) string { return s[:min(len(s), 20)] }
