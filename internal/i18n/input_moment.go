package i18n

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// clocks find a time of day behind what may be a day, in folded text: the day,
// the half of the day in front, hour, minute, the half behind. A point parts
// hours from minutes only behind a word, since 11.05 is a day.
var clocks = []*regexp.Regexp{
	regexp.MustCompile(`^(|.*?[^\d.:])()(\d{1,2}):(\d{2}) ?(?:([ap])\.?m\.?)?$`),
	regexp.MustCompile(`^(|.*?[\s,])()(?:klo|kello) (\d{1,2})(?:\.(\d{2}))?()$`),
	regexp.MustCompile(`^(|.*?[\s,])()(\d{1,2})() ?([ap])\.?m\.?$`),
	regexp.MustCompile(`^(|.*?\D)(上午|下午|晚上)?(\d{1,2})[点时:](?:(\d{2})分?)?()$`),
}

// stamped is a moment as programs write it.
var stamped = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}[ T]\d`)

// leading are the words between a day and a time.
var leading = regexp.MustCompile(`(?:^|[\s,])(?:at|klo|kello|в|a les|a la)?[\s,]*$`)

// ParseMomentInput reads day and time that somebody typed: 18 Dec 14:05,
// tomorrow 2pm, 18.12. klo 14.05, and what MomentFull writes. A time alone is
// today's. timed is false of a day alone, whose first instant comes back.
func (f *Format) ParseMomentInput(text string, zone *time.Location, now time.Time) (at time.Time, timed bool, err error) {
	if stamped.MatchString(text) {
		at, err = value.ParseMoment(text, zone)
		return at, true, err
	}
	today := value.DateOf(now, zone)
	day, hour, minute, timed := cutClock(text)
	if timed && (hour > 23 || minute > 59) {
		return time.Time{}, false, fault.New(fault.Invalid, "input.time", fault.Args{"value": text, "example": f.Time(now, zone)})
	}
	d := today
	if day != "" {
		if d, err = f.ParseDateInput(day, today); err != nil {
			return time.Time{}, false, err
		}
	}
	if !timed && day != "" {
		return value.Moment(d.Time(zone)), false, nil
	}
	if !timed {
		return time.Time{}, false, f.notADate(text, today)
	}
	at, err = value.ParseMoment(fmt.Sprintf("%s %02d:%02d", d, hour, minute), zone)
	return at, true, err
}

// cutClock parts the time of day, in 24 hours, from the day before it; when there
// is none, the whole text is the day.
func cutClock(text string) (day string, hour, minute int, ok bool) {
	if len(text) > maxInput {
		return text, 0, 0, false
	}
	folded := strings.TrimSpace(Fold(text))
	for _, clock := range clocks {
		m := clock.FindStringSubmatch(folded)
		if m == nil {
			continue
		}
		hour, _ = strconv.Atoi(m[3])
		minute, _ = strconv.Atoi("0" + m[4])
		half := m[5] + m[2]
		switch {
		case half == "":
		case hour < 1 || hour > 12:
			hour = 99 // 14 pm
		default:
			hour %= 12
			if half != "a" && half != "上午" {
				hour += 12
			}
		}
		return strings.TrimSpace(leading.ReplaceAllString(m[1], "")), hour, minute, true
	}
	return strings.TrimSpace(text), 0, 0, false
}
