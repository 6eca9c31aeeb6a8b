package access

import (
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Actor is somebody with his rights: a member, or the system.
type Actor struct {
	roster *Roster
	person *person
	role   *role
	reason string // of a system actor
	limits []limit
}

// System is the actor that no permission stops. The reason says in the act why
// there is none.
func System(reason string) *Actor {
	if reason == "" {
		reason = "system"
	}
	return &Actor{reason: reason, person: &person{}}
}

// Member is the acting member, 0 for the system.
func (a *Actor) Member() value.ID { return a.person.id }

// Name is what the member is called, the reason of a system actor.
func (a *Actor) Name() string {
	if a.System() {
		return a.reason
	}
	return a.person.name
}

// Team is the member's team, 0 if he has none.
func (a *Actor) Team() value.ID { return a.person.team }

// Role is the id of the member's role, 0 if he has none.
func (a *Actor) Role() value.ID { return a.person.role }

// System reports whether permission is skipped.
func (a *Actor) System() bool { return a.reason != "" }

// Reason is why permission is skipped.
func (a *Actor) Reason() string { return a.reason }

// Admin reports whether the actor may change schema, members, teams, roles and
// settings.
func (a *Actor) Admin() bool {
	if a.System() {
		return true
	}
	for _, l := range a.limits {
		if !l.admin {
			return false
		}
	}
	return a.role.admin()
}

// Scope is how far the action reaches on the object: role, openness, parent
// and token limits together.
func (a *Actor) Scope(o *schema.Object, act Action) Scope {
	if a.System() {
		return All
	}
	if a.role == nil {
		return None
	}
	if !a.Allows(o, act) {
		return None
	}
	return a.role.scopes[o.ID][act]
}

// Can reports whether there is any record of the object that the actor could
// do this to.
func (a *Actor) Can(o *schema.Object, act Action) bool { return a.Scope(o, act) != None }

// Field is what the actor may do with the field, given a record that he may
// read or create.
func (a *Actor) Field(f *schema.FieldDef) FieldRight {
	if a.System() {
		if f.Writable() {
			return WriteField
		}
		return ReadField
	}
	if a.role == nil {
		return NoField
	}
	if len(a.limits) > 0 {
		return a.roster.fieldOf(a.role, f, nil, a.Scope, 0)
	}
	return a.role.fields[f.ID]
}

// Sees reports whether the field may be shown: in full, or masked (Field tells
// which). It is not the question for filters and sorts; that is CanFilter.
func (a *Actor) Sees(f *schema.FieldDef) bool { return a.Field(f) >= Masked }

// CanFilter reports whether the field may stand in filters, sorts, groups,
// measures, searches and exports, all of which tell its value.
func (a *Actor) CanFilter(f *schema.FieldDef) bool { return a.Field(f) >= ReadField }

// CanWrite reports whether the actor may set the field.
func (a *Actor) CanWrite(f *schema.FieldDef) bool { return a.Field(f) == WriteField }
