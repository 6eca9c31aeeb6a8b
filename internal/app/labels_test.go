package app

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wellmet/internal/i18n"
	"wellmet/internal/schema"
)

// Everything built in has a word of its own in every language, and no word is
// left of what is gone.
func TestEverythingBuiltInHasALabel(t *testing.T) {
	t.Parallel()
	for _, language := range i18n.Languages()[1:] {
		texts := labelTexts(t, language)
		used := map[string]bool{}
		for _, o := range built(t).Objects() {
			checkLabels(t, language, texts, used, o)
		}
		for _, key := range slices.Sorted(maps.Keys(texts)) {
			if !used[key] {
				t.Errorf("%s: %q names nothing that is built in", language, key)
			}
		}
	}
}

func built(t *testing.T) *schema.Schema {
	t.Helper()
	s, err := schema.New(1, objects())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func labelTexts(t *testing.T, language string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "i18n", "messages", language, "labels.json"))
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	if err := json.Unmarshal(data, &texts); err != nil {
		t.Fatal(err)
	}
	return texts
}

func checkLabels(t *testing.T, language string, texts map[string]string, used map[string]bool, o *schema.Object) {
	t.Helper()
	wants := func(got string, keys ...string) {
		for _, key := range keys {
			if texts[key] != "" {
				used[key] = true
				if got != texts[key] {
					t.Errorf("%s: %s is called %q, not %q", language, key, got, texts[key])
				}
				return
			}
		}
		t.Errorf("%s lacks %q", language, keys)
	}
	wants(o.Label(language).One, "label."+o.ID+".one")
	wants(o.Label(language).Many, "label."+o.ID+".many")
	for _, f := range o.Fields {
		_, name, _ := strings.Cut(f.ID, ".")
		wants(f.Label(language), "label."+f.ID, "label.any."+name)
		for _, option := range f.Options {
			wants(f.OptionLabel(option.Key, language), "label."+f.ID+"."+option.Key, "label.any."+name+"."+option.Key)
		}
	}
}
