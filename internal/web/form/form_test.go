package form_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/fault"
	"wellmet/internal/marketing"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

// desk is a form with consent, and its address.
func desk(t *testing.T, s *webtest.Site, more record.Values) (form value.ID, at string) {
	t.Helper()
	v := record.Values{"name": "Ask us", "consent": "You may call me.", "thanks": "We call back."}
	for name, x := range more {
		v[name] = x
	}
	return s.Create(t, s.Ada, "form", v), "/w/" + s.Workspace.Slug() + "/f/ask-us"
}

func filled(pairs ...string) url.Values {
	v := url.Values{"name": {"Ann Ek"}, "email": {"ann@home.example"}, "description": {"Call me"}, marketing.Agreed: {"1"}}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// states are of all submissions, oldest first.
func states(t *testing.T, s *webtest.Site) (list []string) {
	t.Helper()
	s.Read(t, s.Ada, func(x *record.Session) error {
		page, err := x.Query(t.Context(), record.Query{Object: "submission", Sort: "received_at,id"})
		if err != nil {
			return err
		}
		for _, r := range page.Records {
			state, _ := record.Get(r, marketing.SubmissionState)
			list = append(list, state)
		}
		return nil
	})
	return list
}

func leads(t *testing.T, s *webtest.Site) (list []*record.Record) {
	t.Helper()
	s.Read(t, s.Ada, func(x *record.Session) error {
		page, err := x.Query(t.Context(), record.Query{Object: "lead", Sort: "created_at,id"})
		if err == nil {
			list = page.Records
		}
		return err
	})
	return list
}

func TestASubmissionBecomesALead(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		_, at := desk(t, s, record.Values{"sites": "https://www.example.com"})
		stranger := s.Stranger(t)
		a := stranger.Get(at)
		if a.Status != 200 || !strings.Contains(a.Body, "You may call me.") || !strings.Contains(a.Header.Get("Content-Security-Policy"), "frame-ancestors https://www.example.com;") {
			t.Fatalf("%d %s %s", a.Status, a.Header.Get("Content-Security-Policy"), a.Body)
		}
		if a := stranger.Post(at, filled("email", "nowhere", marketing.Agreed, "")); a.Status != 422 || !strings.Contains(a.Body, "nowhere") || !strings.Contains(a.Body, "Tick the box") {
			t.Errorf("%d %s", a.Status, a.Body)
		}
		a = stranger.Post(at, filled("_page", "https://www.example.com/price?utm_campaign=Spring%2026"), "Origin", "https://www.example.com", "Sec-Fetch-Site", "cross-site")
		if a.Status != 303 || a.Header.Get("Location") != at+"?sent=1" {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
		if a := stranger.Get(at + "?sent=1"); !strings.Contains(a.Body, "We call back.") {
			t.Error("no thanks")
		}
		stranger.Post(at, filled()) // once more
		list := leads(t, s)
		if len(list) != 1 || list[0].Title() != "Ann Ek" || list[0].Field("source") != "form" || list[0].Field("channel") != "Ask us" || list[0].Field("mode") != "person" || list[0].Field("touch_count") != int64(1) {
			for _, l := range list {
				t.Errorf("lead %s: %v %v %v %v", l.Title(), l.Field("source"), l.Field("channel"), l.Field("mode"), l.Field("touch_count"))
			}
		}
		s.Read(t, s.Ada, func(x *record.Session) error {
			page, err := x.Query(t.Context(), record.Query{Object: "touch", Filter: `campaign = "Spring 26"`})
			if err == nil && len(page.Records) != 1 {
				t.Errorf("%d touches of the campaign", len(page.Records))
			}
			return err
		})
		if got := strings.Join(states(t, s), " "); got != "failed lead repeated" {
			t.Errorf("submissions: %s", got)
		}
		if a := stranger.Get("/w/" + s.Workspace.Slug() + "/f/none"); a.Status != 404 {
			t.Errorf("no such form: %d", a.Status)
		}
	})
}

func TestBotsAndFloodsMakeNoLead(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		_, at := desk(t, s, nil)
		stranger := s.Stranger(t)
		if a := stranger.Post(at, filled(marketing.Trap, "https://buy.example")); a.Status != 303 {
			t.Errorf("a bot learnt that it was caught: %d", a.Status)
		}
		if a := stranger.Post(at, filled("description", strings.Repeat("x", 1<<20))); a.Status != 413 || !strings.Contains(a.Body, "more than 65536 bytes") {
			t.Errorf("a megabyte: %d %s", a.Status, a.Body)
		}
		if a := stranger.Post(at, filled("name", strings.Repeat("x", 501))); a.Status != 422 {
			t.Errorf("a long name: %d", a.Status)
		}
		for range 8 {
			stranger.Post(at, filled("email", "nowhere"))
		}
		if a := stranger.Post(at, filled()); a.Status != 429 || a.Header.Get("Retry-After") == "" {
			t.Errorf("the eleventh post: %d", a.Status)
		}
		if len(leads(t, s)) != 0 {
			t.Error("a lead of a bot")
		}
		if got := states(t, s); len(got) != 12 || got[0] != "spam" || got[1] != "refused" || got[2] != "failed" || got[11] != "refused" {
			t.Errorf("submissions %v", got)
		}
		s.Pass(10 * time.Minute)
		if a := stranger.Post(at, filled()); a.Status != 303 || len(leads(t, s)) != 1 {
			t.Errorf("ten minutes later: %d", a.Status)
		}
	})
}

