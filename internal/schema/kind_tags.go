package schema

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// Tags declares free words: whoever may change the record can add a new one.
// They are kept in lower case, so that VIP and vip are one.
func Tags(o *Object, name string) Field[[]string] {
	f := declare[[]string](o, name, KindText)
	f.def.Many = true
	return f
}

// maxTags is how many tags a record may have, maxTag how long one may be.
const (
	maxTags = 100
	maxTag  = 50
)

// tag is a free word in the form in which it is compared: lower case, single
// spaces. What separates tags in a typed list can be in none.
func tag(text string) (any, error) {
	text = strings.Join(strings.Fields(norm.NFC.String(strings.ToLower(text))), " ")
	if n := utf8.RuneCountInString(text); n > maxTag {
		return nil, bad("field.too_long", fault.Args{"length": n, "max": maxTag})
	}
	if strings.ContainsAny(text, ",;|") {
		return nil, bad("field.bad_tag", fault.Args{"got": value.Printable(text)})
	}
	return text, nil
}
