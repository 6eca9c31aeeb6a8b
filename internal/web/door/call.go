package door

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
	"wellmet/internal/wire"
)

// viewCookie holds language, zone and looks; a copy of the user's preferences.
const viewCookie = "wellmet_view"

var (
	errCrossOrigin = fault.New(fault.Forbidden, "web.cross_origin", nil)
	errNoPage      = fault.New(fault.NotFound, "web.no_page", nil)
)

// Call is one request on its way through an area.
type Call struct {
	W    http.ResponseWriter
	R    *http.Request
	Ctx  context.Context
	Door *Door
	App  *app.App
	View *kit.View

	// Identity, WS and Who are set once somebody is signed in.
	Identity access.Identity
	WS       *app.Workspace
	Who      record.Who

	shell *kit.Shell
	// warned is what rules found odd about what the call has written.
	warned []record.Warning
	frame  func(kit.Page) kit.Page // of settings
}

// SignedIn reports whether the call has a member behind it.
func (c *Call) SignedIn() bool { return c.WS != nil }

// guess is the view of a user whom we may not know yet: his cookie, then what
// his browser says.
func (c *Call) guess() *kit.View {
	prefs := url.Values{}
	if cookie, err := c.R.Cookie(viewCookie); err == nil {
		prefs, _ = url.ParseQuery(cookie.Value)
	}
	locale := i18n.Choose(c.R.Header.Get("Accept-Language"), prefs.Get("lang"))
	v := &kit.View{Format: i18n.FormatFor(locale), Lang: i18n.FormatFor(locale).Language(), Now: c.App.Now(),
		Theme: prefs.Get("theme"), Dense: prefs.Get("dense") == "1", NoKeys: prefs.Get("nokeys") == "1", NoGuide: prefs.Get("noguide") == "1", Heard: c.App.Live().Mark()}
	if v.Theme != "light" && v.Theme != "dark" {
		v.Theme = ""
	}
	if zone, err := time.LoadLocation(prefs.Get("zone")); err == nil && prefs.Get("zone") != "" {
		v.Zone = zone
		v.OwnZone = true
	} else {
		v.Zone = time.UTC
	}
	return v
}

// SetView keeps how the user wants to see things in his browser too, so that
// no page need look it up.
func (c *Call) SetView(p access.Preferences) {
	v := url.Values{"lang": {p.Language}, "zone": {p.Zone}, "theme": {p.Theme}}
	if p.Dense {
		v.Set("dense", "1")
	}
	if p.NoKeys {
		v.Set("nokeys", "1")
	}
	if p.NoGuide {
		v.Set("noguide", "1")
	}
	http.SetCookie(c.W, &http.Cookie{Name: viewCookie, Value: v.Encode(), Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true,
		Secure: c.secure(), SameSite: http.SameSiteLaxMode})
}

func (c *Call) secure() bool { return c.Door.secure || c.R.TLS != nil }

// SetSession signs the browser in; an empty secret signs it out.
func (c *Call) SetSession(secret string) {
	http.SetCookie(c.W, wire.Cookie(secret, 30*24*3600, c.secure()))
}

// Address is a path of this site as others can open it.
func (c *Call) Address(path string) string {
	scheme := "http://"
	if c.secure() {
		scheme = "https://"
	}
	return scheme + c.R.Host + path
}

// Secret is the session's, "" when there is none.
func (c *Call) Secret() string {
	if cookie, err := c.R.Cookie(wire.CookieName); err == nil {
		return cookie.Value
	}
	return ""
}

// From is where the caller is, for sign-in limits.
func (c *Call) From() access.From {
	return access.From{IP: c.Door.address(c.R), Agent: c.R.UserAgent()}
}

func (c *Call) identify() error {
	secret := c.Secret()
	if secret == "" {
		return fault.New(fault.Unauthenticated, "web.sign_in", nil)
	}
	id, err := c.App.Auth().SessionMember(c.Ctx, secret, c.App.Config().Slug)
	if err != nil {
		return err
	}
	ws, err := c.App.Workspace(c.Ctx, id.Workspace)
	if err != nil {
		return err
	}
	c.Identity, c.WS = id, ws
	c.Who = record.Who{Member: id.Member, Door: "page", Locale: c.View.Lang, Zone: c.View.Zone}
	return nil
}

// Read runs fn on one snapshot in the caller's name. The first Read of a call
// also learns what the shell needs.
func (c *Call) Read(fn func(*record.Session) error, class ...store.Class) error {
	return c.WS.Read(c.Ctx, c.Who, func(s *record.Session) error {
		c.learn(s)
		return fn(s)
	}, class...)
}

// Write runs fn as one act in the caller's name; cause names what was asked
// for: "deals.move". fn may run twice.
func (c *Call) Write(cause string, fn func(*record.Session) error) error {
	who := c.Who
	who.Cause = cause
	var warned []record.Warning
	err := c.WS.Write(c.Ctx, who, func(s *record.Session) error {
		c.learn(s)
		err := fn(s)
		warned = s.Warnings()
		return err
	})
	if err == nil {
		c.warned = warned
	}
	return err
}

// Object is the object of the {plural} in the address, if the caller may read
// it; another address is nobody's.
func (c *Call) Object(s *record.Session) (*schema.Object, error) {
	plural := c.R.PathValue("plural")
	for _, o := range s.Schema().Objects() {
		if o.Plural == plural && s.Actor().Can(o, access.Read) {
			return o, nil
		}
	}
	return nil, errNoPage
}

// ID is the {id} of the address.
func (c *Call) ID() (value.ID, error) { return c.IDOf("id") }

// IDOf reads an id from the address.
func (c *Call) IDOf(name string) (value.ID, error) {
	id, err := value.ParseID(c.R.PathValue(name))
	if err != nil {
		return 0, errNoPage
	}
	return id, nil
}

// Form is what the request's form says; a form too large or broken is a fault.
func (c *Call) Form() (url.Values, error) {
	err := c.R.ParseForm()
	if strings.HasPrefix(c.R.Header.Get("Content-Type"), "multipart/") {
		err = c.R.ParseMultipartForm(8 << 20)
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, fault.New(fault.TooLarge, "web.too_large", fault.Args{"limit": large.Limit})
	case err != nil:
		return nil, fault.New(fault.Invalid, "web.bad_form", nil).Because(err)
	}
	return c.R.Form, nil
}

// Sent are the record that the address names and the form that was sent to it.
func (c *Call) Sent() (value.ID, url.Values, error) {
	id, err := c.ID()
	if err != nil {
		return 0, nil, err
	}
	form, err := c.Form()
	return id, form, err
}

// Fragment reports whether a script asks for a part of a page, not for a page.
func (c *Call) Fragment() bool {
	return c.R.Header.Get("HX-Request") == "true" && c.R.Header.Get("HX-Boosted") != "true"
}

// boosted reports whether a link asks for the content panel alone.
func (c *Call) boosted() bool {
	return c.R.Header.Get("HX-Boosted") == "true" && strings.HasSuffix(c.R.Header.Get("HX-Target"), "#main")
}
