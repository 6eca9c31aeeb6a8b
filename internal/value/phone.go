package value

import (
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
)

// maxPhone is longer than any number people write.
const maxPhone = 60

// ParsePhone reads a number as people write it and answers E.164: "+493012345".
// A number without + or 00 is read as dialled in region (ISO 3166-1 alpha-2);
// without a region it is refused. An extension is kept behind it, as RFC 3966
// writes it: "+14155550123;ext=12".
//
// The number must have a possible length for its country. Whether it is assigned
// is not asked: numbering plans change faster than programs are updated.
func ParsePhone(s, region string) (string, error) {
	clean, err := Clean(s)
	if err != nil {
		return "", err
	}
	text := narrow(clean)
	if len(text) > 4 && strings.EqualFold(text[:4], "tel:") {
		text = text[4:]
	}
	if len(text) > maxPhone || strings.ContainsFunc(phoneStart(text), unicode.IsLetter) {
		return "", invalid("value.phone", s, nil)
	}
	if strings.HasPrefix(text, "00") && region == "" {
		text = "+" + text[2:]
	}
	if region == "" && !strings.HasPrefix(text, "+") {
		return "", invalid("value.phone.country", s, nil)
	}
	number, err := phonenumbers.Parse(text, strings.ToUpper(region))
	if err != nil || phonenumbers.IsPossibleNumberWithReason(number) != phonenumbers.IS_POSSIBLE {
		return "", invalid("value.phone", s, nil)
	}
	out := phonenumbers.Format(number, phonenumbers.E164)
	if ext := number.GetExtension(); ext != "" {
		out += ";ext=" + ext
	}
	return out, nil
}

// phoneStart is everything before the second digit: the library would skip words
// there, and a note such as "ask for Ann, 12345" must not lose its first half.
func phoneStart(s string) string {
	seen := 0
	for i, r := range s {
		if r >= '0' && r <= '9' {
			if seen++; seen == 2 {
				return s[:i]
			}
		}
	}
	return s
}
