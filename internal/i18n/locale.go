package i18n

import (
	"time"

	"wellmet/internal/value"
)

// locale is how people of one language write figures and days: the small part of
// CLDR that the product needs. Patterns name their parts in braces, as messages
// do; {n} is a number. Spaces that must not break are U+00A0 (nbsp).
type locale struct {
	language, html string
	decimal, group string
	percent        string // behind the number
	moneyInFront   bool
	symbols        string // the locale whose signs of currencies are taken
	units          []unit // of short amounts, rising
	weekStart      time.Weekday
	order          value.DateStyle // of days in figures; DateUnknown asks

	months       [12]string // nominative: December
	monthsOfDate [12]string // as they stand behind a day: de desembre
	monthsShort  [12]string // behind a day
	monthsAlone  [12]string // short, without a day
	weekdays     [7]string  // from Sunday
	weekdaysTiny [7]string

	date, near, long            string // {d} {m} {mmm} {mmmm} {y}
	weekday, weekdayYear        string // {w} and {date}
	month, monthShort, quarter  string
	half, year                  string // {q} counts halves, {half} names them
	halves                      [2]string
	fiscalQuarter, fiscalHalf   string // of years that begin later than January
	fiscalYear                  string
	moment, clock, clockHalfDay string
	halfDays                    [2]string
	yesterdays, tomorrows       []string // 1, 2 … days away
	today, now                  string
	past, future                words  // days
	pastShort                   string // {t} is an amount of time
	day, hour, minute, second   string // short, {n}
	byteUnits                   [5]string
	listComma, listAnd          string
	durationSpace               string
	padHour                     bool // 09:05
	lexicon                     map[string]lexeme
	phrases                     map[string]int
	multipliers                 map[string]int32
	signs                       map[string]string // of currencies, to their codes
}

// unit is a power of ten with the sign that stands for it.
type unit struct {
	power int32
	sign  string
}

// words are a pattern for each plural form.
type words map[string]string

const nbsp = "\u00a0"
