package access

import (
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// The built-in objects of this room. They are unowned: every colleague may see
// who works here, and only administrators change it.
var (
	Members = people()
	Teams   = schema.NewObject("team", "teams", schema.Unowned, "Team", "Teams")
	Roles   = schema.NewObject("role", "roles", schema.Unowned, "Role", "Roles")
)

// Fields of a member.
var (
	MemberName  = schema.Text(Members, "name").Required().Fragments()
	MemberEmail = schema.Email(Members, "email").Fragments()
	// MemberUser is the id of the control user who signs in as this member;
	// empty for one who only owns records.
	MemberUser    = schema.Text(Members, "user_id").Unique().ReadOnly().On(hide)
	MemberManager = schema.Person(Members, "manager").Inverse("reports").OnDelete(schema.Clear)
	MemberTeam    = schema.Link(Members, "team", "team").Inverse("members")
	MemberRole    = schema.Link(Members, "role", "role").Inverse("members")
	MemberActive  = schema.Bool(Members, "active").Default("true")
	// MemberRegion is his territory, several between commas; MemberHolidays where
	// he works, for whose holidays are his: DE-BY has those of DE, too.
	MemberRegion   = schema.Text(Members, "region")
	MemberHolidays = schema.Text(Members, "holiday_region")
	MemberTitle    = schema.Text(Members, "title")
)

// Fields of a team. The lead is who to ask; rights come from being a member.
var (
	TeamName   = schema.Text(Teams, "name").Required().Fragments()
	TeamParent = schema.Link(Teams, "parent", "team").Inverse("children")
	TeamLead   = schema.Person(Teams, "lead").OnDelete(schema.Clear)
)

// Fields of a role. Key is fixed for the shipped roles and empty for others.
var (
	RoleName        = schema.Text(Roles, "name").Required()
	RoleKey         = schema.Text(Roles, "key").Unique().ReadOnly()
	RolePermissions = schema.LongText(Roles, "permissions")
	RoleBuiltin     = schema.Bool(Roles, "builtin").ReadOnly()
)

// Objects lists what this room declares.
func Objects() []*schema.Object { return []*schema.Object{Members, Teams, Roles} }

func people() *schema.Object {
	o := schema.NewObject("member", "members", schema.Unowned, "Member", "Members")
	o.Indexes = []schema.Index{{Name: "name", Fields: []string{"name"}, Served: true}}
	return o
}

func hide(f *schema.FieldDef) { f.Hidden = true }

// Guards reports whether only administrators may write the object, whatever a
// role says of it.
func Guards(o *schema.Object) bool { return guards(o) }

// guards reports whether writing the object changes who may do what, which is
// for administrators whatever a role says of objects.
func guards(o *schema.Object) bool {
	return o.ID == Members.ID || o.ID == Teams.ID || o.ID == Roles.ID
}

// person is a member as the roster keeps him.
type person struct {
	id, team, role, manager value.ID
	name, region            string
	active                  bool
}
