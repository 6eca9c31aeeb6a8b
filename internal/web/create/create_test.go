package create_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web"
	"wellmet/internal/web/door"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

const htmx = "HX-Request"

var idOf = regexp.MustCompile(`/(\d+)"?`)

// made is the id in the address that an answer leads to.
func made(t *testing.T, a webtest.Answer) value.ID {
	t.Helper()
	at := a.Header.Get("Location") + a.Header.Get("HX-Trigger")
	m := idOf.FindStringSubmatch(at)
	if m == nil {
		t.Fatalf("no record made: %d %q %s", a.Status, at, a.Body)
	}
	id, err := value.ParseID(m[1])
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// closeTo shows records of an object to their owners alone.
func closeTo(t *testing.T, s *webtest.Site, object string) {
	t.Helper()
	s.Write(t, s.Ada, func(x *record.Session) error {
		return access.SetOpenness(t.Context(), x.Tx(), x.Schema().MustObject(object), access.Private)
	})
}

func TestCreateWithoutScript(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		rita := s.User(t, s.Rita)
		acme := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		a := rita.Get("/deals/new?account=" + acme.String() + "&amount=12k")
		for _, want := range []string{"<h1>New deal</h1>", `value="Acme"`, `value="12,000.00"`, `action="/deals/new"`, "More fields", `aria-required="true"`} {
			if !strings.Contains(a.Body, want) {
				t.Errorf("the form lacks %s\n%s", want, a.Body)
			}
		}
		// A title alone is enough where no script fills the id.
		a = rita.Post("/deals/new", url.Values{"name": {"Buses"}, "account": {""}, "account.text": {"acme"}, "amount": {"184 500,50"},
			"amount.currency": {"EUR"}, "close_date": {"tomorrow"}})
		if a.Status != http.StatusSeeOther {
			t.Fatalf("%d %s", a.Status, a.Body[max(0, strings.Index(a.Body, "newform")):])
		}
		id := made(t, a)
		s.Read(t, s.Rita, func(x *record.Session) error {
			r, err := x.Get(t.Context(), "deal", id)
			if err != nil {
				return err
			}
			if r.Field("account") != acme || r.Field("amount") != (value.Money{Minor: 18450050, Currency: "EUR"}) || r.Owner() != s.Rita || value.Text(r.Field("close_date")) != "2026-03-03" {
				t.Errorf("%v %v %v %v", r.Field("account"), r.Field("amount"), r.Owner(), r.Field("close_date"))
			}
			return nil
		})
	})
}

func TestARefusedFormKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		rita := s.User(t, s.Rita)
		a := rita.Post("/deals/new", url.Values{"name": {""}, "amount": {"a lot"}, "account.text": {"No such company"}, "account": {""},
			"next_step": {`<script>alert(1)</script>`}, "close_date": {"31.11.2026"}, "_token": {"ABCDEFGH12"}}, htmx, "true")
		if a.Status != http.StatusUnprocessableEntity {
			t.Fatalf("%d %s", a.Status, a.Body[max(0, strings.Index(a.Body, "newform")):])
		}
		for _, want := range []string{`value="a lot"`, `value="No such company"`, `value="31.11.2026"`, "4 things keep", `href="#nABCDEF-amount"`,
			`id="nABCDEF-amount-e"`, "&lt;script&gt;", "Name is required", "data-dirty", "Nothing is called"} {
			if !strings.Contains(a.Body, want) {
				t.Errorf("lacks %s", want)
			}
		}
		if strings.Contains(a.Body, "<script") || strings.Contains(a.Body, "<html") {
			t.Errorf("not the form alone: %s", a.Body)
		}
		// A rule of the object stands at its field.
		a = rita.Post("/deals/new", url.Values{"name": {"Buses"}, "account": {""}, "account.text": {""}})
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "A deal needs an account or a contact.") || !strings.Contains(a.Body, "<h1>New deal</h1>") {
			t.Errorf("%d %s", a.Status, a.Body)
		}
	})
}

