package api

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"wellmet/internal/value"
)

func TestFocusOfADeal(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme"})
		deal := d.create(t, d.Rita, "deals", map[string]any{"name": "Pumps", "account": account, "amount": "1000", "close_date": "2026-03-04"})
		path := base + "/deals/" + deal + "/focus"
		var got struct {
			Focus   int64
			Reasons []struct {
				Key    string
				Points int64
			}
		}
		if err := json.Unmarshal(d.call(t, d.Rita, GET, path, nil).is(200).body, &got); err != nil {
			t.Fatal(err)
		}
		sum, keys := int64(0), []string{}
		for _, x := range got.Reasons {
			sum, keys = sum+x.Points, append(keys, x.Key)
		}
		if got.Focus != sum || !slices.Contains(keys, "close_soon") || !slices.Contains(keys, "no_step") {
			t.Errorf("%+v", got)
		}
		d.call(t, d.Rita, POST, path, `{"pinned": true, "snoozed_until": "2026-03-01"}`).is(422)
		d.call(t, d.Rita, POST, path, `{"pinned": true}`).is(200)
		marks := d.call(t, d.Rita, GET, base+"/focus_marks", nil).is(200).items()
		if len(marks) != 1 || marks[0]["pinned"] != true {
			t.Errorf("%v", marks)
		}
		if n := len(d.call(t, d.Olga, GET, base+"/focus_marks", nil).is(200).items()); n != 0 {
			t.Errorf("%d marks of others", n)
		}
		d.call(t, d.Ada, PATCH, base+"/openness", `{"deals": "private"}`).is(200)
		d.call(t, d.Olga, GET, path, nil).is(404)
		d.call(t, d.Olga, POST, path, `{"pinned": true}`).is(404)
	})
}

// The path tells what is passed from what is jumped, of deals and of leads; not to
// who may not see stages, nor of records that he may not see.
func TestPathsOfDealsAndLeads(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme"})
		deal := base + "/deals/" + d.create(t, d.Rita, "deals", map[string]any{"name": "Pumps", "account": account})
		lead := base + "/leads/" + d.create(t, d.Rita, "leads", map[string]any{"name": "Ann", "email": "ann@home.example"})
		d.Pass(49 * time.Hour)
		stages := d.call(t, d.Ada, GET, base+"/stages?filter="+url.QueryEscape(`name = "Proposal"`), nil).is(200).items()
		d.call(t, d.Rita, PATCH, deal, map[string]any{"stage": stages[0]["id"]}).is(200)
		d.call(t, d.Rita, PATCH, lead, map[string]any{"status": "qualified"}).is(200)
		path := func(who value.ID, of string) string {
			t.Helper()
			var got struct {
				Items  []struct{ Name string }
				Stages []struct {
					Name string
					Days int
				}
				Path []struct{ Name, State string }
			}
			if err := json.Unmarshal(d.call(t, who, GET, of+"/path", nil).is(200).body, &got); err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint(got.Items, got.Stages, got.Path)
		}
		if got := path(d.Rita, deal); got != "[{Prospecting} {Proposal}] [{Prospecting 2} {Proposal 0}] [{Prospecting passed} {Qualified jumped} {Proposal current} {Negotiation ahead}]" {
			t.Error(got)
		}
		if got := path(d.Rita, lead); got != "[{New} {Qualified}] [{New 2} {Qualified 0}] [{New passed} {Working jumped} {Qualified current}]" {
			t.Error(got)
		}
		d.call(t, d.Ada, PATCH, base+"/openness", `{"deals": "private", "leads": "private"}`).is(200)
		d.call(t, d.Olga, GET, deal+"/path", nil).is(404)
		d.call(t, d.Olga, GET, lead+"/path", nil).is(404)
		d.Mask(t, "deal.stage")
		if got := path(d.Rita, deal); got != "[] [] []" {
			t.Errorf("who may not see stages is told %s", got)
		}
	})
}

