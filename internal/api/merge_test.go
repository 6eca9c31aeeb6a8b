package api

import "testing"

func TestMergeOverTheAPI(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		left := d.create(t, d.Rita, "contacts", map[string]any{"name": "Ana", "tags": []string{"a"}})
		right := d.create(t, d.Rita, "contacts", map[string]any{"name": "Ana López", "email": "ana@example.com", "tags": []string{"b"}})
		url := base + "/contacts/" + left + "/merge"
		d.create(t, d.Rita, "deals", map[string]any{"name": "D", "contact": right})
		plan := d.call(t, d.Rita, POST, url, map[string]any{"with": right, "dry_run": true, "picks": map[string]any{"name": "right"}}).is(200).json()
		if moves := plan["moves"].([]any); len(moves) == 0 || moves[0].(map[string]any)["count"] != 1.0 {
			t.Errorf("moves %v", moves)
		}
		d.call(t, d.Rita, GET, base+"/contacts/"+right, nil).is(200) // nothing happened yet
		for _, bad := range []struct {
			body   map[string]any
			status int
			key    string
		}{{map[string]any{"with": left}, 422, "dedupe.itself"}, {map[string]any{"with": "99"}, 404, "record.absent"},
			{map[string]any{"with": right, "picks": map[string]any{"name": "up"}}, 422, "dedupe.bad_pick"},
			{map[string]any{"with": right, "picks": map[string]any{"name": 3}}, 422, "dedupe.bad_pick"}} {
			d.call(t, d.Rita, POST, url, bad.body).problem(bad.status, bad.key)
		}
		d.call(t, d.Olga, POST, url, map[string]any{"with": right}).problem(403, "record.may_not_change")
		one := d.call(t, d.Rita, POST, url, map[string]any{"with": right, "picks": map[string]any{"name": "right"}, "values": map[string]any{"job_title": "CEO"}}).is(200).json()
		if one["name"] != "Ana López" || one["email"] != "ana@example.com" || one["job_title"] != "CEO" || len(one["tags"].([]any)) != 2 {
			t.Errorf("%v", one)
		}
		act, _ := one["act"].(string)
		line := d.call(t, d.Rita, GET, base+"/contacts/"+left+"/history", nil).is(200).items()[0]
		if act == "" || line["kind"] != "merge" || line["act"] != act || line["took"] != right || line["took_title"] != "Ana López" {
			t.Errorf("act %q, history %v", act, line)
		}
		d.call(t, d.Rita, POST, url, map[string]any{"with": right}).problem(404, "record.absent")
		a := d.call(t, d.Rita, GET, base+"/contacts/"+right, nil).is(301)
		if at := a.header.Get("Location"); at != base+"/contacts/"+left || a.json()["merged_into"] != left || a.json()["key"] != "api.merged" {
			t.Errorf("leads to %q: %v", at, a.json())
		}
		d.call(t, d.Rita, PATCH, base+"/contacts/"+right, map[string]any{"name": "x"}).is(404)
	})
}