func TestTwoEqualPostsAtOnceMakeOneLead(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		_, at := desk(t, s, record.Values{"inputs": `[{"field":"name"},{"field":"description"}]`})
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				if a := s.Stranger(t).Post(at, url.Values{"name": {"Ann"}, marketing.Agreed: {"1"}}); a.Status != 303 {
					t.Errorf("%d %s", a.Status, a.Body)
				}
			})
		}
		all.Wait()
		if list := leads(t, s); len(list) != 1 || len(states(t, s)) != 6 {
			t.Errorf("%d leads of %d submissions", len(list), len(states(t, s)))
		}
	})
}

// What a rule refuses is kept, and becomes a lead once the rule lets it.
func TestAFailedSubmissionIsTriedAgain(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		_, at := desk(t, s, nil)
		setLeads := func(on bool) {
			s.Write(t, s.Ada, func(x *record.Session) error {
				return x.Each(t.Context(), record.Query{Object: "pipeline"}, func(r *record.Record) error {
					_, err := x.Update(t.Context(), "pipeline", r.ID, 0, record.Values{"uses_leads": on})
					return err
				})
			})
		}
		setLeads(false)
		if a := s.Stranger(t).Post(at, filled()); a.Status != 303 {
			t.Errorf("the visitor is not thanked: %d", a.Status)
		}
		var submission value.ID
		s.Read(t, s.Ada, func(x *record.Session) error {
			page, err := x.Query(t.Context(), record.Query{Object: "submission"})
			if err != nil || len(page.Records) != 1 {
				t.Fatalf("%v: %d submissions", err, len(page.Records))
			}
			r := page.Records[0]
			submission = r.ID
			if reason, _ := record.Get(r, marketing.SubmissionReason); r.Field("state") != "failed" || !strings.Contains(reason, "deal") {
				t.Errorf("%v because %s", r.Field("state"), reason)
			}
			if raw, _ := record.Get(r, marketing.SubmissionRaw); !strings.Contains(raw, "Call me") || r.Field("consent") != "You may call me." {
				t.Errorf("kept %s", raw)
			}
			return nil
		})
		setLeads(true)
		retry := func(by value.ID) error {
			return s.Try(t.Context(), by, func(x *record.Session) error {
				_, err := marketing.Retry(t.Context(), x, submission)
				return err
			})
		}
		if err := retry(s.Rita); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a rep tried again: %v", err)
		}
		if err := retry(s.Ada); err != nil || len(leads(t, s)) != 1 {
			t.Errorf("%v, %d leads", err, len(leads(t, s)))
		}
		s.Write(t, s.Ada, func(x *record.Session) error { return marketing.CallSpam(t.Context(), x, submission) })
		s.Stranger(t).Post(at, filled("description", "Buy this"))
		if got := strings.Join(states(t, s), " "); got != "spam spam" {
			t.Errorf("after a person called it spam: %s", got)
		}
	})
}

func TestFormsThatCannotBe(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		for field, v := range map[string]record.Values{"inputs": {"inputs": `[{"field":"owner"}]`}, "sites": {"sites": "example.com"}} {
			v["name"] = "Wrong"
			err := s.Try(t.Context(), s.Ada, func(x *record.Session) error {
				_, err := x.Create(t.Context(), "form", v)
				return err
			})
			if e, ok := fault.As(err); !ok || len(e.Fields) == 0 || e.Fields[0].Path != field {
				t.Errorf("%v: %v", v, err)
			}
		}
		if err := s.Try(t.Context(), s.Rita, func(x *record.Session) error {
			_, err := x.Create(t.Context(), "form", record.Values{"name": "Mine"})
			return err
		}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a rep made a form: %v", err)
		}
	})
}

// What is refused is kept, and a flood of it fills no disk.
func TestRefusedPostsAreKeptWithinBounds(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		form, at := desk(t, s, nil)
		stranger, ada := s.Stranger(t), s.User(t, s.Ada)
		if a := stranger.Post(at, filled("description", "Begins here "+strings.Repeat("字", 1<<19))); a.Status != 413 {
			t.Errorf("a megabyte: %d", a.Status)
		}
		for range 10 {
			stranger.Post(at, filled("email", "nowhere"))
		}
		var all sync.WaitGroup
		for range 120 {
			all.Go(func() {
				if a := stranger.Post(at, filled("name", "Flood")); a.Status != 429 {
					t.Errorf("a flood: %d", a.Status)
				}
			})
		}
		all.Wait()
		inbox := "/settings/forms/" + form.String() + "/submissions?state=refused"
		page := ada.Get(inbox).Body
		kept, beyond, longest := int64(0), int64(0), 0
		s.Read(t, s.Ada, func(x *record.Session) error {
			list, err := x.Query(t.Context(), record.Query{Object: "submission", Filter: `state = "refused"`, Limit: 200})
			for _, r := range list.Records {
				n, _ := record.Get(r, marketing.SubmissionBeyond)
				raw, _ := record.Get(r, marketing.SubmissionRaw)
				kept, beyond, longest = kept+1, beyond+n, max(longest, len(raw))
			}
			return err
		})
		if kept < 20 || kept > 30 || kept+beyond != 121 || longest > 40_000 { // some may come in at the very same moment
			t.Errorf("%d kept and %d beyond, the longest of %d bytes", kept, beyond, longest)
		}
		if !strings.Contains(page, "not kept") || !strings.Contains(page, "Begins here 字") || !strings.Contains(page, "Flood") || !strings.Contains(page, "more than 65536 bytes") {
			t.Errorf("the list of submissions: %s", page)
		}
		s.Pass(time.Hour)
		stranger.Post(at, filled()) // the hour is over: this one counts as any other
		if list := leads(t, s); len(list) != 1 {
			t.Errorf("%d leads", len(list))
		}
	})
}
