package hours

import (
	"time"

	"wellmet/internal/value"
)

// Calendar is when the company is open. It never changes and may be used by
// many goroutines. Without any open hours every hour is a business hour, so
// that no deadline is ever infinite.
type Calendar struct {
	zone     *time.Location
	week     [7][]span // by time.Weekday
	holidays map[value.Date]bool
	none     bool // the week has no open hours
}

// span is a stretch of a day, in minutes since midnight by the wall clock.
type span struct{ from, to int }

// farthest is how many days ahead or back a calendar looks for open hours: a
// year of nothing but holidays ends there.
const farthest = 3700

// New makes the calendar of a week with these holidays. The week is taken as
// Week.Check accepts it.
func New(zone *time.Location, week Week, holidays []value.Date) *Calendar {
	if zone == nil {
		zone = time.UTC
	}
	c := &Calendar{zone: zone, holidays: map[value.Date]bool{}, none: true}
	for i, name := range weekdays {
		for _, text := range week[name] {
			from, to, ok := parseSpan(text)
			if ok {
				c.week[i] = append(c.week[i], span{from, to})
				c.none = false
			}
		}
	}
	for _, d := range holidays {
		c.holidays[d] = true
	}
	return c
}

// Zone is where the company's clock hangs.
func (c *Calendar) Zone() *time.Location { return c.zone }

// Holiday reports whether the company is closed for the day.
func (c *Calendar) Holiday(d value.Date) bool { return c.holidays[d] }

// Business reports whether the company works that day at all.
func (c *Calendar) Business(d value.Date) bool { return len(c.spans(d)) > 0 }

func (c *Calendar) spans(d value.Date) []span {
	switch {
	case c.holidays[d]:
		return nil
	case c.none:
		return wholeDay
	}
	return c.week[d.Weekday()]
}

var wholeDay = []span{{0, 24 * 60}}

// at is the moment a day's wall clock shows so many minutes.
func (c *Calendar) at(d value.Date, minutes int) time.Time {
	if minutes >= 24*60 {
		return d.AddDays(1).Time(c.zone)
	}
	y, m, day := d.Civil()
	return value.Wall(time.Date(y, m, day, 0, minutes, 0, 0, time.UTC), c.zone)
}

// Open reports whether the company works at that moment.
func (c *Calendar) Open(t time.Time) bool {
	d := value.DateOf(t, c.zone)
	for _, x := range c.spans(d) {
		if !t.Before(c.at(d, x.from)) && t.Before(c.at(d, x.to)) {
			return true
		}
	}
	return false
}

// NextOpen is t itself while the company works, otherwise the moment at which
// it opens next.
func (c *Calendar) NextOpen(t time.Time) time.Time {
	d := value.DateOf(t, c.zone)
	for range farthest {
		for _, x := range c.spans(d) {
			if t.Before(c.at(d, x.to)) {
				return later(t, c.at(d, x.from))
			}
		}
		d = d.AddDays(1)
	}
	return t
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Between is how long the company works from a to b; 0 when b is not after a.
func (c *Calendar) Between(a, b time.Time) time.Duration {
	sum := time.Duration(0)
	last := value.DateOf(b, c.zone)
	for d := value.DateOf(a, c.zone); d <= last; d = d.AddDays(1) {
		for _, x := range c.spans(d) {
			from, to := later(a, c.at(d, x.from)), c.at(d, x.to)
			if b.Before(to) {
				to = b
			}
			if to.After(from) {
				sum += to.Sub(from)
			}
		}
		if d == value.MaxDate {
			break
		}
	}
	return sum
}

// BusinessDays counts the days on which the company works after a's day, up to
// b's: from Friday to Monday it is one.
func (c *Calendar) BusinessDays(a, b time.Time) int {
	n := 0
	last := value.DateOf(b, c.zone)
	for d := value.DateOf(a, c.zone).AddDays(1); d <= last; d = d.AddDays(1) {
		if c.Business(d) {
			n++
		}
		if d == value.MaxDate {
			break
		}
	}
	return n
}
