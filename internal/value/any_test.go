package value

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"wellmet/internal/fault"
)

func asFault(err error) (*fault.Error, bool) { return fault.As(err) }

func TestClean(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"": "", " a ": " a ", "a\x00b": "ab", "\x00": "", "北京😀\u200b": "北京😀\u200b", "\uFFFD": "\uFFFD"} {
		if got, err := Clean(in); err != nil || got != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for in, position := range map[string]int{"\xff": 1, "ab\xc3": 3, "é\xed\xa0\x80": 2} {
		_, err := Clean(in)
		mustBeInvalid(t, err)
		if f, ok := fault.As(err); !ok || f.Args["position"] != position {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestNaughtyStrings(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range naughty(t) {
		if got, err := Clean(s); err != nil || got != strings.ReplaceAll(s, "\x00", "") {
			t.Errorf("Clean(%q) = %q, %v", s, got, err)
		}
		for _, err := range refusals(s, berlin) {
			if err != nil {
				mustBeInvalid(t, err)
			}
		}
	}
}

// refusals tries every parser on one string.
func refusals(s string, loc *time.Location) []error {
	var all []error
	add := func(_ any, err error) { all = append(all, err) }
	for style := DateUnknown; style <= DateMDY; style++ {
		d, err := ParseDateStyle(s, style)
		add(d, err)
		m, err := ParseMomentStyle(s, style, loc)
		add(m, err)
	}
	for _, sep := range []rune{0, '.', ','} {
		n, err := ParseNumberStyle(s, sep)
		add(n, err)
		m, err := ParseMoneyStyle(s, sep, "EUR")
		add(m, err)
	}
	for _, parse := range []func(string) (any, error){
		func(s string) (any, error) { return ParseID(s) }, func(s string) (any, error) { return ParseDate(s) }, func(s string) (any, error) { return ParseDecimal(s) },
		func(s string) (any, error) { return ParseInt(s) }, func(s string) (any, error) { return ParseMoney(s, "EUR") }, func(s string) (any, error) { return ParseMoney("1", s) },
		func(s string) (any, error) { return ParseBool(s) }, func(s string) (any, error) { return ParsePoint(s) }, func(s string) (any, error) { return ParseEmail(s) },
		func(s string) (any, error) { return ParseURL(s) }, func(s string) (any, error) { return ParsePhone(s, "US") }, func(s string) (any, error) { return ParsePhone("123", s) },
		func(s string) (any, error) { return ParseCountry(s) }, func(s string) (any, error) { return Address{City: s, Country: s}.Checked() },
	} {
		add(parse(s))
	}
	return all
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"a\nb\x00": "a b ", "\xff": "\uFFFD", strings.Repeat("é", 70): strings.Repeat("é", 60) + "…", strings.Repeat("é", 60): strings.Repeat("é", 60)} {
		if got := Printable(in); got != want {
			t.Errorf("Printable(%q) = %q", in, got)
		}
	}
	if got := Printable(strings.Repeat("北", 1<<20)); utf8.RuneCountInString(got) != maxShown+1 || !utf8.ValidString(got) {
		t.Errorf("%q", got)
	}
}

func TestNarrowReadsEveryScriptsDigits(t *testing.T) {
	t.Parallel()
	for _, zero := range []rune{'0', '\u0660', '\u06F0', '\u0966', '\u0E50', '\uFF10', '\U0001D7CE', '\U0001D7D8', '\U0001D7F6', '\U0001E950'} {
		for i := range rune(10) {
			if got := narrow(string(zero + i)); got != string('0'+i) {
				t.Errorf("%U reads as %q, not %d", zero+i, got, i)
			}
		}
	}
}

func TestParseBool(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"yes": "true", "TRUE": "true", " Y ": "true", "1": "true", "x": "true", "X": "true", "Ja": "true", "OUI": "true", "SÍ": "true", "да": "true", "ДА": "true", "是": "true", "はい": "true", "✓": "true", "☑": "true", "ｙｅｓ": "true", "１": "true",
		"no": "false", "FALSE": "false", "0": "false", "Nein": "false", "НЕТ": "false", "否": "false", "HAYIR": "false", "não": "false", "✗": "false",
		"": "value.bool", "maybe": "value.bool", "2": "value.bool", "yes no": "value.bool", "-": "value.bool", "\xff": "value.bool",
	} {
		got, err := ParseBool(in)
		if text := keyOr(err, Text(got)); text != want {
			t.Errorf("%q: %s, want %s", in, text, want)
		}
	}
}

func TestPoint(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"52.52, 13.405": "52.52,13.405", "-33.8688;151.2093": "-33.8688,151.2093", "90,-180": "90,-180", "0,0": "0,0", "1.23456749,2": "1.234567,2",
		"90.1,0": "value.point.range", "0,180.0001": "value.point.range", "52.52": "value.point", "": "value.point", "a,b": "value.point", "52,52,13,405": "value.point", "NaN,1": "value.point", "1e400,1": "value.point",
	} {
		p, err := ParsePoint(in)
		if err != nil {
			mustBeInvalid(t, err)
		}
		if got := keyOr(err, p.String()); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1), 91} {
		if _, err := NewPoint(bad, 0); keyOr(err, "") != "value.point.range" {
			t.Errorf("%v: %v", bad, err)
		}
	}
	for in, want := range map[string]string{`{"lat":1.5,"lon":-2}`: "1.5,-2", `{"lat":1}`: "value.point.json", `[1,2]`: "value.point.json", `{"lat":"1","lon":2}`: "value.point.json", `{"lat":100,"lon":2}`: "value.point.range"} {
		var p Point
		if got := keyOr(json.Unmarshal([]byte(in), &p), p.String()); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestPointsComeBackFromColumnsAndText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, err := NewPoint(rapid.Float64Range(-90, 90).Draw(t, "lat"), rapid.Float64Range(-180, 180).Draw(t, "lon"))
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := ParsePoint(p.String())
		if err != nil || parsed != p || PointOfMicro(p.Micro()) != p {
			t.Fatalf("%v: %v, %v, %v", p, parsed, err, PointOfMicro(p.Micro()))
		}
	})
}

