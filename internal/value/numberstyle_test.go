package value

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

func TestParseNumberStyle(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		sep  rune
		want string // "" is refused
	}{
		{"1234.5", '.', "1234.5"}, {"1,234.50", '.', "1234.5"}, {"1.234,50", ',', "1234.5"}, {"1 234,5", ',', "1234.5"},
		{"1\u00A0234\u202F567,5", ',', "1234567.5"}, {"1'234.50", '.', "1234.5"}, {"1’234.50", '.', "1234.5"}, {"1_234", '.', "1234"},
		{"12,34,567.89", '.', "1234567.89"}, {"$1,234", '.', "1234"}, {"1.234,50 €", ',', "1234.5"}, {"EUR 5", '.', "5"},
		{"5usd", '.', "5"}, {"Rs. 1,000", '.', "1000"}, {"R$ 1.000,00", ',', "1000"}, {"$.50", '.', "0.5"}, {"100 руб.", '.', "100"},
		{"(1,234.50)", '.', "-1234.5"}, {"1234-", '.', "-1234"}, {"-1234", '.', "-1234"}, {"−12", '.', "-12"}, {"+7", '.', "7"},
		{"-$5", '.', "-5"}, {"$-5", '.', "-5"}, {"($5)", '.', "-5"}, {"5,00- €", ',', "-5"}, {"€5,00-", ',', "-5"}, {"5,- €", ',', "5"}, {"100.-", '.', "100"}, {"CHF 100.--", '.', "100"},
		{"25 %", '.', "25"}, {"1.5E+06", '.', "1500000"}, {"1,5e3", ',', "1500"}, {"１２，３４５．６", '.', "12345.6"}, {"￥１００", '.', "100"}, {"٣٤", '.', "34"},
		{"  7\t", '.', "7"}, {"0012", '.', "12"}, {".5", '.', "0.5"}, {"5.", '.', "5"},
		{"1,23", '.', ""}, {"1,2345", '.', ""}, {"1.2.3", '.', ""}, {"1,234,56", '.', ""}, {"1 23", '.', ""}, {"1.234.567", '.', ""},
		{"1,234 567", '.', ""}, {"", '.', ""}, {"-", '.', ""}, {"$", '.', ""}, {"--5", '.', ""}, {"(-5)", '.', ""}, {"(5", '.', ""}, {"abc", '.', ""},
		{"5 apples", '.', ""}, {"$5 €", '.', ""}, {"5%%", '.', ""}, {"1e999999999999", '.', ""}, {"e5", '.', ""}, {"1e", '.', ""}, {"1e+", '.', ""}, {"NaN", '.', ""}, {"Inf", '.', ""}, {"0x10", '.', ""},
		{"1,234.50", 0, "1234.5"}, {"1.234,50", 0, "1234.5"}, {"1,5", 0, "1.5"}, {"1.2345", 0, "1.2345"}, {"0,125", 0, "0.125"},
		{"1.234.567", 0, "1234567"}, {"1,234,567", 0, "1234567"}, {"1234,567", 0, "1234.567"}, {"1 234,567", 0, "1234.567"}, {"12", 0, "12"},
		{"1,234", 0, ""}, {"1.234", 0, ""},
	} {
		got, err := ParseNumberStyle(c.in, c.sep)
		switch {
		case err != nil && c.want != "":
			t.Errorf("%q (%q): %v, want %s", c.in, c.sep, err, c.want)
		case err == nil && (c.want == "" || got.String() != c.want):
			t.Errorf("%q (%q): %s, want %q", c.in, c.sep, got, c.want)
		case err != nil:
			mustBeInvalid(t, err)
		}
	}
}

