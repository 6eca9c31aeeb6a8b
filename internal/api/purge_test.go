package api

import "testing"

func TestPurgeIsForGoodAndForAdministrators(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		id := d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme"})
		at := "/accounts/" + id
		d.call(t, d.Ada, POST, base+at+"/purge", nil).problem(404, "record.absent") // not in the trash
		d.call(t, d.Rita, DELETE, base+at, nil).is(204)
		d.call(t, d.Rita, POST, base+at+"/purge", nil).problem(403, "record.admin_only")
		d.call(t, d.Ada, POST, base+at+"/purge", nil).is(204)
		d.call(t, d.Ada, POST, base+at+"/restore", nil).problem(404, "record.absent")
	})
}

func TestErasedPersonStaysUnderAPseudonym(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		id := d.create(t, d.Rita, "contacts", map[string]any{"first_name": "Anna", "last_name": "Ek", "email": "anna@ek.example"})
		d.call(t, d.Rita, POST, base+"/contacts/"+id+"/erase", nil).problem(403, "record.admin_only")
		a := d.call(t, d.Ada, POST, base+"/contacts/"+id+"/erase", nil).is(200)
		if a.text("name") != "Erased person "+id || a.json()["email"] != nil {
			t.Errorf("erased: %v", a.json())
		}
	})
}

func TestPathOfADeal(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme"})
		deal := d.create(t, d.Rita, "deals", map[string]any{"name": "Pumps", "account": account})
		visits := d.call(t, d.Olga, GET, base+"/deals/"+deal+"/path", nil).is(200).items()
		if len(visits) != 1 || visits[0]["name"] != "Prospecting" || visits[0]["left_at"] != nil || visits[0]["known"] != true {
			t.Errorf("path %v", visits)
		}
	})
}
