package access

import (
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Reach is a scope as a query needs it: whose records. Exactly one of All,
// None, Owners and Team is set.
type Reach struct {
	All, None bool
	// Members is how many owners are in reach, for choosing an index.
	Members int
	// Owners are they, sorted, while they are few (300).
	Owners []value.ID
	// Team stands for many owners: the rows of {reach} with this team, and
	// with Direct only those marked direct.
	Team   value.ID
	Direct bool

	// Shown names the field by which owners show their records (see
	// schema.Object.Personal); "" = there is none, or it is not enough for the
	// action. ShownAll: what is shown to any team counts.
	Shown    string
	ShownAll bool

	// Extra says that the actor holds shares: rows of {extra_access} with this
	// object, him as member, a level of at least Level and no end in the past.
	Extra bool
	Level int64
	// Object is the id of the object that is shared, and Via the links from a
	// child's record to it; an object that is no child has none.
	Object string
	Via    []*schema.FieldDef
}

// Levels of a share, in extra_access.
const (
	ReadLevel   int64 = 1 // see the record
	UpdateLevel int64 = 2 // and change it

	noLevel int64 = 9 // what no share gives
)

// Level is the level of share that an action on the shared record itself asks
// for. No share lets anybody delete, export or import.
func Level(act Action) int64 {
	switch act {
	case Read:
		return ReadLevel
	case Update:
		return UpdateLevel
	}
	return noLevel
}

// Reach works the scope out to owners. A role that grants nothing on the
// object gets nothing from shares either.
func (a *Actor) Reach(o *schema.Object, act Action) Reach {
	switch s := a.Scope(o, act); s {
	case All:
		return Reach{All: true}
	case None:
		return Reach{None: true}
	default:
		r := a.owners(s)
		a.addExtra(&r, o, act)
		a.addShown(&r, o, act)
		return r
	}
}

// owners is the reach of a scope between none and all.
func (a *Actor) owners(s Scope) Reach {
	t := a.roster.teams[a.person.team]
	switch {
	case t == nil || s == Own:
		return Reach{Members: 1, Owners: []value.ID{a.person.id}}
	case s == Team && len(t.direct) > fewOwners:
		return Reach{Members: len(t.direct), Team: t.id, Direct: true}
	case s == Team:
		return Reach{Members: len(t.direct), Owners: t.direct}
	case t.owners == nil:
		return Reach{Members: t.count, Team: t.id}
	}
	return Reach{Members: t.count, Owners: t.owners}
}

// addExtra says whether shares widen the reach. Children go with the record
// that is shared: whoever may change that may add and remove them.
func (a *Actor) addExtra(r *Reach, o *schema.Object, act Action) {
	r.Object, r.Level = o.ID, Level(act)
	if via := a.roster.parents(o); len(via) > 0 {
		r.Via, r.Object = via, a.roster.root(o).ID
		if act == Create || act == Delete {
			r.Level = UpdateLevel
		}
	}
	for level := r.Level; level <= UpdateLevel; level++ {
		r.Extra = r.Extra || a.roster.extras[extraKey{a.person.id, r.Object, level}]
	}
}

// addShown lets everybody read what owners show, and administrators take care
// of it.
func (a *Actor) addShown(r *Reach, o *schema.Object, act Action) {
	admin := a.Admin()
	if act == Read || act == Export || admin {
		r.Shown, r.ShownAll = o.Personal, admin
	}
}

// Reaches reports whether the action reaches records of that owner (0 = none),
// shares aside. With Create and Update it also answers to whom a record may be
// given.
func (a *Actor) Reaches(o *schema.Object, act Action, owner value.ID) bool {
	s := a.Scope(o, act)
	return s == All || a.roster.covers(s, a.person.id, owner)
}

// covers reports whether a scope of the member holds records of the owner.
func (r *Roster) covers(s Scope, member, owner value.ID) bool {
	p, q := r.members[member], r.members[owner]
	switch {
	case s == All:
		return true
	case s == None || owner == 0 || p == nil:
		return false
	case owner == member:
		return true
	case s == Own || q == nil || p.team == 0 || q.team == 0:
		return false
	case s == Team:
		return p.team == q.team
	}
	return r.teams[p.team].includes(r.teams[q.team])
}

// InTeam reports whether the member belongs to the team or one below it.
func (r *Roster) InTeam(member, team value.ID) bool {
	p := r.members[member]
	return p != nil && r.teams[team].includes(r.teams[p.team])
}

// TeamMembers lists the members of a team and of all below it, deactivated
// ones included.
func (r *Roster) TeamMembers(team value.ID) []value.ID {
	t := r.teams[team]
	if t == nil {
		return nil
	}
	if t.owners != nil {
		return t.owners
	}
	ids := append([]value.ID(nil), t.direct...)
	for _, c := range t.children {
		ids = append(ids, r.TeamMembers(c.id)...)
	}
	return ids
}
