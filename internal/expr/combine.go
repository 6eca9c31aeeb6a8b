package expr

import "slices"

// And holds where both do. nil stands for no condition, so And(nil, b) is b.
// Both must be conditions over the same object.
func And(a, b *Expr) *Expr { return combine(OpAnd, a, b) }

// Or holds where one of them does. nil stands for no condition: Or(nil, b) is nil.
func Or(a, b *Expr) *Expr {
	if a == nil || b == nil {
		return nil
	}
	return combine(OpOr, a, b)
}

// Not is the complement; Not(nil) holds nowhere.
func Not(a *Expr) *Expr {
	if a == nil {
		return Never("")
	}
	e := *a
	e.source = &Node{Op: OpNot, Kids: []*Node{a.source}}
	e.root = &node{op: OpNot, typ: Type{Kind: Bool}, kids: []*node{a.root}, fixed: a.root.fixed}
	return &e
}

// Never holds for none.
func Never(object string) *Expr {
	return &Expr{source: &Node{Op: OpBool, Text: "false"}, object: object, weight: 1,
		root: &node{op: OpBool, typ: Type{Kind: Bool}, val: false, fixed: true}}
}

func combine(op Op, a, b *Expr) *Expr {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	e := *a
	if e.object == "" {
		e.object = b.object
	}
	e.source = join(op, 0, a.source, b.source)
	e.root = joinNodes(op, a.root, b.root)
	e.refs = slices.Concat(a.refs, b.refs)
	e.names = slices.Concat(a.names, b.names)
	e.weight = a.weight + b.weight + 1
	e.uses = Uses{a.uses.Time || b.uses.Time, a.uses.Actor || b.uses.Actor, a.uses.Links || b.uses.Links}
	if e.refusal == nil {
		e.refusal = b.refusal
	}
	return &e
}

func joinNodes(op Op, parts ...*node) *node {
	n := &node{op: op, typ: Type{Kind: Bool}, fixed: true}
	for _, part := range parts {
		n.fixed = n.fixed && part.fixed
		if part.op == op {
			n.kids = append(n.kids, part.kids...)
		} else {
			n.kids = append(n.kids, part)
		}
	}
	return n
}
