package settings

import (
	"wellmet/internal/access"
	"wellmet/internal/record"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// place is one subject of the settings. Words are what people look for it by,
// beside its label and help.
type place struct{ Icon, URL, Label, Help, Words string }

// group is a heading and the subjects below it.
type group struct {
	Label  string
	Places []place
}

// groups is the one list of settings for administrators: an area adds itself
// with a line.
func groups(v *kit.View) []group {
	return []group{
		mine(v),
		{v.T("web.settings.people"), []place{
			{"user-plus", "/settings/people", v.T("web.people.members"), v.T("web.people.members_help"), ""},
			{"users", "/settings/teams", v.T("web.people.teams"), v.T("web.people.teams_place"), ""},
			{"shield", "/settings/roles", v.T("web.people.roles"), v.T("web.people.roles_help"), v.T("web.settings.find.roles")},
			{"eye", "/settings/openness", v.T("web.people.openness"), v.T("web.people.openness_help"), v.T("web.settings.find.openness")},
		}},
		{v.T("web.settings.selling"), []place{
			{"route", "/settings/pipelines", v.T("web.people.stages"), v.T("web.people.stages_help"), v.T("web.settings.find.pipelines")},
			{"tag", "/settings/types", v.T("web.settings.types"), v.T("web.settings.types_place"), v.T("web.pipeline.record_types")},
			{"flag", reasonsURL, v.T("web.settings.reasons"), v.T("web.settings.reasons_place"), v.T("web.settings.find.reasons")},
			{"workflow", "/settings/blueprints", v.T("web.process.blueprints"), v.T("web.people.blueprints_help"), v.T("web.settings.find.blueprints")},
			{"zap", "/settings/rules", v.T("web.process.rules"), v.T("web.people.rules_help"), v.T("web.settings.find.rules")},
			{"list-checks", "/settings/onboarding", v.T("web.settings.onboarding"), v.T("web.settings.onboarding_place"), v.T("web.settings.find.onboarding")},
			{"life-buoy", "/settings/case_states", v.T("web.settings.case_states"), v.T("web.settings.case_states_place"), ""},
			{"file-text", "/settings/templates", v.T("web.process.templates"), v.T("web.people.templates_help"), ""},
		}},
		{v.T("web.settings.leads"), []place{
			{"megaphone", "/settings/sources", v.T("web.settings.sources"), v.T("web.settings.sources_place"), ""},
			{"coins", "/settings/costs", v.T("web.settings.costs"), v.T("web.settings.costs_place"), ""},
			{"flag", "/settings/campaigns", v.T("web.settings.campaigns"), v.T("web.settings.campaigns_place"), ""},
			{"list", "/settings/lead_stages", v.T("web.pipeline.lead_stages"), v.T("web.settings.lead_stages_place"), ""},
			{"list-checks", "/settings/questions", v.T("web.settings.questions"), v.T("web.settings.questions_place"), v.T("web.settings.find.questions")},
			{"inbox", "/settings/forms", v.T("web.form.forms"), v.T("web.people.forms_help"), v.T("web.settings.find.forms")},
			{"list-ordered", "/settings/cadences", v.T("web.cadence.title"), v.T("web.people.cadences_help"), v.T("web.settings.find.cadences")},
			{"gauge", "/settings/scoring", v.T("web.scoring.title"), v.T("web.people.scoring_help"), v.T("web.settings.find.scoring")},
			{"arrow-left-right", "/settings/assignment", v.T("web.assignment.title"), v.T("web.people.assignment_help"), v.T("web.settings.find.assignment")},
		}},
		{v.T("web.settings.company"), []place{
			{"building", "/settings/company", v.T("web.people.company"), v.T("web.people.company_help"), v.T("web.settings.find.company")},
			{"clock", hoursURL, v.T("web.settings.hours"), v.T("web.settings.hours_place"), ""},
			{"calendar", "/settings/holidays", v.T("web.settings.holidays"), v.T("web.settings.holidays_place"), ""},
			{"coins", "/settings/rates", v.T("web.settings.rates"), v.T("web.settings.rates_place"), v.T("web.settings.find.rates")},
			{"layers", "/settings/objects", v.T("web.people.objects"), v.T("web.people.objects_help"), v.T("web.settings.find.objects")},
			{"history", historyURL, v.T("web.settings.history"), v.T("web.settings.history_place"), v.T("web.settings.find.history")},
			{"send", "/settings/webhooks", v.T("web.process.webhooks"), v.T("web.people.webhooks_help"), ""},
			{"arrow-down", "/settings/hooks", v.T("web.process.hooks"), v.T("web.people.hooks_help"), ""},
			{"mail", "/settings/mail", v.T("web.inbox.server"), v.T("web.inbox.server_help"), v.T("web.settings.find.mail")},
		}},
	}
}

// mine are the settings that everybody has.
func mine(v *kit.View) group {
	return group{v.T("web.settings.mine"), []place{
		{"user-round", "/settings/me", v.T("web.people.me"), v.T("web.people.me_help"), ""},
		{"bell", "/settings/notifications", v.T("web.inbox.choices"), v.T("web.inbox.choices_help"), ""},
	}}
}

// of are the settings that the actor may open.
func of(c *door.Call, s *record.Session) []group {
	v := c.View
	if !s.Actor().Admin() {
		list := []group{mine(v)}
		if _, err := s.Object(access.Members.Name); err == nil {
			list = append(list, group{v.T("web.settings.people"), []place{
				{"users", "/settings/people", v.T("web.people.members"), v.T("web.people.colleagues_help"), ""}}})
		}
		return list
	}
	return groups(v)
}