func TestSavingTwiceMakesOne(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		rita := s.User(t, s.Rita)
		form := url.Values{"name": {"Acme"}, "_token": {"ABCDEFGH12"}}
		done := make(chan webtest.Answer)
		for range 2 {
			go func() { done <- rita.Post("/accounts/new", form, htmx, "true") }()
		}
		if one, two := made(t, <-done), made(t, <-done); one != two {
			t.Errorf("%v and %v", one, two)
		}
		form.Set("name", "Another")
		made(t, rita.Post("/accounts/new", form))
		s.Read(t, s.Ada, func(x *record.Session) error {
			n, _, err := x.Count(t.Context(), record.Query{Object: "account"})
			if n != 2 {
				t.Errorf("%d accounts", n)
			}
			return err
		})
	})
}

func TestWhoMayNotCreate(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		rita := s.User(t, s.Rita)
		for path, want := range map[string]int{"/pipelines/new": 403, "/nonsense/new": 404, "/roles/new": 403} {
			if a := rita.Get(path); a.Status != want {
				t.Errorf("%s: %d", path, a.Status)
			}
		}
		if a := rita.Post("/pipelines/new", url.Values{"name": {"X"}}); a.Status != 403 {
			t.Errorf("%d", a.Status)
		}
		if a := rita.Get("/new"); !strings.Contains(a.Body, "/deals/new") || strings.Contains(a.Body, "/products/new") || strings.Contains(a.Body, "/members/new") {
			t.Errorf("%s", a.Body)
		}
	})
}

func TestNestedCreateFillsTheOpener(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		rita := s.User(t, s.Rita)
		a := rita.Get("/accounts/new?from=deal.account&text=Nordlys&into=n1-account", htmx, "true")
		if !strings.Contains(a.Body, "<dialog") || !strings.Contains(a.Body, `value="Nordlys"`) || !strings.Contains(a.Body, `name="_into" value="n1-account"`) {
			t.Errorf("%s", a.Body)
		}
		a = rita.Post("/accounts/new", url.Values{"name": {"Nordlys <b>"}, "_into": {"n1-account"}}, htmx, "true")
		if a.Status != 200 || !strings.Contains(a.Body, `data-filled="n1-account"`) || !strings.Contains(a.Body, `data-title="Nordlys &lt;b&gt;"`) {
			t.Errorf("%d %s", a.Status, a.Body)
		}
	})
}

func TestOptions(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		rita := s.User(t, s.Rita)
		s.Create(t, s.Rita, "account", record.Values{"name": "Acme", "email": "hello@acme.example"})
		s.Create(t, s.Rita, "account", record.Values{"name": "The Acme Group"})
		s.Create(t, s.Olga, "account", record.Values{"name": "Acme of Olga"})
		closeTo(t, s, "account")
		a := rita.Get("/accounts/options?for=deal.account&q=acme")
		if n := strings.Count(a.Body, `role="option"`); n != 3 || strings.Contains(a.Body, "Olga") || !strings.Contains(a.Body, "Create “acme”") {
			t.Errorf("%d %s", n, a.Body)
		}
		if strings.Index(a.Body, `data-title="Acme"`) > strings.Index(a.Body, "The Acme Group") {
			t.Errorf("order: %s", a.Body)
		}
		for path, want := range map[string]string{
			"/accounts/options?for=deal.account":            "The Acme Group",
			"/members/options?for=deal.owner&q=MA":          "Max",
			"/stages/options?for=deal.stage&q=e":            `<small class="cut">`,
			"/accounts/options?q=zzz":                       "Nothing found",
			"/activities/options?for=activity.about&q=acme": `data-id="account:`,
		} {
			if a := rita.Get(path); a.Status != 200 || !strings.Contains(a.Body, want) {
				t.Errorf("%s: %d %s", path, a.Status, a.Body)
			}
		}
		for path, want := range map[string]int{"/accounts/options?for=deal.nonsense": 404, "/nonsense/options": 404, "/accounts/options?for=x.y": 404} {
			if a := rita.Get(path); a.Status != want {
				t.Errorf("%s: %d", path, a.Status)
			}
		}
	})
}

