package designer_test

import (
	"context"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

// The list begins with what companies change most; what serves these is folded.
func TestObjectsInOrder(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		a := at(t, s).Get("/settings/objects")
		last := 0
		for _, want := range []string{"/settings/objects/account\"", "/settings/objects/contact\"", "/settings/objects/lead\"", "/settings/objects/deal\"",
			"/settings/objects/product\"", "<details>", "/settings/objects/stage\"", "/settings/objects/deal_line\"", "</details>"} {
			i := strings.Index(a.Body, want)
			if i <= last {
				t.Errorf("%s stands at %d, what comes before it at %d", want, i, last)
			}
			last = i
		}
		for path, entry := range map[string]string{"/imports": "/imports", "/jobs": "/imports", "/settings/objects": "/settings", "/stages": "/settings", "/settings/company": "/settings"} {
			a := at(t, s).Get(path)
			if !regexp.MustCompile(`<a class="nav" href="` + entry + `"[^>]* aria-current="page"`).MatchString(a.Body) {
				t.Errorf("%s: the side bar does not mark %s", path, entry)
			}
		}
	})
}

// desk is an administrator at these pages.
type desk struct {
	*webtest.User
	t *testing.T
}

func at(t *testing.T, s *webtest.Site) desk { t.Helper(); return desk{s.User(t, s.Ada), t} }

// inputs are what a form would send: hidden and typed values of the page.
func inputs(t *testing.T, page, action string) url.Values {
	t.Helper()
	form := url.Values{}
	for _, part := range strings.Split(page, "<form")[1:] {
		if !strings.Contains(part[:strings.Index(part, ">")], `action="`+action+`"`) || !strings.Contains(part[:strings.Index(part, ">")], `"post"`) {
			continue
		}
		part, _, _ = strings.Cut(part, "</form>")
		for _, in := range regexp.MustCompile(`<input[^>]*>`).FindAllString(part, -1) {
			name, value := attr(in, "name"), attr(in, "value")
			if name == "" || strings.Contains(in, `type="checkbox"`) && !strings.Contains(in, " checked") || strings.Contains(in, `type="radio"`) && !strings.Contains(in, " checked") {
				continue
			}
			form.Set(name, value)
		}
		for _, in := range regexp.MustCompile(`(?s)<select[^>]*>.*?</select>`).FindAllString(part, -1) {
			for i, o := range regexp.MustCompile(`<option[^>]*>`).FindAllString(in, -1) {
				if i == 0 || strings.Contains(o, " selected") {
					form.Set(attr(in, "name"), attr(o, "value"))
				}
			}
		}
		if m := regexp.MustCompile(`(?s)<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>`).FindStringSubmatch(part); m != nil {
			form.Set(m[1], html.UnescapeString(m[2]))
		}
		return form
	}
	t.Fatalf("no form %s in %.2000s", action, page)
	return nil
}

func attr(tag, name string) string {
	m := regexp.MustCompile(` ` + name + `="([^"]*)"`).FindStringSubmatch(tag)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}

// send fills in the form of a page and sends it, looking over the plan if one is
// shown; it answers what came last and the plan.
func (d desk) send(page, action string, typed url.Values) (last webtest.Answer, plan string) {
	d.t.Helper()
	a := d.Get(page)
	if a.Status != http.StatusOK {
		d.t.Fatalf("GET %s: %d", page, a.Status)
	}
	form := inputs(d.t, a.Body, action)
	for name, v := range typed {
		form[name] = v
	}
	a = d.Post(action, form)
	if strings.Contains(a.Body, `action="/settings/objects/apply"`) {
		plan = a.Body
		if strings.Contains(plan, `name="changes"`) {
			a = d.Post("/settings/objects/apply", inputs(d.t, plan, "/settings/objects/apply"))
		}
	}
	return a, plan
}

// done is send, for what must be taken.
func (d desk) done(page, action string, typed url.Values) (plan string) {
	d.t.Helper()
	a, plan := d.send(page, action, typed)
	if a.Status != http.StatusSeeOther {
		d.t.Fatalf("%s %v: %d %s", action, typed, a.Status, errors(a.Body))
	}
	return plan
}

// errors are the messages of a page.
func errors(page string) string {
	var all []string
	for _, m := range regexp.MustCompile(`(?s)<(?:p class="err"|div class="note[^"]*")[^>]*>(.*?)</(?:p|div)>`).FindAllStringSubmatch(page, -1) {
		all = append(all, strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(m[1], " ")), " "))
	}
	if len(all) == 0 && len(page) > 1500 {
		return page[:1500]
	}
	return strings.Join(all, "\n")
}

