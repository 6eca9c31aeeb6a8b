package sample

import (
	"sort"
	"time"
)

const day = 24 * time.Hour

// calendar knows how busy each day of the told months was.
type calendar struct {
	now   time.Time
	start time.Time
	sums  []int // running sum of the days' weights
}

// season is how busy a month is, from January on, in percent of the average:
// a lull in August and at the year's end, a rush in spring and autumn.
var season = [12]int{88, 100, 114, 102, 98, 108, 82, 62, 118, 114, 110, 66}

func newCalendar(now time.Time) *calendar {
	c := &calendar{now: now, start: now.AddDate(0, -months, 0).Truncate(day)}
	sum, total := 0, int(now.Sub(c.start)/day)
	for i := range total + 1 {
		d := c.start.Add(time.Duration(i) * day)
		if workday(d) {
			// The firm grows: half as much again comes in at the end.
			sum += season[d.Month()-1] * (80 + 40*i/total)
		}
		c.sums = append(c.sums, sum)
	}
	return c
}

func workday(t time.Time) bool {
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
}

// draw answers a working moment in the land of one of the told days.
func (c *calendar) draw(s source, l *land) time.Time {
	n := s.IntN(c.sums[len(c.sums)-1])
	i := sort.SearchInts(c.sums, n+1)
	return c.past(s, c.now.Add(-5*time.Hour), c.hours(s, c.start.Add(time.Duration(i)*day), l))
}

// hours moves t to a working moment of its day, or of the next working day.
func (c *calendar) hours(s source, t time.Time, l *land) time.Time {
	t = t.Truncate(day)
	for !workday(t) {
		t = t.Add(day)
	}
	minutes := s.between(8*60, 17*60+30) - l.hours*60
	return t.Add(time.Duration(minutes)*time.Minute + time.Duration(s.IntN(60))*time.Second)
}

// after answers a working moment about so many days later, at least an hour.
func (c *calendar) after(s source, t time.Time, days float64, l *land) time.Time {
	next := c.hours(s, t.Add(time.Duration(days*float64(day))), l)
	if next.Before(t.Add(time.Hour)) {
		next = t.Add(time.Hour + time.Duration(s.IntN(5400))*time.Second)
	}
	return next
}

// past keeps a moment from lying in the future: it happened between from and
// now instead, and not all of it just now.
func (c *calendar) past(s source, from, t time.Time) time.Time {
	if t.After(c.now) {
		t = from.Add(time.Duration((0.2 + 0.7*s.Float64()) * float64(c.now.Sub(from)))).Truncate(time.Second)
	}
	return t
}

// rush moves a signature that would come within four weeks of a quarter's end
// into its last days, as buyers and sellers both like it.
func (c *calendar) rush(s source, t time.Time, l *land) time.Time {
	month := (int(t.Month())-1)/3*3 + 4
	end := time.Date(t.Year(), time.Month(month), 1, 0, 0, 0, 0, time.UTC)
	if left := end.Sub(t); left > 8*day && left < 28*day && s.chance(45) {
		return c.hours(s, end.Add(-time.Duration(s.between(3, 8))*day), l)
	}
	return t
}
