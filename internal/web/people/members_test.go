package people_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// script is how htmx asks for parts.
var script = []string{"HX-Request", "true"}

func has(t *testing.T, a webtest.Answer, status int, words ...string) {
	t.Helper()
	if a.Status != status {
		t.Fatalf("status %d, want %d: %.1500s", a.Status, status, a.Body)
	}
	for _, w := range words {
		if !strings.Contains(a.Body, w) {
			t.Errorf("%q is missing in %.4000s", w, a.Body)
		}
	}
}

func hasNot(t *testing.T, a webtest.Answer, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(a.Body, w) {
			t.Errorf("%q stands in %.4000s", w, a.Body)
		}
	}
}

func deals(t *testing.T, s *webtest.Site, owner value.ID, n int) {
	t.Helper()
	account := s.Create(t, s.Ada, "account", record.Values{"name": "Harbour"})
	s.Write(t, s.Ada, func(x *record.Session) error {
		for range n {
			if _, err := x.Create(t.Context(), "deal", record.Values{"name": "Deal", "account": account, "owner": owner}); err != nil {
				return err
			}
		}
		return nil
	})
}

func roleID(t *testing.T, s *webtest.Site, key string) (id value.ID) {
	t.Helper()
	s.Read(t, s.Ada, func(x *record.Session) error { id, _ = x.Roster().Role(key); return nil })
	return id
}

func TestOnlyAdministratorsChangePeople(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		rita := s.Rita.String()
		for _, who := range []value.ID{s.Rita, s.Bob} {
			u := s.User(t, who)
			a := u.Get("/settings/people")
			has(t, a, http.StatusOK, "Olga")
			hasNot(t, a, "/settings/people/invite", "?edit=", "/off")
			for _, path := range []string{"/settings/people/invite", "/settings/people?edit=" + rita, "/settings/people/" + rita + "/off", "/settings/teams", "/settings/roles",
				"/settings/roles/" + roleID(t, s, "rep").String(), "/settings/openness", "/settings/company"} {
				if a := u.Get(path); a.Status != http.StatusForbidden {
					t.Errorf("GET %s: %d", path, a.Status)
				}
			}
			for path, form := range map[string]url.Values{
				"/settings/people/invite":                                     {"name": {"X"}, "email": {"x@test.example"}},
				"/settings/people/" + rita:                                    {"title": {"Boss"}},
				"/settings/people/" + rita + "/off":                           {},
				"/settings/people/" + rita + "/on":                            {},
				"/settings/people/" + rita + "/link":                          {},
				"/settings/teams":                                             {"name": {"West"}},
				"/settings/roles":                                             {"name": {"Mine"}},
				"/settings/roles/" + roleID(t, s, "rep").String():             {"name": {"Mine"}, "sure": {"1"}},
				"/settings/openness":                                          {"o.deal": {"private"}, "sure": {"1"}},
				"/settings/openness/back":                                     {"o.deal": {"private"}},
				"/settings/company":                                           {"name": {"Mine"}},
				"/settings/roles/" + roleID(t, s, "rep").String() + "/delete": {},
			} {
				if a := u.Post(path, form); a.Status != http.StatusForbidden {
					t.Errorf("POST %s: %d", path, a.Status)
				}
			}
		}
	})
}

