package expr

import (
	"slices"

	"wellmet/internal/fault"
)

// found is a name resolved in the innermost scope that knows it.
type found struct {
	scope Scope
	field Field
	up    int
}

func (c *checker) resolve(n *Node) (found, error) {
	name := n.Names[0]
	for up := range c.scopes {
		s := c.scopes[len(c.scopes)-1-up]
		if f, ok := s.Field(name); ok {
			return found{s, f, up}, nil
		}
		if _, ok := s.Back(name); ok {
			return found{}, at(n, "expr.need_any", "name", name)
		}
	}
	return found{}, c.unknown(n, name, c.scopes...)
}

// unknown offers the nearest name of those that may stand here.
func (c *checker) unknown(n *Node, name string, scopes ...Scope) error {
	var names []string
	for _, s := range scopes {
		if lister, ok := s.(interface{ Names() []string }); ok {
			names = append(names, lister.Names()...)
		}
	}
	keys := [2]string{"expr.unknown_name", "expr.unknown_name.like"}
	return unknownName(n, keys, name, names, "object", scopes[len(scopes)-1].Object())
}

// unknownName takes the second key when a known name is near.
func unknownName(n *Node, keys [2]string, name string, names []string, extra ...any) *fault.Error {
	extra = append(extra, "name", shorten(name))
	if like, ok := nearest(name, names); ok {
		return at(n, keys[1], append(extra, "like", like)...)
	}
	return at(n, keys[0], extra...)
}

// pathNode types a path that is read as a value.
func (c *checker) pathNode(n *Node) (*node, error) {
	if len(n.Names) == 0 {
		return nil, at(n, "expr.syntax")
	}
	start, err := c.resolve(n)
	if err != nil {
		return nil, err
	}
	p := &path{up: start.up, field: start.field}
	scope, names := start.scope, n.Names[:1]
	c.use(scope, start, names)
	for _, name := range n.Names[1:] {
		if p.part == Currency {
			return nil, at(n, "expr.not_link", "name", "currency")
		}
		if p.field.Type.Kind == Money && name == "currency" && p.field.Formula == nil {
			p.part = Currency
			c.names = append(c.names, "")
			continue
		}
		if scope, err = c.follow(n, p, scope); err != nil {
			return nil, err
		}
		f, ok := scope.Field(name)
		if !ok {
			if _, back := scope.Back(name); back {
				return nil, at(n, "expr.need_any", "name", name)
			}
			return nil, c.unknown(n, name, scope)
		}
		p.field, names = f, n.Names[:len(names)+1]
		c.use(scope, found{scope, f, start.up}, names)
	}
	return pathOf(p), nil
}

func pathOf(p *path) *node {
	x := &node{op: OpPath, typ: p.field.Type, path: p}
	if p.field.Formula != nil {
		x.typ = p.field.Formula.Type()
	}
	if p.part == Currency {
		x.typ = Type{Kind: Choice}
	}
	return x
}

// follow steps over the link that the path has come to.
func (c *checker) follow(n *Node, p *path, scope Scope) (Scope, error) {
	f := p.field
	switch {
	case f.Type.Kind == Links:
		return nil, at(n, "expr.need_any", "name", f.Name)
	case f.Type.Kind != Link || f.Formula != nil || f.Type.Object == "":
		return nil, at(n, "expr.not_link", "name", f.Name)
	case len(p.links) == MaxLinks:
		return nil, at(n, "expr.too_far", "limit", MaxLinks)
	}
	to, ok := scope.To(f.Type.Object)
	if !ok {
		return nil, at(n, "expr.not_link", "name", f.Name)
	}
	c.uses.Links = true
	p.links, p.to = append(p.links, f), append(p.to, f.Type.Object)
	return to, nil
}

// use notes a field, and what its formula brings with it.
func (c *checker) use(s Scope, f found, names []string) {
	c.names = append(c.names, f.field.ID)
	way := slices.Clip(names)
	if f.up == 0 && len(c.prefix) > 0 {
		way = slices.Concat(c.prefix, names)
	}
	c.refs = append(c.refs, Ref{Object: s.Object(), Path: way, Field: f.field})
	inner := f.field.Formula
	if inner == nil {
		return
	}
	c.weight += inner.weight
	c.uses.Time = c.uses.Time || inner.uses.Time
	c.uses.Actor = c.uses.Actor || inner.uses.Actor
	c.uses.Links = c.uses.Links || inner.uses.Links
	if c.refusal == nil {
		c.refusal = inner.refusal
	}
	if c.weight > MaxWeight { // the check at the end refuses; do not collect more
		return
	}
	for _, r := range inner.refs {
		r.Path = slices.Concat(way[:len(way)-1], r.Path)
		c.refs = append(c.refs, r)
	}
}

// manyPath types the first argument of any(): a back-link or a field of many
// links, of this object or of one that a path leads to.
func (c *checker) manyPath(n *Node) (*path, Scope, error) {
	if n.Op != OpPath || len(n.Names) == 0 {
		return nil, nil, at(n, "expr.want_many")
	}
	scope, up := c.owner(n)
	p := &path{up: up}
	last := len(n.Names) - 1
	for i, name := range n.Names {
		if i == last {
			return c.manyEnd(n, p, scope, name)
		}
		f, ok := scope.Field(name)
		if !ok {
			return nil, nil, c.unknown(n, name, scope)
		}
		p.field = f
		c.use(scope, found{scope, f, up}, n.Names[:i+1])
		var err error
		if scope, err = c.follow(n, p, scope); err != nil {
			return nil, nil, err
		}
	}
	return nil, nil, at(n, "expr.want_many")
}

// owner is the innermost scope that knows the first name.
func (c *checker) owner(n *Node) (Scope, int) {
	for up := range c.scopes {
		s := c.scopes[len(c.scopes)-1-up]
		_, field := s.Field(n.Names[0])
		_, back := s.Back(n.Names[0])
		if field || back {
			return s, up
		}
	}
	return c.scopes[len(c.scopes)-1], 0
}

func (c *checker) manyEnd(n *Node, p *path, scope Scope, name string) (*path, Scope, error) {
	back, ok := scope.Back(name)
	id := backID(back)
	if !ok {
		f, known := scope.Field(name)
		if !known {
			return nil, nil, c.unknown(n, name, scope)
		}
		if f.Type.Kind != Links || f.Type.Object == "" || f.Formula != nil {
			return nil, nil, at(n, "expr.want_many")
		}
		back, id = Back{Object: f.Type.Object, Link: f, Forward: true}, f.ID
	}
	to, ok := scope.To(back.Object)
	if !ok {
		return nil, nil, c.unknown(n, name, scope)
	}
	c.uses.Links = true
	c.names = append(c.names, id)
	object := back.Object
	if back.Forward {
		object = scope.Object()
	}
	way := n.Names
	if p.up == 0 {
		way = slices.Concat(c.prefix, way)
	}
	c.refs = append(c.refs, Ref{Object: object, Path: way, Field: back.Link, Many: true})
	p.many = &back
	return p, to, nil
}

// backID stays the same when the back-link is renamed.
func backID(b Back) string { return "<" + b.Object + "." + b.Link.ID }
