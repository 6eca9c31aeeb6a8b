package activity_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

func form(pairs ...string) url.Values {
	f := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Add(pairs[i], pairs[i+1])
	}
	return f
}

// entries are the activities that somebody sees, each as "kind subject due done".
func entries(t *testing.T, s *webtest.Site, who value.ID, filter string) (all []string) {
	t.Helper()
	s.Read(t, who, func(s *record.Session) error {
		page, err := s.Query(t.Context(), record.Query{Object: "activity", Filter: filter, Sort: "at"})
		if err != nil {
			return err
		}
		for _, r := range page.Records {
			due := schema.Neutral(r.Field("due_at"))
			if due == "" {
				due = schema.Neutral(r.Field("starts_at"))
			}
			all = append(all, strings.Join([]string{schema.Neutral(r.Field("kind")), r.Title(), due, schema.Neutral(r.Field("done"))}, "|"))
		}
		return nil
	})
	return all
}

func want(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("activities\n %q, want\n %q", got, want)
	}
}

func TestCallWithNextStepInOneGo(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Nordlys"})
		about := "account:" + account.String()
		u := s.User(t, s.Rita)
		if a := u.Get("/accounts/" + account.String()); a.Status != 200 || !strings.Contains(a.Body, "No next activity.") || !strings.Contains(a.Body, `id="composer"`) {
			t.Fatalf("%d %.3000s", a.Status, a.Body)
		}
		a := u.Post("/activities/new", form("about", about, "place", "page", "kind", "call", "body", "She wants <b>36</b> months", "result", "reached",
			"next", "Send terms", "next_when", "in3"), "HX-Request", "true")
		if a.Status != 200 || !strings.Contains(a.Body, "Send terms") || !strings.Contains(a.Body, "/undo/") || !strings.Contains(a.Body, "data-saved") {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
		want(t, entries(t, s, s.Rita, ""), "call|She wants <b>36</b> months||true", "task|Send terms|2026-03-05T09:00:00Z|false")
		if a := u.Get("/accounts/" + account.String()); strings.Contains(a.Body, "<b>36</b>") || !strings.Contains(a.Body, "Send terms") {
			t.Errorf("%.3000s", a.Body)
		}
		undo := regexp.MustCompile(`/undo/\d+`).FindString(a.Body)
		if a := u.Post(undo, nil, "HX-Request", "true"); a.Status != 200 {
			t.Errorf("%d %s", a.Status, a.Body)
		}
		want(t, entries(t, s, s.Rita, ""))
	})
}

func TestRefusedEntriesKeepWhatWasTyped(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Nordlys"})
		about := "account:" + account.String()
		u := s.User(t, s.Rita)
		for name, f := range map[string]url.Values{
			"Write something first.":  form("about", about, "place", "page", "kind", "note", "next", "kept words"),
			"Write what it is.":       form("about", about, "place", "page", "kind", "task", "body", "kept words", "due", "tomorrow"),
			"Choose when.":            form("about", about, "place", "page", "kind", "call", "body", "kept words", "next_when", "pick"),
			"lies in the past":        form("about", about, "place", "page", "kind", "call", "body", "kept words", "next_when", "pick", "next_when_day", "2020-01-01"),
			"Minutes are a whole":     form("about", about, "place", "page", "kind", "meeting", "subject", "kept words", "starts_day", "2026-03-20", "minutes", "-5"),
			"Choose what it is about": form("kind", "note", "body", "kept words"),
			"result":                  form("about", about, "place", "page", "kind", "call", "body", "kept words", "result", "nonsense"),
		} {
			if a := u.Post("/activities/new", f, "HX-Request", "true"); a.Status != 422 || !strings.Contains(a.Body, "kept words") || !strings.Contains(a.Body, name) {
				t.Errorf("%s: %d %s", name, a.Status, a.Body)
			}
		}
		want(t, entries(t, s, s.Rita, ""))
		if a := u.Post("/activities/new", form("about", "account:1", "kind", "note", "body", "x")); a.Status != 422 && a.Status != 404 {
			t.Errorf("about nothing: %d", a.Status)
		}
		if a := u.Post("/activities/new", form("about", about, "kind", "note", "body", "By hand")); a.Status != 303 || !strings.HasPrefix(a.Header.Get("Location"), "/activities/") {
			t.Errorf("without script: %d %s", a.Status, a.Header.Get("Location"))
		}
		if a := u.Get("/activities/new?kind=call", "HX-Request", "true"); a.Status != 200 || !strings.Contains(a.Body, "data-combobox") {
			t.Errorf("%d %s", a.Status, a.Body)
		}
	})
}

