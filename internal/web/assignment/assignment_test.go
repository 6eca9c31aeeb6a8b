package assignment_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

func rules(t *testing.T, s *webtest.Site) (ids []string, names string) {
	t.Helper()
	var list []string
	s.Read(t, s.Ada, func(x *record.Session) error {
		page, err := x.Query(t.Context(), record.Query{Object: "assignment_rule", Sort: "position,id"})
		for _, r := range page.Records {
			ids, list = append(ids, r.ID.String()), append(list, r.Title())
		}
		return err
	})
	return ids, strings.Join(list, ", ")
}

// team is the team of a member.
func team(t *testing.T, s *webtest.Site, member value.ID) (id string) {
	t.Helper()
	s.Read(t, s.Ada, func(x *record.Session) error {
		id = x.Roster().TeamOf(member).String()
		return nil
	})
	return id
}

func TestRulesOfAssignment(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		ada, rita := s.User(t, s.Ada), s.User(t, s.Rita)
		for _, v := range []record.Values{{"name": "Ann", "channel": "Shop"}, {"name": "Bo", "channel": "Shop"}, {"name": "Cy"}} {
			s.Create(t, s.Bob, "lead", v)
		}
		at := "/settings/assignment/new"
		shop := url.Values{"object": {"lead"}, "name": {"Shop"}, "how": {"in_turn"}, "members": {s.Rita.String(), s.Max.String()}, "fallback": {s.Bob.String()},
			"active": {"true"}, "condition": {`channel = "Shop"`}, "do": {"try"}}
		for _, path := range []string{"/settings/assignment", at} {
			if a := rita.Get(path); a.Status != http.StatusForbidden {
				t.Errorf("a rep at %s: %d", path, a.Status)
			}
		}
		if a := rita.Post(at, shop); a.Status != http.StatusForbidden {
			t.Errorf("a rep makes a rule: %d", a.Status)
		}
		if a := ada.Get("/settings/assignment?object=product"); a.Status != http.StatusNotFound {
			t.Errorf("products: %d", a.Status)
		}
		a := ada.Post(at, shop)
		for _, want := range []string{"3 that came in within 30 days", "<dt>by a rule</dt><dd>2</dd>", "<dt>to nobody</dt><dd>1</dd>", `value="Shop"`} {
			if a.Status != 200 || !strings.Contains(a.Body, want) {
				t.Errorf("tried: %d, no %q in %s", a.Status, want, a.Body)
			}
		}
		if _, got := rules(t, s); got != "" {
			t.Errorf("kept: %s", got)
		}
		for _, bad := range [][2]string{{"members", ""}, {"name", ""}, {"condition", "moood = 1"}, {"most_open", "0"}, {"how", "by_territory"}} {
			odd := url.Values{}
			for k, v := range shop {
				odd[k] = v
			}
			odd.Set(bad[0], bad[1])
			odd.Set("do", "save")
			if a = ada.Post(at, odd); a.Status != http.StatusUnprocessableEntity {
				t.Errorf("%v: %d", bad, a.Status)
			}
		}
		shop.Set("do", "save")
		if a = ada.Post(at, shop); a.Status != http.StatusSeeOther {
			t.Fatalf("saved: %d %s", a.Status, a.Body)
		}
		rest := url.Values{"object": {"lead"}, "name": {"Rest"}, "how": {"by_load"}, "members": {s.Olga.String()}, "in_hours": {"true"}, "most_open": {"5"}, "pool": {team(t, s, s.Rita)}, "active": {"true"}, "do": {"save"}}
		if a = ada.Post(at, rest); a.Status != http.StatusSeeOther {
			t.Fatalf("rest: %d %s", a.Status, a.Body)
		}
		a = ada.Get("/settings/assignment?try=1")
		for _, want := range []string{"Channel is Shop", "else Bob", "else into the pool North", "always", "at most 5 open", "in working hours", "<dt>by a rule</dt><dd>3</dd>", "Olga"} {
			if !strings.Contains(a.Body, want) {
				t.Errorf("no %q in %s", want, a.Body)
			}
		}
		ids, _ := rules(t, s)
		ada.Post("/settings/assignment/order", url.Values{"object": {"lead"}, "do": {"to"}, "what": {ids[1]}, "group": {"end/" + ids[0]}})
		if _, got := rules(t, s); got != "Rest, Shop" {
			t.Errorf("moved: %s", got)
		}
		if a = ada.Post("/settings/assignment/"+ids[1]+"/delete", url.Values{"object": {"lead"}}); a.Status != http.StatusSeeOther {
			t.Errorf("deleted: %d", a.Status)
		}
		s.Pass(time.Minute)
		stray := s.Create(t, s.Ada, "lead", record.Values{"name": "Di", "channel": "Shop", "owner": nil})
		s.Read(t, s.Ada, func(x *record.Session) error {
			r, err := x.Get(t.Context(), "lead", stray)
			if err == nil && r.Owner() == 0 {
				t.Error("nobody owns it")
			}
			return err
		})
		s.Pass(31 * 24 * time.Hour)
		if a = s.User(t, s.Ada).Get("/settings/assignment?try=1"); !strings.Contains(a.Body, "0 that came in") {
			t.Errorf("a month later: %s", a.Body)
		}
	})
}

// A rule that does not do what it says tells so on its page, with the records that
// met it.
func TestABrokenRuleSaysSo(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		id := s.Create(t, s.Ada, "assignment_rule", record.Values{"name": "Shop", "members": []value.ID{s.Rita}, "condition": `channel = "Shop"`})
		at := "/settings/assignment/" + id.String()
		ada := s.User(t, s.Ada)
		if a := ada.Get(at); a.Status != http.StatusOK || strings.Contains(a.Body, "does not do what it says") || strings.Contains(a.Body, "could not judge") {
			t.Errorf("%d %s", a.Status, a.Body)
		}
		s.Write(t, s.Ada, func(x *record.Session) error { // as if what it names were gone
			if _, err := x.Tx().Exec(t.Context(), `UPDATE {assignment_rule} SET condition = $1 WHERE id = $2`, `colour = "red"`, id); err != nil {
				return err
			}
			return x.Touch(t.Context())
		})
		s.Create(t, s.Ada, "lead", record.Values{"name": "Ann <b>", "owner": nil})
		for path, wants := range map[string][]string{
			at:                     {"This rule does not do what it says", "could not judge", ">Ann &lt;b&gt;</a>", "colour"},
			"/settings/assignment": {"colour"},
			"/notifications":       {"The assignment rule “Shop” no longer does what it says"},
		} {
			for _, want := range wants {
				if a := ada.Get(path); a.Status != http.StatusOK || !strings.Contains(a.Body, want) {
					t.Errorf("%s: %d, no %q", path, a.Status, want)
				}
			}
		}
		if a := s.User(t, s.Rita).Get(at); a.Status != http.StatusForbidden {
			t.Errorf("a rep: %d", a.Status)
		}
	})
}
