package record

import (
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/schema"
)

// The kin of an object, where the past is asked for: what its records belong to
// (of a deal's lines the deal), and the tracked parts of either. Expressions
// that lead there read what was so then, not what is so today: a line of March
// counts with the stage and the owner that its deal had in March.

// past is an object at a moment, with its kin.
func (s *Session) past(o *schema.Object, at time.Time) *past {
	p := &past{s: s, o: o, at: at, kin: map[string]*schema.Object{}}
	for up := s.wholeOf(o); up != nil; up = s.wholeOf(up) {
		p.kin[up.Name] = up
	}
	for more := true; more; {
		more = false
		for _, part := range s.state.schema.Objects() {
			whole := s.wholeOf(part)
			if whole != nil && p.kin[part.Name] == nil && (whole == o || p.kin[whole.Name] != nil) {
				p.kin[part.Name], more = part, true
			}
		}
	}
	return p
}

// wholeOf is the object that an object's records belong to, if the past of both
// is known; nil = none.
func (s *Session) wholeOf(o *schema.Object) *schema.Object {
	link, ok := o.ParentLink()
	if !ok || !link.Spanned() || s.state.untold[o.Name] {
		return nil
	}
	if up := s.state.schema.Target(link); up != nil && up.SpanTable() != "" && !s.state.untold[up.Name] {
		return up
	}
	return nil
}

// knows reports whether all that a path reads is known of then. An object of the
// kin is read of then wherever a statement names it, so a path that comes to it
// on another way than from part to whole or back is not known.
func (p *past) knows(path []string) bool {
	o, then := p.o, true
	for i, name := range path {
		f, own := o.Field(name)
		if !own {
			link, ok := o.Back(name)
			if !ok || !then || p.kin[link.Object.Name] == nil || p.s.wholeOf(link.Object) != o {
				return false
			}
			if parent, _ := link.Object.ParentLink(); parent.Name != link.Name {
				return false
			}
			o = p.kin[link.Object.Name]
			continue
		}
		if then && !p.remembers(o, f) {
			return false
		}
		if i == len(path)-1 {
			break
		}
		next := p.s.state.schema.Target(f)
		if next == nil {
			return then // of an address, its parts
		}
		parent, is := o.ParentLink()
		then = then && is && parent.Name == f.Name && p.s.wholeOf(o) == next
		if then != (p.kin[next.Name] != nil) { // the object itself is none of its kin: no way leads back to it
			return false
		}
		o = next
	}
	return len(path) > 0
}

// sortedBy is the path that a sort by a key reads: sorting by a link reads what
// its records are called.
func (p *past) sortedBy(k sortKey, f *schema.FieldDef) []string {
	path := strings.Split(k.name, ".")
	if target := p.kin[f.Target]; target != nil && len(path) == 1 && f.IsLink() && f.Name != "id" {
		path = append(path, target.Title)
	}
	return path
}

// remembers reports whether the past of a field is known. The parts of a record
// have its owner.
func (p *past) remembers(o *schema.Object, f *schema.FieldDef) bool {
	return Remembered(f) || f.Name == "owner" && f.Engine && p.s.ownedBy(o) != nil
}

// ownedBy is the object whose records' tracked owner the object's records have.
func (s *Session) ownedBy(o *schema.Object) *schema.Object {
	up := s.wholeOf(o)
	if up == nil {
		return nil
	}
	if owner, ok := up.Field("owner"); ok && owner.Spanned() {
		return up
	}
	return nil
}

// inherited reads the owner of then, for parts whose wholes have a tracked one;
// "" for others. The alias of the object's spans is sp.
func (p *past) inherited(args *expr.Args) string {
	up := p.s.ownedBy(p.o)
	if up == nil {
		return ""
	}
	link, _ := p.o.ParentLink()
	return "(SELECT po.owner_id FROM {" + up.SpanTable() + "} po WHERE po.record = sp." + p.s.tx.Dialect().Quote(link.Column) + " AND " + p.covers("po", args) + ")"
}

// columnsOf are the columns of statements about now, or about a moment.
func (s *Session) columnsOf(p *past, args *expr.Args) expr.Columns {
	if p == nil || len(p.kin) == 0 {
		return columns{s}
	}
	return pastColumns{columns{s}, p, args}
}

// pastColumns read the kin as it was: the rights to it are within its table.
type pastColumns struct {
	columns
	p    *past
	args *expr.Args
}

// Table implements expr.Columns.
func (c pastColumns) Table(object string) string {
	if o := c.p.kin[object]; o != nil {
		return (&past{s: c.s, o: o, at: c.p.at}).table(access.Read, nil, c.args)
	}
	return c.columns.Table(object)
}

// Rule implements expr.Columns.
func (c pastColumns) Rule(object, alias string, args *expr.Args) string {
	if c.p.kin[object] != nil {
		return ""
	}
	return c.columns.Rule(object, alias, args)
}