func (d desk) field(object, kind, label string, typed url.Values) {
	d.t.Helper()
	if typed == nil {
		typed = url.Values{}
	}
	typed.Set("label.en", label)
	d.done("/settings/objects/"+object+"?add="+kind, "/settings/objects/"+object, typed)
}

func TestAnObjectFromNothing(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		d := at(t, s)
		d.done("/settings/objects/new", "/settings/objects/new", url.Values{"one.en": {"Ship"}, "many.en": {"Ships"}, "one.fi": {"Laiva"}, "many.fi": {"Laivat"}, "icon": {"route"}, "timeline": {"1"}})
		a, _ := d.send("/settings/objects/new", "/settings/objects/new", url.Values{"one.en": {"Vessel"}, "many.en": {"Vessels"}, "one.fi": {"laiva"}})
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "taken") || !strings.Contains(a.Body, `value="Vessel"`) {
			t.Errorf("the same name in Finnish: %d %s", a.Status, errors(a.Body))
		}
		everyKind(t, d)
		d.done("/settings/objects/account?add=rollup", "/settings/objects/account", url.Values{"label.en": {"Fleet"}, "roll": {"ship.owner_account"}, "function": {"sum"}, "of": {"crew"}})

		// At once in list, form, board, filter and API, for those who may.
		u := s.User(t, s.Rita)
		a = u.Get("/ships/new")
		for _, name := range []string{"Crew", "Colour", "Flag state", "Owner account", "Launched"} {
			if !strings.Contains(a.Body, name) {
				t.Errorf("the form of a new ship lacks %s", name)
			}
		}
		form := inputs(t, a.Body, "/ships/new")
		form.Set("name", "Aurora <b>")
		form.Set("crew", "12")
		form.Set("colour", "red")
		if a = u.Post("/ships/new", form); a.Status != http.StatusSeeOther {
			t.Fatalf("a new ship: %d %s", a.Status, errors(a.Body))
		}
		ship := a.Header.Get("Location")
		if a = u.Get(ship); a.Status != http.StatusOK || !strings.Contains(a.Body, "Aurora &lt;b&gt;") || !strings.Contains(a.Body, "24") {
			t.Errorf("the ship's page: %d, its formula or name is missing", a.Status)
		}
		if a = u.Get("/ships?filter=" + url.QueryEscape("crew > 10")); !strings.Contains(a.Body, "Aurora") {
			t.Errorf("the list of ships: %d %s", a.Status, errors(a.Body))
		}
		if a = u.Get("/ships?layout=board"); a.Status != http.StatusOK || !strings.Contains(a.Body, "Aurora") {
			t.Errorf("the board of ships: %d", a.Status)
		}
		if a = u.Get("/palette?q=auro"); !strings.Contains(a.Body, "Aurora") {
			t.Errorf("the palette: %d %s", a.Status, a.Body)
		}
		s.Read(t, s.Rita, func(r *record.Session) error {
			p, err := r.Query(t.Context(), record.Query{Object: "ship", Filter: `colour = "red"`})
			if err != nil || len(p.Records) != 1 {
				t.Errorf("%v %v", p, err)
			}
			return nil
		})
		removal(t, d)
	})
}

