package expr

import (
	"slices"

	"wellmet/internal/value"
)

func (c *checker) call(n *Node) (*node, error) {
	f, ok := findFunction(n.Text)
	if !ok {
		keys := [2]string{"expr.unknown_function", "expr.unknown_function.like"}
		return nil, unknownName(n, keys, n.Text, functionNames())
	}
	if len(n.Kids) < f.least || len(n.Kids) > f.most {
		return nil, at(n, "expr.arguments", "name", f.name, "least", f.least, "most", f.most, "got", len(n.Kids))
	}
	switch f.id {
	case fnAny:
		return c.anyCall(n, f)
	case fnDate:
		return dateCall(n)
	}
	x := &node{op: OpCall, fn: f, fixed: true}
	for _, kid := range n.Kids {
		k, err := c.argument(kid, f)
		if err != nil {
			return nil, err
		}
		x.kids, x.fixed = append(x.kids, k), x.fixed && k.fixed
	}
	if err := c.signature(x, n); err != nil {
		return nil, err
	}
	if !x.fixed && f.id != fnIf && f.id != fnCoalesce {
		c.noSQL(n, "expr.no_sql.function")
	}
	return x, nil
}

// argument lets replace() and concat() have "" as a text.
func (c *checker) argument(n *Node, f *function) (*node, error) {
	if n.Op == OpText && n.Text == "" && (f.id == fnReplace || f.id == fnConcat) {
		c.weight++
		return &node{op: OpText, typ: Type{Kind: Text}, val: "", fixed: true}, nil
	}
	return c.node(n)
}

// dateCall is a literal: date("2026-01-31").
func dateCall(n *Node) (*node, error) {
	if n.Kids[0].Op == OpText {
		if d, err := value.ParseDate(n.Kids[0].Text); err == nil {
			return literal(d, n)
		}
	}
	return nil, at(n, "expr.bad_date")
}

// anyCall types its condition inside the many records, whose names come first.
func (c *checker) anyCall(n *Node, f *function) (*node, error) {
	p, scope, err := c.manyPath(n.Kids[0])
	if err != nil {
		return nil, err
	}
	x := &node{op: OpCall, fn: f, typ: Type{Kind: Bool}, path: p}
	if len(n.Kids) == 1 {
		return x, nil
	}
	if len(c.scopes) > MaxLinks {
		return nil, at(n, "expr.too_far", "limit", MaxLinks)
	}
	before := c.prefix
	if p.up == 0 {
		c.prefix = slices.Concat(c.prefix, n.Kids[0].Names)
	} else {
		c.prefix = n.Kids[0].Names
	}
	c.scopes = append(c.scopes, scope)
	kid, err := c.node(n.Kids[1])
	c.scopes, c.prefix = c.scopes[:len(c.scopes)-1], before
	if err != nil {
		return nil, err
	}
	if kid.typ.Kind != Bool {
		return nil, at(n.Kids[1], "expr.want_condition", "got", kid.typ.Kind.String())
	}
	x.kids = []*node{kid}
	return x, nil
}

// signature checks the arguments and sets the result of a plain function.
func (c *checker) signature(x *node, n *Node) error {
	switch x.fn.id {
	case fnIf:
		if x.kids[0].typ.Kind != Bool {
			return at(n.Kids[0], "expr.want_condition", "got", x.kids[0].typ.Kind.String())
		}
		return c.unify(x, n, 1)
	case fnCoalesce, fnMin, fnMax:
		if err := c.unify(x, n, 0); err != nil || x.fn.id == fnCoalesce {
			return err
		}
		return allow(x.typ, n, Number, Money, Date, Moment)
	case fnToday, fnNow, fnPeriod:
		c.uses.Time = true
		x.typ = Type{Kind: map[fn]Kind{fnToday: Date, fnNow: Moment, fnPeriod: period}[x.fn.id]}
		return periodCount(x, n)
	case fnMe, fnMyTeam:
		c.uses.Actor = true
		x.typ = Type{Kind: Link, Object: map[fn]string{fnMe: "member", fnMyTeam: "team"}[x.fn.id]}
		return nil
	}
	return c.arguments(x, n)
}

// periodCount takes a literal only: lastMonth(3).
func periodCount(x *node, n *Node) error {
	if len(x.kids) == 0 {
		return nil
	}
	if _, ok := wholeLiteral(x.kids[0], 1, maxPeriods); !ok {
		return at(n.Kids[0], "expr.want_whole", "least", 1, "most", maxPeriods)
	}
	return nil
}

