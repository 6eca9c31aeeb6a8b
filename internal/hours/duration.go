package hours

import (
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// Unit is what a duration is counted in.
type Unit string

// Minutes, hours and days go by the clock, but no time passes on a holiday; a
// day later is the same hour by the wall clock, whatever daylight saving does.
// Business units pass only while the company works; a business day later is
// the same hour of the next day on which it does.
const (
	Minutes         Unit = "minutes"
	Hours           Unit = "hours"
	Days            Unit = "days"
	BusinessMinutes Unit = "business_minutes"
	BusinessHours   Unit = "business_hours"
	BusinessDays    Unit = "business_days"
)

// Units lists all units.
func Units() []Unit {
	return []Unit{Minutes, Hours, Days, BusinessMinutes, BusinessHours, BusinessDays}
}

// Duration is a length of time as people set it.
type Duration struct {
	N    int  `json:"n"`
	Unit Unit `json:"unit"`
}

// Zero reports whether no time passes.
func (d Duration) Zero() bool { return d.N == 0 }

// most is the longest duration of each unit, some ten years.
var most = map[Unit]int{Minutes: 5_256_000, Hours: 87_600, Days: 3650,
	BusinessMinutes: 1_000_000, BusinessHours: 20_000, BusinessDays: 2_500}

// Check refuses what is no duration.
func (d Duration) Check() error {
	limit, ok := most[d.Unit]
	if !ok {
		return fault.New(fault.Invalid, "hours.unknown_unit", fault.Args{"unit": value.Printable(string(d.Unit)), "units": "minutes, hours, days, business_minutes, business_hours, business_days"})
	}
	if d.N < 0 || d.N > limit {
		return fault.New(fault.Invalid, "hours.out_of_range", fault.Args{"max": limit})
	}
	return nil
}

// Add is the moment at which the duration, begun at from, has passed. It never
// goes back in time, and later begun is never earlier over.
func (c *Calendar) Add(from time.Time, d Duration) time.Time {
	if d.N <= 0 {
		return from
	}
	switch d.Unit {
	case Minutes:
		return c.pass(from, time.Duration(d.N)*time.Minute)
	case Hours:
		return c.pass(from, time.Duration(d.N)*time.Hour)
	case Days:
		return c.addDays(from, d.N)
	case BusinessMinutes:
		return c.work(from, time.Duration(d.N)*time.Minute)
	case BusinessHours:
		return c.work(from, time.Duration(d.N)*time.Hour)
	case BusinessDays:
		return c.addBusinessDays(from, d.N)
	}
	return from
}

// pass lets time go by on every day that is no holiday.
func (c *Calendar) pass(from time.Time, left time.Duration) time.Time {
	day := value.DateOf(from, c.zone)
	for range farthest {
		end := day.AddDays(1).Time(c.zone)
		if !c.holidays[day] {
			if !from.Add(left).After(end) {
				return from.Add(left)
			}
			left -= end.Sub(from)
		}
		from, day = end, day.AddDays(1)
	}
	return from.Add(left)
}

// work lets time go by while the company works.
func (c *Calendar) work(from time.Time, left time.Duration) time.Time {
	day := value.DateOf(from, c.zone)
	for range farthest {
		for _, x := range c.spans(day) {
			begin, end := later(from, c.at(day, x.from)), c.at(day, x.to)
			if !end.After(begin) {
				continue
			}
			if !begin.Add(left).After(end) {
				return begin.Add(left)
			}
			left -= end.Sub(begin)
		}
		day = day.AddDays(1)
	}
	return day.Time(c.zone).Add(left)
}

// addDays is the same wall clock so many days later, holidays not counted. A
// day that begins on a holiday counts from its end.
func (c *Calendar) addDays(from time.Time, n int) time.Time {
	day := value.DateOf(from, c.zone)
	clock := clockOf(from, c.zone)
	if c.holidays[day] {
		for range farthest {
			if day = day.AddDays(1); !c.holidays[day] {
				break
			}
		}
		clock = 0
	}
	for i := 0; i < farthest && n > 0; i++ {
		if day = day.AddDays(1); !c.holidays[day] {
			n--
		}
	}
	return later(from, onDay(day, clock, c.zone))
}

// addBusinessDays is the same wall clock so many business days later, at the
// latest when that day ends. What begins out of hours begins at the opening, and
// what would end in a break ends after it.
func (c *Calendar) addBusinessDays(from time.Time, n int) time.Time {
	from = c.NextOpen(from)
	day := value.DateOf(from, c.zone)
	clock := clockOf(from, c.zone)
	for i := 0; i < farthest && n > 0; i++ {
		if day = day.AddDays(1); c.Business(day) {
			n--
		}
	}
	due := onDay(day, clock, c.zone)
	spans := c.spans(day)
	if len(spans) == 0 {
		return due
	}
	shut := c.at(day, spans[len(spans)-1].to)
	if due.After(shut) {
		return shut
	}
	if due = later(due, c.at(day, spans[0].from)); due.Before(shut) {
		return c.NextOpen(due)
	}
	return due
}

// clockOf is how far the wall clock has gone since midnight.
func clockOf(t time.Time, zone *time.Location) time.Duration {
	local := t.In(zone)
	return time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute +
		time.Duration(local.Second())*time.Second + time.Duration(local.Nanosecond())
}

// Moved is a moment of a day by the clock of one time zone at the same hour of the
// same day by that of another.
func Moved(t time.Time, from, to *time.Location) time.Time {
	return onDay(value.DateOf(t, from), clockOf(t, from), to)
}

func onDay(d value.Date, clock time.Duration, zone *time.Location) time.Time {
	y, m, day := d.Civil()
	return value.Wall(time.Date(y, m, day, 0, 0, 0, 0, time.UTC).Add(clock), zone)
}

// Left is how much of a time that ends at due is left at from, counted as the
// unit counts: of business units only while the company works, of the others
// on no holiday.
func (c *Calendar) Left(from, due time.Time, unit Unit) time.Duration {
	switch {
	case !due.After(from):
		return 0
	case unit == BusinessMinutes || unit == BusinessHours || unit == BusinessDays:
		return c.Between(from, due)
	}
	left := due.Sub(from)
	for d := value.DateOf(from, c.zone); d <= value.DateOf(due, c.zone); d = d.AddDays(1) {
		if begin, end := later(from, d.Time(c.zone)), d.AddDays(1).Time(c.zone); c.holidays[d] && begin.Before(due) {
			if due.Before(end) {
				end = due
			}
			left -= end.Sub(begin)
		}
	}
	return left
}

// Resume is when a time that was held is over, with so much of it left.
func (c *Calendar) Resume(from time.Time, left time.Duration, unit Unit) time.Time {
	switch {
	case left <= 0:
		return from
	case unit == BusinessMinutes || unit == BusinessHours || unit == BusinessDays:
		return c.work(from, left)
	}
	return c.pass(from, left)
}

// Before is the latest moment from which the duration is over by due, to the
// minute.
func (c *Calendar) Before(due time.Time, d Duration) time.Time {
	low, high := due.AddDate(-12, 0, 0), due
	for high.Sub(low) > time.Minute {
		mid := low.Add(high.Sub(low) / 2)
		if c.Add(mid, d).After(due) {
			high = mid
		} else {
			low = mid
		}
	}
	return low.Truncate(time.Minute)
}
