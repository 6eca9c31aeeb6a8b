package value

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func day(t testing.TB, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var anyDate = rapid.Custom(func(t *rapid.T) Date {
	return Date(rapid.Int32Range(int32(MinDate), int32(MaxDate)).Draw(t, "days"))
})

func TestParseDate(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"2026-03-31": "2026-03-31", " 2024-02-29\n": "2024-02-29", "0001-01-01": "0001-01-01", "9999-12-31": "9999-12-31",
		"２０２６-０３-３１": "2026-03-31", "2026‑03‑31": "2026-03-31", "1969-12-31": "1969-12-31",
		"2026-02-29": "value.date.day", "0000-01-01": "value.date.day", "2026-13-01": "value.date.day", "2026-00-10": "value.date.day", "2026-01-00": "value.date.day",
		"": "value.date", "2026-3-31": "value.date", "31.03.2026": "value.date", "2026-03-31T00:00:00Z": "value.date", "-026-01-01": "value.date", "2026-03-\xff1": "value.date",
	} {
		d, err := ParseDate(in)
		if got := keyOr(err, d.String()); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func TestDateMeetsTheCalendarOfTheStandardLibrary(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate.Draw(t, "d")
		std := time.Date(1970, 1, 1+int(d), 0, 0, 0, 0, time.UTC)
		year, month, dayOfMonth := d.Civil()
		back, ok := NewDate(year, month, dayOfMonth)
		parsed, err := ParseDate(d.String())
		switch {
		case d.String() != std.Format("2006-01-02"), d.Weekday() != std.Weekday():
			t.Fatalf("%v is not %v", d, std)
		case !ok || back != d || err != nil || parsed != d || !d.Valid():
			t.Fatalf("%v comes back as %v, %v (%v)", d, back, parsed, err)
		case DateOf(d.Time(time.UTC), time.UTC) != d:
			t.Fatalf("%v begins at %v", d, d.Time(time.UTC))
		}
		data, _ := json.Marshal(d)
		var again Date
		if err := json.Unmarshal(data, &again); err != nil || again != d || len(data) != 12 {
			t.Fatalf("JSON %s: %v, %v", data, again, err)
		}
	})
}

func TestPeriodStarts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := Date(rapid.Int32Range(int32(MinDate)+800, int32(MaxDate)).Draw(t, "d"))
		first := time.Month(rapid.IntRange(1, 12).Draw(t, "first"))
		year, quarter, month := d.YearStart(first), d.QuarterStart(first), d.MonthStart()
		_, yearMonth, _ := year.Civil()
		if yearMonth != first || year > d || year.AddMonths(12) <= d && d < MaxDate-400 {
			t.Fatalf("%v lies in the year of %v", d, year)
		}
		inYear := false
		for q := range 4 {
			inYear = inYear || year.AddMonths(3*q) == quarter
		}
		if !inYear || quarter > d || quarter.AddMonths(3) <= d && d < MaxDate-100 {
			t.Fatalf("%v lies in the quarter of %v (year from %v)", d, quarter, year)
		}
		if _, _, one := month.Civil(); one != 1 || month > d || int(d-month) >= d.DaysInMonth() {
			t.Fatalf("%v lies in the month of %v", d, month)
		}
		weekday := time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday"))
		if week := d.WeekStart(weekday); week.Weekday() != weekday || week > d || d-week > 6 {
			t.Fatalf("%v lies in the week of %v", d, week)
		}
	})
}

func TestDateArithmetic(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{
		{"2026-01-31", 1, "2026-02-28"}, {"2024-01-31", 1, "2024-02-29"}, {"2024-02-29", 12, "2025-02-28"}, {"2026-03-31", -1, "2026-02-28"},
		{"2026-12-15", 1, "2027-01-15"}, {"2026-01-15", -13, "2024-12-15"}, {"9999-12-01", 1, "9999-12-31"}, {"0001-01-20", -1, "0001-01-01"},
		{"2026-01-01", 1 << 62, "9999-12-31"}, {"2026-01-01", -1 << 62, "0001-01-01"},
	} {
		if got := day(t, c.from).AddMonths(c.months).String(); got != c.want {
			t.Errorf("%s %+d months: %s, want %s", c.from, c.months, got, c.want)
		}
	}
	d := day(t, "2026-02-28")
	if d.AddDays(1).String() != "2026-03-01" || d.AddDays(1<<62) != MaxDate || d.AddDays(-1<<62) != MinDate {
		t.Error("AddDays")
	}
}

func TestDayBeginsWhereTheClockSkipsMidnight(t *testing.T) {
	t.Parallel()
	for zone, text := range map[string]string{
		"America/Santiago": "2023-09-03", "Asia/Beirut": "2022-03-27", "Africa/Cairo": "2024-04-26", "Europe/Berlin": "2026-03-29", "Pacific/Apia": "2011-12-31", "America/Havana": "2025-03-09",
	} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		d := day(t, text)
		begin := d.Time(loc)
		if DateOf(begin, loc) != d || DateOf(begin.Add(-time.Nanosecond), loc) >= d {
			t.Errorf("%s in %s begins at %v", text, zone, begin)
		}
	}
}

// Every zone, every day of some years: the start of a day is its first instant.
func TestDayBeginsAtItsFirstInstant(t *testing.T) {
	t.Parallel()
	zones := []string{"UTC", "Europe/Berlin", "Asia/Shanghai", "America/Santiago", "America/Sao_Paulo", "Asia/Tehran", "Asia/Gaza", "Australia/Lord_Howe", "America/Asuncion"}
	for _, zone := range zones {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for d := day(t, "2010-01-01"); d < day(t, "2027-01-01"); d++ {
			begin := d.Time(loc)
			if DateOf(begin, loc) != d || DateOf(begin.Add(-time.Second), loc) >= d {
				t.Errorf("%v in %s begins at %v", d, zone, begin)
			}
		}
	}
}

func TestDateInJSON(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{`"2026-03-31"`: "2026-03-31", `5`: "value.date", `"x"`: "value.date", `"2026-02-30"`: "value.date.day", `{}`: "value.date"} {
		var d Date
		if got := keyOr(json.Unmarshal([]byte(in), &d), d.String()); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2026-03-31", "0000-00-00", "\xff", "２０２６-03-31", "2026-03-31 "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err != nil {
			mustBeInvalid(t, err)
		} else if again, err := ParseDate(d.String()); err != nil || again != d {
			t.Errorf("%q reads as %v, and that as %v, %v", s, d, again, err)
		}
	})
}

func BenchmarkDate(b *testing.B) {
	b.Run("append", func(b *testing.B) {
		buffer := make([]byte, 0, 16)
		for b.Loop() {
			buffer = Date(20543).Append(buffer[:0])
		}
	})
	b.Run("parse", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = ParseDate("2026-03-31")
		}
	})
}
