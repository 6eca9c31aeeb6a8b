package schema

import (
	"strings"

	"wellmet/internal/i18n"
)

// Label is what people call an object, in one language.
type Label struct {
	One  string `json:"one"`
	Many string `json:"many,omitempty"`
}

// english is the language of the declarations.
const english = "en"

// Label is the object's name in a language: what the company calls it there;
// for a built-in object the catalogue's word; else the English name, the
// company's own if it has one; else the API name.
func (o *Object) Label(language string) Label {
	for _, l := range own(language) {
		if label, ok := o.Labels[l]; ok && label.One != "" {
			return label.whole()
		}
	}
	if o.Builtin {
		one, ok := i18n.Find(language, "label."+o.ID+".one")
		many, both := i18n.Find(language, "label."+o.ID+".many")
		if ok && both {
			return Label{One: one, Many: many}
		}
	}
	if label := o.Labels[english]; label.One != "" {
		return label.whole()
	}
	return Label{One: humanize(o.Name), Many: humanize(o.Plural)}
}

// whole has a word for many, as companies may leave it out.
func (l Label) whole() Label {
	if l.Many == "" {
		l.Many = l.One
	}
	return l
}

// Label is the field's name in a language, chosen as an object's is.
func (f *FieldDef) Label(language string) string {
	for _, l := range own(language) {
		if s := f.Labels[l]; s != "" {
			return s
		}
	}
	if f.Builtin {
		if s, ok := f.catalogued(language, ""); ok {
			return s
		}
	}
	if s := f.Labels[english]; s != "" {
		return s
	}
	if s := spoken[f.Name]; s != "" {
		return s
	}
	return humanize(f.Name)
}

// spoken are English names of fields whose own would say "at" of what is a thing.
var spoken = map[string]string{"next_activity_at": "Next activity", "last_activity_at": "Last activity", "last_contact_at": "Last contact"}

// OptionLabel is the name of one of the field's options in a language, the key
// itself of an option that is no more.
func (f *FieldDef) OptionLabel(key, language string) string {
	option, ok := f.Option(key)
	if !ok {
		return key
	}
	for _, l := range own(language) {
		if s := option.Labels[l]; s != "" {
			return s
		}
	}
	if f.Builtin {
		if s, ok := f.catalogued(language, "."+key); ok {
			return s
		}
	}
	if s := option.Labels[english]; s != "" {
		return s
	}
	return humanize(key)
}

// catalogued is the word for a built-in field, or for its option: the object's
// own, or the one for every field of that name, as owner and description have.
// The id holds the name that the declaration gave.
func (f *FieldDef) catalogued(language, option string) (string, bool) {
	if s, ok := i18n.Find(language, "label."+f.ID+option); ok {
		return s, true
	}
	return i18n.Find(language, "label.any."+f.ID[strings.LastIndexByte(f.ID, '.')+1:]+option)
}

// own are the languages whose labels of the company fit a locale: zh-Hans, zh.
func own(locale string) []string {
	if base, _, regional := strings.Cut(locale, "-"); regional {
		return []string{locale, base}
	}
	return []string{locale}
}