func TestDuplicates(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		rita := s.User(t, s.Rita)
		s.Create(t, s.Rita, "contact", record.Values{"name": "Anna Smith", "email": "anna@acme.example", "phone": "+49 30 1234567"})
		s.Create(t, s.Olga, "contact", record.Values{"name": "Hidden Person", "email": "hidden@acme.example"})
		closeTo(t, s, "contact")
		for query, want := range map[string]bool{"email=Anna@Acme.example": true, "email=anna@acme": false, "email=anna@acme.exampl": false,
			"name=anna+SMITH": true, "name=anna": false, "phone=%2B49+30+1234567": true, "phone=%2B49+30": false, "email=hidden@acme.example": false, "name=Hidden+Person": false} {
			a := rita.Get("/contacts/duplicates?" + query)
			if got := strings.Contains(a.Body, "Already there:"); a.Status != 200 || got != want {
				t.Errorf("%s: %d %v %s", query, a.Status, got, a.Body)
			}
		}
		// Another kind of record with the same address is worth knowing of.
		if a := rita.Get("/leads/duplicates?email=anna@acme.example"); !strings.Contains(a.Body, "/contacts/") {
			t.Errorf("%s", a.Body)
		}
	})
}

func TestReadingBack(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	rita := s.User(t, s.Rita)
	for query, want := range map[string]string{
		"field=close_date&close_date=tomorrow":            "Tue 3 Mar, tomorrow",
		"field=close_date&close_date=31.11.":              "There is no day",
		"field=amount&amount=12k&amount.currency=USD":     "US$12,000.00",
		"field=amount&amount=<script>&amount.currency=EU": "EU",
	} {
		a := rita.Get("/deals/reading?name=" + strings.SplitN(strings.TrimPrefix(query, "field="), "&", 2)[0] + "&" + query)
		body := strings.ReplaceAll(a.Body, "\u00a0", " ")
		if a.Status != 200 || !strings.Contains(body, want) || strings.Contains(body, "<script") {
			t.Errorf("%s: %d %s", query, a.Status, body)
		}
	}
}

// The form follows the record type: what it hides is left out unless it holds
// something, and where the record begins is said.
func TestTheFormFollowsTheRecordType(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		rita, types := s.User(t, s.Rita), map[string]string{}
		s.Read(t, s.Rita, func(x *record.Session) error {
			page, err := x.Query(t.Context(), record.Query{Object: "record_type"})
			if err != nil {
				return err
			}
			for _, r := range page.Records {
				types[r.Title()] = r.ID.String()
			}
			return nil
		})
		has := func(a webtest.Answer, texts ...string) {
			t.Helper()
			for _, text := range texts {
				text, not := strings.CutPrefix(text, "!")
				if strings.Contains(a.Body, text) == not {
					t.Errorf("%q: %v in %s", text, !not, a.Body)
				}
			}
		}
		has(rita.Get("/leads/new"), `name="record_type"`, `name="website"`, "adapt=1")
		has(rita.Get("/leads/new?record_type="+types["B2C"]), "!"+`name="website"`, "Enters the cadence “Eight calls in a week”.")
		has(rita.Get("/leads/new?website=https://acme.example&record_type="+types["B2C"]), `name="website"`)
		has(rita.Get("/deals/new?record_type="+types["B2C"]), "!"+`name="competitor"`, "Begins in the pipeline “Private customers”.")
		typed := url.Values{"name": {"Ann"}, "record_type": {types["B2C"]}, "record_type.text": {"B2C"}, "record_type.was": {"B2C"}, "website": {""}}
		has(rita.Post("/leads/new?adapt=1", typed, htmx, "true"), `value="Ann"`, "!"+`name="website"`, "Enters the cadence")
		typed.Set("website", "https://ann.example")
		has(rita.Post("/leads/new?adapt=1", typed, htmx, "true"), `name="website"`, "https://ann.example")
		lead := made(t, rita.Post("/leads/new", url.Values{"name": {"Ann"}, "email": {"ann@test.example"}, "record_type": {types["B2C"]}}))
		s.Read(t, s.Rita, func(x *record.Session) error {
			n, _, err := x.Count(t.Context(), record.Query{Object: "enrollment", Filter: `lead = "` + lead.String() + `"`})
			if n != 1 {
				t.Errorf("in %d cadences", n)
			}
			return err
		})
		s.Write(t, s.Ada, func(x *record.Session) error {
			id, err := value.ParseID(types["B2C"])
			if err != nil {
				return err
			}
			_, err = x.Update(t.Context(), "record_type", id, 0, record.Values{"deal_first": "next_step, competitor"})
			return err
		})
		body := rita.Get("/deals/new?record_type=" + types["B2C"]).Body
		if at := strings.Index(body, `name="next_step"`); at < 0 || at > strings.Index(body, `name="started_on"`) || strings.Contains(body, `name="competitor"`) {
			t.Errorf("the type's own fields: %s", body)
		}
		for _, id := range types {
			s.Write(t, s.Ada, func(x *record.Session) error {
				id, err := value.ParseID(id)
				if err != nil {
					return err
				}
				_, err = x.Update(t.Context(), "record_type", id, 0, record.Values{"active": false})
				return err
			})
		}
		has(rita.Get("/leads/new"), "!"+`name="record_type"`)
	})
}

