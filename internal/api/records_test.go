package api

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wellmet/internal/access"
)

func TestRecordsThroughTheirLife(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Ærø & Søn"})
		made := d.call(t, d.Rita, POST, base+"/deals", map[string]any{"name": "Ships", "account": account,
			"amount": map[string]any{"amount": "1234.50", "currency": "EUR"}}).is(201)
		id := made.text("id")
		if got := made.header.Get("Location"); got != base+"/deals/"+id {
			t.Errorf("Location is %s", got)
		}
		if got := made.header.Get("Etag"); got != `"1"` {
			t.Errorf("ETag is %s", got)
		}
		got := d.call(t, d.Rita, GET, base+"/deals/"+id+"?fields=name,account.name,amount", nil).is(200)
		if want := `{"id":"` + id + `","version":1,"name":"Ships","account.name":"Ærø & Søn","amount":{"amount":"1234.50","currency":"EUR"}}`; string(got.body) != want {
			t.Errorf("got  %s\nwant %s", got.body, want)
		}
		changed := d.call(t, d.Rita, PATCH, base+"/deals/"+id, map[string]any{"name": "Boats"}, `If-Match: "1"`).is(200)
		if changed.text("name") != "Boats" || changed.header.Get("Etag") != `"2"` {
			t.Errorf("changed to %s, %s", changed.body, changed.header.Get("Etag"))
		}
		d.call(t, d.Rita, DELETE, base+"/deals/"+id, nil).is(204)
		d.call(t, d.Rita, GET, base+"/deals/"+id, nil).problem(404, "record.absent")
		if n := len(d.call(t, d.Rita, GET, base+"/deals?trash=true", nil).is(200).items()); n != 1 {
			t.Errorf("%d in the trash", n)
		}
		d.call(t, d.Rita, POST, base+"/deals/"+id+"/restore", nil).is(200)
		history := d.call(t, d.Rita, GET, base+"/deals/"+id+"/history", nil).is(200).items()
		var kinds []string
		for _, h := range history {
			kinds = append(kinds, fmt.Sprint(h["kind"], " ", h["cause"]))
		}
		if got := strings.Join(kinds, ", "); got != "restore deals.restore, delete deals.delete, update deals.update, create deals.create" {
			t.Errorf("history is %s", got)
		}
	})
}

func TestPagesAndCounts(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		for i := range 7 {
			d.create(t, d.Rita, "accounts", map[string]any{"name": fmt.Sprintf("Account %d", i)})
		}
		var names []string
		path := base + "/accounts?sort=name&limit=3&fields=name&count=exact"
		for next := ""; ; {
			page := d.call(t, d.Rita, GET, path+next, nil).is(200)
			if n := page.json()["count"]; n != 7.0 {
				t.Errorf("count is %v", n)
			}
			for _, x := range page.items() {
				names = append(names, x["name"].(string))
			}
			if page.text("next") == "" {
				break
			}
			next = "&cursor=" + page.text("next")
		}
		if len(names) != 7 || names[0] != "Account 0" || names[6] != "Account 6" {
			t.Errorf("pages hold %v", names)
		}
	})
}

func TestOthersChanges(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		id := d.create(t, d.Rita, "accounts", map[string]any{"name": "One", "website": "https://one.example"})
		path := base + "/accounts/" + id
		d.call(t, d.Max, PATCH, path, map[string]any{"name": "Two"}).is(200)

		merged := d.call(t, d.Rita, PATCH, path, map[string]any{"website": "https://new.example"}, "If-Match: 1").is(200)
		if merged.text("name") != "Two" || merged.header.Get("Etag") != `"3"` {
			t.Errorf("merged to %s", merged.body)
		}
		fields := d.call(t, d.Rita, PATCH, path, map[string]any{"name": "Three"}, `If-Match: "1"`).problem(409, "record.stale")
		if f := fields["name"]; f.Theirs != "Two" || f.Value != "Three" {
			t.Errorf("both values are wanted, got %+v", f)
		}
		d.call(t, d.Rita, PATCH, path, map[string]any{"website": "https://x.example"}, `If-Match: "1"`, "If-Match-Strict: true").problem(412, "record.stale")
		d.call(t, d.Rita, PATCH, path, map[string]any{"name": "Four"}, "If-Match: *").is(200)
		d.call(t, d.Rita, PATCH, path, map[string]any{"name": "Five"}, "If-Match: yes").problem(400, "api.bad_header")
	})
}

