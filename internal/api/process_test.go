package api

import (
	"strings"
	"testing"
)

const oneMove = `{"states": [{"state": "new", "start": true}, {"state": "working"}, {"state": "qualified", "end": true}],
 "moves": [{"key": "take", "name": "Take", "from": ["new"], "to": "working", "ask": [{"field": "phone"}], "note": "must", "then": [{"do": "task", "text": "Call {{name}}"}]},
  {"key": "done", "name": "Done", "from": ["working"], "to": "qualified"}]}`

// A process over the API from its draft to a record that goes its way.
func TestAProcessOverTheAPI(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		lead := d.call(t, d.Rita, POST, base+"/leads", map[string]any{"name": "Ann"}).is(201).json()["id"].(string)
		d.call(t, d.Rita, POST, base+"/blueprints", map[string]any{"name": "Leads", "object": "lead", "field": "status", "definition": oneMove}).problem(403, "record.may_not_create")
		made := d.call(t, d.Ada, POST, base+"/blueprints", map[string]any{"name": "Leads", "object": "lead", "field": "status", "definition": oneMove}).is(201).json()
		one := base + "/blueprints/" + made["id"].(string)
		d.call(t, d.Rita, GET, one+"/check", nil).problem(403, "record.admin_only")
		x := d.call(t, d.Ada, GET, one+"/check", nil).is(200).json()
		if e := x["effect"].(map[string]any); e["governed"] != 1.0 {
			t.Errorf("the effect is %v", e)
		}
		test := d.call(t, d.Ada, POST, one+"/test", map[string]any{"record": lead, "move": "take", "values": map[string]any{"phone": "+34600100200"}, "note": "x"}).is(200).json()
		if test["refused"] != nil || !strings.Contains(string(d.call(t, d.Ada, POST, one+"/test", map[string]any{"record": lead, "to": "working"}).is(200).body), "_said.note") {
			t.Errorf("the test tells %v", test)
		}
		if n := d.call(t, d.Ada, GET, base+"/activities?count=exact", nil).is(200).json()["count"]; n != 0.0 {
			t.Errorf("a test made %v activities", n)
		}
		d.call(t, d.Rita, POST, one+"/publish", nil).problem(403, "record.admin_only")
		d.call(t, d.Ada, POST, one+"/publish", map[string]any{"note": "first"}).is(201)

		path := base + "/leads/" + lead
		moves := d.call(t, d.Rita, GET, path+"/transitions", nil).is(200)
		if !strings.Contains(string(moves.body), `"key":"take"`) || strings.Contains(string(moves.body), `"key":"done"`) {
			t.Errorf("offered are %s", moves.body)
		}
		d.call(t, d.Rita, PATCH, path, map[string]any{"status": "qualified"}).problem(422, "record.invalid")
		d.call(t, d.Rita, POST, path+"/transitions", map[string]any{"move": "fly"}).problem(422, "process.unknown_move")
		d.call(t, d.Olga, POST, path+"/transitions", map[string]any{"move": "take"}).problem(422, "process.unknown_move")
		d.call(t, d.Rita, POST, path+"/transitions", map[string]any{"move": "take"}).problem(422, "record.invalid")
		d.call(t, d.Rita, POST, path+"/transitions", map[string]any{"move": "take", "values": map[string]any{"phone": "+34600100200"}, "note": "Called"}).is(200)
		d.call(t, d.Rita, PATCH, path, map[string]any{"status": "qualified", "_said": map[string]any{"note": "x"}}).is(200)
		trace := d.call(t, d.Rita, GET, path+"/trace", nil).is(200)
		if !strings.Contains(string(trace.body), "Called") {
			t.Errorf("the trace is %s", trace.body)
		}
		if log := d.call(t, d.Rita, GET, path+"/automations", nil).is(200); !strings.Contains(string(log.body), `"done"`) {
			t.Errorf("the log is %s", log.body)
		}
		d.call(t, d.Rita, GET, one+"/log", nil).problem(403, "record.admin_only")
		d.call(t, d.Ada, GET, one+"/log", nil).is(200)
		d.call(t, d.Ada, POST, one+"/retire", nil).is(200)
	})
}

