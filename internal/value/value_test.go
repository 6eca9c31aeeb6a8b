package value

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"wellmet/internal/fault"
)

// mustBeInvalid holds every parser's refusals to the same form.
func mustBeInvalid(t testing.TB, err error) {
	t.Helper()
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.Invalid || len(f.Key) < 7 || f.Key[:6] != "value." {
		t.Errorf("not a refusal of this room: %v", err)
		return
	}
	if typed, _ := f.Args["value"].(string); !utf8.ValidString(typed) || utf8.RuneCountInString(typed) > maxShown+1 {
		t.Errorf("%s shows %q", f.Key, typed)
	}
}

// keyOr is the fault's key, or the text of a good value.
func keyOr(err error, text string) string {
	if f, ok := fault.As(err); ok {
		return f.Key
	}
	return text
}

// naughty are the strings that broke other programs.
func naughty(t testing.TB) []string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		data, err := os.ReadFile(filepath.Join(dir, "shared", "data", "blns", "blns.json"))
		if err != nil {
			continue
		}
		var all []string
		if err := json.Unmarshal(data, &all); err != nil {
			t.Fatal(err)
		}
		return all
	}
	t.Skip("no folder shared/data above this one: the naughty strings were not tried")
	return nil
}
