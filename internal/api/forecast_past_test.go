package api

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"wellmet/internal/value"
)

// euros is a figure of a report in the company's currency.
func euros(x any) string {
	sum, _ := x.(map[string]any)
	money, _ := sum["base"].(map[string]any)
	amount, _ := money["amount"].(string)
	return amount
}

// A forecast of a past day says where its figures are from; a day on which the
// server was down is told as made up, with the figures of then.
func TestForecastsOfThePast(t *testing.T) {
	eachQuiet(t, func(t *testing.T, d *door) {
		keep := func() {
			t.Helper()
			if err := d.Workspace.KeepForecast(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme"})
		deal := d.create(t, d.Rita, "deals", map[string]any{"name": "Pumps", "account": account, "amount": "500", "close_date": "2026-03-30", "forecast": "commit"})
		day := func() string { return d.Now().Format("2006-01-02") }
		first := day()
		d.Pass(24 * time.Hour)
		keep()
		d.Pass(24 * time.Hour)
		d.call(t, d.Rita, PATCH, base+"/deals/"+deal, map[string]any{"amount": "800"}).is(200)
		missed := day()
		d.Pass(3 * 24 * time.Hour) // the server is down
		ask := func(asOf, source, amount string) {
			t.Helper()
			got := d.call(t, d.Ada, GET, base+"/forecast?of=all&period=2026-Q1&as_of="+asOf, nil).is(200).json()
			if total := got["total"].(map[string]any); got["source"] != source || euros(total["committed"]) != amount {
				t.Errorf("%s: from %v, %v", asOf, got["source"], total)
			}
		}
		ask(missed, "history", "800.00")
		keep()
		ask(first, "snapshot", "500.00")
		ask(missed, "made_up", "800.00")
		now := d.call(t, d.Ada, GET, base+"/forecast?of=all&period=2026-Q1", nil).is(200).json()
		if now["source"] != nil || now["as_of"] != nil {
			t.Errorf("of now: %v", now)
		}
		d.call(t, d.Ada, GET, base+"/forecast?as_of=yesterdayish", nil).problem(422, "query.bad_as_of")
		for _, path := range []string{"/moves", "/cash", "/customers"} { // they tell of now
			d.call(t, d.Ada, GET, base+"/forecast"+path+"?as_of="+first, nil).problem(400, "api.unknown_parameter")
		}

		days := map[string]map[string]any{}
		for _, x := range d.call(t, d.Ada, GET, base+"/forecast/moves?of=all&period=2026-Q1", nil).is(200).json()["days"].([]any) {
			m := x.(map[string]any)
			days[m["day"].(string)] = m
		}
		for at, want := range map[string]struct {
			madeUp bool
			amount string
		}{first: {false, "500.00"}, missed: {true, "800.00"}} {
			m := days[at]
			if m == nil {
				t.Errorf("nothing of %s in %v", at, days)
				continue
			}
			classes, committed := m["classes"].(map[string]any), m["committed"].(map[string]any)
			if commit, _ := classes["commit"].(map[string]any); m["made_up"] != want.madeUp || committed["amount"] != want.amount || commit["amount"] != want.amount || m["without_rate"] != 0.0 {
				t.Errorf("%s: %v, want %+v", at, m, want)
			}
		}
	})
}

// What somebody says of a period, and what moves it from outside, are records of the
// API: of oneself and of whom one leads, and of nobody else.
func TestWordsAndFactors(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme"})
		d.create(t, d.Rita, "deals", map[string]any{"name": "Pumps", "account": account, "amount": "500", "close_date": "2026-03-30"})
		say := func(of, amount string) map[string]any {
			return map[string]any{"owner": of, "starts_on": "2026-01-01", "ends_on": "2026-03-31", "amount": amount, "note": "one slips"}
		}
		const words = base + "/forecast_adjustments"
		d.create(t, d.Rita, "forecast_adjustments", say(d.Rita.String(), "90"))
		d.create(t, d.Bob, "forecast_adjustments", say(d.Rita.String(), "70"))
		if f := d.call(t, d.Olga, POST, words, say(d.Rita.String(), "1")).problem(422, "record.invalid"); f["owner"].Key != "field.owner_out_of_reach" {
			t.Errorf("a colleague adjusts Rita: %v", f)
		}
		d.call(t, 0, POST, words, say(d.Rita.String(), "1")).is(401)
		bad := say(d.Rita.String(), "much")
		if f := d.call(t, d.Rita, POST, words, bad).is(422); !strings.Contains(string(f.body), `"field":"amount"`) {
			t.Errorf("an amount in words: %s", f.body)
		}
		got := d.call(t, d.Bob, GET, base+"/forecast?period=2026-Q1&person="+d.Rita.String(), nil).is(200).json()
		total := got["total"].(map[string]any)
		own, _ := total["own_word"].(map[string]any)
		led, _ := total["led_word"].(map[string]any)
		if said, _ := got["adjustments"].([]any); len(said) != 2 || own["amount"] != "90.00" || led["amount"] != "70.00" || total["said_of"] != 1.0 {
			t.Errorf("what is said: %v, %v", total, said)
		}
		if said := d.call(t, d.Olga, GET, base+"/forecast?period=2026-Q1&person="+d.Rita.String(), nil).is(200).json()["adjustments"].([]any); len(said) != 0 {
			t.Errorf("a colleague reads %v", said)
		}

		factor := map[string]any{"name": "Market", "change": "-10", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}
		before := d.call(t, d.Ada, GET, base+"/forecast/range?of=all&period=2026-Q1", nil).is(200).json()
		id := d.create(t, d.Ada, "outside_factors", factor)
		d.call(t, d.Rita, POST, base+"/outside_factors", factor).problem(403, "forecast.may_not_factor")
		d.call(t, d.Bob, PATCH, base+"/outside_factors/"+id, map[string]any{"active": false}).problem(403, "forecast.may_not_factor")
		factor["ends_on"] = "2025-12-31"
		if f := d.call(t, d.Ada, POST, base+"/outside_factors", factor).is(422); !strings.Contains(string(f.body), "forecast.ends_before") {
			t.Errorf("days that end before they begin: %s", f.body)
		}
		told := func() map[string]any {
			return d.call(t, d.Ada, GET, base+"/forecast/range?of=all&period=2026-Q1", nil).is(200).json()
		}
		shares := func() []any { return told()["shares"].([]any) }
		if list := shares(); len(list) != 1 || list[0].(map[string]any)["name"] != "Market" {
			t.Errorf("shares %v", list)
		}
		d.call(t, d.Ada, PATCH, base+"/outside_factors/"+id, map[string]any{"active": false}).is(200)
		if list := shares(); len(list) != 0 {
			t.Errorf("a factor that is off has its share: %v", list)
		}
		d.call(t, d.Ada, PATCH, base+"/outside_factors/"+id, map[string]any{"active": true}).is(200)
		with := told()
		for _, who := range []value.ID{d.Rita, d.Bob} {
			if a := d.call(t, who, DELETE, base+"/outside_factors/"+id, nil); a.status != 403 && a.status != 404 {
				t.Errorf("who may not remove it: %d", a.status)
			}
		}
		d.call(t, d.Ada, DELETE, base+"/outside_factors/"+id, nil).is(204)
		if is := told(); fmt.Sprint(is) != fmt.Sprint(before) || fmt.Sprint(is) == fmt.Sprint(with) {
			t.Errorf("removed, it is %v and was %v", is, before)
		}
	})
}

