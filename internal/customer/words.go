package customer

import (
	"regexp"
	"strings"
)

// mostDigits is how much of the end of a phone number tells it from others,
// however its beginning is written.
const mostDigits = 8

// cleaner puts a pseudonym for the words that tell of a person: groups of words
// only where they stand together, a phone number however it is spelt.
func cleaner(groups [][]string, pseudonym string) func(string) string {
	var all []*regexp.Regexp
	add := func(pattern string) {
		all = append(all, regexp.MustCompile(`(?i)(^|[^\p{L}\p{N}])(?:`+pattern+`)($|[^\p{L}\p{N}])`))
	}
	for _, g := range groups {
		if len(g) == 2 {
			a, b := regexp.QuoteMeta(g[0]), regexp.QuoteMeta(g[1])
			add(a + `\s+` + b + `|` + b + `,?\s+` + a)
			continue
		}
		for _, word := range g {
			switch word = strings.TrimSpace(word); {
			case word == "":
			case digitsOf(word) != "":
				digits := digitsOf(word)
				add(`\+?(?:\d[\s()/.-]*)*` + strings.Join(strings.Split(digits[max(0, len(digits)-mostDigits):], ""), `[\s()/.-]*`))
			default:
				add(regexp.QuoteMeta(word))
			}
		}
	}
	return func(text string) string {
		for _, re := range all {
			for was := ""; was != text; { // two beside each other share their border
				was, text = text, re.ReplaceAllString(text, "${1}"+pseudonym+"${2}")
			}
		}
		return text
	}
}

// digitsOf are the digits of a phone number, "" for any other text.
func digitsOf(text string) string {
	if strings.Trim(text, "+-()/. \u00a00123456789") != "" {
		return ""
	}
	digits := regexp.MustCompile(`\D`).ReplaceAllString(text, "")
	if len(digits) < mostDigits-1 {
		return ""
	}
	return digits
}
