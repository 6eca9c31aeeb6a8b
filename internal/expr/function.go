package expr

import "strings"

// fn tells functions apart in the checker and the evaluator.
type fn uint8

const (
	fnAny fn = iota + 1
	fnIf
	fnCoalesce
	fnToday
	fnNow
	fnMe
	fnMyTeam
	fnDate
	fnPeriod
	fnLower
	fnUpper
	fnTrim
	fnLength
	fnConcat
	fnLeft
	fnRight
	fnReplace
	fnYear
	fnMonth
	fnDay
	fnWeekday
	fnDaysBetween
	fnAddDays
	fnStartOfMonth
	fnRound
	fnAbs
	fnMin
	fnMax
)

// function is what can be known of a function without its arguments.
type function struct {
	name        string
	id          fn
	least, most int // number of arguments
	unit        unit
	toward      int // periods: -1 last, 0 this, +1 next
}

const manyArguments = 50

// functions by their name in lower case: their spelling is forgiven.
var functions = func() map[string]*function {
	m := map[string]*function{}
	for _, f := range []function{
		{name: "any", id: fnAny, least: 1, most: 2},
		{name: "if", id: fnIf, least: 2, most: 3},
		{name: "coalesce", id: fnCoalesce, least: 1, most: manyArguments},
		{name: "today", id: fnToday},
		{name: "now", id: fnNow},
		{name: "me", id: fnMe},
		{name: "myTeam", id: fnMyTeam},
		{name: "date", id: fnDate, least: 1, most: 1},
		{name: "lower", id: fnLower, least: 1, most: 1},
		{name: "upper", id: fnUpper, least: 1, most: 1},
		{name: "trim", id: fnTrim, least: 1, most: 1},
		{name: "length", id: fnLength, least: 1, most: 1},
		{name: "concat", id: fnConcat, least: 1, most: manyArguments},
		{name: "left", id: fnLeft, least: 2, most: 2},
		{name: "right", id: fnRight, least: 2, most: 2},
		{name: "replace", id: fnReplace, least: 3, most: 3},
		{name: "year", id: fnYear, least: 1, most: 1},
		{name: "month", id: fnMonth, least: 1, most: 1},
		{name: "day", id: fnDay, least: 1, most: 1},
		{name: "weekday", id: fnWeekday, least: 1, most: 1},
		{name: "daysBetween", id: fnDaysBetween, least: 2, most: 2},
		{name: "addDays", id: fnAddDays, least: 2, most: 2},
		{name: "startOfMonth", id: fnStartOfMonth, least: 1, most: 1},
		{name: "round", id: fnRound, least: 1, most: 2},
		{name: "abs", id: fnAbs, least: 1, most: 1},
		{name: "min", id: fnMin, least: 1, most: manyArguments},
		{name: "max", id: fnMax, least: 1, most: manyArguments},
	} {
		m[strings.ToLower(f.name)] = &f
	}
	for toward, prefix := range []string{"last", "this", "next"} {
		for u, suffix := range unitNames {
			f := &function{name: prefix + suffix, id: fnPeriod, unit: unit(u), toward: toward - 1}
			if f.toward != 0 {
				f.most = 1 // lastMonth(3) is the three months before this one
			}
			m[strings.ToLower(f.name)] = f
		}
	}
	return m
}()

func findFunction(name string) (*function, bool) {
	if f, ok := functions[name]; ok {
		return f, true
	}
	f, ok := functions[strings.ToLower(name)]
	return f, ok
}

// functionNames are offered when one is mistyped.
func functionNames() []string {
	names := make([]string, 0, len(functions))
	for _, f := range functions {
		names = append(names, f.name)
	}
	return names
}
