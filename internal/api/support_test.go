package api

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"wellmet/internal/access"
)

// A case leads to what went wrong with its deal, to solved ones that resemble
// it and to the figures of everybody, all over the API.
func TestServiceOverTheAPI(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		states := `{"states": [{"state": "new", "limit": {"n": 2, "unit": "days"}}, {"state": "working"}, {"state": "qualified"}], "skip": "free"}`
		plan := d.call(t, d.Ada, POST, base+"/blueprints", map[string]any{"name": "Leads", "object": "lead", "field": "status", "definition": states}).is(201).text("id")
		figures := base + "/blueprints/" + plan + "/adherence"
		d.call(t, d.Rita, GET, figures, nil).problem(404, "process.not_published")
		d.call(t, d.Ada, POST, base+"/blueprints/"+plan+"/publish", map[string]any{"accept_warnings": true}).is(201)
		lead := d.call(t, d.Rita, POST, base+"/leads", map[string]any{"name": "Ann", "phone": "+34600100200"}).is(201).text("id")
		d.Pass(72 * time.Hour)
		d.call(t, d.Rita, PATCH, base+"/leads/"+lead, map[string]any{"status": "qualified"}).is(200)

		review := d.call(t, d.Rita, GET, base+"/leads/"+lead+"/review", nil).is(200)
		for _, word := range []string{`"kind":"skipped"`, `"state":"working"`, `"kind":"late"`} {
			if !strings.Contains(string(review.body), word) {
				t.Errorf("wanted %s in %s", word, review.body)
			}
		}
		d.call(t, d.Rita, GET, base+"/leads/1/review", nil).is(404)
		got := d.call(t, d.Rita, GET, figures, nil).is(200).json()
		if got["records"] != 1.0 || len(got["lapses"].([]any)) != 2 {
			t.Errorf("adherence: %v", got)
		}
		if got := d.call(t, d.Rita, GET, figures+"?from=2026-01-01&to=2026-01-31", nil).is(200).json(); got["records"] != 0.0 {
			t.Errorf("before there was a lead: %v", got)
		}
		trends := got["trends"].([]any)
		if len(trends) != 1 || trends[0].(map[string]any)["owner"] != d.Rita.String() || len(trends[0].(map[string]any)["months"].([]any)) != len(got["months"].([]any)) {
			t.Errorf("trends: %v", trends)
		}
		if got := d.call(t, d.Rita, GET, figures+"?filter="+url.QueryEscape(`name = "Bob"`), nil).is(200).json(); got["records"] != 0.0 || got["filter"] != `name = "Bob"` {
			t.Errorf("of others: %v", got)
		}
		d.call(t, d.Rita, GET, figures+"?filter=nowhere+%3D+1", nil).is(422)
		account := d.call(t, d.Rita, POST, base+"/accounts", map[string]any{"name": "Slow"}).is(201).text("id")
		deal := d.call(t, d.Rita, POST, base+"/deals", map[string]any{"name": "Pumps", "account": account, "amount": "10 EUR"}).is(201).text("id")
		d.call(t, d.Rita, PATCH, base+"/deals/"+deal, map[string]any{"amount": "20 EUR"}).is(200)
		if changes := d.call(t, d.Rita, GET, base+"/deals/"+deal+"/review", nil).is(200).json()["changes"].([]any); len(changes) != 1 || changes[0].(map[string]any)["field"] != "amount" {
			t.Errorf("changed promises: %v", changes)
		}
		d.call(t, d.Rita, GET, figures+"?from=soon", nil).problem(400, "api.bad_parameter")
		d.tokens[d.Max] = d.token(t, d.Max, "accounts:read")
		d.call(t, d.Max, GET, base+"/leads/"+lead+"/review", nil).is(404)

		solved := d.caseState(t, "solved")
		account = d.call(t, d.Rita, POST, base+"/accounts", map[string]any{"name": "Acme"}).is(201).text("id")
		old := d.call(t, d.Rita, POST, base+"/cases", map[string]any{"subject": "Gasket leaks", "solution": "New gasket.", "account": account, "state": solved}).is(201).text("id")
		mine := d.call(t, d.Rita, POST, base+"/cases", map[string]any{"subject": "Gasket broken", "account": account}).is(201).text("id")
		like := d.call(t, d.Rita, GET, base+"/cases/"+mine+"/similar", nil).is(200)
		if !strings.Contains(string(like.body), `"id":"`+old+`"`) || !strings.Contains(string(like.body), `"gasket"`) {
			t.Errorf("similar: %s", like.body)
		}
		if none := d.call(t, d.Rita, GET, base+"/cases/"+old+"/similar?limit=1", nil).is(200); string(none.body) != `{"items":[]}` {
			t.Errorf("similar to the only solved one: %s", none.body)
		}
		d.call(t, d.Max, GET, base+"/cases/"+mine+"/similar", nil).is(404)
	})
}

