package focus_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/sales"
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

// However many deals are pinned or put off, each is in its list.
func TestManyPinnedAndSnoozedDeals(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		const n = 60
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		s.Write(t, s.Rita, func(se *record.Session) error {
			yes, day := true, se.Today().AddDays(3)
			for i := range 2*n + 3 {
				out, err := se.Create(t.Context(), "deal", record.Values{"name": fmt.Sprintf("Deal %03d", i), "account": account, "amount": "50"})
				if err != nil {
					return err
				}
				m := sales.SetMark{Pinned: &yes}
				if i >= n {
					m = sales.SetMark{Snoozed: &day}
				}
				if i >= 2*n {
					continue
				}
				if err := sales.MarkFocus(t.Context(), se, out.ID, m); err != nil {
					return err
				}
			}
			return nil
		})
		rita := s.User(t, s.Rita)
		all := func(path string) (deals, pinned int) {
			for next := path; next != ""; {
				body := further(t, rita, next)
				deals += strings.Count(body, `id="focus-`) - strings.Count(body, `id="focus-rows"`)
				pinned += strings.Count(body, `aria-pressed="true"`)
				next = ""
				if m := nextRows.FindStringSubmatch(body); m != nil {
					next = strings.ReplaceAll(m[1], "&amp;", "&")
				}
			}
			return deals, pinned
		}
		if deals, pinned := all("/focus"); deals != n+3 || pinned != n {
			t.Errorf("%d deals, %d of them pinned", deals, pinned)
		}
		if deals, _ := all("/focus?snoozed=1"); deals != n {
			t.Errorf("%d deals are put off", deals)
		}
		if a := rita.Get("/focus?pinned=nonsense"); a.Status != http.StatusUnprocessableEntity && a.Status != http.StatusBadRequest {
			t.Errorf("a made-up place is answered %d", a.Status)
		}
	})
}

var nextRows = regexp.MustCompile(`<li hx-get="([^"]+)"`)

// further is a page of the list, the first or a further one.
func further(t *testing.T, u *webtest.User, path string) string {
	t.Helper()
	a := u.Get(path, "HX-Request", "true")
	if a.Status != http.StatusOK {
		t.Fatalf("%s: %d", path, a.Status)
	}
	return a.Body
}
