package pipeline_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

// known are the records of an object by name.
func known(t *testing.T, s *webtest.Site, object string) map[string]*record.Record {
	t.Helper()
	all := map[string]*record.Record{}
	s.Read(t, s.Ada, func(x *record.Session) error {
		page, err := x.Query(t.Context(), record.Query{Object: object, Sort: "position"})
		if err != nil {
			return err
		}
		for _, r := range page.Records {
			all[r.Title()] = r
		}
		return nil
	})
	return all
}

func names(t *testing.T, s *webtest.Site, pipeline value.ID) string {
	t.Helper()
	var list []string
	s.Read(t, s.Ada, func(x *record.Session) error {
		page, err := x.Query(t.Context(), record.Query{Object: "stage", Filter: `pipeline = "` + pipeline.String() + `" and active = true`, Sort: "position"})
		if err != nil {
			return err
		}
		for _, r := range page.Records {
			list = append(list, r.Title())
		}
		return nil
	})
	return strings.Join(list, " ")
}

func TestStagesOfAPipeline(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u := s.User(t, s.Ada)
		if a := s.User(t, s.Rita).Get("/settings/pipelines"); a.Status != http.StatusForbidden {
			t.Errorf("a rep: %d", a.Status)
		}
		if a := s.User(t, s.Rita).Post("/settings/pipelines", url.Values{"name": {"Mine"}, "process": {"b2c"}}); a.Status != http.StatusForbidden {
			t.Errorf("a rep makes a pipeline: %d", a.Status)
		}
		pipe := known(t, s, "pipeline")["Sales"].ID
		at := "/settings/pipelines/" + pipe.String()
		stages := known(t, s, "stage")

		a := u.Post(at+"/stages", url.Values{"name": {"Demo"}, "kind": {"open"}, "probability": {"40"}, "usual_days": {"7"}, "forecast": {"best"}, "color": {"teal"}})
		if a.Status != http.StatusSeeOther {
			t.Fatalf("a stage more: %d %s", a.Status, a.Body)
		}
		if got := names(t, s, pipe); got != "Prospecting Qualified Proposal Negotiation Demo Won Lost" {
			t.Errorf("after adding: %s", got)
		}
		a = u.Post(at+"/stages", url.Values{"name": {"Sure"}, "kind": {"open"}, "probability": {"140"}})
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "p-probability-e") || !strings.Contains(a.Body, `value="140"`) {
			t.Errorf("140 percent: %d %s", a.Status, a.Body)
		}
		demo := known(t, s, "stage")["Demo"].ID.String()
		for _, step := range []struct{ do, what, group, want string }{
			{"up:" + demo, "", "", "Prospecting Qualified Proposal Demo Negotiation Won Lost"},
			{"to", demo, stages["Prospecting"].ID.String(), "Demo Prospecting Qualified Proposal Negotiation Won Lost"},
			{"to", demo, "end/" + stages["Proposal"].ID.String(), "Prospecting Qualified Demo Proposal Negotiation Won Lost"},
			{"to", demo, "end", "Prospecting Qualified Proposal Negotiation Won Lost Demo"},
			{"down:" + demo, "", "", "Prospecting Qualified Proposal Negotiation Won Lost Demo"},
		} {
			a = u.Post(at+"/order", url.Values{"do": {step.do}, "what": {step.what}, "group": {step.group}})
			if got := names(t, s, pipe); a.Status != http.StatusSeeOther || got != step.want {
				t.Errorf("%v: %d %s", step, a.Status, got)
			}
		}
		if a = u.Post(at+"/order", url.Values{"do": {"up:77"}}); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("a stage that is none: %d", a.Status)
		}
		a = u.Post(at+"/stages/"+demo, url.Values{"name": {"Demonstration"}, "kind": {"open"}, "probability": {"45.5"}, "color": {"pink"}})
		if x := known(t, s, "stage")["Demonstration"]; a.Status != http.StatusSeeOther || x == nil || x.Field("color") != "pink" {
			t.Errorf("renamed: %d %v", a.Status, x)
		}
		if a = u.Get(at); !strings.Contains(a.Body, "Demonstration") || !strings.Contains(a.Body, "45.5%") {
			t.Errorf("the page: %s", a.Body)
		}
		if u.Post(at+"/stages/"+demo+"/remove", nil); known(t, s, "stage")["Demonstration"] != nil {
			t.Error("a stage that nobody used stays")
		}
	})
}

