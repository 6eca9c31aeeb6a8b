package process_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"wellmet/internal/app"
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
	body := strings.NewReplacer("\u00a0", " ", "\u202f", " ", "&#34;", `"`, "&amp;", "&", "&#39;", "'").Replace(a.Body)
	if _, main, ok := strings.Cut(body, `id="main"`); ok {
		body = main
	}
	if a.Status != status {
		t.Fatalf("status %d, wanted %d: %.1800s", a.Status, status, body)
	}
	for _, word := range words {
		not := strings.HasPrefix(word, "!")
		if strings.Contains(body, strings.TrimPrefix(word, "!")) == not {
			t.Fatalf("wanted %q in %.19000s", word, body)
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

// shop is a site with the shipped pipeline and one deal of Rita's.
type shop struct {
	*webtest.Site
	stages   map[string]string
	pipeline string
	account  value.ID
	deal     value.ID
}

func newShop(t testing.TB, s *webtest.Site) *shop {
	t.Helper()
	x := &shop{Site: s, stages: map[string]string{}}
	s.Read(t, s.Ada, func(se *record.Session) error {
		return se.Each(t.Context(), record.Query{Object: "stage"}, func(r *record.Record) error {
			x.stages[strings.ToLower(r.Title())] = r.ID.String()
			x.pipeline = r.Field("pipeline").(value.ID).String()
			return nil
		})
	})
	x.account = s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
	x.deal = s.Create(t, s.Rita, "deal", record.Values{"name": "Pumps", "account": x.account})
	return x
}

// made is the address that a form led to.
func made(t *testing.T, a webtest.Answer) string {
	t.Helper()
	if a.Status != http.StatusSeeOther {
		t.Fatalf("status %d: %.1500s", a.Status, a.Body)
	}
	return a.Header.Get("Location")
}

// An administrator builds a process in sentences, tries it, publishes it,
// compares and takes it back; nobody else may.
func TestABlueprintIsBuiltInSentences(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		ada, rita := s.User(t, s.Ada), s.User(t, s.Rita)
		for _, path := range []string{"/settings/blueprints", "/settings/blueprints/new", "/settings/rules", "/settings/templates", "/settings/webhooks", "/settings/webhooks/new"} {
			has(t, rita.Get(path), 403)
			has(t, ada.Get(path), 200, "<h1")
		}
		has(t, ada.Get("/settings/blueprints/new"), 200, "Deal · Stage", `value="deal.stage.`+x.pipeline+`"`)
		begin := form("name", "Selling", "of", "deal.stage."+x.pipeline)
		has(t, rita.Post("/settings/blueprints/new", begin), 403)
		has(t, ada.Post("/settings/blueprints/new", form("name", "Selling", "of", "nothing")), 422, "Choose one.", `value="Selling"`)
		one := made(t, ada.Post("/settings/blueprints/new", begin))
		has(t, ada.Post("/settings/blueprints/new", begin), 422, "Already in use by “", `href="/settings/blueprints/`)
		has(t, rita.Get(one), 403)
		has(t, ada.Get(one), 200, "<svg", "Move to Qualified", "Prospecting → Qualified", "Draft", "No problems found.", "Going back needs a reason")

		at := "move:way1"
		has(t, ada.Get(one+"?at="+at), 200, "Who may do it, and when", "Everybody who may change it", "Add condition")
		part := one + "/part"
		has(t, rita.Post(part, form("at", at, "part", "tip", "text", "x"), hx...), 403)
		has(t, ada.Get(part+"?at="+at+"&part=fly", hx...), 404)
		has(t, ada.Get(part+"?at="+at+"&part=move", hx...), 200, "<dialog", `value="Move to Qualified"`)
		has(t, ada.Get(part+"?at="+at+"&part=move"), 200, `value="Move to Qualified"`)
		has(t, ada.Post(part, form("at", at, "part", "move", "name", "", "to", x.stages["qualified"]), hx...), 422, "A text is wanted.")
		has(t, ada.Post(part, form("at", at, "part", "move", "name", "Qualify", "from", x.stages["prospecting"], "to", x.stages["qualified"]), hx...), 200, "Qualify", "/undo/")
		has(t, ada.Post(part, form("at", at, "part", "who", "who", "owner", "who", "role:manager"), hx...), 200, "the owner and role Manager")

		// Conditions are told and edited as in the filter bar.
		has(t, ada.Get(part+"?at="+at+"&part=when", hx...), 200, "f=amount", "Amount")
		has(t, ada.Get(part+"?at="+at+"&part=when&f=amount", hx...), 200, `name="op"`, `name="value"`)
		has(t, ada.Post(part, form("at", at, "part", "when", "f", "amount", "op", "gt", "value", "x", "apply", "1"), hx...), 422, `value="x"`)
		has(t, ada.Post(part, form("at", at, "part", "when", "f", "amount", "op", "gt", "value", "1,000", "apply", "1"), hx...), 200, "Amount is more than 1,000")
		has(t, ada.Post(part, form("at", at, "part", "when", "expression", "amount >", "apply", "1"), hx...), 422, "amount &gt;")
		has(t, ada.Post(part, form("at", at, "part", "when", "expression", `len(name) > 2`, "apply", "1"), hx...), 422)
		has(t, ada.Post(part, form("at", at, "part", "why", "why", "The amount is too small."), hx...), 200, "If not: “The amount is too small.”")

		has(t, ada.Post(part, form("at", at, "part", "ask", "field", "next_step", "help", "One sentence."), hx...), 200, "Next step, required", "1 field asked")
		has(t, ada.Post(part, form("at", at, "part", "ask", "field", "nowhere"), hx...), 422)
		has(t, ada.Post(part, form("at", at, "part", "check", "text", "NDA signed"), hx...), 200, "Checklist: NDA signed")
		has(t, ada.Post(part, form("at", at, "part", "say", "note", "may", "file", ""), hx...), 200, "A note, if there is something to say")
		has(t, ada.Post(part, form("at", at, "part", "tip", "text", "Listen <first>"), hx...), 200, "Listen &lt;first&gt;")
		has(t, ada.Get(part+"?at="+at+"&part=then", hx...), 200, "kind=task", "Create a task", "!kind=refuse")
		has(t, ada.Get(part+"?at="+at+"&part=then&kind=task", hx...), 200, `name="due.unit"`)
		has(t, ada.Post(part, form("at", at, "part", "then", "kind", "task", "to", "owner", "text", "Call {{nowhere}}"), hx...), 422, "nowhere")
		has(t, ada.Post(part, form("at", at, "part", "then", "kind", "task", "to", "owner", "text", "Call {{name}}", "due", "2", "due.unit", "business_days"), hx...), 200, "Create task “Call {{name}}” for the owner, due in 2 business days")
		has(t, ada.Get(part+"?at="+at+"&part=then&kind=set&field=next_step", hx...), 200, `name="value"`)
		has(t, ada.Post(part, form("at", at, "part", "then", "kind", "set", "field", "campaign", "value", "Spring"), hx...), 200, "Set Campaign to Spring")
		has(t, ada.Post(part, form("at", at, "part", "then", "i", "1", "do", "drop"), hx...), 200, "!Set Campaign")

		// A state: its time, what it is, and a hole in the process that is told.
		state := "state:" + x.stages["qualified"]
		has(t, ada.Post(part, form("at", state, "part", "limit", "time", "3", "time.unit", "business_days", "warn", "1", "warn.unit", "days", "tell", "manager"), hx...), 200, "At most 3 business days", "Remind the owner 1 day before", "Then tell the owner’s manager")
		has(t, ada.Post(part, form("at", state, "part", "limit", "time", "x"), hx...), 422, "A whole number is wanted.")
		has(t, ada.Post(part, form("at", "process", "part", "leave", "skip", "", "back", ""), hx...), 200, "Going back needs a transition")
		has(t, ada.Post(part, form("at", "move:way2", "part", "move", "do", "drop"), hx...), 200, "No record can come to")

		// Published with what it does, in numbers.
		has(t, rita.Get(one+"/publish", hx...), 403)
		has(t, ada.Get(one+"/publish", hx...), 200, "<dialog", "1 of the deals would follow this process.", "Publish in spite of the warnings")
		has(t, ada.Post(one+"/publish", form(), hx...), 422, "cannot be published")
		has(t, ada.Post(part, form("at", "process", "part", "move", "name", "Propose", "from", x.stages["qualified"], "to", x.stages["proposal"]), hx...), 200, "Propose", "No problems found.")

		// Tried on a real record in somebody's name, with nothing kept.
		test := one + "/test"
		has(t, ada.Get(test), 200, "Pumps")
		has(t, ada.Get(test+"?q=nothing"), 200, "!Pumps")
		has(t, rita.Post(test, form("record", x.deal.String(), "to", x.stages["qualified"])), 403)
		has(t, ada.Post(test, form("record", x.deal.String(), "to", x.stages["qualified"], "as", s.Rita.String())), 200, "It would not happen", "The amount is too small.")
		has(t, ada.Post(test, form("record", x.deal.String(), "to", x.stages["qualified"], "as", s.Rita.String(), "f.amount", "2000", "f.amount.currency", "EUR")), 200, "Qualify needs Next step.", `name="f.next_step"`)
		has(t, ada.Post(test, form("record", x.deal.String(), "to", x.stages["qualified"], "as", s.Rita.String(), "f.amount", "2000", "f.amount.currency", "EUR", "f.next_step", "Call", "check", "point1")), 200,
			"The move would be made.", "It would stand in Qualified.", "Call Pumps", "Nothing was saved")
		has(t, rita.Get("/deals/"+x.deal.String()+"/guide", hx...), 200, "!Qualify")

		has(t, ada.Post(one+"/publish", form("note", "First"), hx...), 200, "Version 1 governs from now on")
		has(t, rita.Get("/deals/"+x.deal.String()), 200, "Now: Prospecting", "Qualify", "NDA signed")
		has(t, ada.Post(part, form("at", at, "part", "check", "i", "0", "do", "drop"), hx...), 200, "Draft")
		has(t, ada.Get(one+"/versions"), 200, "Version 1", "Ada · First")
		var version string
		s.Read(t, s.Ada, func(se *record.Session) error {
			p, err := se.Query(t.Context(), record.Query{Object: "blueprint_version"})
			version = p.Records[0].ID.String()
			return err
		})
		has(t, ada.Get(one+"/versions?of="+version), 200, "The draft against version 1", `<del class="old">Qualify: Checklist: NDA signed</del>`)
		has(t, rita.Post(one+"/revert", form("version", version)), 403)
		made(t, ada.Post(one+"/revert", form("version", version)))
		has(t, ada.Get(one+"?at="+at), 200, "Checklist: NDA signed", "Version 1")
		has(t, rita.Post(one+"/retire", form()), 403)
		made(t, ada.Post(one+"/retire", form()))
		has(t, rita.Get("/deals/"+x.deal.String()), 200, "Now: Prospecting", "!NDA signed")
		has(t, ada.Get("/settings/blueprints"), 200, "Selling", "Ended")
	})
}

