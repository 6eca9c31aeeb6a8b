package api

import (
	"net/url"
	"strings"
	"testing"
)

// A company begins with a ready process over the API as it does on the page: the
// stages are exchanged while there was never a deal, and stand in a pipeline of
// their own afterwards.
func TestACompanyBeginsWithAReadyProcessOverTheAPI(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		stages := func(pipeline string) string {
			var names []string
			for _, x := range d.call(t, d.Ada, GET, base+"/stages?sort=position&filter="+url.QueryEscape(`pipeline = "`+pipeline+`"`), nil).is(200).items() {
				names = append(names, x["name"].(string))
			}
			return strings.Join(names, ", ")
		}
		d.call(t, d.Rita, GET, base+"/pipelines/ready", nil).problem(403, "record.admin_only")
		var told string
		for _, x := range d.call(t, d.Ada, GET, base+"/pipelines/ready", nil).is(200).items() {
			if x["process"] == "distribution" && x["name"] == "Distribution" {
				for _, st := range x["stages"].([]any) {
					told += ", " + st.(map[string]any)["name"].(string)
				}
			}
		}
		d.call(t, d.Rita, POST, base+"/pipelines/begin", map[string]any{"process": "distribution"}).problem(403, "record.admin_only")
		d.call(t, d.Ada, POST, base+"/pipelines/begin", map[string]any{"process": "shouting"}).is(422)
		d.call(t, d.Ada, POST, base+"/pipelines/begin", nil).is(422)
		before := len(d.call(t, d.Ada, GET, base+"/pipelines", nil).is(200).items())
		first := d.call(t, d.Ada, POST, base+"/pipelines/begin", map[string]any{"process": "distribution"}).is(201).json()
		if got := ", " + stages(first["id"].(string)); got != told || first["position"] != 1.0 {
			t.Errorf("the stages are %s at %v, told were %s", got, first["position"], told)
		}
		if n := len(d.call(t, d.Ada, GET, base+"/pipelines", nil).is(200).items()); n != before {
			t.Errorf("%d pipelines", n)
		}
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme"})
		d.create(t, d.Rita, "deals", map[string]any{"name": "Pumps", "account": account})
		other := d.call(t, d.Ada, POST, base+"/pipelines/begin", map[string]any{"process": "empty", "name": "Small"}).is(201).json()
		if other["name"] != "Small" || other["id"] == first["id"] || strings.Count(stages(other["id"].(string)), ",") != 2 {
			t.Errorf("began %v with %s", other, stages(other["id"].(string)))
		}
	})
}
