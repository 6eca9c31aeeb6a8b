package hours

import (
	"strconv"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// Week is when the company works, by the English name of the day in three
// letters: {"mon": ["09:00-12:30", "13:30-18:00"]}. A day that is missing is
// closed.
type Week map[string][]string

// weekdays are the names of the days, by time.Weekday.
var weekdays = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// DefaultWeek is the one of a company that has set none.
func DefaultWeek() Week {
	w := Week{}
	for _, day := range weekdays[1:6] {
		w[day] = []string{"09:00-17:00"}
	}
	return w
}

// mostSpans is how often a company may open on one day.
const mostSpans = 6

// Check refuses unknown days, hours that are none, and hours that overlap or
// stand in the wrong order.
func (w Week) Check() error {
	known := map[string]bool{}
	for _, day := range weekdays {
		known[day] = true
		last := 0
		for i, text := range w[day] {
			from, to, ok := parseSpan(text)
			if !ok || from >= to || i >= mostSpans || i > 0 && from < last {
				return fault.New(fault.Invalid, "hours.bad_span", fault.Args{"day": day, "span": value.Printable(text)}).
					With(fault.Field{Path: "week." + day, Key: "hours.bad_span", Args: fault.Args{"day": day, "span": value.Printable(text)}})
			}
			last = to
		}
	}
	for day := range w {
		if !known[day] {
			return fault.New(fault.Invalid, "hours.unknown_day", fault.Args{"day": value.Printable(day)})
		}
	}
	return nil
}

// parseSpan reads "09:00-17:30" into minutes since midnight; a day may end at
// 24:00.
func parseSpan(text string) (from, to int, ok bool) {
	a, b, found := strings.Cut(text, "-")
	if !found {
		return 0, 0, false
	}
	from, ok = parseClock(a)
	if !ok {
		return 0, 0, false
	}
	to, ok = parseClock(b)
	return from, to, ok
}

func parseClock(text string) (int, bool) {
	hour, minute, ok := strings.Cut(strings.TrimSpace(text), ":")
	if !ok || len(hour) == 0 || len(hour) > 2 || len(minute) != 2 {
		return 0, false
	}
	h, err := strconv.ParseUint(hour, 10, 8)
	m, err2 := strconv.ParseUint(minute, 10, 8)
	n := int(h)*60 + int(m)
	return n, err == nil && err2 == nil && m < 60 && n <= 24*60
}
