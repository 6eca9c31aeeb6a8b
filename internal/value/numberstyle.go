package value

import (
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
)

// ParseNumberStyle reads a number as people and spreadsheets write it: with
// thousands separators, a currency sign or code, a percent sign (25% is 25), a
// minus in front or behind, or parentheses for a minus. decimalSep is '.' or ',';
// with 0 the text itself must decide, and "1,234" is refused.
func ParseNumberStyle(s string, decimalSep rune) (decimal.Decimal, error) {
	text, err := readAdorned(s)
	if err != nil {
		return decimal.Decimal{}, err
	}
	return text.number(s, decimalSep)
}

// ParseMoneyStyle is ParseNumberStyle for money. A sign or code of currency in
// the text decides; code is for texts without one, and tells which of several a
// sign like $ or ¥ means. Nothing is rounded.
func ParseMoneyStyle(s string, decimalSep rune, code string) (Money, error) {
	text, err := readAdorned(s)
	if err != nil || text.percent {
		return Money{}, invalid("value.money", s, nil)
	}
	d, err := text.number(s, decimalSep)
	if err != nil {
		return Money{}, err
	}
	code, ok := text.currencyOr(strings.ToUpper(code))
	if !ok {
		return Money{}, invalid("value.money.sign", s, fault.Args{"sign": text.sign})
	}
	return moneyOf(s, d, code)
}

// DetectNumberStyle works out the decimal separator of a column, '.' or ','. It
// is ambiguous when samples such as "1,234" leave it open or contradict each
// other. A column without separators is '.'.
func DetectNumberStyle(samples []string) (decimalSep rune, ambiguous bool) {
	var point, comma, open int
	for _, sample := range samples {
		text, err := readAdorned(sample)
		if err != nil || !strings.ContainsAny(text.body, ".,") {
			continue
		}
		a, errPoint := text.number(sample, '.')
		b, errComma := text.number(sample, ',')
		switch {
		case errPoint == nil && errComma != nil:
			point++
		case errPoint != nil && errComma == nil:
			comma++
		case errPoint == nil && !a.Equal(b):
			open++
		}
	}
	if comma > point {
		return ',', point > 0
	}
	return '.', comma > 0 || point == 0 && open > 0
}

// adorned is a number freed of what stands around its digits.
type adorned struct {
	body     string
	sign     string // of currency, in lower case
	negative bool
	percent  bool
}

// readAdorned peels signs off both ends, each kind once.
func readAdorned(typed string) (adorned, error) {
	out := adorned{body: narrow(typed)}
	if len(out.body) > 100 {
		return adorned{}, invalid("value.number", typed, nil)
	}
	minus := false
	for {
		before := out.body
		switch {
		case strings.HasSuffix(before, ",-") || strings.HasSuffix(before, ".-"): // "5,-" is a round amount
			out.body = before[:len(before)-2]
		case strings.HasSuffix(before, ",--") || strings.HasSuffix(before, ".--"):
			out.body = before[:len(before)-3]
		case !minus && strings.HasPrefix(before, "(") && strings.HasSuffix(before, ")"):
			minus, out.negative, out.body = true, true, before[1:len(before)-1]
		case !minus && strings.HasPrefix(before, "-"):
			minus, out.negative, out.body = true, true, before[1:]
		case !minus && strings.HasPrefix(before, "+"):
			minus, out.body = true, before[1:]
		case !minus && strings.HasSuffix(before, "-"):
			minus, out.negative, out.body = true, true, before[:len(before)-1]
		case !out.percent && strings.HasSuffix(before, "%"):
			out.percent, out.body = true, before[:len(before)-1]
		default:
			out.peelCurrency()
		}
		out.body = strings.TrimSpace(out.body)
		if out.body == before {
			break
		}
	}
	if out.body == "" || !strings.ContainsAny(out.body[:1], "0123456789.,") || !strings.ContainsAny(out.body, "0123456789") {
		return adorned{}, invalid("value.number", typed, nil)
	}
	return out, nil
}

// number reads the digits.
func (a adorned) number(typed string, decimalSep rune) (decimal.Decimal, error) {
	mantissa, exponent, ok := splitExponent(a.body)
	if !ok {
		return decimal.Decimal{}, invalid("value.number", typed, nil)
	}
	if decimalSep == 0 {
		if decimalSep, ok = impliedSeparator(mantissa); !ok {
			return decimal.Decimal{}, invalid("value.number.ambiguous", typed, nil)
		}
	}
	whole, fraction, _ := strings.Cut(mantissa, string(decimalSep))
	whole, ok = ungroup(whole, decimalSep)
	if !ok || !onlyDigits(fraction) || whole+fraction == "" {
		return decimal.Decimal{}, invalid("value.number", typed, fault.Args{"separator": string(decimalSep)})
	}
	return assemble(typed, a.negative, whole+fraction, len(fraction)-exponent)
}

// impliedSeparator finds the decimal separator where only one reading is
// possible; false for "1,234" and "1.234".
func impliedSeparator(s string) (rune, bool) {
	point, comma := strings.LastIndexByte(s, '.'), strings.LastIndexByte(s, ',')
	switch {
	case point < 0 && comma < 0:
		return '.', true
	case point >= 0 && comma >= 0:
		if point > comma {
			return '.', true
		}
		return ',', true
	}
	at, this, other := point, '.', ','
	if comma >= 0 {
		at, this, other = comma, ',', '.'
	}
	switch {
	case strings.Count(s, string(this)) > 1:
		return other, true
	case len(s)-at-1 != 3 || at > 3 || at == 0 || s[0] == '0' || strings.ContainsAny(s, " '’_"):
		return this, true
	}
	return 0, false
}

// ungroup takes the thousands separators out. They must all be the same sign and
// stand where they belong: before the last three digits, and before that after
// each two or three (India counts in lakhs).
func ungroup(s string, decimalSep rune) (string, bool) {
	if onlyDigits(s) {
		return s, true
	}
	at := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	mark, _ := utf8.DecodeRuneInString(s[at:])
	if mark == decimalSep || !strings.ContainsRune(".,'’ _", mark) {
		return "", false
	}
	groups := strings.Split(s, string(mark))
	for i, group := range groups {
		good := len(group) == 3 || len(group) == 2 && i < len(groups)-1 || i == 0 && len(group) == 1
		if !good || !onlyDigits(group) {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}