func TestARemovedStageGivesItsDealsAway(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u := s.User(t, s.Ada)
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		deal := s.Create(t, s.Rita, "deal", record.Values{"name": "Pumps", "account": account})
		stages := known(t, s, "stage")
		from, to := stages["Prospecting"].ID, stages["Qualified"].ID
		at := "/settings/pipelines/" + known(t, s, "pipeline")["Sales"].ID.String()
		path := at + "/stages/" + from.String()
		if a := u.Get(path + "/remove"); !strings.Contains(a.Body, "1 deal stands in this stage") || strings.Contains(a.Body, `value="`+stages["Won"].ID.String()) {
			t.Errorf("asked where to: %s", a.Body)
		}
		for _, bad := range []string{"", from.String(), stages["Lost"].ID.String(), "77"} {
			if a := u.Post(path+"/remove", url.Values{"to": {bad}}); a.Status != http.StatusUnprocessableEntity {
				t.Errorf("deals go to %q: %d", bad, a.Status)
			}
		}
		if a := u.Post(at+"/stages/"+stages["Won"].ID.String()+"/remove", nil); a.Status != http.StatusConflict {
			t.Errorf("no stage to win in: %d", a.Status)
		}
		s.Pass(time.Hour)
		a := u.Post(path+"/remove", url.Values{"to": {to.String()}})
		if a.Status != http.StatusSeeOther || !strings.Contains(a.Header.Get("Location"), "done=removed") {
			t.Fatalf("removed: %d %v %s", a.Status, a.Header, a.Body)
		}
		stageOf := func() (stage value.ID) {
			s.Read(t, s.Rita, func(x *record.Session) error {
				d, err := x.Get(t.Context(), "deal", deal)
				if err == nil {
					stage, _ = record.Get(d, sales.DealStage)
				}
				visits, err := sales.Path(t.Context(), x, sales.Deals, deal)
				if err == nil && visits[0].Name != "Prospecting" {
					t.Errorf("history forgot the name: %v", visits)
				}
				return err
			})
			return stage
		}
		if stageOf() != to {
			t.Error("the deal stayed")
		}
		if x := known(t, s, "stage")["Prospecting"]; x == nil || x.Field("active") != false {
			t.Errorf("the stage: %v", x)
		}
		if a = u.Get(a.Header.Get("Location")); !strings.Contains(a.Body, "Retired stages") {
			t.Errorf("after it: %s", a.Body)
		}
		undo := a.Body[strings.Index(a.Body, `"/undo/`)+1:]
		u.Post(undo[:strings.Index(undo, `"`)], nil)
		if x := known(t, s, "stage")["Prospecting"]; stageOf() != from || x.Field("active") != true {
			t.Errorf("after taking it back: %v", x)
		}
	})
}

func TestAPipelineBeginsWithAReadyProcess(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u := s.User(t, s.Ada)
		for process, want := range map[string]string{"b2b": "Prospecting Qualified Proposal Negotiation Won Lost", "b2c": "Inquiry Contacted Offer Bought Not bought",
			"service": "Request Assessment Quote Agreement Won Lost", "distribution": "Partner contacted Terms agreed Trial order Won Lost", "empty": "Inquiry Won Lost"} {
			if a := u.Post("/settings/pipelines", url.Values{"name": {"P " + process}, "process": {process}}); a.Status != http.StatusSeeOther {
				t.Fatalf("%s: %d %s", process, a.Status, a.Body)
			}
			if got := names(t, s, known(t, s, "pipeline")["P "+process].ID); got != want {
				t.Errorf("%s: %s", process, got)
			}
		}
		for _, form := range []url.Values{{"name": {"P b2b"}, "process": {"b2b"}}, {"name": {""}, "process": {"b2b"}}, {"name": {"X"}, "process": {"magic"}}} {
			if a := u.Post("/settings/pipelines", form); a.Status < 400 || a.Status >= 500 {
				t.Errorf("%v: %d", form, a.Status)
			}
		}
	})
}

// The rate set for a stage stands beside the measured one, of deals that were
// in it.
func TestMeasuredRate(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		stages := known(t, s, "stage")
		for i, name := range []string{"a", "b", "c", "d"} {
			deal := s.Create(t, s.Rita, "deal", record.Values{"name": name, "account": account, "stage": stages["Proposal"].ID})
			s.Pass(time.Hour)
			s.Write(t, s.Rita, func(x *record.Session) (err error) {
				if i < 3 {
					_, err = sales.Win(t.Context(), x, deal, 0, sales.Close{Reason: "service"})
				} else {
					_, err = sales.Lose(t.Context(), x, deal, 0, sales.Close{Reason: "price"})
				}
				return err
			})
		}
		a := s.User(t, s.Ada).Get("/settings/pipelines")
		for _, want := range []string{"75% measured: 3 of 4 closed deals", "50% set", "not measured yet"} {
			if !strings.Contains(a.Body, want) {
				t.Errorf("no %q in %s", want, a.Body[strings.Index(a.Body, "<main"):])
			}
		}
	})
}