// The money that comes in is answered month by month, what is received, due, late
// and only expected apart, each with the filter that lists it.
func TestCashIsAnswered(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme"})
		deal := d.create(t, d.Rita, "deals", map[string]any{"name": "Pumps", "account": account, "amount": "500"})
		d.call(t, d.Rita, POST, base+"/deals/"+deal+"/win", `{}`).is(200)
		contract := d.call(t, d.Rita, GET, base+`/contracts?fields=id&filter=deal="`+deal+`"`, nil).is(200).items()[0]["id"].(string)
		d.call(t, d.Rita, POST, base+"/contracts/"+contract+"/sign", `{"on": "2026-02-20"}`).is(200)
		for due, amount := range map[string]string{"2026-02-25": "150", "2026-04-10": "200"} {
			d.create(t, d.Rita, "payment_plan_lines", map[string]any{"contract": contract, "due_on": due, "amount": amount})
		}
		d.call(t, d.Rita, POST, base+"/contracts/"+contract+"/receipts", `{"amount": "50"}`).is(201)
		d.create(t, d.Rita, "deals", map[string]any{"name": "Valves", "account": account, "amount": "300", "close_date": "2026-05-15", "probability": "50"})

		cash := d.call(t, d.Rita, GET, base+"/forecast/cash?period=2026-Q1", nil).is(200).json()
		months := map[string]map[string]any{}
		for _, x := range cash["months"].([]any) {
			m := x.(map[string]any)
			months[m["month"].(string)] = m
		}
		for _, x := range []struct{ month, part, amount, object string }{
			{"2026-03-01", "won", "500.00", "deals"}, {"2026-03-01", "received", "50.00", "receipts"}, {"2026-02-01", "due", "100.00", "payment_plan_lines"},
			{"2026-02-01", "late", "100.00", "payment_plan_lines"}, {"2026-04-01", "due", "200.00", "payment_plan_lines"}, {"2026-02-01", "booked", "150.00", "contracts"},
			{"2026-05-01", "expected", "150.00", "deals"}} {
			f, _ := months[x.month][x.part].(map[string]any)
			if f == nil || euros(f["sum"]) != x.amount || f["object"] != x.object {
				t.Errorf("%s in %s: %v, want %s of %s", x.part, x.month, f, x.amount, x.object)
				continue
			}
			list := base + "/" + x.object + "?" + url.Values{"filter": {f["filter"].(string)}}.Encode()
			if n := len(d.call(t, d.Rita, GET, list, nil).is(200).items()); n != 1 {
				t.Errorf("%d of %s behind %s in %s", n, x.object, x.part, x.month)
			}
		}
		if overdue, coming := euros(cash["overdue"].(map[string]any)["sum"]), euros(cash["total"].(map[string]any)["coming"]); overdue != "100.00" || coming != "600.00" {
			t.Errorf("overdue %s, to come %s", overdue, coming)
		}
		other := d.call(t, d.Olga, GET, base+"/forecast/cash?period=2026-Q1", nil).is(200).json()
		if got := euros(other["total"].(map[string]any)["coming"]); got != "" && got != "0.00" {
			t.Errorf("a colleague begins with %s", got)
		}
	})
}
