package access

import (
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// Action is what somebody does with records of an object.
type Action uint8

// The actions a role grants one by one.
const (
	Read Action = iota
	Create
	Update
	Delete
	Export
	Import

	actions = 6
)

var actionNames = [actions]string{"read", "create", "update", "delete", "export", "import"}

// String is the action's name in role records.
func (a Action) String() string { return actionNames[a] }

// MarshalText makes actions the keys of JSON objects.
func (a Action) MarshalText() ([]byte, error) { return []byte(actionNames[a]), nil }

// UnmarshalText reads an action's name.
func (a *Action) UnmarshalText(text []byte) error {
	i := slices.Index(actionNames[:], string(text))
	if i < 0 {
		return fault.New(fault.Invalid, "access.unknown_action", fault.Args{"name": value.Printable(string(text))})
	}
	*a = Action(i)
	return nil
}

// Scope says whose records an action reaches; each scope includes those before
// it.
type Scope uint8

// The scopes, from nothing to everything. Records without an owner are in All
// only.
const (
	None  Scope = iota // nothing
	Own                // records he owns himself
	Team               // and his team's
	Below              // and those of all teams under his
	All                // every record
)

var scopeNames = [...]string{"none", "own", "team", "team_and_below", "all"}

// String is the scope's name in role records.
func (s Scope) String() string { return scopeNames[s] }

// MarshalText writes the scope's name.
func (s Scope) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// ParseScope reads a scope's name.
func ParseScope(text string) (Scope, error) {
	i := slices.Index(scopeNames[:], text)
	if i < 0 {
		return None, fault.New(fault.Invalid, "access.unknown_scope", fault.Args{"name": value.Printable(text)})
	}
	return Scope(i), nil
}

// FieldRight is what somebody may do with a field; each right includes those
// before it.
type FieldRight uint8

// The rights to a field. A Masked value is shown with its middle blotted out
// and can not be searched, filtered, sorted, grouped, measured or exported.
const (
	NoField FieldRight = iota
	Masked
	ReadField
	WriteField
)

var fieldNames = [...]string{"none", "masked", "read", "write"}

// String is the right's name in role records.
func (r FieldRight) String() string { return fieldNames[r] }

// MarshalText writes the right's name.
func (r FieldRight) MarshalText() ([]byte, error) { return []byte(fieldNames[r]), nil }

// UnmarshalText reads a right's name.
func (r *FieldRight) UnmarshalText(text []byte) error {
	i := slices.Index(fieldNames[:], string(text))
	if i < 0 {
		return fault.New(fault.Invalid, "access.unknown_field_right", fault.Args{"name": value.Printable(string(text))})
	}
	*r = FieldRight(i)
	return nil
}
