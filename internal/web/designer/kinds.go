package designer

import (
	"slices"
	"strconv"
	"strings"

	"wellmet/internal/i18n"
	"wellmet/internal/schema"
)

// has lists, for each attribute of the form, the kinds of field that have it.
var has = map[string][]schema.Kind{
	"unique": {schema.KindText, schema.KindInt, schema.KindDecimal, schema.KindDate, schema.KindMoment, schema.KindChoice, schema.KindLink,
		schema.KindPerson, schema.KindEmail, schema.KindPhone, schema.KindURL},
	"search": {schema.KindText, schema.KindLongText, schema.KindEmail, schema.KindPhone, schema.KindURL, schema.KindNumber, schema.KindAddress, schema.KindInt},
	"many":   {schema.KindEmail, schema.KindPhone},
	"default": {schema.KindText, schema.KindLongText, schema.KindInt, schema.KindDecimal, schema.KindMoney, schema.KindPercent, schema.KindDate,
		schema.KindMoment, schema.KindBool, schema.KindChoice, schema.KindChoices, schema.KindEmail, schema.KindPhone, schema.KindURL},
	"scale":    {schema.KindDecimal, schema.KindPercent},
	"max":      {schema.KindText, schema.KindLongText},
	"low":      {schema.KindInt, schema.KindDecimal, schema.KindMoney, schema.KindPercent},
	"high":     {schema.KindInt, schema.KindDecimal, schema.KindMoney, schema.KindPercent},
	"currency": {schema.KindMoney}, "prefix": {schema.KindNumber}, "formula": {schema.KindFormula}, "roll": {schema.KindRollup},
	"options": {schema.KindChoice, schema.KindChoices},
	"target":  {schema.KindLink, schema.KindLinks}, "inverse": {schema.KindLink, schema.KindLinks}, "on_delete": {schema.KindLink},
}

// builtinHas are the attributes that the company may set of a built-in field.
var builtinHas = []string{"required", "unique", "search", "default", "options", "tracked"}

// Has reports whether the form has an attribute.
func (f *form) Has(name string) bool {
	if f.Field != nil && f.Field.Builtin && (!slices.Contains(builtinHas, name) || f.Field.Engine) {
		return false
	}
	switch name {
	case "required":
		return f.Kind != schema.KindFormula && f.Kind != schema.KindRollup && f.Kind != schema.KindNumber && (f.Field == nil || f.Field.Writable())
	case "tracked":
		return !slices.Contains([]schema.Kind{schema.KindLinks, schema.KindAbout, schema.KindFormula, schema.KindRollup, schema.KindLongText}, f.Kind) &&
			f.Field != nil
	case "many", "target", "roll":
		return slices.Contains(has[name], f.Kind) && (f.Field == nil || name == "roll")
	case "options":
		return slices.Contains(has[name], f.Kind) && (f.Field == nil || !f.Field.Builtin || len(f.Field.Options) > 0)
	}
	return slices.Contains(has[name], f.Kind)
}

// CanBecome are the kinds that the field's values convert to.
func (f *form) CanBecome() []schema.Kind {
	if f.Field == nil || f.Field.Builtin {
		return nil
	}
	return schema.SafeKinds(f.Field.Kind)
}

// Retyped reports whether the form is to give the field another kind.
func (f *form) Retyped() bool { return f.Field != nil && f.Kind != f.Field.Kind }

// slug makes an API name from what people call a thing, "" if nothing of it can
// stand in one.
func slug(label string) string {
	var b strings.Builder
	for _, r := range i18n.Fold(label) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9' && b.Len() > 0:
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_") && r < 0x2000:
			b.WriteByte('_')
		}
	}
	name := strings.Trim(b.String(), "_")
	if len(name) > 40 {
		name = strings.Trim(name[:40], "_")
	}
	return name
}

// fieldName proposes a name that no field of the object has.
func fieldName(o *schema.Object, label string) string {
	return free(orElse(slug(label), "field"), func(name string) bool {
		_, taken := o.Field(name)
		return taken || schema.ReservedName(name)
	})
}

func orElse(name, otherwise string) string {
	if len(name) < 2 {
		return otherwise
	}
	return name
}

func free(name string, taken func(string) bool) string {
	stem := name
	for n := 2; taken(name); n++ {
		name = stem + "_" + strconv.Itoa(n)
	}
	return name
}

// objectNames propose the two API names of a new object.
func objectNames(s *schema.Schema, one, many string) (name, plural string) {
	taken := func(word string) bool {
		_, named := s.Object(word)
		_, listed := s.Plural(word)
		return named || listed || schema.ReservedName(word) || schema.ReservedPlural(word)
	}
	name = free(orElse(slug(one), "thing"), taken)
	plural = slug(many)
	if len(plural) < 2 || plural == name {
		plural = name + "s"
	}
	return name, free(plural, taken)
}
