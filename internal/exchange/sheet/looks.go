package sheet

import (
	"strings"

	"wellmet/internal/value"
)

// looksPhone is for a column's kind only: 7 to 15 digits and the signs that
// people write between them. Whether the number exists is not asked.
func looksPhone(text string) bool {
	text, _, _ = strings.Cut(strings.ToLower(text), "ext")
	text, _, _ = strings.Cut(text, "x")
	digits := 0
	for _, r := range strings.TrimSpace(text) {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune(" +()-./\u00a0", r):
			return false
		}
	}
	return digits >= 7 && digits <= 15
}

// looksURL wants a scheme or www: a name with a dot in it is a name.
func looksURL(text string) bool {
	lower := strings.ToLower(text)
	if !strings.HasPrefix(lower, "http://") && !strings.HasPrefix(lower, "https://") && !strings.HasPrefix(lower, "www.") {
		return false
	}
	_, err := value.ParseURL(text)
	return err == nil
}

// plausibleDay keeps eight digits from being a day unless of our times.
func plausibleDay(text string, day value.Date) bool {
	if strings.Trim(text, "0123456789") != "" {
		return true
	}
	year, _, _ := day.Civil()
	return len(text) == 8 && year >= 1950 && year < 2100
}

// leadingZero tells a code (007, a postal code) from a number.
func leadingZero(text string) bool {
	return len(text) > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9'
}

func scaleOf(text, sep string) int {
	_, fraction, ok := strings.Cut(text, sep)
	if !ok {
		return 0
	}
	n := 0
	for n < len(fraction) && fraction[n] >= '0' && fraction[n] <= '9' {
		n++
	}
	return n
}

// fitsWhole: what an int64 holds surely.
func fitsWhole(text string) bool { return len(strings.TrimLeft(text, "+-")) <= 18 }

// yesNoHeader lets 0 and 1 be yes and no where the name asks a question.
func yesNoHeader(name string) bool {
	for _, start := range []string{"is", "has", "was", "can", "do not", "allow", "opt"} {
		rest, ok := strings.CutPrefix(name, start)
		if !ok {
			rest, ok = strings.CutPrefix(name, strings.ToUpper(start[:1])+start[1:])
		}
		if ok && rest != "" && (rest[0] == ' ' || rest[0] == '_' || (rest[0] >= 'A' && rest[0] <= 'Z')) {
			return true
		}
	}
	return false
}

func phoneHeader(name string) bool {
	name = strings.ToLower(name)
	for _, word := range []string{"phone", "tel", "mobile", "fax", "cell", "телефон", "电话", "手机", "móvil", "handy"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}
