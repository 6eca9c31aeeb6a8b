package cadence_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

// records are those of an object, in their order.
func records(t *testing.T, s *webtest.Site, object, filter, sort string) (list []*record.Record) {
	t.Helper()
	s.Read(t, s.Ada, func(x *record.Session) error {
		page, err := x.Query(t.Context(), record.Query{Object: object, Filter: filter, Sort: sort})
		if err == nil {
			list = page.Records
		}
		return err
	})
	return list
}

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

func steps(t *testing.T, s *webtest.Site, cadence string) string {
	t.Helper()
	var list []string
	for _, r := range records(t, s, "cadence_step", `cadence = "`+cadence+`"`, "position") {
		list = append(list, r.Title())
	}
	return strings.Join(list, ", ")
}

func TestACadenceIsArranged(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		ada, rita := s.User(t, s.Ada), s.User(t, s.Rita)
		if a := rita.Get("/settings/cadences"); a.Status != http.StatusForbidden {
			t.Errorf("a rep: %d", a.Status)
		}
		if a := rita.Post("/settings/cadences", form("name", "Mine")); a.Status != http.StatusForbidden {
			t.Errorf("a rep makes one: %d", a.Status)
		}
		if a := ada.Get("/settings/cadences"); !strings.Contains(a.Body, "Eight calls in a week") || !strings.Contains(a.Body, "8 steps") {
			t.Errorf("the shipped one: %s", a.Body)
		}
		if a := ada.Post("/settings/cadences", form("name", "Eight calls in a week", "begin", "week")); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("the same name: %d", a.Status)
		}
		a := ada.Post("/settings/cadences", form("name", "Slow", "begin", "empty"))
		at := a.Header.Get("Location")
		id := strings.TrimPrefix(at, "/settings/cadences/")
		if a.Status != http.StatusSeeOther || steps(t, s, id) != "" {
			t.Fatalf("made: %d %s", a.Status, a.Body)
		}
		text := s.Create(t, s.Ada, "template", record.Values{"name": "Opening", "kind": "call_script", "object": "lead", "body": "Hello {{name}}", "status": "published"})
		for _, step := range []url.Values{
			form("name", "Call", "kind", "call", "day", "0", "template", text.String()),
			form("name", "Write", "kind", "mail", "day", "1", "at_time", "22:00", "any_hour", "true"),
			form("name", "Ask", "kind", "task", "day", "3", "at_time", "10:00"),
		} {
			if a = ada.Post(at+"/steps", step); a.Status != http.StatusSeeOther {
				t.Fatalf("%v: %d %s", step, a.Status, a.Body)
			}
		}
		for _, bad := range [][3]string{{"day", "400", "p-day-e"}, {"at_time", "25:00", "p-at_time-e"}, {"name", "", "p-name-e"}} {
			odd := form("name", "Odd", "kind", "call", "day", "1", "at_time", "")
			odd.Set(bad[0], bad[1])
			if a = ada.Post(at+"/steps", odd); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, bad[2]) || !strings.Contains(a.Body, `value="`+bad[1]+`"`) {
				t.Errorf("%v: %d", bad, a.Status)
			}
		}
		ask := records(t, s, "cadence_step", `cadence = "`+id+`"`, "position")[2].ID.String()
		if a = ada.Post(at+"/order", form("do", "up:"+ask)); steps(t, s, id) != "Call, Ask, Write" {
			t.Errorf("up: %d %s", a.Status, steps(t, s, id))
		}
		if a = ada.Post(at+"/order", form("do", "up:77")); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("no step: %d", a.Status)
		}
		foreign := records(t, s, "cadence_step", `cadence != "`+id+`"`, "position")[0].ID.String()
		if a = ada.Post(at+"/steps", form("step", foreign, "name", "X", "kind", "call")); a.Status != http.StatusNotFound {
			t.Errorf("a step of another: %d", a.Status)
		}
		if a = ada.Post(at+"/order", form("do", "drop:"+ask)); steps(t, s, id) != "Call, Write" {
			t.Errorf("dropped: %d %s", a.Status, steps(t, s, id))
		}
		if a = ada.Get(at); !strings.Contains(a.Body, "day 1 at 22:00 · at any hour") || !strings.Contains(a.Body, "with Opening") {
			t.Errorf("the page: %s", a.Body)
		}

		// Who enters by itself is said in sentences, and kept with the rest.
		q := "/settings/condition?" + form("of", "lead", "name", "condition", "text", `mode = "person"`, "back", at+"?edit=own").Encode()
		if a = rita.Get(q, "HX-Request", "true"); a.Status != http.StatusForbidden {
			t.Errorf("a rep asks for a condition: %d", a.Status)
		}
		if a = ada.Get(q, "HX-Request", "true"); a.Status != 200 || !strings.Contains(a.Body, "<dialog") {
			t.Errorf("asked: %d %s", a.Status, a.Body)
		}
		says := form("of", "lead", "name", "condition", "text", `mode = "person"`, "back", at+"?edit=own", "f", "channel", "op", "is", "value", "Shop", "apply", "1")
		if a = ada.Post("/settings/condition", says, "HX-Request", "true"); a.Status != 200 || !strings.Contains(a.Body, `value="mode = &#34;person&#34; and channel = &#34;Shop&#34;"`) {
			t.Errorf("said: %d %s", a.Status, a.Body)
		}
		if a = ada.Post("/settings/condition", says); a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), at+"?edit=own&condition=mode") {
			t.Errorf("without scripts: %d %s", a.Status, a.Header.Get("Location"))
		}
		if a = ada.Get(a.Header.Get("Location")); !strings.Contains(a.Body, "channel = &#34;Shop&#34;") {
			t.Errorf("the draft: %s", a.Body)
		}
		says.Set("back", "https://else.example/")
		if a = ada.Post("/settings/condition", says); a.Status != http.StatusNotFound {
			t.Errorf("leads elsewhere: %d", a.Status)
		}
		if a = ada.Post(at, form("name", "Slow", "days", "10", "active", "true", "auto", "true", "condition", "moood = 1")); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "moood") {
			t.Errorf("a condition of nothing: %d %s", a.Status, a.Body)
		}
		if a = ada.Post(at, form("name", "Slow", "days", "10", "active", "true", "auto", "true", "condition", `mode = "person"`)); a.Status != http.StatusSeeOther {
			t.Fatalf("saved: %d %s", a.Status, a.Body)
		}
		lead := s.Create(t, s.Rita, "lead", record.Values{"name": "Ann", "email": "ann@home.example", "mode": "person"})
		s.Create(t, s.Rita, "lead", record.Values{"name": "Firm", "company": "Firm", "mode": "company"})
		in := records(t, s, "enrollment", "", "id")
		if len(in) != 1 || in[0].Field("lead") != lead {
			t.Fatalf("entered by itself: %v", in)
		}
		if task := records(t, s, "activity", `subject = "Call"`, "id"); len(task) != 1 || task[0].Field("body") != "Hello Ann" {
			t.Errorf("the attempt: %v", task)
		}
		s.Pass(24 * time.Hour) // the first attempt lies behind, the second ahead
		if err := s.Workspace.RunCadences(t.Context()); err != nil {
			t.Fatal(err)
		}
		if task := records(t, s, "activity", `subject = "Write"`, "id"); len(task) != 1 || task[0].Field("due_at").(time.Time).Hour() != 22 {
			t.Errorf("at ten in the evening: %v", task)
		}
		if a = ada.Get(at); !strings.Contains(a.Body, "/leads/"+lead.String()) || !strings.Contains(a.Body, "step 2 of 2") {
			t.Errorf("who is in it: %s", a.Body)
		}
	})
}