// The way of a case and of an object that the company made is told as that of a
// deal: step by step, with what was skipped and late, and in figures.
func TestTheWayOfOtherRecordsOverTheAPI(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		d.call(t, d.Ada, POST, base+"/schema/apply", `{"changes":[{"op":"add_object","set":{"name":"project","plural":"projects","labels":{"en":{"one":"Project","many":"Projects"}},
			"fields":[{"name":"name","kind":"text"},{"name":"phase","kind":"choice","options":[{"key":"plan"},{"key":"work"},{"key":"done"}]}]}}]}`).is(200)
		for _, x := range []struct {
			plural, object, field string
			states                []string
			first, last           map[string]any
		}{
			{"cases", "case", "state", []string{d.caseState(t, "new"), d.caseState(t, "working"), d.caseState(t, "solved")}, map[string]any{"subject": "Pump hums", "account": d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme"})}, map[string]any{"solution": "Oil."}},
			{"projects", "project", "phase", []string{"plan", "work", "done"}, map[string]any{"name": "Hall 3"}, map[string]any{}},
		} {
			states := `{"states": [{"state": "` + x.states[0] + `", "limit": {"n": 2, "unit": "days"}}, {"state": "` + x.states[1] + `"}, {"state": "` + x.states[2] + `"}], "skip": "free"}`
			plan := d.call(t, d.Ada, POST, base+"/blueprints", map[string]any{"name": "Of " + x.plural, "object": x.object, "field": x.field, "definition": states}).is(201).text("id")
			d.call(t, d.Ada, POST, base+"/blueprints/"+plan+"/publish", map[string]any{"accept_warnings": true}).is(201)
			x.first[x.field], x.last[x.field] = x.states[0], x.states[2]
			one := base + "/" + x.plural + "/" + d.call(t, d.Rita, POST, base+"/"+x.plural, x.first).is(201).text("id")
			d.Pass(72 * time.Hour)
			d.call(t, d.Rita, PATCH, one, x.last).is(200)
			if n := len(d.call(t, d.Rita, GET, one+"/trace", nil).is(200).items()); n != 2 {
				t.Errorf("%s: %d steps", x.plural, n)
			}
			review := d.call(t, d.Rita, GET, one+"/review", nil).is(200).json()
			if lapses := review["lapses"].([]any); len(lapses) != 2 || len(review["trace"].([]any)) != 2 {
				t.Errorf("%s: %v", x.plural, review)
			}
			a := d.call(t, d.Rita, GET, base+"/blueprints/"+plan+"/adherence", nil).is(200).json()
			if a["records"] != 1.0 || len(a["lapses"].([]any)) != 2 || len(a["trends"].([]any)) != 1 {
				t.Errorf("%s: %v", x.plural, a)
			}
		}
	})
}

// caseState is the state of a kind.
func (d *door) caseState(t *testing.T, kind string) string {
	t.Helper()
	list := d.call(t, d.Ada, GET, base+`/case_states?filter=kind+%3D+%22`+kind+`%22`, nil).is(200).json()["items"].([]any)
	return list[0].(map[string]any)["id"].(string)
}

// Colleagues add tips and say which are useful.
func TestTipsOverTheAPI(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.call(t, d.Rita, POST, base+"/accounts", map[string]any{"name": "Acme"}).is(201).text("id")
		deal := d.call(t, d.Rita, POST, base+"/deals", map[string]any{"name": "Pumps", "account": account}).is(201).json()
		stage := deal["stage"].(string)
		tip := d.call(t, d.Rita, POST, base+"/tips", map[string]any{"text": "Ask who decides.", "stage": stage}).is(201).text("id")
		d.call(t, d.Rita, POST, base+"/tips", map[string]any{"text": "Where?"}).problem(422, "record.invalid")
		d.call(t, d.Rita, POST, base+"/tips/"+tip+"/rate", nil).problem(403, "tip.own")
		for range 2 {
			if got := d.call(t, d.Olga, POST, base+"/tips/"+tip+"/rate", map[string]any{"useful": true}).is(200).json(); got["useful"] != 1.0 {
				t.Errorf("rated: %v", got)
			}
		}
		if got := d.call(t, d.Olga, GET, base+"/deals/"+deal["id"].(string)+"/tips", nil).is(200); !strings.Contains(string(got.body), `"useful":1,"rated":true`) {
			t.Errorf("helping: %s", got.body)
		}
		if got := d.call(t, d.Olga, POST, base+"/tips/"+tip+"/rate", map[string]any{"useful": false}).is(200).json(); got["useful"] != 0.0 {
			t.Errorf("taken back: %v", got)
		}
		d.tokens[d.Max] = d.token(t, d.Max, access.ScopeRead)
		d.call(t, d.Max, POST, base+"/tips/"+tip+"/rate", nil).is(403)
		d.call(t, d.Bob, POST, base+"/tips/1/rate", nil).is(404)
	})
}

// What won deals have in common is read by whoever reads deals, and becomes a
// draft in the hands of an administrator.
func TestLearningOverTheAPI(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.call(t, d.Rita, POST, base+"/accounts", map[string]any{"name": "Acme"}).is(201).text("id")
		deal := d.call(t, d.Rita, POST, base+"/deals", map[string]any{"name": "Pumps", "account": account}).is(201).text("id")
		d.Pass(72 * time.Hour)
		d.call(t, d.Rita, POST, base+"/deals/"+deal+"/win", nil).is(200)
		got := d.call(t, d.Rita, POST, base+"/deals/learn", map[string]any{"ids": []string{deal}}).is(200).json()
		if got["deals"] != 1.0 || got["few"] != true || len(got["steps"].([]any)) != 1 {
			t.Errorf("learned %v", got)
		}
		d.call(t, d.Rita, POST, base+"/deals/learn", map[string]any{"filter": "nowhere = 1"}).is(422)
		d.call(t, d.Rita, POST, base+"/deals/learn", map[string]any{"ids": []string{"x"}}).is(422)
		d.call(t, d.Rita, POST, base+"/blueprints/from-deals", map[string]any{"name": "As we win"}).is(403)
		d.call(t, d.Ada, POST, base+"/blueprints/from-deals", map[string]any{"name": "As we win", "filter": `status = "lost"`}).problem(422, "sales.learn.nothing")
		if got := d.call(t, d.Ada, POST, base+"/blueprints/from-deals", map[string]any{"name": "As we win"}).is(201).json(); got["status"] != "draft" || got["object"] != "deal" {
			t.Errorf("made %v", got)
		}
	})
}
