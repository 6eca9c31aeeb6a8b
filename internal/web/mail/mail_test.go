package mail_test

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

const source = "From: Ingrid <ingrid@nordlys.example>\r\nTo: Rita <rita@test.example>, new@else.example\r\nSubject: Terms <now>\r\nDate: Fri, 27 Feb 2026 09:42:00 +0100\r\n" +
	"Message-ID: <%s@nordlys.example>\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nFine.\r\n\r\nOn 1 Mar 2026, Rita wrote:\r\n> Is it?\r\n" +
	"--x\r\nContent-Type: text/html; name=\"page.html\"\r\nContent-Disposition: attachment; filename=\"page.html\"\r\n\r\n<script>alert(1)</script>\r\n--x--\r\n"

// upload sends files as a browser does.
func upload(t *testing.T, u *webtest.User, s *webtest.Site, about string, files ...string) webtest.Answer {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if err := w.WriteField("about", about); err != nil {
		t.Fatal(err)
	}
	for i, f := range files {
		part, err := w.CreateFormFile("file", fmt.Sprintf("mail%d.eml", i))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(f)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/mail/new", &body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("HX-Request", "true")
	return u.Send(r)
}

func mails(t *testing.T, s *webtest.Site) (n int64) {
	t.Helper()
	s.Read(t, s.Ada, func(s *record.Session) (err error) {
		n, _, err = s.Count(t.Context(), record.Query{Object: "activity", Filter: `kind = "mail"`, Count: record.CountExact})
		return err
	})
	return n
}

func TestDroppedMail(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Nordlys"})
		s.Create(t, s.Rita, "contact", record.Values{"name": "Ingrid", "email": "ingrid@nordlys.example"})
		u := s.User(t, s.Rita)
		a := upload(t, u, s, "account:"+account.String(), fmt.Sprintf(source, "1"), "just some words", fmt.Sprintf(source, "1"))
		if a.Status != 200 || !strings.Contains(a.Body, "Mail kept: Terms &lt;now&gt;") || !strings.Contains(a.Body, "Kept before") || !strings.Contains(a.Body, "This is no mail.") ||
			!strings.Contains(a.Body, "new@else.example") || !strings.Contains(a.Body, "/contacts/new?email=new%40else.example") {
			t.Errorf("%d %s", a.Status, a.Body)
		}
		if n := mails(t, s); n != 1 {
			t.Errorf("%d mails", n)
		}
		a = u.Get("/accounts/" + account.String())
		if !strings.Contains(a.Body, "Fine.") || !strings.Contains(a.Body, `class="quoted"`) || !strings.Contains(a.Body, "page.html") || strings.Contains(a.Body, "<script>alert") {
			t.Errorf("%.4000s", a.Body)
		}
		s.Read(t, s.Rita, func(s *record.Session) error {
			page, err := s.Query(t.Context(), record.Query{Object: "activity", Filter: `kind = "mail"`})
			if err != nil {
				return err
			}
			files, err := s.Files(t.Context(), "activity", page.Records[0].ID)
			if err != nil || len(files) != 1 || files[0].Name != "page.html" {
				t.Errorf("%+v %v", files, err)
			}
			return nil
		})
	})
}

func TestSameMailDroppedByMany(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Nordlys"})
		var wg sync.WaitGroup
		for i := range 6 {
			u := s.User(t, s.Rita)
			if i%2 == 1 {
				u = s.User(t, s.Ada)
			}
			wg.Go(func() {
				if a := upload(t, u, s, "account:"+account.String(), fmt.Sprintf(source, "race")); a.Status != 200 {
					t.Errorf("%d %s", a.Status, a.Body)
				}
			})
		}
		wg.Wait()
		if n := mails(t, s); n != 1 {
			t.Errorf("%d mails", n)
		}
	})
}

