package expr

import "wellmet/internal/fault"

// node is a typed node. Fixed nodes have no field below them: they are computed
// in Go before any SQL is written.
type node struct {
	op    Op
	typ   Type
	kids  []*node
	val   any // literals, as evaluation values
	fn    *function
	path  *path
	fixed bool
}

// opAsMoney turns a fixed number into money of the workspace's currency; it
// stands in typed trees only.
const opAsMoney Op = 200

// path leads from a record to a field of its own or over links.
type path struct {
	up    int     // how many any(…) to step out of
	links []Field // followed in order
	to    []string
	field Field // read at the end
	part  Part  // Value or Currency
	many  *Back // any(…): what the end leads to
}

// plain tells a field that has columns from an inlined formula.
func (n *node) plain() bool { return n.op == OpPath && n.path.field.Formula == nil }

// checker types one tree.
type checker struct {
	scopes  []Scope // innermost last
	refs    []Ref
	prefix  []string // names that lead to the innermost scope
	uses    Uses
	names   []string
	weight  int
	refusal *fault.Error // why there is no SQL
}

// noSQL keeps the first reason why the tree cannot run in a database.
func (c *checker) noSQL(n *Node, reason string) {
	if c.refusal == nil {
		c.refusal = at(n, reason)
	}
}

// Check parses text and types it against the fields of s. want says what it
// must yield; a Type of Kind Empty takes anything.
func Check(text string, s Scope, want Type) (*Expr, error) {
	n, err := Parse(text)
	if err != nil {
		return nil, err
	}
	return check(n, s, want)
}

// CheckNode types a tree made by code.
func CheckNode(n *Node, s Scope, want Type) (*Expr, error) {
	if err := measure(n); err != nil {
		return nil, err
	}
	return check(n, s, want)
}

func check(n *Node, s Scope, want Type) (*Expr, error) {
	c := &checker{scopes: []Scope{s}, refs: make([]Ref, 0, 4), names: make([]string, 0, 4)}
	root, err := c.node(n)
	if err != nil {
		return nil, err
	}
	if root, err = c.as(root, n, want); err != nil {
		return nil, err
	}
	if c.weight > MaxWeight {
		return nil, at(n, "expr.too_big", "limit", MaxWeight)
	}
	return &Expr{source: n, root: root, object: s.Object(), refs: c.refs, uses: c.uses, weight: c.weight,
		refusal: c.refusal, names: c.names}, nil
}

// as makes a node fit the type that its place wants.
func (c *checker) as(x *node, n *Node, want Type) (*node, error) {
	if want.Kind == Empty {
		if x.typ.Kind == Span || x.typ.Kind == period {
			return nil, at(n, "expr.only_with_days", "got", x.typ.Kind.String())
		}
		return x, nil
	}
	x, err := c.coerce(x, n, want)
	if err != nil {
		return nil, err
	}
	got := x.typ.Kind
	if got == want.Kind || got == Choice && want.Kind == Text || got == Text && want.Kind == Choice && len(want.Options) == 0 {
		return x, nil
	}
	return nil, at(n, "expr.want", "want", want.Kind.String(), "got", got.String())
}
