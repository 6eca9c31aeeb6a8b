package api

import (
	"net/url"
	"strings"
	"testing"

	"wellmet/internal/access"
)

// Everything that can be wrong with a request has its problem document.
func TestBadInput(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "A"})
		one := base + "/accounts/" + account
		post := func(body string, header ...string) *answer {
			return d.call(t, d.Rita, POST, base+"/accounts", body, header...)
		}
		post(`{"name": "`+strings.Repeat("x", smallBody)+`"}`).problem(413, "api.body_too_large")
		post("{\"name\": \"a\xffb\"}").problem(400, "api.bad_utf8")
		post(`{"name": "\ud800"}`).problem(400, "api.bad_json")
		post(`{"name": "a", "name": "b"}`).problem(400, "api.json_twice")
		post(`{"name": "a"} {}`).problem(400, "api.json_trailing")
		post(`{"name": "a"`).problem(400, "api.bad_json")
		post(`{"name": `+strings.Repeat("[", 40)+strings.Repeat("]", 40)+`}`).problem(400, "api.json_deep")
		post(`["name"]`).problem(422, "api.wants_object")
		post(``).problem(400, "api.no_body")
		post(`name=a`, "Content-Type: application/x-www-form-urlencoded").problem(415, "api.content_type")
		post(`{"name": "a"}`, "Content-Type: application/json; charset=latin1").problem(415, "api.content_type")
		if f := post(`{"nmae": "a"}`).problem(422, "schema.unknown_field_near"); f["nmae"].Key != "field.unknown" {
			t.Errorf("fields are %v", f)
		}
		if f := post(`{"name": "a", "website": "not a page"}`).problem(422, "record.invalid"); f["website"].Value != "not a page" {
			t.Errorf("what was typed is lost: %v", f)
		}
		if f := post(`{}`).problem(422, "record.invalid"); f["name"].Key != "field.required" {
			t.Errorf("fields are %v", f)
		}
		if f := post(`{"name": "a", "parent": "123"}`).problem(422, "record.invalid"); f["parent"].Key != "field.dead_link" {
			t.Errorf("dead link: %v", f)
		}
		post(`{"name": "a", "id": "5"}`).problem(422, "record.invalid")
		for path, key := range map[string]string{
			"?nosuch=1": "api.unknown_parameter", "?filtre=1": "api.unknown_parameter_near", "?limit=x": "api.bad_parameter", "?limit=501": "api.limit",
			"?limit=0": "api.bad_parameter", "?limit=1&limit=2": "api.parameter_twice", "?q=%ff": "api.bad_parameter", "?q=%zz": "api.bad_query",
			"?count=some": "api.bad_parameter", "?trash=maybe": "api.bad_parameter",
		} {
			d.call(t, d.Rita, GET, base+"/accounts"+path, nil).problem(400, key)
		}
		for path, key := range map[string]string{
			"?filter=name+%3D": "expr.unfinished", "?filter=nosuch+%3D+1": "expr.unknown_name", "?sort=nosuch": "query.sort_field",
			"?filter=name+/+2+%3D+1": "expr.no_arithmetic", "?cursor=abc": "query.bad_cursor", "?fields=nosuch": "schema.unknown_field",
		} {
			got := d.call(t, d.Rita, GET, base+"/accounts"+path, nil)
			if got.status != 422 {
				t.Errorf("%s: %d %s, want %s", path, got.status, got.body, key)
			}
		}
		d.call(t, d.Rita, GET, base+"/nosuch", nil).problem(404, "record.no_object")
		d.call(t, d.Rita, GET, base+"/account", nil).problem(404, "record.no_object")
		d.call(t, d.Rita, GET, base+"/accounts/7", nil).problem(404, "record.absent")
		d.call(t, d.Rita, GET, base+"/accounts/seven", nil).problem(404, "api.no_such_id")
		d.call(t, d.Rita, GET, one+"/nosuch", nil).problem(404, "api.no_such_address")
		d.call(t, d.Rita, GET, "/nosuch", nil).problem(404, "api.no_such_address")
		d.call(t, d.Rita, GET, base+"//accounts", nil).problem(404, "api.no_such_address")
		if a := d.call(t, d.Rita, "PUT", one, `{}`); a.header.Get("Allow") != "DELETE, GET, HEAD, PATCH" {
			t.Errorf("Allow is %q", a.header.Get("Allow"))
		} else {
			a.problem(405, "api.method")
		}
	})
}