func TestDealsMoveAndClose(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "A"})
		deal := d.create(t, d.Rita, "deals", map[string]any{"name": "D", "account": account})
		stages := map[string]string{}
		for _, s := range d.call(t, d.Rita, GET, base+"/stages", nil).is(200).items() {
			stages[s["name"].(string)] = s["id"].(string)
		}
		path := base + "/deals/" + deal
		d.Pass(time.Hour) // the way through the stages is told by its times
		if got := d.call(t, d.Rita, POST, path+"/move", map[string]any{"stage": stages["Proposal"]}).is(200).text("stage"); got != stages["Proposal"] {
			t.Errorf("stage is %s", got)
		}
		d.Pass(time.Hour)
		d.call(t, d.Rita, POST, path+"/move", nil).problem(422, "api.bad_body")
		for address, body := range map[string]map[string]any{"/lose": {}, "/move": {"stage": stages["Lost"]}} {
			if wrong := d.call(t, d.Rita, POST, path+address, body).problem(422, "record.invalid"); wrong["reason"].Key != "deal.reason_required" {
				t.Errorf("%s without a reason: %v", address, wrong)
			}
		}
		if got := d.call(t, d.Rita, POST, path+"/lose", map[string]any{"reason": "moon"}).is(422); !strings.Contains(string(got.body), `"field":"reason"`) {
			t.Errorf("the input to mend is not named: %s", got.body)
		}
		if got := d.call(t, d.Rita, POST, path+"/win", map[string]any{"reason": "quality", "on": "2026-02-27", "note": "Over lunch"}).is(200); got.text("status") != "won" || got.text("close_date") != "2026-02-27" {
			t.Errorf("won: %s", got.body)
		}
		if got := d.call(t, d.Rita, GET, path+"/timeline?kinds=note", nil).is(200); !strings.Contains(string(got.body), "Over lunch") {
			t.Errorf("what was said is lost: %s", got.body)
		}
		if got := d.call(t, d.Rita, POST, path+"/reopen", nil).is(200); got.text("status") != "open" {
			t.Errorf("reopened: %s", got.body)
		}
		d.call(t, d.Rita, POST, path+"/reopen", nil).problem(409, "deal.not_closed")
		got := d.call(t, d.Rita, POST, path+"/move", map[string]any{"stage": stages["Lost"], "reason": "price", "competitor": "Trakka"}).is(200)
		if got.text("status") != "lost" || got.text("lost_reason") != "price" || got.text("competitor") != "Trakka" {
			t.Errorf("moved into a lost stage: %s", got.body)
		}
		if got := d.call(t, d.Rita, POST, path+"/move", map[string]any{"stage": stages["Proposal"]}).is(200); got.text("status") != "open" || got.text("lost_reason") != "" {
			t.Errorf("moved back into work: %s", got.body)
		}
		d.call(t, d.Olga, POST, path+"/win", nil).problem(403, "record.may_not_change")
		figures := d.call(t, d.Rita, POST, base+"/deals/aggregate", map[string]any{"group": []string{"stage.name"}, "measures": []string{"count", "sum:amount"}}).is(200)
		if !strings.Contains(string(figures.body), `"labels":["Proposal"]`) {
			t.Errorf("figures are %s", figures.body)
		}
	})
}

