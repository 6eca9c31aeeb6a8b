package settings_test

import (
	"net/url"
	"regexp"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

// latest is the address of the last change of configuration.
func latest(t *testing.T, s *webtest.Site) string {
	t.Helper()
	at := regexp.MustCompile(`/settings/history/\d+`).FindString(s.User(t, s.Ada).Get("/settings/history").Body)
	if at == "" {
		t.Fatal("nothing to revert")
	}
	return at
}

func TestConfigurationHasAHistoryWithRevert(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u, rita := s.User(t, s.Ada), s.User(t, s.Rita)
		has(t, u.Post("/settings/company", url.Values{"name": {"Northlight <b>"}, "fiscal_start": {"4"}, "response_minutes": {"90"}}), 303)
		company := latest(t, s)
		has(t, u.Get("/settings/history"), 200, " → Northlight &lt;b&gt;", "Fiscal year begins in: Jan → Apr", "Minutes until leads are answered: 60 → 90", "Ada", "Page")

		pipes := regexp.MustCompile(`/settings/pipelines/\d+`).FindString(u.Get("/settings/pipelines").Body)
		has(t, u.Post(pipes+"/stages", url.Values{"name": {"Demo"}, "kind": {"open"}, "probability": {"40"}}), 303)
		made := latest(t, s)
		var stage string
		s.Read(t, s.Ada, func(x *record.Session) error {
			page, err := x.Query(t.Context(), record.Query{Object: "stage", Filter: `name = "Demo"`})
			stage = page.Records[0].ID.String()
			return err
		})
		has(t, u.Post(pipes+"/stages/"+stage, url.Values{"name": {"Demo"}, "kind": {"open"}, "probability": {"60"}}), 303)
		changed := latest(t, s)
		has(t, u.Get("/settings/history"), 200, "Stage “Demo”: new", "Stage “Demo”, Probability: 40% → 60%")
		has(t, u.Get("/settings/history?subject=stage&person="+s.Ada.String()), 200, "Stage “Demo”: new", "!→ Northlight")
		has(t, u.Get("/settings/history?person="+s.Rita.String()), 200, "Nothing was changed")
		has(t, u.Get("/settings/history?before=x"), 422)
		has(t, u.Get("/settings/history/77"), 404)
		for _, path := range []string{"/settings/history", made, company} {
			has(t, rita.Get(path), 403)
		}
		has(t, rita.Post(company+"/revert", nil), 403)

		// What changed since stands in the way, and leads to the later change.
		has(t, u.Get(made), 200, "It cannot be taken back as it is", "Stage “Demo”: It has changed since.", changed, "!>Revert</button>")
		has(t, u.Post(made+"/revert", nil), 409, "It has changed since.")
		has(t, u.Get(changed), 200, "becomes as it was before", ">Revert</button>")
		has(t, u.Post(changed+"/revert", nil), 303)
		has(t, u.Get("/settings/history?reverted=1"), 200, "Taken back.", "Probability: 60% → 40%", "took a change back")
		has(t, u.Get(changed), 200, "This was taken back already.")
		has(t, u.Post(changed+"/revert", nil), 409)
		has(t, u.Post(made+"/revert", nil), 303)
		has(t, u.Post(company+"/revert", nil), 303)
		has(t, u.Get("/settings/company"), 200, "!Northlight", `name="response_minutes" type="number" value="60"`)

		// A field comes and goes with its plan.
		has(t, u.Post("/settings/objects/deal", url.Values{"add": {"text"}, "kind": {"text"}, "label.en": {"Colour"}}), 303)
		field := latest(t, s)
		has(t, u.Get(field), 200, "Colour", ">Revert</button>")
		has(t, u.Post(field+"/revert", nil), 303)
		has(t, u.Get("/settings/history"), 200, "Colour")
		has(t, u.Get("/settings/objects/deal"), 200, "!?field=colour")
	})
}
