package record

import (
	"context"
	"slices"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// filter is what records must fulfil, typed for one actor.
type filter struct {
	where *expr.Expr // nil = nothing
	// pinned are the fields that every match has the same value in, for
	// choosing an index.
	pinned map[string]bool
	// listed are those that every match has one of some values in.
	listed map[string]bool
	// filled are the fields that every match has a value in.
	filled map[string]bool
}

// filter types what the actor asks for, in his own names: a field that he may
// not read is unknown to him. where is made by code and taken as it is.
func (s *Session) filter(ctx context.Context, o *schema.Object, text string, where *expr.Expr) (*filter, error) {
	f := &filter{pinned: map[string]bool{}, listed: map[string]bool{}, filled: map[string]bool{}}
	if text != "" {
		e, err := s.typed(ctx, o, text, f)
		if err != nil {
			return nil, inFilter(err)
		}
		f.where = e
	}
	if where == nil {
		return f, nil
	}
	n, err := expr.Parse(where.String())
	if err == nil {
		f.pin(o, n)
	}
	f.where = expr.And(f.where, where)
	return f, nil
}

// uses lists the object's own fields that the filter reads, links of paths
// included.
func (f *filter) uses() []string {
	if f.where == nil {
		return nil
	}
	var names []string
	for _, ref := range f.where.Fields() {
		if len(ref.Path) > 0 {
			names = append(names, ref.Path[0])
		}
	}
	return names
}

// inFilter keeps the position that the expression room tells.
func inFilter(err error) error {
	e, ok := fault.As(err)
	if !ok || len(e.Fields) > 0 {
		return err
	}
	return e.With(fault.Field{Path: "filter", Key: e.Key, Args: e.Args})
}

func (s *Session) typed(ctx context.Context, o *schema.Object, text string, f *filter) (*expr.Expr, error) {
	n, err := expr.Parse(text)
	if err != nil {
		return nil, err
	}
	scope, want := s.Scope(o), expr.Type{Kind: expr.Bool}
	e, err := expr.CheckNode(n, scope, want)
	if err != nil {
		return nil, err
	}
	short, changed, err := s.shorten(ctx, o, n)
	if err != nil {
		return nil, err
	}
	if changed {
		if e, err = expr.CheckNode(short, scope, want); err != nil {
			return nil, err
		}
	}
	f.pin(o, short)
	return e, nil
}

// pin notes the fields that the expression holds to one value, and those that it
// wants filled.
func (f *filter) pin(o *schema.Object, n *expr.Node) {
	if n.Op == expr.OpAnd {
		for _, kid := range n.Kids {
			f.pin(o, kid)
		}
		return
	}
	if n.Op == expr.OpNotEmpty && n.Kids[0].Op == expr.OpPath && len(n.Kids[0].Names) == 1 {
		f.filled[n.Kids[0].Names[0]] = true
	}
	if n.Op == expr.OpIn && n.Kids[0].Op == expr.OpPath && len(n.Kids[0].Names) == 1 && allConstant(n.Kids[1:]) {
		if d, ok := o.Field(n.Kids[0].Names[0]); ok && (d.IsLink() || d.ValueKind() == schema.KindChoice) {
			f.listed[d.Name] = true
		}
	}
	if n.Op != expr.OpEq || len(n.Kids) != 2 {
		return
	}
	left, right := n.Kids[0], n.Kids[1]
	if left.Op != expr.OpPath {
		left, right = right, left
	}
	if left.Op != expr.OpPath || len(left.Names) != 1 || !constant(right) {
		return
	}
	if d, ok := o.Field(left.Names[0]); ok && (d.IsLink() || slices.Contains(pinKinds, d.ValueKind())) {
		f.pinned[d.Name] = true
	}
}

// pinKinds are the kinds besides links whose = asks the very column that an
// index holds, for one value.
var pinKinds = []schema.Kind{schema.KindChoice, schema.KindBool, schema.KindInt}

// constant reports whether no field is read below the node.
func constant(n *expr.Node) bool {
	if n.Op == expr.OpPath {
		return false
	}
	return !slices.ContainsFunc(n.Kids, func(k *expr.Node) bool { return !constant(k) })
}

const (
	// Only targets of up to smallTarget rows are asked for the ids behind a
	// condition, and only up to fewIDs of those stand in the statement.
	smallTarget = 2_000
	fewIDs      = 100
)

// shorten turns conditions over one link to a small object into conditions on
// the link: stage.name = "Won" becomes stage = "123". That is the same, because
// the ids are those of the records that the actor may read, and an empty path
// fulfils nothing; but an index serves it, which is a scan of all deals against
// a hundred of them.
func (s *Session) shorten(ctx context.Context, o *schema.Object, n *expr.Node) (*expr.Node, bool, error) {
	if n.Op == expr.OpCall {
		return n, false, nil // names mean something else inside any()
	}
	if link, ok := s.overSmallLink(o, n); ok {
		return s.linkIDs(ctx, link, n)
	}
	c, changed := *n, false
	c.Kids = slices.Clone(n.Kids)
	for i, kid := range n.Kids {
		short, did, err := s.shorten(ctx, o, kid)
		if err != nil {
			return nil, false, err
		}
		c.Kids[i], changed = short, changed || did
	}
	if !changed {
		return n, false, nil
	}
	return &c, true, nil
}

// overSmallLink recognises link.field = constant and its like.
func (s *Session) overSmallLink(o *schema.Object, n *expr.Node) (*schema.FieldDef, bool) {
	switch n.Op {
	case expr.OpEq, expr.OpNe, expr.OpIn, expr.OpNotIn, expr.OpContains, expr.OpStarts:
	default:
		return nil, false
	}
	if len(n.Kids) < 2 || n.Kids[0].Op != expr.OpPath || len(n.Kids[0].Names) != 2 || !allConstant(n.Kids[1:]) {
		return nil, false
	}
	link, ok := o.Field(n.Kids[0].Names[0])
	if !ok || !link.IsLink() {
		return nil, false
	}
	target := s.state.schema.Target(link)
	if s.moment != nil && target != nil && s.moment.kin[target.Name] != nil { // those that fulfil it today need not have then
		return nil, false
	}
	return link, target != nil && s.state.sizes.rows[target.Table] <= smallTarget
}

func allConstant(kids []*expr.Node) bool {
	return !slices.ContainsFunc(kids, func(k *expr.Node) bool { return !constant(k) })
}

// positive are the conditions whose complements are put as not (…), so that
// records without a link stay on their side.
var positive = map[expr.Op]expr.Op{expr.OpNe: expr.OpEq, expr.OpNotIn: expr.OpIn}

func (s *Session) linkIDs(ctx context.Context, link *schema.FieldDef, n *expr.Node) (*expr.Node, bool, error) {
	target := s.state.schema.Target(link)
	ask := *n
	ask.Kids = slices.Clone(n.Kids)
	ask.Kids[0] = expr.Path(n.Kids[0].Names[1])
	op, negated := positive[n.Op]
	if negated {
		ask.Op = op
	}
	e, err := expr.CheckNode(&ask, s.Scope(target), expr.Type{Kind: expr.Bool})
	if err != nil {
		return n, false, nil // what the link's own path is typed to, the whole expression says
	}
	ids, err := s.idsWhere(ctx, target, e)
	if err != nil || len(ids) > fewIDs {
		return n, false, err
	}
	short := inIDs(link.Name, ids)
	if negated {
		short = expr.Make(expr.OpNot, short)
	}
	return short, true, nil
}

// idsWhere reads the ids of the readable records that fulfil the condition, one
// more than fewIDs at most.
func (s *Session) idsWhere(ctx context.Context, o *schema.Object, e *expr.Expr) ([]value.ID, error) {
	c, args := columns{s}, s.args()
	where, err := e.SQL(c, s.env, "t", args)
	if err != nil {
		return nil, err
	}
	sql := "SELECT t.id FROM {" + o.Table + "} t WHERE (" + where + ") AND " + c.Rule(o.Name, "t", args) +
		" LIMIT " + args.Add(int64(fewIDs+1), "bigint")
	ids, err := s.tx.IDs(ctx, sql, args.Values()...)
	slices.Sort(ids)
	return ids, err
}

// inIDs is link in (ids…), as a single = where one is enough.
func inIDs(name string, ids []value.ID) *expr.Node {
	if len(ids) == 0 {
		return &expr.Node{Op: expr.OpBool, Text: "false"}
	}
	kids := []*expr.Node{expr.Path(name)}
	for _, id := range ids {
		kids = append(kids, &expr.Node{Op: expr.OpText, Text: id.String()})
	}
	if len(ids) == 1 {
		return expr.Make(expr.OpEq, kids...)
	}
	return expr.Make(expr.OpIn, kids...)
}
