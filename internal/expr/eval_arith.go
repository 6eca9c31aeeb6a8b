package expr

import (
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/value"
)

func (ev *evaluation) arithmetic(n *node) any {
	l := ev.node(n.kids[0])
	if n.op == OpNeg || n.op == opAsMoney {
		return ev.single(n.op, l)
	}
	r := ev.node(n.kids[1])
	if l == nil || r == nil {
		return nil
	}
	switch n.op {
	case OpMul:
		return product(l, r)
	case OpDiv:
		return ev.quotient(n, l, r)
	}
	return ev.sum(l, r, n.op == OpSub)
}

func (ev *evaluation) single(op Op, v any) any {
	switch v := v.(type) {
	case decimal.Decimal:
		if op == opAsMoney {
			return ev.asMoney(v)
		}
		return v.Neg()
	case money:
		v.amount, v.base, v.computed = v.amount.Neg(), v.base.Neg(), true
		return v
	case span:
		return v.neg()
	}
	return nil
}

// asMoney reads a number as money of the workspace's currency.
func (ev *evaluation) asMoney(d decimal.Decimal) money {
	d = value.Round(d, value.Digits(ev.env.BaseCurrency))
	return money{amount: d, currency: ev.env.BaseCurrency, base: d, based: true, anyZero: d.IsZero()}
}

func (ev *evaluation) sum(l, r any, minus bool) any {
	switch l := l.(type) {
	case decimal.Decimal:
		if minus {
			return l.Sub(r.(decimal.Decimal))
		}
		return l.Add(r.(decimal.Decimal))
	case money:
		other := r.(money)
		if minus {
			other = ev.single(OpNeg, other).(money)
		}
		return sumMoney(l, other)
	case span:
		s := r.(span)
		if minus {
			s = s.neg()
		}
		return l.plus(s)
	}
	s := r.(span)
	if minus {
		s = s.neg()
	}
	switch l := l.(type) {
	case value.Date:
		return s.addTo(l)
	case time.Time:
		return s.addToMoment(l, ev.zone)
	}
	return nil
}

// sumMoney keeps the currency where both have the same.
func sumMoney(l, r money) money {
	sum := money{base: l.base.Add(r.base), based: l.based && r.based, computed: true}
	switch {
	case l.anyZero:
		sum.amount, sum.currency = r.amount, r.currency
	case r.anyZero:
		sum.amount, sum.currency = l.amount, l.currency
	case l.currency == r.currency && l.currency != "":
		sum.amount, sum.currency = l.amount.Add(r.amount), l.currency
	}
	return sum
}

func product(l, r any) any {
	factor, ok := r.(decimal.Decimal)
	if !ok {
		l, factor = r, l.(decimal.Decimal)
	}
	if m, ok := l.(money); ok {
		m.amount, m.base, m.computed, m.anyZero = m.amount.Mul(factor), m.base.Mul(factor), true, false
		return m
	}
	return l.(decimal.Decimal).Mul(factor)
}

// quotient is empty where the divisor is zero.
func (ev *evaluation) quotient(n *node, l, r any) any {
	a, ok := l.(money)
	if !ok {
		return divide(l.(decimal.Decimal), r.(decimal.Decimal), n.typ.Scale)
	}
	if b, ok := r.(money); ok {
		if a.currency == b.currency && a.currency != "" {
			return divide(a.amount, b.amount, n.typ.Scale)
		}
		if !a.based || !b.based {
			return nil
		}
		return divide(a.base, b.base, n.typ.Scale)
	}
	by := r.(decimal.Decimal)
	if by.IsZero() {
		return nil
	}
	scale := max(6, quotientScale(Type{Scale: value.Digits(a.currency)}, n.kids[1].typ))
	a.amount = divide(a.amount, by, scale).(decimal.Decimal)
	a.base = divide(a.base, by, scale).(decimal.Decimal)
	a.computed, a.anyZero = true, false
	return a
}

// divide rounds half to even.
func divide(a, b decimal.Decimal, scale int) any {
	if b.IsZero() {
		return nil
	}
	q, rest := a.QuoRem(b, int32(scale))
	if rest.IsZero() {
		return q
	}
	step := decimal.New(1, int32(-scale))
	order := rest.Abs().Mul(decimal.NewFromInt(2)).Cmp(b.Abs().Mul(step))
	odd := q.Shift(int32(scale)).Abs().Mod(decimal.NewFromInt(2)).IsPositive()
	if order < 0 || order == 0 && !odd {
		return q
	}
	if a.Sign()*b.Sign() < 0 {
		step = step.Neg()
	}
	return q.Add(step)
}
