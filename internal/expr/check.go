package expr

import (
	"github.com/shopspring/decimal"

	"wellmet/internal/value"
)

// node types n and everything below it.
func (c *checker) node(n *Node) (*node, error) {
	c.weight++
	switch n.Op {
	case OpText:
		if n.Text == "" {
			return nil, at(n, "expr.empty_text")
		}
		return &node{op: n.Op, typ: Type{Kind: Text}, val: n.Text, fixed: true}, nil
	case OpNumber:
		return number(n)
	case OpSpan:
		s, ok := parseSpan(n.Text)
		if !ok {
			return nil, at(n, "expr.bad_duration")
		}
		return &node{op: n.Op, typ: Type{Kind: Span}, val: s, fixed: true}, nil
	case OpBool:
		return &node{op: n.Op, typ: Type{Kind: Bool}, val: n.Text == "true", fixed: true}, nil
	case OpPath:
		return c.pathNode(n)
	case OpCall:
		return c.call(n)
	}
	return c.operation(n)
}

func number(n *Node) (*node, error) {
	d, err := decimal.NewFromString(n.Text)
	if err != nil || len(n.Text) > MaxDigits+1 || d.Exponent() > 0 {
		return nil, at(n, "expr.bad_number", "digits", MaxDigits)
	}
	return &node{op: OpNumber, typ: Type{Kind: Number, Scale: int(-d.Exponent())}, val: d, fixed: true}, nil
}

func (c *checker) operation(n *Node) (*node, error) {
	if n.Op == 0 || n.Op > OpNeg || len(n.Kids) == 0 {
		return nil, at(n, "expr.syntax")
	}
	if n.Op == OpInCurrency {
		return c.inCurrency(n)
	}
	kids := make([]*node, len(n.Kids))
	x := &node{op: n.Op, kids: kids, typ: Type{Kind: Bool}, fixed: true}
	for i, kid := range n.Kids {
		k, err := c.node(kid)
		if err != nil {
			return nil, err
		}
		kids[i], x.fixed = k, x.fixed && k.fixed
	}
	if !arity(n) {
		return nil, at(n, "expr.syntax")
	}
	var err error
	switch n.Op {
	case OpAnd, OpOr, OpNot:
		err = c.conditions(x, n)
	case OpEq, OpNe, OpLt, OpLe, OpGt, OpGe:
		err = c.comparison(x, n)
	case OpIn, OpNotIn:
		err = c.membership(x, n)
	case OpContains, OpStarts:
		err = c.matching(x, n)
	case OpEmpty, OpNotEmpty:
		err = c.emptiness(x, n)
	case OpNeg:
		err = c.negation(x, n)
	default:
		err = c.arithmetic(x, n)
	}
	return x, err
}

// arity guards against trees made by code.
func arity(n *Node) bool {
	switch n.Op {
	case OpAnd, OpOr, OpIn, OpNotIn:
		return len(n.Kids) >= 2
	case OpNot, OpEmpty, OpNotEmpty, OpNeg:
		return len(n.Kids) == 1
	}
	return len(n.Kids) == 2
}

func (c *checker) conditions(x *node, n *Node) error {
	for i, kid := range x.kids {
		if kid.typ.Kind != Bool {
			return at(n.Kids[i], "expr.want_condition", "got", kid.typ.Kind.String())
		}
	}
	return nil
}

// emptiness takes anything that can be empty at all.
func (c *checker) emptiness(x *node, n *Node) error {
	switch kind := x.kids[0].typ.Kind; kind {
	case Span, period:
		return at(n.Kids[0], "expr.only_with_days", "got", kind.String())
	}
	return nil
}

func (c *checker) inCurrency(n *Node) (*node, error) {
	kid, err := c.node(n.Kids[0])
	if err != nil {
		return nil, err
	}
	if kid.typ.Kind != Money {
		return nil, at(n.Kids[0], "expr.want", "want", Money.String(), "got", kid.typ.Kind.String())
	}
	code, err := value.ParseCurrency(n.Text)
	if err != nil {
		return nil, at(n, "expr.want_currency")
	}
	if !kid.plain() {
		c.noSQL(n, "expr.no_sql.currency")
	}
	return &node{op: OpInCurrency, kids: []*node{kid}, val: code,
		typ: Type{Kind: Number, Scale: value.Digits(code)}}, nil
}
