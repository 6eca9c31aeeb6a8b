package guide_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"wellmet/internal/app"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

var hx = []string{"HX-Request", "true"}

// has checks an answer's status and words; a word after "!" must not be there.
func has(t *testing.T, a webtest.Answer, status int, words ...string) {
	t.Helper()
	body := strings.NewReplacer("\u00a0", " ", "\u202f", " ", "&#34;", `"`, "&amp;", "&").Replace(a.Body)
	if a.Status != status {
		t.Fatalf("status %d, wanted %d: %.800s", a.Status, status, body)
	}
	for _, word := range words {
		not := strings.HasPrefix(word, "!")
		if strings.Contains(body, strings.TrimPrefix(word, "!")) == not {
			t.Fatalf("wanted %q in %.6000s", word, body)
		}
	}
}

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

const selling = `{"states": [
  {"state": "<prospecting>", "start": true, "tips": ["Listen first."], "templates": ["<script>"]},
  {"state": "<qualified>"}, {"state": "<proposal>"}, {"state": "<won>", "end": true}, {"state": "<lost>", "end": true}],
 "moves": [
  {"key": "qualify", "name": "Qualify it", "from": ["<prospecting>"], "to": "<qualified>", "ask": [{"field": "next_step", "help": "In one sentence."}],
   "checklist": [{"key": "nda", "text": "NDA signed"}], "note": "must", "tips": ["Ask for the budget."], "then": [{"do": "set", "field": "campaign", "value": "Spring"}]},
  {"key": "offer", "name": "Send the offer", "from": ["<qualified>"], "to": "<proposal>", "when": "amount > 1000", "why": "The amount must be above 1,000."},
  {"key": "sign", "name": "Sign", "from": ["<proposal>"], "to": "<won>", "who": {"roles": ["manager"]}, "file": "must"},
  {"key": "give_up", "name": "Give up", "to": "<lost>"}]}`

// shop is a site with one deal of Rita's under a published process.
type shop struct {
	*webtest.Site
	stages       map[string]value.ID
	deal, script value.ID
}

func newShop(t testing.TB, s *webtest.Site) *shop {
	t.Helper()
	x := &shop{Site: s, stages: map[string]value.ID{}}
	s.Read(t, s.Ada, func(se *record.Session) error {
		return se.Each(t.Context(), record.Query{Object: "stage"}, func(r *record.Record) error {
			x.stages[strings.ToLower(r.Title())] = r.ID
			return nil
		})
	})
	account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
	x.script = s.Create(t, s.Ada, "template", record.Values{"name": "First call", "kind": "call_script", "object": "deal", "body": "Hello, about {{name}}.", "status": "published"})
	text := strings.ReplaceAll(selling, "<script>", x.script.String())
	for name, id := range x.stages {
		text = strings.ReplaceAll(text, "<"+name+">", id.String())
	}
	id := s.Create(t, s.Ada, "blueprint", record.Values{"name": "Selling", "object": "deal", "field": "stage", "definition": text})
	s.Write(t, s.Ada, func(se *record.Session) error {
		_, err := process.Publish(t.Context(), se, id, process.Publication{Accept: true})
		return err
	})
	x.deal = s.Create(t, s.Rita, "deal", record.Values{"name": "Pumps", "account": account, "stage": x.stages["prospecting"]})
	return x
}

func (x *shop) url(rest string) string { return "/deals/" + x.deal.String() + rest }

func (x *shop) stage(t *testing.T) (name string) {
	t.Helper()
	x.Read(t, x.Ada, func(s *record.Session) error {
		r, err := s.Get(t.Context(), "deal", x.deal)
		if err != nil {
			return err
		}
		id, _ := r.Field("stage").(value.ID)
		for title, stage := range x.stages {
			if stage == id {
				name = title
			}
		}
		return nil
	})
	return name
}

