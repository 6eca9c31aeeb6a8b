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
	b := make([]byte, 0, 48)
	for pattern != "" {
		at := strings.IndexByte(pattern, '{')
		if at < 0 {
			b = append(b, pattern...)
			break
		}
		end := at + strings.IndexByte(pattern[at:], '}')
		b = append(b, pattern[:at]...)
		switch pattern[at+1 : end] {
		case "d":
			b = strconv.AppendInt(b, int64(day), 10)
		case "m":
			b = strconv.AppendInt(b, int64(month), 10)
		case "q":
			b = strconv.AppendInt(b, int64(month+2)/3, 10)
		case "y":
			b = strconv.AppendInt(b, int64(year), 10)
		case "mmm":
			b = append(b, f.monthsShort[month-1]...)
		case "mmmm":
			b = append(b, f.monthsOfDate[month-1]...)
		case "mon":
			b = append(b, f.monthsAlone[month-1]...)
		case "month":
			b = append(b, f.months[month-1]...)
		case "w":
			b = append(b, f.weekdaysTiny[d.Weekday()]...)
		case "weekday":
			b = append(b, f.weekdays[d.Weekday()]...)
		}
		pattern = pattern[end+1:]
	}
	return string(b)
}
