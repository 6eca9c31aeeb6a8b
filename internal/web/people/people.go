// Package people is settings of people: one's own, members and teams, roles,
// how open records are, and the company itself.
package people

import (
	"wellmet/internal/access"
	"wellmet/internal/record"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /settings", Do: index},
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

// place is a page of settings.
type place struct {
	Icon, URL, Label, Help string
}

// index lists the settings that the user may open.
func index(c *door.Call) error {
	var places []place
	v := c.View
	err := c.Read(func(s *record.Session) error {
		places = []place{{"user-round", "/settings/me", v.T("web.people.me"), v.T("web.people.me_help")},
			{"bell", "/settings/notifications", v.T("web.inbox.choices"), v.T("web.inbox.choices_help")}}
		if !s.Actor().Admin() {
			if _, err := s.Object(access.Members.Name); err == nil {
				places = append(places, place{"users", membersURL, v.T("web.people.members"), v.T("web.people.colleagues_help")})
			}
		} else {
			places = append(places,
				place{"user-plus", membersURL, v.T("web.people.members"), v.T("web.people.members_help")},
				place{"users", teamsURL, v.T("web.people.teams"), v.T("web.people.teams_place")},
				place{"shield", "/settings/roles", v.T("web.people.roles"), v.T("web.people.roles_help")},
				place{"eye", "/settings/openness", v.T("web.people.openness"), v.T("web.people.openness_help")},
				place{"layers", "/settings/objects", v.T("web.people.objects"), v.T("web.people.objects_help")},
				place{"route", "/settings/pipelines", v.T("web.people.stages"), v.T("web.people.stages_help")},
				place{"building", "/settings/company", v.T("web.people.company"), v.T("web.people.company_help")},
				place{"workflow", "/settings/blueprints", v.T("web.process.blueprints"), v.T("web.people.blueprints_help")},
				place{"zap", "/settings/rules", v.T("web.process.rules"), v.T("web.people.rules_help")},
				place{"file-text", "/settings/templates", v.T("web.process.templates"), v.T("web.people.templates_help")},
				place{"send", "/settings/webhooks", v.T("web.process.webhooks"), v.T("web.people.webhooks_help")},
				place{"mail", "/settings/mail", v.T("web.inbox.server"), v.T("web.inbox.server_help")})
			places = append(places, records(c, s)...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.Show(kit.Page{Title: v.T("web.nav.settings"), Nav: "/settings", Body: indexPage(v, places)})
}

// governing are the objects whose records say how the company works; an administrator finds their lists
// among the settings, not beside the customers.
var governing = []string{"lead_stage", "lead_source", "lead_question", "case_state", "form", "assignment_rule", "score_rule", "cadence",
	"holiday", "currency_rate"}

func records(c *door.Call, s *record.Session) (places []place) {
	for _, name := range governing {
		if o, err := s.Object(name); err == nil {
			places = append(places, place{door.Icon(o), "/" + o.Plural, o.Label(c.View.Lang).Many, ""})
		}
	}
	return places
}

// admin refuses everybody else.
func admin(s *record.Session) error { return door.AdminOnly(s, "web.people.admin_only") }
