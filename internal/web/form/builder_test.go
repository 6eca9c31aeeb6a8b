package form_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"wellmet/internal/marketing"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// asks are the fields that a form asks for, the required ones with a star.
func asks(t *testing.T, s *webtest.Site, form string) string {
	t.Helper()
	id, _ := value.ParseID(form)
	var list []string
	s.Read(t, s.Ada, func(x *record.Session) error {
		r, err := x.Get(t.Context(), "form", id)
		if err != nil {
			return err
		}
		f, err := marketing.FormOf(r)
		for _, in := range f.Inputs {
			if in.Required {
				in.Field += "*"
			}
			list = append(list, in.Field)
		}
		return err
	})
	return strings.Join(list, " ")
}

// An administrator makes a form by clicking, strangers see it at once, and what
// they send is judged where it arrived.
func TestAFormIsBuilt(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		ada, rita := s.User(t, s.Ada), s.User(t, s.Rita)
		for _, u := range []string{"/settings/forms", "/settings/forms/7"} {
			if a := rita.Get(u); a.Status != http.StatusForbidden {
				t.Errorf("a rep at %s: %d", u, a.Status)
			}
		}
		if a := rita.Post("/settings/forms", url.Values{"name": {"Mine"}}); a.Status != http.StatusForbidden {
			t.Errorf("a rep makes a form: %d", a.Status)
		}
		a := ada.Post("/settings/forms", url.Values{"name": {"Ask us"}})
		at := a.Header.Get("Location")
		if a.Status != http.StatusSeeOther || !strings.HasPrefix(at, "/settings/forms/") {
			t.Fatalf("made: %d %s", a.Status, a.Body)
		}
		if a = ada.Post("/settings/forms", url.Values{"name": {"Ask us"}}); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `value="Ask us"`) || !strings.Contains(a.Body, "new-e") || !strings.Contains(a.Body, "Already in use by “Ask us”") || strings.Count(a.Body, `href="`+at+`"`) != 2 {
			t.Errorf("the same name: %d", a.Status)
		}
		form := strings.TrimPrefix(at, "/settings/forms/")
		if got := asks(t, s, form); got != "name* email* phone description" {
			t.Fatalf("begins with %s", got)
		}
		for _, step := range []struct {
			to, do, what, group, field, label, must string
			want                                    string
		}{
			{to: "/questions", field: "company", want: "name* email* phone description company"},
			{to: "/questions", field: "company", label: "Your <b>firm</b>", must: "1", want: "name* email* phone description company*"},
			{to: "/order", do: "up:company", want: "name* email* phone company* description"},
			{to: "/order", do: "to", what: "company", group: "end/name", want: "company* name* email* phone description"},
			{to: "/order", do: "drop:phone", want: "company* name* email* description"},
		} {
			a = ada.Post(at+step.to, url.Values{"do": {step.do}, "what": {step.what}, "group": {step.group}, "field": {step.field}, "label": {step.label}, "required": {step.must}})
			if got := asks(t, s, form); a.Status != http.StatusSeeOther || got != step.want {
				t.Errorf("%+v: %d %s", step, a.Status, got)
			}
		}
		for _, bad := range []url.Values{{"field": {"owner"}}, {"field": {""}}, {"field": {"job_title"}, "label": {strings.Repeat("x", 201)}}} {
			if a = ada.Post(at+"/questions", bad); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `class="note bad"`) {
				t.Errorf("%v: %d", bad, a.Status)
			}
		}
		if a = ada.Post(at+"/order", url.Values{"do": {"up:owner"}}); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("a question that is none: %d", a.Status)
		}

		// Words: refused with what was typed, previewed unsaved, then saved.
		a = ada.Post(at, url.Values{"name": {"Ask us"}, "title": {"Talk to us"}, "sites": {"example.com"}})
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "p-sites-e") || !strings.Contains(a.Body, `value="Talk to us"`) {
			t.Errorf("no website: %d", a.Status)
		}
		a = ada.Post(at+"/preview", url.Values{"title": {"Not <i>yet</i>"}, "consent": {"You may call."}, "language": {"fi"}}, "HX-Request", "true")
		if a.Status != 200 || !strings.Contains(a.Body, "Not &lt;i&gt;yet") || !strings.Contains(a.Body, "You may call.") || !strings.Contains(a.Body, "pakollinen") || !strings.Contains(a.Body, "inert") {
			t.Errorf("preview: %d %s", a.Status, a.Body)
		}
		public := "/w/" + s.Workspace.Slug() + "/f/ask-us"
		if a = s.Stranger(t).Get(public); a.Status != 200 || strings.Contains(a.Body, "yet") || !strings.Contains(a.Body, "Your &lt;b&gt;firm") {
			t.Errorf("strangers: %d %s", a.Status, a.Body)
		}
		a = ada.Post(at, url.Values{"name": {"Ask us"}, "title": {"Talk to us"}, "slug": {"talk"}, "language": {"zz"}, "active": {"true", "1"}})
		if a.Status != http.StatusSeeOther {
			t.Fatalf("words: %d %s", a.Status, a.Body)
		}
		if a = s.Stranger(t).Get("/w/" + s.Workspace.Slug() + "/f/talk"); a.Status != 200 || !strings.Contains(a.Body, "Talk to us") {
			t.Errorf("under its address: %d", a.Status)
		}
		if a = ada.Get(at); !strings.Contains(a.Body, "/f/talk&#34; title=") || !strings.Contains(a.Body, "Talk to us") {
			t.Errorf("embedding: %s", a.Body)
		}
	})
}

