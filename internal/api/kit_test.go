package api

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// door is an installation with people, and the API before it.
type door struct {
	*apptest.Kit
	api    *API
	tokens map[value.ID]string
}

// each runs test on SQLite and PostgreSQL.
func each(t *testing.T, test func(t *testing.T, d *door)) {
	t.Helper()
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) { test(t, open(t, k)) })
}

// eachQuiet is each without background jobs, for what they might change between
// two calls.
func eachQuiet(t *testing.T, test func(t *testing.T, d *door)) {
	t.Helper()
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) { test(t, open(t, k)) })
}

func open(t testing.TB, k *apptest.Kit) *door {
	t.Helper()
	d := &door{Kit: k, api: New(Needs{App: k.App}), tokens: map[value.ID]string{}}
	for _, member := range []value.ID{k.Ada, k.Bob, k.Rita, k.Max, k.Olga} {
		d.tokens[member] = d.token(t, member, access.ScopeAll)
	}
	return d
}

// token makes a token with its own scopes.
func (d *door) token(t testing.TB, member value.ID, scopes ...string) string {
	t.Helper()
	made, err := d.App.Auth().CreateToken(t.Context(), access.Token{Workspace: d.Workspace.Slug(), Member: member, Name: "test", Scopes: scopes})
	if err != nil {
		t.Fatalf("make token: %v", err)
	}
	return made.Secret
}

// answer is what came back.
type answer struct {
	t      testing.TB
	what   string
	status int
	header http.Header
	body   []byte
}

// call sends a request in somebody's name; header lines are "Name: value". A
// body that is no text is sent as JSON.
func (d *door) call(t testing.TB, member value.ID, method, path string, body any, header ...string) *answer {
	t.Helper()
	var text io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		text = strings.NewReader(b)
	case []byte:
		text = bytes.NewReader(b)
	case io.Reader:
		text = b
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.NewReader(raw)
	}
	r := httptest.NewRequestWithContext(t.Context(), method, path, text)
	if secret, ok := d.tokens[member]; ok {
		r.Header.Set("Authorization", "Bearer "+secret)
	}
	for _, line := range header {
		name, v, _ := strings.Cut(line, ": ")
		r.Header.Set(name, v)
	}
	w := httptest.NewRecorder()
	d.api.ServeHTTP(w, r)
	a := &answer{t: t, what: method + " " + path, status: w.Code, header: w.Header(), body: w.Body.Bytes()}
	if a.status == http.StatusInternalServerError {
		t.Errorf("%s: internal error: %s", a.what, a.body)
	}
	return a
}

// is checks the status and answers itself.
func (a *answer) is(status int) *answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s: status %d, want %d: %s", a.what, a.status, status, a.body)
	}
	return a
}

// json reads the body.
func (a *answer) json() map[string]any {
	a.t.Helper()
	var out map[string]any
	if err := json.Unmarshal(a.body, &out); err != nil {
		a.t.Fatalf("%s: %v in %s", a.what, err, a.body)
	}
	return out
}

func (a *answer) text(name string) string {
	a.t.Helper()
	text, _ := a.json()[name].(string)
	return text
}

func (a *answer) items() []map[string]any {
	a.t.Helper()
	list, ok := a.json()["items"].([]any)
	if !ok {
		a.t.Fatalf("%s: no items in %s", a.what, a.body)
	}
	out := make([]map[string]any, len(list))
	for i, x := range list {
		out[i], _ = x.(map[string]any)
	}
	return out
}

// problem checks that the answer is a problem document with a status, a key
// and texts for people, and answers its fields by name.
func (a *answer) problem(status int, key string) map[string]fieldFail {
	a.t.Helper()
	a.is(status)
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		a.t.Fatalf("%s: %s instead of a problem document: %s", a.what, got, a.body)
	}
	var p problem
	if err := json.Unmarshal(a.body, &p); err != nil {
		a.t.Fatal(err)
	}
	if p.Key != key || p.Status != status || p.Title == "" || p.Detail == "" || p.Detail == p.Key || !strings.HasPrefix(p.Type, base+"/docs#") {
		a.t.Errorf("%s: problem is %s, want key %s", a.what, a.body, key)
	}
	fields := map[string]fieldFail{}
	for _, f := range p.Errors {
		if f.Message == "" || f.Message == f.Key {
			a.t.Errorf("%s: field %s has no sentence: %s", a.what, f.Field, a.body)
		}
		fields[f.Field] = f
	}
	return fields
}

// create makes a record through the API and answers its id.
func (d *door) create(t testing.TB, member value.ID, plural string, v map[string]any) string {
	t.Helper()
	return d.call(t, member, POST, base+"/"+plural, v).is(201).text("id")
}

// system runs fn past permission, for what a test begins with.
func (d *door) system(t testing.TB, fn func(*record.Session) error) {
	t.Helper()
	if err := d.Workspace.Write(t.Context(), record.AsSystem("test"), fn); err != nil {
		t.Fatal(err)
	}
}

// close sets how open an object is.
func (d *door) open(t testing.TB, object string, to access.Openness) {
	t.Helper()
	d.system(t, func(s *record.Session) error {
		return access.SetOpenness(t.Context(), s.Tx(), s.Schema().MustObject(object), to)
	})
}

// role gives a member a role of his own with these permissions.
func (d *door) role(t testing.TB, member value.ID, permissions string) {
	t.Helper()
	d.system(t, func(s *record.Session) error {
		out, err := s.Create(t.Context(), "role", record.Values{"name": "Role of " + member.String(), "permissions": permissions})
		if err != nil {
			return err
		}
		_, err = s.Update(t.Context(), "member", member, 0, record.Values{"role": out.ID})
		return err
	})
}

// sqliteConfig is for tests that the kind of database cannot matter to.
func sqliteConfig() app.Config {
	return app.Config{Sync: store.SyncOff}
}
