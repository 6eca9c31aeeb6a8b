package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
)

func TestWhoMayCome(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		d.call(t, 0, GET, base+"/me", nil).problem(401, "api.sign_in")
		d.call(t, 0, GET, base+"/me", nil, "Authorization: Basic eDp5").problem(401, "api.scheme")
		d.call(t, 0, GET, base+"/me", nil, "Authorization: Bearer wm_nosuch").problem(401, "access.bad_token")
		d.call(t, 0, GET, base+"/nosuch", nil).problem(401, "api.sign_in")
		if a := d.call(t, 0, GET, base+"/me", nil); a.header.Get("WWW-Authenticate") == "" {
			t.Error("no WWW-Authenticate")
		}
		me := d.call(t, d.Rita, GET, base+"/me", nil).is(200).json()
		if me["name"] != "Rita" || me["member"] != d.Rita.String() || me["admin"] != false {
			t.Errorf("me is %v", me)
		}
		if err := d.Workspace.SetMemberActive(t.Context(), record.AsSystem("test"), d.Rita, false); err != nil {
			t.Fatal(err)
		}
		d.call(t, d.Rita, GET, base+"/me", nil).problem(401, "access.bad_token")
	})
}

// What a rep may not do, an administrator may.
func TestEveryPermissionHasAYesAndANo(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		for _, x := range []struct {
			method, path string
			body         any
			yes          int
		}{
			{PATCH, "/settings", map[string]any{"workspace": "Acme"}, 200},
			{PATCH, "/settings/hours", map[string]any{"week": map[string]any{"mon": []string{"09:00-12:00", "13:00-17:00"}}}, 200},
			{PATCH, "/openness", map[string]any{"deals": "team"}, 200},
			{PATCH, "/openness?preview=true", map[string]any{"deals": "private"}, 200},
			{GET, "/schema", nil, 200},
			{POST, "/schema/plan", map[string]any{"changes": []any{map[string]any{"op": "add_field", "object": "deal", "set": map[string]any{"name": "color", "kind": "text"}}}}, 200},
			{POST, "/schema/apply", map[string]any{"changes": []any{map[string]any{"op": "add_field", "object": "deal", "set": map[string]any{"name": "color", "kind": "text"}}}}, 200},
			{POST, "/members/invite", map[string]any{"email": "new@test.example"}, 201},
			{POST, "/members", map[string]any{"name": "Nobody"}, 201},
			{POST, "/teams", map[string]any{"name": "West"}, 201},
			{POST, "/roles", map[string]any{"name": "Clerk", "permissions": "{}"}, 201},
			{POST, "/imports?object=accounts", "name\nA\n", 202},
		} {
			if a := d.call(t, d.Rita, x.method, base+x.path, x.body); a.status != http.StatusForbidden {
				t.Errorf("rep: %s %s is %d: %s", x.method, x.path, a.status, a.body)
			}
			if a := d.call(t, d.Ada, x.method, base+x.path, x.body); a.status != x.yes {
				t.Errorf("administrator: %s %s is %d: %s", x.method, x.path, a.status, a.body)
			}
		}
		for _, path := range []string{"/me", "/tokens", "/objects", "/openness", "/settings", "/reports", "/session", "/openapi.json", "/search?q=a"} {
			d.call(t, d.Rita, GET, base+path, nil).is(200)
		}
	})
}

// A colleague of another team reads what is open, and changes nothing of it.
func TestScopesAtTheDoor(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "A"})
		path := base + "/accounts/" + account
		for _, x := range []struct {
			method, path string
			body         any
		}{{PATCH, path, map[string]any{"name": "B"}}, {DELETE, path, nil}, {POST, path + "/shares", map[string]any{"member": d.Max.String(), "level": "read"}}} {
			if a := d.call(t, d.Olga, x.method, x.path, x.body); a.status != http.StatusForbidden {
				t.Errorf("%s %s is %d", x.method, x.path, a.status)
			}
		}
		d.call(t, d.Olga, GET, path, nil).is(200)
		d.call(t, d.Max, PATCH, path, map[string]any{"name": "B"}).is(200)
		d.call(t, d.Bob, PATCH, path, map[string]any{"name": "C"}).is(200)
		d.open(t, "account", access.TeamOnly)
		d.call(t, d.Olga, GET, path, nil).problem(404, "record.absent")
		d.call(t, d.Olga, PATCH, path, map[string]any{"name": "D"}).problem(404, "record.absent")
		d.call(t, d.Olga, GET, path+"/history", nil).problem(404, "record.absent")
		d.call(t, d.Bob, GET, path, nil).is(200)
		if n := len(d.call(t, d.Olga, GET, base+"/accounts?count=exact", nil).is(200).items()); n != 0 {
			t.Errorf("%d accounts show", n)
		}
	})
}

