package i18n

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tree is where the module begins.
func tree(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatal(err)
	}
	return root
}

func TestEveryKeyHasAnEnglishText(t *testing.T) {
	t.Parallel()
	found, err := scanTree(tree(t))
	if err != nil {
		t.Error(err)
	}
	english := catalogue()[fallback]
	for _, use := range found.uses {
		text := english[use.key]
		if text == nil {
			t.Errorf("%s: %q has no text in messages/en", use.at, use.key)
			continue
		}
		for _, name := range text.names() {
			if use.args != nil && !use.args[name] {
				t.Errorf("%s: the text of %q wants the argument %q, which is not given here", use.at, use.key, name)
			}
		}
	}
	for _, at := range found.unclear {
		t.Errorf("%s: no telling which key this is; write it as a literal, or begin it with one that ends in a dot", at)
	}
	for _, prefix := range found.prefixes {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(english)), func(key string) bool { return strings.HasPrefix(key, prefix) }) {
			t.Errorf("no text in messages/en begins with %q", prefix)
		}
	}
}

func TestEveryEnglishTextIsUsed(t *testing.T) {
	t.Parallel()
	found, err := scanTree(tree(t))
	if err != nil {
		t.Error(err)
	}
	for _, key := range slices.Sorted(maps.Keys(catalogue()[fallback])) {
		used := found.literals[key] || slices.ContainsFunc(found.prefixes, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
		if !used {
			t.Errorf("messages/en: %q stands nowhere in the code", key)
		}
	}
}

// names are the arguments that a message uses.
func (m *message) names() []string {
	var all []string
	for _, form := range m.forms {
		for i := 1; i < len(form); i += 2 {
			if !slices.Contains(all, form[i]) {
				all = append(all, form[i])
			}
		}
	}
	return all
}

func TestScanSeesKeys(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a.go", `package a
const stale = "a.stale"
func f(x string) error {
	_ = fault.New(fault.Invalid, "a.direct", fault.Args{"n": 1}).With(fault.Field{Path: "p", Key: "a.field", Args: nil})
	_ = []fault.Field{{Path: "p", Key: "a.element"}}
	_ = fault.New(fault.Conflict, stale, nil)
	_ = fault.New(fault.Invalid, "a.kind."+x, nil)
	_ = outer(1, "a.wrapped")
	key := "a.first"
	if x == "" { key = "a.second" }
	_ = fault.New(fault.Invalid, key, nil)
	_, k := pick()
	_ = fault.New(fault.Invalid, k, nil)
	_ = i18n.Text("en", "a.text", nil)
	_ = v.T("a.page", "n", 1)
	_ = v.T("a.role." + x)
	_ = unrelated("a.cache")
	_ = column{Path: "x", Key: "a.column"}
	return fault.New(fault.Invalid, x+"y", nil)
}
func outer(n int, key string) error { return inner(key) }
func inner(key string) error { return fault.New(fault.Invalid, key, nil) }
func pick() (int, string) { return 1, "a.picked" }
func unrelated(key string) string { return key }
`)
	write("a_test.go", `package a
var _ = fault.New(fault.Invalid, "a.only_in_tests", nil)
`)
	found, err := scanTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, use := range found.uses {
		keys = append(keys, use.key)
	}
	slices.Sort(keys)
	want := "a.direct a.element a.field a.first a.page a.picked a.second a.stale a.text a.wrapped"
	if got := strings.Join(keys, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if !slices.Equal(found.prefixes, []string{"a.kind.", "a.role."}) || len(found.unclear) != 1 || !strings.Contains(found.unclear[0], "a.go:19") {
		t.Errorf("prefixes %q, unclear %q", found.prefixes, found.unclear)
	}
}