// The measured rate stands beside the set one, with how many deals it was measured
// on; who may not see stages or deals measures nothing.
func TestRatesOfStages(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme"})
		for i, end := range []string{"win", "lose", "win"} {
			deal := base + "/deals/" + d.create(t, d.Rita, "deals", map[string]any{"name": fmt.Sprint("Deal ", i), "account": account})
			d.Pass(time.Hour)
			d.call(t, d.Rita, POST, deal+"/"+end, map[string]any{"reason": "price"}).is(200)
		}
		pipeline := d.call(t, d.Rita, GET, base+"/pipelines?filter="+url.QueryEscape(`name = "Sales"`), nil).is(200).items()[0]["id"].(string)
		first := func(who value.ID) string {
			items := d.call(t, who, GET, base+"/pipelines/"+pipeline+"/rates", nil).is(200).items()
			return fmt.Sprintf("%v: %v, %v of %v/%v; %v of %v", items[0]["name"], items[0]["set"], items[0]["measured"], items[0]["won"], items[0]["closed"], items[1]["measured"], items[1]["closed"])
		}
		if got := first(d.Rita); got != "Prospecting: 10, 66.7 of 2/3; <nil> of 0" {
			t.Error(got)
		}
		d.call(t, d.Rita, GET, base+"/pipelines/7/rates", nil).is(404)
		d.call(t, d.Rita, GET, base+"/pipelines/x/rates", nil).is(404)
		d.call(t, d.Ada, PATCH, base+"/openness", `{"deals": "private"}`).is(200)
		if got := first(d.Olga); got != "Prospecting: 10, <nil> of 0/0; <nil> of 0" {
			t.Errorf("of deals that she may not see: %s", got)
		}
		d.Mask(t, "deal.stage")
		d.call(t, d.Rita, GET, base+"/pipelines/"+pipeline+"/rates", nil).is(422)
	})
}

func TestWarningsAndRefusalsOfAPipeline(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme"})
		deal := d.create(t, d.Rita, "deals", map[string]any{"name": "Pumps", "account": account})
		path := base + "/deals/" + deal
		keys := func(a *answer) string { // of the warnings
			var got struct {
				Warnings []struct{ ID, Field, Key, Message string }
			}
			if err := json.Unmarshal(a.is(200).body, &got); err != nil {
				t.Fatal(err)
			}
			text := ""
			for _, w := range got.Warnings {
				if w.ID != deal || w.Message == "" || w.Message == w.Key {
					t.Errorf("%+v", w)
				}
				text += w.Field + " " + w.Key + ";"
			}
			return text
		}
		if got := keys(d.call(t, d.Rita, PATCH, path, `{"close_date": "2026-01-01"}`)); got != "close_date deal.close_date_past;" {
			t.Errorf("close date past: %q", got)
		}
		if got := keys(d.call(t, d.Rita, PATCH, path, `{"close_date": "2026-08-01"}`)); got != "" {
			t.Errorf("a date that is right: %q", got)
		}
		stages := map[string]string{}
		for _, st := range d.call(t, d.Ada, GET, base+"/stages", nil).is(200).items() {
			stages[st["name"].(string)] = st["id"].(string)
		}
		pipeline := d.call(t, d.Ada, GET, base+"/pipelines?sort=position", nil).is(200).items()[0]["id"].(string)
		d.call(t, d.Ada, PATCH, base+"/pipelines/"+pipeline, `{"jumps": "reason", "win_without_amount": "refuse"}`).is(200)
		d.call(t, d.Rita, POST, path+"/win", `{}`).is(422)
		move := path + "/move"
		d.call(t, d.Rita, POST, move, `{"stage": "`+stages["Proposal"]+`"}`).is(422)
		d.call(t, d.Rita, POST, move, `{"stage": "`+stages["Proposal"]+`", "reason": "They asked for an offer at once"}`).is(200)
		if got := d.call(t, d.Rita, GET, path, nil).is(200).json()["stage_reason"]; got != "They asked for an offer at once" {
			t.Errorf("reason %v", got)
		}
		d.create(t, d.Rita, "deal_lines", map[string]any{"deal": deal, "unit_price": "10"})
		if got := keys(d.call(t, d.Rita, PATCH, path, `{"amount": "9"}`)); got != "amount deal.amount_differs;" {
			t.Errorf("an amount beside the lines: %q", got)
		}
		if got := d.call(t, d.Rita, GET, path, nil).is(200).json()["amount_differs"]; got != true {
			t.Errorf("marked %v", got)
		}
		d.call(t, d.Ada, PATCH, base+"/pipelines/"+pipeline, `{"amount_beside_lines": "refuse", "other_currency": "refuse"}`).is(200)
		d.call(t, d.Rita, PATCH, path, `{"amount": "8"}`).is(422)
		d.call(t, d.Rita, POST, path+"/win", `{}`).is(422)
		d.call(t, d.Rita, POST, base+"/deal_lines", `{"deal": "`+deal+`", "unit_price": {"amount": "1", "currency": "USD"}}`).is(422)
		d.call(t, d.Ada, PATCH, base+"/stages/"+stages["Negotiation"], `{"active": false}`).is(200)
		d.call(t, d.Rita, PATCH, path, `{"stage": "`+stages["Negotiation"]+`"}`).is(422)
	})
}