// Who changes a stage is told beforehand how many deals follow, and how many keep
// what somebody said of them; their history tells why they changed.
func TestAChangedStageSaysWhatFollows(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		deal := s.Create(t, s.Rita, "deal", record.Values{"name": "follows", "account": account})
		s.Create(t, s.Rita, "deal", record.Values{"name": "keeps", "account": account, "probability": "44"})
		first := known(t, s, "stage")["Prospecting"]
		u, at := s.User(t, s.Ada), "/settings/pipelines/"+known(t, s, "pipeline")["Sales"].ID.String()
		for lang, words := range map[string]string{"en": "2 deals stand here", "ru": "Здесь 2 сделки"} {
			u.Lang = lang
			if a := u.Get(at + "?edit=" + first.ID.String()); !strings.Contains(a.Body, words) {
				t.Errorf("no %q in %s", words, a.Body)
			}
		}
		u.Lang = "en"
		if a := u.Get(at + "?edit=" + first.ID.String()); !strings.Contains(a.Body, "1 keeps a probability of its own.") || strings.Contains(a.Body, "category of") {
			t.Errorf("%s", a.Body)
		}
		u.Post(at+"/stages/"+first.ID.String(), url.Values{"name": {"Prospecting"}, "kind": {"open"}, "probability": {"17"}, "forecast": {"pipeline"}})
		if err := s.Workspace.FollowStage(t.Context(), sales.FollowStage{Stage: first.ID}); err != nil {
			t.Fatal(err)
		}
		a := s.User(t, s.Rita).Get("/deals/" + deal.String() + "?tab=history")
		for _, words := range []string{"17%", "Its stage says something else now"} {
			if !strings.Contains(a.Body, words) {
				t.Errorf("no %q in %s", words, a.Body)
			}
		}
	})
}

// What a pipeline minds is set on its page and told where somebody does it.
func TestRulesOfAPipeline(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u, rita := s.User(t, s.Ada), s.User(t, s.Rita)
		at := "/settings/pipelines/" + known(t, s, "pipeline")["Sales"].ID.String()
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		deal := "/deals/" + s.Create(t, s.Rita, "deal", record.Values{"name": "Pumps", "account": account}).String()
		stages := known(t, s, "stage")
		told := func(what string, a webtest.Answer, status int, texts ...string) {
			t.Helper()
			if a.Status != status {
				t.Errorf("%s: %d", what, a.Status)
			}
			for _, text := range texts {
				if !strings.Contains(a.Body, text) {
					t.Errorf("%s: no %q in %s", what, text, a.Body)
				}
			}
		}
		own := url.Values{"name": {"Sales"}, "active": {"", "1"}, "uses_leads": {"", "1"}, "close_date_past": {"refuse"}, "win_without_amount": {"warn"}, "jumps": {"reason"}}
		told("saved", u.Post(at, own), 303)
		told("a currency that is none", u.Post(at, url.Values{"name": {"Sales"}, "currency": {"Taler"}}), 422, "p-currency-e")
		proposal := at + "/stages/" + stages["Proposal"].ID.String()
		rule := url.Values{"name": {"Proposal"}, "kind": {"open"}, "probability": {"50"}, "entry": {"amount > 0"}}
		told("no message", u.Post(proposal, rule), 422, "Say in words", "amount &gt; 0")
		rule.Set("entry_message", "Say what it is worth.")
		told("an entry rule", u.Post(proposal, rule), 303)
		told("the page", u.Get(at), 200, "enters if amount &gt; 0")

		hx := []string{"HX-Request", "true"}
		to := url.Values{"field": {"stage"}, "to": {stages["Proposal"].ID.String()}}
		told("what it wants", rita.Post(deal+"/move", to, hx...), 422, "Say what it is worth.", `name="f.amount"`, `name="reason"`)
		to.Set("f.amount", "100")
		to.Set("asked", "1")
		told("a reason", rita.Post(deal+"/move", to, hx...), 422, "needs a reason")
		to.Set("reason", "They asked for an offer")
		told("moved", rita.Post(deal+"/move", to, hx...), 200, "Pumps moved to Proposal")

		own.Set("close_date_past", "warn")
		told("saved", u.Post(at, own), 303)
		date := url.Values{"close_date": {"2026-01-01"}}
		told("warned", rita.Post(deal+"/f/close_date", date, hx...), 200, "The close date is in the past")
	})
}