func TestParseMoneyStyle(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, code, want string }{
		{"1,234.50", "eur", "1234.50 EUR"}, {"$1,234.50", "USD", "1234.50 USD"}, {"$5", "CAD", "5.00 CAD"}, {"US$5", "EUR", "5.00 USD"},
		{"5 €", "USD", "5.00 EUR"}, {"CHF 5.-", "USD", "5.00 CHF"}, {"¥500", "CNY", "500.00 CNY"}, {"¥500", "JPY", "500 JPY"}, {"-5 kr", "NOK", "-5.00 NOK"},
		{"$5", "EUR", "value.money.sign"}, {"¥5", "EUR", "value.money.sign"}, {"5.005", "EUR", "value.money.digits"}, {"5", "XYZ", "value.currency"},
		{"5%", "EUR", "value.money"}, {"five", "EUR", "value.money"}, {"1,2,3", "EUR", "value.number"}, {"999999999999999999999", "EUR", "value.money.range"},
	} {
		got, err := ParseMoneyStyle(c.in, '.', c.code)
		if text := keyOr(err, got.String()); text != c.want {
			t.Errorf("%q in %s: %s, want %s", c.in, c.code, text, c.want)
		}
	}
}

func TestDetectNumberStyle(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		samples   string
		sep       rune
		ambiguous bool
	}{
		{"1;2;3", '.', false}, {"", '.', false}, {"x;y,z", '.', false},
		{"1.5;2", '.', false}, {"1,5;2", ',', false}, {"1,234;1,5", ',', false}, {"1,234;1,234.50", '.', false},
		{"1,234;5", '.', true}, {"1.234", '.', true}, {"1.5;1,5", '.', true}, {"1,5;2,5;1.5", ',', true}, {"1.234.567,00 €", ',', false},
	} {
		sep, ambiguous := DetectNumberStyle(strings.Split(c.samples, ";"))
		if sep != c.sep || ambiguous != c.ambiguous {
			t.Errorf("%s: %q %v, want %q %v", c.samples, sep, ambiguous, c.sep, c.ambiguous)
		}
	}
}

func TestNumberStyleReadsWhatPeopleWrite(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := decimal.New(rapid.Int64().Draw(t, "n"), -rapid.Int32Range(0, 4).Draw(t, "scale"))
		sep := rapid.SampledFrom([]string{".", ","}).Draw(t, "sep")
		group := rapid.SampledFrom([]string{"", " ", "'", "\u00A0", map[string]string{".": ",", ",": "."}[sep]}).Draw(t, "group")
		whole, fraction, _ := strings.Cut(want.Abs().String(), ".")
		text := grouped(whole, group)
		if fraction != "" {
			text += sep + fraction
		}
		if want.IsNegative() {
			text = rapid.SampledFrom([]string{"-" + text, text + "-", "(" + text + ")", "€ -" + text}).Draw(t, "minus")
		}
		got, err := ParseNumberStyle(text, rune(sep[0]))
		if err != nil || !got.Equal(want) {
			t.Fatalf("%q: %s, %v; want %s", text, got, err, want)
		}
	})
}

func grouped(digits, mark string) string {
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + mark + digits[at:]
	}
	return digits
}

func FuzzParseNumberStyle(f *testing.F) {
	for _, s := range []string{"1,234.50 €", "(5)", "1e40", "\xff5", "$", "5,-", ",-", "'1", "R$", ".", "１２", "1.-.-"} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, s string, comma bool) {
		sep := '.'
		if comma {
			sep = ','
		}
		d, err := ParseNumberStyle(s, sep)
		if err != nil {
			mustBeInvalid(t, err)
			return
		}
		again, err := ParseDecimal(d.String())
		if err != nil || !again.Equal(d) {
			t.Errorf("%q reads as %s, and that as %s, %v", s, d, again, err)
		}
		if implied, err := ParseNumberStyle(s, 0); err == nil && !implied.Equal(d) {
			other, err := ParseNumberStyle(s, '.'+','-sep)
			if err != nil || !other.Equal(implied) {
				t.Errorf("%q: %s without a style, which no style gives", s, implied)
			}
		}
		_, _ = ParseMoneyStyle(s, sep, "EUR")
	})
}
