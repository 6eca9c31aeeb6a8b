package api

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wellmet/internal/value"
)

// attainedOf is the line of somebody on the board of a measure.
func (d *door) attainedOf(t testing.TB, period, measure, name string) map[string]any {
	t.Helper()
	for _, item := range d.call(t, d.Ada, GET, base+"/targets/attainment?period="+period+"&measure="+measure, nil).is(200).items() {
		for _, l := range item["lines"].([]any) {
			if x := l.(map[string]any); x["name"] == name {
				return x
			}
		}
	}
	t.Fatalf("no line of %s in %s", name, period)
	return nil
}

// plannedOf is the row of somebody on a planning sheet of revenue.
func (d *door) plannedOf(t testing.TB, period, name string) map[string]any {
	t.Helper()
	for _, r := range d.call(t, d.Ada, GET, base+"/targets/plan?measure=won_revenue&period="+period, nil).is(200).json()["rows"].([]any) {
		if x := r.(map[string]any); x["name"] == name {
			return x
		}
	}
	t.Fatalf("no row of %s in %s", name, period)
	return nil
}

// Targets in another currency are worth the rate of their period; one of a day
// without a rate stands as it was set, and says why it cannot be compared.
func TestTargetsOfAnotherCurrency(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		for day, factor := range map[string]string{"2025-10-01": "0.8", "2026-01-01": "0.5", "2026-02-15": "0.6"} {
			d.create(t, d.Ada, "currency_rates", map[string]any{"currency": "USD", "day": day, "rate": factor})
		}
		ids := map[string]string{}
		for _, p := range []string{"2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"} {
			ids[p] = d.create(t, d.Ada, "targets", map[string]any{"member": d.Rita.String(), "measure": "won_revenue", "period": p, "amount": map[string]any{"amount": "1000", "currency": "USD"}, "raise_reason": "As agreed"})
		}
		euro := func(n string) string { return fmt.Sprintf("map[amount:%s.00 currency:EUR]", n) }
		const stated = "map[amount:1000.00 currency:USD]"
		for p, want := range map[string][2]string{"2025-Q3": {stated, "<nil>"}, "2025-Q4": {euro("800"), stated}, "2026-Q1": {euro("500"), euro("800")}, "2026-Q2": {euro("600"), euro("500")}} {
			l := d.attainedOf(t, p, "won_revenue", "Rita")
			if fmt.Sprint(l["target"]) != want[0] || fmt.Sprint(l["previous_target"]) != want[1] {
				t.Errorf("%s: %v", p, l)
			}
			if (l["problem"] == "no_rate") != (p == "2025-Q3") || (l["previous_problem"] == "no_rate") != (p == "2025-Q4") {
				t.Errorf("%s: problems %v, %v", p, l["problem"], l["previous_problem"])
			}
		}
		listed := map[string]string{} // lists and sums of targets say the same
		for _, g := range d.call(t, d.Ada, POST, base+"/targets/aggregate", `{"group": ["period"], "measures": ["sum:amount"]}`).is(200).json()["groups"].([]any) {
			x := g.(map[string]any)
			listed[fmt.Sprint(x["keys"])] = amountIn(x["values"].([]any)[0])
		}
		if text := fmt.Sprint(listed); text != "map[[2025-Q3]:- [2025-Q4]:800.00 [2026-Q1]:500.00 [2026-Q2]:600.00]" {
			t.Errorf("listed: %s", text)
		}
		if row := d.plannedOf(t, "2026-Q1", "Rita"); fmt.Sprint(row["target"]) != euro("500") || fmt.Sprint(row["current_target"]) != euro("800") {
			t.Errorf("the sheet: %v", row)
		}
		if row := d.plannedOf(t, "2025-Q3", "Rita"); fmt.Sprint(row["target"]) != stated || row["problem"] != "no_rate" {
			t.Errorf("the sheet of then: %v", row)
		}
		gap := d.call(t, d.Ada, GET, base+"/targets/"+ids["2026-Q1"]+"/gap", nil).is(200).json()
		if fmt.Sprint(gap["target"]) != euro("500") || fmt.Sprint(gap["missing"]) != euro("500") {
			t.Errorf("gap %v", gap)
		}
		gap = d.call(t, d.Ada, GET, base+"/targets/"+ids["2025-Q3"]+"/gap", nil).is(200).json()
		if _, told := gap["missing"]; fmt.Sprint(gap["target"]) != stated || gap["problem"] != "no_rate" || told {
			t.Errorf("gap of then %v", gap)
		}
	})
}

