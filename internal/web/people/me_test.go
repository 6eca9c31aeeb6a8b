package people_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

func TestMe(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u := s.User(t, s.Rita)
		if a := u.Get("/settings"); a.Status != http.StatusOK || strings.Contains(a.Body, "/settings/roles") {
			t.Errorf("a rep's settings: %d %s", a.Status, a.Body)
		}
		if a := s.User(t, s.Ada).Get("/settings"); !strings.Contains(a.Body, "/settings/roles") {
			t.Errorf("an administrator's settings: %s", a.Body)
		}
		a := u.Post("/settings/me", url.Values{"language": {"fi"}, "zone": {"Europe/Helsinki"}, "theme": {"dark"}})
		if a.Status != http.StatusSeeOther || !strings.Contains(a.Header.Get("Set-Cookie"), "Helsinki") {
			t.Errorf("preferences: %d %v", a.Status, a.Header)
		}
		if a := u.Post("/settings/me", url.Values{"zone": {"Mars/Base"}}); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "Mars/Base") {
			t.Errorf("a zone that is none: %d", a.Status)
		}
		if a := u.Post("/settings/me/password", url.Values{"old": {"wrong"}, "password": {"another good one"}}); a.Status < 400 || a.Status >= 500 {
			t.Errorf("password with a wrong one: %d", a.Status)
		}
		a = u.Post("/settings/me/tokens", url.Values{"name": {"<Sync>"}, "scope": {"read"}, "until": {"2026-12-31"}})
		if a.Status != http.StatusOK || !strings.Contains(a.Body, "&lt;Sync&gt;") || !strings.Contains(a.Body, `class="secret"`) {
			t.Fatalf("token: %d %s", a.Status, a.Body)
		}
		end := regexp.MustCompile(`/settings/me/tokens/\d+/end`).FindString(a.Body)
		if a := s.User(t, s.Max).Post(end, url.Values{}); a.Status != http.StatusNotFound {
			t.Errorf("somebody else's token: %d", a.Status)
		}
		if a := u.Post(end, url.Values{}); a.Status != http.StatusSeeOther {
			t.Errorf("revoke: %d", a.Status)
		}
		if a := u.Post("/settings/me/password", url.Values{"old": {apptest.Password}, "password": {"another good one"}}); a.Status != http.StatusSeeOther {
			t.Errorf("password: %d %s", a.Status, a.Body)
		}
		if a := u.Get("/settings/me"); a.Status != http.StatusOK {
			t.Errorf("this session goes on: %d", a.Status)
		}
		if a := u.Post("/settings/me/sessions/end", url.Values{}); a.Status != http.StatusSeeOther {
			t.Errorf("sign out everywhere: %d", a.Status)
		}
		if a := u.Get("/settings/me"); a.Status != http.StatusSeeOther || a.Header.Get("Location") != "/signin?next=/settings/me" {
			t.Errorf("signed out: %d", a.Status)
		}
	})
}
