package api

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/value"
)

// accounts makes n accounts.
func (d *door) accounts(t *testing.T, member value.ID, n int) {
	t.Helper()
	for made := 0; made < n; {
		var writes []any
		for range min(500, n-made) {
			writes = append(writes, map[string]any{"values": map[string]any{"name": fmt.Sprintf("A%04d", made+len(writes))}})
		}
		d.call(t, member, POST, base+"/accounts/batch", map[string]any{"writes": writes}).is(200)
		made += len(writes)
	}
}

func figureOf(a *answer, name string) int {
	n, _ := a.json()[name].(float64)
	return int(n)
}

func TestBulkOfFewRecords(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		d.accounts(t, d.Rita, 5)
		d.accounts(t, d.Olga, 2)
		path := base + "/accounts/bulk"
		change := map[string]any{"filter": "owner = me()", "changes": map[string]any{"industry": "North"}}

		change["dry_run"] = true
		got := d.call(t, d.Rita, POST, path, change).is(200)
		if got.text("state") != "tried" || figureOf(got, "total") != 5 || figureOf(got, "changed") != 5 {
			t.Errorf("tried: %s", got.body)
		}
		if n := figureOf(d.call(t, d.Rita, GET, base+"/accounts?count=exact&filter="+url.QueryEscape(`industry = "North"`), nil).is(200), "count"); n != 0 {
			t.Errorf("a trial changed %d", n)
		}
		delete(change, "dry_run")
		got = d.call(t, d.Rita, POST, path, change).is(200)
		if got.text("state") != "done" || figureOf(got, "changed") != 5 || got.text("id") != "" || got.text("act") == "" {
			t.Errorf("done: %s", got.body)
		}
		d.call(t, d.Rita, POST, base+"/acts/"+got.text("act")+"/undo", nil).is(200)

		// Refusals are counted by reason, in words.
		change["filter"] = ""
		d.role(t, d.Rita, `{"objects":{"*":{"read":"all","create":"own","update":"own","delete":"own"}}}`)
		got = d.call(t, d.Rita, POST, path, change).is(200)
		failures, _ := got.json()["failures"].([]any)
		if figureOf(got, "total") != 7 || figureOf(got, "changed") != 5 || figureOf(got, "failed") != 2 || len(failures) != 1 {
			t.Fatalf("%s", got.body)
		}
		reason := failures[0].(map[string]any)
		if reason["key"] != "record.may_not_change" || reason["count"] != 2.0 || len(reason["records"].([]any)) != 2 || reason["message"] == reason["key"] {
			t.Errorf("%v", reason)
		}

		got = d.call(t, d.Rita, POST, path, map[string]any{"do": "delete", "filter": "owner = me()"}).is(200)
		if figureOf(got, "changed") != 5 {
			t.Errorf("deleted: %s", got.body)
		}
		got = d.call(t, d.Rita, POST, path, map[string]any{"do": "restore", "filter": `name = "A0001"`}).is(200)
		if figureOf(got, "changed") != 1 {
			t.Errorf("restored: %s", got.body)
		}

		for key, body := range map[string]map[string]any{
			"api.bad_body":        {"changes": map[string]any{"industry": "x"}},
			"record.bulk_of_what": {"filter": ""},
			"record.bulk_of_none": {"filter": `name = "nobody"`, "changes": map[string]any{"industry": "x"}},
			"record.invalid":      {"filter": "", "changes": map[string]any{"kinds": "moon"}},
			"expr.unknown_name":   {"filter": "nonsense = 1", "changes": map[string]any{"industry": "x"}},
		} {
			d.call(t, d.Rita, POST, path, body).problem(422, key)
		}
		both := map[string]any{"ids": []string{"1"}, "filter": "", "do": "delete"}
		if wrong := d.call(t, d.Rita, POST, path, both).problem(422, "api.bad_body"); wrong["ids"].Key != "api.ids_or_filter" {
			t.Errorf("%v", wrong)
		}
		d.role(t, d.Rita, `{"objects":{"*":{"read":"all"}}}`)
		d.call(t, d.Rita, POST, path, change).problem(403, "record.may_not_change")
		d.tokens[d.Max] = d.token(t, d.Max, access.ScopeRead)
		d.call(t, d.Max, POST, path, change).is(403)
	})
}