// A rule is written in sentences, tried on what happened and on one record,
// switched on, and tells what it did.
func TestARuleIsWrittenInSentences(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		ada, rita := s.User(t, s.Ada), s.User(t, s.Rita)
		has(t, rita.Post("/settings/rules/new", form("name", "Big", "of", "deal")), 403)
		has(t, ada.Post("/settings/rules/new", form("name", "", "of", "deal")), 422)
		one := made(t, ada.Post("/settings/rules/new", form("name", "Big deals", "of", "deal")))
		has(t, ada.Get(one), 200, "The deal is created or changed", "Always", "A rule needs something to do.", "Off")
		has(t, ada.Post(one+"/switch", form("on", "1"), hx...), 422, "A rule needs something to do.")
		part := one + "/part"
		has(t, rita.Post(part, form("part", "name", "name", "x"), hx...), 403)
		for _, other := range []string{"states", "leave", "limit", "move", "who"} {
			has(t, ada.Get(part+"?part="+other, hx...), 404)
			has(t, ada.Post(part, form("part", other), hx...), 404)
		}
		has(t, ada.Post(part, form("part", "trigger", "trigger", "changed", "field", "next_step"), hx...), 200, "The deal is changed, in Next step")
		has(t, ada.Post(part, form("part", "trigger", "trigger", "date", "date", "close_date", "offset", "2", "offset.unit", "days", "side", "before"), hx...), 200, "2 days before Close date of the deal")
		has(t, ada.Post(part, form("part", "trigger", "trigger", "saved"), hx...), 200, "The deal is created or changed")
		has(t, ada.Post(part, form("part", "when", "f", "name", "op", "contains", "value", "Pumps", "apply", "1"), hx...), 200, "contains Pumps")
		has(t, ada.Post(part, form("part", "then", "kind", "notify", "text", "Big: {{name}}"), hx...), 422, "Nobody is named.")
		has(t, ada.Post(part, form("part", "then", "kind", "task", "to", "owner", "text", "Check {{name}}"), hx...), 200, "Create task “Check {{name}}” for the owner", "!needs something")
		has(t, ada.Post(part, form("part", "then", "kind", "move", "to", "stage="+x.stages["qualified"]), hx...), 200, "Move to Qualified")
		has(t, ada.Post(part, form("part", "then", "i", "1", "do", "drop"), hx...), 200, "!Move to Qualified")

		doc := s.Create(t, s.Ada, "template", record.Values{"name": "Offer letter", "kind": "document", "object": "deal", "body": "x", "status": "published"}).String()
		s.Create(t, s.Ada, "template", record.Values{"name": "A mail", "object": "deal", "body": "x", "status": "published"})
		has(t, ada.Get(part+"?part=then&kind=document", hx...), 200, "Offer letter", "!A mail", "A PDF is made")
		has(t, ada.Post(part, form("part", "then", "kind", "document"), hx...), 422)
		has(t, ada.Post(part, form("part", "then", "kind", "document", "template", doc), hx...), 200, "Create the document “Offer letter” and attach it")
		has(t, ada.Post(one+"/test", form("record", x.deal.String())), 200, "The document “Offer letter” would be created and attached")
		has(t, ada.Post(part, form("part", "then", "i", "1", "do", "drop"), hx...), 200, "!Offer letter")

		has(t, ada.Get(one+"?dry=1"), 200, "It would have fired 1 time in the last 30 days, on 1 of the records.", "/deals/"+x.deal.String())
		has(t, ada.Get(one+"/test?record="+x.deal.String()), 200, "Pumps")
		has(t, ada.Get(one+"/test?q=nowhere"), 200, "Nothing found")
		other := s.Create(t, s.Rita, "deal", record.Values{"name": "Valves", "account": x.account}).String() // the rule leaves it as it is
		has(t, ada.Get(one+"/test"), 200, "record="+other)
		has(t, ada.Post(one+"/test", form("record", other)), 200, "The rule’s condition does not hold", "!Check Valves")
		has(t, rita.Post(one+"/test", form("record", x.deal.String())), 403)
		has(t, ada.Post(one+"/test", form("record", x.deal.String())), 200, "Check Pumps", "Nothing was saved")
		has(t, rita.Post(one+"/switch", form("on", "1")), 403)
		has(t, ada.Post(one+"/switch", form("on", "1"), hx...), 200, "The rule is on", "Switch off")
		has(t, rita.Post("/deals/"+x.deal.String()+"/f/next_step", form("next_step", "Call"), hx...), 200)
		has(t, ada.Get(one), 200, "Pumps", "Done")
		has(t, ada.Get("/settings/rules"), 200, "Big deals", ">On<")
		made(t, ada.Post(one+"/delete", form()))
		has(t, ada.Get("/settings/rules"), 200, "!Big deals")
	})
}

