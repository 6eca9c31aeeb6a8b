package i18n

import (
	"time"

	"wellmet/internal/value"
)

// english is English as in Great Britain; in which order figures of a day stand
// it leaves open.
func english() locale {
	return locale{
		language: "en", html: "en-GB",
		decimal: ".", group: ",", percent: "%", moneyInFront: true, symbols: "en-GB",
		units:     []unit{{3, "k"}, {6, "M"}, {9, "bn"}, {12, "tn"}},
		weekStart: time.Monday,

		months:       [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
		monthsShort:  [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
		weekdays:     [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		weekdaysTiny: [7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},

		date: "{d} {mmm} {y}", near: "{d} {mmm}", long: "{weekday} {d} {mmmm} {y}",
		weekday: "{w} {d} {mmm}", weekdayYear: "{w} {d} {mmm} {y}",
		month: "{month} {y}", monthShort: "{mon} {y}", quarter: "Q{q} {y}",
		half: "H{q} {y}", fiscalYear: "FY{y}", year: "{y}", fiscalQuarter: "Q{q} FY{y}", fiscalHalf: "H{q} FY{y}",
		moment: "{date}, {time}", clock: "{h}:{mm}", padHour: true,

		yesterdays: []string{"yesterday"}, tomorrows: []string{"tomorrow"}, today: "today", now: "just now",
		past:      words{"one": "{n} day ago", "other": "{n} days ago"},
		future:    words{"one": "in {n} day", "other": "in {n} days"},
		pastShort: "{t} ago",
		day:       "{n}\u00a0d", hour: "{n}\u00a0h", minute: "{n}\u00a0min", second: "{n}\u00a0s", durationSpace: " ",
		byteUnits: [5]string{"B", "kB", "MB", "GB", "TB"},
		listComma: ", ", listAnd: " and ",

		phrases: map[string]int{"day after tomorrow": 2, "the day after tomorrow": 2, "day before yesterday": -2, "the day before yesterday": -2},
		lexicon: map[string]lexeme{
			"now": {isDay, 0}, "tod": {isDay, 0}, "tom": {isDay, 1}, "tmr": {isDay, 1}, "tmrw": {isDay, 1},
			"tues": {isWeekday, 2}, "weds": {isWeekday, 3}, "thur": {isWeekday, 4}, "thurs": {isWeekday, 4}, "sept": {isMonth, 9},
			"d": {isUnit, unitDay}, "day": {isUnit, unitDay}, "days": {isUnit, unitDay},
			"w": {isUnit, unitWeek}, "wk": {isUnit, unitWeek}, "week": {isUnit, unitWeek}, "weeks": {isUnit, unitWeek},
			"m": {isUnit, unitMonth}, "mo": {isUnit, unitMonth}, "month": {isUnit, unitMonth}, "months": {isUnit, unitMonth},
			"q": {isUnit, unitQuarter}, "quarter": {isUnit, unitQuarter}, "quarters": {isUnit, unitQuarter},
			"y": {isUnit, unitYear}, "yr": {isUnit, unitYear}, "year": {isUnit, unitYear}, "years": {isUnit, unitYear},
			"in": {isFuture, 0}, "from": {isFuture, 0}, "ago": {isPast, 0},
			"next": {isNext, 0}, "last": {isLast, 0}, "this": {isThis, 0}, "coming": {isThis, 0}, "end": {isEnd, 0},
			"of": {isFiller, 0}, "the": {isFiller, 0}, "on": {isFiller, 0}, "a": {isFiller, 1}, "an": {isFiller, 1},
			"st": {isFiller, 0}, "nd": {isFiller, 0}, "rd": {isFiller, 0}, "th": {isFiller, 0},
			"eow": {isEnd, unitWeek}, "eom": {isEnd, unitMonth}, "eoq": {isEnd, unitQuarter}, "eoy": {isEnd, unitYear},
		},
		multipliers: map[string]int32{"thousand": 3, "million": 6, "mn": 6, "m": 6, "mio": 6, "b": 9, "billion": 9, "tn": 12, "trillion": 12},
	}
}

// englishOfAmerica begins weeks on Sunday, dates with the month, and afternoons
// at 12.
func englishOfAmerica() locale {
	l := english()
	l.html, l.symbols, l.order, l.weekStart = "en-US", "en-US", value.DateMDY, time.Sunday
	l.units = []unit{{3, "K"}, {6, "M"}, {9, "B"}, {12, "T"}}
	l.date, l.near, l.long = "{mmm} {d}, {y}", "{mmm} {d}", "{weekday}, {mmmm} {d}, {y}"
	l.weekday, l.weekdayYear = "{w}, {mmm} {d}", "{w}, {mmm} {d}, {y}"
	l.clockHalfDay, l.halfDays, l.padHour = "{h}:{mm}\u00a0{half}", [2]string{"AM", "PM"}, false
	l.listAnd = " and "
	l.multipliers = map[string]int32{"t": 12}
	for word, power := range english().multipliers {
		l.multipliers[word] = power
	}
	return l
}