// everyKind adds a field of each kind to the ships.
func everyKind(t *testing.T, d desk) {
	t.Helper()
	for kind, label := range map[string]string{"text": "Call sign", "long_text": "Notes", "decimal": "Length", "money": "Price", "percent": "Load", "date": "Launched",
		"date_time": "Seen", "yes_no": "Insured", "person": "Captain", "email": "Mail", "phone": "Radio", "url": "Site", "address": "Yard", "place": "Position", "file": "Plan"} {
		d.field("ship", kind, label, nil)
	}
	d.field("ship", "whole", "Crew", url.Values{"low": {"0"}, "high": {"500"}})
	d.field("ship", "choice", "Colour", url.Values{"opt.0.label.en": {"Red"}, "opt.0.color": {"red"}, "opt.1.label.en": {"Blue"}, "opt.1.color": {"blue"}, "opt.1.label.fi": {"Sininen"}})
	d.field("ship", "choices", "Flag state", url.Values{"opt.0.label.en": {"Финляндия"}})
	d.field("ship", "link", "Owner account", url.Values{"target": {"account"}, "inverse": {"ships"}})
	d.field("ship", "links", "Sister deals", url.Values{"target": {"deal"}})
	d.field("ship", "auto_number", "Number", url.Values{"prefix": {"S-"}, "digits": {"4"}})
	d.field("ship", "formula", "Double", url.Values{"formula": {"crew * 2"}})
	a, _ := d.send("/settings/objects/ship?add=formula", "/settings/objects/ship", url.Values{"label.en": {"Bad"}, "formula": {"crew * nothing"}})
	if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "nothing") || !strings.Contains(a.Body, "crew * nothing") {
		t.Errorf("a bad formula: %d %s", a.Status, errors(a.Body))
	}
	if a = d.Get("/settings/objects/ship/formula?formula=" + url.QueryEscape("crew * * 2")); !strings.Contains(a.Body, "<mark>") || a.Status != 200 {
		t.Errorf("live check of a bad formula: %s", a.Body)
	}
	if a = d.Get("/settings/objects/ship/formula?formula=" + url.QueryEscape("crew * 2")); !strings.Contains(a.Body, "Decimal number") {
		t.Errorf("live check of a good formula: %s", a.Body)
	}
}

// removal: the plan says what hangs on a thing, the bin gives it back.
func removal(t *testing.T, d desk) {
	t.Helper()
	a, _ := d.send("/settings/objects/ship/object", "/settings/objects/ship/object/remove", nil)
	if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "account") {
		t.Errorf("removing ships under a figure of accounts: %d %s", a.Status, errors(a.Body))
	}
	a, _ = d.send("/settings/objects/ship?field=crew", "/settings/objects/ship/remove", nil)
	if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "2 fields stand on this") || !strings.Contains(a.Body, `href="/settings/objects/ship?field=`) {
		t.Errorf("removing a field of a formula: %d %s", a.Status, errors(a.Body))
	}
	plan := d.done("/settings/objects/ship?field=colour", "/settings/objects/ship/remove", nil)
	if !strings.Contains(plan, "1 record of Ships has a value in Colour") {
		t.Errorf("plan of a removal: %s", errors(plan))
	}
	a = d.Get("/settings/objects/ship")
	if strings.Contains(a.Body, "?field=colour") || !strings.Contains(a.Body, "Restore Colour") {
		t.Error("the field is not in the bin")
	}
	d.done("/settings/objects/ship", "/settings/objects/restore", nil)
	if a = d.Get("/settings/objects/ship?field=colour"); !strings.Contains(a.Body, "1 ships") {
		t.Errorf("the field is back with its values: %s", errors(a.Body))
	}
	plan = d.done("/settings/objects/ship/object", "/settings/objects/ship/object/remove", url.Values{"links": {"1"}})
	if !strings.Contains(plan, "1 record of Ships goes out of sight") || !strings.Contains(plan, "Fleet") {
		t.Errorf("plan of an object's removal: %s", errors(plan))
	}
	if a = d.Get("/ships"); a.Status != http.StatusNotFound {
		t.Errorf("ships are gone: %d", a.Status)
	}
	d.done("/settings/objects", "/settings/objects/restore", nil)
	if a = d.Get("/ships"); a.Status != http.StatusOK || !strings.Contains(a.Body, "Aurora") {
		t.Errorf("ships are back: %d", a.Status)
	}
}

