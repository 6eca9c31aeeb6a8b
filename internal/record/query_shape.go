package record

import (
	"context"
	"slices"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/schema"
)

// branch is one of the parts that a page is put together from, each with an
// index walk and a limit of its own: the owners in scope, and what is shared.
// One statement with OR would be neither (24–110 ms against 0.9).
type branch struct {
	reach   access.Reach
	extra   bool   // the shared records that the scope does not reach
	lateral bool   // the first rows of every owner, then the first of all
	named   bool   // the filter holds the owner to one
	whole   bool   // everything in reach, by one OR: for objects with few records
	hint    string // INDEXED BY
}

// condition is the access condition of the branch, "" for none.
//
// Where the filter itself names the owner, the sign keeps the scope from
// being used as the way into an index in its place.
func (b branch) condition(s *Session, args *expr.Args) string {
	alias := "t"
	if b.named {
		alias = "+t"
	}
	switch {
	case b.reach.All:
		return ""
	case b.whole:
		return s.within(b.reach, "t", args)
	case b.lateral:
		// As a range and not as =, so that the order by owner counts: an index
		// that begins with the owner is then the only sorted way in. PostgreSQL
		// holds a walk over everybody's rows for cheaper, which for an owner
		// without any reads them all (16 ms of 100,000 rows against 0.3).
		return "t.owner_id >= o.member AND t.owner_id <= o.member"
	case b.extra && b.reach.None:
		return s.shared(b.reach, "t", args)
	case b.extra:
		return s.shared(b.reach, "t", args) + " AND (" + s.inReach(b.reach, "t", args) + ") IS NOT TRUE"
	}
	return s.inReach(b.reach, alias, args)
}

// branches chooses how the page is found.
func (w *writer) branches() []branch {
	l := w.l
	if l.past != nil {
		return []branch{{reach: access.Reach{All: true}}}
	}
	if l.reach.Shown != "" {
		return []branch{{reach: l.reach, whole: true}}
	}
	first := branch{reach: l.reach, named: l.match.pinned["owner"]}
	if l.big() && !l.computed && !l.deleted() {
		first = l.shaped(first)
	}
	branches := []branch{first}
	if l.reach.None {
		branches = nil
	}
	if l.reach.Extra {
		branches = append(branches, branch{reach: l.reach, extra: true})
	}
	return branches
}

// shaped picks an index for the branch: one that begins with the owner, or one
// that begins with the sort and passes over the rows of other owners.
func (l *listing) shaped(b branch) branch {
	x, ok := serving(l.o, l.match.pinned, l.keys[:len(l.keys)-1])
	if !ok || l.elsewhere(x) {
		return b
	}
	d := l.s.tx.Dialect()
	ownerFirst := l.hasIndex(x.ownerFirst) && (l.match.pinned["owner"] || !b.reach.All && l.ownerFirst(b.reach, x))
	switch {
	case ownerFirst && !l.match.pinned["owner"] && d.Name() == "postgres":
		b.lateral = true
	case ownerFirst:
		b.hint = d.IndexHint(x.ownerFirst)
	case l.hasIndex(x.sortFirst):
		b.hint = d.IndexHint(x.sortFirst)
	}
	return b
}

// elsewhere reports whether the filter asks for something that another index
// may find in few rows, a certain account or a text. Then the database chooses:
// a hint would have it walk the whole order for them.
func (l *listing) elsewhere(x served) bool {
	if l.q.Text != "" {
		return true
	}
	for _, name := range l.match.uses() {
		if name != "owner" && leads(l.o, name) && !slices.ContainsFunc(x.pinned, func(f *schema.FieldDef) bool { return f.Name == name }) {
			return true
		}
	}
	return false
}

func (l *listing) hasIndex(name string) bool {
	return name != "" && l.s.engine.indexes.has(l.s.ctx, l.s, l.o.Table, name)
}

// ownerFirst weighs the two shapes by the rows they are likely to read: all
// matching rows of the owners, to be sorted, against as many of everybody's as
// hold a page of theirs. A wrong guess costs the owner-first shape a sort, but
// the other one a scan of all there is, so it has to be clearly better.
func (l *listing) ownerFirst(r access.Reach, x served) bool {
	if len(r.Owners) == 0 {
		return false
	}
	if len(r.Owners) == 1 || x.sortFirst == "" && len(r.Owners) < 8 {
		return true
	}
	members := max(l.s.state.sizes.rows["member"], int64(r.Members), 1)
	share := float64(r.Members) / float64(members)
	theirs := float64(l.rows()) * l.selectivity(x) * share
	if l.s.tx.Dialect().Name() == "postgres" { // a page of each at most
		theirs = min(theirs, float64(r.Members*(l.limit+1)))
	}
	walk := float64(l.limit+1) / share
	return theirs < sortFirstRisk*walk
}

// sortFirstRisk is how many times the rows of a sort-first walk the engine
// rather reads and sorts.
const sortFirstRisk = 4

// selectivity guesses which part of the object the pinned fields leave.
func (l *listing) selectivity(x served) float64 {
	part := 1.0
	for _, f := range x.pinned {
		part /= float64(l.distinct(f))
	}
	return part
}

// distinct guesses how many values a field has.
func (l *listing) distinct(f *schema.FieldDef) int64 {
	switch {
	case f.IsLink():
		target := l.s.state.schema.Target(f)
		return max(1, l.s.state.sizes.rows[target.Table])
	case f.ValueKind() == schema.KindChoice:
		return int64(max(1, len(f.Options)))
	case f.ValueKind() == schema.KindBool:
		return 2
	}
	return 100
}

// count counts the matches, when it is asked for. A first page that is also
// the last has counted them itself.
func (l *listing) count(ctx context.Context, read int) (n int64, capped bool, err error) {
	switch {
	case l.q.Count == CountNone || l.nothing():
		return 0, false, nil
	case l.from == nil && !l.more:
		return int64(read), false, nil
	case l.q.Count == CountExact:
		n, err = l.countMatches(ctx, 0)
		return n, false, err
	}
	if n, err = l.countMatches(ctx, CountCap+1); n > CountCap {
		return CountCap, true, err
	}
	return n, false, err
}

// countMatches counts up to limit matches, 0 = all.
func (l *listing) countMatches(ctx context.Context, limit int) (int64, error) {
	w := &writer{l: l, limit: limit, args: l.s.args()}
	sql, err := w.count()
	if err != nil || w.never {
		return 0, err
	}
	var n int64
	_, err = l.s.tx.Row(ctx, sql, w.args.Values(), &n)
	return n, err
}
