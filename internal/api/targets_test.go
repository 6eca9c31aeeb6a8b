package api

import (
	"fmt"
	"strings"
	"testing"
)

// Targets are set, measured and planned over the API with the rights of pages.
func TestTargets(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme"})
		deal := d.create(t, d.Rita, "deals", map[string]any{"name": "Pumps", "account": account, "amount": "500", "close_date": "2026-03-02"})
		d.call(t, d.Rita, POST, base+"/deals/"+deal+"/win", `{}`).is(200)

		sheet := func(period, member, amount string) string {
			return fmt.Sprintf(`{"period": %q, "measure": "won_revenue", "targets": [{"member": %q, "amount": %q, "reason": "New region"}]}`, period, member, amount)
		}
		d.call(t, d.Rita, POST, base+"/targets/plan", sheet("2026-Q1", d.Rita.String(), "1000")).problem(403, "web.goals.refused")
		d.call(t, d.Bob, POST, base+"/targets/plan", sheet("2026-Q7", d.Rita.String(), "1000")).problem(422, "value.period.none")
		d.call(t, d.Bob, POST, base+"/targets/plan", `{"period": "2026-Q1", "measure": "won_revenue", "targets": "x"}`).is(422)
		d.call(t, 0, POST, base+"/targets/plan", `{}`).is(401)
		if a := d.call(t, d.Bob, POST, base+"/targets/plan", sheet("2026-Q1", d.Rita.String(), "1000")).is(200); a.json()["saved"] != 1.0 {
			t.Errorf("saved %s", a.body)
		}
		d.call(t, d.Bob, POST, base+"/targets/plan", sheet("2026-Q1", d.Rita.String(), "900")).problem(409, "web.goals.refused")

		items := d.call(t, d.Rita, GET, base+"/targets/attainment?period=2026-Q1", nil).is(200).items()
		if len(items) != 1 || items[0]["measure"] != "won_revenue" {
			t.Fatalf("attainment %v", items)
		}
		line := items[0]["lines"].([]any)[0].(map[string]any)
		if line["percent"] != "50" || line["place"] != 1.0 || fmt.Sprint(line["actual"]) != "map[amount:500.00 currency:EUR]" {
			t.Errorf("line %v", line)
		}
		probe := d.call(t, d.Ada, POST, base+"/products", map[string]any{"name": "Probe P1"}).is(201).text("id")
		d.call(t, d.Ada, POST, base+"/targets", map[string]any{"member": d.Rita, "measure": "won_revenue", "period": "2026-Q1", "amount": map[string]any{"amount": "7", "currency": "EUR"}, "product": probe}).is(201)
		got := d.call(t, d.Rita, GET, base+"/targets/attainment?period=2026-Q1", nil).is(200)
		if by := got.json()["narrowed_by"].([]any); len(got.items()) != len(items) || len(by) != 1 || by[0].(map[string]any)["product"] != probe {
			t.Errorf("beside the target of a product: %s", got.body)
		}
		clerk := d.clerk(t, `{"objects":{"*":{"read":"all"},"product":{"read":"none"}}}`)
		if by := d.call(t, clerk, GET, base+"/targets/attainment?period=2026-Q1", nil).is(200).json()["narrowed_by"].([]any); len(by) != 0 {
			t.Errorf("who may not read products is told %v", by)
		}
		if of := d.call(t, d.Rita, GET, base+"/targets/attainment?period=2026-Q1&product="+probe, nil).is(200).items(); len(of) != 1 {
			t.Errorf("the target of a product: %v", of)
		}
		if items := d.call(t, d.Max, GET, base+"/targets/attainment?period=2026-Q1", nil).is(200).items(); len(items) != 0 {
			t.Errorf("a colleague reads %v", items)
		}
		id := line["target_id"].(string)
		gap := d.call(t, d.Rita, GET, base+"/targets/"+id+"/gap", nil).is(200).json()
		if fmt.Sprint(gap["missing"]) != "map[amount:500.00 currency:EUR]" || len(gap["steps"].([]any)) == 0 {
			t.Errorf("gap %v", gap)
		}
		d.call(t, d.Max, GET, base+"/targets/"+id+"/gap", nil).is(404)
		d.call(t, d.Rita, POST, base+"/targets/"+id+"/gap", `{}`).problem(422, "gap.nothing")

		plan := d.call(t, d.Bob, GET, base+"/targets/plan?period=2026-Q2&measure=won_revenue&growth=10", nil).is(200).json()
		if plan["working_days"] != 65.0 || len(plan["rows"].([]any)) == 0 {
			t.Errorf("plan %v", plan)
		}
		rows := plan["rows"].([]any)
		for _, x := range rows { // 500 on 42 of 64 working days carry 928.57 of 65, with a fifth on top
			if row := x.(map[string]any); row["name"] == "Rita" && fmt.Sprint(row["reason_above"]) != "map[amount:928.57 currency:EUR]" {
				t.Errorf("row %v", row)
			}
		}
		d.call(t, d.Bob, POST, base+"/targets/plan", fmt.Sprintf(`{"period": "2026-Q2", "measure": "won_revenue", "targets": [{"member": %q, "amount": "9000"}]}`, d.Rita)).problem(422, "web.goals.refused")
		if all := d.call(t, d.Bob, GET, base+"/targets/plan?period=2026-Q2&measure=won_revenue&everybody=true&growth=-10", nil).is(200).json()["rows"].([]any); len(all) <= len(rows) {
			t.Errorf("of everybody %d rows, %d of who has figures", len(all), len(rows))
		}
		if all := d.call(t, d.Rita, GET, base+"/targets/plan?period=2026-Q2&measure=won_revenue&everybody=true", nil).is(200).json()["rows"].([]any); len(all) != 1 {
			t.Errorf("a rep is told of %d", len(all))
		}
		d.call(t, d.Bob, GET, base+"/targets/plan?measure=love", nil).problem(422, "goal.unknown_measure")
		calls := d.call(t, d.Bob, POST, base+"/targets", `{"member": "`+d.Max.String()+`", "period": "2026-03", "measure": "calls", "number": 40}`).is(201).json()
		gap = d.call(t, d.Bob, GET, fmt.Sprint(base, "/targets/", calls["id"], "/gap"), nil).is(200).json()
		if text := fmt.Sprint(gap["hurdle_text"]); gap["hurdle"] != "gap.new" || !strings.Contains(text, "nobody can tell") {
			t.Errorf("40 calls of who made none: %v", gap)
		}
	})
}
