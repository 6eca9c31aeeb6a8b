package door

import (
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/goal"
	"wellmet/internal/notify"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/web/kit"
)

// first are the objects that head the side bar, with the letter pressed after
// G; what else there is follows by name.
var first = []struct{ object, key, icon string }{
	{"lead", "g l", "target"}, {"deal", "g d", "handshake"}, {"account", "g o", "building-2"}, {"contact", "g p", "user-round"},
	{"activity", "", "calendar"}, {"product", "g q", "package"},
	{"contract", "", "file-text"}, {"payment_plan_line", "", "calendar-clock"}, {"receipt", "", "receipt"}, {"case", "", "life-buoy"},
}

// kept are objects that have pages elsewhere: settings, or their parent's.
var kept = map[string]bool{
	"member": true, "team": true, "role": true, "pipeline": true, "stage": true, "deal_line": true, "deal_contact": true, "deal_member": true, "deal_competitor": true, "contract_line": true, "allocation": true,
	"currency_rate": true, "view": true, "lead_stage": true, "lead_question": true, "lead_source": true, "source_cost": true, "campaign": true, "lead_person": true, "lead_answer": true, "touch": true,
	"form": true, "submission": true, "assignment_rule": true, "score_rule": true, "cadence": true, "cadence_step": true, "enrollment": true,
	"holiday": true, "onboarding_step": true, "record_type": true, "case_state": true, "blueprint": true, "blueprint_version": true, "rule": true, "template": true, "webhook": true, "incoming_hook": true,
}

// settingsAt begins the addresses of settings.
const settingsAt = "/settings"

// Kept reports whether the object's records have no pages of their own.
func Kept(o *schema.Object) bool { return kept[o.Name] }

// Icon is the drawing of an object.
func Icon(o *schema.Object) string {
	if o.Icon != "" {
		return o.Icon
	}
	for _, f := range first {
		if f.object == o.Name {
			return f.icon
		}
	}
	switch o.Name {
	case "member":
		return "user-round"
	case "team":
		return "users"
	}
	return "box"
}

// learn keeps what the shell shows, the user's zone and rights, from the first
// session of the call.
func (c *Call) learn(s *record.Session) {
	if c.shell != nil {
		return
	}
	if !c.View.OwnZone {
		if zone, err := time.LoadLocation(s.Settings().Zone); err == nil {
			c.View.Zone = zone
		}
	}
	shell := &kit.Shell{Company: s.Settings().Name, Admin: s.Actor().Admin(), Email: c.Identity.Email, Me: kit.Person{ID: s.Actor().Member().String(), Name: s.Actor().Name()}}
	listed := map[string]bool{}
	if on, err := sales.LeadsOn(c.Ctx, s); err == nil && !on { // every pipeline begins with deals
		listed[sales.Leads.Name] = true
	}
	listed[goal.Targets.Name] = true // stands with the reports
	add := func(o *schema.Object, key string) {
		if Kept(o) {
			shell.Kept = append(shell.Kept, "/"+o.Plural)
		}
		if o.Hidden || Kept(o) || listed[o.Name] || !s.Actor().Can(o, access.Read) {
			return
		}
		listed[o.Name] = true
		shell.Objects = append(shell.Objects, kit.NavItem{Label: o.Label(c.View.Lang).Many, Icon: Icon(o), URL: "/" + o.Plural, Key: key})
	}
	for _, f := range first {
		if o, err := s.Object(f.object); err == nil {
			add(o, f.key)
		}
	}
	for _, o := range s.Schema().Objects() {
		add(o, "")
	}
	if o, err := s.Object("deal"); err == nil && s.Actor().Can(o, access.Read) {
		shell.More = append(shell.More, kit.NavItem{Label: c.View.T("web.nav.focus"), Icon: "target", URL: "/focus", Key: "g f"},
			kit.NavItem{Label: c.View.T("web.nav.forecast"), Icon: "trending-up", URL: "/forecast"})
	}
	shell.More = append(shell.More, kit.NavItem{Label: c.View.T("web.nav.dashboards"), Icon: "gauge", URL: "/dashboards", Also: []string{"/schedules"}},
		kit.NavItem{Label: c.View.T("web.nav.reports"), Icon: "chart-column", URL: "/reports", Key: "g r"})
	if o, err := s.Object(goal.Targets.Name); err == nil && s.Actor().Can(o, access.Read) {
		shell.More = append(shell.More, kit.NavItem{Label: c.View.T("web.goals.title"), Icon: "flag", URL: "/" + o.Plural})
	}
	shell.More = append(shell.More,
		kit.NavItem{Label: c.View.T("web.exchange.imports"), Icon: "upload", URL: "/imports", Also: []string{"/jobs"}})
	if c.R.Header.Get("HX-Request") != "true" { // a part of a page leaves the side bar as it is
		if n, err := notify.Unread(c.Ctx, s); err == nil {
			shell.Unread = n
		}
	}
	if c.Door.settings != nil && strings.HasPrefix(c.R.URL.Path, settingsAt) {
		c.frame = c.Door.settings(c, s)
	}
	c.shell = shell
}

// Shell is what surrounds the page, nil before the first session of the call.
func (c *Call) Shell() *kit.Shell { return c.shell }
