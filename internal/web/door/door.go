package door

import (
	"net/http"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/web/kit"
	"wellmet/internal/wire"
)

// Needs is what pages are made with.
type Needs struct {
	App *app.App
	// Secure says that browsers come by HTTPS although the server speaks HTTP.
	Secure bool
	// ClientIP finds the address of a caller; nil = of the connection.
	ClientIP func(*http.Request) string
	// Demo are the people whom anybody may become with one click; nil except in
	// the sample company.
	Demo []DemoSignIn
	// Settings makes the frame that pages of settings stand in; nil = none.
	Settings func(*Call, *record.Session) func(kit.Page) kit.Page
}

// DemoSignIn is one person of the sample company.
type DemoSignIn struct{ Role, Name, Email, Password string }

// Door turns handlers of areas into HTTP handlers. It keeps nothing of a
// request or user.
type Door struct {
	app     *app.App
	auth    *access.Auth
	secure  bool
	address wire.Address
	guard   *http.CrossOriginProtection
	Demo    []DemoSignIn

	settings func(*Call, *record.Session) func(kit.Page) kit.Page
}

// New makes the door.
func New(n Needs) *Door {
	return &Door{app: n.App, auth: n.App.Auth(), secure: n.Secure, address: wire.Address(n.ClientIP).OrConnection(), guard: http.NewCrossOriginProtection(), Demo: n.Demo, settings: n.Settings}
}

// Route is one address and who answers it.
type Route struct {
	// Pattern is of net/http: "GET /deals/{id}". The first segment is either a
	// word of its own or {plural}.
	Pattern string
	Do      func(*Call) error
	// Open routes answer people who have not signed in.
	Open bool
	// Public routes are for strangers, also on other websites: who they are and
	// where they come from is not looked at.
	Public bool
	// Stream routes stay open; they get no time limit and no compression.
	Stream bool
	// Body is how many bytes a request may carry; 0 = 1 MiB.
	Body int64
}

const defaultBody = 1 << 20

// Handler is the route as an HTTP handler.
func (d *Door) Handler(route Route) http.Handler {
	if route.Body == 0 {
		route.Body = defaultBody
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.serve(&route, w, r)
	})
}

func (d *Door) serve(route *Route, w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, route.Body)
	c := &Call{W: w, R: r, Ctx: r.Context(), Door: d, App: d.app}
	c.View = c.guess()
	if !route.Public {
		if d.guard.Check(r) != nil {
			c.fail(errCrossOrigin)
			return
		}
		if err := c.identify(); err != nil && !route.Open {
			c.fail(err)
			return
		}
	}
	if err := route.Do(c); err != nil {
		c.fail(err)
	}
}

// Lost answers an address that no area has.
func (d *Door) Lost(w http.ResponseWriter, r *http.Request) {
	d.serve(&Route{Open: true, Body: 1, Do: func(*Call) error { return errNoPage }}, w, r)
}
