package parts

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"wellmet/internal/schema"
	"wellmet/internal/web/door"
)

// Icon is the drawing of an object.
func Icon(o *schema.Object) string { return door.Icon(o) }

// kindIcons are the drawings of the kinds of fields.
var kindIcons = map[schema.Kind]string{
	schema.KindText: "type", schema.KindLongText: "align-left", schema.KindInt: "hash", schema.KindDecimal: "hash",
	schema.KindMoney: "banknote", schema.KindPercent: "percent", schema.KindDate: "calendar", schema.KindMoment: "calendar-clock",
	schema.KindBool: "toggle-left", schema.KindChoice: "tag", schema.KindChoices: "list-checks", schema.KindLink: "link",
	schema.KindLinks: "share-2", schema.KindPerson: "user-round", schema.KindEmail: "at-sign", schema.KindPhone: "phone",
	schema.KindURL: "globe", schema.KindAddress: "map-pin", schema.KindPlace: "map", schema.KindNumber: "list-ordered",
	schema.KindFormula: "function-square", schema.KindRollup: "sigma", schema.KindFile: "paperclip", schema.KindAbout: "arrow-left-right", "back": "arrow-left-right",
}

// KindIcon is the drawing of a kind of field.
func KindIcon(k schema.Kind) string {
	if icon := kindIcons[k]; icon != "" {
		return icon
	}
	return "text"
}

// Right reports whether the field's values stand right in tables: numbers.
func Right(f *schema.FieldDef) bool {
	return !f.Many && slices.Contains([]schema.Kind{schema.KindInt, schema.KindDecimal, schema.KindMoney, schema.KindPercent}, f.ValueKind())
}

// InSentence is the name of an object or field as it stands inside a sentence:
// "New deal". Names that are not written like a common word stay as they are.
func InSentence(label string) string {
	first, size := utf8.DecodeRuneInString(label)
	second, _ := utf8.DecodeRuneInString(label[size:])
	if !unicode.IsUpper(first) || !unicode.IsLower(second) {
		return label
	}
	return string(unicode.ToLower(first)) + label[size:]
}
