package api

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/sales"
)

// What is foretold of a deal, why nothing is, and how far to trust it, is told in
// words of the caller's language, too. Whoever may not see it is answered as of a
// field that is not there, and not that the deal has ended.
func TestPredictionOfADeal(t *testing.T) {
	eachQuiet(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme"})
		first := d.create(t, d.Rita, "deals", map[string]any{"name": "First", "account": account})
		ask := func(deal string, header ...string) map[string]any {
			return d.call(t, d.Ada, GET, base+"/deals/"+deal+"/prediction", nil, header...).is(200).json()
		}
		silent := func(x map[string]any, key, words string) {
			t.Helper()
			if text, _ := x["silent_text"].(string); x["chance"] != nil || x["silent"] != key || !strings.Contains(text, words) {
				t.Errorf("wanted %s, %q: %v", key, words, x)
			}
		}
		none := ask(first)
		if silent(none, "few_deals", "it takes 50, at least 10 of them won"); none["set_rate"] != "10" || none["stage_rate"] != nil {
			t.Errorf("before any deal has ended: %v", none)
		}
		small := d.Plant(t, apptest.Planting{Seed: 13, Deals: 30})
		d.relearn(t)
		few := ask(d.openOf(t, small))
		if silent(few, "few_deals", "Too few deals have ended"); few["stage_rate"] == nil || few["set_rate"] == nil {
			t.Errorf("no rate of the stage beside it: %v", few)
		}
		more := d.Plant(t, apptest.Planting{Seed: 14, Deals: 300, In: small})
		d.relearn(t)
		silent(ask(first), "new_pipeline", "This pipeline is new")
		silent(ask(first, "Accept-Language: fi"), "new_pipeline", "Putki on uusi")
		d.call(t, 0, GET, base+"/reports/prediction/pipelines", nil).is(401)
		foretold := map[bool]int{}
		var rows []map[string]any
		if err := json.Unmarshal(d.call(t, d.Ada, GET, base+"/reports/prediction/pipelines", nil, "Accept-Language: fi").is(200).body, &rows); err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			is, _ := row["foretold"].(bool)
			if foretold[is]++; is != (row["silent"] == nil) || row["name"] == "" {
				t.Errorf("a pipeline: %v", row)
			}
			if text, _ := row["silent_text"].(string); !is && (row["silent"] != "new_pipeline" || !strings.Contains(text, "Putki on uusi")) {
				t.Errorf("a silent pipeline: %v", row)
			}
		}
		if foretold[true] == 0 || foretold[false] == 0 {
			t.Errorf("pipelines foretold and not: %v", foretold)
		}
		told := ask(d.openOf(t, more))
		reasons, _ := told["reasons"].([]any)
		if text, _ := told["confidence_because_text"].(string); told["chance"] == nil || told["silent_text"] != nil || len(reasons) == 0 || !strings.Contains(text, fmt.Sprint(told["learnt_from"])) {
			t.Errorf("what is foretold: %v", told)
		}
		for _, r := range reasons {
			if x := r.(map[string]any); len(fmt.Sprint(x["text"])) < 5 || strings.Contains(fmt.Sprint(x["text"]), "web.predict") {
				t.Errorf("a reason without words: %v", x)
			}
		}
		d.Mask(t, "deal.win_prediction")
		for _, path := range []string{"/deals/" + first + "/prediction", "/reports/prediction/pipelines"} {
			d.call(t, d.Rita, GET, base+path, nil).problem(422, "schema.unknown_field")
		}
		d.call(t, d.Rita, POST, base+"/deals/"+first+"/lose", map[string]any{"reason": "price"}).is(200)
		silent(ask(first), "closed", "has ended")
		d.call(t, 0, GET, base+"/deals/"+first+"/prediction", nil).is(401)
	})
}

// Where all that has ended was lost, that is why nothing is foretold, beside the rate of
// the stage; a field that goes after learning leaves what is foretold as it was.
func TestPredictionsOfOneSideAndOfFieldsThatWent(t *testing.T) {
	eachQuiet(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme"})
		first := d.create(t, d.Rita, "deals", map[string]any{"name": "First", "account": account})
		d.Ended(t, 60, sales.Lost)
		d.relearn(t)
		ask := func(deal string) map[string]any {
			return d.call(t, d.Ada, GET, base+"/deals/"+deal+"/prediction", nil).is(200).json()
		}
		x := ask(first)
		if x["silent"] != "one_sided" || x["silent_text"] != "60 deals have ended here, 0 of them won and 60 lost. It takes 10 of each to learn from." || x["chance"] != nil || x["stage_rate"] != "0" || x["stage_deals"] != 60.0 {
			t.Errorf("of sixty lost deals: %v", x)
		}
		change := func(body any) {
			d.call(t, d.Ada, POST, base+"/schema/apply", map[string]any{"changes": []any{body}}).is(200)
		}
		change(map[string]any{"op": "add_field", "object": "deal", "set": map[string]any{"name": "stars", "kind": "whole"}})
		truth := d.Plant(t, apptest.Planting{Seed: 16, Deals: 300})
		if err := d.Workspace.Relearn(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		open := d.openOf(t, truth)
		was := ask(open)
		change(map[string]any{"op": "remove_field", "object": "deal", "field": "stars"})
		if is := ask(open); was["chance"] == nil || is["chance"] != was["chance"] || fmt.Sprint(is["reasons"]) != fmt.Sprint(was["reasons"]) {
			t.Errorf("without the field it is %v, it was %v", is, was)
		}
	})
}

