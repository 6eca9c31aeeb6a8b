package expr

import "strings"

// within renders for one record alone: the inside of a formula.
func (r *renderer) within(alias string) *renderer {
	inner := *r
	inner.aliases = []string{alias}
	return &inner
}

func (r *renderer) alias(up int) string { return r.aliases[len(r.aliases)-1-up] }

// path writes what stands at the end of a path: bare for the record itself,
// otherwise a scalar subquery through records that the actor may read.
func (r *renderer) path(p *path, end func(alias string) string) string {
	if len(p.links) == 0 {
		return end(r.alias(p.up))
	}
	from, where, last := r.walk(p)
	return "(SELECT " + end(last) + from + where + ")"
}

// walk writes FROM and WHERE over the links of a path.
func (r *renderer) walk(p *path) (from, where, last string) {
	var b, w strings.Builder
	last = r.alias(p.up)
	for i, link := range p.links {
		alias := r.args.Alias()
		join := alias + ".id = " + r.columns.Column(last, link, Value)
		if i == 0 {
			b.WriteString(" FROM " + r.columns.Table(p.to[i]) + " " + alias)
			w.WriteString(" WHERE " + join)
		} else {
			b.WriteString(" JOIN " + r.columns.Table(p.to[i]) + " " + alias + " ON " + join)
		}
		if rule := r.columns.Rule(p.to[i], alias, r.args); rule != "" {
			w.WriteString(" AND (" + rule + ")")
		}
		last = alias
	}
	return b.String(), w.String(), last
}

// exists writes any().
func (r *renderer) exists(n *node) string {
	p := n.path
	parent, from, where := r.alias(p.up), "", ""
	if len(p.links) > 0 {
		from, where, parent = r.walk(p)
	}
	child := r.args.Alias()
	join := ""
	if p.many.About || p.many.Forward {
		join = "(" + r.columns.Many(*p.many, parent, child, r.args) + ")"
	} else {
		join = r.columns.Column(child, p.many.Link, Value) + " = " + parent + ".id"
	}
	table := r.columns.Table(p.many.Object) + " " + child
	if from == "" {
		from, where = " FROM "+table, " WHERE "+join
	} else {
		from += " JOIN " + table + " ON " + join
	}
	if rule := r.columns.Rule(p.many.Object, child, r.args); rule != "" {
		where += " AND (" + rule + ")"
	}
	if len(n.kids) == 1 {
		inner := *r
		inner.aliases = append(r.aliases[:len(r.aliases):len(r.aliases)], child)
		cond := inner.condition(n.kids[0], false)
		if cond == sqlFalse {
			// Parameters already written must stay in the text, or PostgreSQL
			// cannot tell their types.
			where += " AND FALSE"
		} else if cond != sqlTrue {
			where += " AND (" + cond + ")"
		}
	}
	return "EXISTS (SELECT 1" + from + where + ")"
}

// field writes a field of the record of alias, or its formula.
func (r *renderer) field(n *node, alias string, part Part) string {
	f := n.path.field
	if f.Formula == nil {
		if n.path.part == Currency {
			part = Currency
		}
		return r.columns.Column(alias, f, part)
	}
	inner := r.within(alias)
	if part == Folded {
		return inner.folded(f.Formula.root)
	}
	return inner.value(f.Formula.root)
}
