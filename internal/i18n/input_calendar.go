package i18n

import (
	"strings"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// calendar reads a day in figures, with or without a month in words.
func (in *dateInput) calendar() (value.Date, error) {
	n := in.numbers
	switch {
	case in.month != 0 && len(n) == 1 && len(n[0].text) <= 2:
		return in.withoutYear(in.month, n[0].n)
	case in.month != 0 && len(n) == 2:
		return in.wordAndYear()
	case in.month != 0:
	case len(n) == 3:
		return in.figures()
	case len(n) == 2 && len(n[0].text) <= 2 && len(n[1].text) <= 2 && in.marksFit(1):
		return in.dayAndMonth(n[0].n, n[1].n)
	case len(n) == 1 && len(n[0].text) == 8:
		return in.civil(n[0].n/10000, n[0].n/100%100, n[0].n%100)
	}
	return 0, in.format.notADate(in.text, in.today)
}

// wordAndYear is "18 Dec 2026", "Dec 18, 2026", "2026 dec 18"; a year of two
// digits stands last.
func (in *dateInput) wordAndYear() (value.Date, error) {
	day, year := in.numbers[0], in.numbers[1]
	if len(day.text) > 2 {
		day, year = year, day
	}
	switch {
	case len(day.text) > 2:
	case len(year.text) == 4:
		return in.civil(year.n, in.month, day.n)
	case len(year.text) == 2 && year.n > 31 || len(year.text) == 2 && year == in.numbers[1]:
		return in.civil(2000+year.n, in.month, day.n)
	}
	return 0, in.format.notADate(in.text, in.today)
}

// figures is a day in three numbers.
func (in *dateInput) figures() (value.Date, error) {
	a, b, c := in.numbers[0], in.numbers[1], in.numbers[2]
	switch {
	case !in.marksFit(2) || len(b.text) > 2:
	case len(a.text) == 4 && len(c.text) <= 2:
		return in.civil(a.n, b.n, c.n)
	case len(a.text) <= 2 && (len(c.text) == 4 || len(c.text) == 2):
		year := c.n
		if len(c.text) == 2 {
			year += 2000
		}
		return in.ordered(a.n, b.n, func(month, day int) (value.Date, error) { return in.civil(year, month, day) })
	}
	return 0, in.format.notADate(in.text, in.today)
}

// marksFit wants the same sign between the numbers, and at most a point behind.
func (in *dateInput) marksFit(between int) bool {
	if in.roles != "" {
		return in.roles == "ymd"[2-between:] || in.roles == "ym"[2-between:] || in.roles == "y"
	}
	for _, mark := range []string{".", "/", "-"} {
		if in.marks == strings.Repeat(mark, between) {
			return true
		}
	}
	return in.marks == strings.Repeat(".", between+1)
}

func (in *dateInput) dayAndMonth(a, b int) (value.Date, error) {
	return in.ordered(a, b, in.withoutYear)
}

// ordered finds out which of two numbers is the month: by a sign that names it,
// by points, which stand in days like 18.12. only, by the size of the numbers, or
// by the custom of the locale; it asks where that has none.
func (in *dateInput) ordered(a, b int, read func(month, day int) (value.Date, error)) (value.Date, error) {
	order, points := in.format.order, strings.HasPrefix(in.marks, ".")
	switch {
	case in.roles != "":
		return read(a, b)
	case a > 12 && b > 12:
		return 0, in.noSuchDay()
	case a > 12:
		return read(b, a)
	case b > 12 && !points || order == value.DateMDY && in.format.language == "zh":
		return read(a, b)
	case points || order == value.DateDMY || a == b:
		return read(b, a)
	case order == value.DateMDY:
		return read(a, b)
	}
	return 0, in.unclear(read, a, b)
}

func (in *dateInput) unclear(read func(month, day int) (value.Date, error), a, b int) error {
	one, err := read(b, a)
	if err != nil {
		return err
	}
	other, err := read(a, b)
	if err != nil {
		return err
	}
	return fault.New(fault.Invalid, "input.date_unclear", fault.Args{
		"value": in.text, "one": in.format.Date(one), "other": in.format.Date(other)})
}

// withoutYear is the day nearest to today that has this name, and falls on the
// weekday that stands with it.
func (in *dateInput) withoutYear(month, day int) (value.Date, error) {
	thisYear, _, _ := in.today.Civil()
	var best value.Date
	found, exists := false, false
	for year := thisYear - 1; year <= thisYear+1; year++ {
		d, ok := value.NewDate(year, time.Month(month), day)
		exists = exists || ok
		if !ok || in.weekday >= 0 && int(d.Weekday()) != in.weekday {
			continue
		}
		if !found || apart(d, in.today) < apart(best, in.today) {
			best, found = d, true
		}
	}
	switch {
	case found:
		return best, nil
	case !exists:
		return 0, in.noSuchDay()
	}
	d, _ := value.NewDate(thisYear, time.Month(month), day)
	return 0, in.otherWeekday(d)
}

func apart(a, b value.Date) int { return max(int(a)-int(b), int(b)-int(a)) }

func (in *dateInput) civil(year, month, day int) (value.Date, error) {
	d, ok := value.NewDate(year, time.Month(month), day)
	switch {
	case !ok:
		return 0, in.noSuchDay()
	case in.weekday >= 0 && int(d.Weekday()) != in.weekday:
		return 0, in.otherWeekday(d)
	}
	return d, nil
}

func (in *dateInput) noSuchDay() error {
	return fault.New(fault.Invalid, "input.no_such_day", fault.Args{"value": in.text})
}

func (in *dateInput) otherWeekday(d value.Date) error {
	return fault.New(fault.Invalid, "input.other_weekday", fault.Args{
		"date": in.format.Date(d), "weekday": in.format.weekdays[d.Weekday()]})
}
