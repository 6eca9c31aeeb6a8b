package expr

import (
	"slices"
	"strings"

	"wellmet/internal/value"
)

// coerce reads a text literal as the kind of value that its place wants.
func (c *checker) coerce(x *node, n *Node, to Type) (*node, error) {
	text, ok := x.val.(string)
	if x.op != OpText || !ok {
		return x, nil
	}
	switch to.Kind {
	case Date, Moment, period:
		v, ok := parseWhen(text)
		if !ok {
			return nil, at(n, "expr.bad_date")
		}
		return literal(v, n)
	case Choice, Choices:
		if len(to.Options) > 0 && !slices.Contains(to.Options, text) {
			keys := [2]string{"expr.unknown_option", "expr.unknown_option.like"}
			return nil, unknownName(n, keys, text, to.Options, "options", someOptions(to.Options))
		}
		return &node{op: OpText, typ: Type{Kind: Choice, Options: to.Options}, val: text, fixed: true}, nil
	case Link, Links:
		id, err := value.ParseID(text)
		if err != nil {
			return nil, at(n, "expr.want_id")
		}
		return &node{op: OpText, typ: Type{Kind: Link, Object: to.Object}, val: id, fixed: true}, nil
	case Number, Money:
		return nil, at(n, "expr.number_in_quotes")
	}
	return x, nil
}

func literal(v any, n *Node) (*node, error) {
	switch v := v.(type) {
	case value.Date:
		return &node{op: OpText, typ: Type{Kind: Date}, val: v, fixed: true}, nil
	default:
		return &node{op: OpText, typ: Type{Kind: Moment}, val: v, fixed: true}, nil
	}
}

func someOptions(options []string) string {
	if len(options) > 12 {
		options = append(options[:12:12], "…")
	}
	return strings.Join(options, ", ")
}

// meet coerces literals on either side to what stands on the other.
func (c *checker) meet(l, r *node, ln, rn *Node) (*node, *node, error) {
	newR, err := c.coerce(r, rn, l.typ)
	if err != nil {
		return nil, nil, err
	}
	l, err = c.coerce(l, ln, r.typ)
	return l, newR, err
}

func (c *checker) comparison(x *node, n *Node) error {
	l, r, err := c.meet(x.kids[0], x.kids[1], n.Kids[0], n.Kids[1])
	if err != nil {
		return err
	}
	x.kids[0], x.kids[1] = l, r
	return c.comparable(n, n.Op, l, r)
}

// comparable refuses pairs that have no common order or equality.
func (c *checker) comparable(n *Node, op Op, l, r *node) error {
	a, b := group(l.typ.Kind), group(r.typ.Kind)
	switch {
	case a == Choices || b == Choices || a == Links || b == Links:
		return at(n, "expr.use_contains")
	case a != b || a == 0 || a == Span || l.typ.Kind == period && r.typ.Kind == period:
		return at(n, "expr.not_comparable", "left", l.typ.Kind.String(), "right", r.typ.Kind.String())
	case a == Link && !sameObject(l.typ, r.typ):
		return at(n, "expr.other_object", "left", l.typ.Object, "right", r.typ.Object)
	}
	if op != OpEq && op != OpNe {
		if a == Bool || a == Link || l.typ.Kind == Choice || r.typ.Kind == Choice {
			return at(n, "expr.no_order", "left", l.typ.Kind.String())
		}
		if a == Text && !(l.fixed && r.fixed) {
			c.needFolded(l, n)
			c.needFolded(r, n)
		}
	}
	if a == Date && l.typ.Kind != r.typ.Kind && !l.fixed && !r.fixed {
		c.noSQL(n, "expr.no_sql.day_of_moment")
	}
	return nil
}

func sameObject(l, r Type) bool { return l.Object == "" || r.Object == "" || l.Object == r.Object }

// group is the kind that stands for all that compare with each other; 0 = none.
func group(k Kind) Kind {
	switch k {
	case Money:
		return Number
	case Moment, period:
		return Date
	case Choice:
		return Text
	}
	return k
}

// needFolded sees to it that the search-folded text of x exists as a column.
func (c *checker) needFolded(x *node, n *Node) {
	switch {
	case x.fixed:
	case x.op == OpPath:
		if f := x.path.field; f.Formula != nil {
			c.needFolded(f.Formula.root, n)
		} else if !f.Folded || x.path.part != Value {
			c.noSQL(n, "expr.no_sql.folded")
		}
	default: // if and coalesce; other functions have no SQL anyway
		for _, kid := range x.kids {
			if kid.typ.Kind != Bool {
				c.needFolded(kid, n)
			}
		}
	}
}

func (c *checker) membership(x *node, n *Node) error {
	for i, item := range x.kids[1:] {
		at0, here := n.Kids[0], n.Kids[i+1]
		l := x.kids[0]
		if many := l.typ.Kind; many == Choices || many == Links {
			r, err := c.element(l, item, here, n)
			if err != nil {
				return err
			}
			x.kids[i+1] = r
			continue
		}
		l, r, err := c.meet(l, item, at0, here)
		if err != nil {
			return err
		}
		if i == 0 || r.typ.Kind != Text {
			x.kids[0] = l
		}
		x.kids[i+1] = r
		if err := c.comparable(here, OpEq, l, r); err != nil {
			return err
		}
	}
	return nil
}

// element types a value that a field of many may hold.
func (c *checker) element(many, x *node, n, whole *Node) (*node, error) {
	x, err := c.coerce(x, n, many.typ)
	if err != nil {
		return nil, err
	}
	kind := x.typ.Kind
	if many.typ.Kind == Choices && kind != Choice && kind != Text ||
		many.typ.Kind == Links && (kind != Link || !sameObject(many.typ, x.typ)) {
		return nil, at(n, "expr.not_comparable", "left", many.typ.Kind.String(), "right", kind.String())
	}
	if !x.fixed {
		c.noSQL(whole, "expr.no_sql.needle")
	}
	return x, nil
}

// matching types contains and starts with.
func (c *checker) matching(x *node, n *Node) error {
	l, r := x.kids[0], x.kids[1]
	if kind := l.typ.Kind; kind == Choices || kind == Links {
		if n.Op == OpStarts {
			return at(n, "expr.use_contains")
		}
		r, err := c.element(l, r, n.Kids[1], n)
		x.kids[1] = r
		return err
	}
	if l.typ.Kind != Text {
		return at(n.Kids[0], "expr.want_text", "op", n.Op.text(), "got", l.typ.Kind.String())
	}
	if r.typ.Kind != Text && r.typ.Kind != Choice {
		return at(n.Kids[1], "expr.want_text", "op", n.Op.text(), "got", r.typ.Kind.String())
	}
	if x.fixed {
		return nil
	}
	if !r.fixed {
		c.noSQL(n, "expr.no_sql.needle")
	}
	c.needFolded(l, n)
	return nil
}