// What uses a field is named before it is removed, with the way there.
func TestRemovingNamesWhatUsesIt(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		change := func(op schema.Op, field, set string) {
			t.Helper()
			c := schema.Change{Op: op, Object: "deal", Field: field, Set: json.RawMessage(set)}
			if _, err := s.Workspace.Engine().ApplySchema(t.Context(), record.Who{Member: s.Ada}, []schema.Change{c}, 0); err != nil {
				t.Fatalf("%s: %v", set, err)
			}
		}
		change(schema.AddField, "", `{"name":"segment","kind":"choice","labels":{"en":"Segment"},"options":[{"key":"big"},{"key":"small"}]}`)
		rule := s.Create(t, s.Ada, "score_rule", record.Values{"name": "Big ones", "object": "deal", "condition": `segment = "big"`, "points": int64(5)})
		s.Create(t, s.Ada, "score_rule", record.Values{"name": "Of leads", "object": "lead", "condition": `company is empty`, "points": int64(5)})
		view := s.Create(t, s.Ada, "view", record.Values{"name": "The big", "object": "deal", "layout": "list", "filter": `segment = "big"`, "visibility": "all"})
		role := s.Create(t, s.Ada, "role", record.Values{"name": "Readers", "permissions": `{"objects":{"*":{"read":"all"}},"fields":{"deal.segment":"read"}}`})
		change(schema.ChangeObject, "", `{"layout":{"columns":["name","segment"]}}`)
		d := at(t, s)
		links := []string{`href="/score_rules/` + rule.String(), `href="/deals?view=` + view.String(), `href="/settings/roles/` + role.String(), `href="/settings/objects/deal/layout"`}
		remove := func() webtest.Answer {
			return d.Post("/settings/objects/deal/remove", url.Values{"field": {"segment"}})
		}
		a := remove()
		for _, link := range links {
			if a.Status != http.StatusOK || !strings.Contains(a.Body, link) {
				t.Errorf("removing does not name %s: %d %s", link, a.Status, errors(a.Body))
			}
		}
		if strings.Contains(a.Body, "Of leads") {
			t.Error("names what does not use it")
		}
		plan, err := s.Workspace.Engine().PlanSchema(t.Context(), record.Who{Member: s.Ada}, []schema.Change{{Op: schema.ChangeField, Object: "deal", Field: "segment",
			Set: json.RawMessage(`{"options":[{"key":"small"}]}`)}})
		if err != nil || len(plan.Effects) != 2 {
			t.Errorf("taking an option away: %+v %v", plan.Effects, err)
		}
		change(schema.AddField, "", `{"name":"is_big","kind":"formula","labels":{"en":"Is it big"},"formula":"segment = \"big\""}`)
		a = remove()
		for _, link := range append(links, `href="/settings/objects/deal?field=is_big"`) {
			if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, link) {
				t.Errorf("refusing does not name %s: %d %s", link, a.Status, errors(a.Body))
			}
		}
	})
}

func TestRenameRetypeRevert(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		d := at(t, s)
		for _, naughty := range []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, "\u202e evil", "نص", "{{.}}"} {
			d.field("deal", "text", naughty, nil)
			for _, page := range []string{"/settings/objects/deal", "/settings/objects/deal/layout", "/settings/objects/deal/history", "/deals/new"} {
				if a := d.Get(page); a.Status != 200 || strings.Contains(a.Body, naughty) && strings.ContainsAny(naughty, "<>") {
					t.Errorf("%s with %q: %d", page, naughty, a.Status)
				}
			}
		}
		d.field("deal", "text", "Vehicles", nil)
		acme := s.Create(t, s.Ada, "account", record.Values{"name": "Acme"})
		s.Create(t, s.Ada, "deal", record.Values{"name": "One", "vehicles": "twelve", "account": acme})
		page := "/settings/objects/deal?field=vehicles"
		d.done(page, "/settings/objects/deal", url.Values{"label.en": {"Trucks"}, "label.fi": {"Autot"}})
		if a := d.Get(page); !strings.Contains(a.Body, "<code>vehicles</code>") || !strings.Contains(a.Body, "Trucks") || !strings.Contains(a.Body, "1 of the deals uses") {
			t.Errorf("renamed: %s", errors(a.Body))
		}
		// "twelve" is no number, and a text never becomes a link.
		a, plan := d.send(page+"&to=whole", "/settings/objects/deal", nil)
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(plan, "twelve") || strings.Contains(plan, `name="changes"`) {
			t.Errorf("a text that is no number: %d %s", a.Status, errors(a.Body))
		}
		form := inputs(t, d.Get(page).Body, "/settings/objects/deal")
		form.Set("kind", "file")
		if a = d.Post("/settings/objects/deal", form); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "do not convert safely") {
			t.Errorf("unsafe retype: %d %s", a.Status, errors(a.Body))
		}
		plan = d.done(page+"&to=long_text", "/settings/objects/deal", nil)
		if !strings.Contains(plan, "1 value of Trucks becomes Long text") {
			t.Errorf("retype: %s", errors(plan))
		}
		version := regexp.MustCompile(`/settings/objects/revert\?version=\d+`).FindString(d.Get("/settings/objects/deal/history").Body)
		if a = d.Post(version, url.Values{"back": {"/settings/objects/deal"}}); a.Status != http.StatusSeeOther {
			t.Fatalf("revert: %d %s", a.Status, errors(a.Body))
		}
		if a = d.Get(page); !strings.Contains(a.Body, `name="kind" value="text"`) {
			t.Error("the field is no text again")
		}
		concurrent(t, s, d, page)
	})
}