func TestInvite(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u := s.User(t, s.Ada)
		has(t, u.Get("/settings/people/invite"), http.StatusOK, `name="email"`, "Sales representative")
		has(t, u.Post("/settings/people/invite", url.Values{"name": {" "}, "email": {"nina@test.example"}}), http.StatusUnprocessableEntity, "Enter a name.")
		has(t, u.Post("/settings/people/invite", url.Values{"name": {"Nina"}, "email": {"nina at home"}}), http.StatusUnprocessableEntity, `aria-invalid="true"`, "nina at home")
		has(t, u.Post("/settings/people/invite", url.Values{"name": {"Rita"}, "email": {"Rita@test.example"}}), http.StatusUnprocessableEntity, "Rita signs in with this address already.")

		form := url.Values{"name": {"<Nina>"}, "email": {"nina@test.example"}, "role": {roleID(t, s, "rep").String()}, "manager": {s.Bob.String()}}
		a := u.Post("/settings/people/invite", form)
		has(t, a, http.StatusOK, "&lt;Nina&gt;", "Holds until")
		first := linkIn(t, a)
		has(t, u.Get("/settings/people?q=nina"), http.StatusOK, "Invited", "link holds until")

		id, _, err := s.Workspace.MemberByEmail(t.Context(), "nina@test.example")
		if err != nil {
			t.Fatal(err)
		}
		form = url.Values{"name": {"Otto"}, "email": {"otto@test.example"}, "role": form["role"]} // by script from the form's own page: the link takes its place
		a = u.Post("/settings/people/invite", form, "HX-Request", "true", "HX-Current-URL", s.URL+"/settings/people/invite")
		linkIn(t, a)
		hasNot(t, a, `hx-target="#main"`)
		second := linkIn(t, u.Post("/settings/people/"+id.String()+"/link", url.Values{}))
		stranger := s.Stranger(t)
		if a := stranger.Post(first, url.Values{"password": {"a good long one"}}); a.Status != http.StatusUnauthorized {
			t.Errorf("the link before: %d", a.Status)
		}
		has(t, stranger.Get(second), http.StatusOK, `name="password"`)
		has(t, stranger.Post(second, url.Values{"password": {"short"}}), http.StatusUnprocessableEntity, `name="password"`)
		if a := stranger.Post(second, url.Values{"password": {"a good long one"}}); a.Status != http.StatusSeeOther || a.Header.Get("Location") != "/" || !strings.Contains(a.Header.Get("Set-Cookie"), "wellmet") {
			t.Fatalf("set a password: %d %v", a.Status, a.Header)
		}
		a = stranger.Post("/signin", url.Values{"email": {"nina@test.example"}, "password": {"a good long one"}})
		if a.Status != http.StatusSeeOther || a.Header.Get("Set-Cookie") == "" {
			t.Fatalf("sign in: %d", a.Status)
		}
		a = u.Get("/settings/people?q=nina")
		has(t, a, http.StatusOK, "seen")
		hasNot(t, a, "link holds until")
	})
}

func linkIn(t *testing.T, a webtest.Answer) string {
	t.Helper()
	link := regexp.MustCompile(`http://[^/"]+(/password/[^"]+)"`).FindStringSubmatch(a.Body)
	if link == nil {
		t.Fatalf("no link: %d %s", a.Status, a.Body)
	}
	return link[1]
}

func TestChangeMember(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u, path := s.User(t, s.Ada), "/settings/people/"+s.Rita.String()
		has(t, u.Get("/settings/people?edit="+s.Rita.String(), script...), http.StatusOK, `id="m-`+s.Rita.String(), `name="title"`, "hx-partial")
		a := u.Post(path, url.Values{"title": {"Key accounts"}, "manager": {s.Bob.String()}}, script...)
		has(t, a, http.StatusOK, "Key accounts", "Reports to Bob", "/undo/")
		if a := u.Post(path, url.Values{"title": {""}}); a.Status != http.StatusSeeOther {
			t.Errorf("without script: %d", a.Status)
		}
		has(t, u.Post("/settings/people/"+s.Bob.String(), url.Values{"manager": {s.Rita.String()}}), http.StatusUnprocessableEntity, "Nobody can report to himself")
		has(t, u.Post(path, url.Values{"name": {""}}, script...), http.StatusUnprocessableEntity, `aria-invalid`)
		has(t, u.Post(path, url.Values{"team": {"north"}}, script...), http.StatusUnprocessableEntity)
		has(t, u.Post("/settings/people/17", url.Values{"title": {"x"}}), http.StatusNotFound)

		ada := "/settings/people/" + s.Ada.String()
		has(t, u.Post(ada, url.Values{"role": {roleID(t, s, "rep").String()}}, script...), http.StatusUnprocessableEntity, "This is the last active administrator.")
		has(t, u.Post(ada+"/off", url.Values{}), http.StatusUnprocessableEntity, "This is the last active administrator.")
		has(t, u.Get("/settings/people"), http.StatusOK) // and nobody was signed out for the attempt
	})
}