func TestCursorOfAnotherQuery(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		for _, name := range []string{"A", "B", "C"} {
			d.create(t, d.Rita, "accounts", map[string]any{"name": name})
		}
		cursor := "&cursor=" + d.call(t, d.Rita, GET, base+"/accounts?limit=1&sort=name", nil).is(200).text("next")
		d.call(t, d.Rita, GET, base+"/accounts?limit=2&sort=name"+cursor, nil).is(200)
		for _, other := range []string{"/accounts?sort=-name", "/accounts?sort=name&filter=name!%3D%22B%22", "/contacts?sort=name", "/accounts?sort=name&q=a"} {
			if f := d.call(t, d.Rita, GET, base+other+cursor, nil).problem(422, "query.bad_cursor"); f["cursor"].Message == "" {
				t.Errorf("%s names no field", other)
			}
		}
	})
}

// A field that somebody may not read can be neither seen, set, filtered,
// sorted, grouped, measured, searched nor exported; nobody learns that it is
// there.
func TestHiddenAndMaskedFields(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		d.create(t, d.Ada, "contacts", map[string]any{"last_name": "Kim", "email": "kim@hidden.example", "phone": "+34612345612"})
		d.role(t, d.Olga, `{"objects": {"*": {"read": "all", "create": "all", "update": "all", "export": "all"}}, "fields": {"contact.email": "none", "contact.phone": "masked"}}`)
		page := d.call(t, d.Olga, GET, base+"/contacts", nil).is(200)
		for _, leak := range []string{"hidden.example", `"email"`, "612345"} {
			if strings.Contains(string(page.body), leak) {
				t.Errorf("%s shows in %s", leak, page.body)
			}
		}
		if got := page.items()[0]["phone"]; got != "+34 ••• ••12" {
			t.Errorf("phone is masked as %v", got)
		}
		for _, field := range []string{"email", "phone"} {
			for _, q := range []string{"?filter=" + field + "+is+empty", "?sort=" + field} {
				if a := d.call(t, d.Olga, GET, base+"/contacts"+q, nil); a.status != 422 || strings.Contains(string(a.body), "hidden.example") {
					t.Errorf("%s: %d %s", q, a.status, a.body)
				}
			}
			if a := d.call(t, d.Olga, POST, base+"/contacts/aggregate", map[string]any{"group": []string{field}}); a.status != 422 {
				t.Errorf("group by %s: %d %s", field, a.status, a.body)
			}
			if a := d.call(t, d.Olga, GET, base+"/contacts/export?fields="+field, nil); a.status == 200 && (strings.Contains(string(a.body), "hidden.example") || strings.Contains(string(a.body), "612345")) {
				t.Errorf("export of %s: %s", field, a.body)
			}
			if a := d.call(t, d.Olga, POST, base+"/contacts", map[string]any{"last_name": "x", field: "a@b.example"}); a.status != 422 {
				t.Errorf("set %s: %d %s", field, a.status, a.body)
			}
		}
		d.call(t, d.Olga, GET, base+"/contacts?fields=email", nil).is(422)
		if a := d.call(t, d.Olga, GET, base+"/contacts/export", nil).is(200); strings.Contains(string(a.body), "hidden.example") || strings.Contains(string(a.body), "612345") {
			t.Errorf("export shows %s", a.body)
		}
		if n := len(d.call(t, d.Olga, GET, base+"/search?q=hidden", nil).is(200).items()); n != 0 {
			t.Error("search finds by a hidden field")
		}
		meta := string(d.call(t, d.Olga, GET, base+"/objects/contacts", nil).is(200).body)
		document := string(d.call(t, d.Olga, GET, base+"/openapi.json", nil).is(200).body)
		if strings.Contains(meta, `"name":"email"`) || !strings.Contains(meta, `"right":"masked"`) {
			t.Errorf("metadata: %s", meta)
		}
		if i := strings.Index(document, `"contact":{`); i < 0 || strings.Contains(document[i:i+strings.Index(document[i:], `"deal`)], `"email"`) {
			t.Error("the document tells of a hidden field")
		}
	})
}

