package api

import (
	"fmt"
	"strings"
	"testing"
)

func TestHistoryOfConfiguration(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		at := base + "/configuration/history"
		d.call(t, d.Ada, PATCH, base+"/settings", map[string]any{"workspace": "Acme"}).is(200)
		d.call(t, d.Ada, PATCH, base+"/openness", map[string]any{"deals": "team"}).is(200)
		source := d.create(t, d.Ada, "lead_sources", map[string]any{"name": "Fair"})
		d.call(t, d.Ada, PATCH, base+"/lead_sources/"+source, map[string]any{"name": "Trade fair"}).is(200)
		d.call(t, d.Ada, POST, base+"/schema/apply", map[string]any{"changes": []any{map[string]any{"op": "add_field", "object": "deal", "set": map[string]any{"name": "color", "kind": "text"}}}}).is(200)

		d.call(t, d.Rita, GET, at, nil).problem(403, "record.admin_only")
		list := d.call(t, d.Ada, GET, at+"?limit=5", nil).is(200).items()
		var told []string
		for _, x := range list {
			told = append(told, fmt.Sprint(x["subjects"], " ", x["who"]))
		}
		want := "[schema] Ada, [lead_source] Ada, [lead_source] Ada, [openness] Ada, [company] Ada"
		if got := strings.Join(told, ", "); got != want {
			t.Fatalf("told %s, want %s", got, want)
		}
		first := d.call(t, d.Ada, GET, at+"?limit=2", nil).is(200)
		if rest := d.call(t, d.Ada, GET, at+"?limit=3&cursor="+first.text("next"), nil).is(200).items(); rest[0]["id"] != list[2]["id"] {
			t.Errorf("the second page begins with %v", rest[0])
		}
		if got := d.call(t, d.Ada, GET, at+"?subject=lead_source&actor="+d.Ada.String(), nil).is(200).items(); len(got) != 2 || !strings.Contains(fmt.Sprint(got[0]["records"]), "Trade fair") {
			t.Errorf("of lead sources: %v", got)
		}
		d.call(t, d.Ada, GET, at+"?cursor=x", nil).problem(422, "query.bad_cursor")
		if got := d.call(t, d.Ada, GET, at+"?subject=nothing", nil).is(200).items(); len(got) != 0 {
			t.Errorf("of nothing: %v", got)
		}

		id := func(n int) string { return at + "/" + list[n]["id"].(string) }
		d.call(t, d.Rita, GET, id(0), nil).problem(403, "record.admin_only")
		d.call(t, d.Rita, POST, id(0)+"/revert", nil).problem(403, "record.admin_only")
		d.call(t, d.Ada, GET, at+"/12345", nil).problem(404, "record.no_act")
		plan := d.call(t, d.Ada, GET, id(2)+"?plan=true", nil).is(200).json()["revert"].(map[string]any)
		if plan["possible"] != false || !strings.Contains(fmt.Sprint(plan["hindrances"]), "It has changed since.") {
			t.Errorf("the plan of what changed since: %v", plan)
		}
		d.call(t, d.Ada, POST, id(2)+"/revert", nil).problem(409, "record.cannot_revert")
		for _, n := range []int{1, 2, 0, 3, 4} {
			back := d.call(t, d.Ada, POST, id(n)+"/revert", nil).is(200)
			if back.json()["undid"] != list[n]["id"] {
				t.Errorf("%v was reverted by %s", list[n], back.body)
			}
		}
		d.call(t, d.Ada, POST, id(4)+"/revert", nil).problem(409, "record.already_undone")
		if got := d.call(t, d.Ada, GET, base+"/settings", nil).is(200).text("name"); got == "Acme" {
			t.Error("the company is still Acme")
		}
		d.call(t, d.Ada, GET, base+"/lead_sources/"+source, nil).is(404)
		if text := string(d.call(t, d.Ada, GET, base+"/objects/deals", nil).is(200).body); strings.Contains(text, `"color"`) {
			t.Error("the field is still there")
		}
	})
}
