package access

import (
	"strings"
	"unicode/utf8"

	"wellmet/internal/value"
)

// blot stands for what is hidden; it is always the same, so that not even the
// length is told.
const blot = "•••"

// Mask is what a masked field shows of its value: enough to recognise an
// e-mail address or phone number that one knows already, and nothing of a
// number, an amount or a date. Empty stays empty.
func Mask(v any) any {
	switch x := v.(type) {
	case nil:
		return nil
	case string:
		return maskText(x)
	case []string:
		masked := make([]string, len(x))
		for i, s := range x {
			masked[i] = maskText(s)
		}
		return masked
	case value.Address:
		return value.Address{City: blot, Country: x.Country}
	}
	return blot
}

func maskText(s string) string {
	switch at := strings.LastIndexByte(s, '@'); {
	case s == "":
		return ""
	case at > 0 && !strings.ContainsAny(s, " \n"):
		return first(s) + blot + "@" + first(s[at+1:]) + "…"
	case isPhone(s):
		return s[:3] + " " + blot + " ••" + s[len(s)-2:]
	case utf8.RuneCountInString(s) < 8: // a letter of a short text tells too much
		return blot
	}
	return first(s) + blot
}

// isPhone knows E.164 numbers long enough to keep secret what is left out.
func isPhone(s string) bool {
	return len(s) >= 9 && s[0] == '+' && strings.Trim(s[1:], "0123456789") == ""
}

func first(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return s[:size]
}
