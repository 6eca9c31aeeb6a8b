package web_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

// kinds are all kinds of page, each by a name for its picture and an address;
// {deal}, {account}, {contact} and {lead} stand for one record of the sample.
var kinds = []struct{ name, path string }{
	{"home", "/"},
	{"list", "/deals"}, {"board", "/deals?layout=board"}, {"accounts", "/accounts"}, {"leads", "/leads"}, {"tasks", "/activities?view=tasks"},
	{"deal", "/deals/{deal}"}, {"account", "/accounts/{account}"}, {"contact", "/contacts/{contact}"}, {"lead", "/leads/{lead}"},
	{"new", "/deals/new"},
	{"imports", "/imports"}, {"jobs", "/jobs"}, {"reports", "/reports"}, {"funnel", "/reports/funnel"},
	{"settings", "/settings"}, {"me", "/settings/me"}, {"people", "/settings/people"}, {"teams", "/settings/teams"},
	{"roles", "/settings/roles"}, {"openness", "/settings/openness"}, {"company", "/settings/company"},
	{"history", "/settings/history"}, {"hours", "/settings/hours"}, {"holidays", "/settings/holidays?edit=add"}, {"rates", "/settings/rates"},
	{"sources", "/settings/sources"}, {"reasons", "/settings/reasons"}, {"types", "/settings/types?edit=add"}, {"leadstages", "/settings/lead_stages"}, {"casestates", "/settings/case_states"}, {"questions", "/settings/questions"}, {"pipelines", "/settings/pipelines"}, {"objects", "/settings/objects"}, {"fields", "/settings/objects/deal"},
	{"calendar", "/activities?layout=calendar"}, {"mail", "/mail/new"},
	{"notifications", "/notifications"}, {"choices", "/settings/notifications"}, {"mailserver", "/settings/mail"},
	{"blueprints", "/settings/blueprints"}, {"newblueprint", "/settings/blueprints/new"}, {"rules", "/settings/rules"}, {"templates", "/settings/templates"},
	{"newtemplate", "/settings/templates/new"}, {"webhooks", "/settings/webhooks"}, {"newwebhook", "/settings/webhooks/new"},
	{"forms", "/settings/forms"}, {"cadences", "/settings/cadences"}, {"scoring", "/settings/scoring"}, {"assignment", "/settings/assignment"},
	{"forecast", "/forecast"}, {"range", "/forecast/range"}, {"moves", "/forecast/moves"}, {"cash", "/forecast/cash"}, {"customers", "/forecast/customers"},
	{"targets", "/targets"}, {"plan", "/targets/plan"}, {"dashboards", "/dashboards"}, {"tiles", "/dashboards/monday"}, {"schedules", "/schedules"},
	{"changes", "/reports/changes"}, {"cohorts", "/reports/funnel-by-cohort"}, {"cohortmonths", "/reports/deal-cohorts"}, {"newreport", "/reports/new"}, {"report", "/reports/losses-by-person-and-stage"},
	{"prediction", "/reports/prediction"}, {"whatworks", "/reports/what-works"}, {"weakspots", "/reports/weak-spots"}, {"past", "/deals?as_of=2026-01-31"},
	{"more", "/more"}, {"lost", "/nowhere"},
}

// onPhones are the kinds of page whose charts scroll and whose buttons say less there.
var onPhones = []string{"funnel", "forecast", "range", "moves", "cash", "customers", "targets", "plan", "tiles", "schedules", "changes", "cohortmonths", "report", "prediction", "whatworks", "weakspots"}

// TestPagesOfTheSampleCompany opens every kind of page in both themes and at two
// widths, checks it for accessibility and lets "make screenshots" keep pictures.
func TestPagesOfTheSampleCompany(t *testing.T) {
	t.Parallel()
	s, people := webtest.Sample(t, pages)
	ids := firsts(t, s)
	for half := range 2 { // at once
		t.Run(fmt.Sprintf("%d of 2", half+1), func(t *testing.T) {
			t.Parallel()
			b := s.BrowserOf(t, people["admin"])
			b.Allow("404")
			for i, kind := range kinds {
				if i%2 == half {
					looks(b, kind.name, ids.Replace(kind.path))
				}
			}
		})
	}
	for _, lang := range []string{"ru", "zh"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			b := s.BrowserOf(t, people["admin"])
			b.Lang(lang)
			for _, name := range []string{"home", "list", "board", "deal", "account"} {
				for _, kind := range kinds {
					if kind.name == name {
						b.Open(ids.Replace(kind.path))
						b.Still()
						b.Picture(fmt.Sprintf("%s-%s", name, lang))
					}
				}
			}
		})
	}
}

// looks holds a page, opened once, to what it has to be in either theme and at
// two widths.
func looks(b *webtest.Browser, name, path string) {
	b.Theme("light")
	b.Size(1440, 900)
	b.Open(path)
	b.Wait("document.querySelector('h1')")
	b.Axe()
	b.Picture(name + "-light")
	b.Theme("dark")
	b.AxeColours()
	b.Picture(name + "-dark")
	b.Size(390, 844)
	b.Wait("document.documentElement.scrollWidth <= 391")
	b.Wait("[...document.querySelectorAll('.top .btn')].every(e => !e.checkVisibility() || e.getBoundingClientRect().right <= innerWidth)")
	phone := slices.Contains(onPhones, name)
	if phone {
		b.AxeColours()
	}
	b.Picture(name + "-phone-dark")
	b.Theme("light")
	if phone {
		b.Axe()
	}
	b.Still()
	b.Picture(name + "-phone-light")
}

// firsts fills in the addresses of one record of each object, one with as much
// about it as possible.
func firsts(t *testing.T, s *webtest.Site) *strings.Replacer {
	t.Helper()
	var pairs []string
	err := s.Workspace.Read(t.Context(), record.AsSystem("test"), func(s *record.Session) error {
		for object, filter := range map[string]string{"deal": `stage.kind = "open"`, "account": "", "contact": "", "lead": ""} {
			page, err := s.Query(t.Context(), record.Query{Object: object, Filter: filter, Sort: "-last_activity_at", Limit: 1})
			if err != nil {
				return err
			}
			pairs = append(pairs, "{"+object+"}", page.Records[0].ID.String())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(pairs...)
}
