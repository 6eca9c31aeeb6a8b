package focus_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

// list is the focus list of somebody, without the rest of the page.
func list(t *testing.T, u *webtest.User, path string) string {
	t.Helper()
	a := u.Get(path)
	if a.Status != http.StatusOK {
		t.Fatalf("%s: %d", path, a.Status)
	}
	_, body, ok := strings.Cut(a.Body, `id="focus-rows"`)
	if !ok {
		t.Fatalf("%s: no list in %.2000s", path, a.Body)
	}
	return body
}

func before(text, a, b string) bool {
	i, j := strings.Index(text, a), strings.Index(text, b)
	return i >= 0 && j >= 0 && i < j
}

func TestFocusList(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		deal := func(name, amount string) value.ID {
			return s.Create(t, s.Rita, "deal", record.Values{"name": name, "account": account, "amount": amount, "close_date": "2026-03-04"})
		}
		large := deal("Large one", "5000")
		small := deal("Small one", "50")
		rita := s.User(t, s.Rita)
		body := list(t, rita, "/focus")
		if !before(body, "Large one", "Small one") || !strings.Contains(body, "closes in 2 days") || !strings.Contains(body, "nothing planned") {
			t.Fatalf("no ranked list with reasons: %.3000s", body)
		}
		if body := list(t, rita, "/focus?sort=close_date&whose=all"); !strings.Contains(body, "Small one") {
			t.Error("sorted otherwise, a deal is gone")
		}
		say := func(id value.ID, name, what string, status int) {
			t.Helper()
			if a := rita.Post("/focus/"+id.String(), url.Values{name: {what}}, "HX-Request", "true"); a.Status != status {
				t.Fatalf("%s=%s: %d %.500s", name, what, a.Status, a.Body)
			}
		}
		say(small, "pin", "1", http.StatusOK)
		if body := list(t, rita, "/focus"); !before(body, "Small one", "Large one") {
			t.Error("what is pinned is not on top")
		}
		say(large, "snooze", "3", http.StatusOK)
		say(large, "snooze", "5000", http.StatusUnprocessableEntity)
		if body := list(t, rita, "/focus"); strings.Contains(body, "Large one") {
			t.Error("what is put off is in the list")
		}
		if body := list(t, rita, "/focus?snoozed=1"); !strings.Contains(body, "Large one") {
			t.Error("what is put off is nowhere")
		}
		if body := list(t, s.User(t, s.Bob), "/focus?whose=all"); !before(body, "Large one", "Small one") {
			t.Error("one's marks change the list of another")
		}
		if a := rita.Get("/"); !strings.Contains(a.Body, "Small one") || !strings.Contains(a.Body, `href="/focus"`) {
			t.Error("nothing of the focus list on the start page")
		}
	})
}

func TestFocusInTheBrowser(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
	for name, amount := range map[string]string{"Large one": "5000", "Small one": "50"} {
		s.Create(t, s.Rita, "deal", record.Values{"name": name, "account": account, "amount": amount})
	}
	b := s.Browser(t, s.Rita)
	b.Open("/focus")
	b.See("#focus-rows li:first-of-type .ti", "Large one")
	b.Axe()
	b.Picture("focus")
	b.Click("#focus-rows li:nth-of-type(2) button[name=pin]")
	b.See("#focus-rows li:first-of-type .ti", "Small one")
	b.Choose("#focus-rows li:first-of-type select", "7")
	b.See("#focus-rows li:first-of-type .ti", "Large one")
	b.Size(390, 844)
	b.Open("/focus")
	b.Axe()
	b.Picture("focus-phone")
}
