package bench

import (
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

func get(path string) Shape {
	return Shape{Name: "get", Rows: 2, Want: "fine", Make: func(_ *rand.Rand, r *Request) { r.Method, r.Path = "GET", path }}
}

func TestLoadCountsWhatItSends(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer x" {
			http.Error(w, "who?", http.StatusUnauthorized)
			return
		}
		asked.Add(1)
		io.WriteString(w, "fine")
	})
	load := Load{Addr: addr, Header: "Authorization: Bearer x\r\n", Clients: 3, Duration: time.Minute, Requests: 90, Roots: []int{os.Getpid()}}
	r, err := load.Run(t.Context(), get("/a?b=c"))
	if err != nil {
		t.Fatal(err)
	}
	if r.Requests != 90 || asked.Load() != 90 || r.Errors != 0 || r.Bytes != 4 {
		t.Errorf("sent %d, arrived %d: %+v", r.Requests, asked.Load(), r)
	}
	if r.PerSecond <= 0 || r.RowsPerSecond <= r.PerSecond || r.P50 <= 0 || r.P50 > r.P95 || r.P95 > r.P99 || r.P99 > r.Max {
		t.Errorf("figures out of order: %+v", r)
	}
	if r.Memory <= 0 {
		t.Errorf("no memory measured: %+v", r)
	}
}

func TestLoadSendsBodies(t *testing.T) {
	t.Parallel()
	addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Method == "POST" && r.Header.Get("Content-Type") == "application/json" && string(body) == `{"n":1}` {
			io.WriteString(w, "fine")
		}
	})
	shape := Shape{Name: "create", Want: "fine", Make: func(_ *rand.Rand, r *Request) {
		r.Method, r.Path, r.Header = "POST", "/deals", "Content-Type: application/json\r\n"
		r.Body = append(r.Body, `{"n":1}`...)
	}}
	r, err := Load{Addr: addr, Clients: 1, Duration: time.Minute, Requests: 5}.Run(t.Context(), shape)
	if err != nil || r.Errors != 0 || r.Requests != 5 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestLoadTellsErrors(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"status":        func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "fine, but no", http.StatusConflict) },
		"wrong content": func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "something else") },
		"broken off":    func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := Load{Addr: serve(t, handler), Clients: 2, Duration: time.Minute, Requests: 4}.Run(t.Context(), get("/"))
			if err != nil || r.Errors != 4 || !strings.HasPrefix(r.FirstError, "GET /: ") {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
}

func TestErrorsAreReadable(t *testing.T) {
	t.Parallel()
	if got := readable([]byte("no such deal")); got != "no such deal" {
		t.Errorf("text became %q", got)
	}
	if got := readable([]byte{0x1f, 0x8b, 8}); got != "3 bytes, compressed" {
		t.Errorf("gzip became %q", got)
	}
}

func TestLoadReconnects(t *testing.T) {
	t.Parallel()
	addr := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close")
		io.WriteString(w, "fine")
	})
	r, err := Load{Addr: addr, Clients: 1, Duration: time.Minute, Requests: 5}.Run(t.Context(), get("/"))
	if err != nil || r.Errors != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestLoadStopsInTime(t *testing.T) {
	t.Parallel()
	addr := serve(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "fine") })
	r, err := Load{Addr: addr, Clients: 2, Warm: time.Millisecond, Duration: 20 * time.Millisecond}.Run(t.Context(), get("/"))
	if err != nil || r.Requests == 0 || r.Seconds > 10 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestOneRequestIsSentHoweverLate(t *testing.T) {
	t.Parallel()
	addr := serve(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "fine") })
	r, err := Load{Addr: addr, Clients: 2, Warm: 1, Duration: 1}.Run(t.Context(), get("/"))
	if err != nil || r.Requests != 2 || r.Errors != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestOnlyTheLoopbackIsLoaded(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"192.0.2.1:80", "crm.example:443", "no port"} {
		if _, err := (Load{Addr: addr, Clients: 1, Duration: 1}).Run(t.Context(), get("/")); err == nil {
			t.Errorf("%s was loaded", addr)
		}
	}
}
