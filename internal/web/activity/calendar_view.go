package activity

import (
	"fmt"
	"time"

	"wellmet/internal/value"
	"wellmet/internal/web/kit"
)

// at is the address of another span or day of the same view.
func (x *calendar) at(span string, day value.Date) string {
	return x.URL("layout", "calendar", "span", span, "day", day.String())
}

// step is the day one span away.
func (x *calendar) away(n int) value.Date {
	switch x.span {
	case daySpan:
		return x.day.AddDays(n)
	case weekSpan:
		return x.day.AddDays(7 * n)
	}
	return x.day.MonthStart().AddMonths(n)
}

// heading names what is shown.
func (x *calendar) heading(v *kit.View) string {
	switch x.span {
	case daySpan:
		return v.DateLong(x.day)
	case weekSpan:
		return v.T("web.activity.days", "from", v.DateNear(x.from, v.Today()), "to", v.Date(x.to.AddDays(-1)))
	}
	return v.Month(x.day)
}

func (x *calendar) empty() bool {
	for _, d := range x.days {
		if len(d.events) > 0 {
			return false
		}
	}
	return true
}

// shownInMonth is how many events a day of a month shows.
const shownInMonth = 3

// hidden reports whether the n-th event of a month's day stands behind "more".
func (d calDay) hidden(n int) bool { return len(d.events) > shownInMonth+1 && n >= shownInMonth }

func (d calDay) over() int {
	if len(d.events) > shownInMonth+1 {
		return len(d.events) - shownInMonth
	}
	return 0
}

// hours are the first and last hour that a week or day shows: working hours,
// and as many more as are needed.
func (x *calendar) hours() (first, last int) {
	first, last = 8, 18
	for _, d := range x.days {
		for _, e := range d.events {
			if e.allDay {
				continue
			}
			first = min(first, e.start.In(x.v.Zone).Hour())
			last = max(last, x.lastHour(d, e))
		}
	}
	return first, last
}

// lastHour is the hour in which an event is over, on its own day.
func (x *calendar) lastHour(d calDay, e event) int {
	return int((x.over(d, e) + time.Hour - 1) / time.Hour)
}

// over is what clocks show when an event is over on its day; midnight is 24.
func (x *calendar) over(d calDay, e event) time.Duration {
	end := e.until()
	if value.DateOf(end, x.v.Zone) > d.date {
		return 24 * time.Hour
	}
	return clockOf(x.v, end)
}

func (x *calendar) marks() []int {
	first, last := x.hours()
	var all []int
	for h := first; h < last; h++ {
		all = append(all, h)
	}
	return all
}

// place is where an event stands in its day's column, in hours and parts of the
// width.
func (x *calendar) place(d calDay, e event) string {
	first, _ := x.hours()
	from := clockOf(x.v, e.start)
	long := (x.over(d, e) - from).Hours()
	return fmt.Sprintf("--t:%.3f;--h:%.3f;--l:%.4f;--w:%.4f", from.Hours()-float64(first), long, float64(e.lane)/float64(max(1, e.lanes)), 1/float64(max(1, e.lanes)))
}

// hour is a full hour as clocks show it.
func (x *calendar) hour(h int) string {
	return x.v.Time(at(x.v, x.day, time.Duration(h)*time.Hour), x.v.Zone)
}

func (x *calendar) rows() string {
	first, last := x.hours()
	return fmt.Sprintf("--hours:%d;--days:%d", last-first, len(x.days))
}

// time is when an event begins, without its day; on later days it says nothing.
func (e event) time(v *kit.View) string {
	if e.begins.IsZero() || !e.first {
		return ""
	}
	return v.Time(e.begins, v.Zone)
}

// told is an event in one sentence, for those who do not see where it stands.
func (e event) told(v *kit.View, d calDay) string {
	when := v.DateWeekday(d.date, v.Today())
	if day := value.DateOf(e.begins, v.Zone); !e.ends.IsZero() && e.last > day {
		when = v.T("web.activity.days", "from", v.Moment(e.begins, v.Zone, v.Now), "to", v.Moment(e.ends, v.Zone, v.Now))
	} else if t := e.time(v); t != "" {
		when = v.T("web.activity.at", "day", when, "time", t)
	}
	if e.kind == "" {
		return v.T("web.activity.event", "title", e.title, "when", when)
	}
	return v.T("web.activity.event_kind", "kind", kindLabel(v, e.object, e.kind), "title", e.title, "when", when)
}

func (e event) late(v *kit.View) bool {
	return e.kind != "" && !e.done && !e.begins.IsZero() && e.begins.Before(v.Now)
}