func TestDoneAsksForTheNextStep(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Nordlys"})
		about := "account:" + account.String()
		u := s.User(t, s.Rita)
		a := u.Post("/activities/new", form("about", about, "place", "step", "kind", "task", "subject", "Ring Ingrid", "due", "tomorrow"), "HX-Request", "true")
		if a.Status != 200 || !strings.Contains(a.Body, "Ring Ingrid") {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
		at := regexp.MustCompile(`/activities/\d+`).FindString(a.Body)
		if a := u.Get(at+"/done?about="+about, "HX-Request", "true"); a.Status != 200 || !strings.Contains(a.Body, `name="next"`) {
			t.Errorf("%d %s", a.Status, a.Body)
		}
		a = u.Post(at+"/reschedule", form("about", about, "to", "pick", "to_day", "2026-03-20", "to_time", "15:30"), "HX-Request", "true")
		if a.Status != 200 || !strings.Contains(a.Body, "15:30") {
			t.Errorf("%d %s", a.Status, a.Body)
		}
		want(t, entries(t, s, s.Rita, ""), "task|Ring Ingrid|2026-03-20T15:30:00Z|false")
		a = u.Post(at+"/done", form("about", about, "body", "She is away", "next", "Ring again", "next_when", "week"), "HX-Request", "true")
		if a.Status != 200 || !strings.Contains(a.Body, "Ring again") || !strings.Contains(a.Body, "/undo/") {
			t.Errorf("%d %s", a.Status, a.Body)
		}
		want(t, entries(t, s, s.Rita, "done = false"), "task|Ring again|2026-03-09T09:00:00Z|false")
		if a := u.Post(at+"/reschedule", form("to", "pick"), "HX-Request", "true"); a.Status != 422 || !strings.Contains(a.Body, "Choose when.") {
			t.Errorf("%d %s", a.Status, a.Body)
		}
	})
}

func TestRepeatingTaskIsDoneByTwo(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		task := s.Create(t, s.Rita, "activity", record.Values{"subject": "Weekly", "due_at": "2026-03-02T09:00:00Z", "repeats": "weekly"})
		var wg sync.WaitGroup
		for _, who := range []value.ID{s.Rita, s.Ada, s.Rita, s.Ada} {
			u := s.User(t, who)
			wg.Go(func() {
				if a := u.Post("/activities/"+task.String()+"/done", form(), "HX-Request", "true"); a.Status != 200 {
					t.Errorf("%d %s", a.Status, a.Body)
				}
			})
		}
		wg.Wait()
		want(t, entries(t, s, s.Rita, "done = false"), "task|Weekly|2026-03-09T09:00:00Z|false")
	})
}

func TestOthersActivities(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		private := s.Create(t, s.Rita, "activity", record.Values{"subject": "Secret talk", "due_at": "2026-03-04T09:00:00Z", "private": true})
		u := s.User(t, s.Olga)
		for _, word := range []string{"done", "reschedule", "quick"} {
			if a := u.Get("/activities/"+private.String()+"/"+word, "HX-Request", "true"); a.Status != 404 || strings.Contains(a.Body, "Secret") {
				t.Errorf("%s: %d %s", word, a.Status, a.Body)
			}
		}
		for _, word := range []string{"done", "reschedule"} {
			if a := u.Post("/activities/"+private.String()+"/"+word, form("to", "tomorrow"), "HX-Request", "true"); a.Status != 404 && a.Status != 403 {
				t.Errorf("%s: %d %s", word, a.Status, a.Body)
			}
		}
		want(t, entries(t, s, s.Rita, ""), "task|Secret talk|2026-03-04T09:00:00Z|false")
		if a := u.Get("/activities/abc/done"); a.Status != 404 {
			t.Errorf("%d", a.Status)
		}
		if a := s.Stranger(t).Get("/activities/new"); a.Status != 303 {
			t.Errorf("%d", a.Status)
		}
	})
}

