package web_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// choice is somebody to choose: in a list, beside a box, or among what is typed.
var choice = regexp.MustCompile(`(?:<option[^>]*>|role="option"[^>]*>(?:\s|<[^>]*>)*|type="checkbox"[^>]*>\s*)Automation\b`)

// The member that automations run as is nobody: no page offers him as owner,
// receiver, assignee or filter, and none plans a target for him. People are offered
// there.
func TestAutomationIsOfferedNowhere(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		s.Create(t, s.Ada, "rule", record.Values{"name": "Call", "object": "lead", "trigger": "created", "actions": `[{"do":"task","text":"Call {{name}}"}]`})
		var service value.ID
		s.Read(t, s.Ada, func(x *record.Session) (err error) {
			service, err = access.ServiceMember.Get(t.Context(), x.Tx())
			return err
		})
		firm := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		deal := "/deals/" + s.Create(t, s.Rita, "deal", record.Values{"name": "Pumps", "account": firm}).String()
		ada := s.User(t, s.Ada)
		for _, path := range []string{"/schedules?of=dashboard:monday", "/dashboards/monday", "/reports/pipeline", "/reports/changes", "/members/options?for=deal.owner",
			deal + "/assign", deal + "/shares", "/settings/teams", "/targets/plan?period=2026-Q2&measure=won_revenue&everybody=1"} {
			a := ada.Get(path)
			if a.Status != 200 || choice.MatchString(a.Body) || strings.Contains(path, "plan") && strings.Contains(a.Body, "Automation") || !strings.Contains(a.Body, "Bob") {
				t.Errorf("%s: %d %q", path, a.Status, choice.FindString(a.Body))
			}
		}
		if a := ada.Get("/members/options?for=deal.owner&q=Autom"); strings.Contains(a.Body, "Automation") {
			t.Errorf("found by name: %s", a.Body)
		}
		form := url.Values{"of": {"dashboard:monday"}, "name": {"Monday"}, "every": {"weekly"}, "hour": {"7"}, "zone": {"UTC"}, "to": {service.String()}}
		if a := ada.Post("/schedules", form); a.Status != 422 || !strings.Contains(a.Body, "Automation is not among the colleagues who work here") {
			t.Errorf("as receiver: %d %s", a.Status, a.Body)
		}
		form.Set("to", s.Rita.String())
		if a := ada.Post("/schedules", form); a.Status != 303 {
			t.Errorf("a colleague as receiver: %d %s", a.Status, a.Body)
		}
	})
}
