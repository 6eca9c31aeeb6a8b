package activity_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"wellmet/internal/access"
	room "wellmet/internal/activity"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// queued begins a queue of Rita's new leads and answers its address.
func queued(t *testing.T, u *webtest.User) string {
	t.Helper()
	a := u.Post("/queue", form("object", "lead", "filter", `status = "new"`, "sort", "name"))
	if a.Status != http.StatusSeeOther {
		t.Fatalf("%d %.500s", a.Status, a.Body)
	}
	return a.Header.Get("Location")
}

func TestAListIsWorkedThrough(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		for i := range 3 {
			s.Create(t, s.Rita, "lead", record.Values{"name": fmt.Sprintf("Lead %d", i), "phone": "+4930123456"})
		}
		rita := s.User(t, s.Rita)
		at := queued(t, rita)
		see := func(texts ...string) {
			t.Helper()
			a := rita.Get(at)
			for _, text := range texts {
				if !strings.Contains(a.Body, text) {
					t.Fatalf("no %q in %d %.3000s", text, a.Status, a.Body)
				}
			}
		}
		see("Lead 0", "1 of 3", "tel:+4930123456")
		item := func() string {
			_, rest, _ := strings.Cut(rita.Get(at).Body, `name="record" value="`)
			id, _, _ := strings.Cut(rest, `"`)
			return id
		}
		if a := rita.Post(at, form("record", item(), "kind", "call"), "HX-Request", "true"); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("a call that says nothing: %d", a.Status)
		}
		if a := rita.Post(at, form("record", item(), "kind", "call", "result", "reached", "body", "Wants a demo", "next", "Show it", "next_when", "tomorrow")); a.Status != http.StatusSeeOther {
			t.Fatalf("%d %.800s", a.Status, a.Body)
		}
		see("Lead 1", "2 of 3")
		want(t, entries(t, s, s.Rita, `kind = "call" and result = "reached"`), "call|Wants a demo||true")
		s.Read(t, s.Rita, func(x *record.Session) error {
			p, err := x.Query(t.Context(), record.Query{Object: "activity", Filter: `kind = "task" and subject = "Show it"`, Count: record.CountExact})
			if err == nil && p.Count != 1 {
				t.Errorf("%d next steps", p.Count)
			}
			return err
		})
		rita.Post(at, form("record", item(), "do", "skip"))
		see("Lead 2", "3 of 3")
		rita.Post(at, form("record", item(), "do", "back"))
		see("Lead 1")
		if again := queued(t, rita); again != at {
			t.Error("coming back began anew")
		}
		if a := s.User(t, s.Max).Get(at); a.Status != http.StatusNotFound {
			t.Errorf("a queue of somebody else: %d", a.Status)
		}
	})
}

// A list of an object or by a field that its owner lost is told in words, can be
// ended, and keeps none of the other queues from him.
func TestAQueueThatCanNoLongerBeReadIsToldInWords(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		s.Create(t, s.Rita, "lead", record.Values{"name": "Lead 0"})
		s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		s.Create(t, s.Ada, "product", record.Values{"name": "Pump"})
		rita := s.User(t, s.Rita)
		begin := func(object, filter string) string {
			return rita.Post("/queue", form("object", object, "filter", filter)).Header.Get("Location")
		}
		leads, products, accounts := begin("lead", `status = "new"`), begin("product", ""), begin("account", "")
		s.Write(t, s.Ada, func(x *record.Session) error {
			rep, _ := x.Roster().Role(access.RepRole)
			_, err := x.Update(t.Context(), "role", rep, 0, record.Values{"permissions": `{"objects": {"*": {"read": "all", "create": "all", "update": "all"},
				"product": {"read": "none", "create": "none", "update": "none"}}, "fields": {"lead.status": "none"}}`})
			return err
		})
		all := rita.Get("/queue")
		for _, text := range []string{leads, products, accounts, "status", "There is no object", "1 of 1"} {
			if all.Status != http.StatusOK || !strings.Contains(all.Body, text) {
				t.Errorf("no %q in %d %.3000s", text, all.Status, all.Body)
			}
		}
		for _, at := range []string{leads, products} {
			if a := rita.Get(at); a.Status != http.StatusOK || !strings.Contains(a.Body, "can no longer be read") || !strings.Contains(a.Body, `value="end"`) {
				t.Errorf("%d %.3000s", a.Status, a.Body)
			}
			if a := rita.Post(at, form("record", "7", "kind", "note", "body", "Hello")); a.Status < 400 || a.Status >= 500 {
				t.Errorf("a note in it: %d %.800s", a.Status, a.Body)
			}
			rita.Post(at, form("do", "end"))
			if a := rita.Get("/queue"); a.Status != http.StatusOK || strings.Contains(a.Body, at) || !strings.Contains(a.Body, accounts) {
				t.Errorf("ended: %d %.3000s", a.Status, a.Body)
			}
		}
		if a := rita.Get(accounts); !strings.Contains(a.Body, "Acme") {
			t.Errorf("%d %.3000s", a.Status, a.Body)
		}
	})
}

