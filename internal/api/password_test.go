package api

import (
	"net/http"
	"strings"
	"testing"

	"wellmet/internal/record"
)

func TestPasswordsAndSessionsOverTheAPI(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		invited := d.call(t, d.Ada, POST, base+"/members/invite", map[string]any{"email": "new@bell.com"}, "Idempotency-Key: i").is(201)
		d.call(t, 0, POST, base+"/setup/password", map[string]any{"code": invited.text("code"), "password": "first phrase of all"}).is(200)
		signIn := func(password string, status int) string {
			a := d.call(t, 0, POST, base+"/session", map[string]any{"email": "new@bell.com", "password": password}).is(status)
			cookie, _, _ := strings.Cut(a.header.Get("Set-Cookie"), ";")
			return "Cookie: " + cookie
		}
		here, there := signIn("first phrase of all", 200), signIn("first phrase of all", 200)
		change := map[string]any{"old": "first phrase of all", "password": "second phrase of all"}
		d.call(t, 0, POST, base+"/me/password", map[string]any{"old": "not this one", "password": "second phrase of all"}, here).problem(422, "access.wrong_old")
		d.call(t, 0, POST, base+"/me/password", change, here).is(204)
		d.call(t, 0, GET, base+"/me", nil, here).is(200)
		d.call(t, 0, GET, base+"/me", nil, there).is(http.StatusUnauthorized)

		there = signIn("second phrase of all", 200)
		for _, s := range d.call(t, 0, GET, base+"/session", nil, here).is(200).items() {
			if s["this"] != true {
				d.call(t, 0, DELETE, base+"/session/"+s["id"].(string), nil, here).is(204)
			}
		}
		d.call(t, 0, GET, base+"/me", nil, there).is(http.StatusUnauthorized)
		d.call(t, 0, DELETE, base+"/session/00", nil, here).problem(404, "access.no_session")

		member := invited.text("id")
		d.call(t, d.Bob, POST, base+"/members/"+member+"/password-code", nil).problem(403, "record.admin_only")
		d.call(t, d.Ada, POST, base+"/members/12345/password-code", nil).problem(404, "record.absent")
		code := d.call(t, d.Ada, POST, base+"/members/"+member+"/password-code", nil, "Idempotency-Key: r").is(201).text("code")
		d.call(t, 0, POST, base+"/setup/password", map[string]any{"code": code, "password": "third phrase of all"}).is(200)
		d.call(t, 0, GET, base+"/me", nil, here).is(http.StatusUnauthorized)
		signIn("third phrase of all", 200)
	})
}

func TestAnswersWithSecretsAreNotKept(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		made := func(key, path string, body map[string]any, name string) {
			t.Helper()
			secret := d.call(t, d.Ada, POST, base+path, body, "Idempotency-Key: "+key).is(201).text(name)
			d.call(t, d.Ada, POST, base+path, body, "Idempotency-Key: "+key).problem(409, "api.key_done")
			d.system(t, func(s *record.Session) error {
				var n int64
				_, err := s.Tx().Row(t.Context(), `SELECT count(*) FROM {idempotency} WHERE key = $1 AND body IS NULL AND status = 201`, []any{key}, &n)
				if n != 1 || secret == "" {
					t.Errorf("%s: %d rows without an answer", key, n)
				}
				return err
			})
		}
		made("a", "/members/invite", map[string]any{"email": "new@bell.com"}, "code")
		made("b", "/tokens", map[string]any{"name": "robot", "scopes": []string{"read"}}, "secret")
		made("c", "/members/"+d.Rita.String()+"/password-code", nil, "code")
		d.call(t, d.Ada, POST, base+"/tokens", map[string]any{"name": "other", "scopes": []string{"read"}}, "Idempotency-Key: b").problem(422, "api.key_other_request")
		if n := len(d.call(t, d.Ada, GET, base+"/tokens", nil).is(200).items()); n != 2 {
			t.Errorf("%d tokens, want the test's and one", n)
		}
	})
}
