package schema

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"wellmet/internal/value"
)

// Neutral is a value's neutral text: what an export writes and Parse reads
// back.
func Neutral(v any) string {
	refs, ok := v.([]Ref)
	if !ok {
		return value.Text(v)
	}
	texts := make([]string, len(refs))
	for i, r := range refs {
		texts[i] = r.String()
	}
	return strings.Join(texts, ", ")
}

// Equal reports whether two canonical values are the same.
func Equal(a, b any) bool {
	x, ok := a.([]Ref)
	y, ok2 := b.([]Ref)
	if ok || ok2 {
		return slices.Equal(x, y)
	}
	return value.Equal(a, b)
}

// MarshalValue is AppendJSON for history and jobs, which keep values as JSON.
func MarshalValue(v any) json.RawMessage { return AppendJSON(nil, v) }

// describe names a decoded JSON value in a message.
func describe(v any) string {
	switch x := v.(type) {
	case nil:
		return "null"
	case string:
		return value.Printable(x)
	case json.Number:
		return x.String()
	case bool, int64, int, float64:
		return fmt.Sprint(x)
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return fmt.Sprintf("%v", v)
}

func isBlank(s string) bool { return strings.TrimSpace(s) == "" }

func trimPercent(s string) string {
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), "%"))
}

// splitCurrency takes a three-letter code off either end of an amount.
func splitCurrency(s string) (amount, currency string) {
	s = strings.TrimSpace(s)
	if len(s) > 3 {
		if code := s[len(s)-3:]; isCode(code) {
			return strings.TrimSpace(s[:len(s)-3]), code
		}
		if code := s[:3]; isCode(code) {
			return strings.TrimSpace(s[3:]), code
		}
	}
	return s, ""
}

func isCode(s string) bool {
	for i := range len(s) {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return len(s) == 3
}

func splitList(text string) []any {
	var out []any
	for _, p := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == ',' || r == '|' || r == '\n' }) {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// humanize turns an API name into words: "close_date" is "Close date".
func humanize(name string) string {
	words := strings.ReplaceAll(name, "_", " ")
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}
