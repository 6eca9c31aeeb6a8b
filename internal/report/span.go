package report

import (
	"slices"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Spans are the periods that follow the day: all but one of two days.
var Spans = slices.DeleteFunc(slices.Clone(Periods), func(p string) bool { return p == Dates })

// SpanOf is a span in days; what is no span is all time.
func SpanOf(period string, s *record.Session) (from, to value.Date) {
	return spanAt(period, s, time.Time{})
}

func spanAt(period string, s *record.Session, at time.Time) (from, to value.Date) {
	x := Scope{Period: period, AsOf: at}.On(s)
	return x.From, x.To
}

// shift is how far the compared period lies before: whole months, or days.
type shift struct{ months, days int }

// back is the period that from and to are compared with.
func back(from, to value.Date, compare string) (before, until value.Date, by shift) {
	next := to.AddDays(1)
	begins := from == from.MonthStart()
	whole := begins && next == next.MonthStart()
	switch {
	case compare == LastYear:
		by.months = 12
	case whole:
		by.months = value.MonthsBetween(from, next)
	case begins && next > from.AddMonths(1): // up to a day of the last: month beside month
		by.months = value.MonthsBetween(from, to.MonthStart()) + 1
	default:
		by.days = int(next) - int(from)
	}
	before = from.AddMonths(-by.months).AddDays(-by.days)
	if whole {
		return before, next.AddMonths(-by.months).AddDays(-1), by
	}
	return before, to.AddMonths(-by.months).AddDays(-by.days), by
}

// on is where a day of the compared period stands in the one at hand.
func (x shift) on(d value.Date) value.Date { return d.AddMonths(x.months).AddDays(x.days) }