func TestWhatAFormBrought(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		ada, rita := s.User(t, s.Ada), s.User(t, s.Rita)
		id, public := desk(t, s, nil)
		at := "/settings/forms/" + id.String() + "/submissions"
		if a := ada.Get(at); !strings.Contains(a.Body, "Nothing was sent yet") {
			t.Errorf("empty: %s", a.Body)
		}
		s.Stranger(t).Post(public, filled("description", "<script>1</script>", "odd", "kept"))
		s.Stranger(t).Post(public, filled(marketing.Trap, "x", "email", "bot@buy.example", "name", "Bot"))
		a := ada.Get(at)
		for _, want := range []string{"Ann Ek", "ann@home.example", "&lt;script&gt;", "odd", "/leads/", "You may call me.", "Spam 1"} {
			if !strings.Contains(a.Body, want) {
				t.Errorf("no %q in %s", want, a.Body)
			}
		}
		if a = ada.Get(at + "?state=spam"); strings.Contains(a.Body, "Ann Ek") || !strings.Contains(a.Body, "Bot") {
			t.Errorf("spam alone: %s", a.Body)
		}
		if a = ada.Get(at + "?state=magic"); a.Status != http.StatusNotFound {
			t.Errorf("no state: %d", a.Status)
		}
		var bot string
		s.Read(t, s.Ada, func(x *record.Session) error {
			page, err := x.Query(t.Context(), record.Query{Object: "submission", Filter: `state = "spam"`})
			bot = page.Records[0].ID.String()
			return err
		})
		if a = rita.Post(at+"/"+bot, url.Values{"do": {"retry"}}); a.Status != http.StatusForbidden {
			t.Errorf("a rep: %d", a.Status)
		}
		if a = ada.Post("/settings/forms/1/submissions/"+bot, url.Values{"do": {"retry"}}); a.Status != http.StatusNotFound {
			t.Errorf("of another form: %d", a.Status)
		}
		if a = ada.Post(at+"/"+bot, url.Values{"do": {"dance"}}); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("no such deed: %d", a.Status)
		}
		if a = ada.Post(at+"/"+bot, url.Values{"do": {"retry"}}); a.Status != http.StatusSeeOther || len(leads(t, s)) != 2 {
			t.Errorf("a lead after all: %d %s", a.Status, a.Body)
		}
		if a = ada.Post(at+"/"+bot, url.Values{"do": {"spam"}}); a.Status != http.StatusSeeOther || strings.Join(states(t, s), " ") != "lead spam" {
			t.Errorf("spam: %d %v", a.Status, states(t, s))
		}
		if a = ada.Get("/settings/forms"); !strings.Contains(a.Body, "2 submissions: 1 new leads, 0 failed, 1 spam") {
			t.Errorf("in the list: %s", a.Body)
		}
		if a = ada.Post("/settings/forms/"+id.String()+"/delete", nil); a.Status != http.StatusSeeOther || len(leads(t, s)) != 2 {
			t.Errorf("deleted: %d", a.Status)
		}
		if a = s.Stranger(t).Get(public); a.Status != http.StatusNotFound {
			t.Errorf("after it: %d", a.Status)
		}
	})
}
