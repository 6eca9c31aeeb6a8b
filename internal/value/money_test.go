package value

import (
	"encoding/json"
	"math"
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

var anyMoney = rapid.Custom(func(t *rapid.T) Money {
	return Money{Minor: rapid.Int64().Draw(t, "minor"), Currency: rapid.SampledFrom([]string{"EUR", "JPY", "KWD", "CLF"}).Draw(t, "currency")}
})

func TestParseMoney(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, currency, want string }{
		{"1234.5", "EUR", "1234.50 EUR"}, {"-0.05", "usd", "-0.05 USD"}, {"5.000", "EUR", "5.00 EUR"}, {"1500", "JPY", "1500 JPY"}, {"1.234", "KWD", "1.234 KWD"}, {"0", "EUR", "0.00 EUR"}, {"-0", "EUR", "0.00 EUR"}, {"1e3", "EUR", "1000.00 EUR"},
		{"92233720368547758.07", "EUR", "92233720368547758.07 EUR"}, {"-92233720368547758.08", "EUR", "-92233720368547758.08 EUR"},
		{"92233720368547758.08", "EUR", "value.money.range"}, {"1e19", "JPY", "value.money.range"}, {"1.005", "EUR", "value.money.digits"}, {"0.5", "JPY", "value.money.digits"}, {"1e-30", "EUR", "value.money.digits"},
		{"1,5", "EUR", "value.money"}, {"", "EUR", "value.money"}, {"NaN", "EUR", "value.money"}, {"$5", "USD", "value.money"}, {"1e99999999999999999999", "USD", "value.money"},
		{"5", "", "value.currency"}, {"5", "EURO", "value.currency"}, {"5", "€", "value.currency"},
	} {
		m, err := ParseMoney(c.text, c.currency)
		if err != nil {
			mustBeInvalid(t, err)
		}
		if got := keyOr(err, m.String()); got != c.want {
			t.Errorf("%q %s: %s, want %s", c.text, c.currency, got, c.want)
		}
	}
}

func TestMoneyComesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := anyMoney.Draw(t, "m")
		parsed, err := ParseMoney(m.Amount(), m.Currency)
		if err != nil || parsed != m {
			t.Fatalf("%s: %v, %v", m, parsed, err)
		}
		if exact, err := MoneyOf(m.Decimal(), m.Currency); err != nil || exact != m {
			t.Fatalf("%s: %v, %v", m, exact, err)
		}
		if want := m.Decimal().StringFixed(int32(Digits(m.Currency))); m.Amount() != want {
			t.Fatalf("%d is %s, not %s", m.Minor, want, m.Amount())
		}
		data, err := json.Marshal(m)
		var back Money
		if err != nil || json.Unmarshal(data, &back) != nil || back != m {
			t.Fatalf("%s: %v, %v", data, back, err)
		}
	})
}

func TestMoneyAddsAsWholeNumbersDo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		near := rapid.SampledFrom([]int64{0, 1, -1, math.MaxInt64, math.MinInt64, math.MaxInt64 - 1, math.MinInt64 + 1})
		either := rapid.OneOf(near, rapid.Int64())
		a, b := either.Draw(t, "a"), either.Draw(t, "b")
		same := func(what string, want *big.Int, got Money, err error) {
			if want.IsInt64() != (err == nil) || err == nil && got.Minor != want.Int64() {
				t.Fatalf("%d %s %d: %v, %v; want %v", a, what, b, got, err, want)
			}
		}
		x, y := Money{a, "EUR"}, Money{b, "EUR"}
		sum, err := x.Add(y)
		same("+", new(big.Int).Add(big.NewInt(a), big.NewInt(b)), sum, err)
		difference, err := x.Sub(y)
		same("-", new(big.Int).Sub(big.NewInt(a), big.NewInt(b)), difference, err)
	})
	if _, err := (Money{1, "EUR"}).Add(Money{1, "USD"}); keyOr(err, "") != "value.money.mixed" {
		t.Errorf("two currencies: %v", err)
	}
	if sum, err := (Money{}).Add(Money{5, "USD"}); err != nil || sum != (Money{5, "USD"}) {
		t.Errorf("nothing + 5: %v, %v", sum, err)
	}
	if m, err := (Money{5, "EUR"}).Neg(); err != nil || m.Minor != -5 || m.IsZero() || !(Money{}).IsZero() {
		t.Errorf("Neg: %v, %v", m, err)
	}
	if _, err := (Money{math.MinInt64, "EUR"}).Neg(); keyOr(err, "") != "value.money.range" {
		t.Errorf("Neg: %v", err)
	}
}

func TestTimesRoundsHalfToEven(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		minor  int64
		factor string
		want   string
	}{
		{1, "0.5", "0.00"}, {3, "0.5", "0.02"}, {5, "0.5", "0.02"}, {-3, "0.5", "-0.02"}, {-5, "0.5", "-0.02"}, {333, "3", "9.99"}, {10000, "0.333333", "33.33"},
	} {
		got, err := Money{c.minor, "EUR"}.Times(decimal.RequireFromString(c.factor))
		if err != nil || got.Amount() != c.want {
			t.Errorf("%d × %s = %s, %v; want %s", c.minor, c.factor, got, err, c.want)
		}
	}
	if _, err := (Money{math.MaxInt64, "EUR"}).Times(decimal.New(2, 0)); keyOr(err, "") != "value.money.range" {
		t.Errorf("too much: %v", err)
	}
}

func TestMoneyInJSON(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"amount":"1234.5","currency":"eur"}`: "1234.50 EUR", `{"amount":1234.50,"currency":"EUR"}`: "1234.50 EUR", `{"amount":90071992547409.93,"currency":"EUR"}`: "90071992547409.93 EUR", `{"amount":-1e2,"currency":"JPY"}`: "-100 JPY",
		`{"amount":"1"}`: "value.money.json", `{"currency":"EUR"}`: "value.money.json", `{"amount":null,"currency":"EUR"}`: "value.money", `{"amount":"","currency":"EUR"}`: "value.money.json", `{"amount":{},"currency":"EUR"}`: "value.money",
		`5`: "value.money.json", `"5 EUR"`: "value.money.json", `[]`: "value.money.json", `{"amount":true,"currency":"EUR"}`: "value.money", `{"amount":"1.005","currency":"EUR"}`: "value.money.digits", `{"amount":"1","currency":"€"}`: "value.currency",
	} {
		var m Money
		if got := keyOr(json.Unmarshal([]byte(in), &m), m.String()); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func FuzzParseMoney(f *testing.F) {
	for _, s := range []string{"1234.50", "-0.005", "1e17", "９.９", "\xff", "+.5", "."} {
		f.Add(s, "EUR")
	}
	f.Add("1", "jpy")
	f.Fuzz(func(t *testing.T, s, code string) {
		m, err := ParseMoney(s, code)
		if err != nil {
			mustBeInvalid(t, err)
		} else if again, err := ParseMoney(m.Amount(), m.Currency); err != nil || again != m {
			t.Errorf("%q: %v, then %v, %v", s, m, again, err)
		}
	})
}

func BenchmarkMoney(b *testing.B) {
	m := Money{123450, "EUR"}
	b.Run("json", func(b *testing.B) {
		buffer := make([]byte, 0, 64)
		b.ReportAllocs()
		for b.Loop() {
			buffer = m.AppendJSON(buffer[:0])
		}
	})
	b.Run("parse", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = ParseMoney("1234.50", "EUR")
		}
	})
}