func TestUniqueClashWithAnUnseenRecord(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		d.open(t, "deal", access.Private)
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "A"})
		theirs := d.create(t, d.Rita, "deals", map[string]any{"name": "Theirs", "account": account, "external_id": "key-1"})
		a := d.call(t, d.Olga, POST, base+"/deals", map[string]any{"name": "Mine", "account": account, "external_id": "key-1"})
		if f := a.problem(422, "record.invalid"); f["external_id"].Key != "field.in_use" {
			t.Errorf("fields are %v", f)
		}
		if s := string(a.body); strings.Contains(s, theirs) || strings.Contains(s, "Theirs") {
			t.Errorf("it tells of the other: %s", s)
		}
		a = d.call(t, d.Rita, POST, base+"/deals", map[string]any{"name": "Mine", "account": account, "external_id": "key-1"})
		if f := a.problem(422, "record.invalid")["external_id"]; f.Key != "field.in_use" || !strings.Contains(string(a.body), `"record":"`+theirs+`"`) || !strings.Contains(string(a.body), "Already in use by “Theirs”") {
			t.Errorf("who sees the other is told of it: %s", a.body)
		}
		rows := d.call(t, d.Olga, POST, base+"/deals/batch", map[string]any{"match": "external_id", "per_row": true, "writes": []any{
			map[string]any{"values": map[string]any{"name": "Mine", "account": account, "external_id": "key-1"}}}}).is(200)
		if got := rows.items()[0]; got["status"] != "failed" || strings.Contains(string(rows.body), theirs) {
			t.Errorf("got %s", rows.body)
		}
	})
}

func TestBatchLimits(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		many := make([]any, 1001)
		for i := range many {
			many[i] = map[string]any{"values": map[string]any{"name": "x"}}
		}
		path := base + "/accounts/batch"
		d.call(t, d.Rita, POST, path, map[string]any{"writes": many}).problem(413, "record.batch_too_large")
		for body, field := range map[string]string{
			`{"writes": {}}`:                        "writes",
			`{"write": []}`:                         "write",
			`{"writes": [1]}`:                       "writes[0]",
			`{"writes": [{"op": "drop"}]}`:          "writes[0].op",
			`{"writes": [{"op": "update"}]}`:        "writes[0].id",
			`{"writes": [{"op": "upsert"}]}`:        "writes[0].match",
			`{"writes": [{}, {"valeus": {}}]}`:      "writes[1].valeus",
			`{"writes": [], "per_row": "yes"}`:      "per_row",
			`{"writes": [{}], "match": "website"}`:  "match",
			`{"writes": [{"id": 5, "values": {}}]}`: "writes[0].id",
		} {
			a := d.call(t, d.Rita, POST, path, body)
			if a.status != 422 || !strings.Contains(string(a.body), `"field":"`+field+`"`) {
				t.Errorf("%s: %d %s", body, a.status, a.body)
			}
		}
	})
}

func TestFilterIsWhatWasTyped(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		d.create(t, d.Rita, "accounts", map[string]any{"name": `O'Brien "&" Söhne; DROP TABLE`})
		filter := url.QueryEscape(`name = "O'Brien \"&\" Söhne; DROP TABLE"`)
		if n := len(d.call(t, d.Rita, GET, base+"/accounts?filter="+filter, nil).is(200).items()); n != 1 {
			t.Errorf("%d found", n)
		}
	})
}
