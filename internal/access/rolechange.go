package access

import (
	"context"
	"fmt"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// RoleEffect tells what other permissions of a role would change for those who
// have it. Children go with the record they belong to and are not listed.
type RoleEffect struct {
	Members []value.ID // active ones who have the role
	Scopes  []ScopeChange
	Fields  []FieldChange
	// Admin says that the role begins (true) or ceases to administer the
	// workspace; nil when that stays.
	Admin *bool
}

// ScopeChange is one action on one object that reaches further or less far.
type ScopeChange struct {
	Object   *schema.Object
	Action   Action
	From, To Scope
	// Members tell, one by one, how many records the action reaches before and
	// after; Lost is negative for who gains. Who neither gains nor loses a
	// record is left out.
	Members []Loss
}

// FieldChange is a field that may be less or more than before.
type FieldChange struct {
	Field    *schema.FieldDef
	From, To FieldRight
}

// PreviewRole works out what would change if the role (0 = a new one) had these
// permissions. Nothing is changed.
func PreviewRole(ctx context.Context, tx *store.Tx, r *Roster, id value.ID, text string, now time.Time) (*RoleEffect, error) {
	was := r.roles[id]
	if was == nil {
		return nil, fault.New(fault.NotFound, "access.no_role", nil)
	}
	bound, err := BindPermissions(r.schema, text)
	if err != nil {
		return nil, err
	}
	will := &role{id: was.id, key: was.key, name: was.name}
	if will.permissions, err = ParsePermissions(bound); err != nil {
		return nil, err
	}
	e := &RoleEffect{}
	if now := will.admin(); now != was.admin() {
		e.Admin = &now
	}
	for _, m := range r.MemberIDs() {
		if p := r.members[m]; p.active && p.role == id {
			e.Members = append(e.Members, m)
		}
	}
	if err := e.addScopes(ctx, tx, r, was, will, now); err != nil {
		return nil, err
	}
	e.addFields(r, will)
	return e, nil
}

func (e *RoleEffect) addScopes(ctx context.Context, tx *store.Tx, r *Roster, was, will *role, now time.Time) error {
	for _, o := range r.schema.Objects() {
		if o.Access == schema.Child || o.Personal != "" {
			continue
		}
		var c *owned
		for act := range actions {
			x := ScopeChange{Object: o, Action: Action(act), From: was.scopes[o.ID][act], To: r.scopeOf(will, o, Action(act))}
			if x.From == x.To {
				continue
			}
			if c == nil {
				var err error
				if c, err = countEvery(ctx, tx, r, o); err != nil {
					return err
				}
			}
			if x.Action == Read || x.Action == Update || x.Action == Delete {
				if err := x.count(ctx, tx, c, e.Members, now); err != nil {
					return err
				}
			}
			e.Scopes = append(e.Scopes, x)
		}
	}
	return nil
}

// count fills in what each member gains or loses.
func (x *ScopeChange) count(ctx context.Context, tx *store.Tx, c *owned, members []value.ID, now time.Time) error {
	t := &Tightening{}
	for _, m := range members {
		p := c.roster.members[m]
		t.Losses = append(t.Losses, Loss{Member: m, Name: p.name, From: x.From, To: x.To, Before: c.within(p, x.From), After: c.within(p, x.To)})
	}
	if level := Level(x.Action); level != noLevel {
		if err := t.addShared(ctx, tx, c.roster, x.Object, level, now); err != nil {
			return err
		}
	}
	t.sumUp()
	for _, l := range t.Losses {
		if l.Lost != 0 {
			x.Members = append(x.Members, l)
		}
	}
	return nil
}

func (e *RoleEffect) addFields(r *Roster, will *role) {
	inputs := r.allInputs()
	scope := func(o *schema.Object, act Action) Scope { return r.scopeOf(will, o, act) }
	for _, o := range r.schema.Objects() {
		if scope(o, Read) == None || r.roles[will.id].scopes[o.ID][Read] == None {
			continue // told by the object already
		}
		for _, f := range o.Fields {
			x := FieldChange{Field: f, From: r.roles[will.id].fields[f.ID], To: r.fieldOf(will, f, inputs, scope, 0)}
			if x.From != x.To && !f.Hidden && (min(x.From, x.To) < ReadField || r.named(will, f)) {
				e.Fields = append(e.Fields, x)
			}
		}
	}
}

// named reports whether the role, before or after, has a word on the field
// itself; other changes between read and write follow from the object's.
func (r *Roster) named(will *role, f *schema.FieldDef) bool {
	_, after := will.permissions.field(f)
	_, before := r.roles[will.id].permissions.field(f)
	return after || before
}

// countEvery is countOwned for objects without owners too.
func countEvery(ctx context.Context, tx *store.Tx, r *Roster, o *schema.Object) (*owned, error) {
	c, err := countOwned(ctx, tx, r, o)
	if err != nil || o.HasOwner() {
		return c, err
	}
	_, err = tx.Row(ctx, fmt.Sprintf(`SELECT count(*) FROM {%s} WHERE deleted_at IS NULL`, o.Table), nil, &c.all)
	return c, err
}

// RoleScope is how far a role's action reaches on an object, openness and
// parents included.
func (r *Roster) RoleScope(id value.ID, o *schema.Object, act Action) Scope {
	if x := r.roles[id]; x != nil {
		return x.scopes[o.ID][act]
	}
	return None
}

// RoleAdmin reports whether a role administers the workspace.
func (r *Roster) RoleAdmin(id value.ID) bool { return r.roles[id].admin() }

// RoleOf is a member's role, 0 if he has none.
func (r *Roster) RoleOf(member value.ID) value.ID {
	if p := r.members[member]; p != nil {
		return p.role
	}
	return 0
}

// Having counts the active members of every role.
func (r *Roster) Having() map[value.ID]int {
	n := map[value.ID]int{}
	for _, p := range r.members {
		if p.active {
			n[p.role]++
		}
	}
	return n
}