// A stage with deals in it goes only with a word on where they go.
func TestAStageGoesWithItsDeals(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme"})
		deal := base + "/deals/" + d.create(t, d.Rita, "deals", map[string]any{"name": "Pumps", "account": account})
		stages := map[string]string{}
		for _, st := range d.call(t, d.Ada, GET, base+"/stages", nil).is(200).items() {
			stages[st["name"].(string)] = st["id"].(string)
		}
		one := base + "/stages/" + stages["Prospecting"]
		d.call(t, d.Ada, PATCH, one, `{"active": false}`).problem(409, "stage.where_to")
		d.call(t, d.Ada, DELETE, one, nil).problem(409, "stage.where_to")
		d.call(t, d.Ada, PATCH, one, `{"active": false, "move_to": "`+stages["Won"]+`"}`).problem(422, "stage.where_to")
		d.call(t, d.Ada, PATCH, one, `{"active": false, "move_to": "`+account+`"}`).problem(422, "stage.where_to")
		d.call(t, d.Rita, PATCH, one, `{"active": false, "move_to": "`+stages["Qualified"]+`"}`).problem(403, "record.may_not_change")
		if now := d.call(t, d.Ada, PATCH, one, `{"active": false, "move_to": "`+stages["Qualified"]+`", "name": "Early"}`).is(200).json(); now["active"] != false || now["name"] != "Early" {
			t.Errorf("the stage is %v", now)
		}
		if got := d.call(t, d.Rita, GET, deal, nil).json()["stage"]; got != stages["Qualified"] {
			t.Errorf("the deal went to %v", got)
		}
		d.call(t, d.Ada, DELETE, base+"/stages/"+stages["Qualified"]+"?move_to="+stages["Proposal"], nil).is(204)
		if got := d.call(t, d.Rita, GET, deal, nil).json()["stage"]; got != stages["Proposal"] {
			t.Errorf("the deal went to %v", got)
		}
		d.call(t, d.Ada, GET, base+"/stages/"+stages["Qualified"], nil).is(200) // history keeps its name
		moves := d.call(t, d.Rita, GET, deal+"/transitions", nil).is(200).items()
		if len(moves) != 1 || moves[0]["label"] != "Proposal" || moves[0]["blueprint"] != nil {
			t.Errorf("it stands in %v", moves)
		}
		next := moves[0]["moves"].([]any)[0].(map[string]any)
		d.call(t, d.Rita, POST, deal+"/transitions", map[string]any{"field": next["field"], "to": next["to"]}).is(200)
		if got := d.call(t, d.Rita, GET, deal, nil).json()["stage"]; got != stages["Negotiation"] {
			t.Errorf("the deal went to %v", got)
		}
	})
}

