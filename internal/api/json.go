package api

import (
	"encoding/json"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// maxDepth bounds how deep JSON may nest: no value of ours goes deeper than
// half of it, and a reader's stack is not for a stranger to spend.
const maxDepth = 32

// parseJSON reads one JSON text into nil, bool, string, json.Number, []any and
// map[string]any. The standard decoder would take the last of two equal names,
// replace broken characters and nest without end, each of which changes or
// hides what somebody sent; so this one says what is wrong, and where.
func parseJSON(text []byte) (any, error) {
	if i := brokenUTF8(text); i >= 0 {
		return nil, jsonFault("api.bad_utf8", text, i, nil)
	}
	r := &jsonReader{text: text}
	v, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if r.space(); r.at < len(text) {
		return nil, r.bad("api.json_trailing", nil)
	}
	return v, nil
}

func brokenUTF8(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// jsonFault names a place by line and column, both from 1.
func jsonFault(key string, text []byte, at int, more fault.Args) error {
	at = min(at, len(text))
	args := fault.Args{"line": 1 + strings.Count(string(text[:at]), "\n"),
		"column": at - strings.LastIndexByte(string(text[:at]), '\n')}
	for name, arg := range more {
		args[name] = arg
	}
	return fault.New(fault.Invalid, key, args)
}

type jsonReader struct {
	text []byte
	at   int
}

func (r *jsonReader) bad(key string, more fault.Args) error {
	return jsonFault(key, r.text, r.at, more)
}

func (r *jsonReader) space() {
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

// peek is the next byte that means something, 0 at the end.
func (r *jsonReader) peek() byte {
	if r.space(); r.at < len(r.text) {
		return r.text[r.at]
	}
	return 0
}

func (r *jsonReader) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, r.bad("api.json_deep", fault.Args{"max": maxDepth})
	}
	switch c := r.peek(); {
	case c == '{':
		return r.object(depth)
	case c == '[':
		return r.list(depth)
	case c == '"':
		return r.str()
	case c == '-' || c >= '0' && c <= '9':
		return r.number()
	}
	return r.word()
}

func (r *jsonReader) word() (any, error) {
	words := [...]struct {
		text string
		v    any
	}{{"true", true}, {"false", false}, {"null", nil}}
	for _, w := range words {
		if rest := r.text[r.at:]; len(rest) >= len(w.text) && string(rest[:len(w.text)]) == w.text {
			r.at += len(w.text)
			return w.v, nil
		}
	}
	return nil, r.bad("api.bad_json", nil)
}

func (r *jsonReader) object(depth int) (any, error) {
	r.at++
	out := map[string]any{}
	if r.peek() == '}' {
		r.at++
		return out, nil
	}
	for {
		if r.peek() != '"' {
			return nil, r.bad("api.bad_json", nil)
		}
		begin := r.at
		name, err := r.str()
		if err != nil {
			return nil, err
		}
		if _, twice := out[name]; twice {
			return nil, jsonFault("api.json_twice", r.text, begin, fault.Args{"name": value.Printable(name)})
		}
		if r.peek() != ':' {
			return nil, r.bad("api.bad_json", nil)
		}
		r.at++
		if out[name], err = r.value(depth + 1); err != nil {
			return nil, err
		}
		if more, err := r.more('}'); err != nil || !more {
			return out, err
		}
	}
}

func (r *jsonReader) list(depth int) (any, error) {
	r.at++
	out := []any{}
	if r.peek() == ']' {
		r.at++
		return out, nil
	}
	for {
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		if more, err := r.more(']'); err != nil || !more {
			return out, err
		}
	}
}

// more steps over a comma, or over the closing bracket.
func (r *jsonReader) more(end byte) (bool, error) {
	switch r.peek() {
	case ',':
		r.at++
		return true, nil
	case end:
		r.at++
		return false, nil
	}
	return false, r.bad("api.bad_json", nil)
}

// number takes what JSON calls a number, as text.
func (r *jsonReader) number() (any, error) {
	begin := r.at
	r.skip('-')
	if !r.skip('0') && !r.digits() {
		return nil, r.bad("api.bad_json", nil)
	}
	if r.skip('.') && !r.digits() {
		return nil, r.bad("api.bad_json", nil)
	}
	if r.skip('e') || r.skip('E') {
		if !r.skip('+') {
			r.skip('-')
		}
		if !r.digits() {
			return nil, r.bad("api.bad_json", nil)
		}
	}
	return json.Number(r.text[begin:r.at]), nil
}

func (r *jsonReader) skip(c byte) bool {
	if r.at < len(r.text) && r.text[r.at] == c {
		r.at++
		return true
	}
	return false
}

func (r *jsonReader) digits() bool {
	begin := r.at
	for r.at < len(r.text) && r.text[r.at] >= '0' && r.text[r.at] <= '9' {
		r.at++
	}
	return r.at > begin
}

// str reads a text; most have no escapes and are taken as they stand.
func (r *jsonReader) str() (string, error) {
	r.at++
	begin := r.at
	for r.at < len(r.text) {
		switch c := r.text[r.at]; {
		case c == '"':
			r.at++
			return string(r.text[begin : r.at-1]), nil
		case c == '\\':
			return r.escaped(begin)
		case c < ' ':
			return "", r.bad("api.bad_json", nil)
		}
		r.at++
	}
	return "", r.bad("api.bad_json", nil)
}

func (r *jsonReader) escaped(begin int) (string, error) {
	out := append([]byte(nil), r.text[begin:r.at]...)
	for r.at < len(r.text) {
		c := r.text[r.at]
		switch {
		case c == '"':
			r.at++
			return string(out), nil
		case c < ' ':
			return "", r.bad("api.bad_json", nil)
		case c != '\\':
			out = append(out, c)
			r.at++
			continue
		}
		char, ok := r.escape()
		if !ok {
			return "", r.bad("api.bad_json", nil)
		}
		out = utf8.AppendRune(out, char)
	}
	return "", r.bad("api.bad_json", nil)
}

const escapes = `"\/bfnrt`

// escape reads what follows a backslash. Half of a surrogate pair stands for no
// character and is refused like broken UTF-8.
func (r *jsonReader) escape() (rune, bool) {
	r.at++
	if r.at >= len(r.text) {
		return 0, false
	}
	c := r.text[r.at]
	if i := strings.IndexByte(escapes, c); i >= 0 {
		r.at++
		return rune("\"\\/\b\f\n\r\t"[i]), true
	}
	if c != 'u' {
		return 0, false
	}
	first, ok := r.hex()
	if !ok || !utf16.IsSurrogate(first) {
		return first, ok
	}
	if r.at+1 >= len(r.text) || r.text[r.at] != '\\' || r.text[r.at+1] != 'u' {
		return 0, false
	}
	r.at++
	second, ok := r.hex()
	char := utf16.DecodeRune(first, second)
	return char, ok && char != utf8.RuneError
}

// hex reads the four digits behind \u, whose u it stands on.
func (r *jsonReader) hex() (rune, bool) {
	if r.at+5 > len(r.text) {
		return 0, false
	}
	var n rune
	for _, c := range r.text[r.at+1 : r.at+5] {
		i := strings.IndexByte("0123456789abcdef", c|0x20)
		if i < 0 || c < '0' {
			return 0, false
		}
		n = n<<4 | rune(i)
	}
	r.at += 5
	return n, true
}
