package exchange_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/exchange"
	"wellmet/internal/value"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

// upload sends a file as the form of the first step does.
func upload(t *testing.T, s *webtest.Site, u *webtest.User, object, name, text string) webtest.Answer {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.WriteField("object", object); err != nil {
		t.Fatal(err)
	}
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/imports/new", &b)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Accept-Language", "en")
	return u.Send(r)
}

var importPath = regexp.MustCompile(`^/imports/(\d+)`)

// uploaded is upload of a file that is taken; it answers the import's address.
func uploaded(t *testing.T, s *webtest.Site, u *webtest.User, object, name, text string) (path string, id value.ID) {
	t.Helper()
	a := upload(t, s, u, object, name, text)
	m := importPath.FindStringSubmatch(a.Header.Get("Location"))
	if a.Status != http.StatusSeeOther || m == nil {
		t.Fatalf("upload of %s: %d %s", name, a.Status, words(a.Body))
	}
	id, err := value.ParseID(m[1])
	if err != nil {
		t.Fatal(err)
	}
	return m[0], id
}

var tags = regexp.MustCompile(`<[^>]*>|\s+`)

// words is the text of a page.
func words(html string) string {
	if _, body, ok := strings.Cut(html, `<main`); ok {
		html = "<main" + body
	}
	return strings.Join(strings.Fields(tags.ReplaceAllString(html, " ")), " ")
}

// settled waits until an import has come to a rest.
func settled(t *testing.T, s *webtest.Site, id value.ID) *exchange.Run {
	t.Helper()
	return watched(t, s, id, func(*exchange.Run) {})
}

// watched is settled with a look at each step on the way. An import that has
// not gone on for a minute never will.
func watched(t *testing.T, s *webtest.Site, id value.ID, look func(*exchange.Run)) *exchange.Run {
	t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	rows, deadline := 0, time.Now().Add(60*time.Second)
	for ; ; <-again.C {
		run, err := s.Workspace.Importer().Get(t.Context(), apptest.As(s.Ada), id)
		if err != nil {
			t.Fatal(err)
		}
		look(run)
		if run.State != exchange.Waiting && run.State != exchange.Running && run.State != exchange.Undoing {
			return run
		}
		if run.Rows > rows {
			rows, deadline = run.Rows, time.Now().Add(60*time.Second)
		}
		if time.Now().After(deadline) {
			t.Fatalf("the import does not end: %+v", run)
		}
	}
}
