package i18n

import (
	"strings"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// ParseDateInput reads a day that somebody typed: 18.12., 18 Dec, 2026-12-18,
// tomorrow, next friday, +2w, and whatever Date, DateWeekday and Relative write,
// in the words of the locale or in English ones. Without a year it is the day
// nearest to today, so a field to be edited is filled by Date. What has two
// readings is refused, and the fault names both.
func (f *Format) ParseDateInput(text string, today value.Date) (value.Date, error) {
	if n, ok := f.phrases[strings.ReplaceAll(strings.TrimSpace(elided(Fold(text))), "-", " ")]; ok {
		return today.AddDays(n), nil
	}
	all, ok := f.tokens(text)
	if !ok || len(all) == 0 {
		return 0, f.notADate(text, today)
	}
	in := dateInput{format: f, text: text, today: today, weekday: -1}
	in.gather(all)
	d, err := in.read()
	switch {
	case err != nil:
		return 0, err
	case !d.Valid():
		return 0, f.notADate(text, today)
	}
	return d, nil
}

func (f *Format) notADate(text string, today value.Date) error {
	return fault.New(fault.Invalid, "input.date", fault.Args{"value": text, "example": f.Date(today), "word": f.tomorrows[0]})
}

// dateInput is what the words of a typed day say together.
type dateInput struct {
	format  *Format
	text    string
	today   value.Date
	numbers []piece
	marks   string // between and behind numbers, without spaces
	roles   string // of numbers that a sign behind them names: y, m, d
	month   int
	weekday int
	day     *int
	unit    int
	turn    meaning // isNext, isLast, isThis
	end     bool
	sign    int // future 1, past -1
	broken  bool
}

func (in *dateInput) gather(all []piece) {
	for i, t := range all {
		after := i > 0 && all[i-1].kind == isNumber
		switch t.kind {
		case isNumber:
			in.numbers = append(in.numbers, t)
		case isMark:
			in.mark(t.text, i == 0)
		case isMonth:
			in.broken = in.broken || in.month != 0
			in.month = t.n
		case isWeekday:
			in.broken = in.broken || in.weekday >= 0
			in.weekday = t.n
		case isDay:
			in.broken = in.broken || in.day != nil
			in.day = &t.n
		case isUnit:
			if len(t.text) > 2 || after || len(all) == 1 {
				in.unit = t.n
			}
		case isYearMark, isMonthMark, isDayMark:
			in.role(t.kind, after)
		case isNext, isLast, isThis, isEnd:
			in.period(t)
		case isFuture:
			in.sign = 1
		case isPast:
			in.sign = -1
		case isFiller:
		}
	}
}

func (in *dateInput) mark(text string, first bool) {
	switch {
	case first && text == "+":
		in.sign = 1
	case first && text == "-":
		in.sign = -1
	case text == "," && len(in.numbers) == 0 || text == "." && in.month != 0:
	default:
		in.marks += text
	}
}

func (in *dateInput) role(kind meaning, after bool) {
	letter, unit := "y", unitYear
	switch kind {
	case isMonthMark:
		letter, unit = "m", unitMonth
	case isDayMark:
		letter, unit = "d", unitDay
	}
	if !after {
		in.unit = unit
		return
	}
	// "18 дек. 2026 г." names the last number only, which needs no role.
	in.roles += letter
}

func (in *dateInput) period(t piece) {
	if t.kind == isEnd {
		in.end = true
	} else {
		in.turn = t.kind
	}
	if t.n != 0 {
		in.unit = t.n
	}
}

// read decides what was meant.
func (in *dateInput) read() (value.Date, error) {
	plain := len(in.numbers) == 0 && in.month == 0
	switch {
	case in.broken:
	case in.day != nil && plain && in.sign == 0 && in.unit == 0:
		return in.today.AddDays(*in.day), nil
	case in.sign != 0 && in.month == 0 && in.weekday < 0 && len(in.numbers) < 2:
		return in.distance()
	case in.end && plain && in.unit > unitDay:
		return in.endOf(), nil
	case in.weekday >= 0 && plain && in.unit != 0 && in.turn == isNext && in.unit == unitWeek:
		return in.dayOfWeek(), nil
	case in.weekday >= 0 && plain && in.unit == 0:
		return in.dayOfWeek(), nil
	case in.turn != 0 && plain && in.unit > unitDay:
		return in.startOf(), nil
	case in.unit == 0 && in.turn == 0 && !in.end && len(in.numbers) > 0:
		return in.calendar()
	}
	return 0, in.format.notADate(in.text, in.today)
}

// distance is +2w, in 3 days, 27 päivää sitten; "in a week" has no number.
func (in *dateInput) distance() (value.Date, error) {
	n := 1
	if len(in.numbers) == 1 {
		n = in.numbers[0].n
	} else if in.unit == 0 {
		return 0, in.format.notADate(in.text, in.today)
	}
	if n > 100_000 {
		return 0, in.format.notADate(in.text, in.today)
	}
	n *= in.sign
	switch in.unit {
	case unitWeek:
		return in.today.AddDays(7 * n), nil
	case unitMonth:
		return in.today.AddMonths(n), nil
	case unitQuarter:
		return in.today.AddMonths(3 * n), nil
	case unitYear:
		return in.today.AddMonths(12 * n), nil
	}
	return in.today.AddDays(n), nil
}

// dayOfWeek is "friday", the next to come; "next friday", the one of next week;
// "last friday", the last that was; "this friday", the one of this week.
func (in *dateInput) dayOfWeek() value.Date {
	day := time.Weekday(in.weekday)
	week := in.today.WeekStart(in.format.weekStart)
	within := int(day-in.format.weekStart+7) % 7
	switch in.turn {
	case isNext:
		return week.AddDays(7 + within)
	case isThis:
		return week.AddDays(within)
	case isLast:
		return in.today.AddDays(-1).WeekStart(day)
	}
	return in.today.AddDays(7).WeekStart(day)
}

// startOf is the first day of the next, this or last period.
func (in *dateInput) startOf() value.Date {
	n := map[meaning]int{isNext: 1, isLast: -1}[in.turn]
	switch in.unit {
	case unitWeek:
		return in.today.WeekStart(in.format.weekStart).AddDays(7 * n)
	case unitMonth:
		return in.today.MonthStart().AddMonths(n)
	case unitQuarter:
		return in.today.QuarterStart(time.January).AddMonths(3 * n)
	}
	return in.today.YearStart(time.January).AddMonths(12 * n)
}

// endOf is its last day.
func (in *dateInput) endOf() value.Date {
	first := in.startOf()
	switch in.unit {
	case unitWeek:
		return first.AddDays(6)
	case unitMonth:
		return first.AddMonths(1).AddDays(-1)
	case unitQuarter:
		return first.AddMonths(3).AddDays(-1)
	}
	return first.AddMonths(12).AddDays(-1)
}