func TestCalendar(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		for i, at := range []string{"2026-03-02T08:00:00Z", "2026-03-02T08:15:00Z", "2026-03-02T10:00:00Z", "2026-03-02T11:00:00Z", "2026-03-02T12:00:00Z", "2026-03-31T23:30:00Z"} {
			s.Create(t, s.Rita, "activity", record.Values{"kind": "meeting", "subject": "Meeting " + string(rune('A'+i)), "starts_at": at})
		}
		s.Create(t, s.Rita, "activity", record.Values{"subject": "Not mine to see", "due_at": "2026-03-03T08:00:00Z", "private": true})
		u := s.User(t, s.Rita)
		a := u.Get("/activities?layout=calendar")
		if a.Status != 200 || !strings.Contains(a.Body, "March 2026") || !strings.Contains(a.Body, "Meeting F") || !strings.Contains(a.Body, "+2 more") {
			t.Errorf("%d %.2000s", a.Status, a.Body)
		}
		if i, j := strings.Index(a.Body, ">Mon<"), strings.Index(a.Body, ">Sun<"); i < 0 || j < i {
			t.Errorf("the week does not begin on Monday")
		}
		u.Lang = "en-US"
		a = u.Get("/activities?layout=calendar")
		if i, j := strings.Index(a.Body, ">Mon<"), strings.Index(a.Body, ">Sun<"); j < 0 || i < j {
			t.Errorf("the week does not begin on Sunday")
		}
		u.Lang = "en"
		if a := u.Get("/activities?layout=calendar&span=day&day=2026-03-02"); !strings.Contains(a.Body, "Meeting B") || strings.Contains(a.Body, "Meeting F") || !strings.Contains(a.Body, "--w:0.5000") {
			t.Errorf("day: %d %.2000s", a.Status, a.Body)
		}
		if a := u.Get("/activities?layout=calendar&span=week&day=2026-02-30x&filter=kind+%3D+%22task%22"); a.Status != 200 || strings.Contains(a.Body, "Meeting A") || !strings.Contains(a.Body, "Not mine to see") {
			t.Errorf("week: %d %.2000s", a.Status, a.Body)
		}
		// A fair of three days is on each, also in a week that began after it.
		s.Create(t, s.Rita, "activity", record.Values{"kind": "meeting", "subject": "Fair", "starts_at": "2026-05-30T08:00:00Z", "ends_at": "2026-06-01T15:00:00Z"})
		if a := u.Get("/activities?layout=calendar&day=2026-05-15"); strings.Count(a.Body, ">Fair<") != 2 { // May ends with its week
			t.Errorf("a fair is on %d days", strings.Count(a.Body, ">Fair<"))
		}
		if a := u.Get("/activities?layout=calendar&span=week&day=2026-06-02"); strings.Count(a.Body, ">Fair<") != 1 {
			t.Errorf("a fair is on %d days of the week after", strings.Count(a.Body, ">Fair<"))
		}
		if a := u.Get("/activities?layout=calendar&span=day&day=2026-06-02"); strings.Contains(a.Body, ">Fair<") {
			t.Error("a fair is on the day after")
		}
		if a := u.Get("/activities?layout=calendar&day=2024-05-01"); !strings.Contains(a.Body, "Nothing is on these days.") {
			t.Errorf("empty: %d %.2000s", a.Status, a.Body)
		}
		if a := s.User(t, s.Olga).Get("/activities?layout=calendar"); strings.Contains(a.Body, "Not mine to see") {
			t.Error("Olga sees a private task")
		}
	})
}

var address = regexp.MustCompile(`http://[^<]+(/calendar/[^<]+\.ics)`)

