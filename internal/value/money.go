package value

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/bojanz/currency"
	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
)

// Money is an amount in minor units (cents) of an ISO 4217 currency. Two
// currencies never meet in arithmetic.
type Money struct {
	Minor    int64
	Currency string
}

// Digits is how many digits the currency has behind the point: 2 for EUR, 0 for
// JPY, 3 for KWD; 2 for a code nobody knows.
func Digits(code string) int {
	if digits, ok := currency.GetDigits(code); ok {
		return int(digits)
	}
	return 2
}

// ParseCurrency reads an ISO 4217 code in any case.
func ParseCurrency(s string) (string, error) {
	code := strings.ToUpper(narrow(s))
	if code == "" || !currency.IsValid(code) { // the library takes "" for a currency
		return "", invalid("value.currency", s, nil)
	}
	return code, nil
}

// ParseMoney reads a plain number as an amount of that currency. It never
// rounds: 1.005 EUR is refused.
func ParseMoney(text, code string) (Money, error) {
	d, err := ParseDecimal(text)
	if err != nil {
		return Money{}, invalid("value.money", text, fault.Args{"currency": code}).Because(err)
	}
	return moneyOf(text, d, code)
}

// MoneyOf is an exact amount; RoundMoney takes the results of arithmetic.
func MoneyOf(d decimal.Decimal, code string) (Money, error) {
	return moneyOf(shortText(d), d, code)
}

// RoundMoney rounds half to even to the currency's minor unit.
func RoundMoney(d decimal.Decimal, code string) (Money, error) {
	return MoneyOf(Round(d, Digits(code)), code)
}

func moneyOf(typed string, d decimal.Decimal, code string) (Money, error) {
	code, err := ParseCurrency(code)
	if err != nil {
		return Money{}, err
	}
	minor, err := Scaled(d, Digits(code))
	if err == nil {
		return Money{Minor: minor, Currency: code}, nil
	}
	key := "value.money.range"
	if f, ok := fault.As(err); ok && f.Key == "value.decimal.scale" {
		key = "value.money.digits"
	}
	return Money{}, invalid(key, typed, fault.Args{"currency": code, "digits": Digits(code)})
}

// Decimal is the amount as a number.
func (m Money) Decimal() decimal.Decimal { return Unscaled(m.Minor, Digits(m.Currency)) }

// IsZero is true of the empty Money and of every amount of nothing.
func (m Money) IsZero() bool { return m.Minor == 0 }

// Amount is the neutral text with all the currency's digits: "1234.50".
func (m Money) Amount() string { return string(m.AppendAmount(make([]byte, 0, 24))) }

// String is "1234.50 EUR".
func (m Money) String() string {
	return string(append(append(m.AppendAmount(make([]byte, 0, 28)), ' '), m.Currency...))
}

// AppendAmount writes Amount.
func (m Money) AppendAmount(b []byte) []byte {
	return appendScaled(b, m.Minor, Digits(m.Currency))
}

// appendScaled writes n × 10^-scale with exactly scale digits behind the point.
func appendScaled(b []byte, n int64, scale int) []byte {
	magnitude := uint64(n)
	if n < 0 {
		b, magnitude = append(b, '-'), -magnitude
	}
	var buffer [24]byte
	digits := strconv.AppendUint(buffer[:0], magnitude, 10)
	if scale == 0 {
		return append(b, digits...)
	}
	whole := len(digits) - scale
	if whole <= 0 {
		b = append(b, '0', '.')
		for ; whole < 0; whole++ {
			b = append(b, '0')
		}
		return append(b, digits...)
	}
	b = append(append(b, digits[:whole]...), '.')
	return append(b, digits[whole:]...)
}

// Add refuses two currencies and sums beyond 64 bits. The empty Money adds
// nothing.
func (m Money) Add(other Money) (Money, error) {
	switch {
	case m == Money{}:
		return other, nil
	case other == Money{}:
		return m, nil
	case m.Currency != other.Currency:
		return Money{}, fault.New(fault.Invalid, "value.money.mixed",
			fault.Args{"currency": m.Currency, "other": other.Currency})
	}
	sum := m.Minor + other.Minor
	if (sum > m.Minor) != (other.Minor > 0) && other.Minor != 0 {
		return Money{}, moneyRange(m)
	}
	return Money{Minor: sum, Currency: m.Currency}, nil
}

// Neg is the amount with the other sign.
func (m Money) Neg() (Money, error) {
	if m.Minor == math.MinInt64 {
		return Money{}, moneyRange(m)
	}
	return Money{Minor: -m.Minor, Currency: m.Currency}, nil
}

// Sub is m − other.
func (m Money) Sub(other Money) (Money, error) {
	if other.Minor == math.MinInt64 {
		// It has no counterpart to add, so one unit goes its own way.
		lifted, err := m.Add(Money{Minor: 1, Currency: other.Currency})
		if err != nil {
			return Money{}, err
		}
		return lifted.Add(Money{Minor: math.MaxInt64, Currency: other.Currency})
	}
	return m.Add(Money{Minor: -other.Minor, Currency: other.Currency})
}

// Times multiplies and rounds half to even: quantity × price, price × discount.
func (m Money) Times(factor decimal.Decimal) (Money, error) {
	return RoundMoney(m.Decimal().Mul(factor), m.Currency)
}

func moneyRange(m Money) error {
	return invalid("value.money.range", m.String(), fault.Args{"currency": m.Currency, "digits": Digits(m.Currency)})
}

// MarshalJSON writes {"amount":"1234.50","currency":"EUR"}.
func (m Money) MarshalJSON() ([]byte, error) {
	return m.AppendJSON(make([]byte, 0, 64)), nil
}

// AppendJSON writes what MarshalJSON does. A currency is three plain letters.
func (m Money) AppendJSON(b []byte) []byte {
	b = m.AppendAmount(append(b, `{"amount":"`...))
	b = append(append(b, `","currency":"`...), m.Currency...)
	return append(b, `"}`...)
}

// UnmarshalJSON takes the amount as a string or as a JSON number, which is read
// as written and never becomes a float.
func (m *Money) UnmarshalJSON(data []byte) error {
	var in struct {
		Amount   json.RawMessage `json:"amount"`
		Currency string          `json:"currency"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return invalid("value.money.json", string(data), nil).Because(err)
	}
	amount := string(in.Amount)
	if strings.HasPrefix(amount, `"`) {
		if err := json.Unmarshal(in.Amount, &amount); err != nil {
			return invalid("value.money.json", string(data), nil).Because(err)
		}
	}
	if amount == "" || in.Currency == "" {
		return invalid("value.money.json", string(data), nil)
	}
	parsed, err := ParseMoney(amount, in.Currency)
	if err != nil {
		return err
	}
	*m = parsed
	return nil
}
