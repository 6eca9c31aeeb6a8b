package api

import (
	"strings"
	"testing"

	"wellmet/internal/notify/smtp/smtptest"
)

func TestNotificationsOverTheAPI(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		acme := d.create(t, d.Bob, "accounts", map[string]any{"name": "Acme", "owner": d.Rita.String()})
		d.create(t, d.Bob, "accounts", map[string]any{"name": "Bolt", "owner": d.Rita.String()})
		page := d.call(t, d.Rita, GET, base+"/notifications?limit=1", nil).is(200)
		if page.json()["unread"] != 2.0 || page.items()[0]["text"] != "Bob gave you Bolt." {
			t.Errorf("%s", page.body)
		}
		page = d.call(t, d.Rita, GET, base+"/notifications?limit=1&cursor="+page.text("next"), nil, "Accept-Language: fi").is(200)
		first := page.items()[0]
		if first["text"] != "Bob antoi sinulle: Acme." || first["record"] != acme || first["object"] != "account" || first["read"] != false || page.text("next") != "" {
			t.Errorf("%s", page.body)
		}
		if n := len(d.call(t, d.Olga, GET, base+"/notifications", nil).is(200).items()); n != 0 {
			t.Errorf("Olga has %d", n)
		}
		id := first["id"].(string)
		for _, step := range []struct {
			member any
			body   map[string]any
			left   float64
		}{{nil, map[string]any{"ids": []string{id}}, 1}, {nil, map[string]any{"ids": []string{id}, "read": false}, 2}, {nil, nil, 0}} {
			var body any
			if step.body != nil {
				body = step.body
			}
			if left := d.call(t, d.Rita, POST, base+"/notifications/read", body).is(200).json()["unread"]; left != step.left {
				t.Errorf("%v: %v left, want %v", step.body, left, step.left)
			}
		}
		if n := len(d.call(t, d.Rita, GET, base+"/notifications?unread=true", nil).is(200).items()); n != 0 {
			t.Errorf("%d unread", n)
		}
		d.call(t, d.Rita, POST, base+"/notifications/read", map[string]any{"ids": []string{"x"}}).problem(422, "api.bad_body")
		d.call(t, d.Rita, GET, base+"/notifications?cursor=x", nil).problem(422, "query.bad_cursor")
		d.call(t, d.Olga, POST, base+"/notifications/"+id+"/share", nil).problem(404, "notify.absent")
		d.call(t, d.Rita, POST, base+"/notifications/"+id+"/share", nil).problem(404, "notify.absent") // nobody asked
		d.call(t, d.Rita, PATCH, base+"/notifications/choices", map[string]any{"items": []any{map[string]any{"kind": "owner"}}}).is(200)
		d.call(t, d.Rita, PATCH, base+"/notifications/choices", map[string]any{"items": []any{map[string]any{"kind": "x"}}}).problem(422, "notify.no_kind")
		d.call(t, d.Rita, PATCH, base+"/notifications/choices", map[string]any{"items": []any{3}}).problem(422, "api.bad_body")
	})
}

func TestTheMailServerOverTheAPI(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		x := smtptest.Start(t, nil, false)
		good := map[string]any{"host": "127.0.0.1", "port": x.Port, "safety": "plain", "user": smtptest.User, "password": smtptest.Password, "sender": "crm@example.com", "site": "https://crm.example.com"}
		d.call(t, d.Bob, GET, base+"/settings/mail", nil).problem(403, "record.admin_only")
		d.call(t, d.Bob, PATCH, base+"/settings/mail", good).problem(403, "record.admin_only")
		d.call(t, d.Bob, POST, base+"/settings/mail/test", nil).problem(403, "record.admin_only")
		d.call(t, d.Ada, POST, base+"/settings/mail/test", nil).problem(422, "smtp.no_server")
		bad := d.call(t, d.Ada, PATCH, base+"/settings/mail", map[string]any{"host": "a b", "port": 0, "sender": "x"}).problem(422, "smtp.bad_settings")
		if len(bad) != 3 {
			t.Errorf("%d faults: %v", len(bad), bad)
		}
		saved := d.call(t, d.Ada, PATCH, base+"/settings/mail", good).is(200)
		if saved.json()["ready"] != true || saved.json()["has_password"] != true || strings.Contains(string(saved.body), smtptest.Password) {
			t.Errorf("%s", saved.body)
		}
		d.call(t, d.Ada, POST, base+"/settings/mail/test", nil).is(200)
		if n := len(x.Mails()); n != 1 {
			t.Fatalf("%d mails", n)
		}
		// The password stays for the same server and user alone.
		d.call(t, d.Ada, PATCH, base+"/settings/mail", map[string]any{"sender": "sales@example.com"}).is(200)
		d.call(t, d.Ada, POST, base+"/settings/mail/test", nil).is(200)
		d.call(t, d.Ada, PATCH, base+"/settings/mail", map[string]any{"host": "localhost"}).is(200)
		if d.call(t, d.Ada, GET, base+"/settings/mail", nil).is(200).json()["has_password"] != false {
			t.Error("the password went along to another server")
		}
		d.call(t, d.Ada, POST, base+"/settings/mail/test", nil).problem(422, "smtp.test_failed")
		d.call(t, d.Ada, PATCH, base+"/settings/mail", map[string]any{"host": ""}).is(200)
	})
}
