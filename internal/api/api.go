package api

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/wire"
)

// base is where the API lives.
const base = "/api/v1"

// Needs is what the door is made of.
type Needs struct {
	App *app.App
	// Secure says that browsers come by HTTPS although the server itself speaks
	// HTTP, behind a proxy: cookies are then for HTTPS only.
	Secure bool
	// ClientIP finds the address of a caller; nil = of the connection. Only who
	// runs a proxy knows which header to believe.
	ClientIP func(*http.Request) string
}

// API answers requests. It keeps nothing between them but caches that any node
// can rebuild.
type API struct {
	app     *app.App
	auth    *access.Auth
	log     *slog.Logger
	secure  bool
	address wire.Address

	operations []operation
	fixed      *http.ServeMux // paths with a first segment of their own
	records    *http.ServeMux // /{plural}…
	segments   map[string]bool
	guard      *http.CrossOriginProtection
	documents  documents
	meters     *meters
}

// New makes the door.
func New(n Needs) *API {
	a := &API{app: n.App, auth: n.App.Auth(), log: n.App.Log(), secure: n.Secure, address: wire.Address(n.ClientIP).OrConnection(),
		operations: sitemap(), fixed: http.NewServeMux(), records: http.NewServeMux(), segments: map[string]bool{},
		guard: http.NewCrossOriginProtection(), meters: newMeters()}
	for i := range a.operations {
		a.register(&a.operations[i])
	}
	a.registerPages()
	return a
}

// register gives an operation its address. Objects and fixed paths live in two
// multiplexers, because "/imports/{id}" and "/{plural}/export" would conflict in
// one: what has a first segment of its own is no object.
func (a *API) register(op *operation) {
	mux := a.fixed
	if op.generic() || op.object() {
		mux = a.records
	} else {
		a.segments[op.first()] = true
	}
	mux.HandleFunc(op.method+" "+base+op.path, func(w http.ResponseWriter, r *http.Request) { a.serve(op, w, r) })
}

// Handler serves the API, its documents, the health check and the metrics.
func (a *API) Handler() http.Handler { return a }

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	setHeaders(w.Header(), a.secure || r.TLS != nil)
	mux := a.muxFor(r.URL.Path)
	if mux == nil {
		a.lost(w, r, nil)
		return
	}
	if h, pattern := mux.Handler(r); pattern == "" {
		a.lost(w, r, h)
		return
	}
	mux.ServeHTTP(w, r)
}

// muxFor finds who knows a path; a path that is not written plainly is nobody's.
func (a *API) muxFor(path string) *http.ServeMux {
	if !wire.Plain(path) {
		return nil
	}
	rest, ok := strings.CutPrefix(path, base+"/")
	if !ok {
		return a.fixed
	}
	if segment, _, _ := strings.Cut(rest, "/"); a.segments[segment] {
		return a.fixed
	}
	return a.records
}

// Server is an HTTP server with the time limits that the API counts on: an
// operation sets its own for the body and the answer.
func Server(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
}