func TestFeed(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		s.Create(t, s.Rita, "activity", record.Values{"kind": "meeting", "subject": "Встреча; \\ with, many\nwords " + strings.Repeat("длинная ", 20), "body": "line one\nline two",
			"starts_at": "2026-03-10T09:00:00Z", "ends_at": "2026-03-10T10:00:00Z"})
		s.Create(t, s.Rita, "activity", record.Values{"kind": "meeting", "subject": "Fair", "starts_at": "2026-03-11T00:00:00Z", "ends_at": "2026-03-13T00:00:00Z"})
		s.Create(t, s.Rita, "activity", record.Values{"subject": "Task", "due_at": "2026-03-12T09:00:00Z", "priority": "high"})
		s.Create(t, s.Rita, "activity", record.Values{"subject": "Long ago", "due_at": "2025-01-12T09:00:00Z"})
		s.Create(t, s.Olga, "activity", record.Values{"subject": "Olga's", "due_at": "2026-03-12T09:00:00Z"})
		u := s.User(t, s.Rita)
		a := u.Post("/settings/me/calendar", form())
		found := address.FindStringSubmatch(a.Body)
		if a.Status != 200 || found == nil {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
		stranger := s.Stranger(t)
		a = stranger.Get(found[1])
		if a.Status != 200 || a.Header.Get("Content-Type") != "text/calendar; charset=utf-8" {
			t.Fatalf("%d %v %s", a.Status, a.Header, a.Body)
		}
		events := unfold(t, a.Body)
		if len(events) != 3 || strings.Contains(a.Body, "Olga") || strings.Contains(a.Body, "Long ago") {
			t.Errorf("%d entries\n%s", len(events), a.Body)
		}
		first := events[0]
		if first["SUMMARY"] != "Встреча; \\ with, many words "+strings.TrimSpace(strings.Repeat("длинная ", 20)) && !strings.HasPrefix(first["SUMMARY"], "Встреча; \\ with, many") {
			t.Errorf("%q", first["SUMMARY"])
		}
		if first["DTSTART"] != "20260310T090000Z" || first["DTEND"] != "20260310T100000Z" || first["DESCRIPTION"] != "line one\nline two" || first["UID"] == "" || first["DTSTAMP"] == "" {
			t.Errorf("%q", first)
		}
		if fair := events[1]; fair["DTSTART;VALUE=DATE"] != "20260311" || fair["DTEND;VALUE=DATE"] != "20260313" {
			t.Errorf("%q", fair)
		}
		if task := events[2]; task["BEGIN"] != "VTODO" || task["DUE"] != "20260312T090000Z" || task["PRIORITY"] != "1" {
			t.Errorf("%q", task)
		}
		if b := stranger.Get(found[1], "If-None-Match", a.Header.Get("ETag")); b.Status != 304 || b.Body != "" {
			t.Errorf("%d %s", b.Status, b.Body)
		}
		s.Pass(time.Hour)
		if b := stranger.Get(found[1]); b.Body != a.Body {
			t.Error("the same content differs an hour later")
		}
		if a := stranger.Get("/calendar/wm_nonsense.ics"); a.Status != 404 {
			t.Errorf("%d", a.Status)
		}
		if a := u.Post("/settings/me/calendar/end", form()); a.Status != 303 {
			t.Errorf("%d", a.Status)
		}
		if a := stranger.Get(found[1]); a.Status != 404 {
			t.Errorf("after it ended: %d", a.Status)
		}
	})
}

// unfold reads the entries of a calendar as RFC 5545 says, and complains about
// lines that are too long or end wrongly.
func unfold(t *testing.T, body string) (entries []map[string]string) {
	t.Helper()
	if strings.Count(body, "\n") != strings.Count(body, "\r\n") || !strings.HasSuffix(body, "END:VCALENDAR\r\n") {
		t.Errorf("lines end wrongly: %q", body)
	}
	for line := range strings.SplitSeq(body, "\r\n") {
		if len(line) > 75 || strings.ToValidUTF8(line, "") != line {
			t.Errorf("%d octets: %q", len(line), line)
		}
	}
	var open map[string]string
	for line := range strings.SplitSeq(strings.TrimSpace(strings.ReplaceAll(body, "\r\n ", "")), "\r\n") {
		name, val, ok := strings.Cut(line, ":")
		if !ok {
			t.Errorf("no property: %q", line)
		}
		if strings.HasPrefix(name, "DTSTART;") || strings.HasPrefix(name, "DTEND;") {
			name = strings.TrimSpace(name)
		}
		switch {
		case name == "BEGIN" && val != "VCALENDAR":
			open = map[string]string{"BEGIN": val}
		case name == "END" && val != "VCALENDAR":
			if open["BEGIN"] != val {
				t.Errorf("%s ends in %s", open["BEGIN"], val)
			}
			entries, open = append(entries, open), nil
		case open != nil:
			open[name] = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\;`, ";", `\,`, ",").Replace(val)
		}
	}
	return entries
}

// Who wants no mails is offered none where one is written down.
func TestTheComposerKnowsWhoWantsNoMails(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		rita := s.User(t, s.Rita)
		for object, out := range map[string]string{"contact": "no_mail", "lead": "opted_out"} {
			for _, no := range []bool{false, true} {
				id := s.Create(t, s.Rita, object, record.Values{"name": "Ann", "email": "ann@acme.example", out: no})
				a := rita.Get("/" + object + "s/" + id.String())
				if a.Status != 200 || strings.Contains(a.Body, "data-mailto") == no || strings.Contains(a.Body, "Wants no emails") != no {
					t.Errorf("%s with %s %v: %d", object, out, no, a.Status)
				}
			}
		}
	})
}
