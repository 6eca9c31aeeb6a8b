package settings_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"wellmet/internal/app"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

// has wants all texts in an answer, and none of those behind "!".
func has(t *testing.T, a webtest.Answer, status int, texts ...string) {
	t.Helper()
	if a.Status != status {
		t.Fatalf("status %d instead of %d: %s", a.Status, status, a.Body)
	}
	for _, text := range texts {
		unwanted, no := strings.CutPrefix(text, "!")
		if no == strings.Contains(a.Body, unwanted) {
			t.Errorf("want %q in\n%s", text, a.Body)
		}
	}
}

func TestSettingsAreFoundByTheirWords(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u, rita := s.User(t, s.Ada), s.User(t, s.Rita)
		has(t, u.Get("/settings"), 200, "/settings/roles", "/settings/pipelines", "/settings/company", "/settings/me")
		has(t, rita.Get("/settings"), 200, "/settings/me", "/settings/people", "!/settings/roles", "!/settings/company")

		find := func(text string) webtest.Answer { return u.Get("/settings?q=" + url.QueryEscape(text)) }
		has(t, find("collation"), 200, "/settings/company", "!/settings/people", "!/settings/roles")
		has(t, find("close date"), 200, "/settings/objects/deal?field=close_date", "!/settings/company")
		has(t, find("CONTACTS"), 200, "/settings/objects/contact", "!/settings/objects/contact?field=")
		has(t, find(`<b>"nothing"`), 200, "No setting has “&lt;b&gt;&#34;nothing&#34;”")
		has(t, rita.Get("/settings?q=close+date"), 200, "!/settings/objects")
		part := u.Get("/settings?q=roles", "HX-Request", "true")
		has(t, part, 200, `id="found"`, "/settings/roles", "!<h1")
	})
}

func TestEveryPageOfSettingsStandsBesideTheList(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	u, rita := s.User(t, s.Ada), s.User(t, s.Rita)
	for _, path := range []string{"/settings/me", "/settings/people", "/settings/teams", "/settings/roles", "/settings/openness", "/settings/objects",
		"/settings/objects/deal", "/settings/pipelines", "/settings/blueprints", "/settings/rules", "/settings/templates", "/settings/webhooks",
		"/settings/company", "/settings/mail", "/settings/notifications"} {
		at := strings.TrimSuffix(path, "/deal")
		a := u.Get(path)
		has(t, a, 200, `class="sets"`, `href="`+at+`" aria-current`)
		if got := strings.Count(a.Body, `class="sets"`); got != 1 {
			t.Errorf("%s: %d frames", path, got)
		}
	}
	has(t, rita.Get("/settings/me"), 200, `class="sets"`, "!/settings/roles")
	has(t, rita.Get("/settings/roles"), 403, `!class="sets"`)
	has(t, u.Get("/deals"), 200, `!class="sets"`)
}
