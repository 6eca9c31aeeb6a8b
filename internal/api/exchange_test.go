package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"strings"
	"testing"
)

func TestImportAndExport(t *testing.T) {
	eachQuiet(t, func(t *testing.T, d *door) {
		started := d.call(t, d.Ada, POST, base+"/imports?object=accounts&name=a.csv", "Name,Website\nOne,https://one.example\nTwo,https://two.example\n,https://none.example\n").is(202)
		path := started.header.Get("Location")
		if path != base+"/imports/"+started.text("id") {
			t.Errorf("Location is %s", path)
		}
		d.Drain(t)
		run := d.call(t, d.Ada, GET, path, nil).is(200).json()
		if run["state"] != "done" || run["created"] != 2.0 || run["failed"] != 1.0 {
			t.Errorf("import is %v", run)
		}
		d.call(t, d.Bob, GET, path, nil).problem(404, "import.absent")
		bad := d.call(t, d.Ada, GET, path+"/errors", nil).is(200)
		if s := bad.header.Get("Content-Disposition"); !strings.HasPrefix(s, "attachment") || !strings.Contains(string(bad.body), "none.example") {
			t.Errorf("errors: %s %s", s, bad.body)
		}
		csv := d.call(t, d.Ada, GET, base+"/accounts/export?fields=name,website&sort=name", nil).is(200)
		if got := strings.TrimPrefix(string(csv.body), "\ufeff"); !strings.HasPrefix(got, "name,website\r\nOne,https://one.example") {
			t.Errorf("export is %q", got)
		}
		d.call(t, d.Ada, GET, base+"/accounts/export?format=xlsx", nil).is(200)
		d.call(t, d.Ada, GET, base+"/accounts/export?format=jsonl&filter=nosuch", nil).is(422)
		d.call(t, d.Ada, GET, base+"/accounts/export?format=pdf", nil).problem(400, "api.bad_parameter")
		d.call(t, d.Ada, POST, path+"/undo", nil).is(200)
		if n := len(d.call(t, d.Ada, GET, base+"/accounts", nil).is(200).items()); n != 0 {
			t.Errorf("%d accounts after the undo", n)
		}
	})
}

func TestImportForms(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		form := func(parts ...string) (string, string) {
			var b bytes.Buffer
			w := multipart.NewWriter(&b)
			for _, p := range parts {
				name, text, _ := strings.Cut(p, "=")
				if name == "file" {
					part, err := w.CreateFormFile("file", `..\..\evil/na"me.csv`)
					if err != nil {
						t.Fatal(err)
					}
					fmt.Fprint(part, text)
					continue
				}
				if err := w.WriteField(name, text); err != nil {
					t.Fatal(err)
				}
			}
			w.Close()
			return b.String(), "Content-Type: " + w.FormDataContentType()
		}
		send := func(parts ...string) *answer {
			body, header := form(parts...)
			return d.call(t, d.Ada, POST, base+"/imports", body, header)
		}
		if got := send("object=accounts", `mapping={"columns": {"Firm": "name"}}`, "dry_run=true", "file=Firm\nOne\n").is(202).text("name"); got != "name.csv" {
			t.Errorf("the file is called %q", got)
		}
		send("object=accounts").problem(422, "api.bad_body")
		send("file=a\n").problem(422, "api.bad_body")
		send("object=accounts", "nosuch=1", "file=a\n").problem(422, "api.bad_body")
		send("object=accounts", "mapping={", "file=a\n").problem(400, "api.bad_json")
		send("object=accounts", `mapping={"colums": {}}`, "file=a\n").problem(422, "import.bad_mapping")
		send("object=nosuch", "file=a\n").problem(404, "record.no_object")
		send("object=accounts", "dry_run=1", "file=Name\nTwo\n").problem(422, "api.bad_body")
		send("object=accounts", "file=Name\nTwo\n", "dry_run=true").problem(422, "api.bad_body")
		send("object=accounts", "file="+strings.Repeat("Name\nTwo\n", 20_000), "dry_run=true").problem(422, "api.bad_body")
		body, header := form("object=accounts", "file=a\n")
		d.call(t, d.Ada, POST, base+"/imports", body[:40], header).is(422)
		d.call(t, d.Ada, POST, base+"/imports", body, "Content-Type: multipart/form-data").problem(422, "api.bad_form")
	})
}