// A target that was changed while its period ran answers with each version, who set
// it, when and why; as of a past day the forecast holds against the one of then.
func TestVersionsOfATarget(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		id := d.create(t, d.Ada, "targets", map[string]any{"member": d.Rita.String(), "measure": "calls", "period": "2026-Q1", "number": 40, "raise_reason": "As agreed"})
		d.Pass(24 * time.Hour)
		d.call(t, d.Bob, PATCH, base+"/targets/"+id, `{"number": 60, "raise_reason": "A new region"}`).is(200)
		l := d.attainedOf(t, "2026-Q1", "calls", "Rita")
		list := l["versions"].([]any)
		if len(list) != 2 || l["target"] != 60.0 {
			t.Fatalf("line %v", l)
		}
		for i, want := range []map[string]any{
			{"from": "2026-01-01", "target": 40.0, "set_by": d.Ada.String(), "set_by_name": "Ada", "reason": "As agreed", "set_at": "2026-03-02T12:00:00Z"},
			{"from": "2026-03-03", "target": 60.0, "set_by": d.Bob.String(), "set_by_name": "Bob", "reason": "A new region", "set_at": "2026-03-03T12:00:00Z"},
		} {
			if got := list[i].(map[string]any); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("version %d: %v, want %v", i, got, want)
			}
		}
	})
}

// The sums of people's targets stand beside those of their teams, and who is level
// shares a place.
func TestSumsAndPlaces(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		teams := map[string]string{}
		for _, x := range d.call(t, d.Ada, GET, base+"/teams", nil).is(200).items() {
			teams[fmt.Sprint(x["name"])] = fmt.Sprint(x["id"])
		}
		for who, number := range map[string]int{d.Rita.String(): 4, d.Max.String(): 2, d.Olga.String(): 10} {
			d.create(t, d.Ada, "targets", map[string]any{"member": who, "measure": "calls", "period": "2026-Q1", "number": number})
		}
		d.create(t, d.Ada, "targets", map[string]any{"team": teams["North"], "measure": "calls", "period": "2026-Q1", "number": 5})
		d.create(t, d.Ada, "targets", map[string]any{"team": teams["South"], "measure": "calls", "period": "2026-Q1", "number": 12})
		for range 2 {
			d.create(t, d.Rita, "activities", map[string]any{"kind": "call", "subject": "Talk", "done": true})
		}
		for _, who := range []value.ID{d.Max, d.Olga} {
			d.create(t, who, "activities", map[string]any{"kind": "call", "subject": "Talk", "done": true})
		}
		for name, place := range map[string]float64{"Rita": 1, "Max": 1, "Olga": 3} {
			if l := d.attainedOf(t, "2026-Q1", "calls", name); l["place"] != place {
				t.Errorf("%s: %v", name, l)
			}
		}
		for name, want := range map[string][3]float64{"North": {3, 6, 1}, "South": {1, 10, -2}} {
			l := d.attainedOf(t, "2026-Q1", "calls", name)
			if l["actual"] != want[0] || l["people_sum"] != want[1] || l["people_over"] != want[2] {
				t.Errorf("%s: %v", name, l)
			}
		}
		for who, amount := range map[string]string{"member": "700", "team": "1000"} {
			of := map[string]string{"member": d.Rita.String(), "team": teams["North"]}[who]
			d.create(t, d.Ada, "targets", map[string]any{who: of, "measure": "won_revenue", "period": "2026-Q2", "amount": amount})
		}
		if row := d.plannedOf(t, "2026-Q2", "North"); fmt.Sprint(row["people_over"]) != "map[amount:-300.00 currency:EUR]" || fmt.Sprint(row["people_sum"]) != "map[amount:700.00 currency:EUR]" {
			t.Errorf("the sheet: %v", row)
		}
	})
}

// Tiles of a dashboard name whose target has no rate, where they left it out.
func TestTilesNameTargetsWithoutARate(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		d.create(t, d.Ada, "targets", map[string]any{"measure": "won_revenue", "period": "2026-Q1", "amount": map[string]any{"amount": "9", "currency": "CLP"}})
		account := d.create(t, d.Ada, "accounts", map[string]any{"name": "Acme"})
		d.create(t, d.Ada, "deals", map[string]any{"name": "Pumps", "account": account, "amount": "500", "close_date": "2026-03-20"})
		board := d.create(t, d.Ada, "dashboards", map[string]any{"name": "Ours", "visibility": "all", "layout": `{"tiles":[{"kind":"panel","of":"attainment","width":6},{"kind":"panel","of":"forecast","width":6}]}`})
		tile := func(n int) string {
			return string(d.call(t, d.Ada, GET, fmt.Sprintf("%s/reports/dashboards/%s/%d", base, board, n), nil).is(200).body)
		}
		for n := range 2 {
			if text := tile(n); !strings.Contains(text, "no rate for the first day of its period") {
				t.Errorf("tile %d: %s", n, text)
			}
		}
		d.create(t, d.Ada, "targets", map[string]any{"member": d.Rita.String(), "measure": "won_revenue", "period": "2026-Q1", "amount": "70"})
		if text := tile(0); !strings.Contains(text, "no rate for the first day of its period") || !strings.Contains(text, "Rita") {
			t.Errorf("beside another: %s", text)
		}
	})
}
