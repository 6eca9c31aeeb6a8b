package i18n

import (
	"strconv"
	"strings"
	"time"

	"wellmet/internal/value"
)

// Time writes the time of day that clocks in the zone show: 14:05.
func (f *Format) Time(t time.Time, zone *time.Location) string { return f.clockText(t.In(zone)) }

func (f *Format) clockText(t time.Time) string {
	hour, minute := t.Hour(), t.Minute()
	pattern := f.clock
	half := ""
	if f.clockHalfDay != "" {
		pattern, half = f.clockHalfDay, f.halfDays[hour/12]
		hour = (hour+11)%12 + 1
	}
	return fill(pattern, func(b []byte, part string) []byte {
		switch part {
		case "h":
			return appendPadded(b, hour, f.padHour)
		case "mm":
			return appendPadded(b, minute, true)
		}
		return append(b, half...)
	})
}

func appendPadded(b []byte, n int, pad bool) []byte {
	if pad && n < 10 {
		b = append(b, '0')
	}
	return strconv.AppendInt(b, int64(n), 10)
}

// Moment writes day and time, of today the time alone: 18 Dec, 14:05; tomorrow,
// 14:05.
func (f *Format) Moment(t time.Time, zone *time.Location, now time.Time) string {
	day, today := value.DateOf(t, zone), value.DateOf(now, zone)
	if day == today {
		return f.Time(t, zone)
	}
	if n := int(day) - int(today); n == 1 || n == -1 {
		return f.dayAndTime(f.RelativeDays(n), f.Time(t, zone))
	}
	return f.dayAndTime(f.DateNear(day, today), f.Time(t, zone))
}

// MomentFull is Moment with day and year in any case: 18 Dec 2026, 14:05.
func (f *Format) MomentFull(t time.Time, zone *time.Location) string {
	return f.dayAndTime(f.Date(value.DateOf(t, zone)), f.Time(t, zone))
}

// MomentLong leaves nothing open: Friday 18 December 2026, 14:05 CET.
func (f *Format) MomentLong(t time.Time, zone *time.Location) string {
	name, _ := t.In(zone).Zone()
	if name == "" || name[0] == '+' || name[0] == '-' {
		name = t.In(zone).Format("UTC-07:00")
	}
	return f.dayAndTime(f.DateLong(value.DateOf(t, zone)), f.Time(t, zone)) + nbsp + name
}

func (f *Format) dayAndTime(day, clock string) string {
	return fill(f.moment, func(b []byte, part string) []byte {
		if part == "date" {
			return append(b, day...)
		}
		return append(b, clock...)
	})
}

// nearDays is how far off a day is still told as "in 5 days".
const nearDays = 7

// Near tells a day within a week by its distance, and any other by its date.
func (f *Format) Near(d, today value.Date) string {
	if n := int(d) - int(today); -nearDays <= n && n <= nearDays {
		return f.RelativeDays(n)
	}
	return f.DateNear(d, today)
}

// Relative tells the distance of a day, however far: yesterday, in 27 days.
func (f *Format) Relative(d, today value.Date) string { return f.RelativeDays(int(d) - int(today)) }

// RelativeDays tells n days from now, before now if negative.
func (f *Format) RelativeDays(n int) string {
	switch {
	case n == 0:
		return f.today
	case n < 0 && -n <= len(f.yesterdays):
		return f.yesterdays[-n-1]
	case n > 0 && n <= len(f.tomorrows):
		return f.tomorrows[n-1]
	case n < 0:
		return f.count(f.past, int64(-n))
	}
	return f.count(f.future, int64(n))
}

// Ago tells briefly how long something is past: just now, 5 min ago, 2 h ago,
// yesterday, 3 d ago. now decides the zone; what lies ahead counts as now.
func (f *Format) Ago(t, now time.Time) string {
	past := now.Sub(t)
	days := int(value.DateOf(now, now.Location())) - int(value.DateOf(t, now.Location()))
	switch {
	case past < time.Minute:
		return f.now
	case past < time.Hour:
		return f.ago(f.minute, int64(past/time.Minute))
	case past < 12*time.Hour || days < 1:
		return f.ago(f.hour, int64(past/time.Hour))
	case days == 1:
		return f.yesterdays[0]
	}
	return f.ago(f.locale.day, int64(days))
}

func (f *Format) ago(unit string, n int64) string {
	return strings.Replace(f.pastShort, "{t}", f.brief(unit, n), 1)
}

// Days is a number of days as cards show it: 9 d.
func (f *Format) Days(n int) string { return f.brief(f.locale.day, int64(n)) }

// Duration is a length of time in its two largest units: 2 d 3 h, 1 h 30 min,
// 45 s.
func (f *Format) Duration(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = minus, -d
	}
	parts := make([]string, 0, 2)
	for _, u := range []struct {
		length time.Duration
		text   string
	}{{24 * time.Hour, f.locale.day}, {time.Hour, f.hour}, {time.Minute, f.minute}, {time.Second, f.second}} {
		n := d / u.length
		d -= n * u.length
		if n > 0 {
			parts = append(parts, f.brief(u.text, int64(n)))
		}
		if len(parts) == 2 || n == 0 && len(parts) == 1 {
			break
		}
	}
	if len(parts) == 0 {
		return f.brief(f.second, 0)
	}
	return sign + strings.Join(parts, f.durationSpace)
}

func (f *Format) brief(unit string, n int64) string { return strings.Replace(unit, "{n}", f.Int(n), 1) }

// count fills a number into the pattern of its plural form.
func (f *Format) count(w words, n int64) string {
	pattern, ok := w[pluralForm(f.language, n)]
	if !ok {
		pattern = w["other"]
	}
	return strings.Replace(pattern, "{n}", f.Int(n), 1)
}
