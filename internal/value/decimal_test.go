package value

import (
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

func TestParseDecimal(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"0": "0", "-0": "0", "007": "7", "1.50": "1.5", "-0.5": "-0.5", "+3": "3", ".5": "0.5", "5.": "5", " 1 ": "1", "１２．５": "12.5", "−3": "-3", "1e3": "1000", "1.5E-3": "0.0015", "1E+2": "100", "٣": "3", "\u200e12\u200f": "12",
		strings.Repeat("9", 40): strings.Repeat("9", 40), "0." + strings.Repeat("0", 39) + "1": "0." + strings.Repeat("0", 39) + "1", strings.Repeat("0", 5000): "0", "1." + strings.Repeat("0", 5000): "1", "0e999999999": "0",
		"": "value.decimal", ".": "value.decimal", "-": "value.decimal", "1,5": "value.decimal", "1 000": "value.decimal", "abc": "value.decimal", "1.2.3": "value.decimal", "--1": "value.decimal", "1e": "value.decimal", "1e+": "value.decimal", "1e1.5": "value.decimal", "e5": "value.decimal", "NaN": "value.decimal", "Infinity": "value.decimal", "0x1F": "value.decimal", "1_000": "value.decimal", "\xff": "value.decimal", "½": "value.decimal", "一": "value.decimal", "1e--1": "value.decimal",
		strings.Repeat("9", 41): "value.decimal.long", "1e41": "value.decimal.long", "1e-41": "value.decimal.long", "1e999999999": "value.decimal.long", "1e-99999999999999999999999": "value.decimal.long", "1e99999999999999999999999": "value.decimal.long",
	} {
		d, err := ParseDecimal(in)
		if err != nil {
			mustBeInvalid(t, err)
		}
		if got := keyOr(err, d.String()); got != want {
			t.Errorf("%.60q: %s, want %s", in, got, want)
		}
	}
}

func TestParseInt(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"42": "42", "-7": "-7", "42.0": "42", " ４２ ": "42", "1e3": "1000", "9223372036854775807": "9223372036854775807", "-9223372036854775808": "-9223372036854775808",
		"9223372036854775808": "value.int.range", "1e30": "value.int.range", "4.5": "value.int", "": "value.int", "x": "value.int", "1e50": "value.int", "1e-5": "value.int",
	} {
		n, err := ParseInt(in)
		if got := keyOr(err, decimal.NewFromInt(n).String()); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func TestScaled(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d     decimal.Decimal
		scale int
		want  string
	}{
		{decimal.RequireFromString("1.5"), 2, "150"}, {decimal.RequireFromString("1.500"), 1, "15"}, {decimal.RequireFromString("-1.5"), 0, "value.decimal.scale"},
		{decimal.New(math.MaxInt64, 0), 0, "9223372036854775807"}, {decimal.New(math.MinInt64, 0), 0, "-9223372036854775808"}, {decimal.New(math.MaxInt64, 0), 1, "value.decimal.range"},
		{decimal.Decimal{}, 6, "0"}, {decimal.New(0, 1<<30), 6, "0"}, {decimal.New(0, -1<<30), 6, "0"}, {decimal.New(1, 1<<30), 0, "value.decimal.range"}, {decimal.New(1, -1<<30), 0, "value.decimal.scale"}, {decimal.New(1000, -3), 0, "1"}, {decimal.New(1, 18), 0, "1000000000000000000"}, {decimal.New(1, 19), 0, "value.decimal.range"},
	} {
		n, err := Scaled(c.d, c.scale)
		if got := keyOr(err, decimal.NewFromInt(n).String()); got != c.want {
			t.Errorf("%de%d at %d: %s, want %s", c.d.CoefficientInt64(), c.d.Exponent(), c.scale, got, c.want)
		}
	}
}

func TestScaledIsExactOrRefuses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := decimal.New(rapid.Int64().Draw(t, "n"), rapid.Int32Range(-12, 4).Draw(t, "exponent"))
		scale := rapid.IntRange(0, 9).Draw(t, "scale")
		worth := new(big.Rat).Mul(d.Rat(), new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)))
		n, err := Scaled(d, scale)
		if fits := worth.IsInt() && worth.Num().IsInt64(); fits != (err == nil) {
			t.Fatalf("%s at %d: %d, %v", d, scale, n, err)
		} else if fits && (n != worth.Num().Int64() || !Unscaled(n, scale).Equal(d)) {
			t.Fatalf("%s at %d: %d", d, scale, n)
		}
		rounded, err := RoundScaled(d, scale)
		if err == nil && Unscaled(rounded, scale).Sub(d).Abs().Cmp(decimal.New(5, int32(-scale-1))) > 0 {
			t.Fatalf("%s at %d rounds to %d", d, scale, rounded)
		}
	})
}

func TestRoundIsHalfEven(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"0.125": "0.12", "0.135": "0.14", "-0.125": "-0.12", "2.5": "2.5", "0.1251": "0.13"} {
		if got := Round(decimal.RequireFromString(in), 2).String(); got != want {
			t.Errorf("%s rounds to %s, want %s", in, got, want)
		}
	}
}

func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{"1.5", "-.5", "1e40", "１", "\xff", "1e-", "E", "0e9999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDecimal(s)
		if err != nil {
			mustBeInvalid(t, err)
		} else if again, err := ParseDecimal(d.String()); err != nil || !again.Equal(d) {
			t.Errorf("%q: %s, then %s, %v", s, d, again, err)
		}
		if n, err := ParseInt(s); err == nil && !decimal.NewFromInt(n).Equal(d) {
			t.Errorf("%q: %d, but %s", s, n, d)
		}
	})
}

func BenchmarkDecimal(b *testing.B) {
	d := decimal.RequireFromString("1234.5")
	b.Run("parse", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = ParseDecimal("1234.5")
		}
	})
	b.Run("scaled", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = Scaled(d, 2)
		}
	})
}
