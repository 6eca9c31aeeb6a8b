package i18n

import (
	"strconv"
	"strings"

	"github.com/bojanz/currency"
	"github.com/shopspring/decimal"

	"wellmet/internal/value"
)

// minus is the sign itself and not a hyphen, at which a line would break.
const minus = "−"

// Number writes d with at least minDigits and at most maxDigits decimals, rounded
// half away from zero.
func (f *Format) Number(d decimal.Decimal, minDigits, maxDigits int) string {
	maxDigits = max(minDigits, maxDigits, 0)
	if -int(d.Exponent()) > maxDigits {
		d = d.Round(int32(maxDigits))
	}
	return string(f.appendNumber(make([]byte, 0, 32), d.String(), minDigits))
}

// Int writes a whole number.
func (f *Format) Int(n int64) string {
	return string(f.appendNumber(make([]byte, 0, 32), strconv.FormatInt(n, 10), 0))
}

// Percent writes 60.5 as "60.5%", with at most that many decimals.
func (f *Format) Percent(d decimal.Decimal, digits int) string {
	return f.Number(d, 0, digits) + f.percent
}

// appendNumber takes a plain number, "-1234.5", and groups its digits.
func (f *Format) appendNumber(b []byte, plain string, minDigits int) []byte {
	if rest, negative := strings.CutPrefix(plain, "-"); negative {
		plain = rest
		if strings.Trim(plain, "0.") != "" {
			b = append(b, minus...)
		}
	}
	whole, fraction, _ := strings.Cut(plain, ".")
	for len(fraction) > minDigits && fraction[len(fraction)-1] == '0' {
		fraction = fraction[:len(fraction)-1]
	}
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b = append(b, f.group...)
		}
		b = append(b, whole[i])
	}
	if len(fraction) == 0 && minDigits <= 0 {
		return b
	}
	b = append(append(b, f.decimal...), fraction...)
	for n := len(fraction); n < minDigits; n++ {
		b = append(b, '0')
	}
	return b
}

// Money writes an amount with all the digits of its currency: €184,500.00.
func (f *Format) Money(m value.Money) string {
	return f.adorn(m.Currency, f.appendNumber(make([]byte, 0, 32), m.Amount(), value.Digits(m.Currency)))
}

// MoneyWhole writes an amount without cents, for boards and tiles.
func (f *Format) MoneyWhole(m value.Money) string {
	return f.adorn(m.Currency, f.appendNumber(make([]byte, 0, 32), m.Decimal().Round(0).String(), 0))
}

// MoneyShort writes an amount to two digits, or to the whole unit: €1.2k, €185k,
// 185 тыс. €, €18万.
func (f *Format) MoneyShort(m value.Money) string {
	d := m.Decimal()
	digits, sign := f.shorten(d)
	return f.adorn(m.Currency, append(f.appendNumber(make([]byte, 0, 32), digits, 0), sign...))
}

// NumberShort is MoneyShort of a plain number.
func (f *Format) NumberShort(d decimal.Decimal) string {
	digits, sign := f.shorten(d)
	return string(append(f.appendNumber(make([]byte, 0, 32), digits, 0), sign...))
}

// shorten rounds first and chooses the unit then, so that 999,999 is 1M.
func (f *Format) shorten(d decimal.Decimal) (digits, sign string) {
	rounded, power := d.Round(0), int32(0)
	for _, u := range f.units {
		if rounded.Abs().Cmp(decimal.New(1, u.power-power)) < 0 {
			break
		}
		rounded, power, sign = roundShort(d.Shift(-u.power)), u.power, u.sign
	}
	return rounded.String(), sign
}

// roundShort keeps one decimal below ten.
func roundShort(d decimal.Decimal) decimal.Decimal {
	if r := d.Round(1); r.Abs().Cmp(decimal.New(10, 0)) < 0 {
		return r
	}
	return d.Round(0)
}

// adorn puts the sign of the currency to the number.
func (f *Format) adorn(code string, number []byte) string {
	if code == "" {
		return string(number)
	}
	sign := f.CurrencySign(code)
	if !f.moneyInFront {
		return string(append(append(number, nbsp...), sign...))
	}
	front := ""
	if rest, negative := strings.CutPrefix(string(number), minus); negative {
		front, number = minus, []byte(rest)
	}
	if last := sign[len(sign)-1]; 'A' <= last && last <= 'Z' {
		sign += nbsp
	}
	return front + sign + string(number)
}

// CurrencySign is what people of the locale write for a currency: €, US$, or its
// code where they have no sign of their own.
func (f *Format) CurrencySign(code string) string {
	switch code {
	case "EUR":
		return "€"
	case "RUB":
		return "₽"
	}
	sign, ok := currency.GetSymbol(code, currency.NewLocale(f.symbols))
	if !ok || sign == "" {
		return code
	}
	return sign
}
