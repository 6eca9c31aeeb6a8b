package inbox_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/notify/smtp/smtptest"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

func TestTheInbox(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		s.Create(t, s.Bob, "account", record.Values{"name": "<Acme>", "owner": s.Rita})
		u := s.User(t, s.Rita)
		a := u.Get("/notifications")
		if a.Status != 200 || !strings.Contains(a.Body, "Bob gave you &lt;Acme&gt;.") || !strings.Contains(a.Body, `title="1 unread"`) {
			t.Fatalf("page: %d %s", a.Status, a.Body)
		}
		link := regexp.MustCompile(`/notifications/\d+`).FindString(a.Body)
		if a := s.User(t, s.Max).Get(link); a.Status != 404 {
			t.Errorf("Max opens Rita's notice: %d", a.Status)
		}
		if a := u.Get(link); a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/accounts/") {
			t.Errorf("open: %d %v", a.Status, a.Header)
		}
		if a := u.Get("/notifications/count"); a.Status != 200 || strings.Contains(a.Body, "unread\"") && strings.Contains(a.Body, "title=") {
			t.Errorf("count after opening: %s", a.Body)
		}
		s.Create(t, s.Bob, "account", record.Values{"name": "Bolt", "owner": s.Rita})
		if a := u.Post("/notifications/read", url.Values{}, "HX-Request", "true"); a.Status != 200 || strings.Contains(a.Body, "h-unread") || !strings.Contains(a.Body, "Bob gave you Bolt.") {
			t.Errorf("all read: %d %s", a.Status, a.Body)
		}
		for _, bad := range []url.Values{{"id": {"x"}}} {
			if a := u.Post("/notifications/read", bad); a.Status != 404 {
				t.Errorf("%v: %d", bad, a.Status)
			}
		}
		if a := u.Get("/notifications?before=nonsense"); a.Status != 200 {
			t.Errorf("a page of nonsense: %d", a.Status)
		}
		if a := u.Post("/settings/notifications", url.Values{"inbox.mention": {"1"}}); a.Status != http.StatusSeeOther {
			t.Errorf("choices: %d", a.Status)
		}
		if a := u.Get("/settings/notifications"); !strings.Contains(a.Body, `name="inbox.mention" value="1" checked`) || strings.Contains(a.Body, `name="inbox.owner" value="1" checked`) || !strings.Contains(a.Body, "no mail server") {
			t.Errorf("choices: %s", a.Body)
		}
	})
}

func TestTheMailServer(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := smtptest.Start(t, nil, false)
		ada, bob := s.User(t, s.Ada), s.User(t, s.Bob)
		for _, a := range []webtest.Answer{bob.Get("/settings/mail"), bob.Post("/settings/mail", url.Values{"host": {"evil"}}), bob.Post("/settings/mail/test", url.Values{})} {
			if a.Status != 403 {
				t.Errorf("Bob: %d", a.Status)
			}
		}
		if a := ada.Post("/settings/mail", url.Values{"host": {"a b"}, "port": {"no"}, "safety": {"tls"}, "sender": {"x"}, "site": {"y z"}}); a.Status != 422 || strings.Count(a.Body, `aria-invalid="true"`) != 4 || !strings.Contains(a.Body, `value="a b"`) {
			t.Errorf("bad settings: %d %d", a.Status, strings.Count(a.Body, `aria-invalid="true"`))
		}
		form := url.Values{"host": {"127.0.0.1"}, "port": {strconv.Itoa(x.Port)}, "safety": {"plain"}, "sender": {"crm@example.com"}, "user": {smtptest.User}, "password": {smtptest.Password}}
		if a := ada.Post("/settings/mail", form); a.Status != http.StatusSeeOther {
			t.Fatalf("save: %d %s", a.Status, a.Body)
		}
		if a := ada.Get("/settings/mail"); strings.Contains(a.Body, smtptest.Password) || !strings.Contains(a.Body, "One is kept") {
			t.Errorf("kept: %s", a.Body)
		}
		if a := ada.Post("/settings/mail/test", url.Values{}); a.Status != 200 || !strings.Contains(a.Body, "Ada@test.example") || len(x.Mails()) != 1 {
			t.Errorf("test mail: %d, %d mails: %s", a.Status, len(x.Mails()), a.Body)
		}
		x.Refuse(550)
		if a := ada.Post("/settings/mail/test", url.Values{}); a.Status != 422 || !strings.Contains(a.Body, "not now") {
			t.Errorf("refused test mail: %d", a.Status)
		}
	})
}

// TestAColleagueAsksForAccess walks from a mention to a share, with the count
// and the list following live.
func TestAColleagueAsksForAccess(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	s.Write(t, s.Ada, func(x *record.Session) error {
		for _, name := range []string{"account", "activity"} {
			if err := access.SetOpenness(t.Context(), x.Tx(), x.Schema().MustObject(name), access.Private); err != nil {
				return err
			}
		}
		return nil
	})
	acme := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
	olga, rita := s.Browser(t, s.Olga), s.Browser(t, s.Rita)
	olga.Open("/deals")
	olga.Wait("document.querySelector('#unread')?.textContent.trim()===''")
	s.Create(t, s.Rita, "activity", record.Values{"kind": "note", "body": "@Olga look", "about": []schema.Ref{{Object: "account", ID: acme}}})
	olga.See("#unread", "1")
	olga.Open("/notifications")
	olga.See("#notices", "that you may not see")
	olga.Axe()
	rita.Open("/notifications")
	rita.See("#notices", "Nothing new")
	olga.ClickText("Ask for access")
	olga.See("#notices", "Asked")
	rita.See("#notices", "Olga asks to see Acme.") // without loading the page again
	rita.Picture("inbox-request")
	rita.Axe()
	rita.ClickText("Share")
	rita.See("#notices", "Shared")
	olga.See("#notices", "Rita lets you see Acme.")
	olga.ClickText("Rita lets you see Acme.")
	olga.See("h1", "Acme")
}
