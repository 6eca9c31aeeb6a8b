package api

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// The time for a first answer is the company's to set, and lists of leads filter
// and sort by when it is over.
func TestLeadsAreDueForAnAnswer(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		late := d.create(t, d.Rita, "leads", map[string]any{"name": "Late", "captured_at": d.Now().Add(-200 * time.Hour)})
		soon := d.create(t, d.Rita, "leads", map[string]any{"name": "Soon"})
		for body, status := range map[string]int{`{"response_minutes": 0}`: 422, `{"response_minutes": "an hour"}`: 422, `{"response_minutes": 99999999999}`: 422} {
			d.call(t, d.Ada, PATCH, base+"/settings", body).is(status)
		}
		d.call(t, d.Rita, PATCH, base+"/settings", `{"response_minutes": 30}`).is(403)
		if got := d.call(t, d.Ada, PATCH, base+"/settings", `{"response_minutes": 30}`).is(200).json()["response_minutes"]; got != 30.0 {
			t.Errorf("set to %v", got)
		}
		items := d.call(t, d.Rita, GET, base+"/leads?sort=response_due&fields=name,response_due", nil).is(200).items()
		if len(items) != 2 || items[0]["id"] != late || items[1]["id"] != soon {
			t.Errorf("by when they are due: %v", items)
		}
		items = d.call(t, d.Rita, GET, base+"/leads?filter="+url.QueryEscape("response_due < now()"), nil).is(200).items()
		if len(items) != 1 || items[0]["id"] != late {
			t.Errorf("overdue: %v", items)
		}
		d.call(t, d.Rita, PATCH, base+"/leads/"+late, map[string]any{"response_due": d.Now()}).is(422)
	})
}

func TestConvertLeads(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		lead := d.create(t, d.Rita, "leads", map[string]any{"name": "Anna Ek", "company": "Acme", "email": "anna@acme.example"})
		d.create(t, d.Rita, "activities", map[string]any{"kind": "note", "body": "Likes blue", "about": []string{"lead:" + lead}})
		known := d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme Works", "website": "https://acme.example"})
		path := base + "/leads/" + lead

		matches := d.call(t, d.Rita, GET, path+"/matches", nil).is(200).items()
		if len(matches) != 1 || matches[0]["id"] != known || matches[0]["by"] != "domain" || matches[0]["object"] != "account" {
			t.Errorf("matches %v", matches)
		}
		for body, field := range map[string]string{
			`{"account": "12x"}`: "account", `{"contact": 7}`: "contact", `{"deal": "yes"}`: "deal", `{"acount": true}`: "acount",
			`{"account": "123"}`: "account", `{"contact": {"email": "a@b"}}`: "contact.email", `{"deal": {"amount": "-1"}}`: "deal.amount",
			`{"account": false, "contact": false}`: "account",
		} {
			refused := d.call(t, d.Rita, POST, path+"/convert", body).is(422)
			if !strings.Contains(string(refused.body), `"field":"`+field+`"`) {
				t.Errorf("%s: %s", body, refused.body)
			}
		}
		d.call(t, d.Olga, POST, path+"/convert", `{}`).is(403)
		d.call(t, 0, POST, path+"/convert", `{}`).is(401)
		d.call(t, d.Rita, POST, base+"/leads/"+known+"/convert", `{}`).is(404)
		d.call(t, d.Rita, POST, path+"/convert", `{}`, `If-Match: "x"`).is(400)

		once := d.call(t, d.Rita, POST, path+"/convert", `{"account": "`+known+`", "deal": {"name": "Pumps", "amount": "100"}}`, "Idempotency-Key: convert-1").is(200)
		if once.text("status") != "converted" || once.text("converted_account") != known || once.text("converted_contact") == "" || once.text("converted_deal") == "" {
			t.Errorf("converted: %s", once.body)
		}
		again := d.call(t, d.Rita, POST, path+"/convert", `{"account": "`+known+`", "deal": {"name": "Pumps", "amount": "100"}}`, "Idempotency-Key: convert-1").is(200)
		if string(again.body) != string(once.body) {
			t.Errorf("the same request again: %s", again.body)
		}
		d.call(t, d.Rita, POST, path+"/convert", `{}`).problem(409, "lead.already_converted")
		d.call(t, d.Rita, PATCH, path, `{"name": "Other"}`).problem(409, "lead.converted")
		if n := len(d.call(t, d.Rita, GET, base+"/contacts/"+once.text("converted_contact")+"/timeline?kinds=note", nil).is(200).items()); n != 1 {
			t.Errorf("%d notes on the contact's timeline", n)
		}
		deal := d.call(t, d.Rita, GET, base+"/deals/"+once.text("converted_deal"), nil).is(200)
		if deal.text("account") != known || deal.text("name") != "Pumps" {
			t.Errorf("deal %s", deal.body)
		}
		// A deal that is there already is joined, by who may change it.
		second := base + "/leads/" + d.create(t, d.Rita, "leads", map[string]any{"name": "Bo", "company": "Acme", "website": "https://acme.example"})
		joins := map[string]any{"deal": once.text("converted_deal"), "line": true}
		found := d.call(t, d.Rita, GET, second+"/matches", nil).is(200).items()
		if last := found[len(found)-1]; last["object"] != "deal" || last["id"] != joins["deal"] || last["by"] != "account" {
			t.Errorf("matches %v", found)
		}
		for _, body := range []string{`{"deal": "12x"}`, `{"deal": "123"}`, `{"deal": "` + known + `"}`, `{"line": "yes"}`} {
			d.call(t, d.Rita, POST, second+"/convert", body).is(422)
		}
		d.call(t, d.Olga, POST, base+"/leads/"+d.create(t, d.Olga, "leads", map[string]any{"name": "Cy"})+"/convert", joins).is(403)
		joined := d.call(t, d.Rita, POST, second+"/convert", joins).is(200)
		if joined.text("converted_deal") != joins["deal"] || joined.text("converted_account") != known {
			t.Errorf("joined: %s", joined.body)
		}
		doc := string(d.call(t, d.Rita, GET, base+"/openapi.json", nil).is(200).body)
		for _, want := range []string{`"/leads/{id}/convert"`, `"/leads/{id}/matches"`} {
			if !strings.Contains(doc, want) {
				t.Errorf("the document lacks %s", want)
			}
		}
	})
}
