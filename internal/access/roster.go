package access

import (
	"context"
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Roster is an immutable picture of a workspace's members, teams, roles and
// openness, under one schema. Answering from it costs map look-ups.
type Roster struct {
	version int64
	schema  *schema.Schema
	members map[value.ID]*person
	service value.ID // whom automations run as
	teams   map[value.ID]*node
	roles   map[value.ID]*role
	open    map[string]Openness // by object id
	extras  map[extraKey]bool
}

// extraKey says that a member holds shares of an object's records, at a level.
type extraKey struct {
	member value.ID
	object string
	level  int64
}

// LoadRoster reads the roster of the transaction's snapshot. It must be loaded
// anew when the access version or the schema has changed.
func LoadRoster(ctx context.Context, tx *store.Tx, s *schema.Schema) (*Roster, error) {
	r := &Roster{schema: s, extras: map[extraKey]bool{}}
	if _, err := tx.Row(ctx, `SELECT access_version FROM {workspace_state}`, nil, &r.version); err != nil {
		return nil, err
	}
	members, err := loadMembers(ctx, tx)
	if err != nil {
		return nil, err
	}
	parents, err := loadParents(ctx, tx)
	if err != nil {
		return nil, err
	}
	if r.service, err = ServiceMember.Get(ctx, tx); err != nil {
		return nil, err
	}
	if r.open, err = loadOpenness(ctx, tx); err != nil {
		return nil, err
	}
	if err := r.loadExtras(ctx, tx); err != nil {
		return nil, err
	}
	if err := r.loadRoles(ctx, tx); err != nil {
		return nil, err
	}
	r.members = members
	r.teams = tree(parents, members)
	return r, nil
}

// Version is the access version that the roster belongs to.
func (r *Roster) Version() int64 { return r.version }

// Schema is the schema it was loaded under.
func (r *Roster) Schema() *schema.Schema { return r.schema }

// Openness is an object's setting; a child has its parent's.
func (r *Roster) Openness(o *schema.Object) Openness {
	root := r.root(o)
	if set, ok := r.open[root.ID]; ok {
		return set
	}
	if root.Closed {
		return Private
	}
	return Open
}

// Actor is the member, if he is active. The fault is the same for one who is
// not there.
func (r *Roster) Actor(member value.ID) (*Actor, error) {
	p := r.members[member]
	if p == nil || !p.active {
		return nil, fault.New(fault.Forbidden, "access.no_member", nil)
	}
	return &Actor{roster: r, person: p, role: r.roles[p.role]}, nil
}

// Active reports whether the member is there and active.
func (r *Roster) Active(member value.ID) bool {
	p := r.members[member]
	return p != nil && p.active
}

// Name is what a member is called, "" if he is not there.
func (r *Roster) Name(member value.ID) string {
	if p := r.members[member]; p != nil {
		return p.name
	}
	return ""
}

// TeamOf is a member's team, 0 if he has none.
func (r *Roster) TeamOf(member value.ID) value.ID {
	if p := r.members[member]; p != nil {
		return p.team
	}
	return 0
}

// ManagerOf is a member's manager, 0 if he has none.
func (r *Roster) ManagerOf(member value.ID) value.ID {
	if p := r.members[member]; p != nil {
		return p.manager
	}
	return 0
}

// Region is whose holidays a member has, "" if nobody has said.
func (r *Roster) Region(member value.ID) string {
	if p := r.members[member]; p != nil {
		return p.region
	}
	return ""
}

// Role is the id of the role with that key.
func (r *Roster) Role(key string) (value.ID, bool) {
	for id, x := range r.roles {
		if x.key == key {
			return id, true
		}
	}
	return 0, false
}

// MemberIDs lists all members, deactivated ones included, in order.
func (r *Roster) MemberIDs() []value.ID {
	ids := make([]value.ID, 0, len(r.members))
	for id := range r.members {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// root is the object whose records carry the right to this one's: itself, or
// the end of its chain of parents.
func (r *Roster) root(o *schema.Object) *schema.Object {
	links := r.parents(o)
	if len(links) == 0 {
		return o
	}
	return r.schema.Target(links[len(links)-1])
}

// parents are the links from a child object to the record it belongs to, one
// after the other; none for an object that is no child.
func (r *Roster) parents(o *schema.Object) []*schema.FieldDef {
	var links []*schema.FieldDef
	for len(links) < maxParents {
		link, ok := o.ParentLink()
		if !ok {
			break
		}
		links = append(links, link)
		if o = r.schema.Target(link); o == nil {
			return links[:len(links)-1]
		}
	}
	return links
}

// maxParents ends a chain of child objects that was declared as a circle.
const maxParents = 8

// InRole is somebody without records of his own in that role, to show what it
// sees; false for a role that is not there.
func (r *Roster) InRole(id value.ID) (*Actor, bool) {
	x := r.roles[id]
	return &Actor{roster: r, person: &person{role: id}, role: x}, x != nil
}