func TestQueueByKeyboardAndOnAPhone(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	for i := range 3 {
		s.Create(t, s.Rita, "lead", record.Values{"name": fmt.Sprintf("Lead %d", i), "phone": "+4930123456", "email": fmt.Sprintf("lead%d@home.example", i)})
	}
	b := s.Browser(t, s.Rita)
	b.Open("/leads?filter=" + "status+%3D+%22new%22&sort=name")
	b.Click("#b-more")
	b.Click("#m-more form button")
	b.See("#queue-title", "Lead 0")
	b.Axe()
	b.Press("n")
	b.Type("#act-body", "Asked for a call back")
	b.Eval(`document.querySelector('#act-body').form.requestSubmit()`)
	b.See("#queue-title", "Lead 1")
	b.Press("j")
	b.See("#queue-title", "Lead 2")
	// Somebody else was faster.
	id := only(t, s, `name = "Lead 1"`)
	s.Create(t, s.Bob, "activity", record.Values{"kind": "call", "done": true, "subject": "Called", "about": []schema.Ref{{Object: "lead", ID: id}}})
	b.Press("k") // what she skipped dropped out, what she worked on did not
	b.See("#queue-title", "Lead 0")
	b.Press("j")
	b.See("#queue-title", "Lead 2")
	b.Size(390, 844)
	b.Open(b.Path())
	b.See("#queue-title", "Lead 2")
	b.Axe()
	b.Picture("queue-phone")
	b.Click("button[value=skip]")
	b.See(".empty-state", "That was the last one")
}

// only is the lead that the filter finds.
func only(t *testing.T, s *webtest.Site, filter string) (id value.ID) {
	t.Helper()
	s.Read(t, s.Ada, func(x *record.Session) error {
		p, err := x.Query(t.Context(), record.Query{Object: "lead", Filter: filter})
		if err == nil {
			id = p.Records[0].ID
		}
		return err
	})
	return id
}

// A note about the first record behind the part of its list that a queue holds is
// kept, though it takes the record out of the list; a queue with nothing left is
// no longer among those that one has begun.
func TestANoteBehindWhatAQueueHolds(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		const n = room.Portion + 2
		var ids []value.ID
		for from := 0; from < n; from += 501 {
			b := record.Batch{Object: "account"}
			for i := from; i < min(n, from+501); i++ {
				b.Changes = append(b.Changes, record.Change{Values: record.Values{"name": fmt.Sprintf("Acme %05d", i)}})
			}
			s.Write(t, s.Rita, func(x *record.Session) error {
				out, err := x.Save(t.Context(), b)
				for _, o := range out {
					ids = append(ids, o.ID)
				}
				return err
			})
		}
		rita := s.User(t, s.Rita)
		at := rita.Post("/queue", form("object", "account", "filter", "last_activity_at is empty", "sort", "name")).Header.Get("Location")
		see := func(path, text string, want bool) {
			t.Helper()
			if a := rita.Get(path); a.Status != http.StatusOK || strings.Contains(a.Body, text) != want {
				t.Errorf("%q in %s is not %v: %d %.3000s", text, path, want, a.Status, a.Body)
			}
		}
		if a := rita.Post(at, form("record", ids[room.Portion-1].String(), "do", "skip")); a.Status != http.StatusSeeOther {
			t.Fatalf("%d %.800s", a.Status, a.Body)
		}
		for i := room.Portion; i < n; i++ {
			see(at, fmt.Sprintf("Acme %05d", i), true)
			see("/queue", at, true)
			if a := rita.Post(at, form("record", ids[i].String(), "kind", "note", "body", "Wants a demo")); a.Status != http.StatusSeeOther {
				t.Fatalf("%d %.800s", a.Status, a.Body)
			}
		}
		want(t, entries(t, s, s.Rita, `kind = "note"`), "note|Wants a demo||true", "note|Wants a demo||true")
		see(at, "That was the last one", true)
		see("/queue", at, false)
	})
}
