package i18n

import (
	"strconv"
	"strings"
	"time"

	"wellmet/internal/value"
)

// Date writes a day in full: 18 Dec 2026.
func (f *Format) Date(d value.Date) string { return f.fillDay(f.date, d) }

// DateNear leaves out the year when it is that of today: 18 Dec.
func (f *Format) DateNear(d, today value.Date) string {
	if sameYear(d, today) {
		return f.fillDay(f.near, d)
	}
	return f.Date(d)
}

// DateWeekday is DateNear with the day of the week: Fri 18 Dec.
func (f *Format) DateWeekday(d, today value.Date) string {
	pattern := f.weekdayYear
	if sameYear(d, today) {
		pattern = f.weekday
	}
	return f.fillDay(pattern, d)
}

// DateLong writes everything out: Friday 18 December 2026.
func (f *Format) DateLong(d value.Date) string { return f.fillDay(f.long, d) }

// Month names the month of a day with its year: December 2026.
func (f *Format) Month(d value.Date) string { return f.fillDay(f.month, d) }

// MonthShort is Month for narrow places: Dec 2026.
func (f *Format) MonthShort(d value.Date) string { return f.fillDay(f.monthShort, d) }

// MonthName is the short name alone, for an axis that tells the year elsewhere.
func (f *Format) MonthName(m time.Month) string { return f.monthsAlone[m-1] }

// Quarter names the quarter of the calendar: Q4 2026.
func (f *Format) Quarter(d value.Date) string { return f.fillDay(f.quarter, d) }

// Period names a month, or a part of a fiscal year: Nov 2026, Q3 2026, H1 FY2026,
// 2026. A fiscal year is marked as one where it is not that of the calendar.
func (f *Format) Period(p value.Period) string {
	if p.Kind() == value.Month {
		return f.MonthShort(p.First())
	}
	patterns := map[value.PeriodKind][2]string{value.Quarter: {f.quarter, f.fiscalQuarter}, value.Half: {f.half, f.fiscalHalf}, value.Year: {f.year, f.fiscalYear}}
	pattern := patterns[p.Kind()][0]
	if p.Shifted() {
		pattern = patterns[p.Kind()][1]
	}
	return fill(pattern, func(b []byte, part string) []byte {
		switch part {
		case "q":
			return strconv.AppendInt(b, int64(p.Number()), 10)
		case "half":
			return append(b, f.halves[min(p.Number(), 2)-1]...)
		case "y":
			return strconv.AppendInt(b, int64(p.FiscalYear()), 10)
		}
		return b
	})
}

// FirstWeekday is the day on which weeks begin.
func (f *Format) FirstWeekday() time.Weekday { return f.weekStart }

// Weekdays are the short names of the days, from FirstWeekday on.
func (f *Format) Weekdays() []string { return f.week(&f.weekdaysTiny) }

// WeekdaysLong are the names of the days, from FirstWeekday on.
func (f *Format) WeekdaysLong() []string { return f.week(&f.weekdays) }

func (f *Format) week(names *[7]string) []string {
	first := int(f.weekStart)
	return append(append(make([]string, 0, 7), names[first:]...), names[:first]...)
}

func sameYear(a, b value.Date) bool {
	ya, _, _ := a.Civil()
	yb, _, _ := b.Civil()
	return ya == yb
}

// fillDay fills the parts of a day into a pattern.
func (f *Format) fillDay(pattern string, d value.Date) string {
	year, month, day := d.Civil()
	return fill(pattern, func(b []byte, part string) []byte {
		switch part {
		case "d":
			return strconv.AppendInt(b, int64(day), 10)
		case "m":
			return strconv.AppendInt(b, int64(month), 10)
		case "q":
			return strconv.AppendInt(b, int64(month+2)/3, 10)
		case "y":
			return strconv.AppendInt(b, int64(year), 10)
		case "mmm":
			return append(b, f.monthsShort[month-1]...)
		case "mmmm":
			return append(b, f.monthsOfDate[month-1]...)
		case "mon":
			return append(b, f.monthsAlone[month-1]...)
		case "month":
			return append(b, f.months[month-1]...)
		case "w":
			return append(b, f.weekdaysTiny[d.Weekday()]...)
		case "weekday":
			return append(b, f.weekdays[d.Weekday()]...)
		}
		return b
	})
}

// fill writes a pattern whose parts stand in braces. Pages do it hundreds of
// times, for which a strings.Replacer made each time is too slow.
func fill(pattern string, write func(b []byte, part string) []byte) string {
	b := make([]byte, 0, 64)
	for {
		at := strings.IndexByte(pattern, '{')
		if at < 0 {
			return string(append(b, pattern...))
		}
		end := at + strings.IndexByte(pattern[at:], '}')
		b = write(append(b, pattern[:at]...), pattern[at+1:end])
		pattern = pattern[end+1:]
	}
}
