package record

import (
	"context"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// sumsExtraMost is up to how many records outside his scope an actor's shares
// are added to maintained sums one by one; beyond, the records are counted.
const sumsExtraMost = 1_000

// sumSource reads maintained sums in place of records.
type sumSource struct {
	o             *schema.Object
	group, amount *schema.FieldDef
	reach         access.Reach
	team          value.ID // of sum_team, when byTeam
	byTeam        bool
}

// useSums lets maintained sums answer where they hold all that is asked: the
// object's own group or what follows from it, no other condition, and only
// counts and sums.
func (p *aggregation) useSums(ctx context.Context) (bool, error) {
	group, amount, ok := sumFields(p.o)
	if !ok || p.a.Text != "" || !p.s.actor.CanFilter(group) || !p.follows(group, amount) {
		return false, nil
	}
	src := &sumSource{o: p.o, group: group, amount: amount, reach: p.s.actor.Reach(p.o, access.Read)}
	if src.reach.None {
		return false, nil
	}
	src.chooseTeam(p.s)
	if src.reach.Extra {
		few, err := p.s.fewExtra(ctx, src)
		if err != nil || !few {
			return false, err
		}
	}
	p.sums = src
	return true, nil
}

// follows reports whether everything asked can be told from the group and the
// amount alone.
func (p *aggregation) follows(group, amount *schema.FieldDef) bool {
	if p.where != nil && !p.through(p.where, group) {
		return false
	}
	for _, g := range p.groups {
		if !(g.links != nil && p.through(g.e, group)) && !(group.ValueKind() == schema.KindChoice && g.field == group) {
			return false
		}
	}
	for _, o := range p.operands {
		if o.least || o.only != nil && (o.links == nil || !p.through(o.only, group)) {
			return false
		}
		switch {
		case o.kind == opCount:
		case o.kind == opFilled && o.e.String() == amount.Name+" is not empty":
		case o.kind == opMoney && o.money == amount:
		default:
			return false
		}
	}
	for _, m := range p.measures {
		if m.function == "median" {
			return false
		}
	}
	return true
}

// through reports whether an expression reads nothing but what one link leads
// to.
func (p *aggregation) through(e *expr.Expr, link *schema.FieldDef) bool {
	if !link.IsLink() {
		return false
	}
	for _, ref := range e.Fields() {
		if ref.Many || ref.Path[0] != link.Name {
			return false
		}
	}
	return true
}

// chooseTeam reads the totals of a team, or of everybody, where these are what
// the actor reaches.
func (src *sumSource) chooseTeam(s *Session) {
	switch {
	case src.reach.All:
		src.byTeam, src.team = true, everybody
	case src.reach.Team != 0 && !src.reach.Direct:
		src.byTeam, src.team = true, src.reach.Team
	case s.actor.Scope(src.o, access.Read) == access.Below && s.actor.Team() != 0:
		src.byTeam, src.team = true, s.actor.Team()
	}
}

// fewExtra reports whether the records shared with the actor are few enough to
// be added one by one.
func (s *Session) fewExtra(ctx context.Context, src *sumSource) (bool, error) {
	args := s.args()
	sql := "SELECT count(*) FROM (SELECT t.id FROM {" + src.o.Table + "} t WHERE " + s.shared(src.reach, "t", args) +
		" LIMIT " + args.Add(int64(sumsExtraMost+1), "bigint") + ") few"
	var n int64
	_, err := s.tx.Row(ctx, sql, args.Values(), &n)
	return n <= sumsExtraMost, err
}

// sql selects rows of sums: what is folded, what is not yet, and the shared
// records outside the actor's scope.
func (src *sumSource) sql(s *Session, args *expr.Args) string {
	d := s.tx.Dialect()
	of := func(alias string) string {
		return alias + ".object = " + args.Add(src.o.ID, "text") + " AND " + alias + ".field = " + args.Add(src.amount.ID, "text")
	}
	columns := func(alias string) string {
		return alias + ".group_key, " + alias + ".currency, " + alias + ".n, " + alias + ".amount, " + alias + ".base, " + alias + ".missing"
	}
	folded, table := "", "{sum_owner}"
	loose := "SELECT " + columns("d") + " FROM {sum_delta} d WHERE " + of("d")
	switch {
	case src.byTeam:
		team := args.Add(int64(src.team), "bigint")
		table, folded = "{sum_team}", " AND f.team = "+team
		if src.team != everybody {
			loose += " AND d.owner_id IN (SELECT m.member FROM {reach} m WHERE m.team = " + team + ")"
		}
	case src.reach.Owners != nil:
		owners := args.Add(store.IDs(d, src.reach.Owners), "text")
		folded = " AND " + d.AnyOf("f.owner_id", owners)
		loose += " AND " + d.AnyOf("d.owner_id", owners)
	default:
		folded = " AND " + s.inReach(src.reach, "f", args)
		loose += " AND " + s.inReach(src.reach, "d", args)
	}
	folded = "SELECT " + columns("f") + " FROM " + table + " f WHERE " + of("f") + folded
	sql := folded + " UNION ALL " + loose
	if src.reach.Extra {
		sql += " UNION ALL " + src.extraSQL(s, args)
	}
	return sql
}

// extraSQL counts the shared records whose owner is out of reach, or nobody.
func (src *sumSource) extraSQL(s *Session, args *expr.Args) string {
	d := s.tx.Dialect()
	key, amount := "t."+d.Quote(src.group.Column), "t."+d.Quote(src.amount.Column)
	currency, base := "t."+d.Quote(src.amount.Column+"_c"), "t."+d.Quote(src.amount.Column+"_b")
	if src.group.IsLink() {
		key = "CAST(" + key + " AS text)"
	}
	return "SELECT coalesce(" + key + ", ''), coalesce(" + currency + ", ''), 1, coalesce(" + amount + ", 0), coalesce(" + base +
		", 0), CASE WHEN " + amount + " IS NOT NULL AND " + base + " IS NULL THEN 1 ELSE 0 END FROM {" + src.o.Table +
		"} t WHERE t.deleted_at IS NULL AND " + s.shared(src.reach, "t", args) + " AND (" + s.inReach(src.reach, "t", args) + ") IS NOT TRUE"
}