func TestReportsAreServed(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		list := d.call(t, d.Rita, GET, base+"/reports", nil).is(200).items()
		if len(list) == 0 {
			t.Fatal("no reports")
		}
		for _, r := range list {
			name, _ := r["name"].(string)
			d.call(t, d.Rita, GET, base+"/reports/"+name, nil).is(200)
			d.call(t, d.Rita, GET, base+"/reports/"+name+"?from=2026-02-01&to=2026-01-01", nil).problem(422, "report.bad_period")
		}
		d.call(t, d.Rita, GET, base+"/reports/nosuch", nil).problem(404, "report.absent")
		d.call(t, d.Rita, GET, base+"/reports/nosuch?from=yesterday", nil).problem(400, "api.bad_parameter")
	})
}

// The document is one that a program can read, names every operation, follows
// every reference, and is the same bytes until something changes.
func TestOpenAPIDocument(t *testing.T) {
	eachQuiet(t, func(t *testing.T, d *door) {
		first := d.call(t, d.Rita, GET, base+"/openapi.json", nil).is(200)
		var doc struct {
			OpenAPI    string
			Paths      map[string]map[string]any
			Components struct{ Schemas map[string]any }
		}
		if err := json.Unmarshal(first.body, &doc); err != nil {
			t.Fatal(err)
		}
		if doc.OpenAPI != "3.1.0" || doc.Paths["/deals/{id}"]["patch"] == nil || doc.Paths["/deals/{id}/win"]["post"] == nil || doc.Paths["/session"]["post"] == nil {
			t.Errorf("paths are missing")
		}
		for rest := string(first.body); ; {
			_, after, ok := strings.Cut(rest, `"$ref":"#/components/schemas/`)
			if !ok {
				break
			}
			name, more, _ := strings.Cut(after, `"`)
			if doc.Components.Schemas[name] == nil {
				t.Errorf("nothing is called %s", name)
			}
			rest = more
		}
		tag := first.header.Get("ETag")
		d.call(t, d.Rita, GET, base+"/openapi.json", nil, "If-None-Match: "+tag).is(304)
		if got := d.call(t, d.Max, GET, base+"/openapi.json", nil).is(200); got.header.Get("ETag") != tag {
			t.Error("two reps have different documents")
		}
		if got := d.call(t, d.Ada, GET, base+"/openapi.json", nil).is(200); got.header.Get("ETag") == tag {
			t.Error("a rep and an administrator have the same document")
		}
		d.call(t, d.Ada, POST, base+"/schema/apply", map[string]any{"changes": []any{map[string]any{"op": "add_object", "set": map[string]any{"name": "boat"}}}}).is(200)
		again := d.call(t, d.Rita, GET, base+"/openapi.json", nil, "If-None-Match: "+tag).is(200)
		if !strings.Contains(string(again.body), `"/boats/{id}"`) {
			t.Error("a new object is not described")
		}
		d.create(t, d.Ada, "boats", map[string]any{"name": "Argo"})
	})
}

func TestSchemaPlans(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		change := func(op string) map[string]any {
			return map[string]any{"changes": []any{map[string]any{"op": op, "object": "stage"}}}
		}
		plan := d.call(t, d.Ada, POST, base+"/schema/plan", map[string]any{"changes": []any{map[string]any{"op": "add_object", "set": map[string]any{"name": "boat"}}}}).is(200).json()
		if plan["refused"] != false {
			t.Errorf("plan is %v", plan)
		}
		d.call(t, d.Ada, POST, base+"/schema/plan", change("drop_everything")).problem(422, "schema.unknown_op")
		d.call(t, d.Ada, POST, base+"/schema/apply", change("remove_object")).problem(422, "schema.fixed")
		d.call(t, d.Ada, POST, base+"/schema/plan", map[string]any{"chagnes": []any{}}).problem(422, "api.bad_body")
		d.call(t, d.Ada, POST, base+"/schema/apply", map[string]any{"base": 99, "changes": []any{map[string]any{"op": "add_object", "set": map[string]any{"name": "boat"}}}}).problem(409, "schema.stale")
		export := d.call(t, d.Ada, GET, base+"/schema", nil).is(200)
		var same map[string]any
		if err := json.Unmarshal(export.body, &same); err != nil {
			t.Fatal(err)
		}
		if a := d.call(t, d.Ada, POST, base+"/schema/plan", same); a.status != 422 {
			t.Errorf("an export planned over itself: %d %.300s", a.status, a.body)
		}
	})
}
