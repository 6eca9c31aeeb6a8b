package api

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"wellmet/internal/app/apptest"
)

func TestBigAnswersAreCompressedForWhoTakesThem(t *testing.T) {
	t.Parallel()
	d := open(t, apptest.Open(t, sqliteConfig()))
	var writes []any
	for i := range 300 {
		writes = append(writes, map[string]any{"values": map[string]any{"name": fmt.Sprintf("Account %d %s", i, strings.Repeat("x", 200))}})
	}
	d.call(t, d.Rita, POST, base+"/accounts/batch", map[string]any{"writes": writes}).is(200)
	path := base + "/accounts?limit=500&fields=name"
	plain := d.call(t, d.Rita, GET, path, nil).is(200)
	small := d.call(t, d.Rita, GET, path, nil, "Accept-Encoding: br, gzip;q=0.8").is(200)
	if plain.header.Get("Content-Encoding") != "" || small.header.Get("Content-Encoding") != "gzip" || len(small.body) > len(plain.body)/4 {
		t.Fatalf("%d bytes plain, %d as %q", len(plain.body), len(small.body), small.header.Get("Content-Encoding"))
	}
	z, err := gzip.NewReader(strings.NewReader(string(small.body)))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(z); err != nil || string(text) != string(plain.body) {
		t.Errorf("unpacked differs: %v", err)
	}
	if a := d.call(t, d.Rita, GET, path, nil, "Accept-Encoding: gzip;q=0, identity").is(200); a.header.Get("Content-Encoding") != "" {
		t.Error("compressed for somebody who refuses it")
	}
}

func TestMinimalAndHead(t *testing.T) {
	t.Parallel()
	d := open(t, apptest.Open(t, sqliteConfig()))
	a := d.call(t, d.Rita, POST, base+"/accounts", map[string]any{"name": "A"}, "Prefer: return=minimal").is(201)
	if want := `{"id":"` + a.text("id") + `","version":1}`; string(a.body) != want {
		t.Errorf("got %s", a.body)
	}
	server := httptest.NewServer(d.api.Handler())
	defer server.Close()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, server.URL+base+"/accounts/"+a.text("id"), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+d.tokens[d.Rita])
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if got.StatusCode != 200 || got.Header.Get("Etag") != `"1"` || got.ContentLength <= 0 {
		t.Errorf("HEAD: %d %v", got.StatusCode, got.Header)
	}
}

// A body may be cut anywhere, by a broken line or on purpose.
func TestABodyThatBreaksOff(t *testing.T) {
	t.Parallel()
	d := open(t, apptest.Open(t, sqliteConfig()))
	broken := func() io.Reader { return io.MultiReader(strings.NewReader(`{"name": "a"`), &breaking{}) }
	d.call(t, d.Rita, POST, base+"/accounts", broken()).problem(400, "api.body_cut")
	d.call(t, d.Ada, POST, base+"/imports?object=accounts", broken()).problem(400, "api.body_cut")
	account := d.create(t, d.Rita, "accounts", map[string]any{"name": "A"})
	d.call(t, d.Rita, POST, base+"/accounts/"+account+"/files", broken()).problem(400, "api.body_cut")
}

type breaking struct{}

// Read implements io.Reader.
func (*breaking) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// Paths with a first segment of their own are no objects: nobody may make one
// of that name, because nothing would lead to it.
func TestFixedPathsAreNoObjects(t *testing.T) {
	t.Parallel()
	d := open(t, apptest.Open(t, sqliteConfig()))
	for segment := range d.api.segments {
		if o, ok := d.Workspace.Engine().Schema().Plural(segment); ok {
			t.Errorf("%s is an object and a path of its own", o.Plural)
		}
	}
}

// Every operation of the sitemap is described with a unique name, and takes
// parameters of kinds that the document knows.
func TestSitemap(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, op := range sitemap() {
		if names[op.name] {
			t.Errorf("two operations are called %s", op.name)
		}
		names[op.name] = true
		if op.help == "" || op.class.limit == 0 || op.do == nil || op.tag == "" && !op.generic() || op.answer == "" && op.success() != http.StatusNoContent {
			t.Errorf("%s is not told in full", op.name)
		}
		if op.body.form == formFields {
			continue
		}
		if text, err := json.Marshal(requestBody(&op, nil)); err != nil || len(text) == 0 {
			t.Errorf("%s: %v", op.name, err)
		}
	}
}
