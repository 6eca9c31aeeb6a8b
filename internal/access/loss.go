package access

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Tightening tells who would lose what if an object became less open.
type Tightening struct {
	Object string   `json:"object"`
	From   Openness `json:"from"`
	To     Openness `json:"to"`
	// Groups sum the losses up by what the members' scope was and becomes.
	Groups []LossGroup `json:"groups"`
	// Losses are the active members who lose records, the most first.
	Losses []Loss `json:"losses"`
}

// LossGroup is all members who fall from one scope to another.
type LossGroup struct {
	From, To Scope
	Members  int
	Records  int64 // lost, added up over the members
}

// Loss is what one member would lose. Shared records stay readable and are
// counted in After.
type Loss struct {
	Member              value.ID
	Name                string
	From, To            Scope
	Before, After, Lost int64
}

// TightenOpenness counts who would lose sight of how many records if the
// object's openness became to. Nothing is changed. Making an object more open
// has no losses.
func TightenOpenness(ctx context.Context, tx *store.Tx, r *Roster, o *schema.Object, to Openness, now time.Time) (*Tightening, error) {
	t := &Tightening{Object: o.Name, From: r.Openness(o), To: to}
	if _, err := ParseOpenness(string(to)); err != nil {
		return nil, err
	}
	c, err := countOwned(ctx, tx, r, o)
	if err != nil {
		return nil, err
	}
	then := r.with(o, to)
	for _, id := range r.MemberIDs() {
		p := r.members[id]
		x := r.roles[p.role]
		if !p.active || x == nil {
			continue
		}
		l := Loss{Member: id, Name: p.name, From: r.scopeOf(x, o, Read), To: then.scopeOf(x, o, Read)}
		if l.To < l.From {
			l.Before, l.After = c.within(p, l.From), c.within(p, l.To)
			t.Losses = append(t.Losses, l)
		}
	}
	if err := t.addShared(ctx, tx, r, o, ReadLevel, now); err != nil {
		return nil, err
	}
	t.sumUp()
	return t, nil
}

// with is the roster under another openness of one object. The roles' worked
// out scopes are those of before, so only scopeOf may be asked.
func (r *Roster) with(o *schema.Object, to Openness) *Roster {
	c := *r
	c.open = map[string]Openness{}
	for id, x := range r.open {
		c.open[id] = x
	}
	c.open[r.root(o).ID] = to
	return &c
}

// owned counts an object's records by whose they are.
type owned struct {
	roster *Roster
	all    int64
	by     map[value.ID]int64 // owner
	direct map[value.ID]int64 // team
	below  map[value.ID]int64 // team and all below
}

func countOwned(ctx context.Context, tx *store.Tx, r *Roster, o *schema.Object) (*owned, error) {
	c := &owned{roster: r, by: map[value.ID]int64{}, direct: map[value.ID]int64{}, below: map[value.ID]int64{}}
	if !o.HasOwner() {
		return c, nil
	}
	rows, err := tx.Query(ctx, fmt.Sprintf(`SELECT owner_id, count(*) FROM {%s} WHERE deleted_at IS NULL GROUP BY owner_id`, o.Table))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		owner, _ := rows.ID(0)
		n, _ := rows.Int(1)
		c.all += n
		c.by[owner] = n
		p := r.members[owner]
		if p == nil {
			continue
		}
		t := r.teams[p.team]
		if t != nil {
			c.direct[t.id] += n
		}
		for ; t != nil; t = r.teams[t.parent] {
			c.below[t.id] += n
		}
	}
	return c, rows.Err()
}

func (c *owned) within(p *person, s Scope) int64 {
	switch {
	case s == All:
		return c.all
	case s == None:
		return 0
	case s == Own || p.team == 0:
		return c.by[p.id]
	case s == Team:
		return c.direct[p.team]
	}
	return c.below[p.team]
}

// addShared adds the records outside a member's scope, before and after, that
// somebody shared with him.
func (t *Tightening) addShared(ctx context.Context, tx *store.Tx, r *Roster, o *schema.Object, level int64, now time.Time) error {
	if !o.HasOwner() || o.Access == schema.Child {
		return nil
	}
	at := map[value.ID]int{}
	for i, l := range t.Losses {
		at[l.Member] = i
	}
	rows, err := tx.Query(ctx, fmt.Sprintf(`SELECT x.member, r.owner_id, count(DISTINCT x.record) FROM {extra_access} x
		JOIN {%s} r ON r.id = x.record WHERE x.object = $1 AND x.member <> 0 AND r.deleted_at IS NULL
		AND (x.until IS NULL OR x.until > $2) AND x.level >= $3 GROUP BY x.member, r.owner_id`, o.Table), o.ID, now, level)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		member, _ := rows.ID(0)
		owner, _ := rows.ID(1)
		n, _ := rows.Int(2)
		i, ok := at[member]
		if !ok {
			continue
		}
		l := &t.Losses[i]
		if l.From != None && !r.covers(l.From, member, owner) {
			l.Before += n
		}
		if l.To != None && !r.covers(l.To, member, owner) {
			l.After += n
		}
	}
	return rows.Err()
}

func (t *Tightening) sumUp() {
	type step struct{ from, to Scope }
	groups := map[step]*LossGroup{}
	for i := range t.Losses {
		l := &t.Losses[i]
		l.Lost = l.Before - l.After
		g := groups[step{l.From, l.To}]
		if g == nil {
			g = &LossGroup{From: l.From, To: l.To}
			groups[step{l.From, l.To}] = g
		}
		g.Members++
		g.Records += l.Lost
	}
	for _, g := range groups {
		t.Groups = append(t.Groups, *g)
	}
	slices.SortFunc(t.Groups, func(a, b LossGroup) int {
		return cmp.Or(cmp.Compare(b.From, a.From), cmp.Compare(a.To, b.To))
	})
	slices.SortStableFunc(t.Losses, func(a, b Loss) int { return cmp.Compare(b.Lost, a.Lost) })
}
