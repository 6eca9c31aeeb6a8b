package api

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"wellmet/internal/process"
)

// An incoming hook over the API: an administrator makes it, a program calls it,
// and what came of that is told.
func TestIncomingHooksOverTheAPI(t *testing.T) {
	eachQuiet(t, func(t *testing.T, d *door) {
		made := map[string]any{"name": "Shop", "object": "lead", "key_field": "email", "mapping": `[{"path":"email","field":"email"},{"path":"name","field":"name"}]`}
		d.call(t, d.Rita, POST, base+"/incoming_hooks", made).is(403)
		id := d.call(t, d.Ada, POST, base+"/incoming_hooks", made).is(201).text("id")
		hook := base + "/incoming_hooks/" + id
		for _, x := range []struct{ method, path string }{{POST, "/address"}, {POST, "/secret"}, {DELETE, "/secret"}, {GET, "/calls"}, {POST, "/again"}} {
			d.call(t, d.Rita, x.method, hook+x.path, nil).problem(403, "record.admin_only")
		}
		at := d.call(t, d.Ada, POST, hook+"/address", nil).is(201).text("path")

		first := d.call(t, 0, POST, at, map[string]any{"email": "ann@acme.example", "name": "Ann"}, "Webhook-Id: msg_1").is(202).text("id")
		if again := d.call(t, 0, POST, at, map[string]any{"email": "ann@acme.example", "name": "Ann"}, "Webhook-Id: msg_1", "Authorization: Basic eA==").is(202).text("id"); again != first {
			t.Errorf("the same message is %s and %s", first, again)
		}
		d.Drain(t)
		if list := d.call(t, d.Ada, GET, base+"/leads", nil).is(200).json()["items"].([]any); len(list) != 1 {
			t.Errorf("%d leads", len(list))
		}
		call := d.call(t, d.Ada, GET, hook+"/calls?state=done", nil).is(200).json()["items"].([]any)[0].(map[string]any)
		if call["id"] != first || call["did"] != "created" || call["object"] != "lead" || call["record"] == "" {
			t.Errorf("the call is %v", call)
		}
		d.call(t, d.Ada, GET, hook+"/calls?state=lost", nil).is(400)

		d.call(t, 0, POST, at, "{").problem(400, "api.bad_json")
		d.call(t, 0, POST, at, "").is(400)
		d.call(t, 0, POST, at, "name=Ann").is(400)
		d.call(t, 0, POST, at, `"`+strings.Repeat("x", smallBody)+`"`).problem(413, "api.body_too_large")
		d.call(t, 0, POST, at+"x", "{}").problem(404, "process.no_such_hook")
		d.call(t, 0, POST, base+"/w/nowhere/hooks/x", "{}").problem(404, "process.no_such_hook")
		d.call(t, 0, GET, at, nil).is(405)

		secret := d.call(t, d.Ada, POST, hook+"/secret", nil).is(201).text("secret")
		d.call(t, 0, POST, at, "{}").problem(401, "process.bad_signature")
		text, err := process.Sign(secret, "msg_2", d.Now(), []byte(`{"email":"bob@acme.example","name":"Bob"}`))
		if err != nil {
			t.Fatal(err)
		}
		d.call(t, 0, POST, at, `{"email":"bob@acme.example","name":"Bob"}`, "Webhook-Id: msg_2",
			"Webhook-Timestamp: "+strconv.FormatInt(d.Now().Unix(), 10), "Webhook-Signature: "+text).is(202)
		d.call(t, d.Ada, DELETE, hook+"/secret", nil).is(204)
		d.call(t, 0, POST, at, `{"name":"Nobody"}`).is(202)
		d.Drain(t)
		failed := d.call(t, d.Ada, GET, hook+"/calls?state=failed", nil).is(200).json()["items"].([]any)[0].(map[string]any)
		if failed["problem"] != "Nothing stands at “email”, by which the record is found." || failed["body"] != `{"name":"Nobody"}` {
			t.Errorf("the failed call is %v", failed)
		}
		if n := d.call(t, d.Ada, POST, hook+"/again", map[string]any{"call": failed["id"]}).is(200).json()["count"]; fmt.Sprint(n) != "1" {
			t.Errorf("tried %v", n)
		}
		d.call(t, d.Ada, POST, hook+"/again", map[string]any{"call": first}).problem(404, "process.no_failed_call")
		d.call(t, d.Ada, PATCH, hook, map[string]any{"active": false}).is(200)
		d.call(t, 0, POST, at, "{}").problem(http.StatusGone, "process.hook_off")
	})
}
