package api

import (
	"fmt"
	"testing"
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