func TestCloneAndSplit(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme"})
		deal := d.create(t, d.Rita, "deals", map[string]any{"name": "Pumps", "account": account, "amount": "100.01"})
		path := base + "/deals/" + deal
		d.call(t, d.Rita, POST, path+"/split", `{"name": "B", "amount": "100.01"}`).is(422)
		d.call(t, d.Rita, POST, path+"/split", `{"name": "B", "amount": "a lot"}`).is(422)
		d.call(t, d.Rita, POST, path+"/split", `{"name": "B", "lines": ["x"]}`).is(422)
		d.call(t, d.Olga, POST, path+"/split", `{"name": "B", "amount": "1"}`).is(403)
		amount := func(a *answer) any { return a.json()["amount"].(map[string]any)["amount"] }
		if got := amount(d.call(t, d.Rita, POST, path+"/split", `{"name": "B", "amount": "33.34"}`).is(201)); got != "33.34" {
			t.Errorf("the part has %v", got)
		}
		if got := amount(d.call(t, d.Rita, GET, path, nil).is(200)); got != "66.67" {
			t.Errorf("%v is left", got)
		}
		if got := d.call(t, d.Olga, POST, path+"/clone", `{"name": "C"}`).is(201).json(); got["owner"] != d.Olga.String() || got["name"] != "C" {
			t.Errorf("the copy of another's deal: %v", got)
		}
		d.call(t, d.Rita, POST, path+"/clone", `{}`).is(422)
		lines := d.create(t, d.Rita, "deals", map[string]any{"name": "Lines", "account": account})
		line := d.create(t, d.Rita, "deal_lines", map[string]any{"deal": lines, "description": "Pumps", "unit_price": "10", "quantity": "5"})
		path = base + "/deals/" + lines + "/split"
		for _, bad := range []string{`7`, `{"x": "1"}`, `{"` + line + `": "1e999999999"}`, `{"` + line + `": "6"}`, `{"` + line + `": "lots"}`} {
			d.call(t, d.Rita, POST, path, `{"name": "D", "quantities": `+bad+`}`).is(422)
		}
		if got := amount(d.call(t, d.Rita, POST, path, `{"name": "D", "quantities": {"`+line+`": "2"}}`).is(201)); got != "20.00" {
			t.Errorf("two of five have %v", got)
		}
	})
}

// Where every pipeline begins without leads, nobody makes one.
func TestLeadsSwitchedOffPerPipeline(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		list := d.call(t, d.Ada, GET, base+"/pipelines", nil).is(200).json()["items"].([]any)
		for _, p := range list {
			d.call(t, d.Ada, PATCH, base+"/pipelines/"+p.(map[string]any)["id"].(string), `{"uses_leads": false}`).is(200)
		}
		d.call(t, d.Rita, POST, base+"/leads", `{"name": "Ann", "email": "ann@test.example"}`).is(409)
		d.call(t, d.Ada, PATCH, base+"/pipelines/"+list[0].(map[string]any)["id"].(string), `{"uses_leads": true}`).is(200)
		d.call(t, d.Rita, POST, base+"/leads", `{"name": "Ann", "email": "ann@test.example"}`).is(201)
	})
}

// A queue keeps the records of a list as they were, in their order, for its
// owner alone.
func TestItemsOfAQueue(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme"})
		var want []string
		for _, x := range []struct{ name, close string }{{"Later", "2026-05-04"}, {"Sooner", "2026-03-04"}} {
			want = append([]string{d.create(t, d.Rita, "deals", map[string]any{"name": x.name, "account": account, "close_date": x.close})}, want...)
		}
		q := d.create(t, d.Rita, "work_queues", map[string]any{"object": "deal", "filter": `status = "open"`, "sort": "close_date"})
		var got struct {
			Total int64
			Items string
		}
		if err := json.Unmarshal(d.call(t, d.Rita, GET, base+"/work_queues/"+q, nil).is(200).body, &got); err != nil {
			t.Fatal(err)
		}
		if got.Total != 2 || got.Items != strings.Join(want, " ") {
			t.Errorf("%+v, want %v", got, want)
		}
		d.call(t, d.Olga, GET, base+"/work_queues/"+q, nil).is(404)
		workQueue(t, d, base+"/work_queues/"+q, want)
		d.call(t, d.Rita, PATCH, base+"/work_queues/"+q, `{"items": "1"}`).is(422)
		d.call(t, d.Rita, POST, base+"/work_queues", `{"object": "deal", "filter": "nowhere = 1"}`).is(422)
	})
}