// Rules, templates and webhooks over the API: what they answer, and to whom.
func TestRulesAndWebhooksOverTheAPI(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		lead := d.call(t, d.Rita, POST, base+"/leads", map[string]any{"name": "Ann", "phone": "+34600100200"}).is(201).json()["id"].(string)
		rule := d.call(t, d.Ada, POST, base+"/rules", map[string]any{"name": "Call", "object": "lead", "trigger": "created", "actions": `[{"do":"task","text":"Call {{name}}"}]`}).is(201).json()["id"].(string)
		for _, path := range []string{"/dry-run", "/test"} {
			body := map[string]any{}
			if path == "/test" {
				body["record"] = lead
			}
			d.call(t, d.Rita, POST, base+"/rules/"+rule+path, body).problem(403, "record.admin_only")
			d.call(t, d.Ada, POST, base+"/rules/"+rule+path, body).is(200)
		}
		d.call(t, d.Ada, POST, base+"/rules/"+rule+"/dry-run", map[string]any{"days": 0}).problem(422, "api.bad_body")

		tpl := map[string]any{"name": "Hello", "object": "lead", "body": "Dear {{name}}, {{nowhere}}"}
		id := d.call(t, d.Ada, POST, base+"/templates", tpl).is(201).json()["id"].(string)
		d.call(t, d.Ada, PATCH, base+"/templates/"+id, map[string]any{"status": "published"}).problem(422, "record.invalid")
		d.call(t, d.Ada, PATCH, base+"/templates/"+id, map[string]any{"status": "published", "body": "Dear {{name}}, {{company}}"}).is(200)
		got := d.call(t, d.Rita, POST, base+"/templates/"+id+"/fill", map[string]any{"record": lead}).is(200).json()
		if got["body"] != "Dear Ann, " || len(got["empty"].([]any)) != 1 {
			t.Errorf("filled %v", got)
		}

		hook := d.call(t, d.Ada, POST, base+"/webhooks", map[string]any{"name": "ERP", "url": "https://erp.example", "events": "lead.created"}).is(201).json()["id"].(string)
		d.call(t, d.Rita, POST, base+"/webhooks/"+hook+"/secret", nil).problem(403, "record.admin_only")
		if s := d.call(t, d.Ada, POST, base+"/webhooks/"+hook+"/secret", nil).is(201).json()["secret"].(string); !strings.HasPrefix(s, "whsec_") {
			t.Errorf("the secret is %q", s)
		}
		d.call(t, d.Rita, GET, base+"/webhooks/"+hook+"/deliveries", nil).problem(403, "record.admin_only")
		d.call(t, d.Ada, GET, base+"/webhooks/"+hook+"/deliveries?state=dead", nil).is(200)
		d.call(t, d.Rita, POST, base+"/webhooks/"+hook+"/resend", nil).problem(403, "record.admin_only")
		d.call(t, d.Ada, POST, base+"/webhooks/"+hook+"/resend", map[string]any{"delivery": "1"}).problem(404, "process.no_delivery")
	})
}

// Over the API a move offers its templates, and a draft whose records would go
// round by themselves is refused in words.
func TestWhatAProcessOffersOverTheAPI(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		text := d.create(t, d.Ada, "templates", map[string]any{"name": "Offer", "kind": "mail", "object": "lead", "subject": "Hello {{name}}", "body": "Dear {{name}}", "status": "published"})
		one := base + "/blueprints/" + d.create(t, d.Ada, "blueprints", map[string]any{"name": "Leads", "object": "lead", "field": "status",
			"definition": strings.Replace(oneMove, `"name": "Take",`, `"name": "Take", "templates": ["`+text+`"],`, 1)})
		d.call(t, d.Ada, POST, one+"/publish", nil).is(201)
		lead := d.create(t, d.Rita, "leads", map[string]any{"name": "Ann"})
		if moves := string(d.call(t, d.Rita, GET, base+"/leads/"+lead+"/transitions", nil).is(200).body); !strings.Contains(moves, `"templates":["`+text+`"]`) {
			t.Errorf("offered are %s", moves)
		}
		fill := base + "/templates/" + text + "/fill"
		if got := d.call(t, d.Rita, POST, fill, map[string]any{"record": lead}).is(200).json(); got["subject"] != "Hello Ann" || got["body"] != "Dear Ann" || got["to"] != nil {
			t.Errorf("filled %v", got)
		}
		d.call(t, d.Rita, PATCH, base+"/leads/"+lead, map[string]any{"email": "ann@home.example"}).is(200)
		if got := d.call(t, d.Rita, POST, fill, map[string]any{"record": lead}).is(200).json(); got["to"] != "ann@home.example" {
			t.Errorf("to whom: %v", got)
		}
		round := strings.NewReplacer(`"then": [{"do": "task", "text": "Call {{name}}"}]`, `"then": [{"do": "move", "to": "new"}]`,
			`"to": "qualified"}]}`, `"to": "qualified"}, {"key": "back", "name": "Back", "from": ["working"], "to": "new", "then": [{"do": "move", "to": "working"}]}]}`).Replace(oneMove)
		d.call(t, d.Ada, PATCH, one, map[string]any{"definition": round}).is(200)
		refused := d.call(t, d.Ada, POST, one+"/publish", map[string]any{"accept_warnings": true}).is(422)
		refused.problem(422, "process.cannot_publish")
		if text := string(refused.body); !strings.Contains(text, "Records would go round by themselves: New → Working → New.") {
			t.Errorf("told %s", text)
		}
	})
}
