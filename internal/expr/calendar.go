package expr

import (
	"strconv"
	"strings"
	"time"

	"wellmet/internal/value"
)

// span is a length of time. Months and days are counted on the calendar,
// millis on the clock.
type span struct {
	months, days int
	millis       int64
}

// maxSpan bounds the number before a unit: 100,000 days is some 270 years.
const maxSpan = 100_000

var spanUnits = map[string]span{"min": {millis: 60_000}, "h": {millis: 3_600_000}, "d": {days: 1}, "w": {days: 7},
	"mo": {months: 1}, "y": {months: 12}}

func parseSpan(text string) (span, bool) {
	cut := strings.IndexFunc(text, func(r rune) bool { return !isDigit(r) })
	if cut <= 0 {
		return span{}, false
	}
	one, ok := spanUnits[text[cut:]]
	n, err := strconv.Atoi(text[:cut])
	if !ok || err != nil || n > maxSpan {
		return span{}, false
	}
	return span{one.months * n, one.days * n, one.millis * int64(n)}, true
}

func (s span) neg() span { return span{-s.months, -s.days, -s.millis} }

func (s span) plus(o span) span {
	return span{s.months + o.months, s.days + o.days, s.millis + o.millis}
}

// exact is the length on a moment's clock, where a day is 24 hours.
func (s span) exact() int64 { return int64(s.days)*dayMillis + s.millis }

const dayMillis = 24 * 60 * 60 * 1000

// addTo moves a day; the checker has seen to it that there are no hours.
func (s span) addTo(d value.Date) value.Date {
	if s.months != 0 {
		d = d.AddMonths(s.months)
	}
	return d.AddDays(s.days)
}

// addToMoment moves months on the calendar of the zone, the rest on the clock.
func (s span) addToMoment(t time.Time, zone *time.Location) time.Time {
	if s.months != 0 {
		local := t.In(zone)
		year, month, day := value.DateOf(t, zone).AddMonths(s.months).Civil()
		t = time.Date(year, month, day, local.Hour(), local.Minute(), local.Second(), local.Nanosecond(), zone)
	}
	return moment(time.UnixMilli(t.UnixMilli() + s.exact()))
}

// moment cuts to what a database holds.
func moment(t time.Time) time.Time {
	ms := min(max(t.UnixMilli(), minMoment), maxMoment)
	return time.UnixMilli(ms).UTC()
}

const (
	minMoment = int64(value.MinDate) * dayMillis
	maxMoment = int64(value.MaxDate)*dayMillis + dayMillis - 1
)

// wall is a date-time typed without a zone: it means that of the workspace.
type wall struct {
	day   value.Date
	clock time.Duration
}

func (w wall) in(zone *time.Location) time.Time {
	year, month, day := w.day.Civil()
	return moment(time.Date(year, month, day, 0, 0, 0, int(w.clock), zone))
}

// parseWhen reads the text forms of days and moments: a value.Date, a wall or a
// time.Time.
func parseWhen(s string) (any, bool) {
	if d, err := value.ParseDate(s); err == nil {
		return d, true
	}
	s = strings.Replace(s, " ", "T", 1)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return moment(t), true
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04"} {
		t, err := time.Parse(layout, s)
		if err != nil || t.Year() < 1 {
			continue
		}
		day := value.DateOf(t, time.UTC)
		return wall{day, t.Sub(day.Time(time.UTC))}, true
	}
	return nil, false
}

// dayStart is the first instant of the day. value.Date.Time leaves open which
// of two midnights it takes where clocks go back at midnight; a range needs the
// first.
func dayStart(d value.Date, zone *time.Location) time.Time {
	t := d.Time(zone)
	if zone == time.UTC || value.DateOf(t.Add(-time.Millisecond), zone) < d {
		return t
	}
	for value.DateOf(t.Add(-time.Minute), zone) >= d {
		t = t.Add(-time.Minute)
	}
	return t
}

// dayOf is the day whose range, by dayStart, holds the moment.
func dayOf(t time.Time, zone *time.Location) value.Date {
	d := value.DateOf(t, zone)
	for d > value.MinDate && t.Before(dayStart(d, zone)) {
		d--
	}
	for d < value.MaxDate && !t.Before(dayStart(d+1, zone)) {
		d++
	}
	return d
}

// unit is what periods are made of.
type unit uint8

const (
	weeks unit = iota
	months
	quarters
	years
)

var unitNames = [...]string{"Week", "Month", "Quarter", "Year"}

// days is a range of whole days, the last one not included.
type days struct{ from, to value.Date }

// maxPeriods bounds lastMonth(n).
const maxPeriods = 1000

// periodOf is this period (toward 0), the n before it (-1) or after it (+1).
func periodOf(today value.Date, u unit, toward, n int, first time.Month) days {
	from := unitStart(today, u, first)
	switch toward {
	case 0:
		return days{from, unitAdd(from, u, 1)}
	case -1:
		return days{unitAdd(from, u, -n), from}
	}
	return days{unitAdd(from, u, 1), unitAdd(from, u, n+1)}
}

func unitStart(d value.Date, u unit, first time.Month) value.Date {
	if first < time.January || first > time.December {
		first = time.January
	}
	switch u {
	case weeks:
		return d.WeekStart(time.Monday)
	case months:
		return d.MonthStart()
	case quarters:
		return d.QuarterStart(first)
	}
	return d.YearStart(first)
}

func unitAdd(d value.Date, u unit, n int) value.Date {
	switch u {
	case weeks:
		return d.AddDays(7 * n)
	case months:
		return d.AddMonths(n)
	case quarters:
		return d.AddMonths(3 * n)
	}
	return d.AddMonths(12 * n)
}