// workQueue works through a queue of two records: what is passed is left behind,
// what is not in it is told, and nobody else has a hand in it.
func workQueue(t *testing.T, d *door, queue string, want []string) {
	t.Helper()
	turn := func(a *answer, record string, at, worked int64, over bool) {
		t.Helper()
		var got struct {
			Object     string
			Record     *struct{ ID, Title string }
			At, Worked int64
			Total      int64
			Over       bool
		}
		if err := json.Unmarshal(a.is(200).body, &got); err != nil {
			t.Fatal(err)
		}
		next := ""
		if got.Record != nil {
			next = got.Record.ID
		}
		if got.Object != "deal" || next != record || got.At != at || got.Worked != worked || got.Over != over || got.Total != 2 {
			t.Errorf("%s", a.body)
		}
	}
	pass := func(who value.ID, body string) *answer { return d.call(t, who, POST, queue+"/pass", body) }
	turn(d.call(t, d.Rita, GET, queue+"/turn", nil), want[0], 0, 0, false)
	turn(pass(d.Rita, `{"record": "`+want[0]+`", "worked": true}`), want[1], 1, 1, false)
	turn(pass(d.Rita, `{"record": "`+want[0]+`", "worked": true}`), want[1], 1, 1, false)
	turn(d.call(t, d.Rita, POST, queue+"/back", nil), want[0], 0, 1, false)
	turn(pass(d.Rita, `{"record": "`+want[0]+`"}`), want[1], 1, 1, false)
	turn(pass(d.Rita, `{"record": "`+want[1]+`"}`), "", 2, 1, false)
	pass(d.Rita, `{"record": "7"}`).is(422)
	pass(d.Rita, `{"record": "x"}`).is(422)
	pass(d.Rita, `{}`).is(422)
	for _, who := range []value.ID{d.Olga, d.Ada} {
		d.call(t, who, GET, queue+"/turn", nil).is(404)
		pass(who, `{"record": "`+want[0]+`"}`).is(404)
		d.call(t, who, POST, queue+"/back", nil).is(404)
		d.call(t, who, POST, queue+"/end", nil).is(404)
	}
	d.call(t, d.Rita, POST, queue+"/end", nil).is(204)
	turn(d.call(t, d.Rita, GET, queue+"/turn", nil), "", 2, 1, true)
}

// A deal that no blueprint governs has its stages for steps; not for who may not
// see them.
func TestTraceWithoutABlueprint(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme"})
		deal := base + "/deals/" + d.create(t, d.Rita, "deals", map[string]any{"name": "Pumps", "account": account})
		d.Pass(time.Hour)
		d.call(t, d.Ada, POST, deal+"/lose", map[string]any{"reason": "price"}).is(200)
		trace := func() (steps string) {
			for _, x := range d.call(t, d.Rita, GET, deal+"/trace", nil).is(200).items() {
				steps += fmt.Sprint(x["was_label"], " → ", x["label"], " ", x["kind"], " ", x["member"], "; ")
			}
			return steps
		}
		if got, want := trace(), fmt.Sprintf("<nil> → Prospecting history %s; Prospecting → Lost history %s; ", d.Rita, d.Ada); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		d.Mask(t, "deal.stage")
		if got := trace(); got != "" {
			t.Errorf("who may not see stages is told %s", got)
		}
	})
}
