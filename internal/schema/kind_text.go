package schema

import (
	"strings"
	"unicode/utf8"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Lengths of text in characters, unless a field says otherwise.
const (
	maxText     = 500
	maxLongText = 100_000
)

// textSpec stores a text, its folded form for searching, and for short texts
// the key that sorts it (storage rule 8).
type textSpec struct{ sortable bool }

func (s textSpec) columns(f *FieldDef) []Column {
	cs := []Column{{Name: f.Column, Type: store.Text}, {Name: f.Column + "_s", Type: store.Text}}
	if s.sortable {
		cs = append(cs, Column{Name: f.Column + "_k", Type: store.Bytes})
	}
	return cs
}

func (s textSpec) limit(f *FieldDef) int {
	switch {
	case f.Max > 0:
		return f.Max
	case s.sortable:
		return maxText
	}
	return maxLongText
}

func (s textSpec) parse(f *FieldDef, text string, _ *Env) (any, error) {
	if n, max := utf8.RuneCountInString(text), s.limit(f); n > max {
		return nil, bad("field.too_long", fault.Args{"max": max, "length": n})
	}
	return text, nil
}

func (s textSpec) check(f *FieldDef, v any, env *Env) (any, error) {
	text, err := cleanText(v)
	if err != nil || text == "" {
		return nil, err
	}
	return s.parse(f, text, env)
}

func (s textSpec) store(f *FieldDef, v any, env *Env, dst []any) []any {
	text := v.(string)
	dst = append(dst, text)
	if folded := i18n.Fold(text); folded != "" {
		dst = append(dst, folded)
	} else { // nothing but accents: there is nothing to find or to compare
		dst = append(dst, nil)
	}
	if s.sortable {
		dst = append(dst, env.Collate(text))
	}
	return dst
}

func (textSpec) load(_ *FieldDef, r *store.Rows, i int) any { return loadText(r, i) }

func (textSpec) appendJSON(_ *FieldDef, dst []byte, r *store.Rows, i int) []byte {
	return appendTextJSON(dst, r, i)
}

func (textSpec) exprType(*FieldDef) expr.Type { return expr.Type{Kind: expr.Text} }

// contactSpec stores e-mail addresses, phone numbers and web addresses in one
// normal form, which is its own search form.
type contactSpec struct{}

func (contactSpec) columns(f *FieldDef) []Column {
	return []Column{{Name: f.Column, Type: store.Text}}
}

func (contactSpec) parse(f *FieldDef, text string, env *Env) (any, error) {
	return normalContact(f.Kind, text, env)
}

func normalContact(k Kind, text string, env *Env) (any, error) {
	text = strings.TrimSpace(text)
	switch k {
	case KindEmail:
		return orNil(value.ParseEmail(text))
	case KindPhone:
		return orNil(value.ParsePhone(text, env.Region))
	default:
		return orNil(value.ParseURL(text))
	}
}

func (s contactSpec) check(f *FieldDef, v any, env *Env) (any, error) {
	text, err := cleanText(v)
	if err != nil || text == "" {
		return nil, err
	}
	return s.parse(f, text, env)
}

func (contactSpec) store(_ *FieldDef, v any, _ *Env, dst []any) []any { return append(dst, v) }

func (contactSpec) load(_ *FieldDef, r *store.Rows, i int) any { return loadText(r, i) }

func (contactSpec) appendJSON(_ *FieldDef, dst []byte, r *store.Rows, i int) []byte {
	return appendTextJSON(dst, r, i)
}

func (contactSpec) exprType(*FieldDef) expr.Type { return expr.Type{Kind: expr.Text} }

// loadText copies the text, which is the driver's until the next row.
func loadText(r *store.Rows, i int) any {
	if s, ok := r.Text(i); ok {
		return strings.Clone(s)
	}
	return nil
}

func appendTextJSON(dst []byte, r *store.Rows, i int) []byte {
	b, ok := r.Bytes(i)
	if !ok {
		return append(dst, "null"...)
	}
	return appendQuoted(dst, b)
}

func cleanText(v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", bad("field.wants_text", fault.Args{"got": describe(v)})
	}
	return value.Clean(s)
}

func orNil(s string, err error) (any, error) {
	if err != nil || s == "" {
		return nil, err
	}
	return s, nil
}
