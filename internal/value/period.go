package value

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"wellmet/internal/fault"
)

// PeriodKind is how long a period is.
type PeriodKind string

// The kinds of periods, from the shortest.
const (
	Month   PeriodKind = "month"
	Quarter PeriodKind = "quarter"
	Half    PeriodKind = "half"
	Year    PeriodKind = "year"
)

// PeriodKinds are all of them, from the shortest.
func PeriodKinds() []PeriodKind { return []PeriodKind{Month, Quarter, Half, Year} }

// Months is how many a period of the kind lasts; 0 when there is no such kind.
func (k PeriodKind) Months() int {
	switch k {
	case Month:
		return 1
	case Quarter:
		return 3
	case Half:
		return 6
	case Year:
		return 12
	}
	return 0
}

// Period is a month, or a quarter, half or whole of a fiscal year. A fiscal year
// has the name of the calendar year that it ends in: where years begin in
// February, 2026 is February 2025 to January 2026, and its first quarter ends in
// April 2025. Months have the name that every calendar gives them.
//
// Two periods are equal (==) when they are of one kind, begin on the same day and
// belong to fiscal years of the same first month. The zero Period is none.
type Period struct {
	kind  PeriodKind
	first Date
	start time.Month // in which fiscal years begin
}

// PeriodOf is the period of the kind that the day lies in, of fiscal years that
// begin with the month start. An unknown kind or month is taken as a month of the
// calendar year.
func PeriodOf(kind PeriodKind, d Date, start time.Month) Period {
	if start < time.January || start > time.December {
		start = time.January
	}
	d = clampDate(int64(d))
	if kind.Months() == 0 {
		kind = Month
	}
	year, month, _ := d.Civil()
	into := (int(month-start) + 12) % kind.Months()
	return Period{kind: kind, first: startOf(year, month-time.Month(into)), start: start}
}

// IsZero reports whether it is no period at all.
func (p Period) IsZero() bool { return p.kind == "" }

// Kind is how long the period is.
func (p Period) Kind() PeriodKind { return p.kind }

// First is its first day.
func (p Period) First() Date { return p.first }

// Last is its last day.
func (p Period) Last() Date {
	year, month, _ := p.first.Civil()
	return clampDate(time.Date(year, month+time.Month(p.kind.Months()), 0, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// Start is the month in which its fiscal years begin.
func (p Period) Start() time.Month { return p.start }

// Days is how many days it has.
func (p Period) Days() int { return int(p.Last()-p.first) + 1 }

// Contains reports whether the day lies in it.
func (p Period) Contains(d Date) bool { return d >= p.first && d <= p.Last() }

// Covers reports whether the other period lies in this one whole.
func (p Period) Covers(other Period) bool { return p.first <= other.first && other.Last() <= p.Last() }

// Before reports whether it begins before the other, or with it and ends first.
func (p Period) Before(other Period) bool { return p.Compare(other) < 0 }

// Compare orders periods by their first day, shorter ones first.
func (p Period) Compare(other Period) int {
	return cmp.Or(cmp.Compare(p.first, other.first), cmp.Compare(p.kind.Months(), other.kind.Months()))
}

// Add is the period n further on; n may be negative.
func (p Period) Add(n int) Period {
	return PeriodOf(p.kind, p.first.AddMonths(n*p.kind.Months()), p.start)
}

// Next is the one after it.
func (p Period) Next() Period { return p.Add(1) }

// Prev is the one before it.
func (p Period) Prev() Period { return p.Add(-1) }

// YearBefore is the same part of the year before.
func (p Period) YearBefore() Period { return p.Add(-12 / max(p.kind.Months(), 1)) }

// In is the period of another kind that its first day lies in: the quarter of a
// month, the year of a quarter, the first month of a year.
func (p Period) In(kind PeriodKind) Period { return PeriodOf(kind, p.first, p.start) }

// Parts are the periods of a shorter kind that it is made of; one of its own
// length or longer has none but itself.
func (p Period) Parts(kind PeriodKind) []Period {
	if kind.Months() == 0 || kind.Months() >= p.kind.Months() {
		return []Period{p}
	}
	list := make([]Period, 0, p.kind.Months()/kind.Months())
	for part := p.In(kind); p.Covers(part) && len(list) < cap(list); part = part.Next() {
		list = append(list, part)
	}
	return list
}

// FiscalYear is the calendar year that its fiscal year ends in.
func (p Period) FiscalYear() int {
	year, month, _ := p.first.Civil()
	if p.start > time.January && month >= p.start {
		year++
	}
	return year
}

// Number is its place in the fiscal year, from 1; of a month the one in the
// calendar, 11 for November.
func (p Period) Number() int {
	_, month, _ := p.first.Civil()
	if p.kind == Month {
		return int(month)
	}
	return int(month-p.start+12)%12/max(p.kind.Months(), 1) + 1
}

// Shifted reports whether its name does not follow the calendar: it is no month
// and of a fiscal year that begins later than January.
func (p Period) Shifted() bool { return p.kind != Month && p.start > time.January }

// String is the neutral text: 2026-11, 2026-Q3, 2026-H1, 2026.
func (p Period) String() string {
	switch p.kind {
	case Month:
		year, month, _ := p.first.Civil()
		return fmt.Sprintf("%04d-%02d", year, month)
	case Quarter:
		return fmt.Sprintf("%04d-Q%d", p.FiscalYear(), p.Number())
	case Half:
		return fmt.Sprintf("%04d-H%d", p.FiscalYear(), p.Number())
	case Year:
		return fmt.Sprintf("%04d", p.FiscalYear())
	}
	return ""
}

// ParsePeriod reads the neutral text of a period in fiscal years that begin with
// the month start. "FY2026-Q3" is read as well.
func ParsePeriod(s string, start time.Month) (Period, error) {
	text := strings.TrimPrefix(strings.ToUpper(narrow(s)), "FY")
	name, part, parted := strings.Cut(text, "-")
	year, ok := smallNumber(name)
	if !ok || len(name) != 4 {
		return Period{}, invalid("value.period", s, nil)
	}
	kind := Year
	number := 1
	if parted {
		kind = Month
		switch {
		case strings.HasPrefix(part, "Q"):
			kind, part = Quarter, part[1:]
		case strings.HasPrefix(part, "H"):
			kind, part = Half, part[1:]
		case len(part) != 2:
			return Period{}, invalid("value.period", s, nil)
		}
		if number, ok = smallNumber(part); !ok || kind != Month && len(part) != 1 {
			return Period{}, invalid("value.period", s, nil)
		}
	}
	return newPeriod(s, kind, year, number, start)
}

func newPeriod(typed string, kind PeriodKind, year, number int, start time.Month) (Period, error) {
	if number < 1 || number > 12/kind.Months() {
		return Period{}, invalid("value.period.none", typed, fault.Args{"most": 12 / kind.Months()})
	}
	if year < 2 || year > 9998 { // the years at either end are not all there
		return Period{}, invalid("value.period", typed, nil)
	}
	if kind == Month {
		return PeriodOf(kind, startOf(year, time.Month(number)), start), nil
	}
	if start > time.January && start <= time.December {
		year--
	} else {
		start = time.January
	}
	return PeriodOf(kind, startOf(year, start+time.Month((number-1)*kind.Months())), start), nil
}

// MarshalJSON writes the neutral text.
func (p Period) MarshalJSON() ([]byte, error) { return json.Marshal(p.String()) }