// Templates show what they will say, webhooks their secret once.
func TestTemplatesAndWebhooks(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		ada, rita := s.User(t, s.Ada), s.User(t, s.Rita)
		has(t, ada.Get("/settings/templates/new"), 200, "{{account.name}}", `data-place="{{name}}"`)
		bad := form("name", "Hello", "kind", "mail", "object", "deal", "subject", "About {{name}}", "body", "Dear {{nowhere}}", "published", "1")
		has(t, rita.Post("/settings/templates/new", bad), 403)
		has(t, ada.Post("/settings/templates/new", bad), 422, "“nowhere” leads nowhere.", "Dear {{nowhere}}")
		bad.Set("body", "Dear {{account.name}}")
		one := made(t, ada.Post("/settings/templates/new", bad))
		has(t, rita.Get(one), 403)
		has(t, ada.Get(one+"?record="+x.deal.String()), 200, "About Pumps", "Dear Acme")
		has(t, ada.Get("/settings/templates"), 200, "Hello", "In use")

		has(t, ada.Post("/settings/webhooks/new", form("name", "ERP", "url", "ftp://erp", "event", "deal.*")), 422, "does not begin with http", `value="ftp://erp"`)
		created := ada.Post("/settings/webhooks/new", form("name", "ERP", "url", "https://erp.example", "event", "deal.*", "more", "contact.deleted", "active", "1"))
		has(t, created, 200, "whsec_", "not shown again")
		var hook string
		s.Read(t, s.Ada, func(se *record.Session) error {
			p, err := se.Query(t.Context(), record.Query{Object: "webhook"})
			hook = "/settings/webhooks/" + p.Records[0].ID.String()
			return err
		})
		has(t, ada.Get(hook), 200, "!whsec_", "contact.deleted", "No messages.")
		has(t, rita.Get(hook), 403)
		for _, path := range []string{"/secret", "/resend", "/test"} {
			has(t, rita.Post(hook+path, form()), 403)
		}
		has(t, ada.Post(hook+"/secret", form()), 200, "whsec_")
		has(t, ada.Post(hook+"/test", form()), 200, "A test message is on its way", ">test<")
		has(t, ada.Get(hook+"?state=dead"), 200, "No messages.")
		has(t, ada.Post(hook+"/resend", form()), 200, "0 messages are sent again")
		has(t, ada.Get("/settings/webhooks"), 200, "ERP", "https://erp.example")
	})
}