func TestTokensAreLimited(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		made := d.call(t, d.Rita, POST, base+"/tokens", map[string]any{"name": "reader", "scopes": []string{"read"}}).is(201)
		d.tokens[1] = made.text("secret")
		account := map[string]any{"name": "A"}
		d.call(t, 1, GET, base+"/accounts", nil).is(200)
		d.call(t, 1, POST, base+"/accounts", account).problem(403, "record.may_not_create")
		d.call(t, 1, POST, base+"/tokens", map[string]any{"name": "more", "scopes": []string{"all"}}).problem(403, "api.narrow_token")
		d.call(t, 1, DELETE, base+"/session?everywhere=true", nil).problem(403, "api.narrow_token")

		d.tokens[2] = d.token(t, d.Rita, "accounts:write")
		d.call(t, 2, POST, base+"/accounts", account).is(201)
		d.call(t, 2, GET, base+"/deals", nil).problem(404, "record.no_object")

		d.tokens[3] = d.token(t, d.Ada, "write")
		d.call(t, 3, PATCH, base+"/settings", map[string]any{"workspace": "x"}).problem(403, "record.admin_only")
		d.call(t, d.Rita, POST, base+"/tokens", map[string]any{"name": "x", "scopes": []string{"everything"}}).problem(422, "access.unknown_token_scope")
		d.call(t, d.Rita, POST, base+"/tokens", map[string]any{"name": "x", "scopes": []string{"all"}, "expires_at": "2020-01-01T00:00:00Z"}).problem(422, "access.token_over")

		d.call(t, d.Max, DELETE, base+"/tokens/"+made.text("id"), nil).problem(404, "access.no_token")
		d.call(t, 1, DELETE, base+"/tokens/"+made.text("id"), nil).is(204)
		d.call(t, 1, GET, base+"/accounts", nil).problem(401, "access.bad_token")
		if s := string(d.call(t, d.Rita, GET, base+"/tokens", nil).is(200).body); strings.Contains(s, "wm_") {
			t.Errorf("secrets in the list: %s", s)
		}
	})
}

func TestSignInWithACookie(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		d.call(t, 0, POST, base+"/session", map[string]any{"email": "rita@test.example", "password": "wrong"}).problem(401, "access.wrong_password")
		in := d.call(t, 0, POST, base+"/session", map[string]any{"email": "rita@test.example", "password": apptest.Password}).is(200)
		header := in.header.Get("Set-Cookie")
		for _, want := range []string{"HttpOnly", "SameSite=Lax", "Path=/"} {
			if !strings.Contains(header, want) {
				t.Errorf("the cookie lacks %s: %s", want, header)
			}
		}
		cookie := "Cookie: " + strings.Split(header, ";")[0]
		d.call(t, 0, GET, base+"/me", nil, cookie).is(200)
		account := map[string]any{"name": "A"}
		d.call(t, 0, POST, base+"/accounts", account, cookie).is(201)
		d.call(t, 0, POST, base+"/accounts", account, cookie, "Sec-Fetch-Site: cross-site").problem(403, "api.cross_origin")
		d.call(t, 0, POST, base+"/accounts", account, cookie, "Origin: https://evil.example").problem(403, "api.cross_origin")
		d.call(t, d.Rita, POST, base+"/accounts", account, "Sec-Fetch-Site: cross-site").is(201) // no browser adds a token by itself
		d.call(t, 0, POST, base+"/session", map[string]any{"email": "a@b.example", "password": "x"}, "Sec-Fetch-Site: cross-site").problem(403, "api.cross_origin")
		d.call(t, 0, GET, base+"/me", nil, cookie, "Wellmet-Workspace: other").problem(401, "access.signed_out")
		if n := len(d.call(t, 0, GET, base+"/session", nil, cookie).is(200).items()); n != 1 {
			t.Errorf("%d sessions", n)
		}
		d.call(t, 0, DELETE, base+"/session", nil, cookie).is(204)
		d.call(t, 0, GET, base+"/me", nil, cookie).problem(401, "access.signed_out")
		d.call(t, d.Rita, DELETE, base+"/session", nil).problem(409, "api.no_session")
	})
}

