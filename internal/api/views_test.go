package api

import (
	"testing"
)

func TestSavedViewsOverTheAPI(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		d.create(t, d.Rita, "accounts", map[string]any{"name": "Aal"})
		d.create(t, d.Rita, "accounts", map[string]any{"name": "Zander"})
		d.create(t, d.Rita, "accounts", map[string]any{"name": "Zebra"})
		id := d.create(t, d.Rita, "views", map[string]any{"name": "Late", "object": "accounts", "visibility": "all",
			"filter": `name starts "Z" or name = "none"`, "sort": "-name", "columns": "name"})
		items := d.call(t, d.Olga, GET, base+"/objects/accounts/views", nil).is(200).items()
		if len(items) != 1 || items[0]["id"] != id || items[0]["sort"] != "-name" {
			t.Fatal(items)
		}
		items = d.call(t, d.Olga, GET, base+"/accounts?view="+id, nil).is(200).items()
		if len(items) != 2 || items[0]["name"] != "Zebra" || items[0]["created_at"] != nil {
			t.Error(items)
		}
		items = d.call(t, d.Olga, GET, base+"/accounts?view="+id+"&sort=name&filter=name+contains+%22and%22", nil).is(200).items()
		if len(items) != 1 || items[0]["name"] != "Zander" {
			t.Error(items)
		}
		d.call(t, d.Olga, GET, base+"/contacts?view="+id, nil).problem(422, "api.view_of_other")
		d.call(t, d.Olga, GET, base+"/contacts?view=12345", nil).problem(404, "record.absent")
		d.call(t, d.Olga, PATCH, base+"/views/"+id, map[string]any{"name": "Mine"}).problem(403, "record.may_not_change")
		d.call(t, d.Olga, GET, base+"/objects/nothing/views", nil).problem(404, "record.no_object")

		d.role(t, d.Olga, `{"objects":{"*":{"read":"all"}},"fields":{"account.name":"none"}}`)
		shown := d.call(t, d.Olga, GET, base+"/objects/accounts/views", nil).is(200).items()[0]
		if shown["filter"] != nil || shown["problem"].(map[string]any)["key"] != "record.view_hidden" {
			t.Error(shown)
		}
		d.call(t, d.Olga, GET, base+"/accounts?view="+id, nil).problem(403, "record.view_hidden")
	})
}

func TestViewsAreNotOpenedOrClosed(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		if _, ok := d.call(t, d.Ada, GET, base+"/openness", nil).is(200).json()["views"]; ok {
			t.Error("views have an openness")
		}
		d.call(t, d.Ada, PATCH, base+"/openness", map[string]any{"views": "private"}).problem(422, "access.openness_unowned")
	})
}
