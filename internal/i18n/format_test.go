package i18n

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/value"
)

// _ stands for a space that does not break in what the tests want.
func spaced(s string) string {
	out := []rune(s)
	for i, r := range out {
		if r == '_' {
			out[i] = '\u00a0'
		}
	}
	return string(out)
}

func dateAt(t testing.TB, text string) value.Date {
	t.Helper()
	d, err := value.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func number(text string) decimal.Decimal { return decimal.RequireFromString(text) }

// The table of formats in the design language, one line a row.
func TestFormatsOfTheDesign(t *testing.T) {
	t.Parallel()
	day, today := dateAt(t, "2026-12-18"), dateAt(t, "2026-11-21")
	euro := value.Money{Minor: 18450000, Currency: "EUR"}
	at := time.Date(2026, 12, 18, 14, 5, 0, 0, time.UTC)
	rows := []struct {
		name string
		got  func(*Format) string
		want [5]string
	}{
		{"date", func(f *Format) string { return f.Date(day) },
			[5]string{"18 Dec 2026", "2026年12月18日", "18 дек. 2026_г.", "18 de des. 2026", "18.12.2026"}},
		{"this year", func(f *Format) string { return f.DateNear(day, today) },
			[5]string{"18 Dec", "12月18日", "18 дек.", "18 de des.", "18.12."}},
		{"another year", func(f *Format) string { return f.DateNear(day, dateAt(t, "2025-12-18")) },
			[5]string{"18 Dec 2026", "2026年12月18日", "18 дек. 2026_г.", "18 de des. 2026", "18.12.2026"}},
		{"with weekday", func(f *Format) string { return f.DateWeekday(day, today) },
			[5]string{"Fri 18 Dec", "12月18日周五", "пт, 18 дек.", "dv., 18 de des.", "pe 18.12."}},
		{"time", func(f *Format) string { return f.Time(at, time.UTC) },
			[5]string{"14:05", "14:05", "14:05", "14:05", "14.05"}},
		{"number", func(f *Format) string { return f.Number(number("184500.5"), 0, 2) },
			[5]string{"184,500.5", "184,500.5", "184_500,5", "184.500,5", "184_500,5"}},
		{"euro", func(f *Format) string { return f.Money(euro) },
			[5]string{"€184,500.00", "€184,500.00", "184_500,00_€", "184.500,00_€", "184_500,00_€"}},
		{"short euro", func(f *Format) string { return f.MoneyShort(euro) },
			[5]string{"€185k", "€18万", "185_тыс._€", "185_k_€", "185_t._€"}},
		{"percent", func(f *Format) string { return f.Percent(number("60.5"), 1) },
			[5]string{"60.5%", "60.5%", "60,5_%", "60,5_%", "60,5_%"}},
		{"yesterday", func(f *Format) string { return f.Relative(today-1, today) },
			[5]string{"yesterday", "昨天", "вчера", "ahir", "eilen"}},
		{"in 27 days", func(f *Format) string { return f.Relative(day, today) },
			[5]string{"in 27 days", "27天后", "через 27 дней", "d’aquí a 27 dies", "27 päivän päästä"}},
	}
	for _, row := range rows {
		for i, name := range []string{"en", "zh", "ru", "ca", "fi"} {
			if got := row.got(FormatFor(name)); got != spaced(row.want[i]) {
				t.Errorf("%s in %s: %q, want %q", row.name, name, got, spaced(row.want[i]))
			}
		}
	}
}
