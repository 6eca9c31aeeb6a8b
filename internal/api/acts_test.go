package api

import (
	"strings"
	"testing"
)

func TestActsOverTheAPI(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		id := d.create(t, d.Rita, "accounts", map[string]any{"name": "Before"})
		d.call(t, d.Rita, PATCH, base+"/accounts/"+id, map[string]any{"name": "After"}).is(200)
		act := d.call(t, d.Rita, GET, base+"/accounts/"+id+"/history", nil).is(200).items()[0]["act"].(string)
		a := d.call(t, d.Olga, GET, base+"/acts/"+act, nil).is(200)
		item := a.items()[0]
		if a.text("actor") != d.Rita.String() || a.text("cause") != "accounts.update" || item["id"] != id || item["object"] != "account" {
			t.Errorf("%s", a.body)
		}
		if change := item["changes"].([]any)[0].(map[string]any); change["field"] != "name" || change["old"] != "Before" || change["new"] != "After" {
			t.Error(change)
		}
		d.call(t, d.Rita, GET, base+"/acts/99", nil).problem(404, "record.no_act")
		d.call(t, d.Rita, GET, base+"/acts/"+act+"?cursor=nonsense", nil).problem(422, "query.bad_cursor")
		d.call(t, d.Rita, POST, base+"/acts/"+act+"/undo", nil).is(200)
		if d.call(t, d.Rita, GET, base+"/acts/"+act, nil).is(200).text("undone_by") == "" {
			t.Error("not said to be undone")
		}
	})
}

func TestALongUndoOverTheAPI(t *testing.T) {
	eachQuiet(t, func(t *testing.T, d *door) {
		writes := make([]any, 600)
		for i := range writes {
			writes[i] = map[string]any{"op": "create", "values": map[string]any{"name": "Firm"}}
		}
		act := d.call(t, d.Ada, POST, base+"/accounts/batch", map[string]any{"writes": writes}).is(200).text("act")
		answer := d.call(t, d.Ada, POST, base+"/acts/"+act+"/undo", nil).is(202)
		if answer.header.Get("Location") != base+"/acts/"+act {
			t.Error(answer.header)
		}
		d.Drain(t)
		undo := d.call(t, d.Ada, GET, base+"/acts/"+act, nil).is(200).json()["undo"].(map[string]any)
		if undo["state"] != "done" || undo["done"] != 600.0 || undo["result"].(map[string]any)["deleted"] != 600.0 {
			t.Error(undo)
		}
	})
}

func TestImportsAreStoppedAndResumedOverTheAPI(t *testing.T) {
	eachQuiet(t, func(t *testing.T, d *door) {
		file := "name,phone\n" + strings.Repeat("Firm,\n", 20)
		run := d.call(t, d.Ada, POST, base+"/imports?object=accounts", file, "Content-Type: text/csv").is(202).text("id")
		d.Drain(t)
		if state := d.call(t, d.Ada, GET, base+"/imports/"+run, nil).is(200).text("state"); state != "done" {
			t.Error(state)
		}
		d.call(t, d.Ada, POST, base+"/imports/"+run+"/stop", nil).problem(409, "import.not_running")
		d.call(t, d.Ada, POST, base+"/imports/"+run+"/resume", nil).problem(409, "import.not_stopped")
		d.call(t, d.Rita, POST, base+"/imports/"+run+"/stop", nil).is(404)
		d.call(t, d.Rita, POST, base+"/imports/"+run+"/resume", nil).is(404)
		got := d.call(t, d.Ada, POST, base+"/imports/mapping", map[string]any{"object": "accounts", "headers": []string{"name", "phone", "colour"}}).is(200).json()["columns"]
		if columns := got.(map[string]any); columns["name"] != "name" || columns["colour"] != "" {
			t.Error(columns)
		}
		d.call(t, d.Ada, POST, base+"/imports/mapping", map[string]any{"object": "nothing", "headers": []string{"name"}}).is(404)
	})
}
