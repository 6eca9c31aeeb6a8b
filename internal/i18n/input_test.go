package i18n

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

var locales = []string{"en", "en-GB", "en-US", "ca", "fi", "ru", "zh"}

func TestParseNumberInput(t *testing.T) {
	t.Parallel()
	everywhere := map[string]string{
		"184500": "184500", "184 500,50": "184500.5", "184.500,50": "184500.5", "184,500.50": "184500.5", "12k": "12000", "12 K": "12000",
		" 1.5M": "1500000", "-3": "-3", "−3": "-3", "(7)": "-7", "1 234 567": "1234567", "1’234.5": "1234.5", "0": "0", "１２": "12",
		"1e3": "1000", "12.5": "12.5", "12,5": "12.5", "60.5%": "60.5", "60,5 %": "60.5", ".5": "0.5", "1,234,567": "1234567", "5,-": "5",
	}
	for _, name := range locales {
		for text, want := range everywhere {
			got, err := FormatFor(name).ParseNumberInput(text)
			if err != nil || !got.Equal(number(want)) {
				t.Errorf("%s: %q is %s, %v; want %s", name, text, got, err, want)
			}
		}
	}
	for _, c := range []struct{ locale, text, want string }{
		{"en", "1,234", "1234"}, {"en", "1.234", "1.234"}, {"en", "2 million", "2000000"}, {"zh", "1,234", "1234"},
		{"ca", "1.234", "1234"}, {"ca", "1,234", "1.234"}, {"fi", "1,234", "1.234"}, {"ru", "1,234", "1.234"},
		{"fi", "185 t.", "185000"}, {"fi", "2,5 milj.", "2500000"}, {"ru", "185 тыс.", "185000"}, {"ru", "3 млн", "3000000"},
		{"zh", "18万", "180000"}, {"zh", "1.2亿", "120000000"}, {"zh", "3千万", "30000000"}, {"ca", "12 mil", "12000"},
	} {
		if got, err := FormatFor(c.locale).ParseNumberInput(c.text); err != nil || !got.Equal(number(c.want)) {
			t.Errorf("%s: %q is %s, %v; want %s", c.locale, c.text, got, err, c.want)
		}
	}
	wantKey(t, "input.number_unclear", func(f *Format) error { _, err := f.ParseNumberInput("1.234"); return err }, "fi", "ru")
	for _, text := range []string{"", " ", "abc", "1.2.3", "12kk", "12 k x", "--5", "1,23,4", "k", "€", "NaN", strings.Repeat("9", 200)} {
		for _, name := range locales {
			if got, err := FormatFor(name).ParseNumberInput(text); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %.20q is %s, %v", name, text, got, err)
			}
		}
	}
}

func wantKey(t *testing.T, key string, read func(*Format) error, locales ...string) {
	t.Helper()
	for _, name := range locales {
		err := read(FormatFor(name))
		if f, ok := fault.As(err); !ok || f.Key != key {
			t.Errorf("%s: %v, want %s", name, err, key)
		} else if text := Text(name, key, f.Args); strings.Contains(text, "{") {
			t.Errorf("%s: %q", name, text)
		}
	}
}

func TestParseMoneyInput(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ locale, text, want string }{
		{"en", "184500", "184500.00 EUR"}, {"en", "€12k", "12000.00 EUR"}, {"en", "12k €", "12000.00 EUR"}, {"en", "US$5", "5.00 USD"},
		{"en", "1.5M usd", "1500000.00 USD"}, {"fi", "185 t. €", "185000.00 EUR"}, {"ru", "185 тыс. €", "185000.00 EUR"},
		{"ru", "5 тыс. руб.", "5000.00 RUB"}, {"ru", "100 ₽", "100.00 RUB"}, {"zh", "€18万", "180000.00 EUR"}, {"zh", "18万元", "180000.00 CNY"},
		{"zh", "¥500", "500.00 CNY"}, {"ca", "-12,50 €", "-12.50 EUR"}, {"en", "JP¥500", "500 JPY"}, {"en", "1.2345k", "1234.50 EUR"},
	} {
		if got, err := FormatFor(c.locale).ParseMoneyInput(c.text, "EUR"); err != nil || got.String() != c.want {
			t.Errorf("%s: %q is %s, %v; want %s", c.locale, c.text, got, err, c.want)
		}
	}
	for text, key := range map[string]string{"1.005": "value.money.digits", "5%": "value.money", "nothing": "input.number", "kr 5": "value.money.sign"} {
		wantKey(t, key, func(f *Format) error { _, err := f.ParseMoneyInput(text, "EUR"); return err }, "en")
	}
}