func TestEqualAndText(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 31, 10, 30, 0, 123456, time.FixedZone("", 7200))
	half := decimal.RequireFromString("1.50")
	for _, c := range []struct {
		a, b  any
		equal bool
		text  string // of a
	}{
		{nil, nil, true, ""}, {nil, "", true, ""}, {nil, []string{}, true, ""}, {ID(0), nil, true, "0"}, {nil, int64(0), false, ""}, {false, nil, false, "false"},
		{"a", "a", true, "a"}, {"a", "A", false, "a"}, {int64(5), int64(5), true, "5"}, {int64(5), ID(5), false, "5"}, {true, true, true, "true"},
		{half, decimal.New(15, -1), true, "1.5"}, {half, decimal.New(16, -1), false, "1.5"}, {half, "1.5", false, "1.5"},
		{at, at.UTC().Truncate(time.Millisecond), true, "2026-03-31T08:30:00Z"}, {at, at.Add(time.Second), false, "2026-03-31T08:30:00Z"}, {at, nil, false, "2026-03-31T08:30:00Z"},
		{[]string{"a", "b"}, []string{"a", "b"}, true, "a, b"}, {[]string{"a"}, []string{"b"}, false, "a"}, {[]string{"a"}, []ID{1}, false, "a"}, {[]ID{1, 2}, []ID{1, 2}, true, "1, 2"}, {[]ID{1}, []ID{2}, false, "1"},
		{Money{150, "EUR"}, Money{150, "EUR"}, true, "1.50 EUR"}, {Money{150, "EUR"}, Money{150, "USD"}, false, "1.50 EUR"}, {Money{0, "EUR"}, nil, false, "0.00 EUR"},
		{Date(0), Date(0), true, "1970-01-01"}, {Date(0), nil, false, "1970-01-01"}, {Address{City: "X"}, Address{City: "X"}, true, "X"}, {Address{}, nil, true, ""}, {Point{1, 2}, Point{1, 2}, true, "1,2"},
	} {
		if Equal(c.a, c.b) != c.equal || Equal(c.b, c.a) != c.equal {
			t.Errorf("Equal(%v, %v) is not %v", c.a, c.b, c.equal)
		}
		if got := Text(c.a); got != c.text {
			t.Errorf("Text(%v) = %q, want %q", c.a, got, c.text)
		}
	}
}
