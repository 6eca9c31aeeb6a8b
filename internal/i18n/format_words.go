package i18n

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// FileSize writes a number of bytes: 850 B, 1.5 MB.
func (f *Format) FileSize(n int64) string {
	power, d := 0, decimal.NewFromInt(n)
	for thousand := decimal.New(1, 3); power < len(f.byteUnits)-1 && roundShort(d).Abs().Cmp(thousand) >= 0; power++ {
		d = d.Shift(-3)
	}
	return f.Number(roundShort(d), 0, 1) + nbsp + f.byteUnits[power]
}

// Name puts the names of a person in his own order: family first and joined
// where they are written in Chinese signs, given first otherwise.
func (f *Format) Name(given, family string) string {
	given, family = strings.TrimSpace(given), strings.TrimSpace(family)
	switch {
	case given == "" || family == "":
		return given + family
	case eastern(given) && eastern(family):
		return family + given
	}
	return given + " " + family
}

func eastern(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.In(r, unicode.Han, unicode.Hangul)
}

// Initials are the one or two letters that stand for a person where there is no
// picture: of the first and the last word of his name.
func (f *Format) Initials(name string) string {
	var first, last string
	for _, word := range strings.Fields(name) {
		at := strings.IndexFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
		if at < 0 {
			continue
		}
		r, _ := utf8.DecodeRuneInString(word[at:])
		letter := string(unicode.ToUpper(r))
		switch {
		case first == "" && eastern(letter):
			return letter
		case first == "":
			first = letter
		default:
			last = letter
		}
	}
	return first + last
}
