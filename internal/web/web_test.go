package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

// pages is the handler that the tests of this package open sites with.
func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

func TestSignInInTheBrowser(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	b := s.Browser(t, 0)
	b.Allow("401")
	b.Open("/")
	b.Type("input[name=email]", "rita@test.example")
	b.Type("input[name=password]", "wrong")
	b.ClickText("Sign in")
	b.Visible(".note.bad")
	b.Axe()
	b.Type("input[name=password]", apptest.Password)
	b.ClickText("Sign in")
	b.See("h1", "What to do now")
	b.Axe()
	b.Picture("home")
}

func TestStrangersAreAskedToSignIn(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	u := s.Stranger(t)
	if a := u.Get("/more?x=1"); a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/signin?next=/more") {
		t.Errorf("%d %s", a.Status, a.Header.Get("Location"))
	}
	if a := u.Get("/", "HX-Request", "true"); a.Status != http.StatusUnauthorized || !strings.Contains(a.Body, "dialog") {
		t.Errorf("%d %s", a.Status, a.Body)
	}
}
