package signin_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"wellmet/internal/app"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

// What is wrong on the first visit stands at its input, and what was typed is
// still there.
func TestSetUpSaysWhatIsWrongWhereItIs(t *testing.T) {
	t.Parallel()
	webtest.EachEmpty(t, pages, func(t *testing.T, s *webtest.Site) {
		code, err := s.App.Auth().SetupCode(t.Context(), s.Workspace.Slug())
		if err != nil {
			t.Fatal(err)
		}
		good := url.Values{"code": {code}, "company": {"Nordlys & Sons"}, "currency": {"NOK"}, "locale": {"fi"}, "zone": {"Europe/Oslo"},
			"name": {"Ai\x00no"}, "email": {"aino@nordlys.example"}, "password": {"a good long one"}}
		u := s.Stranger(t)
		for _, c := range []struct{ input, value, says string }{
			{"code", "wrong", "code"}, {"currency", "EU", "currency"}, {"zone", "Mars/Base", "Mars/Base"}, {"email", "aino", "e-mail address"},
			{"password", "short", "characters"}, {"name", "a\xffb", ""},
		} {
			form := url.Values{}
			for name, v := range good {
				form[name] = v
			}
			form.Set(c.input, c.value)
			a := u.Post("/setup", form)
			at := regexp.MustCompile(`(?s)name="` + c.input + `"[^>]*aria-invalid="true"[^>]*>.*?<p class="err" id="e-` + c.input + `">(.*?)</p>`).FindStringSubmatch(a.Body)
			if a.Status == http.StatusSeeOther || at == nil || !strings.Contains(at[1], c.says) {
				t.Errorf("%s %q: %d %v", c.input, c.value, a.Status, at)
			}
			for _, kept := range []string{`value="Nordlys &amp; Sons"`, `value="NOK" selected`, `value="fi" selected`} {
				if !strings.Contains(a.Body, kept) && c.input != "currency" {
					t.Errorf("%s: lost %s", c.input, kept)
				}
			}
			if strings.Contains(a.Body, "a good long one") || strings.Contains(a.Body, `class="note bad"`) {
				t.Errorf("%s: says it twice, or tells the password", c.input)
			}
		}
		if a := u.Post("/setup", good); a.Status != http.StatusSeeOther || a.Header.Get("Location") != "/" || a.Header.Get("Set-Cookie") == "" {
			t.Errorf("set up: %d %v", a.Status, a.Header)
		}
	})
}
