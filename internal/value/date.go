package value

import (
	"encoding/json"
	"time"
)

// Date is a day without time or zone, counted from 1970-01-01. Because the zero
// Date is a real day, an unknown day is a nil any or false, never Date(0).
type Date int32

// The first and last day that both databases and ISO text can hold.
const (
	MinDate Date = -719162 // 0001-01-01
	MaxDate Date = 2932896 // 9999-12-31
)

const secondsPerDay = 24 * 60 * 60

// NewDate is that day; false when the calendar has no such day.
func NewDate(year int, month time.Month, day int) (Date, bool) {
	if year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31 {
		return 0, false
	}
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if t.Day() != day {
		return 0, false
	}
	return Date(t.Unix() / secondsPerDay), true // exact: midnight UTC
}

// DateOf is the day that the calendar on the wall in loc shows at t.
func DateOf(t time.Time, loc *time.Location) Date {
	year, month, day := t.In(loc).Date()
	return clampDate(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

func clampDate(days int64) Date {
	return Date(min(max(days, int64(MinDate)), int64(MaxDate)))
}

func (d Date) utc() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

// Civil is year, month and day.
func (d Date) Civil() (int, time.Month, int) { return d.utc().Date() }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// Valid reports whether the day lies in the years 1 to 9999.
func (d Date) Valid() bool { return d >= MinDate && d <= MaxDate }

// Time is the first instant of the day in loc. Where the clock skips midnight
// (Chile, Lebanon, on one spring day), that is the first instant after the gap.
func (d Date) Time(loc *time.Location) time.Time { return Wall(d.utc(), loc) }

// Wall is the instant at which clocks in loc show what t shows in UTC. What they
// show twice is the first of the two, and what they skip is as if they had not
// changed yet. (time.Date leaves open which it takes.)
func Wall(t time.Time, loc *time.Location) time.Time {
	if loc == nil {
		loc = time.UTC
	}
	offset := func(at time.Time) time.Duration {
		_, seconds := at.In(loc).Zone()
		return time.Duration(seconds) * time.Second
	}
	before, after := offset(t.Add(-24*time.Hour)), offset(t.Add(24*time.Hour))
	first, second := t.Add(-before), t.Add(-after)
	// The clock moves back: both show t, and before, the greater offset, is earlier.
	// It moves forward: only one of them does, or none.
	if offset(first) != before && offset(second) == after {
		return second.In(loc)
	}
	return first.In(loc)
}

// AddDays moves by n days, and stops at the first and last day there is.
func (d Date) AddDays(n int) Date {
	n = min(max(n, -1<<30), 1<<30)
	return clampDate(int64(d) + int64(n))
}

// AddMonths moves by n months and keeps the day, or takes the last day of a
// shorter month: 31 January + 1 is 28 February. It stops where AddDays stops.
func (d Date) AddMonths(n int) Date {
	n = min(max(n, -1<<20), 1<<20)
	year, month, day := d.Civil()
	months := year*12 + int(month) - 1 + n
	switch {
	case months < 12:
		return MinDate
	case months >= 10000*12:
		return MaxDate
	}
	first, _ := NewDate(months/12, time.Month(months%12+1), 1)
	return first + Date(min(day, first.DaysInMonth())-1)
}

// MonthsBetween is how many months lie from the month of one day to that of another.
func MonthsBetween(a, b Date) int {
	ay, am, _ := a.Civil()
	by, bm, _ := b.Civil()
	return (by-ay)*12 + int(bm) - int(am)
}

// DaysInMonth is the length of the month that d lies in.
func (d Date) DaysInMonth() int {
	year, month, _ := d.Civil()
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// YearStart is the first day of the year, where years begin with month first:
// time.January, or the start of the fiscal year.
func (d Date) YearStart(first time.Month) Date {
	year, month, _ := d.Civil()
	if month < first {
		year--
	}
	return startOf(year, first)
}

// QuarterStart is the first day of the quarter in years that begin with first.
func (d Date) QuarterStart(first time.Month) Date {
	year, month, _ := d.Civil()
	into := (int(month) - int(first) + 12) % 3
	return startOf(year, month-time.Month(into))
}

// MonthStart is the first day of the month.
func (d Date) MonthStart() Date {
	_, _, day := d.Civil()
	return d - Date(day-1)
}

// WeekStart is the last such weekday on or before d.
func (d Date) WeekStart(first time.Weekday) Date {
	return clampDate(int64(d) - int64((d.Weekday()-first+7)%7))
}

// startOf takes months outside 1–12, as time.Date does.
func startOf(year int, month time.Month) Date {
	return clampDate(time.Date(year, month, 1, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// String is YYYY-MM-DD.
func (d Date) String() string { return string(d.Append(make([]byte, 0, 10))) }

// Append writes YYYY-MM-DD.
func (d Date) Append(b []byte) []byte {
	year, month, day := clampDate(int64(d)).Civil()
	return append(b,
		byte('0'+year/1000), byte('0'+year/100%10), byte('0'+year/10%10), byte('0'+year%10), '-',
		byte('0'+int(month)/10), byte('0'+int(month)%10), '-', byte('0'+day/10), byte('0'+day%10))
}

// ParseDate reads YYYY-MM-DD, the neutral text.
func ParseDate(s string) (Date, error) {
	text := narrow(s)
	if len(text) != 10 || text[4] != '-' || text[7] != '-' {
		return 0, invalid("value.date", s, nil)
	}
	year, ok1 := smallNumber(text[:4])
	month, ok2 := smallNumber(text[5:7])
	day, ok3 := smallNumber(text[8:])
	if !ok1 || !ok2 || !ok3 {
		return 0, invalid("value.date", s, nil)
	}
	return civil(s, year, month, day)
}

// civil is NewDate with the fault that names the typed text.
func civil(typed string, year, month, day int) (Date, error) {
	d, ok := NewDate(year, time.Month(month), day)
	if !ok {
		return 0, invalid("value.date.day", typed, nil)
	}
	return d, nil
}

// smallNumber reads one to four ASCII digits.
func smallNumber(s string) (int, bool) {
	if len(s) == 0 || len(s) > 4 {
		return 0, false
	}
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// MarshalJSON writes "YYYY-MM-DD".
func (d Date) MarshalJSON() ([]byte, error) {
	return append(d.Append(append(make([]byte, 0, 12), '"')), '"'), nil
}

// UnmarshalJSON reads "YYYY-MM-DD".
func (d *Date) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return invalid("value.date", string(data), nil).Because(err)
	}
	parsed, err := ParseDate(s)
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
