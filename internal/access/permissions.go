package access

import (
	"encoding/json"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// Permissions is what a role grants, as its record keeps it in JSON:
//
//	{"objects": {"*":    {"read": "open", "update": "team"},
//	             "deal": {"read": "open|team_and_below", "delete": "none"}},
//	 "fields":  {"deal.cost": "masked", "account.deal_total": "read"}}
//
// An action that an object does not name falls to "*", and one that neither
// names is refused. A field that is not named may be written; naming a roll-up
// grants its stored figure also to those who may not read all it counts.
type Permissions struct {
	Objects map[string]ObjectRights `json:"objects,omitempty"`
	Fields  map[string]FieldRight   `json:"fields,omitempty"`
	// Admin may change the schema, members, teams, roles and settings.
	Admin bool `json:"admin,omitempty"`
}

// ObjectRights are the rights to one object, action by action.
type ObjectRights map[Action]Right

// everyObject is the name in Permissions.Objects of the rights to all objects
// that have none of their own.
const everyObject = "*"

// ParsePermissions reads a role's JSON; an empty text grants nothing. Unknown
// words are refused rather than ignored: a misspelt restriction would grant.
func ParsePermissions(text string) (Permissions, error) {
	var p Permissions
	if strings.TrimSpace(text) == "" {
		return p, nil
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	err := dec.Decode(&p)
	if err == nil && dec.More() {
		err = fault.New(fault.Invalid, "access.bad_permissions", fault.Args{"problem": "more than one value"})
	}
	if err == nil {
		return p, nil
	}
	if _, ok := fault.As(err); !ok {
		err = fault.New(fault.Invalid, "access.bad_permissions", fault.Args{"problem": value.Printable(err.Error())})
	}
	return Permissions{}, err
}

// String is the permissions as role records keep them.
func (p Permissions) String() string {
	b, err := json.Marshal(p)
	if err != nil { // plain data
		panic("access: permissions do not marshal: " + err.Error())
	}
	return string(b)
}

// right finds what the role grants for an action on an object, under its own
// name first.
func (p Permissions) right(names []string, act Action) (r Right, own bool) {
	for _, name := range names {
		if r, ok := p.Objects[name][act]; ok {
			return r, true
		}
	}
	return p.Objects[everyObject][act], false
}

// ShippedRole is a role that every workspace begins with. Its key is fixed;
// its name and permissions are the workspace's to change, except that "admin"
// always may everything.
type ShippedRole struct {
	Key, Name   string
	Permissions Permissions
}

// Keys of the shipped roles.
const (
	AdminRole   = "admin"
	ManagerRole = "manager"
	RepRole     = "rep"
)

// ShippedRoles lists them; app writes their records into a new workspace.
func ShippedRoles() []ShippedRole {
	every := func(r ObjectRights) Permissions { return Permissions{Objects: map[string]ObjectRights{everyObject: r}} }
	to := func(s Scope) Right { return Right{Scope: s} }
	admin := every(ObjectRights{Read: to(All), Create: to(All), Update: to(All), Delete: to(All), Export: to(All), Import: to(All)})
	admin.Admin = true
	return []ShippedRole{
		{AdminRole, "Administrator", admin},
		{ManagerRole, "Manager", every(ObjectRights{Read: {Open: true, Scope: Below}, Create: to(Below), Update: to(Below),
			Delete: to(Below), Export: to(Below), Import: to(Below)})},
		{RepRole, "Sales representative", every(ObjectRights{Read: {Open: true}, Create: to(Team), Update: to(Team),
			Delete: to(Own), Export: to(Own), Import: to(None)})},
	}
}
