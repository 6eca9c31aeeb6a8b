package value

import (
	"strconv"
	"strings"
	"time"
)

// ParseMoment reads RFC 3339, or a day and a time of day as the clocks in loc
// show it: "2026-03-31 10:30", also with seconds, am or pm. A day alone is its
// first instant. The answer is UTC and cut to the millisecond.
//
// A time that a clock change skips is read as if the clock had not changed yet;
// one that happens twice is the first of the two.
func ParseMoment(s string, loc *time.Location) (time.Time, error) {
	return ParseMomentStyle(s, DateUnknown, loc)
}

// ParseMomentStyle is ParseMoment with the days of ParseDateStyle.
func ParseMomentStyle(s string, style DateStyle, loc *time.Location) (time.Time, error) {
	date, clockText := splitClock(narrow(s))
	day, err := styledDate(s, date, style)
	if err != nil {
		return time.Time{}, err
	}
	if clockText == "" {
		return Moment(day.Time(loc)), nil
	}
	at, ok := parseClock(clockText)
	if !ok {
		return time.Time{}, invalid("value.moment", s, nil)
	}
	if at.zone != nil {
		loc = at.zone
	}
	t := Moment(Wall(day.utc().Add(at.sinceMidnight), loc))
	if y := t.Year(); y < 1 || y > 9999 {
		return time.Time{}, invalid("value.date.day", s, nil)
	}
	return t, nil
}

// Moment is t as the engine keeps it: UTC, whole milliseconds, no monotonic clock.
func Moment(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// MomentText is the neutral text: 2026-03-31T08:30:00Z, milliseconds if any.
func MomentText(t time.Time) string {
	return string(AppendMoment(make([]byte, 0, 24), t))
}

// AppendMoment writes MomentText.
func AppendMoment(b []byte, t time.Time) []byte {
	return Moment(t).AppendFormat(b, "2006-01-02T15:04:05.999Z07:00")
}

// clock is a time of day; zone is nil when the text names none.
type clock struct {
	sinceMidnight time.Duration
	zone          *time.Location
}

// parseClock reads hh:mm[:ss[.fraction]] [am|pm] [Z|UTC|+hh:mm|+hhmm|+hh].
func parseClock(s string) (clock, bool) {
	end := strings.IndexFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && r != ':' && r != '.' && r != ','
	})
	if end < 0 {
		end = len(s)
	}
	since, ok := timeOfDay(s[:end])
	if !ok {
		return clock{}, false
	}
	rest := strings.TrimSpace(s[end:])
	rest, since, ok = halfDay(rest, since)
	if !ok {
		return clock{}, false
	}
	zone, ok := parseOffset(rest)
	return clock{sinceMidnight: since, zone: zone}, ok
}

func timeOfDay(s string) (time.Duration, bool) {
	s = strings.ReplaceAll(s, ",", ".")
	whole, fraction, hasFraction := strings.Cut(s, ".")
	parts := strings.Split(whole, ":")
	if len(parts) < 2 || len(parts) > 3 || hasFraction && (len(parts) != 3 || fraction == "") {
		return 0, false
	}
	var since time.Duration
	units := [...]time.Duration{time.Hour, time.Minute, time.Second}
	for i, part := range parts {
		n, ok := smallNumber(part)
		if !ok || len(part) > 2 || i > 0 && len(part) != 2 || n > 59 || i == 0 && n > 23 {
			return 0, false
		}
		since += time.Duration(n) * units[i]
	}
	if !onlyDigits(fraction) || len(fraction) > 9 {
		return 0, false
	}
	nanoseconds, _ := strconv.Atoi((fraction + "000000000")[:9])
	return since + time.Duration(nanoseconds), true
}

// halfDay takes am or pm off the rest and applies it.
func halfDay(rest string, since time.Duration) (string, time.Duration, bool) {
	mark, after, _ := strings.Cut(rest, " ")
	mark = strings.ToLower(strings.ReplaceAll(mark, ".", ""))
	if mark != "am" && mark != "pm" {
		return rest, since, true
	}
	hour := since / time.Hour
	if hour < 1 || hour > 12 {
		return "", 0, false
	}
	if hour == 12 {
		since -= 12 * time.Hour
	}
	if mark == "pm" {
		since += 12 * time.Hour
	}
	return strings.TrimSpace(after), since, true
}

// parseOffset reads a zone given as an offset; names of zones other than UTC mean
// different things in different places and are refused.
func parseOffset(s string) (*time.Location, bool) {
	switch strings.ToUpper(s) {
	case "":
		return nil, true
	case "Z", "UTC", "GMT", "+0000 UTC", "+0000 GMT":
		return time.UTC, true
	}
	digits := strings.Replace(s[1:], ":", "", 1)
	if (s[0] != '+' && s[0] != '-') || !onlyDigits(digits) || len(digits) != 2 && len(digits) != 4 {
		return nil, false
	}
	hours, _ := smallNumber(digits[:2])
	minutes, _ := smallNumber(digits[2:])
	if hours > 23 || minutes > 59 {
		return nil, false
	}
	seconds := hours*3600 + minutes*60
	if s[0] == '-' {
		seconds = -seconds
	}
	return time.FixedZone("", seconds), true
}
