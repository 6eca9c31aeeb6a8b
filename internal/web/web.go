package web

import (
	"context"
	"net/http"
	"strings"

	"wellmet/internal/app"
	"wellmet/internal/web/activity"
	"wellmet/internal/web/assignment"
	"wellmet/internal/web/board"
	"wellmet/internal/web/cadence"
	"wellmet/internal/web/changes"
	"wellmet/internal/web/commerce"
	"wellmet/internal/web/create"
	"wellmet/internal/web/dashboard"
	"wellmet/internal/web/designer"
	"wellmet/internal/web/door"
	"wellmet/internal/web/exchange"
	"wellmet/internal/web/focus"
	"wellmet/internal/web/forecast"
	"wellmet/internal/web/form"
	"wellmet/internal/web/goals"
	"wellmet/internal/web/guide"
	"wellmet/internal/web/home"
	"wellmet/internal/web/inbox"
	"wellmet/internal/web/list"
	"wellmet/internal/web/mail"
	"wellmet/internal/web/moving"
	"wellmet/internal/web/palette"
	"wellmet/internal/web/people"
	"wellmet/internal/web/pipeline"
	"wellmet/internal/web/predict"
	"wellmet/internal/web/process"
	"wellmet/internal/web/record"
	"wellmet/internal/web/report"
	"wellmet/internal/web/scoring"
	"wellmet/internal/web/settings"
	"wellmet/internal/web/signin"
	"wellmet/internal/web/static"
	"wellmet/internal/wire"
)

// Needs is what the pages are made of; see door.Needs.
type Needs struct {
	App      *app.App
	Secure   bool
	ClientIP func(*http.Request) string
}

// areas are all subjects of the pages, each with its addresses.
func areas() [][]door.Route {
	return [][]door.Route{
		signin.Routes(), home.Routes(), focus.Routes(), inbox.Routes(), list.Routes(), board.Routes(), moving.Routes(board.Moved, record.Moved), record.Routes(), commerce.Routes(), create.Routes(), palette.Routes(), activity.Routes(),
		mail.Routes(), exchange.Routes(), report.Routes(), dashboard.Routes(), changes.Routes(), forecast.Routes(), people.Routes(), pipeline.Routes(), designer.Routes(),
		settings.Routes(settings.Words{Schema: designer.Told, Effect: designer.Effect, Key: designer.FreeKey}),
		form.Routes(), cadence.Routes(), scoring.Routes(), assignment.Routes(), guide.Routes(), process.Routes(), goals.Routes(list.Index),
		predict.Routes(),
	}
}

// policy: scripts and styles are ours alone; a computed width may stand in a
// style attribute.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"

// Web answers the pages of all workspaces.
type Web struct {
	door    *door.Door
	fixed   *http.ServeMux // paths with a first segment of their own
	records *http.ServeMux // /{plural}…
	words   map[string]bool
	secure  bool
}

// New makes the pages. A sample company gets its one-click sign-ins.
func New(ctx context.Context, n Needs) (*Web, error) {
	people, err := demoPeople(ctx, n.App)
	if err != nil {
		return nil, err
	}
	w := &Web{fixed: http.NewServeMux(), records: http.NewServeMux(), words: map[string]bool{"": true}, secure: n.Secure,
		door: door.New(door.Needs{App: n.App, Secure: n.Secure, ClientIP: n.ClientIP, Demo: people, Settings: settings.Frame})}
	for _, routes := range areas() {
		for _, route := range routes {
			w.register(route)
		}
	}
	w.fixed.HandleFunc("GET "+static.Path, static.ServeHTTP)
	w.words["static"] = true
	return w, nil
}

// register puts an address into one of two multiplexers: "/imports/{id}" and
// "/{plural}/new" would conflict in one.
func (w *Web) register(route door.Route) {
	_, path, _ := strings.Cut(route.Pattern, " ")
	word, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if word == "{plural}" {
		w.records.Handle(route.Pattern, w.door.Handler(route))
		return
	}
	if word == "{$}" {
		word = ""
	}
	w.words[word] = true
	w.fixed.Handle(route.Pattern, w.door.Handler(route))
}

func demoPeople(ctx context.Context, a *app.App) ([]door.DemoSignIn, error) {
	ws, err := a.Default(ctx)
	if err != nil {
		return nil, err
	}
	d, err := ws.Demo(ctx)
	if err != nil || d == nil {
		return nil, err
	}
	var people []door.DemoSignIn
	for _, s := range d.SignIns {
		people = append(people, door.DemoSignIn{Role: s.Role, Name: s.Name, Email: s.Email, Password: app.DemoPassword})
	}
	return people, nil
}

// ServeHTTP implements http.Handler.
func (w *Web) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	h := rw.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)")
	if w.secure || r.TLS != nil {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	word, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	mux := w.records
	if w.words[word] && w.knows(r) {
		mux = w.fixed
	}
	if !wire.Plain(r.URL.Path) {
		w.door.Lost(rw, r)
		return
	}
	if _, pattern := mux.Handler(r); pattern == "" {
		w.door.Lost(rw, r)
		return
	}
	mux.ServeHTTP(rw, r)
}

// knows reports whether a word's own pages have the address: /activities/new
// is one of them, /activities is a list as of any other object.
func (w *Web) knows(r *http.Request) bool {
	_, pattern := w.fixed.Handler(r)
	return pattern != ""
}