func TestTooManyAttemptsWait(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		for range 40 {
			a := d.call(t, 0, POST, base+"/session", map[string]any{"email": "rita@test.example", "password": "wrong"})
			if a.status == http.StatusUnauthorized {
				continue
			}
			a.problem(429, "access.too_many_attempts")
			if a.header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			return
		}
		t.Error("nobody stops guessing")
	})
}

func TestSetUpAndInvite(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		code, err := d.App.Auth().SetupCode(t.Context(), d.Workspace.Slug())
		if err != nil {
			t.Fatal(err)
		}
		d.call(t, 0, POST, base+"/setup", map[string]any{"code": "AAAA", "email": "first@test.example", "password": apptest.Password}).problem(401, "access.bad_code")
		d.call(t, 0, POST, base+"/setup", map[string]any{"code": code, "email": "first@test.example", "password": apptest.Password, "workspace": "Acme"}).is(201)
		d.call(t, 0, POST, base+"/session", map[string]any{"email": "first@test.example", "password": apptest.Password}).is(200)

		in := d.call(t, d.Ada, POST, base+"/members/invite", map[string]any{"email": "second@test.example", "name": "Second", "team": "North"}).is(201)
		d.call(t, 0, POST, base+"/setup/password", map[string]any{"code": in.text("code"), "password": apptest.Password}).is(200)
		d.call(t, 0, POST, base+"/session", map[string]any{"email": "second@test.example", "password": apptest.Password}).is(200)
		d.call(t, 0, POST, base+"/setup/password", map[string]any{"code": in.text("code"), "password": apptest.Password}).problem(401, "access.bad_code")
		again := d.call(t, d.Ada, POST, base+"/members/invite", map[string]any{"email": "second@test.example"}).is(201)
		if again.text("code") != "" {
			t.Error("an administrator got a code for the account of somebody who has a password")
		}
	})
}

func TestHeadersAndPages(t *testing.T) {
	t.Parallel()
	d := open(t, apptest.Open(t, sqliteConfig()))
	for _, path := range []string{base + "/docs", base + "/docs/style.css", "/healthz"} {
		a := d.call(t, 0, GET, path, nil).is(200)
		if a.header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(a.header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s lacks security headers: %v", path, a.header)
		}
		if s := string(a.body); strings.Contains(s, "<script") || strings.Contains(s, "style=") || strings.Contains(s, `src="http`) {
			t.Errorf("%s breaks its own policy", path)
		}
	}
	d.call(t, 0, GET, "/metrics", nil).problem(401, "api.sign_in") // the recorder is at 192.0.2.1
	d.call(t, d.Rita, GET, "/metrics", nil).problem(403, "record.admin_only")
	if a := d.call(t, d.Ada, GET, "/metrics", nil).is(200); !strings.Contains(string(a.body), `wellmet_request_seconds_count{operation="health",status="2xx"} 1`) {
		t.Errorf("metrics: %s", a.body)
	}
	r := httptest.NewRequestWithContext(t.Context(), GET, "/metrics", nil)
	r.RemoteAddr = "127.0.0.1:5000"
	w := httptest.NewRecorder()
	d.api.ServeHTTP(w, r)
	if w.Code != 200 {
		t.Errorf("metrics on this machine: %d", w.Code)
	}
	page := d.call(t, 0, GET, base+"/docs", nil)
	for _, name := range kinds {
		if !strings.Contains(string(page.body), `id="`+name+`"`) {
			t.Errorf("the page explains no problem %s", name)
		}
	}
}

func TestPanicsAndTimeoutsAreProblems(t *testing.T) {
	t.Parallel()
	d := open(t, apptest.Open(t, sqliteConfig()))
	serve := func(limit time.Duration, do func(*call) error) *answer {
		op := &operation{method: GET, path: "/x", name: "x", class: class{limit: limit}, open: true, do: do}
		w := httptest.NewRecorder()
		d.api.serve(op, w, httptest.NewRequestWithContext(t.Context(), GET, "/x", nil))
		return &answer{t: t, what: "GET /x", status: w.Code, header: w.Header(), body: w.Body.Bytes()}
	}
	a := serve(time.Minute, func(*call) error { panic("boom") })
	a.problem(500, "api.internal")
	if a.text("reference") == "" || strings.Contains(string(a.body), "boom") {
		t.Errorf("got %s", a.body)
	}
	a = serve(time.Nanosecond, func(c *call) error { <-c.ctx.Done(); return c.ctx.Err() })
	a.problem(503, "api.timeout")
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}