// concurrent: what two administrators change is shown to both.
func concurrent(t *testing.T, s *webtest.Site, d desk, page string) {
	t.Helper()
	mine := inputs(t, d.Get(page).Body, "/settings/objects/deal")
	d.done(page, "/settings/objects/deal", url.Values{"help": {"How many"}})
	mine.Set("label.en", "Lorries")
	a := d.Post("/settings/objects/deal", mine)
	if a.Status != http.StatusConflict || !strings.Contains(a.Body, "How many") || !strings.Contains(a.Body, "Ada") {
		t.Fatalf("a change meanwhile: %d %s", a.Status, errors(a.Body))
	}
	if a = d.Post("/settings/objects/apply", inputs(t, a.Body, "/settings/objects/apply")); a.Status != http.StatusSeeOther {
		t.Fatalf("apply all the same: %d", a.Status)
	}
	if a = d.Get(page); !strings.Contains(a.Body, "How many") || !strings.Contains(a.Body, "Lorries") {
		t.Error("one of the two changes is lost")
	}
	old := inputs(t, d.Get(page).Body, "/settings/objects/deal").Get("base")
	if a = d.Post("/settings/objects/apply", url.Values{"base": {"1"}, "changes": {`[{"op":"change_field","object":"deal","field":"vehicles","set":{"help":"x"}}]`}, "back": {"https://evil.example"}}); a.Status != http.StatusConflict || old == "1" {
		t.Errorf("a plan of long ago: %d", a.Status)
	}
	for _, u := range []*webtest.User{s.User(t, s.Rita), s.User(t, s.Bob)} {
		for _, path := range []string{"/settings/objects", "/settings/objects/new", "/settings/objects/deal", "/settings/objects/deal/layout", "/settings/objects/deal/formula?formula=1"} {
			if a := u.Get(path); a.Status != http.StatusForbidden {
				t.Errorf("%s for others: %d", path, a.Status)
			}
		}
		for _, path := range []string{"/settings/objects/new", "/settings/objects/deal", "/settings/objects/apply", "/settings/objects/revert?version=2", "/settings/objects/restore", "/settings/objects/deal/layout", "/settings/objects/deal/object", "/settings/objects/deal/object/remove", "/settings/objects/deal/remove"} {
			if a := u.Post(path, url.Values{"base": {"0"}, "changes": {"[]"}, "object": {"x"}}); a.Status != http.StatusForbidden {
				t.Errorf("POST %s for others: %d", path, a.Status)
			}
		}
	}
}

func TestLayoutFeedsAll(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		d := at(t, s)
		do := func(typed url.Values) {
			t.Helper()
			typed.Set("back", "/settings/objects/account/layout")
			if a := d.Post("/settings/objects/account/layout", typed); a.Status != http.StatusSeeOther {
				t.Fatalf("%v: %d %s", typed, a.Status, errors(a.Body))
			}
		}
		do(url.Values{"do": {"add"}, "label.en": {"Money <i>"}, "label.fi": {"Raha"}})
		do(url.Values{"do": {"to"}, "what": {"website"}, "group": {"group"}})
		do(url.Values{"do": {"gup:group"}})
		do(url.Values{"do": {"to"}, "what": {"phone"}, "group": {"group"}})
		do(url.Values{"do": {"up:phone"}})
		do(url.Values{"do": {"columns:drop:industry"}})
		do(url.Values{"do": {"columns:add"}, "what": {"website"}})
		do(url.Values{"do": {"card:add"}, "what": {"website"}})
		if a := d.Post("/settings/objects/account/layout", url.Values{"do": {"to"}, "what": {"nothing"}, "group": {"group"}}); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("a field that is not there: %d", a.Status)
		}
		id := s.Create(t, s.Ada, "account", record.Values{"name": "Acme", "website": "https://acme.example"})
		if a := d.Get("/accounts/" + id.String()); !strings.Contains(a.Body, "Money &lt;i&gt;") {
			t.Error("the record's page lacks the group")
		}
		if a := d.Get("/accounts"); !strings.Contains(a.Body, "acme.example") || strings.Contains(a.Body, `data-f="industry"`) {
			t.Error("the list has other columns")
		}
		var role string
		s.Read(t, s.Ada, func(r *record.Session) error {
			p, err := r.Query(t.Context(), record.Query{Object: "role", Filter: `key = "rep"`})
			role = p.Records[0].ID.String()
			return err
		})
		if a := d.Get("/settings/objects/account/layout?role=" + role); !strings.Contains(a.Body, "changes it") {
			t.Errorf("as a rep: %d", a.Status)
		}
		do(url.Values{"do": {"reset"}})
		if a := d.Get("/accounts/" + id.String()); strings.Contains(a.Body, "Money &lt;i&gt;") {
			t.Error("the standard layout is not back")
		}
	})
}

