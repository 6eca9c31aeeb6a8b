package record

import (
	"context"
	"slices"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/schema"
)

// useSums lets maintained sums answer where they hold all that is asked:
// counts and sums by what follows from the object's own group and the owner,
// under conditions that follow from these, too.
func (p *aggregation) useSums(ctx context.Context) (bool, error) {
	kept, ok := sumsOf(p.o)
	if !ok || !p.s.state.sums[p.o.ID] || p.a.Text != "" || p.past != nil || p.a.Export || !p.s.actor.CanFilter(kept.group) {
		return false, nil
	}
	src := &sumSource{s: p.s, o: p.o, group: kept.group, reach: p.s.actor.Reach(p.o, access.Read)}
	src.owner, _ = p.o.Field("owner")
	if src.reach.None || src.reach.Shown != "" || !p.follows(src, kept) || !p.splitFilter(src) {
		return false, nil
	}
	src.chooseTeam()
	if src.reach.Extra {
		few, err := p.s.fewExtra(ctx, src)
		if err != nil || !few {
			return false, err
		}
	}
	p.sums = src
	return true, nil
}

// follows reports whether everything asked can be told from the group, the
// owner and the amounts alone, and notes which amounts are read.
func (p *aggregation) follows(src *sumSource, kept keptSums) bool {
	for _, g := range p.groups {
		if !(g.links != nil && src.tells(g.e)) && !(kept.group.ValueKind() == schema.KindChoice && g.field == kept.group) {
			return false
		}
	}
	for _, o := range p.operands {
		if o.least || o.only != nil && (o.links == nil || !src.tells(o.only)) {
			return false
		}
		if o.kind == opCount {
			continue
		}
		i := slices.IndexFunc(kept.amounts, func(f *schema.FieldDef) bool {
			return o.kind == opMoney && o.money == f || o.kind == opFilled && o.e.String() == f.Name+" is not empty"
		})
		if i < 0 {
			return false
		}
		o.kept = kept.amounts[i]
		if !slices.Contains(src.fields, o.kept) {
			src.fields = append(src.fields, o.kept)
		}
	}
	if len(src.fields) == 0 { // any of them counts the records
		src.fields = kept.amounts[:1]
	}
	return !slices.ContainsFunc(p.measures, func(m *measure) bool { return m.function == "median" })
}

// tells reports whether an expression reads nothing but what the group and the
// owner lead to, and notes that the owner is wanted.
func (src *sumSource) tells(e *expr.Expr) bool {
	byOwner := src.byOwner
	for _, ref := range e.Fields() {
		switch name := ref.Path[0]; {
		case ref.Many:
			return false
		case src.group.IsLink() && name == src.group.Name:
		case src.owner != nil && name == src.owner.Name:
			byOwner = true
		default:
			return false
		}
	}
	src.byOwner = byOwner
	return true
}

// splitFilter takes what the filter says of the owner to where the sums are
// read; the rest waits until they are added up by group and owner.
func (p *aggregation) splitFilter(src *sumSource) bool {
	if p.where == nil {
		return true
	}
	n, err := expr.Parse(p.where.String())
	if err != nil {
		return false
	}
	parts := []*expr.Node{n}
	if n.Op == expr.OpAnd {
		parts = n.Kids
	}
	for _, part := range parts {
		e, err := expr.CheckNode(part, p.s.Scope(p.o), expr.Type{Kind: expr.Bool})
		if err != nil {
			return false
		}
		if src.owner != nil && ofOwner(part, src.owner.Name) {
			src.of = expr.And(src.of, e)
			continue
		}
		if !src.tells(e) {
			return false
		}
		src.where = expr.And(src.where, e)
	}
	return true
}

// ofOwner reports whether a condition reads the owner alone, and holds for
// nobody, which sums keep as 0, whenever it holds for an empty owner.
func ofOwner(n *expr.Node, owner string) bool {
	switch n.Op {
	case expr.OpAnd, expr.OpOr, expr.OpNot:
		return !slices.ContainsFunc(n.Kids, func(k *expr.Node) bool { return !ofOwner(k, owner) })
	case expr.OpEq, expr.OpIn:
		left := n.Kids[0]
		return left.Op == expr.OpPath && left.Names[0] == owner && allConstant(n.Kids[1:])
	}
	return false
}

// chooseTeam reads the totals of a team, or of everybody, where these are what
// the actor reaches and owners do not matter.
func (src *sumSource) chooseTeam() {
	if src.byOwner || src.of != nil {
		return
	}
	switch actor := src.s.actor; {
	case src.reach.All:
		src.byTeam, src.team = true, everybody
	case src.reach.Team != 0 && !src.reach.Direct:
		src.byTeam, src.team = true, src.reach.Team
	case actor.Scope(src.o, access.Read) == access.Below && actor.Team() != 0:
		src.byTeam, src.team = true, actor.Team()
	}
}