func TestDeactivate(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		deals(t, s, s.Rita, 3)
		u, rita := s.User(t, s.Ada), s.User(t, s.Rita)
		token, err := s.App.Auth().CreateToken(t.Context(), access.Token{Workspace: s.Workspace.Slug(), Member: s.Rita, Name: "sync", Scopes: []string{"all"}})
		if err != nil {
			t.Fatal(err)
		}
		path := "/settings/people/" + s.Rita.String()
		has(t, u.Get(path+"/off", script...), http.StatusOK, "3 open deals", "signed out everywhere", "Deactivate Rita")
		has(t, rita.Get("/settings/me"), http.StatusOK)

		a := u.Post(path+"/off", url.Values{"what": {"deal"}, "to": {s.Max.String()}}, script...)
		has(t, a, http.StatusOK, "Rita can no longer sign in; Max took over 3 things", path+"/on")
		if a := rita.Get("/settings/me"); a.Status != http.StatusSeeOther {
			t.Errorf("her session goes on: %d", a.Status)
		}
		if _, err := s.App.Auth().UseToken(t.Context(), token.Secret); err == nil {
			t.Error("her token goes on")
		}
		s.Read(t, s.Ada, func(x *record.Session) error {
			if n, _, err := x.Count(t.Context(), record.Query{Object: "deal", Filter: `owner = "` + s.Max.String() + `"`, Count: record.CountExact}); err != nil || n != 3 {
				t.Errorf("Max has %d deals, %v", n, err)
			}
			return nil
		})
		has(t, u.Get("/settings/people?show=off"), http.StatusOK, "Rita", path+"/on")
		if a := u.Post(path+"/on", url.Values{}); a.Status != http.StatusSeeOther {
			t.Errorf("on again: %d", a.Status)
		}
		if a := s.Stranger(t).Post("/signin", url.Values{"email": {"rita@test.example"}, "password": {apptest.Password}}); a.Status != http.StatusSeeOther {
			t.Errorf("sign in again: %d", a.Status)
		}
	})
}

func TestTeams(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u := s.User(t, s.Ada)
		ids := map[string]string{}
		read := func() {
			s.Read(t, s.Ada, func(x *record.Session) error {
				page, err := x.Query(t.Context(), record.Query{Object: "team"})
				for _, r := range page.Records {
					ids[r.Title()] = r.ID.String()
				}
				return err
			})
		}
		read()
		has(t, u.Get("/settings/teams"), http.StatusOK, "North", "2 people: Max and Rita")
		has(t, u.Post("/settings/teams", url.Values{"name": {"West"}, "parent": {ids["North"]}, "lead": {s.Max.String()}}, script...), http.StatusOK, "West", "led by Max")
		has(t, u.Post("/settings/teams", url.Values{"name": {" "}}, script...), http.StatusUnprocessableEntity, `aria-invalid`)
		read()
		has(t, u.Post("/settings/teams/"+ids["Sales"], url.Values{"name": {"Sales"}, "parent": {ids["West"]}}, script...), http.StatusUnprocessableEntity, "A team cannot be below itself", `id="t-parent"`)
		has(t, u.Post("/settings/teams/"+ids["North"]+"/delete", url.Values{}), http.StatusConflict, "North still has people or teams in it.")
		has(t, u.Post("/settings/teams/"+ids["West"], url.Values{"name": {"Far West"}}, script...), http.StatusOK, "Far West")
		has(t, u.Post("/settings/teams/"+ids["West"]+"/delete", url.Values{}, script...), http.StatusOK, "Team Far West deleted", "/undo/")
	})
}