// The lists of other records stand on a record's page as the layout says, which
// follows what is called otherwise; the arrangement of fields stays nobody's.
func TestListsStandInOrder(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		d := at(t, s)
		id := s.Create(t, s.Ada, "account", record.Values{"name": "Acme"})
		apply := func(c schema.Change) error {
			_, err := s.Workspace.Engine().ApplySchema(t.Context(), record.Who{Member: s.Ada}, []schema.Change{c}, 0)
			return err
		}
		for i, c := range []schema.Change{
			{Op: schema.AddObject, Set: json.RawMessage(`{"name":"ship","plural":"ships"}`)},
			{Op: schema.AddField, Object: "ship", Set: json.RawMessage(`{"name":"buyer","kind":"link","target":"account"}`)},
		} {
			if err := apply(c); err != nil {
				t.Fatalf("%d: %v", i, err)
			}
		}
		before := func(page, first, second string) {
			t.Helper()
			body := d.Get(page).Body
			if i, j := strings.Index(body, first), strings.Index(body, second); i < 0 || j < 0 || i > j {
				t.Errorf("%s: %s at %d, %s at %d", page, first, i, second, j)
			}
		}
		page, tabs := "/settings/objects/account/layout", "/accounts/"+id.String()
		before(tabs, `data-tab="contacts.account"`, `data-tab="ships.buyer"`)
		order := func(typed url.Values) webtest.Answer {
			typed.Set("back", page)
			return d.Post(page+"?lists=", typed)
		}
		if a := order(url.Values{"do": {"to"}, "what": {"ship.buyer"}, "group": {"end/contact.account"}}); a.Status != http.StatusSeeOther {
			t.Fatalf("moved: %d %s", a.Status, errors(a.Body))
		}
		before(page, `data-dz-field="ship.buyer"`, `data-dz-field="contact.account"`)
		before(tabs, `data-tab="ships.buyer"`, `data-tab="contacts.account"`)
		if l := s.Workspace.Engine().Schema().MustObject("account").Arranged; len(l.Groups) > 0 || len(l.Columns) > 0 {
			t.Errorf("fields are arranged: %+v", l)
		}
		for _, c := range []schema.Change{
			{Op: schema.ChangeField, Object: "ship", Field: "buyer", Set: json.RawMessage(`{"name":"payer"}`)},
			{Op: schema.ChangeObject, Object: "ship", Set: json.RawMessage(`{"name":"boat","plural":"boats"}`)},
		} {
			if err := apply(c); err != nil {
				t.Fatal(err)
			}
		}
		before(tabs, `data-tab="boats.payer"`, `data-tab="contacts.account"`)
		if a := order(url.Values{"do": {"down:boat.payer"}}); a.Status != http.StatusSeeOther {
			t.Errorf("down: %d", a.Status)
		}
		before(tabs, `data-tab="contacts.account"`, `data-tab="boats.payer"`)
		if a := order(url.Values{"do": {"down:ship.buyer"}}); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("a list that is not there: %d", a.Status)
		}
		// A removed one takes its place again, and the order can be set by the API's change too.
		if err := apply(schema.Change{Op: schema.ChangeObject, Object: "account", Set: json.RawMessage(`{"layout":{"links":["boat.payer","deal.account"]}}`)}); err != nil {
			t.Fatal(err)
		}
		for _, op := range []schema.Op{schema.RemoveField, schema.RestoreField} {
			if err := apply(schema.Change{Op: op, Object: "boat", Field: "payer"}); err != nil {
				t.Fatal(err)
			}
			before(tabs, `data-tab="deals.account"`, `data-tab="contacts.account"`)
		}
		before(tabs, `data-tab="boats.payer"`, `data-tab="deals.account"`)
		for _, links := range []string{`["nothing.account"]`, `["deal.name"]`, `["deal.account","deal.account"]`, `["deal"]`} {
			if err := apply(schema.Change{Op: schema.ChangeObject, Object: "account", Set: json.RawMessage(`{"layout":{"links":` + links + `}}`)}); err == nil {
				t.Errorf("%s is taken", links)
			}
		}
	})
}
