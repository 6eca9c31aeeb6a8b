package schema

import (
	"slices"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// boolSpec is yes or no.
type boolSpec struct{}

func (boolSpec) columns(f *FieldDef) []Column {
	return []Column{{Name: f.Column, Type: store.Bool}}
}

func (boolSpec) parse(_ *FieldDef, text string, _ *Env) (any, error) {
	b, err := value.ParseBool(text)
	if err != nil {
		return nil, err
	}
	return b, nil
}

func (s boolSpec) check(f *FieldDef, v any, env *Env) (any, error) {
	switch b := v.(type) {
	case bool:
		return b, nil
	case string:
		return s.parse(f, b, env)
	}
	return nil, bad("field.wants_yes_no", fault.Args{"got": describe(v)})
}

func (boolSpec) store(_ *FieldDef, v any, _ *Env, dst []any) []any { return append(dst, v) }

func (boolSpec) load(_ *FieldDef, r *store.Rows, i int) any {
	if b, ok := r.Bool(i); ok {
		return b
	}
	return nil
}

func (boolSpec) appendJSON(_ *FieldDef, dst []byte, r *store.Rows, i int) []byte {
	b, ok := r.Bool(i)
	switch {
	case !ok:
		return append(dst, "null"...)
	case b:
		return append(dst, "true"...)
	}
	return append(dst, "false"...)
}

func (boolSpec) exprType(*FieldDef) expr.Type { return expr.Type{Kind: expr.Bool} }

// choiceSpec is one of the field's options, stored by its key.
type choiceSpec struct{}

func (choiceSpec) columns(f *FieldDef) []Column {
	return []Column{{Name: f.Column, Type: store.Text}}
}

func (choiceSpec) parse(f *FieldDef, text string, _ *Env) (any, error) {
	key, ok := f.findOption(text)
	if !ok {
		return nil, bad("field.unknown_option", fault.Args{"got": value.Printable(text), "options": optionKeys(f)})
	}
	return key, nil
}

func (s choiceSpec) check(f *FieldDef, v any, env *Env) (any, error) {
	text, err := cleanText(v)
	if err != nil {
		return nil, err
	}
	return s.parse(f, text, env)
}

func (choiceSpec) store(_ *FieldDef, v any, _ *Env, dst []any) []any { return append(dst, v) }

func (choiceSpec) load(_ *FieldDef, r *store.Rows, i int) any { return loadText(r, i) }

func (choiceSpec) appendJSON(_ *FieldDef, dst []byte, r *store.Rows, i int) []byte {
	return appendTextJSON(dst, r, i)
}

func (choiceSpec) exprType(f *FieldDef) expr.Type {
	return expr.Type{Kind: expr.Choice, Options: optionList(f)}
}

// findOption accepts the key, or a label in any language, however cased.
func (f *FieldDef) findOption(text string) (string, bool) {
	text = strings.TrimSpace(text)
	if _, ok := f.Option(text); ok {
		return text, true
	}
	folded := i18n.Fold(text)
	for _, o := range f.Options {
		if i18n.Fold(o.Key) == folded {
			return o.Key, true
		}
		for _, label := range o.Labels {
			if i18n.Fold(label) == folded {
				return o.Key, true
			}
		}
	}
	return "", false
}

func optionList(f *FieldDef) []string {
	keys := make([]string, len(f.Options))
	for i, o := range f.Options {
		keys[i] = o.Key
	}
	return keys
}

// optionKeys lists the options for a message, shortened.
func optionKeys(f *FieldDef) string {
	keys := optionList(f)
	if len(keys) > 12 {
		keys = append(keys[:12:12], "…")
	}
	return strings.Join(keys, ", ")
}

// listSpec is several options, or several addresses, numbers or tags of a Many
// field, stored as |a|b| so that one of them is found.
type listSpec struct{}

func (listSpec) columns(f *FieldDef) []Column {
	return []Column{{Name: f.Column, Type: store.Text}}
}

func (s listSpec) parse(f *FieldDef, text string, env *Env) (any, error) {
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '|' || r == ',' || r == '\n' })
	items := make([]any, 0, len(parts))
	for _, p := range parts {
		items = append(items, p)
	}
	return s.check(f, items, env)
}

func (s listSpec) check(f *FieldDef, v any, env *Env) (any, error) {
	var items []any
	switch list := v.(type) {
	case string:
		return s.parse(f, list, env)
	case []string:
		for _, x := range list {
			items = append(items, x)
		}
	case []any:
		items = list
	default:
		return nil, bad("field.wants_list", fault.Args{"got": describe(v)})
	}
	return listOf(f, items, env)
}

// listOf keeps the order of options, and the given order of addresses and
// numbers; doubles are dropped.
func listOf(f *FieldDef, items []any, env *Env) (any, error) {
	var out []string
	for _, item := range items {
		text, err := cleanText(item)
		if err != nil {
			return nil, err
		}
		if isBlank(text) {
			continue
		}
		var one any
		switch f.ValueKind() {
		case KindChoices:
			one, err = choiceSpec{}.parse(f, text, env)
		case KindText:
			one, err = tag(text)
		default:
			one, err = normalContact(f.Kind, text, env)
		}
		if err != nil {
			return nil, err
		}
		if s, ok := one.(string); ok && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	if f.ValueKind() == KindText && len(out) > maxTags {
		return nil, bad("field.too_many", fault.Args{"count": len(out), "max": maxTags})
	}
	if f.ValueKind() == KindChoices {
		order := optionList(f)
		slices.SortFunc(out, func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) })
	}
	return out, nil
}

func (listSpec) store(_ *FieldDef, v any, _ *Env, dst []any) []any {
	return append(dst, "|"+strings.Join(v.([]string), "|")+"|")
}

func (listSpec) load(_ *FieldDef, r *store.Rows, i int) any {
	s, ok := r.Text(i)
	if !ok || len(s) < 2 {
		return nil
	}
	return strings.Split(strings.Clone(s[1:len(s)-1]), "|")
}

func (s listSpec) appendJSON(f *FieldDef, dst []byte, r *store.Rows, i int) []byte {
	return AppendJSON(dst, s.load(f, r, i))
}

func (listSpec) exprType(f *FieldDef) expr.Type {
	return expr.Type{Kind: expr.Choices, Options: optionList(f)}
}
