package expr

// maxScale bounds the digits behind the point: a scaled integer must fit 64
// bits with room for what stands before it.
const maxScale = 12

func (c *checker) negation(x *node, n *Node) error {
	switch kid := x.kids[0]; kid.typ.Kind {
	case Number, Money, Span:
		x.typ = Type{Kind: kid.typ.Kind, Scale: kid.typ.Scale}
		return nil
	default:
		return at(n, "expr.no_arithmetic", "op", "-", "left", kid.typ.Kind.String(), "right", "")
	}
}

func (c *checker) arithmetic(x *node, n *Node) error {
	l, r := x.kids[0], x.kids[1]
	var ok bool
	switch n.Op {
	case OpAdd, OpSub:
		ok = c.sum(x, n)
	case OpMul:
		ok = c.product(x, n)
	case OpDiv:
		ok = c.quotient(x, n)
	}
	if ok {
		return nil
	}
	key := "expr.no_arithmetic"
	if l.typ.Kind == Date || l.typ.Kind == Moment {
		key = "expr.no_date_arithmetic"
	}
	return at(n, key, "op", n.Op.text(), "left", l.typ.Kind.String(), "right", r.typ.Kind.String())
}

func (c *checker) sum(x *node, n *Node) bool {
	l, r := x.kids[0], x.kids[1]
	a, b := l.typ.Kind, r.typ.Kind
	switch {
	case a == Number && b == Number:
		x.typ = Type{Kind: Number, Scale: max(l.typ.Scale, r.typ.Scale)}
	case a == Money && b == Money:
		x.typ = Type{Kind: Money}
	case a == Money && b == Number && r.fixed:
		x.typ, x.kids[1] = Type{Kind: Money}, asMoney(r)
	case a == Number && b == Money && l.fixed:
		x.typ, x.kids[0] = Type{Kind: Money}, asMoney(l)
	case a == Span && b == Span:
		x.typ = Type{Kind: Span}
	case (a == Date || a == Moment) && b == Span:
		x.typ = Type{Kind: a}
		return c.offset(x, n)
	case a == Span && (b == Date || b == Moment) && n.Op == OpAdd:
		x.kids[0], x.kids[1] = r, l
		x.typ = Type{Kind: b}
		return c.offset(x, n)
	default:
		return false
	}
	return true
}

// offset types a day or moment moved by a duration. Durations are always
// fixed, so what they hold can be seen here.
func (c *checker) offset(x *node, n *Node) bool {
	s := fixedSpan(x.kids[1])
	if x.typ.Kind == Date && s.millis != 0 {
		return false
	}
	if s.months != 0 && !x.fixed {
		c.noSQL(n, "expr.no_sql.months")
	}
	return true
}

// fixedSpan computes a duration, which knows neither fields nor the clock.
func fixedSpan(x *node) span {
	switch x.op {
	case OpNeg:
		return fixedSpan(x.kids[0]).neg()
	case OpAdd:
		return fixedSpan(x.kids[0]).plus(fixedSpan(x.kids[1]))
	case OpSub:
		return fixedSpan(x.kids[0]).plus(fixedSpan(x.kids[1]).neg())
	}
	return x.val.(span)
}

func asMoney(x *node) *node {
	return &node{op: opAsMoney, typ: Type{Kind: Money}, kids: []*node{x}, fixed: x.fixed}
}

func (c *checker) product(x *node, n *Node) bool {
	l, r := x.kids[0], x.kids[1]
	a, b := l.typ.Kind, r.typ.Kind
	if group(a) != Number || group(b) != Number || a == Money && b == Money {
		return false
	}
	if a == Number && b == Number {
		x.typ = Type{Kind: Number, Scale: l.typ.Scale + r.typ.Scale}
	} else {
		x.typ = Type{Kind: Money}
	}
	factor := l
	if r.fixed {
		factor = r
	}
	switch {
	case x.fixed:
	case !factor.fixed:
		c.noSQL(n, "expr.no_sql.product")
	case x.typ.Kind == Money && (factor.typ.Kind == Money || factor.typ.Scale > 0):
		c.noSQL(n, "expr.no_sql.fraction") // would have to round to the currency's digits
	}
	if x.typ.Scale > maxScale {
		x.typ.Scale = maxScale
		if !x.fixed {
			c.noSQL(n, "expr.no_sql.digits")
		}
	}
	return true
}

func (c *checker) quotient(x *node, n *Node) bool {
	a, b := x.kids[0].typ, x.kids[1].typ
	switch {
	case a.Kind == Number && b.Kind == Number:
		x.typ = Type{Kind: Number, Scale: quotientScale(a, b)}
	case a.Kind == Money && b.Kind == Money:
		x.typ = Type{Kind: Number, Scale: 6}
	case a.Kind == Money && b.Kind == Number:
		x.typ = Type{Kind: Money}
	default:
		return false
	}
	if !x.fixed {
		c.noSQL(n, "expr.no_sql.division")
	}
	return true
}

// quotientScale is six digits, or as many as the operands have.
func quotientScale(a, b Type) int { return min(max(6, a.Scale, b.Scale), maxScale) }