// What does not arrive says why and when it is tried next, page by page; a
// webhook that is switched off is sent nothing by hand.
func TestMessagesThatWait(t *testing.T) {
	t.Parallel()
	webtest.EachQuiet(t, pages, func(t *testing.T, s *webtest.Site) {
		ada := s.User(t, s.Ada)
		id := s.Create(t, s.Ada, "webhook", record.Values{"name": "ERP", "url": "http://127.0.0.1:9/in", "events": "account.created"})
		hook := "/settings/webhooks/" + id.String()
		s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		has(t, ada.Get(hook), 200, "Waiting", "0 attempts", "!next try")
		s.Drain(t)
		has(t, ada.Get(hook), 200, "1 attempt", "next try 2 Mar 2026, 12:00", "The address is in the server’s own network, which webhooks do not reach.", "!Older")
		s.Write(t, s.Rita, func(se *record.Session) error {
			b := record.Batch{Object: "account"}
			for i := range 55 {
				b.Changes = append(b.Changes, record.Change{Values: record.Values{"name": fmt.Sprint("Account ", i)}})
			}
			_, err := se.Save(t.Context(), b)
			return err
		})
		first := ada.Get(hook + "?state=waiting")
		has(t, first, 200, "Older")
		next := regexp.MustCompile(`/settings/webhooks/\d+\?state=waiting&amp;before=\d+`).FindString(first.Body)
		has(t, ada.Get(strings.ReplaceAll(next, "&amp;", "&")), 200, "1 attempt", "!Older")
		s.Write(t, s.Ada, func(se *record.Session) error {
			_, err := se.Update(t.Context(), "webhook", id, 0, record.Values{"active": false})
			return err
		})
		for _, path := range []string{"/test", "/resend"} {
			has(t, ada.Post(hook+path, form()), 409, "This webhook is switched off.", "Waiting", "!next try")
		}
	})
}