// A lead that looks the same gets a touch instead of a second lead beside it.
func TestJoiningALeadByHand(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		lead := s.Create(t, s.Rita, "lead", record.Values{"name": "Ann", "email": "ann@home.example"})
		lost := s.Create(t, s.Rita, "lead", record.Values{"name": "Ann Lost", "email": "ann@home.example", "status": "disqualified", "lost_reason": "other"})
		rita, olga := s.User(t, s.Rita), s.User(t, s.Olga)
		button := func(id value.ID) string { return `name="join" value="` + id.String() + `"` }
		hint := rita.Get("/leads/duplicates?email=ann@home.example").Body
		if !strings.Contains(hint, button(lead)) || strings.Contains(hint, button(lost)) {
			t.Errorf("hint %s", hint)
		}
		if hint := olga.Get("/leads/duplicates?email=ann@home.example").Body; strings.Contains(hint, button(lead)) {
			t.Errorf("to a rep of another team: %s", hint)
		}
		typed := url.Values{"name": {"Annie"}, "email": {"ann@home.example"}, "phone": {"+49 30 555555"}, "join": {lead.String()}}
		if a := olga.Post("/leads/new", typed); a.Status != http.StatusForbidden {
			t.Errorf("a rep of another team joins: %d", a.Status)
		}
		for range 2 { // pressed twice
			form := rita.Get("/leads/new").Body
			if enter := strings.Index(form, "<button hidden>"); enter < 0 || enter > strings.Index(form, `id="n`) {
				t.Error("Enter would press a button of the hint")
			}
			typed.Set(door.TokenName, regexp.MustCompile(`name="` + door.TokenName + `" value="([^"]+)"`).FindStringSubmatch(form)[1])
			if a := rita.Post("/leads/new", typed); a.Status != http.StatusSeeOther || !strings.HasSuffix(a.Header.Get("Location"), lead.String()) {
				t.Fatalf("%d %s", a.Status, a.Header.Get("Location"))
			}
			rita.Post("/leads/new", typed)
		}
		s.Read(t, s.Ada, func(x *record.Session) error {
			page, err := x.Query(t.Context(), record.Query{Object: "lead", Filter: `status = "new"`})
			if err == nil && (len(page.Records) != 1 || page.Records[0].Field("touch_count") != int64(3) || page.Records[0].Field("phone") != "+4930555555" || page.Records[0].Title() != "Ann") {
				t.Errorf("%d leads, %v touches", len(page.Records), page.Records[0].Field("touch_count"))
			}
			return err
		})
		for _, id := range []string{lost.String(), "1", "x"} {
			typed.Set("join", id)
			typed.Del(door.TokenName)
			if a := rita.Post("/leads/new", typed); a.Status < 400 || a.Status > 422 {
				t.Errorf("joining %s: %d", id, a.Status)
			}
		}
	})
}
