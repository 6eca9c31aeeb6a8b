package value

import (
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
)

// maxDigits bounds a number that somebody wrote: far above what a column holds,
// far below what would make a request expensive.
const maxDigits = 40

// ParseDecimal reads a plain number: 1234.5, -0.5, 1e6. Thousands separators
// belong to ParseNumberStyle.
func ParseDecimal(s string) (decimal.Decimal, error) {
	text := narrow(s)
	mantissa, exponent, ok := splitExponent(text)
	if !ok {
		return decimal.Decimal{}, invalid("value.decimal", s, nil)
	}
	negative, digits, scale, ok := plainNumber(mantissa)
	if !ok {
		return decimal.Decimal{}, invalid("value.decimal", s, nil)
	}
	return assemble(s, negative, digits, scale-exponent)
}

// ParseInt reads a whole number; 42.0 is one, because spreadsheets write it so.
func ParseInt(s string) (int64, error) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, nil
	}
	d, err := ParseDecimal(s)
	if err != nil {
		return 0, invalid("value.int", s, nil)
	}
	n, err := Scaled(d, 0)
	if fault.Is(err, fault.Invalid) {
		if !d.IsInteger() {
			return 0, invalid("value.int", s, nil)
		}
		return 0, invalid("value.int.range", s, nil)
	}
	return n, err
}

// splitExponent takes "1.5e3" apart. Exponents beyond maxDigits come back as
// one above it, which assemble refuses.
func splitExponent(s string) (mantissa string, exponent int, ok bool) {
	at := strings.IndexAny(s, "eE")
	if at < 0 {
		return s, 0, true
	}
	exp := s[at+1:]
	if exp == "" || strings.Trim(exp[1:], "0123456789") != "" {
		return "", 0, false
	}
	n, err := strconv.Atoi(exp)
	if err != nil && !strings.ContainsAny(exp[len(exp)-1:], "0123456789") {
		return "", 0, false
	}
	return s[:at], min(max(n, -maxDigits-1), maxDigits+1), true
}

// plainNumber reads [+-]digits[.digits] with at least one digit; digits come
// back without the point, and scale is how many stood behind it.
func plainNumber(s string) (negative bool, digits string, scale int, ok bool) {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		negative, s = s[0] == '-', s[1:]
	}
	whole, fraction, _ := strings.Cut(s, ".")
	if !onlyDigits(whole) || !onlyDigits(fraction) || whole+fraction == "" {
		return false, "", 0, false
	}
	return negative, whole + fraction, len(fraction), true
}

// onlyDigits is true of "" too.
func onlyDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// assemble makes the number digits × 10^-scale and refuses monsters.
func assemble(typed string, negative bool, digits string, scale int) (decimal.Decimal, error) {
	digits = strings.TrimLeft(digits, "0")
	for scale > 0 && strings.HasSuffix(digits, "0") {
		digits, scale = digits[:len(digits)-1], scale-1
	}
	if digits == "" {
		return decimal.Decimal{}, nil
	}
	if len(digits) > maxDigits || scale > maxDigits || len(digits)-scale > maxDigits {
		return decimal.Decimal{}, invalid("value.decimal.long", typed, fault.Args{"digits": maxDigits})
	}
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
		if negative {
			n = -n
		}
		return decimal.New(n, int32(-scale)), nil
	}
	d, err := decimal.NewFromString(digits)
	if err != nil {
		return decimal.Decimal{}, invalid("value.decimal", typed, nil).Because(err)
	}
	if negative {
		d = d.Neg()
	}
	return d.Shift(int32(-scale)), nil
}

// Scaled is d as the integer that a column of that scale stores. It never
// rounds: digits that would be lost, and numbers beyond 64 bits, are refused.
func Scaled(d decimal.Decimal, scale int) (int64, error) {
	if d.IsZero() {
		return 0, nil
	}
	if n, ok := scaledQuickly(d, scale); ok {
		return n, nil
	}
	if int64(d.NumDigits())+int64(d.Exponent())+int64(scale) > 19 {
		return 0, tooBig(d)
	}
	if d.Exponent() < -2*maxDigits-int32(scale) {
		return 0, invalid("value.decimal.scale", shortText(d), fault.Args{"scale": scale})
	}
	shifted := d.Shift(int32(scale))
	if !shifted.IsInteger() {
		return 0, invalid("value.decimal.scale", shortText(d), fault.Args{"scale": scale})
	}
	n := shifted.BigInt()
	if !n.IsInt64() {
		return 0, tooBig(d)
	}
	return n.Int64(), nil
}

// scaledQuickly serves the numbers of everyday without big arithmetic: at most
// 18 digits before and after, none of them lost.
func scaledQuickly(d decimal.Decimal, scale int) (int64, bool) {
	digits, shift := d.NumDigits(), int(d.Exponent())+scale
	if digits > 18 || shift < -18 || digits+shift > 18 {
		return 0, false
	}
	n := d.CoefficientInt64()
	if shift >= 0 {
		return n * powers[shift], true
	}
	return n / powers[-shift], n%powers[-shift] == 0
}

// powers of ten that an int64 holds.
var powers = func() (p [19]int64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()

func tooBig(d decimal.Decimal) error {
	return invalid("value.decimal.range", shortText(d), nil)
}

// shortText is the number's text unless writing it out would be the attack.
func shortText(d decimal.Decimal) string {
	if e := d.Exponent(); e > 2*maxDigits || e < -2*maxDigits {
		return d.Coefficient().String() + "e" + strconv.Itoa(int(e))
	}
	return d.String()
}

// Unscaled is what a column of that scale means by i.
func Unscaled(i int64, scale int) decimal.Decimal { return decimal.New(i, int32(-scale)) }

// Round rounds half to even at that many digits after the point.
func Round(d decimal.Decimal, scale int) decimal.Decimal { return d.RoundBank(int32(scale)) }

// RoundScaled is Scaled for results of arithmetic, which may be rounded.
func RoundScaled(d decimal.Decimal, scale int) (int64, error) {
	return Scaled(Round(d, scale), scale)
}
