package i18n

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

//go:embed messages
var files embed.FS

// fallback is the language that has every text.
const fallback = "en"

// messages are the texts by language and key, read once and never changed.
type messages map[string]map[string]*message

var catalogue = sync.OnceValue(func() messages {
	// A broken file must not stop a running server; the package's test reports it.
	all, _ := load(files)
	return all
})

// Languages are the languages with a catalogue, English first.
func Languages() []string {
	names := []string{fallback}
	for name := range catalogue() {
		if name != fallback {
			names = append(names, name)
		}
	}
	slices.Sort(names[1:])
	return names
}

// find looks from the most exact language to English: zh-Hant-TW, zh-Hant, zh, en.
func (m messages) find(locale, key string) (string, *message) {
	for name := locale; name != ""; {
		if found := m[name][key]; found != nil {
			return name, found
		}
		cut := strings.LastIndexByte(name, '-')
		if cut < 0 {
			break
		}
		name = name[:cut]
	}
	return fallback, m[fallback][key]
}

// load reads messages/<language>/<room>.json and goes on past broken files.
func load(tree fs.FS) (messages, error) {
	all := messages{}
	var problems []error
	err := fs.WalkDir(tree, "messages", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".json" {
			return err
		}
		if err := all.read(tree, name); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
		}
		return nil
	})
	return all, errors.Join(append(problems, err)...)
}

func (m messages) read(tree fs.FS, name string) error {
	tag := path.Base(path.Dir(name))
	if _, err := language.Parse(tag); err != nil {
		return fmt.Errorf("folder %s: %w", tag, err)
	}
	data, err := fs.ReadFile(tree, name)
	if err != nil {
		return err
	}
	entries := map[string]json.RawMessage{}
	if err := json.Unmarshal(data, &entries); err != nil {
		return err
	}
	if m[tag] == nil {
		m[tag] = map[string]*message{}
	}
	var problems []error
	for key, raw := range entries {
		one, err := parseMessage(raw)
		if err == nil && m[tag][key] != nil {
			err = errors.New("stands in two files")
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", key, err))
			continue
		}
		m[tag][key] = one
	}
	return errors.Join(problems...)
}

// parseMessage reads "text" or {"one": "text", "other": "text", "by": "rows"}.
func parseMessage(raw json.RawMessage) (*message, error) {
	var texts map[string]string
	var single string
	if err := json.Unmarshal(raw, &single); err == nil {
		texts = map[string]string{"": single}
	} else if err := json.Unmarshal(raw, &texts); err != nil {
		return nil, err
	}
	m := &message{by: "count", forms: map[string]template{}}
	for form, text := range texts {
		if form == "by" {
			m.by = text
			continue
		}
		t, err := parseTemplate(text)
		if err != nil {
			return nil, err
		}
		m.forms[form] = t
	}
	if m.forms[""] == nil && m.forms["other"] == nil {
		return nil, errors.New(`has no "other"`)
	}
	return m, nil
}