func TestBulkOfManyRecords(t *testing.T) {
	eachQuiet(t, func(t *testing.T, d *door) {
		d.accounts(t, d.Rita, 1200)
		path := base + "/accounts/bulk"
		got := d.call(t, d.Rita, POST, path, map[string]any{"filter": `name starts "A"`, "changes": map[string]any{"industry": "North"}}).is(202)
		job := got.header.Get("Location")
		if got.text("state") != "running" || figureOf(got, "total") != 1200 || job != base+"/jobs/"+got.text("id") {
			t.Fatalf("%s %s", job, got.body)
		}
		d.call(t, d.Olga, GET, job, nil).problem(404, "record.no_bulk")
		d.call(t, d.Olga, POST, job+"/stop", nil).problem(404, "record.no_bulk")
		d.Drain(t)
		got = d.call(t, d.Rita, GET, job, nil).is(200)
		if got.text("state") != "done" || figureOf(got, "changed") != 1200 || got.text("finished_at") == "" || got.json()["changes"].(map[string]any)["industry"] != "North" {
			t.Errorf("%s", got.body)
		}
		d.call(t, d.Rita, POST, job+"/stop", nil).problem(409, "record.bulk_over")
		d.call(t, d.Rita, POST, base+"/acts/"+got.text("act")+"/undo", nil).is(202)
		d.Drain(t)
		if n := figureOf(d.call(t, d.Rita, GET, base+"/accounts?count=exact&filter="+url.QueryEscape(`industry = "North"`), nil).is(200), "count"); n != 0 {
			t.Errorf("%d are still changed", n)
		}

		got = d.call(t, d.Rita, POST, path, map[string]any{"filter": "", "do": "delete"}).is(202)
		stopped := d.call(t, d.Rita, POST, base+"/jobs/"+got.text("id")+"/stop", nil).is(200)
		if stopped.text("state") != "stopped" || figureOf(stopped, "changed") != 0 {
			t.Errorf("%s", stopped.body)
		}
		page := d.call(t, d.Rita, GET, base+"/jobs?limit=1", nil).is(200)
		if items := page.items(); len(items) != 1 || items[0]["id"] != got.text("id") {
			t.Errorf("%s", page.body)
		}
		if rest := d.call(t, d.Rita, GET, base+"/jobs?cursor="+page.text("next"), nil).is(200).items(); len(rest) != 1 {
			t.Errorf("%v", rest)
		}
		if none := d.call(t, d.Olga, GET, base+"/jobs", nil).is(200).items(); len(none) != 0 {
			t.Errorf("%v", none)
		}
		d.call(t, d.Rita, GET, base+"/jobs?cursor=x", nil).is(422)
	})
}

// A saved view narrows figures, files and bulk changes as it does lists.
func TestSavedViewsUnderFiguresAndFiles(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		d.accounts(t, d.Ada, 12)
		d.call(t, d.Ada, POST, base+"/schema/apply", map[string]any{"changes": []any{map[string]any{"op": "add_field", "object": "account", "set": map[string]any{"name": "color", "kind": "text"}}}}).is(200)
		view := d.create(t, d.Ada, "views", map[string]any{"name": "Tens", "object": "accounts", "visibility": "all", "filter": `name starts "A001"`, "sort": "-name", "columns": "name"})
		count := func() int {
			got := d.call(t, d.Rita, POST, base+"/accounts/aggregate?view="+view, map[string]any{"filter": `name != "A0010"`}).is(200)
			total, _ := got.json()["total"].(map[string]any)
			values, _ := total["values"].([]any)
			n, _ := values[0].(float64)
			return int(n)
		}
		if n := count(); n != 1 {
			t.Errorf("%d accounts in the figures", n)
		}
		if got := d.call(t, d.Ada, GET, base+"/accounts/export?format=jsonl&view="+view, nil).is(200); string(got.body) != "{\"name\":\"A0011\"}\n{\"name\":\"A0010\"}\n" {
			t.Errorf("the file is %s", got.body)
		}
		got := d.call(t, d.Ada, POST, base+"/accounts/bulk?view="+view, map[string]any{"changes": map[string]any{"color": "red"}, "dry_run": true}).is(200)
		if figureOf(got, "total") != 2 {
			t.Errorf("%s", got.body)
		}

		// A view on a field that is gone says which.
		d.call(t, d.Ada, PATCH, base+"/views/"+view, map[string]any{"filter": `color = "red"`}).is(200)
		d.call(t, d.Ada, POST, base+"/schema/apply", map[string]any{"changes": []any{map[string]any{"op": "remove_field", "object": "account", "field": "color"}}}).is(200)
		for _, a := range []*answer{
			d.call(t, d.Ada, GET, base+"/accounts?view="+view, nil),
			d.call(t, d.Ada, GET, base+"/accounts/export?view="+view, nil),
			d.call(t, d.Ada, POST, base+"/accounts/aggregate?view="+view, map[string]any{}),
			d.call(t, d.Ada, POST, base+"/accounts/bulk?view="+view, map[string]any{"do": "delete"}),
		} {
			wrong := a.problem(422, "record.view_broken")
			if !strings.Contains(wrong["filter"].Message, "“color”") {
				t.Errorf("%s: %s", a.what, a.body)
			}
		}
	})
}
