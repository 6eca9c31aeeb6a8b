package i18n

import (
	"encoding/json"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
)

// labels are what built-in objects are called; English has them in the
// declarations, and a test of the rooms compares.
const labels = "labels.json"

func TestLanguages(t *testing.T) {
	t.Parallel()
	if got := strings.Join(Languages(), " "); got != "en ca fi ru zh" {
		t.Errorf("got %s", got)
	}
}

// Every language has the texts of English, in files of the same name.
func TestEveryTextIsTranslated(t *testing.T) {
	t.Parallel()
	english := filesOf(t, fallback)
	for _, language := range Languages()[1:] {
		theirs := filesOf(t, language)
		for file, keys := range english {
			for _, key := range keys {
				if !slices.Contains(theirs[file], key) {
					t.Errorf("messages/%s/%s lacks %q", language, file, key)
				}
			}
		}
		for file, keys := range theirs {
			for _, key := range keys {
				if file != labels && !slices.Contains(english[file], key) {
					t.Errorf("messages/%s/%s: %q is not in messages/en/%s", language, file, key, file)
				}
			}
		}
	}
}

// filesOf are the keys of a language by the name of their file.
func filesOf(t *testing.T, language string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	entries, err := fs.ReadDir(files, "messages/"+language)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		data, err := fs.ReadFile(files, path.Join("messages", language, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]json.RawMessage
		if err := json.Unmarshal(data, &texts); err != nil {
			t.Fatalf("%s: %v", entry.Name(), err)
		}
		all[entry.Name()] = slices.Sorted(maps.Keys(texts))
	}
	return all
}

// A translation fills in what the English text does, and says it in each plural
// form that its language has.
func TestTranslationsFollowEnglish(t *testing.T) {
	t.Parallel()
	all := catalogue()
	for _, language := range Languages() {
		forms := formsOf(language)
		for key, text := range all[language] {
			english := all[fallback][key]
			if english == nil {
				continue // another test says so
			}
			if got, want := text.mainNames(), english.mainNames(); !slices.Equal(got, want) {
				t.Errorf("%s: %q fills in %q, the English text %q", language, key, got, want)
			}
			for _, name := range text.names() {
				if !slices.Contains(english.names(), name) {
					t.Errorf("%s: %q uses {%s}, the English text does not", language, key, name)
				}
			}
			if _, plain := text.forms[""]; plain {
				if _, plain := english.forms[""]; !plain {
					t.Errorf("%s: %q has no plural forms, the English text has", language, key)
				}
				continue
			}
			if got := slices.Sorted(maps.Keys(text.forms)); !slices.Equal(got, forms) {
				t.Errorf("%s: %q has the plural forms %q, the language has %q", language, key, got, forms)
			}
			if text.by != english.by {
				t.Errorf("%s: %q goes by %q, the English text by %q", language, key, text.by, english.by)
			}
		}
	}
}

// formsOf are the plural forms that whole numbers have, and "other", sorted.
func formsOf(language string) []string {
	found := map[string]bool{"other": true}
	for n := range 1000 {
		found[pluralForm(language, n)] = true
	}
	for _, n := range []int{1_000_000, 2_000_000, 1_000_000_000} {
		found[pluralForm(language, n)] = true
	}
	return slices.Sorted(maps.Keys(found))
}

// mainNames are the arguments of the text, or of its form for "other", sorted.
func (m *message) mainNames() []string {
	form, ok := m.forms[""]
	if !ok {
		form = m.forms["other"]
	}
	one := message{forms: map[string]template{"": form}}
	return slices.Sorted(slices.Values(one.names()))
}