// Leads leave the navigation where no pipeline begins with them.
func TestLeadsAreSwitchedOffPerPipeline(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		ada, rita := s.User(t, s.Ada), s.User(t, s.Rita)
		at := "/settings/pipelines/" + known(t, s, "pipeline")["Sales"].ID.String()
		menu := `class="nav" href="/leads"`
		people := known(t, s, "pipeline")["Private customers"].ID
		if a := ada.Post("/settings/pipelines/"+people.String(), url.Values{"name": {"Private customers"}, "active": {"", "1"}, "uses_leads": {""}}); a.Status != http.StatusSeeOther {
			t.Errorf("switched off for people: %d", a.Status)
		}
		if a := rita.Get("/"); !strings.Contains(a.Body, menu) {
			t.Error("no leads in the navigation")
		}
		if a := ada.Post(at, url.Values{"name": {"Sales"}, "active": {"", "1"}, "uses_leads": {""}}); a.Status != http.StatusSeeOther {
			t.Errorf("switched off: %d", a.Status)
		}
		if a := rita.Get("/"); strings.Contains(a.Body, menu) {
			t.Error("leads are switched off and still in the navigation")
		}
		if a := rita.Post("/leads/new", url.Values{"name": {"Ann"}}); a.Status != http.StatusConflict {
			t.Errorf("a lead all the same: %d", a.Status)
		}
		ada.Post(at, url.Values{"name": {"Sales"}, "active": {"", "1"}, "uses_leads": {"", "1"}})
		if a := rita.Post("/leads/new", url.Values{"name": {"Ann"}}); a.Status != http.StatusSeeOther {
			t.Errorf("switched on again: %d", a.Status)
		}
	})
}

// A company begins with the process that comes closest to its own, by one press.
func TestACompanyBeginsWithAReadyProcess(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		ada := s.User(t, s.Ada)
		has := func(a webtest.Answer, status int, words ...string) {
			t.Helper()
			if a.Status != status {
				t.Fatalf("status %d, wanted %d: %.800s", a.Status, status, a.Body)
			}
			for _, word := range words {
				if !strings.Contains(a.Body, word) {
					t.Errorf("wanted %q in %.4000s", word, a.Body)
				}
			}
		}
		has(ada.Get("/"), 200, "Choose how you sell", "/settings/pipelines/begin")
		has(ada.Get("/settings/pipelines/begin"), 200, "Selling to people", "Trial order", "Almost empty", "Begin with: Services")
		has(s.User(t, s.Rita).Get("/settings/pipelines/begin"), 403)
		has(s.User(t, s.Rita).Post("/settings/pipelines/begin", url.Values{"process": {"b2c"}}), 403)
		has(ada.Post("/settings/pipelines/begin", url.Values{"process": {"shouting"}}), 422)
		has(ada.Post("/settings/pipelines/begin", url.Values{"process": {"distribution"}}), 303)
		shipped := known(t, s, "pipeline")
		if len(shipped) != 2 {
			t.Fatalf("%d pipelines", len(shipped))
		}
		if got := names(t, s, shipped["Sales"].ID); got != "Partner contacted Terms agreed Trial order Won Lost" {
			t.Errorf("the stages are %s", got)
		}
		people := "Inquiry Contacted Offer Bought Not bought"
		if got := names(t, s, shipped["Private customers"].ID); got != people {
			t.Errorf("the stages for people are %s", got)
		}
		first := func(want string) {
			t.Helper()
			if p := known(t, s, "pipeline"); len(p) != 2 || p[want].Field("position") != int64(1) {
				t.Errorf("%s is not the first of %d pipelines", want, len(p))
			}
		}
		first("Sales")
		has(ada.Post("/settings/pipelines/begin", url.Values{"process": {"b2c"}}), 303)
		if first("Private customers"); names(t, s, shipped["Private customers"].ID) != people {
			t.Error("who sells to people begins with other stages")
		}
		has(ada.Post("/settings/pipelines/begin", url.Values{"process": {"distribution"}}), 303)
		first("Sales")
		has(ada.Get("/settings/pipelines?done=begun"), 200, "Trial order", "On to the next step")
		has(ada.Get("/"), 200, "2 of 4 done")

		// Once there was a deal, nothing of its pipeline is thrown away.
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		s.Create(t, s.Rita, "deal", record.Values{"name": "Pumps", "account": account})
		has(ada.Post("/settings/pipelines/begin", url.Values{"process": {"empty"}}), 303)
		if p := known(t, s, "pipeline"); len(p) != 3 || names(t, s, p["Almost empty"].ID) != "Inquiry Won Lost" {
			t.Errorf("pipelines %v", p)
		}
		has(ada.Post("/settings/pipelines/begin", url.Values{"process": {"empty"}}), 422, "Almost empty")
	})
}
