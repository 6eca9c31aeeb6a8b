package api

import (
	"encoding/json"
	"slices"
	"testing"
)

// An object tells how its records are shown, those of a record type apart, and
// names no field that its caller may not know of.
func TestAnObjectTellsItsLayouts(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		typ := d.create(t, d.Ada, "record_types", map[string]any{"name": "零售", "deal_hides": "campaign"})
		change := func(layouts string, status int) *answer {
			t.Helper()
			return d.call(t, d.Ada, POST, base+"/schema/apply", `{"changes": [{"op": "change_object", "object": "deal", "set": {"layouts": `+layouts+`}}]}`).is(status)
		}
		for _, bad := range []string{`{"x": {"groups": [{"key": "a"}]}}`, `{"` + typ + `": {"groups": []}}`, `{"` + typ + `": null}`, `{"` + typ + `": {"groups": [{"key": "a", "fields": ["nothing"]}]}}`,
			`{"` + typ + `": {"groups": [{"key": "a"}], "columns": ["name"]}}`, `{"` + typ + `": {"groups": [{"key": "a", "fields": ["region"]}, {"key": "b", "fields": ["region"]}]}}`} {
			change(bad, 422)
		}
		change(`{"`+typ+`": {"groups": [{"key": "home", "labels": {"en": "Home", "zh": "家"}, "fields": ["region", "score"]}, {"key": "details"}]}}`, 200)
		type group struct {
			Key    string
			Labels map[string]string
			Fields []string
		}
		var got struct {
			Layout  []group
			Layouts map[string][]group
		}
		if err := json.Unmarshal(d.call(t, d.Rita, GET, base+"/objects/deals", nil).is(200).body, &got); err != nil {
			t.Fatal(err)
		}
		own := got.Layouts[typ]
		if len(own) < 2 || own[0].Key != "home" || own[0].Labels["zh"] != "家" || !slices.Equal(own[0].Fields, []string{"region", "score"}) || own[1].Labels["fi"] == "" {
			t.Errorf("the type's layout is %+v", own)
		}
		if len(got.Layout) == 0 || got.Layout[0].Key != "details" || !slices.Contains(got.Layout[0].Fields, "region") {
			t.Errorf("the layout of all is %+v", got.Layout)
		}
		change(`{}`, 200)
	})
}