func TestLeadsEnterACadence(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		rita, olga := s.User(t, s.Rita), s.User(t, s.Olga)
		cadence := records(t, s, "cadence", "", "id")[0].ID.String()
		var leads []string
		for _, v := range []record.Values{{"name": "Ann", "email": "a@x.example"}, {"name": "Bo", "email": "b@x.example"}, {"name": "Cy", "email": "c@x.example", "opted_out": true}} {
			leads = append(leads, s.Create(t, s.Rita, "lead", v).String())
		}
		hx := []string{"HX-Request", "true"}
		at := "/leads/" + leads[0] + "/cadence"
		if a := olga.Post(at, form("cadence", cadence)); a.Status != http.StatusForbidden && a.Status != http.StatusNotFound {
			t.Errorf("somebody else: %d", a.Status)
		}
		if a := rita.Get(at, hx...); a.Status != 200 || !strings.Contains(a.Body, "Eight calls in a week") {
			t.Errorf("offered: %d %s", a.Status, a.Body)
		}
		if a := rita.Get(strings.Replace(at, "/leads/", "/deals/", 1), hx...); a.Status != http.StatusNotFound {
			t.Errorf("a deal: %d", a.Status)
		}
		if a := rita.Post(at, form("cadence", "77"), hx...); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "switched off") {
			t.Errorf("no cadence: %d %s", a.Status, a.Body)
		}
		if a := rita.Post(at, form("cadence", cadence)); a.Status != http.StatusSeeOther {
			t.Fatalf("entered: %d %s", a.Status, a.Body)
		}
		in := records(t, s, "enrollment", "", "id")[0]
		if a := rita.Get(at, hx...); !strings.Contains(a.Body, "step 1 of 8") || !strings.Contains(a.Body, `value="pause"`) {
			t.Errorf("in it: %s", a.Body)
		}
		now := func(want string) {
			t.Helper()
			if got := records(t, s, "enrollment", "", "id")[0].Field("state"); got != want {
				t.Errorf("state %v, want %s", got, want)
			}
		}
		if a := rita.Post(at, form("do", "pause", "enrollment", in.ID.String()), hx...); a.Status != 200 || !strings.Contains(a.Body, "/undo/") {
			t.Errorf("held: %d %s", a.Status, a.Body)
		}
		now("paused")
		if a := rita.Post(at, form("do", "pause", "enrollment", in.ID.String()), hx...); a.Status != http.StatusConflict {
			t.Errorf("held twice: %d", a.Status)
		}
		rita.Post(at, form("do", "resume", "enrollment", in.ID.String()))
		now("active")

		// Many from a list: who can enters, of the others it is said why not.
		many := form("cadence", cadence)
		for _, id := range leads {
			many.Add("id", id)
		}
		if a := rita.Get("/leads/cadence?id="+leads[0]+"&id="+leads[1], hx...); a.Status != 200 || !strings.Contains(a.Body, "2 leads") {
			t.Errorf("asked: %d %s", a.Status, a.Body)
		}
		if a := rita.Get("/leads/cadence", hx...); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("nobody: %d", a.Status)
		}
		if a := rita.Get("/leads/cadence?all=1", hx...); !strings.Contains(a.Body, "3 leads") {
			t.Errorf("all: %s", a.Body)
		}
		a := rita.Post("/leads/cadence", many, hx...)
		if a.Status != 200 || !strings.Contains(a.Body, "1 lead entered · 1 is in a cadence already · 1 wants no more") {
			t.Errorf("many: %d %s", a.Status, a.Body)
		}
		if a = rita.Post(at, form("do", "stop", "enrollment", in.ID.String())); a.Status != http.StatusSeeOther {
			t.Errorf("ended: %d", a.Status)
		}
		if a = s.User(t, s.Ada).Get("/settings/cadences/" + cadence); !strings.Contains(a.Body, "<dt>By hand</dt><dd>1</dd>") {
			t.Errorf("why it ended: %s", a.Body)
		}
		if n := len(records(t, s, "enrollment", `state = "active"`, "id")); n != 1 {
			t.Errorf("%d on their way", n)
		}
	})
}