// How well deals were foretold is told to who may read them all, and an
// administrator has it learnt anew.
func TestBacktestAndLearningAnew(t *testing.T) {
	eachQuiet(t, func(t *testing.T, d *door) {
		path := base + "/reports/prediction"
		truth := d.Plant(t, apptest.Planting{Seed: 15, Deals: 400})
		tests := func() (list []map[string]any) {
			if err := json.Unmarshal(d.call(t, d.Ada, GET, path, nil).is(200).body, &list); err != nil {
				t.Fatal(err)
			}
			return list
		}
		if list := tests(); len(list) != 0 {
			t.Errorf("before anything was learnt: %v", list)
		}
		d.call(t, d.Rita, POST, path, nil).is(403)
		if d.Drain(t); len(tests()) != 0 {
			t.Error("learnt for somebody who is no administrator")
		}
		if x := d.call(t, d.Ada, POST, path, nil).is(200).json(); x["queued"] != true {
			t.Errorf("asked to learn: %v", x)
		}
		d.Drain(t)
		found := false
		for _, x := range tests() {
			if x["pipeline"] == truth.Pipeline.String() {
				back, _ := x["backtest"].(map[string]any)
				stages, _ := x["stages"].([]any)
				found = back != nil && len(stages) == len(truth.Stages) && x["closed"].(float64) > 50
			}
		}
		if !found {
			t.Errorf("no back-test of the pipeline in %v", tests())
		}
		role := d.create(t, d.Ada, "roles", map[string]any{"name": "Own deals", "permissions": `{"objects":{"*":{"read":"all"},"deal":{"read":"own"}}}`})
		d.call(t, d.Ada, PATCH, base+"/members/"+d.Olga.String(), map[string]any{"role": role}).is(200)
		d.call(t, d.Olga, GET, path, nil).problem(403, "sales.prediction.all_only")
		d.Mask(t, "deal.win_prediction")
		d.call(t, d.Rita, GET, path, nil).problem(422, "schema.unknown_field")
	})
}

func (d *door) relearn(t *testing.T) {
	t.Helper()
	if err := d.Workspace.Relearn(t.Context(), false); err != nil {
		t.Fatal(err)
	}
}

// openOf is a planted deal that is open and came into a stage that others have left.
func (d *door) openOf(t *testing.T, truth *apptest.Truth) string {
	t.Helper()
	for _, x := range truth.Deals {
		if x.Open() {
			return x.ID.String()
		}
	}
	t.Fatal("no planted deal is open")
	return ""
}

// A forecast's range says in words what is known of the season.
func TestTheSeasonIsToldInWords(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme"})
		ask := func(header ...string) map[string]any {
			return d.call(t, d.Ada, GET, base+"/forecast/range?period=2026-Q2&of=all", nil, header...).is(200).json()
		}
		if x := ask(); x["season_enough"] != false || x["season_text"] != "Season: not enough history to learn it (0 of 24 months)." {
			t.Errorf("of a new company: %v", x)
		}
		if x := ask("Accept-Language: fi"); x["season_text"] != "Kausi: historiaa ei ole tarpeeksi (0/24 kuukautta)." {
			t.Errorf("in Finnish: %v", x)
		}
		won := d.call(t, d.Ada, GET, base+"/stages?filter="+url.QueryEscape(`kind = "won"`), nil).is(200).items()[0]["id"]
		for i := range 24 {
			month := fmt.Sprintf("%d-%02d", 2024+i/12, i%12+1)
			amount := map[bool]string{true: "200", false: "100"}[i%12 >= 3 && i%12 <= 5]
			d.create(t, d.Ada, "deals", map[string]any{"name": month, "account": account, "stage": won, "amount": amount, "close_date": month + "-15"})
		}
		if x := ask(); x["season_enough"] != true || x["season_text"] != "Season: such a period brings 171% of an average one." {
			t.Errorf("of two years: %v", x)
		}
	})
}
