package i18n

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"wellmet/internal/fault"
)

// Text is the sentence of a key in the language of a locale, with its arguments
// filled in; in English where the language lacks it. It is plain text, not HTML.
// A key without any text comes back itself, so that a gap shows.
func Text(locale, key string, args fault.Args) string {
	language, found := catalogue().find(locale, key)
	if found == nil {
		return key
	}
	return found.fill(language, args)
}

// Has reports whether the language of the locale itself, or one it descends
// from, has a text for the key.
func Has(locale, key string) bool {
	name, found := catalogue().find(locale, key)
	return found != nil && (name != fallback || strings.HasPrefix(locale, fallback))
}

// Find is the text of a key in the language of the locale, never in English
// instead.
func Find(locale, key string) (string, bool) {
	if !Has(locale, key) {
		return "", false
	}
	return Text(locale, key, nil), true
}

// message is one entry of a catalogue file: a text, or one text for each plural
// form of the language, chosen by the argument that "by" names (count).
type message struct {
	by    string
	forms map[string]template // by plural form; "" when there is but one
}

// template alternates literal text and argument names, beginning with text.
type template []string

func (m *message) fill(language string, args fault.Args) string {
	if only, ok := m.forms[""]; ok {
		return only.fill(args)
	}
	form, ok := m.forms[pluralForm(language, args[m.by])]
	if !ok {
		form = m.forms["other"]
	}
	return form.fill(grouped(language, m.by, args))
}

// grouped has a count of many digits as the language writes it: "1,550 deals".
func grouped(language, by string, args fault.Args) fault.Args {
	f := FormatFor(language)
	n, err := strconv.ParseInt(plain(args[by]), 10, 64)
	if err != nil || n > -1000 && n < 1000 || f.Language() != language {
		return args
	}
	args = maps.Clone(args)
	args[by] = f.Int(n)
	return args
}

func (t template) fill(args fault.Args) string {
	if len(t) == 1 {
		return t[0]
	}
	var b strings.Builder
	for i, part := range t {
		if i%2 == 0 {
			b.WriteString(part)
		} else if arg, ok := args[part]; ok {
			b.WriteString(plain(arg))
		} else {
			b.WriteString("{" + part + "}")
		}
	}
	return b.String()
}

// plain writes an argument without regard to language.
func plain(arg any) string {
	switch arg := arg.(type) {
	case string:
		return arg
	case []string:
		return strings.Join(arg, ", ")
	case int:
		return strconv.Itoa(arg)
	}
	return fmt.Sprint(arg)
}

// parseTemplate reads "row {row}"; "{{" and "}}" stand for one brace.
func parseTemplate(s string) (template, error) {
	var t template
	var text strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case (c == '{' || c == '}') && i+1 < len(s) && s[i+1] == c:
			text.WriteByte(c)
			i++
		case c == '{':
			end := strings.IndexByte(s[i:], '}')
			if end < 2 || !isName(s[i+1:i+end]) {
				return nil, fmt.Errorf("%q: no argument name at byte %d", s, i)
			}
			t = append(t, text.String(), s[i+1:i+end])
			text.Reset()
			i += end
		case c == '}':
			return nil, fmt.Errorf("%q: a lone } at byte %d", s, i)
		default:
			text.WriteByte(c)
		}
	}
	return append(t, text.String()), nil
}

func isName(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == ""
}

var pluralNames = map[plural.Form]string{
	plural.Zero: "zero", plural.One: "one", plural.Two: "two",
	plural.Few: "few", plural.Many: "many", plural.Other: "other",
}

// pluralForm is the form that a whole number takes; anything else is "other".
func pluralForm(name string, count any) string {
	n, ok := count.(int64)
	if !ok {
		var err error
		if n, err = strconv.ParseInt(plain(count), 10, 64); err != nil {
			return "other"
		}
	}
	if n < 0 {
		n = -n
	}
	// The rules look at the last digits only, beyond telling 0 to 2 apart.
	if n > 1_000_000_000 {
		n = 1_000_000_000 + n%1_000_000
	}
	return pluralNames[plural.Cardinal.MatchPlural(tagOf(name), int(n), 0, 0, 0, 0)]
}

var tags sync.Map // of the languages of the catalogue, by name

func tagOf(name string) language.Tag {
	if tag, ok := tags.Load(name); ok {
		return tag.(language.Tag)
	}
	tag := language.Make(name)
	if catalogue()[name] != nil { // never grows by what a request names
		tags.Store(name, tag)
	}
	return tag
}
