package home_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/store"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// mostStatements is what opening the start page may ask of the workspace's
// records, whoever opens it.
const mostStatements = 12

func TestStartPageAsksLittle(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var asked []string
	k := apptest.Open(t, app.Config{Sync: store.SyncOff, Quiet: true, OnStatement: func(x store.Statement) {
		mu.Lock()
		defer mu.Unlock()
		if x.Database != "control" && strings.HasPrefix(strings.TrimSpace(x.SQL), "SELECT") {
			asked = append(asked, x.SQL)
		}
	}})
	work(t, &webtest.Site{Kit: k})
	h, err := pages(t.Context(), k.App)
	if err != nil {
		t.Fatal(err)
	}
	for email, member := range map[string]value.ID{"rita": k.Rita, "bob": k.Bob, "ada": k.Ada} {
		session, err := k.App.Auth().SignIn(t.Context(), email+"@test.example", apptest.Password, access.From{IP: "127.0.0.1"})
		if err != nil {
			t.Fatal(err)
		}
		open := func() int {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
			r.AddCookie(&http.Cookie{Name: "wellmet_session", Value: session.Secret})
			mu.Lock()
			asked = nil
			mu.Unlock()
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			mu.Lock()
			defer mu.Unlock()
			return len(asked)
		}
		open() // the first one also learns of schema and people
		if n := open(); n > mostStatements {
			t.Errorf("%s (%v): %d statements\n%s", email, member, n, strings.Join(asked, "\n"))
		}
	}
}
