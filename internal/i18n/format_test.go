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
	checkLines(t, []line{
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
	})
}

// line is one thing written in five languages; "_" is a space that does not break.
type line struct {
	name string
	got  func(*Format) string
	want [5]string // en zh ru ca fi
}

func checkLines(t *testing.T, lines []line) {
	t.Helper()
	for _, l := range lines {
		for i, name := range []string{"en", "zh", "ru", "ca", "fi"} {
			if got := l.got(FormatFor(name)); got != spaced(l.want[i]) {
				t.Errorf("%s in %s: %q, want %q", l.name, name, got, spaced(l.want[i]))
			}
		}
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	decimals := func(text string, least, most int) func(*Format) string {
		return func(f *Format) string { return f.Number(number(text), least, most) }
	}
	money := func(minor int64, code string) func(*Format) string {
		return func(f *Format) string { return f.Money(value.Money{Minor: minor, Currency: code}) }
	}
	short := func(minor int64) func(*Format) string {
		return func(f *Format) string { return f.MoneyShort(value.Money{Minor: minor, Currency: "EUR"}) }
	}
	whole := func(minor int64) func(*Format) string {
		return func(f *Format) string { return f.MoneyWhole(value.Money{Minor: minor, Currency: "EUR"}) }
	}
	checkLines(t, []line{
		{"nought", decimals("0", 0, 2), [5]string{"0", "0", "0", "0", "0"}},
		{"thousand", decimals("1000", 0, 2), [5]string{"1,000", "1,000", "1_000", "1.000", "1_000"}},
		{"minus", decimals("-1234567.891", 2, 2), [5]string{"−1,234,567.89", "−1,234,567.89", "−1_234_567,89", "−1.234.567,89", "−1_234_567,89"}},
		{"no minus of nought", decimals("-0.001", 2, 2), [5]string{"0.00", "0.00", "0,00", "0,00", "0,00"}},
		{"half up", decimals("0.5", 0, 0), [5]string{"1", "1", "1", "1", "1"}},
		{"large exponent", decimals("1e6", 0, 0), [5]string{"1,000,000", "1,000,000", "1_000_000", "1.000.000", "1_000_000"}},
		{"int", func(f *Format) string { return f.Int(-9223372036854775808) },
			[5]string{"−9,223,372,036,854,775,808", "−9,223,372,036,854,775,808", "−9_223_372_036_854_775_808", "−9.223.372.036.854.775.808", "−9_223_372_036_854_775_808"}},
		{"dollar", money(-123456, "USD"), [5]string{"−US$1,234.56", "−US$1,234.56", "−1_234,56_$", "−1.234,56_$", "−1_234,56_$"}},
		{"yen", money(500, "JPY"), [5]string{"JP¥500", "JP¥500", "500_¥", "500_¥", "500_¥"}},
		{"yuan", money(500, "CNY"), [5]string{"CN¥5.00", "¥5.00", "5,00_CN¥", "5,00_CN¥", "5,00_CN¥"}},
		{"rouble", money(500, "RUB"), [5]string{"₽5.00", "₽5.00", "5,00_₽", "5,00_₽", "5,00_₽"}},
		{"franc", money(500, "CHF"), [5]string{"CHF_5.00", "CHF_5.00", "5,00_CHF", "5,00_CHF", "5,00_CHF"}},
		{"dinar", money(1500, "KWD"), [5]string{"KWD_1.500", "KWD_1.500", "1,500_KWD", "1,500_KWD", "1,500_KWD"}},
		{"no currency", money(500, ""), [5]string{"5.00", "5.00", "5,00", "5,00", "5,00"}},
		{"whole", whole(18450050), [5]string{"€184,501", "€184,501", "184_501_€", "184.501_€", "184_501_€"}},
		{"short below a thousand", short(99949), [5]string{"€999", "€999", "999_€", "999_€", "999_€"}},
		{"short thousand", short(125000), [5]string{"€1.3k", "€1,250", "1,3_тыс._€", "1,3_k_€", "1,3_t._€"}},
		{"short at the edge", short(99999999), [5]string{"€1M", "€100万", "1_млн_€", "1_M_€", "1_milj._€"}},
		{"short million", short(-1234567890), [5]string{"−€12M", "−€1,235万", "−12_млн_€", "−12_M_€", "−12_milj._€"}},
		{"short milliard", short(120000000000), [5]string{"€1.2bn", "€12亿", "1,2_млрд_€", "1.200_M_€", "1,2_mrd._€"}},
		{"short number", func(f *Format) string { return f.NumberShort(number("184500")) }, [5]string{"185k", "18万", "185_тыс.", "185_k", "185_t."}},
		{"percent whole", func(f *Format) string { return f.Percent(number("60.00"), 1) }, [5]string{"60%", "60%", "60_%", "60_%", "60_%"}},
	})
}

func TestDaysAndTimes(t *testing.T) {
	t.Parallel()
	today, zone := dateAt(t, "2026-11-21"), time.FixedZone("CET", 3600)
	at := time.Date(2026, 11, 18, 8, 5, 0, 0, time.UTC)
	now := time.Date(2026, 11, 21, 11, 0, 0, 0, zone)
	april := dateAt(t, "2026-04-01")
	ago := func(d time.Duration) func(*Format) string {
		return func(f *Format) string { return f.Ago(now.Add(-d), now) }
	}
	relative := func(n int) func(*Format) string { return func(f *Format) string { return f.RelativeDays(n) } }
	checkLines(t, []line{
		{"long", func(f *Format) string { return f.DateLong(april) },
			[5]string{"Wednesday 1 April 2026", "2026年4月1日星期三", "среда, 1 апреля 2026_г.", "dimecres, 1 d’abril de 2026", "keskiviikko 1. huhtikuuta 2026"}},
		{"elision", func(f *Format) string { return f.Date(april) }, [5]string{"1 Apr 2026", "2026年4月1日", "1 апр. 2026_г.", "1 d’abr. 2026", "1.4.2026"}},
		{"weekday of another year", func(f *Format) string { return f.DateWeekday(april, today-365) },
			[5]string{"Wed 1 Apr 2026", "2026年4月1日周三", "ср, 1 апр. 2026_г.", "dc., 1 d’abr. 2026", "ke 1.4.2026"}},
		{"month", func(f *Format) string { return f.Month(april) }, [5]string{"April 2026", "2026年4月", "апрель 2026_г.", "abril de 2026", "huhtikuu 2026"}},
		{"short month", func(f *Format) string { return f.MonthShort(april) }, [5]string{"Apr 2026", "2026年4月", "апр. 2026_г.", "abr. 2026", "huhti 2026"}},
		{"month name", func(f *Format) string { return f.MonthName(time.May) }, [5]string{"May", "5月", "май", "maig", "touko"}},
		{"quarter", func(f *Format) string { return f.Quarter(april) }, [5]string{"Q2 2026", "2026年第2季度", "2_кв. 2026_г.", "2T 2026", "Q2/2026"}},
		{"period of a month", func(f *Format) string { return f.Period(value.PeriodOf(value.Month, april, time.February)) },
			[5]string{"Apr 2026", "2026年4月", "апр. 2026_г.", "abr. 2026", "huhti 2026"}},
		{"period of a quarter", func(f *Format) string { return f.Period(value.PeriodOf(value.Quarter, april, time.January)) },
			[5]string{"Q2 2026", "2026年第2季度", "2_кв. 2026_г.", "2T 2026", "Q2/2026"}},
		{"fiscal quarter", func(f *Format) string { return f.Period(value.PeriodOf(value.Quarter, april, time.February)) },
			[5]string{"Q1 FY2027", "2027财年第1季度", "1_кв. 2027_фин._г.", "1T exercici 2027", "Q1 tilikausi 2027"}},
		{"half", func(f *Format) string { return f.Period(value.PeriodOf(value.Half, april, time.January)) },
			[5]string{"H1 2026", "2026年上半年", "1-е_полугодие 2026_г.", "1S 2026", "H1/2026"}},
		{"fiscal half", func(f *Format) string { return f.Period(value.PeriodOf(value.Half, april, time.October)) },
			[5]string{"H2 FY2026", "2026财年下半年", "2-е_полугодие 2026_фин._г.", "2S exercici 2026", "H2 tilikausi 2026"}},
		{"year", func(f *Format) string { return f.Period(value.PeriodOf(value.Year, april, time.January)) }, [5]string{"2026", "2026年", "2026_г.", "2026", "2026"}},
		{"fiscal year", func(f *Format) string { return f.Period(value.PeriodOf(value.Year, april, time.April)) },
			[5]string{"FY2027", "2027财年", "2027_фин._г.", "exercici 2027", "tilikausi 2027"}},
		{"weekdays", func(f *Format) string { return f.Weekdays()[0] + f.Weekdays()[6] }, [5]string{"MonSun", "周一周日", "пнвс", "dl.dg.", "masu"}},
		{"morning", func(f *Format) string { return f.Time(at, zone) }, [5]string{"09:05", "09:05", "09:05", "9:05", "9.05"}},
		{"moment", func(f *Format) string { return f.Moment(at, zone, now) },
			[5]string{"18 Nov, 09:05", "11月18日 09:05", "18 нояб., 09:05", "18 de nov., 9:05", "18.11. klo 9.05"}},
		{"moment of tomorrow", func(f *Format) string { return f.Moment(now.AddDate(0, 0, 1), zone, now) },
			[5]string{"tomorrow, 11:00", "明天 11:00", "завтра, 11:00", "demà, 11:00", "huomenna klo 11.00"}},
		{"moment of today", func(f *Format) string { return f.Moment(now, zone, now) }, [5]string{"11:00", "11:00", "11:00", "11:00", "11.00"}},
		{"long moment", func(f *Format) string { return f.MomentLong(at, zone) },
			[5]string{"Wednesday 18 November 2026, 09:05_CET", "2026年11月18日星期三 09:05_CET", "среда, 18 ноября 2026_г., 09:05_CET", "dimecres, 18 de novembre de 2026, 9:05_CET", "keskiviikko 18. marraskuuta 2026 klo 9.05_CET"}},
		{"today", relative(0), [5]string{"today", "今天", "сегодня", "avui", "tänään"}},
		{"in two days", relative(2), [5]string{"in 2 days", "后天", "послезавтра", "demà passat", "ylihuomenna"}},
		{"in 21 days", relative(21), [5]string{"in 21 days", "21天后", "через 21 день", "d’aquí a 21 dies", "21 päivän päästä"}},
		{"3 days ago", relative(-3), [5]string{"3 days ago", "3天前", "3 дня назад", "fa 3 dies", "3 päivää sitten"}},
		{"near", func(f *Format) string { return f.Near(today+7, today) }, [5]string{"in 7 days", "7天后", "через 7 дней", "d’aquí a 7 dies", "7 päivän päästä"}},
		{"not near", func(f *Format) string { return f.Near(today+8, today) }, [5]string{"29 Nov", "11月29日", "29 нояб.", "29 de nov.", "29.11."}},
		{"just now", ago(30 * time.Second), [5]string{"just now", "刚刚", "только что", "ara mateix", "juuri nyt"}},
		{"ahead", ago(-time.Hour), [5]string{"just now", "刚刚", "только что", "ara mateix", "juuri nyt"}},
		{"minutes", ago(5 * time.Minute), [5]string{"5_min ago", "5分钟前", "5_мин назад", "fa 5_min", "5_min sitten"}},
		{"hours", ago(2 * time.Hour), [5]string{"2_h ago", "2小时前", "2_ч назад", "fa 2_h", "2_t sitten"}},
		{"yesterday", ago(13 * time.Hour), [5]string{"yesterday", "昨天", "вчера", "ahir", "eilen"}},
		{"days", ago(75 * time.Hour), [5]string{"3_d ago", "3天前", "3_дн. назад", "fa 3_d", "3_pv sitten"}},
		{"card", func(f *Format) string { return f.Days(9) }, [5]string{"9_d", "9天", "9_дн.", "9_d", "9_pv"}},
		{"duration", func(f *Format) string { return f.Duration(90 * time.Minute) }, [5]string{"1_h 30_min", "1小时30分钟", "1_ч 30_мин", "1_h 30_min", "1_t 30_min"}},
		{"two units", func(f *Format) string { return f.Duration(51*time.Hour + 5*time.Second) }, [5]string{"2_d 3_h", "2天3小时", "2_дн. 3_ч", "2_d 3_h", "2_pv 3_t"}},
		{"nothing", func(f *Format) string { return f.Duration(0) }, [5]string{"0_s", "0秒", "0_с", "0_s", "0_s"}},
	})
	if got := FormatFor("en").MomentLong(at, time.FixedZone("", 5400)); got != spaced("Wednesday 18 November 2026, 09:35_UTC+01:30") {
		t.Errorf("got %q", got)
	}
}

func TestAmerica(t *testing.T) {
	t.Parallel()
	f, day := FormatFor("en-US"), dateAt(t, "2026-12-18")
	midnight := time.Date(2026, 12, 18, 0, 5, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{f.Date(day), "Dec 18, 2026"}, {f.DateNear(day, day), "Dec 18"}, {f.DateWeekday(day, day), "Fri, Dec 18"}, {f.DateLong(day), "Friday, December 18, 2026"},
		{f.Time(midnight, time.UTC), "12:05_AM"}, {f.Time(midnight.Add(14*time.Hour), time.UTC), "2:05_PM"}, {f.Time(midnight.Add(12*time.Hour), time.UTC), "12:05_PM"},
		{f.Weekdays()[0], "Sun"}, {f.Money(value.Money{Minor: 123450, Currency: "USD"}), "$1,234.50"}, {f.MoneyShort(value.Money{Minor: 18450000, Currency: "USD"}), "$185K"},
	} {
		if c.got != spaced(c.want) {
			t.Errorf("got %q, want %q", c.got, spaced(c.want))
		}
	}
}

func TestWordsOfAFormat(t *testing.T) {
	t.Parallel()
	list := func(items ...string) func(*Format) string { return func(f *Format) string { return f.List(items) } }
	size := func(n int64) func(*Format) string { return func(f *Format) string { return f.FileSize(n) } }
	checkLines(t, []line{
		{"no list", list(), [5]string{}},
		{"one", list("A"), [5]string{"A", "A", "A", "A", "A"}},
		{"three", list("A", "B", "C"), [5]string{"A, B and C", "A、B和C", "A, B и C", "A, B i C", "A, B ja C"}},
		{"bytes", size(850), [5]string{"850_B", "850_B", "850_Б", "850_B", "850_t"}},
		{"edge", size(999_999), [5]string{"1_MB", "1_MB", "1_МБ", "1_MB", "1_Mt"}},
		{"megabytes", size(1_536_000), [5]string{"1.5_MB", "1.5_MB", "1,5_МБ", "1,5_MB", "1,5_Mt"}},
	})
	f := FormatFor("en")
	for _, c := range []struct{ given, family, name, initials string }{
		{"Aino", "Lehtonen", "Aino Lehtonen", "AL"}, {"小明", "王", "王小明", "王"}, {"Wei", "王", "Wei 王", "W王"}, {"", "Cher", "Cher", "C"}, {" Ann ", "", "Ann", "A"},
		{"José Luis", "de la Fuente", "José Luis de la Fuente", "JF"}, {"", "", "", ""}, {"", "“élan” (x)", "“élan” (x)", "ÉX"}, {"민준", "김", "김민준", "김"},
	} {
		if got := f.Name(c.given, c.family); got != c.name || f.Initials(got) != c.initials {
			t.Errorf("%q %q: %q, %q", c.given, c.family, got, f.Initials(got))
		}
	}
}

// A list of 50 rows with three figures and two days each is to cost well under
// a millisecond.
func BenchmarkFormat(b *testing.B) {
	f, m := FormatFor("ru"), value.Money{Minor: 18450050, Currency: "EUR"}
	d, today := value.Date(20805), value.Date(20778)
	for name, write := range map[string]func(){
		"money": func() { f.Money(m) }, "short": func() { f.MoneyShort(m) }, "date": func() { f.DateNear(d, today) },
		"relative": func() { f.Relative(d, today) }, "percent": func() { f.Percent(number("60.5"), 1) }, "for": func() { FormatFor("ru") },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				write()
			}
		})
	}
}
