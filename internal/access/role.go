package access

import (
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// role is a role with its rights worked out for every object and field of the
// roster's schema.
type role struct {
	id          value.ID
	key, name   string
	permissions Permissions
	broken      error // why the permissions could not be read

	scopes map[string][actions]Scope // by object id
	fields map[string]FieldRight     // by field id
}

// admin reports whether the role administers the workspace. The shipped one
// always does, whatever its record says: nobody can lock everybody out.
func (x *role) admin() bool {
	return x != nil && (x.key == AdminRole || x.permissions.Admin)
}

// workOut fills in the rights of all roles.
func (r *Roster) workOut() {
	inputs := r.allInputs()
	for _, x := range r.roles {
		x.scopes = map[string][actions]Scope{}
		x.fields = map[string]FieldRight{}
		for _, o := range r.schema.Objects() {
			var row [actions]Scope
			for act := range actions {
				row[act] = r.scopeOf(x, o, Action(act))
			}
			x.scopes[o.ID] = row
		}
		scope := func(o *schema.Object, act Action) Scope { return x.scopes[o.ID][act] }
		for _, o := range r.schema.Objects() {
			for _, f := range o.Fields {
				x.fields[f.ID] = r.fieldOf(x, f, inputs, scope, 0)
			}
		}
	}
}

// scopeOf works out what a role grants. Nobody changes, deletes or exports
// what he may not read.
func (r *Roster) scopeOf(x *role, o *schema.Object, act Action) Scope {
	switch {
	case o.Personal != "":
		return r.personal(x, o, act)
	case x.key == AdminRole:
		return All
	case guards(o) && act != Read && act != Export:
		if x.permissions.Admin {
			return All
		}
		return None
	}
	s := r.granted(x, o, act)
	if act == Update || act == Delete || act == Export {
		s = min(s, r.granted(x, o, Read))
	}
	return s
}

// personal is the scope on objects whose records are their owners' own: a role
// can take them away by name, and widen nothing.
func (r *Roster) personal(x *role, o *schema.Object, act Action) Scope {
	right, named := x.permissions.right([]string{o.ID, o.Name}, act)
	if named && x.key != AdminRole {
		return min(Own, right.under(Private))
	}
	return Own
}

// granted is the role's word for an action, under the object's openness and
// mode of access.
func (r *Roster) granted(x *role, o *schema.Object, act Action) Scope {
	right, own := x.permissions.right([]string{o.ID, o.Name}, act)
	s := right.under(r.Openness(o))
	switch o.Access {
	case schema.Child:
		return r.grantedChild(x, o, act, s, own)
	case schema.Unowned:
		return whole(s, act)
	}
	return s
}

// grantedChild ties a child to its parent: it is readable exactly when the
// parent is, and changed by those who may change the parent. A right that the
// role gives the child by name can only narrow that.
func (r *Roster) grantedChild(x *role, o *schema.Object, act Action, s Scope, own bool) Scope {
	top := r.root(o)
	if top == o {
		return None
	}
	same := act
	if act == Create || act == Delete {
		same = Update
	}
	up := r.scopeOf(x, top, same)
	if own && act != Read {
		return min(s, up)
	}
	if own && s == None {
		return None
	}
	return up
}

// whole is a scope on an object without owners: any scope reads all of it,
// while only "all" changes it, because it is everybody's.
func whole(s Scope, act Action) Scope {
	if s == All || s > None && act == Read {
		return All
	}
	return None
}
