// Package signin is the pages before and around a session: signing in and out,
// the first visit of an empty workspace, passwords set with a code.
package signin

import (
	"net/http"
	"net/url"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /signin", Do: show, Open: true},
		{Pattern: "POST /signin", Do: signIn, Open: true},
		{Pattern: "POST /signin/demo", Do: demo, Open: true},
		{Pattern: "POST /signout", Do: signOut, Open: true},
		{Pattern: "GET /setup", Do: showSetup, Open: true},
		{Pattern: "POST /setup", Do: setUp, Open: true},
		{Pattern: "GET /password/{code}", Do: showPassword, Open: true},
		{Pattern: "POST /password/{code}", Do: setPassword, Open: true},
	}
}

// form is what a sign-in page shows again after a refusal; never a password.
type form struct {
	Email, Next string
	Err         error
}

func show(c *door.Call) error {
	ws, err := c.App.Default(c.Ctx)
	if err != nil {
		return err
	}
	empty, err := ws.Empty(c.Ctx)
	switch {
	case err != nil:
		return err
	case empty:
		return c.Go("/setup")
	case c.SignedIn():
		return c.Go(local(c.R.URL.Query().Get("next")))
	}
	return c.Show(page(c, form{Next: c.R.URL.Query().Get("next")}))
}

func page(c *door.Call, f form) kit.Page {
	return kit.Page{Title: c.View.T("web.signin.title"), Bare: true, Body: signInPage(c.View, f, c.Door.Demo)}
}

// local keeps redirects inside this address: a link in a mail must not lead
// somebody through our sign-in to another site.
func local(next string) string {
	u, err := url.Parse(next)
	if err != nil || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.Contains(next, `\`) || u.Host != "" || u.Path == "/signin" {
		return "/"
	}
	return next
}

func signIn(c *door.Call) error {
	values, err := c.Form()
	if err != nil {
		return err
	}
	f := form{Email: strings.TrimSpace(values.Get("email")), Next: values.Get("next")}
	session, err := c.App.Auth().SignIn(c.Ctx, f.Email, values.Get("password"), c.From())
	if err != nil {
		if _, ok := fault.As(err); !ok {
			return err
		}
		f.Err = err
		if c.Fragment() {
			return c.Parts(door.Status(err), kit.FaultToast(c.View, door.Status(err), err))
		}
		return c.ShowStatus(door.Status(err), page(c, f))
	}
	return begin(c, session, f.Next)
}

// begin gives the browser its session. A dialog inside a page only says so: the
// page then sends again what was refused.
func begin(c *door.Call, session access.Session, next string) error {
	if old := c.Secret(); old != "" {
		if err := c.App.Auth().SignOut(c.Ctx, old); err != nil {
			return err
		}
	}
	prefs, err := c.App.Auth().Preferences(c.Ctx, session.User)
	if err != nil {
		return err
	}
	c.SetView(prefs)
	c.SetSession(session.Secret)
	if c.Fragment() {
		c.W.Header().Set("HX-Trigger", "wellmet:signed-in")
		c.W.WriteHeader(http.StatusOK)
		return nil
	}
	http.Redirect(c.W, c.R, local(next), http.StatusSeeOther)
	return nil
}

// demo signs in as one of the people of the sample company.
func demo(c *door.Call) error {
	values, err := c.Form()
	if err != nil {
		return err
	}
	for _, d := range c.Door.Demo {
		if d.Email != values.Get("as") {
			continue
		}
		session, err := c.App.Auth().SignIn(c.Ctx, d.Email, d.Password, c.From())
		if err != nil {
			return err
		}
		return begin(c, session, values.Get("next"))
	}
	return fault.New(fault.NotFound, "web.no_page", nil)
}

func signOut(c *door.Call) error {
	if secret := c.Secret(); secret != "" {
		if err := c.App.Auth().SignOut(c.Ctx, secret); err != nil {
			return err
		}
	}
	c.SetSession("")
	if c.Fragment() {
		c.W.Header().Set("HX-Redirect", "/signin")
		return c.Done()
	}
	http.Redirect(c.W, c.R, "/signin", http.StatusSeeOther)
	return nil
}