func TestParseDateInput(t *testing.T) {
	t.Parallel()
	today := dateAt(t, "2026-11-21") // a Saturday
	for _, c := range []struct{ locales, text, want string }{
		{"all", "2026-12-18", "2026-12-18"}, {"all", "20261218", "2026-12-18"}, {"all", "18.12.2026", "2026-12-18"}, {"all", "18.12.", "2026-12-18"},
		{"all", "18.12", "2026-12-18"}, {"all", "18/12/2026", "2026-12-18"}, {"all", "12/18/2026", "2026-12-18"}, {"all", "18 Dec", "2026-12-18"},
		{"all", "tomorrow", "2026-11-22"}, {"all", "+2w", "2026-12-05"}, {"all", "next friday", "2026-11-27"}, {"all", "2026年12月18日", "2026-12-18"},
		{"en en-GB en-US", "Dec 18, 2026", "2026-12-18"}, {"en", "18th of December 2026", "2026-12-18"}, {"en", "Fri 18 Dec", "2026-12-18"},
		{"en", "TODAY", "2026-11-21"}, {"en", "fri", "2026-11-27"}, {"en", "saturday", "2026-11-28"}, {"en", "last friday", "2026-11-20"}, {"en", "this friday", "2026-11-20"},
		{"en", "+3d", "2026-11-24"}, {"en", "-3d", "2026-11-18"}, {"en", "+1m", "2026-12-21"}, {"en", "+1y", "2027-11-21"}, {"en", "+10", "2026-12-01"},
		{"en", "in 3 days", "2026-11-24"}, {"en", "2 weeks ago", "2026-11-07"}, {"en", "in a week", "2026-11-28"}, {"en", "the day after tomorrow", "2026-11-23"},
		{"en", "next week", "2026-11-23"}, {"en", "next month", "2026-12-01"}, {"en", "end of month", "2026-11-30"}, {"en", "eoq", "2026-12-31"}, {"en", "end of next month", "2026-12-31"},
		{"en", "3 Jan", "2027-01-03"}, {"en", "18 Oct", "2026-10-18"}, {"en", "18 dec 26", "2026-12-18"}, {"en", "18.12.26", "2026-12-18"}, {"en", "4/4", "2027-04-04"},
		{"en-US zh", "3/4", "2027-03-04"}, {"en-GB ca fi ru", "3/4", "2027-04-03"}, {"en", "next friday ", "2026-11-27"},
		{"fi", "huomenna", "2026-11-22"}, {"fi", "ylihuomenna", "2026-11-23"}, {"fi", "ensi perjantaina", "2026-11-27"}, {"fi", "pe", "2026-11-27"}, {"fi", "to", "2026-11-26"},
		{"fi", "+2vk", "2026-12-05"}, {"fi", "2 viikon päästä", "2026-12-05"}, {"fi", "18. joulukuuta 2026", "2026-12-18"}, {"fi", "27 päivän kuluttua", "2026-12-18"}, {"fi", "tanaan", "2026-11-21"},
		{"ru", "завтра", "2026-11-22"}, {"ru", "в пятницу", "2026-11-27"}, {"ru", "следующая пятница", "2026-11-27"}, {"ru", "через неделю", "2026-11-28"}, {"ru", "через 2 недели", "2026-12-05"},
		{"ru", "18 декабря", "2026-12-18"}, {"ru", "18 дек 2026", "2026-12-18"}, {"ru", "+2н", "2026-12-05"}, {"ru", "5 дней назад", "2026-11-16"}, {"ru", "конец месяца", "2026-11-30"}, {"ru", "послезавтра", "2026-11-23"},
		{"ca", "demà", "2026-11-22"}, {"ca", "dema passat", "2026-11-23"}, {"ca", "abans-d’ahir", "2026-11-19"}, {"ca", "dv.", "2026-11-27"}, {"ca", "divendres vinent", "2026-11-27"}, {"ca", "18 d'agost", "2026-08-18"}, {"ca", "d’aquí a 27 dies", "2026-12-18"},
		{"ca", "18 de desembre de 2026", "2026-12-18"}, {"ca", "la setmana que ve", "2026-11-23"}, {"ca", "+2s", "2026-12-05"}, {"ca", "fa 3 dies", "2026-11-18"},
		{"zh", "明天", "2026-11-22"}, {"zh", "后天", "2026-11-23"}, {"zh", "周五", "2026-11-27"}, {"zh", "下周五", "2026-11-27"}, {"zh", "下周", "2026-11-23"}, {"zh", "3天后", "2026-11-24"}, {"zh", "两周后", ""},
		{"zh", "2周后", "2026-12-05"}, {"zh", "12月18日", "2026-12-18"}, {"zh", "12月18号", "2026-12-18"}, {"zh", "月底", "2026-11-30"}, {"zh", "下个月", "2026-12-01"}, {"zh", "+3天", "2026-11-24"}, {"zh", "十二月18日", "2026-12-18"},
		{"zh", "12-18", "2026-12-18"}, {"zh", "12/18", "2026-12-18"}, {"zh", "2个月后", "2027-01-21"}, {"zh", "年底", "2026-12-31"},
	} {
		names := strings.Fields(c.locales)
		if c.locales == "all" {
			names = locales
		}
		for _, name := range names {
			got, err := FormatFor(name).ParseDateInput(c.text, today)
			if c.want == "" && err == nil || c.want != "" && (err != nil || got.String() != c.want) {
				t.Errorf("%s: %q is %s, %v; want %s", name, c.text, got, err, c.want)
			}
		}
	}
	refuse := func(text string) func(*Format) error {
		return func(f *Format) error { _, err := f.ParseDateInput(text, today); return err }
	}
	wantKey(t, "input.date_unclear", refuse("3/4"), "en")
	wantKey(t, "input.date_unclear", refuse("3/4/2026"), "en")
	wantKey(t, "input.other_weekday", refuse("Mon 18 Dec 2026"), locales...)
	for _, text := range []string{"31 Nov", "31.11.2026", "2026-02-29", "13/13", "0.1."} {
		wantKey(t, "input.no_such_day", refuse(text), locales...)
	}
	for _, text := range []string{"", "soon", "18", "2026", "Dec", "Dec 2026", "1.2.3.4", "18-12.2026", "next", "friday monday", "tomorrow yesterday", "+", "2026-12-18-1", strings.Repeat("1", 90), "99999999999", "+999999999d", "1.1.12345"} {
		for _, name := range locales {
			if got, err := FormatFor(name).ParseDateInput(text, today); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %.20q is %s, %v", name, text, got, err)
			}
		}
	}
}

