package api

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"wellmet/internal/fault"
)

// seeds are texts that JSON readers stumble over.
var seeds = []string{`{}`, `[]`, `null`, `true`, `-0`, `1e400`, `1.5E-7`, `01`, `1.`, `.5`, `+1`, `"a\u00e9\n"`, `"\ud83d\ude00"`, `"\ud800"`, `"\udc00\ud800"`,
	`{"a": {"b": [1, "2", null, false]}}`, `{"a": 1, "a": 2}`, `[1,]`, `{"a": 1,}`, `{a: 1}`, `'a'`, "\"\x01\"", "\"\xff\"", "\ufeff{}", `nul`, `tru`, `truefalse`, ` {"a" : [ ] } `,
	strings.Repeat("[", 31) + strings.Repeat("]", 31), strings.Repeat("[", 3000), `"\x"`, `"\u12"`, `"\u12g4"`, `"`, `"\`, ``, ` `, `{"":""}`, `9223372036854775808`}

func FuzzJSON(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(checkJSON)
}

// checkJSON holds our reader to the standard one: what we take, it takes and
// reads the same; what we refuse beyond it, we refuse for a reason.
func checkJSON(t *testing.T, text []byte) {
	got, err := parseJSON(text)
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var want any
	valid := dec.Decode(&want) == nil && !dec.More() && json.Valid(text)
	if err == nil {
		if !valid {
			t.Fatalf("%q is taken", text)
		}
		if !reflect.DeepEqual(want, got) {
			t.Fatalf("%q is read as %v instead of %v", text, got, want)
		}
		return
	}
	e, ok := fault.As(err)
	if !ok {
		t.Fatalf("%q: %v", text, err)
	}
	if valid && e.Key == "api.bad_json" && !bytes.Contains(text, []byte(`\u`)) {
		t.Fatalf("%q is refused: %v", text, err)
	}
}

func TestJSONSaysWhere(t *testing.T) {
	t.Parallel()
	_, err := parseJSON([]byte("{\n  \"a\": 1,\n  \"a\": 2\n}"))
	if e, _ := fault.As(err); e == nil || e.Key != "api.json_twice" || e.Args["line"] != 3 || e.Args["column"] != 3 {
		t.Errorf("got %v", err)
	}
}
