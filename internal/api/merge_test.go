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

// A trial of a merge tells that it would be refused, and why.
func TestATrialOfAMergeTellsOfRefusal(t *testing.T) {
	eachQuiet(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme"})
		deal := func(name string) string {
			return d.create(t, d.Rita, "deals", map[string]any{"name": name, "account": account, "amount": "10"})
		}
		won, open := deal("Won"), deal("Open")
		d.call(t, d.Rita, POST, base+"/deals/"+won+"/win", map[string]any{}).is(200)
		trial := map[string]any{"with": won, "dry_run": true}
		plan := d.call(t, d.Rita, POST, base+"/deals/"+open+"/merge", trial).is(200).json()
		if refused, _ := plan["refused"].(map[string]any); refused["key"] != "contract.deal_not_won" || refused["detail"] == refused["key"] {
			t.Errorf("with a contract: %v", plan["refused"])
		}
		contract := d.call(t, d.Rita, GET, base+"/contracts", nil).is(200).items()[0]["id"].(string)
		d.call(t, d.Rita, DELETE, base+"/contracts/"+contract, nil).is(204)
		plan = d.call(t, d.Rita, POST, base+"/deals/"+open+"/merge", trial).is(200).json()
		if refused, _ := plan["refused"].(map[string]any); refused["key"] != "deal.won_into_open" {
			t.Errorf("without one: %v", plan["refused"])
		}
		d.call(t, d.Rita, POST, base+"/deals/"+open+"/merge", map[string]any{"with": won}).problem(409, "deal.won_into_open")
		plan = d.call(t, d.Rita, POST, base+"/deals/"+won+"/merge", map[string]any{"with": open, "dry_run": true}).is(200).json()
		if plan["refused"] != nil {
			t.Errorf("the other way round: %v", plan["refused"])
		}
		d.call(t, d.Rita, GET, base+"/deals/"+open, nil).is(200) // nothing happened
		if n := len(d.call(t, d.Rita, GET, base+"/deals/"+won+"/history", nil).is(200).items()); n != 2 {
			t.Errorf("%d lines of history", n)
		}
		d.call(t, d.Rita, POST, base+"/deals/"+won+"/merge", map[string]any{"with": open}).is(200)
	})
}
