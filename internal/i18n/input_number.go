package i18n

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bojanz/currency"
	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// ParseNumberInput reads a number that somebody typed: in the separators of the
// locale, or in others when only one reading is possible, with k, M and the
// words of the locale for thousands and more. What has two readings is refused.
func (f *Format) ParseNumberInput(text string) (decimal.Decimal, error) {
	return f.readNumber(text, f.takeApart(text))
}

// ParseMoneyInput is ParseNumberInput for an amount. A sign or code of currency
// in the text decides, code is for a text without. Nothing is rounded.
func (f *Format) ParseMoneyInput(text, code string) (value.Money, error) {
	parts := f.takeApart(text)
	d, err := f.readNumber(text, parts)
	if err != nil {
		return value.Money{}, err
	}
	one, err := value.ParseMoneyStyle(parts.head+"1"+parts.tail, '.', code)
	if err != nil {
		return value.Money{}, err
	}
	return value.MoneyOf(d, one.Currency)
}

// typed is what somebody typed around the digits, and they.
type typed struct {
	head, body, tail string
	power            int32 // of ten, from a word like "thousand"
}

// takeApart finds the digits, takes the word for thousands off, and writes signs
// of currency that only this locale uses as their codes.
func (f *Format) takeApart(text string) typed {
	digit := func(r rune) bool { return '0' <= r && r <= '9' || '０' <= r && r <= '９' }
	first, last := strings.IndexFunc(text, digit), strings.LastIndexFunc(text, digit)
	if first < 0 {
		return typed{body: text}
	}
	_, size := utf8.DecodeRuneInString(text[last:])
	if first > 0 && (text[first-1] == '.' || text[first-1] == ',') {
		first--
	}
	parts := typed{head: text[:first], body: text[first : last+size], tail: text[last+size:]}
	parts.tail, parts.power = f.cutMultiplier(parts.tail)
	parts.head, parts.tail = f.plainSign(parts.head), f.plainSign(parts.tail)
	return parts
}

// cutMultiplier takes "k", "тыс." or "万" off the beginning.
func (f *Format) cutMultiplier(tail string) (rest string, power int32) {
	trimmed := strings.TrimLeftFunc(tail, unicode.IsSpace)
	end := strings.IndexFunc(trimmed, func(r rune) bool { return !unicode.IsLetter(r) })
	if end < 0 {
		end = len(trimmed)
	}
	word := trimmed[:end]
	for word != "" {
		if power, ok := f.multipliers[Fold(word)]; ok {
			return strings.TrimPrefix(trimmed[len(word):], "."), power
		}
		last, size := utf8.DecodeLastRuneInString(word)
		if !unicode.Is(unicode.Han, last) {
			break // words of letters are taken whole
		}
		word = word[:len(word)-size]
	}
	return tail, 0
}

// plainSign writes A$ as AUD where people of the locale write A$.
func (f *Format) plainSign(s string) string {
	if s == "" {
		return s
	}
	sign := strings.Trim(s, " \u00a0\u202f-+−()")
	if code, ok := f.signs[sign]; ok {
		return strings.Replace(s, sign, code, 1)
	}
	return s
}

// readNumber tries the separator of the locale, then whatever the text implies.
func (f *Format) readNumber(text string, parts typed) (decimal.Decimal, error) {
	whole := parts.head + parts.body + parts.tail
	own, other := '.', ','
	if f.decimal == "," {
		own, other = other, own
	}
	d, err := value.ParseNumberStyle(whole, own)
	if err != nil {
		if d, err = value.ParseNumberStyle(whole, 0); err != nil {
			return decimal.Decimal{}, f.notANumber(text, err)
		}
		return d.Shift(parts.power), nil
	}
	if f.group == string(other) || !strings.ContainsRune(parts.body, other) {
		return d.Shift(parts.power), nil
	}
	// Nobody here groups by this sign, so it may as well have been the point.
	if e, err := value.ParseNumberStyle(whole, other); err == nil && !e.Equal(d) {
		return decimal.Decimal{}, fault.New(fault.Invalid, "input.number_unclear", fault.Args{
			"value": text, "one": f.Number(d.Shift(parts.power), 0, maxShown), "other": f.Number(e.Shift(parts.power), 0, maxShown)})
	}
	return d.Shift(parts.power), nil
}

// maxShown is how many decimals are told of a number that was typed.
const maxShown = 10

func (f *Format) notANumber(text string, cause error) error {
	if known, ok := fault.As(cause); ok && known.Key == "value.decimal.long" {
		return cause
	}
	example := decimal.New(12345, -1)
	return fault.New(fault.Invalid, "input.number", fault.Args{"value": text, "example": f.Number(example, 0, 1)}).Because(cause)
}

// prepareSigns lists the signs of currencies that this locale alone explains.
func (f *Format) prepareSigns() {
	f.signs = map[string]string{}
	for _, code := range currency.GetCurrencyCodes() {
		if sign := f.CurrencySign(code); sign != code {
			f.signs[sign] = code
		}
	}
	if f.language == "zh" {
		f.signs["元"] = "CNY"
	}
}
