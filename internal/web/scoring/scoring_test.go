package scoring_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

// rules are the scoring rules of leads in their order.
func rules(t *testing.T, s *webtest.Site) (ids []string, names string) {
	t.Helper()
	var list []string
	s.Read(t, s.Ada, func(x *record.Session) error {
		page, err := x.Query(t.Context(), record.Query{Object: "score_rule", Filter: `object = "lead"`, Sort: "position,id"})
		for _, r := range page.Records {
			ids, list = append(ids, r.ID.String()), append(list, r.Title())
		}
		return err
	})
	return ids, strings.Join(list, ", ")
}

func TestRulesOfScoring(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		ada, rita := s.User(t, s.Ada), s.User(t, s.Rita)
		person := s.Create(t, s.Rita, "lead", record.Values{"name": "Ann", "email": "a@x.example", "mode": "person"})
		s.Create(t, s.Rita, "lead", record.Values{"name": "Firm", "company": "Firm", "mode": "company"})
		new := "/settings/scoring/new"
		fit := form("object", "lead", "kind", "fit", "name", "Private", "points", "20", "active", "true", "condition", `mode = "person"`)
		for _, path := range []string{"/settings/scoring", new} {
			if a := rita.Get(path); a.Status != http.StatusForbidden {
				t.Errorf("a rep at %s: %d", path, a.Status)
			}
		}
		if a := rita.Post(new, fit); a.Status != http.StatusForbidden {
			t.Errorf("a rep makes a rule: %d", a.Status)
		}
		if a := ada.Get("/settings/scoring?object=account"); a.Status != http.StatusNotFound {
			t.Errorf("accounts: %d", a.Status)
		}

		// The effect is told and nothing is kept.
		fit.Set("do", "try")
		a := ada.Post(new, fit)
		if a.Status != 200 || !strings.Contains(a.Body, "Of 2 open ones 1 would rise, 0 would fall, 1 would stay.") || !strings.Contains(a.Body, "0 → 20") || !strings.Contains(a.Body, `value="Private"`) {
			t.Errorf("effect: %d %s", a.Status, a.Body)
		}
		if _, got := rules(t, s); got != "" {
			t.Errorf("kept: %s", got)
		}
		for _, bad := range [][2]string{{"points", "400"}, {"name", ""}, {"condition", ""}, {"condition", "moood = 1"}} {
			for _, do := range []string{"try", "save"} {
				odd := url.Values{}
				for k, v := range fit {
					odd[k] = v
				}
				odd.Set(bad[0], bad[1])
				odd.Set("do", do)
				if a = ada.Post(new, odd); a.Status != http.StatusUnprocessableEntity {
					t.Errorf("%v %s: %d", bad, do, a.Status)
				}
			}
		}
		fit.Set("do", "save")
		if a = ada.Post(new, fit); a.Status != http.StatusSeeOther {
			t.Fatalf("saved: %d %s", a.Status, a.Body)
		}
		calls := form("object", "lead", "kind", "behaviour", "name", "Calls", "event", "call", "points", "5", "half_life_days", "14", "most", "30", "active", "true", "do", "save")
		if a = ada.Post(new, calls); a.Status != http.StatusSeeOther {
			t.Fatalf("calls: %d %s", a.Status, a.Body)
		}
		a = ada.Get("/settings/scoring")
		for _, want := range []string{"Private", "every Call · half after 14 days · at most 30", "+20", "is Person"} {
			if !strings.Contains(a.Body, want) {
				t.Errorf("no %q in %s", want, a.Body)
			}
		}
		ids, names := rules(t, s)
		if ada.Post("/settings/scoring/order", form("object", "lead", "do", "down:"+ids[0])); names != "Private, Calls" {
			t.Errorf("order: %s", names)
		}
		if _, names = rules(t, s); names != "Calls, Private" {
			t.Errorf("moved: %s", names)
		}

		// Tried on a real record, and shown on its page to who works with it.
		s.Create(t, s.Rita, "activity", record.Values{"kind": "call", "subject": "Hello", "done": true, "about": []any{"lead:" + person.String()}})
		if a = ada.Get("/settings/scoring?object=lead&record=" + person.String()); !strings.Contains(a.Body, "Score 25") || !strings.Contains(a.Body, "once") {
			t.Errorf("tried: %s", a.Body)
		}
		if a = rita.Get("/leads/" + person.String()); !strings.Contains(a.Body, "Why this score") || !strings.Contains(a.Body, "Private") || !strings.Contains(a.Body, "+20") {
			t.Errorf("on the record: %s", a.Body)
		}
		change := form("name", "Private", "points", "-5", "active", "true", "condition", `mode = "person"`, "do", "try")
		at := "/settings/scoring/" + ids[0]
		if a = ada.Post(at, change); !strings.Contains(a.Body, "0 would rise, 1 would fall, 1 would stay") || !strings.Contains(a.Body, "25 → 0") {
			t.Errorf("a fall: %s", a.Body)
		}
		if a = ada.Post(at+"/delete", form("object", "lead")); a.Status != http.StatusSeeOther {
			t.Errorf("deleted: %d", a.Status)
		}
		if a = ada.Get(at); a.Status != http.StatusNotFound {
			t.Errorf("after it: %d", a.Status)
		}
	})
}

// The page of a rule says which records it could not judge, and why.
func TestTheLogOfARule(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		rule := s.Create(t, s.Ada, "score_rule", record.Values{"name": "Firms", "condition": "company is not empty", "points": int64(30)})
		lead := s.Create(t, s.Rita, "lead", record.Values{"company": "Acme"})
		ada := s.User(t, s.Ada)
		at := "/settings/scoring/" + rule.String()
		if a := ada.Get(at); a.Status != http.StatusOK || strings.Contains(a.Body, "could not judge") {
			t.Errorf("%d %s", a.Status, a.Body)
		}
		s.Write(t, s.Ada, func(x *record.Session) error { // as if what it names were gone
			if _, err := x.Tx().Exec(t.Context(), `UPDATE {score_rule} SET condition = $1 WHERE id = $2`, `colour = "red"`, rule); err != nil {
				return err
			}
			return x.Touch(t.Context())
		})
		s.Write(t, s.Rita, func(x *record.Session) error {
			_, err := x.Update(t.Context(), "lead", lead, 0, record.Values{"description": "Changed"})
			return err
		})
		if a := ada.Get(at); !strings.Contains(a.Body, "could not judge") || !strings.Contains(a.Body, ">Acme</a>") || !strings.Contains(a.Body, "colour") {
			t.Errorf("%d %s", a.Status, a.Body)
		}
		if a := s.User(t, s.Rita).Get(at); a.Status != http.StatusForbidden {
			t.Errorf("a rep: %d", a.Status)
		}
	})
}