// The pages offer what the process allows, ask what it asks for, and say in
// words why not.
func TestTheRecordIsGuided(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		rita, olga := s.User(t, s.Rita), s.User(t, s.Olga)
		page := rita.Get(x.url(""))
		has(t, page, 200, "Now: Prospecting", "Listen first.", "First call", "Qualify it", "Still missing:", "Next step", "NDA signed", "Ask for the budget.", "!Send the offer", "Give up", "!/move?to=won", "/move?to=lost")
		has(t, olga.Get(x.url("/guide"), hx...), 200, "You cannot take it further from here.", "!Qualify it")
		has(t, rita.Get(x.url("/guide/"+x.script.String()), hx...), 200, "<dialog", "Hello, about Pumps.")
		has(t, rita.Get(x.url("/guide/"+x.script.String())), 200, "<html", "Hello, about Pumps.")

		board := rita.Get("/deals?layout=board")
		has(t, board, 200, `data-leads="`+x.stages["qualified"].String()+` `+x.stages["lost"].String()+`"`)
		to := func(stage string) string { return x.stages[stage].String() }
		ask := x.url("/move?field=stage&to=" + to("qualified"))
		has(t, rita.Get(ask, hx...), 200, "<dialog", "Qualify it", `name="f.next_step"`, "In one sentence.", `name="check"`, "NDA signed", `name="note"`, "!"+`name="file"`, "!"+`name="f.amount"`)
		has(t, rita.Get(ask), 200, "<html", `name="f.next_step"`)
		// What is missing is asked for, and what was typed stays.
		has(t, rita.Post(x.url("/move"), form("field", "stage", "to", to("qualified")), hx...), 422, "<dialog", `name="f.next_step"`, `name="check"`)
		half := form("field", "stage", "to", to("qualified"), "asked", "1", "f.next_step", "Call <Ann>", "note", "")
		has(t, rita.Post(x.url("/move"), half, hx...), 422, "Call &lt;Ann&gt;", "Qualify it needs this checked: NDA signed", "Qualify it needs a note.", "!<dialog")
		half.Set("note", "By phone")
		half.Set("check", "nda")
		has(t, olga.Post(x.url("/move"), half, hx...), 403)
		has(t, rita.Post(x.url("/move"), half, hx...), 200, "moved to Qualified")

		has(t, rita.Get(x.url("/automations"), hx...), 200, "<dialog", "Selling", "Done")
		has(t, rita.Get(x.url("/automations")), 200, "<html", "Selling")
		has(t, s.User(t, s.Max).Get("/deals/1/automations", hx...), 404)

		// A way that is not open yet says why; one that is not there names those that are.
		has(t, rita.Get(x.url("")), 200, "Now: Qualified", "The amount must be above 1,000.")
		has(t, rita.Post(x.url("/move"), form("field", "stage", "to", to("proposal")), hx...), 422, "Send the offer is not possible yet. The amount must be above 1,000.", "!<dialog")
		has(t, rita.Post(x.url("/move"), form("field", "stage", "to", to("won")), hx...), 422, "From Qualified nothing leads to Won now. Allowed: Lost.")
		has(t, rita.Post(x.url("/f/amount"), form("amount", "2000", "amount.currency", "EUR"), hx...), 200)
		if a := rita.Post(x.url("/f/amount"), form("amount", "2500", "amount.currency", "EUR"), hx...); !strings.Contains(a.Header.Get("HX-Trigger"), "wellmet:guide") {
			t.Errorf("the guide hears nothing: %v", a.Header)
		}
		has(t, rita.Get(x.url("/guide"), hx...), 200, "Everything for this step is done.", "!above 1,000")
		has(t, rita.Post(x.url("/move"), form("field", "stage", "to", to("proposal")), hx...), 200)

		// The last move is the manager's, and wants a file.
		has(t, rita.Get(x.url("")), 200, "!>Sign<", "!/move?to=won")
		bob := s.User(t, s.Bob)
		has(t, bob.Get(x.url("")), 200, ">Sign<", "/move?to=won")
		has(t, bob.Get(x.url("/move?to=won"), hx...), 200, `type="file"`, `multipart/form-data`)
		won := form("field", "stage", "to", to("won"), "asked", "1", "closing", "1", "f.close_date", "today")
		has(t, bob.Post(x.url("/move"), won, hx...), 422, "Sign needs a file attached.")
		has(t, s.User(t, s.Bob).Send(withFile(t, s.URL+x.url("/move"), won)), 200, "is won")
		if got := x.stage(t); got != "won" {
			t.Errorf("the deal is in %s", got)
		}
		has(t, bob.Get(x.url("?tab=files")), 200, "offer.txt")

		// Whoever knows his way turns it off for himself.
		has(t, rita.Post("/settings/me/guide", form("off", "1", "back", x.url(""))), 303)
		has(t, s.User(t, s.Bob).Get(x.url("")), 200, "Now: Won", "The process ends here.")
		has(t, rita.Get("/settings/me"), 200, "Hide the guide on records")
	})
}

