// Package people is settings of people: one's own, members and teams, roles,
// how open records are, and the company itself.
package people

import (
	"wellmet/internal/record"
	"wellmet/internal/web/door"
)

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /settings/me", Do: showMe},
		{Pattern: "POST /settings/me", Do: saveMe},
		{Pattern: "POST /settings/me/password", Do: changePassword},
		{Pattern: "POST /settings/me/sessions/end", Do: endSession},
		{Pattern: "POST /settings/me/tokens", Do: addToken},
		{Pattern: "POST /settings/me/tokens/{id}/end", Do: endToken},
		{Pattern: "GET /settings/people", Do: showMembers},
		{Pattern: "GET /settings/people/invite", Do: showInvite},
		{Pattern: "POST /settings/people/invite", Do: invite},
		{Pattern: "POST /settings/people/{id}", Do: saveMember},
		{Pattern: "POST /settings/people/{id}/link", Do: newLink},
		{Pattern: "GET /settings/people/{id}/off", Do: showLeave},
		{Pattern: "POST /settings/people/{id}/off", Do: leave},
		{Pattern: "POST /settings/people/{id}/on", Do: reactivate},
		{Pattern: "GET /settings/teams", Do: showTeams},
		{Pattern: "POST /settings/teams", Do: addTeam},
		{Pattern: "POST /settings/teams/{id}", Do: saveTeam},
		{Pattern: "POST /settings/teams/{id}/delete", Do: deleteTeam},
		{Pattern: "GET /settings/roles", Do: showRoles},
		{Pattern: "POST /settings/roles", Do: addRole},
		{Pattern: "GET /settings/roles/{id}", Do: showRole},
		{Pattern: "POST /settings/roles/{id}", Do: saveRole},
		{Pattern: "GET /settings/roles/{id}/delete", Do: showDeleteRole},
		{Pattern: "POST /settings/roles/{id}/delete", Do: deleteRole},
		{Pattern: "GET /settings/openness", Do: showOpenness},
		{Pattern: "POST /settings/openness", Do: saveOpenness},
		{Pattern: "POST /settings/openness/back", Do: undoOpenness},
		{Pattern: "GET /settings/company", Do: showCompany},
		{Pattern: "POST /settings/company", Do: saveCompany},
	}
}

// admin refuses everybody else.
func admin(s *record.Session) error { return door.AdminOnly(s, "web.people.admin_only") }
