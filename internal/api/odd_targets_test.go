package api

import (
	"fmt"
	"net/url"
	"testing"
)

// What has no percentage or no pace says why, in words, and so does a month
// without a target; years may begin in February.
func TestOddTargetsAreToldInWords(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		d.call(t, d.Ada, PATCH, base+"/settings", `{"fiscal_start": 2}`).is(200)
		for day := 1; day <= 28; day++ { // no working day in all of February
			d.create(t, d.Ada, "holidays", map[string]any{"name": fmt.Sprintf("Closed %d", day), "day": fmt.Sprintf("2026-02-%02d", day)})
		}
		ids := map[string]string{}
		for period, amount := range map[string]any{"2026-02": "100", "2027-Q1": "0", "2026-03": map[string]any{"amount": "9", "currency": "CLP"}} {
			ids[period] = d.create(t, d.Ada, "targets", map[string]any{"member": d.Rita.String(), "measure": "won_revenue", "period": period, "amount": amount})
		}
		ask := func(period string) (answer, line map[string]any) {
			answer = d.call(t, d.Ada, GET, base+"/targets/attainment?period="+period, nil).is(200).json()
			for _, item := range answer["items"].([]any) {
				for _, l := range item.(map[string]any)["lines"].([]any) {
					if x := l.(map[string]any); x["name"] == "Rita" {
						line = x
					}
				}
			}
			return answer, line
		}
		for period, want := range map[string]string{"2026-02": "no_days", "2027-Q1": "zero", "2026-03": "no_rate"} {
			if _, line := ask(period); line["problem"] != want || len(fmt.Sprint(line["problem_text"])) < 20 {
				t.Errorf("%s: %v", period, line)
			}
		}
		if answer, _ := ask("2027-Q1"); answer["from"] != "2026-02-01" || answer["to"] != "2026-04-30" {
			t.Errorf("the first quarter of a year from February: %v", answer)
		}
		if answer, _ := ask("2026-06"); len(answer["items"].([]any)) != 0 {
			t.Errorf("a month without a target: %v", answer)
		}
		for period, want := range map[string]string{"2027-Q1": "zero", "2026-03": "no_rate"} {
			if gap := d.call(t, d.Ada, GET, base+"/targets/"+ids[period]+"/gap", nil).is(200).json(); gap["problem"] != want || gap["problem_text"] == "" {
				t.Errorf("gap of %s: %v", period, gap)
			}
		}
		plan := d.call(t, d.Ada, GET, base+"/targets/plan?period=2026-02&measure=won_revenue", nil).is(200).json()
		if plan["working_days"] != 0.0 || plan["problem"] != "no_days" {
			t.Errorf("plan %v", plan)
		}
		d.call(t, d.Ada, GET, base+"/reports/target-attainment?period=all", nil).is(200)
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme"})
		d.create(t, d.Rita, "deals", map[string]any{"name": "Pumps", "account": account, "amount": map[string]any{"amount": "7", "currency": "CLP"}, "close_date": "2026-03-20"})
		plan = d.call(t, d.Ada, GET, base+"/targets/plan?period=2026-03&measure=won_revenue", nil).is(200).json()
		company := plan["rows"].([]any)[0].(map[string]any)
		if plan["without_rate"] != 1.0 || company["people_without_rate"] != 1.0 {
			t.Errorf("sums without a rate: %v, %v", plan["without_rate"], company)
		}
	})
}

// A measure that is none is told as such, and what is wrong with one of several targets
// at its place, not in the words of whoever reads expressions or JSON.
func TestOddMeasuresAndListsOfTargets(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		for _, measure := range []string{"love", "活动", `a"b`} {
			d.call(t, d.Ada, GET, base+"/targets/attainment?period=2026-Q1&measure="+url.QueryEscape(measure), nil).problem(422, "goal.unknown_measure")
		}
		rita := d.Rita.String()
		for list, want := range map[string][2]string{
			`[]`:                {"targets", "api.wants.list"},
			`[1]`:               {"targets.0", "api.wants.object"},
			`[{"member": "x"}]`: {"targets.0.member", "api.wants.id"},
			`[{"member": "` + rita + `"}, {"team": 1.5}]`: {"targets.1.team", "api.wants.id"},
			`[{"number": 1.5}]`:                           {"targets.0.number", "api.wants.whole"},
			`[{"number": "五"}]`:                           {"targets.0.number", "api.wants.whole"},
			`[{"version": "a"}]`:                          {"targets.0.version", "api.wants.whole"},
			`[{"reason": 5}]`:                             {"targets.0.reason", "api.wants.text"},
			`[{"member": "` + rita + `", "amount": "x"}]`: {"targets.0.amount", "value.decimal"},
			`[{"member": "` + rita + `", "amount": {"amount": "5", "currency": "XXQ"}}]`: {"targets.0.amount", "value.currency"},
		} {
			fields := d.call(t, d.Ada, POST, base+"/targets/plan", `{"period": "2026-Q3", "measure": "won_revenue", "targets": `+list+`}`).problem(422, "api.bad_body")
			if fields[want[0]].Key != want[1] || len(fields) != 1 {
				t.Errorf("%s: %v", list, fields)
			}
		}
		d.call(t, d.Ada, POST, base+"/targets/plan", `{"period": "2026-Q3", "measure": "won_revenue", "targets": [{"member": "`+rita+`", "amount": "100", "reason": "x"}]}`).is(200)
	})
}
