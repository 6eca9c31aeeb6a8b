package bench

import (
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSignInKeepsTheCookies(t *testing.T) {
	t.Parallel()
	addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/signin" || r.PostFormValue("email") != "m4@wellmet.example" || r.PostFormValue("password") != "a & b" {
			http.Error(w, "who?", http.StatusUnauthorized)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "s3"})
		http.SetCookie(w, &http.Cookie{Name: "view", Value: "en"})
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
	a := actor{email: "m4@wellmet.example", password: "a & b"}
	if err := signIn(t.Context(), addr, &a); err != nil || a.cookie != "session=s3; view=en" {
		t.Errorf("cookie %q, %v", a.cookie, err)
	}
	stranger := actor{email: "x@wellmet.example"}
	if err := signIn(t.Context(), addr, &stranger); err == nil || stranger.cookie != "" {
		t.Errorf("a stranger got in: %q, %v", stranger.cookie, err)
	}
}

// small is a site of one deal of each kind.
func small() (*site, *actor) {
	s := &site{stages: []string{"s1", "s2"}, extras: extras{Pipeline: "p", Eighth: "s8", Fifty: []string{"f"}, Ten: "t", Many: "m"}}
	return s, &actor{owners: []string{"o"}}
}

func TestScreensHaveTheirDataBeside(t *testing.T) {
	t.Parallel()
	s, a := small()
	calls := map[string]int{}
	for _, x := range s.screens(a) {
		path, list := x.about(rand.New(rand.NewPCG(1, 2)))
		if !strings.HasPrefix(path, "/deals") || x.mark == "" {
			t.Errorf("%s: %s, marked %q", x.name, path, x.mark)
		}
		for _, c := range list {
			if !strings.HasPrefix(c.Path, "/api/v1/") || (c.Method == http.MethodPost) != (len(c.Body) > 0) {
				t.Errorf("%s: %s %s %s", x.name, c.Method, c.Path, c.Body)
			}
		}
		calls[x.name] = x.calls()
	}
	// The board: pipelines, stages, sums, and a column for each stage.
	want := map[string]int{screenList: 1, screenBoard: 3 + 3, screenOwner: 3 + 3, screenRecord: 3, screenTen: 3, screenMany: 3}
	if diff := cmp.Diff(want, calls); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestDataIsAskedCallByCall(t *testing.T) {
	t.Parallel()
	s, a := small()
	board := s.screens(a)[1].data()
	var req Request
	var paths []string
	for range 7 {
		req.Header, req.Body = "", req.Body[:0] // as a client does between two
		board.Make(rand.New(rand.NewPCG(1, 2)), &req)
		path, _, _ := strings.Cut(req.Path, "?")
		paths = append(paths, req.Method+" "+strings.TrimPrefix(path, "/api/v1/"))
		if req.Method == http.MethodPost && (!strings.HasPrefix(string(req.Body), `{"filter":`) || req.Header == "") {
			t.Errorf("body %s, header %q", req.Body, req.Header)
		}
		if req.Method == http.MethodGet && len(req.Body)+len(req.Header) > 0 {
			t.Errorf("%s carries %q %s", req.Path, req.Header, req.Body)
		}
	}
	want := []string{"GET pipelines", "GET stages", "POST deals/aggregate", "GET deals", "GET deals", "GET deals", "GET pipelines"}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestCallsAddUpToAPage(t *testing.T) {
	t.Parallel()
	r := Result{ServerCPU: 0.5, GeneratorCPU: 0.1, Bytes: 100, P95: 3}
	r.perPage(4)
	if r.ServerCPU != 2 || r.GeneratorCPU != 0.4 || r.Bytes != 400 || r.P95 != 3 {
		t.Errorf("%+v", r)
	}
}

func TestAnEmptyPageIsNoPage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		html   string
		good   bool
	}{
		"three rows": {200, "<tr data-row><tr data-row><tr data-row>", true},
		"nothing":    {200, "<p>No deals</p>", false},
		"refused":    {403, "<tr data-row>", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Cookie") != "session=s3" {
					t.Errorf("cookie %q", r.Header.Get("Cookie"))
				}
				w.WriteHeader(c.status)
				io.WriteString(w, c.html)
			})
			s, a := small()
			a.cookie = "session=s3"
			var said strings.Builder
			g := rig{Options: Options{Err: &said}, server: &Server{Addr: addr}}
			if err := g.look(a, s.screens(a)[0]); (err == nil) != c.good {
				t.Errorf("%v, said %q", err, said.String())
			}
			if c.good && !strings.Contains(said.String(), "shows 3 in") {
				t.Errorf("said %q", said.String())
			}
		})
	}
}

func TestOnlyTheAskedPagesAreOpened(t *testing.T) {
	t.Parallel()
	list, board := screen{name: screenList}, screen{name: screenBoard}
	for _, c := range []struct {
		shapes []string
		want   [2]bool
	}{{nil, [2]bool{true, true}}, {[]string{shapePages}, [2]bool{true, true}}, {[]string{screenList}, [2]bool{true, false}}, {[]string{shapeGet}, [2]bool{false, false}}} {
		g := rig{Options: Options{Shapes: c.shapes}}
		if got := [2]bool{g.wants(list), g.wants(board)}; got != c.want {
			t.Errorf("%v: %v, want %v", c.shapes, got, c.want)
		}
	}
}

func TestWhatHappenedStandsOnATimeline(t *testing.T) {
	t.Parallel()
	first, second := happened(1), happened(2)
	if cmp.Equal(first["done_at"], second["done_at"]) || first["subject"] == second["subject"] || first["done"] != true {
		t.Errorf("%v and %v", first, second)
	}
}
