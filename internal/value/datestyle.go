package value

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"wellmet/internal/fault"
)

// DateStyle is the order in which the days of one column are written. Whatever
// the style, a year of four digits in front and a month in words are understood.
type DateStyle uint8

const (
	DateUnknown DateStyle = iota // takes only what has one meaning
	DateISO                      // 2026-03-31
	DateYMD                      // 26/3/31, 2026.03.31
	DateDMY                      // 31.3.2026, 31/03/26
	DateMDY                      // 3/31/2026
)

var styleNames = [...]string{"", "iso", "ymd", "dmy", "mdy"}

// String is the name that mapping files use; DateUnknown is "".
func (s DateStyle) String() string {
	if int(s) < len(styleNames) {
		return styleNames[s]
	}
	return ""
}

// DateStyleNamed reads what String writes.
func DateStyleNamed(name string) (DateStyle, bool) {
	for i, known := range styleNames {
		if strings.EqualFold(name, known) {
			return DateStyle(i), true
		}
	}
	return DateUnknown, false
}

// ParseDateStyle reads a day as people and spreadsheets write it: numbers with
// . / - or spaces, English months in words, 2026年3月31日, 20260331. A time behind
// it is allowed when it is midnight, since spreadsheets add it. Years of two
// digits need a style and mean 1969 to 2068.
func ParseDateStyle(s string, style DateStyle) (Date, error) {
	date, clock := splitClock(narrow(s))
	if clock != "" {
		if at, ok := parseClock(clock); !ok || at.sinceMidnight != 0 {
			return 0, invalid("value.date.time", s, nil)
		}
	}
	return styledDate(s, date, style)
}

// styledDate reads the text of a day; typed is the whole input, for the fault.
func styledDate(typed, text string, style DateStyle) (Date, error) {
	parts, ok := readDateParts(text)
	if !ok {
		return 0, invalid("value.date", typed, nil)
	}
	year, month, day, key := parts.arrange(style)
	if key != "" {
		return 0, invalid(key, typed, fault.Args{"order": style.order()})
	}
	return civil(typed, year, month, day)
}

// order is the style as a reader of a message sees it.
func (s DateStyle) order() string {
	return [...]string{"", "2026-03-31", "26-03-31", "31.3.2026", "3/31/2026"}[s]
}

// splitClock parts "31 Mar 2026, 10:30 PM" at the hour before the first colon.
func splitClock(s string) (date, clock string) {
	colon := strings.IndexByte(s, ':')
	if colon < 0 {
		return s, ""
	}
	hour := colon
	for hour > 0 && s[hour-1] >= '0' && s[hour-1] <= '9' {
		hour--
	}
	return strings.TrimRight(s[:hour], " ,Tt"), s[hour:]
}

// datePart is one number, or a month that stood there in words.
type datePart struct {
	number, digits int
	word           bool
}

type dateParts struct {
	parts []datePart
	month int // index of the month in words, or -1
}

// readDateParts cuts a day into its three parts.
func readDateParts(s string) (dateParts, bool) {
	if len(s) > 60 {
		return dateParts{}, false
	}
	if len(s) == 8 && onlyDigits(s) {
		s = s[:4] + "-" + s[4:6] + "-" + s[6:]
	}
	out := dateParts{month: -1, parts: make([]datePart, 0, 3)}
	separators := ""
	for s != "" {
		token, kind := nextToken(s)
		s = s[len(token):]
		switch kind {
		case 'd':
			n, ok := smallNumber(token)
			if !ok {
				return dateParts{}, false
			}
			out.parts = append(out.parts, datePart{number: n, digits: len(token)})
		case 'w':
			if !out.word(strings.ToLower(token)) {
				return dateParts{}, false
			}
		default:
			if mark := strings.TrimSpace(token); mark != "" && s != "" {
				separators += mark
			}
		}
	}
	return out, len(out.parts) == 3 && (out.month >= 0 || separatorsFit(separators))
}

// nextToken is a run of digits 'd', of letters 'w', or of separators 's'.
func nextToken(s string) (string, byte) {
	kind := tokenKind(s)
	for i, r := range s {
		if tokenKind(string(r)) != kind {
			return s[:i], kind
		}
	}
	return s, kind
}