// What is written in a locale is read back in it.
func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	codes := []string{"EUR", "USD", "GBP", "JPY", "CNY", "RUB", "SEK", "CHF", "KWD", "CAD", "INR", "BRL", "KZT", "PLN"}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(locales).Draw(t, "locale")
		f := FormatFor(name)
		d := decimal.New(rapid.Int64().Draw(t, "digits"), rapid.Int32Range(-6, 2).Draw(t, "exponent"))
		if got, err := f.ParseNumberInput(f.Number(d, 0, 6)); err != nil || !got.Equal(d) {
			t.Fatalf("%s: %q is %s, %v", name, f.Number(d, 0, 6), got, err)
		}
		m := value.Money{Minor: rapid.Int64Range(-math.MaxInt64, math.MaxInt64).Draw(t, "minor"), Currency: rapid.SampledFrom(codes).Draw(t, "code")}
		if got, err := f.ParseMoneyInput(f.Money(m), rapid.SampledFrom(codes).Draw(t, "default")); err != nil || got != m {
			t.Fatalf("%s: %q is %s, %v; want %s", name, f.Money(m), got, err, m)
		}
		today := value.Date(rapid.IntRange(-30000, 60000).Draw(t, "today"))
		day := today + value.Date(rapid.IntRange(-180, 180).Draw(t, "ahead"))
		far := value.Date(rapid.IntRange(-30000, 100000).Draw(t, "far"))
		for _, c := range []struct {
			text string
			want value.Date
		}{
			{f.Date(far), far}, {f.DateLong(far), far}, {f.DateNear(day, today), day}, {f.DateWeekday(day, today), day}, {f.Relative(day, today), day}, {f.Near(day, today), day}, {far.String(), far},
		} {
			if got, err := f.ParseDateInput(c.text, today); err != nil || got != c.want {
				t.Fatalf("%s, %s: %q is %s, %v; want %s", name, today, c.text, got, err, c.want)
			}
		}
	})
}

func FuzzInput(f *testing.F) {
	for _, s := range []string{"12k", "€18万", "18 d’ag. 2026", "+2w", "d'", "年月日", "1,2.3", "\xff", "0", "−(5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, name := range locales {
			format := FormatFor(name)
			if d, err := format.ParseDateInput(s, 20000); err == nil && !d.Valid() {
				t.Errorf("%q is %s", s, d)
			}
			if _, err := format.ParseNumberInput(s); err != nil && !fault.Is(err, fault.Invalid) {
				t.Error(err)
			}
			if _, err := format.ParseMoneyInput(s, "EUR"); err != nil && !fault.Is(err, fault.Invalid) {
				t.Error(err)
			}
		}
	})
}

func ExampleFormat_ParseDateInput() {
	f := FormatFor("fi")
	d, _ := f.ParseDateInput("ensi perjantaina", 20778)
	fmt.Println(f.DateWeekday(d, 20778))
	// Output: pe 27.11.
}
