package api

import (
	"strings"
	"testing"

	"wellmet/internal/access"
)

func TestFilesFollowTheirRecord(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		d.open(t, "account", access.Private)
		path := base + "/accounts/" + d.create(t, d.Rita, "accounts", map[string]any{"name": "A"}) + "/files"
		page := "<html><script>alert(1)</script></html>"
		made := d.call(t, d.Rita, POST, path+"?name=..%2F..%2Foff%22er%E2%80%AE.html", page, "Content-Type: text/html").is(201)
		file := made.header.Get("Location")
		if name := made.text("name"); strings.ContainsAny(name, "/\u202e") {
			t.Errorf("the file is called %q", name)
		}
		got := d.call(t, d.Rita, GET, file, nil).is(200)
		if string(got.body) != page || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") ||
			!strings.Contains(got.header.Get("Content-Security-Policy"), "sandbox") || got.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s %v", got.body, got.header)
		}
		d.call(t, d.Olga, GET, file, nil).problem(404, "record.absent")
		d.call(t, d.Olga, GET, path, nil).problem(404, "record.absent")
		d.call(t, d.Olga, POST, path, "x").problem(404, "record.absent")
		d.open(t, "account", access.Open)
		d.call(t, d.Olga, GET, file, nil).is(200)
		d.call(t, d.Olga, POST, path, "x").problem(403, "record.may_not_change")
		d.call(t, d.Olga, DELETE, file, nil).problem(403, "record.may_not_change")
		if n := len(d.call(t, d.Rita, GET, path, nil).is(200).items()); n != 1 {
			t.Errorf("%d files", n)
		}
		d.call(t, d.Rita, DELETE, file, nil).is(204)
		d.call(t, d.Rita, GET, file, nil).problem(404, "record.no_file")
		of := strings.TrimSuffix(path, "/files")
		lines := d.call(t, d.Olga, GET, of+"/history", nil).is(200).items()
		if len(lines) != 3 || lines[0]["kind"] != "detach" || lines[1]["kind"] != "attach" || lines[1]["file"].(map[string]any)["size"] != float64(len(page)) || lines[1]["actor"] == nil {
			t.Errorf("history tells %v", lines)
		}
		trace := d.call(t, d.Olga, GET, of+"/trace", nil).is(200).json()["files"].([]any)
		if len(trace) != 2 || trace[0].(map[string]any)["kind"] != "attach" || trace[1].(map[string]any)["kind"] != "detach" {
			t.Errorf("the trace tells %v", trace)
		}
		d.open(t, "account", access.Private)
		d.call(t, d.Olga, GET, of+"/trace", nil).problem(404, "record.absent")
	})
}

func TestTimelineMergesActivitiesAndChanges(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "A"})
		d.create(t, d.Rita, "activities", map[string]any{"kind": "note", "body": "They called.", "about": []string{"account:" + account}})
		d.call(t, d.Rita, PATCH, base+"/accounts/"+account, map[string]any{"name": "B"}).is(200)
		path := base + "/accounts/" + account + "/timeline"
		all := d.call(t, d.Rita, GET, path, nil).is(200).items()
		if len(all) != 3 {
			t.Errorf("%d entries: %v", len(all), all)
		}
		seen := 0
		for next := ""; ; {
			page := d.call(t, d.Rita, GET, path+"?limit=1"+next, nil).is(200)
			seen += len(page.items())
			if page.text("next") == "" {
				break
			}
			next = "&cursor=" + page.text("next")
		}
		if seen != 3 {
			t.Errorf("%d entries by pages of one", seen)
		}
		if notes := d.call(t, d.Rita, GET, path+"?kinds=note", nil).is(200).items(); len(notes) != 1 {
			t.Errorf("notes: %v", notes)
		}
		d.call(t, d.Rita, GET, path+"?cursor=x", nil).problem(400, "api.bad_parameter")
	})
}

func TestAnImportIsStartedOnce(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		send := func(path string) *answer {
			return d.call(t, d.Ada, POST, base+path, "name\nA\n", "Idempotency-Key: file-1")
		}
		first, again := send("/imports?object=accounts").is(202), send("/imports?object=accounts").is(202)
		if first.text("id") == "" || first.text("id") != again.text("id") || again.header.Get("Location") != first.header.Get("Location") {
			t.Errorf("first %s, again %s", first.body, again.body)
		}
		send("/imports?object=contacts").problem(422, "api.key_other_request")
		d.call(t, d.Rita, POST, base+"/imports?object=accounts", "name\nA\n", "Idempotency-Key: mine").problem(403, "import.not_allowed")
		d.call(t, d.Rita, POST, base+"/imports?object=accounts", "name\nA\n", "Idempotency-Key: mine").problem(403, "import.not_allowed")
	})
}
