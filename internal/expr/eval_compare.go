package expr

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/i18n"
	"wellmet/internal/value"
)

func (ev *evaluation) comparison(n *node) bool {
	l := ev.node(n.kids[0])
	switch n.op {
	case OpIn, OpNotIn:
		return ev.among(l, n.kids[1:]) == (n.op == OpIn)
	case OpContains, OpStarts:
		return matches(n.op, l, ev.node(n.kids[1]))
	}
	return ev.compare(n.op, l, ev.node(n.kids[1]))
}

func (ev *evaluation) among(v any, items []*node) bool {
	for _, item := range items {
		w := ev.node(item)
		if many(v) && holds(v, w) || !many(v) && ev.compare(OpEq, v, w) {
			return true
		}
	}
	return false
}

func many(v any) bool {
	switch v.(type) {
	case []string, []value.ID:
		return true
	}
	return false
}

// holds tells whether a list has the value.
func holds(list, v any) bool {
	switch list := list.(type) {
	case []string:
		s, ok := v.(string)
		return ok && slices.Contains(list, s)
	case []value.ID:
		id, ok := v.(value.ID)
		return ok && slices.Contains(list, id)
	}
	return false
}

// matches is contains and starts with, on search-folded text.
func matches(op Op, l, r any) bool {
	if many(l) {
		return holds(l, r)
	}
	text, ok1 := l.(string)
	part, ok2 := r.(string)
	if !ok1 || !ok2 {
		return false
	}
	part = i18n.Fold(part)
	if part == "" {
		return false
	}
	if op == OpStarts {
		return strings.HasPrefix(i18n.Fold(text), part)
	}
	return strings.Contains(i18n.Fold(text), part)
}

// compare is false where a side is empty, and != is the complement of =.
func (ev *evaluation) compare(op Op, l, r any) bool {
	if op == OpNe {
		return !ev.compare(OpEq, l, r)
	}
	if isEmpty(l) || isEmpty(r) {
		return false
	}
	if d, ok := l.(days); ok { // the period goes right
		return ev.compare(flip(op), r, d)
	}
	switch l := l.(type) {
	case string:
		return compareText(op, l, r)
	case bool, value.ID:
		return l == r
	case decimal.Decimal, money:
		a, ok1 := worth(l)
		b, ok2 := worth(r)
		return ok1 && ok2 && holdsFor(op, a.Cmp(b))
	case value.Date:
		return ev.compareDay(op, l, r)
	case time.Time:
		return ev.compareMoment(op, l, r)
	}
	return false
}

func compareText(op Op, l string, r any) bool {
	s, ok := r.(string)
	if !ok {
		return false
	}
	if op == OpEq {
		return l == s
	}
	a, b := i18n.Fold(l), i18n.Fold(s)
	return a != "" && b != "" && holdsFor(op, strings.Compare(a, b))
}

// worth is a number, or money in the workspace's currency.
func worth(v any) (decimal.Decimal, bool) {
	switch v := v.(type) {
	case decimal.Decimal:
		return v, true
	case money:
		return v.base, v.based
	}
	return decimal.Decimal{}, false
}

func (ev *evaluation) compareDay(op Op, l value.Date, r any) bool {
	switch r := r.(type) {
	case value.Date:
		return holdsFor(op, cmp.Compare(l, r))
	case time.Time:
		return ev.compareMoment(flip(op), r, l)
	case days:
		return inRange(op, int64(l), int64(r.from), int64(r.to))
	}
	return false
}

func (ev *evaluation) compareMoment(op Op, l time.Time, r any) bool {
	at := l.UnixMilli()
	switch r := r.(type) {
	case time.Time:
		return holdsFor(op, cmp.Compare(at, r.UnixMilli()))
	case value.Date:
		from, to := dayMillisOf(days{r, r + 1}, ev.zone)
		return inRange(op, at, from, to)
	case days:
		from, to := dayMillisOf(r, ev.zone)
		return inRange(op, at, from, to)
	}
	return false
}

// dayMillisOf is the range of days on the clock.
func dayMillisOf(d days, zone *time.Location) (from, to int64) {
	return dayStart(d.from, zone).UnixMilli(), dayStart(d.to, zone).UnixMilli()
}

// inRange compares with a half-open range: it is equal to all that it holds.
func inRange(op Op, v, from, to int64) bool {
	switch op {
	case OpLt:
		return v < from
	case OpLe:
		return v < to
	case OpGt:
		return v >= to
	case OpGe:
		return v >= from
	}
	return v >= from && v < to
}

func holdsFor(op Op, order int) bool {
	switch op {
	case OpLt:
		return order < 0
	case OpLe:
		return order <= 0
	case OpGt:
		return order > 0
	case OpGe:
		return order >= 0
	}
	return order == 0
}

// flip is the operator with its sides exchanged.
func flip(op Op) Op {
	switch op {
	case OpLt:
		return OpGt
	case OpLe:
		return OpGe
	case OpGt:
		return OpLt
	case OpGe:
		return OpLe
	}
	return op
}
