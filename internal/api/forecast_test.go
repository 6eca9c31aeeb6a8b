package api

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"wellmet/internal/value"
)

// The forecast is answered with the filters that list its deals, and with the
// rights of who asks.
func TestForecast(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme"})
		for _, x := range []struct{ name, amount, close, say string }{{"Pumps", "500", "2026-03-20", "commit"}, {"Valves", "70", "2026-03-25", ""}, {"Old", "9", "2026-02-01", ""}} {
			v := map[string]any{"name": x.name, "account": account, "amount": x.amount, "close_date": x.close}
			if x.say != "" {
				v["forecast"] = x.say
			}
			d.create(t, d.Rita, "deals", v)
		}
		got := d.call(t, d.Rita, GET, base+"/forecast?period=2026-Q1", nil).is(200).json()
		total := got["total"].(map[string]any)
		if total["deals"] != 2.0 || fmt.Sprint(total["committed"]) != "map[base:map[amount:500.00 currency:EUR] sums:[map[amount:500.00 currency:EUR]]]" {
			t.Errorf("total %v", total)
		}
		for class, want := range map[string]float64{"commit": 1, "pipeline": 1, "past": 1} {
			cell, ok := total["classes"].(map[string]any)[class].(map[string]any)
			if !ok || cell["deals"] != want {
				t.Errorf("%s: %v", class, cell)
				continue
			}
			if n := len(d.call(t, d.Rita, GET, base+"/deals?filter="+url.QueryEscape(cell["filter"].(string)), nil).is(200).items()); n != int(want) {
				t.Errorf("%d deals behind %s, want %v", n, class, want)
			}
		}
		if other := d.call(t, d.Max, GET, base+"/forecast?period=2026-Q1", nil).is(200).json()["total"].(map[string]any); other["deals"] != 0.0 {
			t.Errorf("a colleague begins with %v", other)
		}
		role := d.create(t, d.Ada, "roles", map[string]any{"name": "No contracts", "permissions": `{"objects":{"*":{"read":"all"},"contract":{"read":"none"}}}`})
		d.call(t, d.Ada, PATCH, base+"/members/"+d.Olga.String(), map[string]any{"role": role}).is(200)
		cash := d.call(t, d.Olga, GET, base+"/forecast/cash?of=all", nil).is(200).json()
		if cash["deals_with_unseen_contracts"] != 0.0 || cash["total"].(map[string]any)["uncontracted"] == nil {
			t.Errorf("who may not see contracts is answered %v", cash)
		}
		for _, path := range []string{"", "/range", "/moves", "/cash", "/customers"} {
			d.call(t, d.Ada, GET, base+"/forecast"+path, nil).is(200)
			d.call(t, d.Ada, GET, base+"/forecast"+path+"?period=2026-Q9", nil).problem(422, "value.period.none")
			d.call(t, d.Ada, GET, base+"/forecast"+path+"?team=x", nil).problem(400, "api.bad_parameter")
			d.call(t, 0, GET, base+"/forecast"+path, nil).is(401)
		}
		for _, path := range []string{"/moves", "/cash", "/customers"} {
			d.call(t, d.Ada, GET, base+"/forecast"+path+"?pipeline="+d.Ada.String(), nil).problem(400, "api.unknown_parameter")
		}
		for by, kind := range map[string]string{"currency": "EUR", "product": "unlined"} {
			rows := d.call(t, d.Ada, GET, base+"/forecast?period=2026-Q1&by="+by, nil).is(200).json()["rows"].([]any)
			if row := rows[len(rows)-1].(map[string]any); row["currency"] != kind && row["kind"] != kind {
				t.Errorf("by %s: %v", by, rows)
			}
		}
		d.call(t, d.Ada, GET, base+"/forecast?by=love", nil).problem(400, "api.bad_parameter")
	})
}