// unify finds the one type of several results, from kid number first on.
func (c *checker) unify(x *node, n *Node, first int) error {
	typ := Type{}
	for _, kid := range x.kids[first:] { // a literal takes the type of what is not
		if k := kid.typ.Kind; typ.Kind == Empty || typ.Kind == Text && kid.op != OpText || k == Money && typ.Kind == Number {
			typ = Type{Kind: k, Object: kid.typ.Object, Options: kid.typ.Options}
		}
	}
	for i, kid := range x.kids[first:] {
		here := n.Kids[first+i]
		kid, err := c.coerce(kid, here, typ)
		if err != nil {
			return err
		}
		if typ.Kind == Money && kid.typ.Kind == Number && kid.fixed {
			kid = asMoney(kid)
		}
		if typ.Kind == Choice && kid.typ.Kind == Text {
			typ = Type{Kind: Text}
		}
		fits := kid.typ.Kind == typ.Kind || kid.typ.Kind == Choice && typ.Kind == Text
		if typ.Kind == Link && fits {
			fits = sameObject(typ, kid.typ)
		}
		if !fits {
			return at(here, "expr.other_kind", "left", typ.Kind.String(), "right", kid.typ.Kind.String())
		}
		typ.Scale = max(typ.Scale, kid.typ.Scale)
		x.kids[first+i] = kid
	}
	x.typ = typ
	if typ.Kind == Choice {
		x.typ.Options = nil // the kids' options may differ
	}
	return allow(typ, n, Bool, Text, Number, Money, Date, Moment, Choice, Link)
}

func allow(typ Type, n *Node, kinds ...Kind) error {
	if slices.Contains(kinds, typ.Kind) {
		return nil
	}
	return at(n, "expr.no_argument", "got", typ.Kind.String())
}

// shapes are the arguments of the functions that run in memory: t text, n
// number, d day or moment, s anything that has a text; and the result.
var shapes = map[fn]struct {
	args   string
	result Type
}{
	fnLower: {"t", Type{Kind: Text}}, fnUpper: {"t", Type{Kind: Text}}, fnTrim: {"t", Type{Kind: Text}},
	fnLength: {"t", Type{Kind: Number}}, fnLeft: {"tn", Type{Kind: Text}}, fnRight: {"tn", Type{Kind: Text}},
	fnReplace: {"ttt", Type{Kind: Text}}, fnYear: {"d", Type{Kind: Number}}, fnMonth: {"d", Type{Kind: Number}},
	fnDay: {"d", Type{Kind: Number}}, fnWeekday: {"d", Type{Kind: Number}},
	fnDaysBetween: {"dd", Type{Kind: Number}}, fnAddDays: {"dn", Type{}}, fnStartOfMonth: {"d", Type{Kind: Date}},
	fnRound: {"mn", Type{}}, fnAbs: {"m", Type{}},
}

var argumentKinds = map[byte][]Kind{'t': {Text, Choice}, 'n': {Number}, 'd': {Date, Moment}, 'm': {Number, Money},
	's': {Text, Choice, Number, Money, Date, Moment}}

func (c *checker) arguments(x *node, n *Node) error {
	shape := shapes[x.fn.id]
	for i, kid := range x.kids {
		kind := byte('s') // concat
		if shape.args != "" {
			kind = shape.args[i]
		}
		if kind == 'd' {
			var err error
			if kid, err = c.coerce(kid, n.Kids[i], Type{Kind: Date}); err != nil {
				return err
			}
			x.kids[i] = kid
		}
		if err := allow(kid.typ, n.Kids[i], argumentKinds[kind]...); err != nil {
			return err
		}
	}
	x.typ = shape.result
	switch x.fn.id {
	case fnConcat:
		x.typ = Type{Kind: Text}
	case fnAddDays, fnAbs:
		x.typ = Type{Kind: x.kids[0].typ.Kind, Scale: x.kids[0].typ.Scale}
	case fnRound:
		return roundType(x, n)
	}
	return nil
}

// roundType needs to know the digits, for they are the scale of the result.
func roundType(x *node, n *Node) error {
	digits := 0
	if len(x.kids) == 2 {
		var ok bool
		if digits, ok = wholeLiteral(x.kids[1], 0, maxScale); !ok {
			return at(n.Kids[1], "expr.want_whole", "least", 0, "most", maxScale)
		}
	}
	x.typ = Type{Kind: x.kids[0].typ.Kind}
	if x.typ.Kind == Number {
		x.typ.Scale = min(digits, x.kids[0].typ.Scale)
	}
	return nil
}