func TestBatch(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		path := base + "/deals/batch"
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "A"})
		deal := func(name, key string) map[string]any {
			return map[string]any{"name": name, "account": account, "external_id": key}
		}
		first := d.call(t, d.Rita, POST, path, map[string]any{"match": "external_id", "writes": []any{
			map[string]any{"values": deal("One", "k1")}, map[string]any{"op": "create", "values": deal("Two", "k2")}}}).is(200)
		if n := first.json()["created"]; n != 2.0 {
			t.Fatalf("created %v: %s", n, first.body)
		}
		two := first.items()[1]["id"].(string)
		second := d.call(t, d.Rita, POST, path, map[string]any{"match": "external_id", "writes": []any{
			map[string]any{"op": "upsert", "values": deal("Uno", "k1")}, map[string]any{"op": "upsert", "values": deal("Three", "k3")},
			map[string]any{"op": "delete", "id": two}}}).is(200).json()
		if second["created"] != 1.0 || second["updated"] != 1.0 || second["deleted"] != 1.0 || second["act"] == nil {
			t.Errorf("got %v", second)
		}
		bad := map[string]any{"writes": []any{map[string]any{"values": deal("Four", "k4")}, map[string]any{"values": map[string]any{"nmae": "x"}}}}
		fields := d.call(t, d.Rita, POST, path, bad).problem(422, "schema.unknown_field_near")
		if f := fields["nmae"]; f.Row == nil || *f.Row != 1 {
			t.Errorf("row is %+v", f)
		}
		bad["per_row"] = true
		rows := d.call(t, d.Rita, POST, path, bad).is(200)
		if got := rows.items(); got[0]["status"] != "created" || got[1]["status"] != "failed" || got[1]["problem"] == nil {
			t.Errorf("got %s", rows.body)
		}
		d.call(t, d.Rita, POST, base+"/acts/"+second["act"].(string)+"/undo", nil).is(200)
		if n := len(d.call(t, d.Rita, GET, base+`/deals?filter=external_id+in+("k2","k3")`, nil).is(200).items()); n != 1 {
			t.Errorf("%d deals after the undo", n)
		}
	})
}

func TestSharesLetASingleColleagueIn(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		d.open(t, "account", access.Private)
		id := d.create(t, d.Rita, "accounts", map[string]any{"name": "Secret"})
		path := base + "/accounts/" + id
		d.call(t, d.Olga, GET, path, nil).problem(404, "record.absent")
		d.call(t, d.Olga, POST, path+"/shares", map[string]any{"member": d.Olga.String(), "level": "read"}).problem(404, "record.absent")
		d.call(t, d.Rita, POST, path+"/shares", map[string]any{"member": d.Olga.String(), "level": "read"}).is(200)
		d.call(t, d.Olga, GET, path, nil).is(200)
		d.call(t, d.Olga, POST, path+"/shares", map[string]any{"member": d.Max.String(), "level": "read"}).problem(403, "record.may_not_change")
		d.call(t, d.Rita, DELETE, path+"/shares?member="+d.Olga.String(), nil).is(204)
		d.call(t, d.Rita, DELETE, path+"/shares?member="+d.Olga.String(), nil).problem(404, "api.no_share")
		d.call(t, d.Olga, GET, path, nil).problem(404, "record.absent")
	})
}

func TestListsAndFiguresOfThePast(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		id := d.create(t, d.Rita, "deals", map[string]any{"name": "Ships", "account": d.create(t, d.Rita, "accounts", map[string]any{"name": "A"}),
			"amount": map[string]any{"amount": "100", "currency": "EUR"}})
		d.Pass(48 * time.Hour)
		d.call(t, d.Rita, PATCH, base+"/deals/"+id, map[string]any{"name": "Boats", "amount": map[string]any{"amount": "70", "currency": "EUR"}}).is(200)
		day := d.Now().Add(-24 * time.Hour).Format(time.DateOnly)
		list := base + "/deals?fields=name,amount&filter=amount%20%3E%2080"
		if n := len(d.call(t, d.Rita, GET, list, nil).is(200).items()); n != 0 {
			t.Errorf("%d deals are worth more than 80 now", n)
		}
		past := d.call(t, d.Rita, GET, list+"&as_of="+day, nil).is(200)
		if want := `{"items":[{"id":"` + id + `","version":1,"name":"Ships","amount":{"amount":"100.00","currency":"EUR"}}]}`; string(past.body) != want {
			t.Errorf("got  %s\nwant %s", past.body, want)
		}
		sum := d.call(t, d.Rita, POST, base+"/deals/aggregate", map[string]any{"measures": []string{"count", "sum:amount", "sum:weighted"}, "as_of": day}).is(200)
		if !strings.Contains(string(sum.body), `"values":[1,{"base":{"amount":"100.00","currency":"EUR"}`) {
			t.Errorf("figures of %s: %s", day, sum.body)
		}
		d.call(t, d.Rita, GET, base+"/deals?as_of=2999-01-01", nil).problem(422, "query.as_of_to_come")
		d.call(t, d.Rita, GET, base+"/deals?as_of=then", nil).problem(422, "query.bad_as_of")
		d.call(t, d.Rita, GET, base+"/deals?as_of="+day+"&filter=account.name%20%3D%20%22A%22", nil).problem(422, "query.not_then")
	})
}