func tokenKind(s string) byte {
	r, _ := utf8.DecodeRuneInString(s)
	switch {
	case r >= '0' && r <= '9':
		return 'd'
	case strings.ContainsRune("年月日년월일", r) || !unicode.IsLetter(r):
		return 's'
	}
	return 'w'
}

// separatorsFit wants the same sign twice between three numbers.
func separatorsFit(s string) bool {
	switch s {
	case "", "--", "//", "..", "年月", "년월":
		return true
	}
	return false
}

// word takes in a month, and passes over weekdays, ordinal endings and "of".
func (p *dateParts) word(s string) bool {
	if month, ok := months[s]; ok && p.month < 0 {
		p.month = len(p.parts)
		p.parts = append(p.parts, datePart{number: month, word: true})
		return true
	}
	switch s {
	case "st", "nd", "rd", "th", "of":
		return len(p.parts) > 0
	}
	return weekdays[s] && len(p.parts) == 0
}

var months, weekdays = func() (map[string]int, map[string]bool) {
	months, weekdays := map[string]int{"sept": 9}, map[string]bool{"tues": true, "thur": true, "thurs": true}
	for m := time.January; m <= time.December; m++ {
		name := strings.ToLower(m.String())
		months[name], months[name[:3]] = int(m), int(m)
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		name := strings.ToLower(d.String())
		weekdays[name], weekdays[name[:3]] = true, true
	}
	return months, weekdays
}()

// arrange decides which part is which; key names the fault when it cannot.
func (p dateParts) arrange(style DateStyle) (year, month, day int, key string) {
	first, last := p.parts[0], p.parts[2]
	if p.month >= 0 {
		return p.arrangeWord(style)
	}
	middle := p.parts[1]
	switch {
	case middle.digits > 2 || first.digits == 3 || last.digits == 3 || first.digits > 2 && last.digits > 2:
		return 0, 0, 0, "value.date"
	case first.digits == 4:
		return first.number, middle.number, last.number, ""
	case last.digits == 4:
		return p.arrangeYearLast(style)
	case style == DateUnknown || style == DateISO:
		return 0, 0, 0, "value.date.century"
	case style == DateYMD && first.digits == 2:
		return century(first.number), middle.number, last.number, ""
	case style == DateYMD || last.digits != 2:
		return 0, 0, 0, "value.date.order"
	}
	year, month, day, key = p.arrangeYearLast(style)
	return century(year), month, day, key
}

// arrangeYearLast is day and month in front, in one order or the other.
func (p dateParts) arrangeYearLast(style DateStyle) (year, month, day int, key string) {
	a, b, year := p.parts[0].number, p.parts[1].number, p.parts[2].number
	switch {
	case style == DateISO || style == DateYMD:
		return 0, 0, 0, "value.date.order"
	case style == DateMDY, style == DateUnknown && b > 12:
		return year, a, b, ""
	case style == DateUnknown && a <= 12 && a != b:
		return 0, 0, 0, "value.date.ambiguous"
	}
	return year, b, a, ""
}

// arrangeWord has its month; of the two numbers left, four digits are the year,
// and two digits stand last.
func (p dateParts) arrangeWord(style DateStyle) (year, month, day int, key string) {
	month = p.parts[p.month].number
	a, b := p.parts[0], p.parts[2]
	switch p.month {
	case 0:
		a = p.parts[1]
	case 2:
		b = p.parts[1]
	}
	switch {
	case a.word || b.word || a.digits == 3 || b.digits == 3:
		return 0, 0, 0, "value.date"
	case a.digits == 4 && b.digits < 3:
		return a.number, month, b.number, ""
	case b.digits == 4 && a.digits < 3:
		return b.number, month, a.number, ""
	case a.digits > 2 || b.digits > 2:
		return 0, 0, 0, "value.date"
	case style == DateUnknown || style == DateISO:
		return 0, 0, 0, "value.date.century"
	case style == DateYMD || b.digits != 2:
		return 0, 0, 0, "value.date.order"
	}
	return century(b.number), month, a.number, ""
}

// century is the reading of two digits that POSIX and spreadsheets share.
func century(year int) int {
	if year < 69 {
		return 2000 + year
	}
	return 1900 + year
}