// What changed is answered part by part, and each part with as many deals as it
// counts.
func TestChanges(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme"})
		deal := d.create(t, d.Rita, "deals", map[string]any{"name": "Pumps", "account": account, "amount": "500"})
		d.Pass(10 * 24 * time.Hour)
		d.create(t, d.Rita, "deals", map[string]any{"name": "Valves", "account": account, "amount": "70"})
		d.call(t, d.Rita, POST, base+"/deals/"+deal+"/lose", map[string]any{"reason": "price"}).is(200)
		got := d.call(t, d.Rita, GET, base+"/forecast/changes", nil).is(200).json()
		if n := got["opening"].(map[string]any)["deals"]; n != 1.0 {
			t.Errorf("opening with %v deals", n)
		}
		said := map[string]float64{}
		for _, x := range got["parts"].([]any) {
			part := x.(map[string]any)
			n, name := part["deals"].(float64), part["part"].(string)
			if said[name] = n; n == 0 {
				continue
			}
			if list := d.call(t, d.Rita, GET, base+"/forecast/changes/deals?part="+name, nil).is(200); float64(len(list.items())) != n || list.json()["count"] != n {
				t.Errorf("%s counts %v and lists %v", name, n, list.json())
			}
		}
		if said["added"] != 1 || said["lost"] != 1 || said["won"] != 0 {
			t.Errorf("parts %v", said)
		}
		move := got["moves"].([]any)[0].(map[string]any)
		if move["way"] != "lost" {
			t.Errorf("the move is %v", move)
		}
		path := fmt.Sprintf("%s/forecast/changes/deals?from_stage=%v&to_stage=%v", base, move["from_stage"], move["to_stage"])
		if items := d.call(t, d.Rita, GET, path, nil).is(200).items(); len(items) != 1 || items[0]["name"] != "Pumps" {
			t.Errorf("the move lists %v", items)
		}
		if n := d.call(t, d.Rita, GET, base+"/forecast/changes?person="+d.Max.String(), nil).is(200).json()["opening"].(map[string]any)["deals"]; n != 0.0 {
			t.Errorf("a colleague began with %v deals", n)
		}
		d.call(t, d.Rita, GET, base+"/forecast/changes?from=2026-02-02&to=2026-02-01", nil).problem(422, "report.bad_period")
		for _, name := range []string{"One", "Two"} {
			d.create(t, d.Rita, "deals", map[string]any{"name": name, "account": account})
		}
		listed, before := 0.0, "" // page by page
		for range 50 {
			page := d.call(t, d.Rita, GET, base+"/forecast/changes/deals?part=added&limit=1"+before, nil).is(200)
			listed += float64(len(page.items()))
			next, more := page.json()["next"].(string)
			if before = "&before=" + next; !more {
				if listed != page.json()["count"] || listed != 3 {
					t.Errorf("%v deals on all pages, %v in all", listed, page.json()["count"])
				}
				break
			}
		}
		d.call(t, d.Rita, GET, base+"/forecast/changes/deals", nil).problem(400, "api.bad_parameter")
		d.call(t, d.Rita, GET, base+"/forecast/changes/deals?part=moon", nil).problem(400, "api.bad_parameter")
		d.call(t, 0, GET, base+"/forecast/changes", nil).is(401)
	})
}

// The lead line is answered month by month, to who may read leads.
func TestTheLeadLine(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		none := func(who value.ID) any {
			return d.call(t, who, GET, base+"/forecast/range?period=2026-Q1&of=all", nil).is(200).json()["leads_text"]
		}
		clerk := d.clerk(t, `{"objects":{"*":{"read":"all"},"lead":{"read":"none"}}}`)
		if x := none(d.Rita); x != "By the leads that come in: none came in the last 18 months, so nothing is told by them." {
			t.Errorf("of no leads it says %v", x)
		}
		if x := none(clerk); x != nil {
			t.Errorf("who may not read leads is told %v", x)
		}
		d.create(t, d.Rita, "leads", map[string]any{"name": "Anna Test", "company": "Acme"})
		if x := none(d.Rita); x != nil {
			t.Errorf("of a lead it says %v", x)
		}
		leads := func(who value.ID) map[string]any {
			x, _ := d.call(t, who, GET, base+"/forecast/range?period=2026-Q1&of=all", nil).is(200).json()["leads"].(map[string]any)
			return x
		}
		x := leads(d.Rita)
		months, _ := x["months"].([]any)
		if len(months) != 3 || x["few"] != true || x["leads"] != 1.0 {
			t.Fatalf("leads %v", x)
		}
		march := months[2].(map[string]any)
		if march["leads"] != 1.0 || march["month"] != "2026-03-01" || march["expected_wins"] != "0" {
			t.Errorf("March %v", march)
		}
		if items := d.call(t, d.Rita, GET, base+"/leads?filter="+url.QueryEscape(march["filter"].(string)), nil).is(200).items(); len(items) != 1 {
			t.Errorf("behind one lead stand %v", items)
		}
		if x := leads(clerk); x != nil {
			t.Errorf("who may not read leads is told %v", x)
		}
	})
}