func TestPastedAndRefusedMails(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u := s.User(t, s.Rita)
		if a := u.Get("/mail/new"); a.Status != 200 || !strings.Contains(a.Body, `enctype="multipart/form-data"`) {
			t.Errorf("%d", a.Status)
		}
		a := u.Post("/mail/new", url.Values{"source": {"From: x@y.example\nSubject: Pasted\n\nHello"}})
		if a.Status != 200 || !strings.Contains(a.Body, "Mail kept: Pasted") {
			t.Errorf("%d %s", a.Status, a.Body)
		}
		for name, f := range map[string]url.Values{"Choose a file": {}, "This is no mail.": {"source": {"typed <words>"}}} {
			if a := u.Post("/mail/new", f); a.Status != 422 || !strings.Contains(a.Body, name) {
				t.Errorf("%s: %d %s", name, a.Status, a.Body)
			}
		}
		if a := upload(t, s.User(t, s.Rita), s, "lead:999", fmt.Sprintf(source, "2")); a.Status != 404 {
			t.Errorf("about nothing: %d", a.Status)
		}
		if a := s.Stranger(t).Get("/mail/new"); a.Status != 303 {
			t.Errorf("%d", a.Status)
		}
		if n := mails(t, s); n != 1 {
			t.Errorf("%d mails", n)
		}
	})
}

// A stranger who wrote becomes a lead with the mail on it; who writes again comes
// once more, and the lead of a colleague gets the touch alone (R17).
func TestStrangerBecomesALead(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u := s.User(t, s.Rita)
		brought := u.Post("/mail/new", url.Values{"source": {"From: Нина <nina@else.example>\nSubject: An offer, please\nMessage-ID: <1@else.example>\n\nHello"}})
		message := between(brought.Body, `name="activity" value="`, `"`)
		if brought.Status != 200 || message == "" || !strings.Contains(brought.Body, "New lead") {
			t.Fatalf("%d %s", brought.Status, brought.Body)
		}
		stranger := url.Values{"activity": {message}, "name": {"Нина"}, "email": {"nina@else.example"}}
		made := u.Post("/mail/lead", stranger)
		if made.Status != 303 || !strings.HasPrefix(made.Header.Get("Location"), "/leads/") {
			t.Fatalf("%d %s", made.Status, made.Body)
		}
		if again := u.Post("/mail/lead", stranger); again.Header.Get("Location") != made.Header.Get("Location") {
			t.Errorf("a second time: %d %s", again.Status, again.Header.Get("Location"))
		}
		if page := u.Get(made.Header.Get("Location")); !strings.Contains(page.Body, "An offer, please") || !strings.Contains(page.Body, "Нина") {
			t.Errorf("%.3000s", page.Body)
		}
		s.Read(t, s.Rita, func(s *record.Session) error {
			page, err := s.Query(t.Context(), record.Query{Object: "lead", Filter: `source = "mail" and channel = "Email" and touch_count = 2`})
			if err != nil || len(page.Records) != 1 {
				t.Errorf("%d leads, %v", len(page.Records), err)
			}
			return nil
		})
		// The second mail is known by the lead's address, and nobody's call can be put on a lead this way.
		if a := u.Post("/mail/new", url.Values{"source": {"From: nina@else.example\nSubject: And when?\nMessage-ID: <2@else.example>\n\nHello"}}); !strings.Contains(a.Body, made.Header.Get("Location")) {
			t.Errorf("%d %s", a.Status, a.Body)
		}
		call := s.Create(t, s.Ada, "activity", record.Values{"kind": "call", "subject": "Private"})
		for name, f := range map[string]url.Values{"a call": {"activity": {call.String()}, "name": {"X"}, "email": {"x@else.example"}}, "nothing": {"activity": {"1"}, "email": {"x@else.example"}},
			"no id": {"activity": {"<b>"}, "email": {"x@else.example"}}} {
			if a := u.Post("/mail/lead", f); a.Status != 404 {
				t.Errorf("%s: %d %s", name, a.Status, a.Body)
			}
		}
		if a := u.Post("/mail/lead", url.Values{"activity": {message}, "email": {"nowhere"}}); a.Status != 422 {
			t.Errorf("no address: %d %s", a.Status, a.Body)
		}
	})
}

func between(text, from, to string) string {
	_, rest, _ := strings.Cut(text, from)
	inner, _, _ := strings.Cut(rest, to)
	return inner
}