func withFile(t *testing.T, url string, form url.Values) *http.Request {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, values := range form {
		for _, v := range values {
			if err := w.WriteField(name, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	f, err := w.CreateFormFile("file", "offer.txt")
	if err == nil {
		_, err = f.Write([]byte("signed"))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, &b)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("HX-Request", "true")
	return r
}

// Colleagues tell one another what helped, in the guide.
func TestColleaguesTellWhatHelps(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		pump := s.Create(t, s.Ada, "product", record.Values{"name": "Pump & pipe"})
		s.Create(t, s.Rita, "deal_line", record.Values{"deal": x.deal, "product": pump, "quantity": 1})
		rita, olga := s.User(t, s.Rita), s.User(t, s.Olga)
		here := "stage=" + x.stages["prospecting"].String()
		has(t, rita.Get(x.url("")), 200, "Tips of colleagues", `value="`+here+`"`, "With Pump & pipe", "When they say “Too expensive”", "!Useful")
		add := func(text, about string) url.Values { return form("text", text, "about", about) }
		has(t, rita.Post(x.url("/guide/tips"), add("Ask <who> decides.", here), hx...), 200, "Ask &lt;who&gt; decides.", "Rita", "Useful: 0", `id="r-guide"`, "!/guide/tips/")
		has(t, olga.Post(x.url("/guide/tips"), add("Speak of the year.", "objection=too_expensive")), 303)
		has(t, olga.Post(x.url("/guide/tips"), add("Bring one.", "product="+pump.String()), hx...), 200, "Olga · Pump & pipe")
		has(t, rita.Post(x.url("/guide/tips"), add("Elsewhere.", "stage="+x.stages["won"].String()), hx...), 422, "Say where the tip helps", "Elsewhere.</textarea>")
		has(t, rita.Post(x.url("/guide/tips"), add(strings.Repeat("x", 501), here), hx...), 422, "<details open")

		var tip string
		s.Read(t, s.Rita, func(se *record.Session) error {
			page, err := se.Query(t.Context(), record.Query{Object: "tip", Filter: `product is not empty`, Limit: 1})
			if err == nil {
				tip = page.Records[0].ID.String()
			}
			return err
		})
		a := rita.Post(x.url("/guide/tips/"+tip), form("useful", "1"), hx...)
		has(t, a, 200, "Useful: 1", `aria-pressed="true"`)
		if strings.Index(a.Body, "Bring one.") > strings.Index(a.Body, "Speak of the year.") {
			t.Error("the useful tip does not rise")
		}
		has(t, rita.Post(x.url("/guide/tips/"+tip), form(), hx...), 200, "!Useful: 1", "Useful: 0")
		has(t, olga.Post(x.url("/guide/tips/"+tip), form("useful", "1"), hx...), 403, "This tip is yours")
		has(t, rita.Post("/deals/1/guide/tips/"+tip, form("useful", "1"), hx...), 404)
		has(t, rita.Get("/tips"), 200, "Speak of the year.", "Too expensive", "Prospecting")
		has(t, rita.Get("/tips?view=archive"), 200, "!Speak of the year.")
		for range 3 {
			has(t, rita.Post(x.url("/guide/tips"), add("One more.", here), hx...), 200)
		}
		has(t, rita.Get(x.url("/guide"), hx...), 200, "More tips: 1")
	})
}
