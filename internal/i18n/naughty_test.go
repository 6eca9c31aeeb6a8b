package i18n

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// The strings that broke other programs fold, sort and are cut into words.
func TestNaughtyStrings(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join(tree(t), "..", "shared", "data", "blns", "blns.json"))
	if os.IsNotExist(err) {
		t.Skip("no folder shared/data beside the module: the naughty strings were not tried")
	}
	var all []string
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	order := collation(t, "")
	for _, s := range all {
		folded := Fold(s)
		if !utf8.ValidString(folded) || Fold(folded) != folded {
			t.Errorf("%q folds to %q", s, folded)
		}
		if key := order.Key(s); !slices.Equal(key, order.Key(s)) || (key == nil) != (s == "") {
			t.Errorf("%q has the key % x", s, key)
		}
		words := strings.Fields(SearchText(s))
		for _, term := range QueryTerms(s) {
			if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, term) }) {
				t.Errorf("%q is not found by its own %q", s, term)
			}
		}
	}
}