// The page of a draft that may not be published says why, and publishes nothing.
func TestADraftThatGoesRoundIsNotPublished(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x, ada := newShop(t, s), s.User(t, s.Ada)
		text := `{"states": [{"state": "<prospecting>", "start": true}, {"state": "<qualified>"}, {"state": "<won>", "end": true}, {"state": "<lost>", "end": true}],
		 "moves": [{"key": "on", "name": "On", "from": ["<prospecting>"], "to": "<qualified>", "then": [{"do": "move", "to": "<prospecting>"}]},
		  {"key": "back", "name": "Back", "from": ["<qualified>"], "to": "<prospecting>", "then": [{"do": "move", "to": "<qualified>"}]},
		  {"key": "win", "name": "Win", "from": ["<qualified>"], "to": "<won>"}]}`
		for name, id := range x.stages {
			text = strings.ReplaceAll(text, "<"+name+">", id)
		}
		id := s.Create(t, s.Ada, "blueprint", record.Values{"name": "Round", "object": "deal", "field": "stage", "definition": text})
		one := "/settings/blueprints/" + id.String()
		round := "Records would go round by themselves: Prospecting → Qualified → Prospecting."
		has(t, ada.Get(one), 200, round, "No record can come to Lost.")
		has(t, ada.Get(one+"/publish", hx...), 200, round)
		has(t, ada.Post(one+"/publish", form("accept", "1"), hx...), 422, round)
		has(t, ada.Post(one+"/publish", form("accept", "1")), 422, "Settings", round)
		has(t, ada.Get(one+"/versions"), 200, "!Version 1")
	})
}
