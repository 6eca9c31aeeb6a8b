package api

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/schema"
)

// Dashboards answer over the API what their pages show, tile by tile: figures of
// the caller's own rights, and a tile that is not there in words.
func TestDashboardsAnswer(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Aurora"})
		d.create(t, d.Rita, "deals", map[string]any{"name": "Pumps", "account": account, "amount": "500", "close_date": "2026-03-20"})
		d.create(t, d.Ada, "dashboards", map[string]any{"name": "Mine alone", "layout": `{"tiles":[{"kind":"list","of":"deals","column":"amount","width":6},{"kind":"chart","of":"no-such","width":6}]}`})
		keys := map[string]string{}
		for _, x := range d.call(t, d.Ada, GET, base+"/reports/dashboards", nil).is(200).json()["items"].([]any) {
			item := x.(map[string]any)
			keys[item["title"].(string)] = item["key"].(string)
			at := base + "/reports/dashboards/" + item["key"].(string)
			tiles := d.call(t, d.Ada, GET, at, nil).is(200).json()["tiles"].([]any)
			if item["title"] == "Mine alone" {
				continue
			}
			for n := range tiles {
				tile := d.call(t, d.Ada, GET, fmt.Sprintf("%s/%d?period=this_year&person=%s", at, n, d.Rita), nil).is(200).json()
				if tile["title"] == "" || tile["kind"] != tiles[n].(map[string]any)["kind"] {
					t.Errorf("%s, tile %d: %v", item["key"], n, tile)
				}
			}
			d.call(t, d.Ada, GET, fmt.Sprintf("%s/%d", at, len(tiles)), nil).problem(404, "report.no_tile")
			d.call(t, d.Ada, GET, at+"/x", nil).problem(404, "report.no_tile")
		}
		own := base + "/reports/dashboards/" + keys["Mine alone"]
		if tile := d.call(t, d.Ada, GET, own+"/0", nil).is(200).json(); tile["count"] != 1.0 || tile["rows"].([]any)[0].(map[string]any)["cells"].([]any)[0] != "Pumps" {
			t.Errorf("a list: %v", tile)
		}
		d.call(t, d.Ada, GET, own+"/1", nil).problem(404, "report.absent")
		d.call(t, d.Rita, GET, own, nil).is(404)
		d.call(t, d.Rita, GET, base+"/reports/dashboards/none", nil).problem(404, "report.no_dashboard")
	})
}

// What stands on a figure that the caller may not read is refused or left out, tile
// by tile: masked data is told nowhere, and the others answer.
func TestTilesOfMaskedData(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Ada, "accounts", map[string]any{"name": "Aurora"})
		d.create(t, d.Ada, "deals", map[string]any{"name": "Pumps", "account": account, "amount": "4321.99", "close_date": "2026-03-20"})
		own := d.create(t, d.Ada, "saved_reports", map[string]any{"name": "Ada's alone", "object": "deal"})
		rich := d.create(t, d.Ada, "saved_reports", map[string]any{"name": "Rich", "object": "deal", "filter": "amount > 4000", "visibility": "all"})
		board := d.create(t, d.Ada, "dashboards", map[string]any{"name": "Ours", "visibility": "all", "layout": `{"tiles":[{"kind":"number","of":"pipeline","column":"amount","width":3},` +
			`{"kind":"table","of":"` + own + `","width":6},{"kind":"table","of":"` + rich + `","width":6},{"kind":"list","of":"deals","column":"name, amount","width":6},` +
			`{"kind":"panel","of":"forecast","width":6},{"kind":"number","of":"pipeline","column":"deals","width":3}]}`})
		at := func(n int) string { return fmt.Sprintf("%s/reports/dashboards/%s/%d", base, board, n) }
		for n := range 6 {
			if a := d.call(t, d.Ada, GET, at(n), nil).is(200); (n == 0 || n == 3) && !strings.Contains(digits(a), "4321.99") {
				t.Errorf("tile %d lacks the amount: %s", n, a.body)
			}
		}
		d.Mask(t, "deal.amount")
		d.call(t, d.Rita, GET, at(1), nil).problem(404, "report.absent")
		d.call(t, d.Rita, GET, at(2), nil).problem(403, "report.hidden")
		for _, path := range []string{"/reports/dashboards/" + board + "/0", "/reports/dashboards/" + board + "/3", "/reports/pipeline", "/reports/efficiency", "/reports/changes", "/forecast/changes"} {
			d.call(t, d.Rita, GET, base+path, nil).problem(403, "report.hidden")
			d.call(t, d.Ada, GET, base+path, nil).is(200)
		}
		d.call(t, d.Rita, GET, base+"/reports/ranking?filter=amount+%3E+5", nil).is(422)            // her own words, as of any name
		d.call(t, d.Rita, GET, base+"/reports/activity-by-person?filter=nosuch+%3E+5", nil).is(422) // that is not there
		for n := range 5 {
			if a := d.call(t, d.Rita, GET, at(n), nil); a.status < 400 || a.status >= 500 || strings.Contains(digits(a), "4321.99") || strings.Contains(string(a.body), "Ada's alone") {
				t.Errorf("tile %d: %d %s", n, a.status, a.body)
			}
		}
		if tile := d.call(t, d.Rita, GET, at(5), nil).is(200).json(); tile["report"].(map[string]any)["total"].(map[string]any)["deals"] != 1.0 {
			t.Errorf("what she may see: %v", tile)
		}
	})
}

// digits is an answer without what parts thousands.
func digits(a *answer) string { return strings.ReplaceAll(string(a.body), ",", "") }

// A report on a field that is gone is marked in the list, and refused with the same
// sentence as a report, a file and a tile.
func TestAReportOnAFieldThatIsGone(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		change := func(changes ...schema.Change) {
			t.Helper()
			if _, err := d.Workspace.Engine().ApplySchema(t.Context(), record.Who{Member: d.Ada, Door: "api"}, changes, 0); err != nil {
				t.Fatal(err)
			}
		}
		change(schema.Change{Op: schema.AddField, Object: "deal", Set: json.RawMessage(`{"name":"places","kind":"whole","labels":{"en":"Places"}}`)})
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Aurora"})
		for n := range 3 {
			d.create(t, d.Rita, "deals", map[string]any{"name": "Pumps", "account": account, "places": n})
		}
		id := d.create(t, d.Rita, "saved_reports", map[string]any{"name": "Many places", "object": "deal", "filter": "places > 1", "visibility": "all"})
		board := d.create(t, d.Rita, "dashboards", map[string]any{"name": "Ours", "visibility": "all", "layout": `{"tiles":[{"kind":"table","of":"` + id + `","width":6}]}`})
		paths := []string{"/reports/" + id, "/reports/file/" + id + "?format=csv", "/reports/dashboards/" + board + "/0"}
		for _, path := range paths {
			d.call(t, d.Max, GET, base+path, nil).is(200)
		}
		change(schema.Change{Op: schema.RemoveField, Object: "deal", Field: "places"})
		for _, path := range paths {
			d.call(t, d.Max, GET, base+path, nil).problem(422, "report.broken")
		}
		for _, x := range d.call(t, d.Max, GET, base+"/reports", nil).is(200).items() {
			if problem, _ := x["problem"].(string); (x["name"] == id) != strings.Contains(problem, "fields that are gone") {
				t.Errorf("%v is marked %q", x["name"], problem)
			}
		}
	})
}
