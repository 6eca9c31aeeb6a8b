package value

import "strings"

// ParseBool reads yes and no in the languages that CRM exports come in, and the
// marks of spreadsheets and check lists.
func ParseBool(s string) (bool, error) {
	switch strings.ToLower(narrow(s)) {
	case "true", "t", "yes", "y", "1", "1.0", "x", "on", "checked",
		"ja", "j", "wahr", "oui", "vrai", "sí", "si", "verdadero", "sim", "verdadeiro", "vero", "da", "ano", "tak", "prawda",
		"kyllä", "igen", "evet", "doğru", "ναι", "да", "д", "истина", "так", "是", "真", "对", "對", "はい", "예", "네",
		"نعم", "כן", "ใช่", "हाँ", "có", "✓", "✔", "✔️", "☑", "☑️", "✅":
		return true, nil
	case "false", "f", "no", "n", "0", "0.0", "off", "unchecked",
		"nein", "falsch", "non", "faux", "falso", "não", "nao", "nu", "ne", "nie", "fałsz", "nej", "nei", "nee",
		"ei", "nem", "hayır", "hayir", "yanlış", "όχι", "нет", "н", "ложь", "ні", "否", "假", "不", "不是", "いいえ", "아니요", "아니오",
		"لا", "לא", "ไม่", "नहीं", "không", "✗", "✘", "☐", "❌", "✖":
		return false, nil
	}
	return false, invalid("value.bool", s, nil)
}
