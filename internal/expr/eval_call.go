package expr

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"wellmet/internal/value"
)

func (ev *evaluation) call(n *node) any {
	switch n.fn.id {
	case fnAny:
		return ev.any(n)
	case fnIf:
		if ev.truth(n.kids[0]) {
			return ev.node(n.kids[1])
		}
		if len(n.kids) < 3 {
			return nil
		}
		return ev.node(n.kids[2])
	case fnCoalesce:
		for _, kid := range n.kids {
			if v := ev.node(kid); !isEmpty(v) {
				return v
			}
		}
		return nil
	case fnMin, fnMax:
		return ev.extreme(n)
	case fnConcat:
		return ev.concat(n)
	case fnToday:
		return dayOf(ev.env.Now, ev.zone)
	case fnNow:
		return moment(ev.env.Now)
	case fnMe:
		return someID(ev.env.Me)
	case fnMyTeam:
		return someID(ev.env.Team)
	case fnPeriod:
		count := 1
		if len(n.kids) == 1 {
			count, _ = wholeLiteral(n.kids[0], 1, maxPeriods)
		}
		return periodOf(dayOf(ev.env.Now, ev.zone), n.fn.unit, n.fn.toward, count, ev.env.FiscalStart)
	}
	args := make([]any, len(n.kids))
	for i, kid := range n.kids {
		if args[i] = ev.node(kid); args[i] == nil {
			return nil
		}
	}
	return ev.plain(n, args)
}

func someID(id value.ID) any {
	if id == 0 {
		return nil
	}
	return id
}

func (ev *evaluation) any(n *node) bool {
	row, ok := ev.follow(n.path)
	if !ok {
		return false
	}
	inner := evaluation{env: ev.env, zone: ev.zone, err: ev.err, rows: append(ev.rows[:len(ev.rows):len(ev.rows)], nil)}
	defer func() { ev.err = inner.err }()
	for _, child := range row.Children(*n.path.many) {
		inner.rows[len(inner.rows)-1] = child
		if len(n.kids) == 0 || inner.truth(n.kids[0]) {
			return true
		}
	}
	return false
}

// extreme passes over what is empty.
func (ev *evaluation) extreme(n *node) any {
	op := OpLt
	if n.fn.id == fnMax {
		op = OpGt
	}
	var best any
	for _, kid := range n.kids {
		if v := ev.node(kid); !isEmpty(v) && (best == nil || ev.compare(op, v, best)) {
			best = v
		}
	}
	return best
}

// maxText bounds texts that functions make: replace() can multiply.
const maxText = 100_000

// concat passes over what is empty.
func (ev *evaluation) concat(n *node) any {
	var b strings.Builder
	for _, kid := range n.kids {
		b.WriteString(ev.text(ev.node(kid)))
	}
	return someText(b.String())
}

// someText is nil for "", and bounded.
func someText(s string) any {
	if s == "" {
		return nil
	}
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "")
	}
	return s
}

// text is the neutral text of a value.
func (ev *evaluation) text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case decimal.Decimal:
		return v.String()
	case value.Date:
		return v.String()
	case time.Time:
		return v.In(ev.zone).Format("2006-01-02 15:04")
	case money:
		if m, err := ev.canonicalMoney(v); err == nil && m != nil {
			return m.(value.Money).String()
		}
	}
	return ""
}

// plain runs a function none of whose arguments is empty.
func (ev *evaluation) plain(n *node, args []any) any {
	switch v := args[0].(type) {
	case string:
		return textFunction(n.fn.id, v, args[1:])
	case decimal.Decimal:
		if n.fn.id == fnAbs {
			return v.Abs()
		}
		return v.RoundBank(int32(n.typ.Scale))
	case money:
		return moneyFunction(n, v)
	}
	return ev.dateFunction(n.fn.id, args)
}

func textFunction(id fn, s string, args []any) any {
	switch id {
	case fnLower:
		return strings.ToLower(s)
	case fnUpper:
		return strings.ToUpper(s)
	case fnTrim:
		return someText(strings.TrimSpace(s))
	case fnLength:
		return decimal.NewFromInt(int64(utf8.RuneCountInString(s)))
	case fnReplace:
		if args[0].(string) == "" {
			return s
		}
		return replaceAll(s, args[0].(string), args[1].(string))
	}
	runes := []rune(s)
	n := clampInt(args[0].(decimal.Decimal), 0, len(runes))
	if id == fnLeft {
		return someText(string(runes[:n]))
	}
	return someText(string(runes[len(runes)-n:]))
}

// replaceAll makes no text that is longer than allowed.
func replaceAll(s, from, to string) any {
	if n := strings.Count(s, from); len(s)+n*(len(to)-len(from)) > maxText {
		s = strings.Replace(s, from, to, maxText/max(len(to), 1)-1)
	} else {
		s = strings.ReplaceAll(s, from, to)
	}
	return someText(s)
}

func clampInt(d decimal.Decimal, low, high int) int {
	if d.LessThan(decimal.NewFromInt(int64(low))) {
		return low
	}
	if d.GreaterThan(decimal.NewFromInt(int64(high))) {
		return high
	}
	return int(d.IntPart())
}

func moneyFunction(n *node, m money) any {
	m.computed = true
	if n.fn.id == fnAbs {
		m.amount, m.base = m.amount.Abs(), m.base.Abs()
		return m
	}
	digits := 0
	if len(n.kids) == 2 {
		digits, _ = wholeLiteral(n.kids[1], 0, maxScale)
	}
	m.amount, m.base = m.amount.RoundBank(int32(digits)), m.base.RoundBank(int32(digits))
	return m
}

// day is that of a date, or of a moment in the zone.
func (ev *evaluation) day(v any) value.Date {
	if t, ok := v.(time.Time); ok {
		return dayOf(t, ev.zone)
	}
	return v.(value.Date)
}

func (ev *evaluation) dateFunction(id fn, args []any) any {
	if id == fnAddDays {
		s := span{days: clampInt(args[1].(decimal.Decimal), -10_000_000, 10_000_000)}
		if t, ok := args[0].(time.Time); ok {
			return s.addToMoment(t, ev.zone)
		}
		return s.addTo(args[0].(value.Date))
	}
	d := ev.day(args[0])
	year, month, day := d.Civil()
	n := 0
	switch id {
	case fnStartOfMonth:
		return d.MonthStart()
	case fnYear:
		n = year
	case fnMonth:
		n = int(month)
	case fnDay:
		n = day
	case fnWeekday: // Monday is 1
		n = (int(d.Weekday())+6)%7 + 1
	case fnDaysBetween:
		n = int(ev.day(args[1]) - d)
	}
	return decimal.NewFromInt(int64(n))
}
