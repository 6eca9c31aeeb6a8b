package people

import (
	"net/http"
	"net/url"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// mine is everything on a user's own page.
type mine struct {
	Prefs    access.Preferences
	Zone     string // of the workspace, followed unless chosen otherwise
	Sessions []access.Session
	This     string // id of the session that asks
	Tokens   []access.Token
	Scopes   []string // that a token can have
	Fresh    string   // secret of a token just made, shown this once
	Typed    url.Values
	Err      error
	Part     string // of the page, that Err is about
}

func showMe(c *door.Call) error { return me(c, http.StatusOK, mine{}) }

// me shows the page, with what went wrong in one part of it.
func me(c *door.Call, status int, m mine) error {
	err := c.Read(func(s *record.Session) error {
		m.Zone, m.Scopes = s.Settings().Zone, []string{access.ScopeAll, "read", "write"}
		return nil
	})
	if err != nil {
		return err
	}
	auth := c.App.Auth()
	m.This = c.Identity.Session
	if m.Part != "prefs" {
		if m.Prefs, err = auth.Preferences(c.Ctx, c.Identity.User); err != nil {
			return err
		}
	}
	if m.Sessions, err = auth.Sessions(c.Ctx, c.Identity.User); err != nil {
		return err
	}
	if m.Tokens, err = auth.Tokens(c.Ctx, c.Identity.Workspace, c.Identity.Member); err != nil {
		return err
	}
	return c.ShowStatus(status, kit.Page{Title: c.View.T("web.people.me"), Nav: "/settings/me", Body: mePage(c.View, m)})
}

// refused shows the page again, with a fault at the part it is about.
func refused(c *door.Call, part string, typed url.Values, err error) error {
	if _, ok := fault.As(err); !ok {
		return err
	}
	return me(c, door.Status(err), mine{Part: part, Typed: typed, Err: err})
}

// saveMe keeps the preferences and reloads the page in them.
func saveMe(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	p := access.Preferences{Language: form.Get("language"), Zone: form.Get("zone"), Theme: form.Get("theme"),
		Dense: form.Get("dense") != "", NoKeys: form.Get("nokeys") != "", NoGuide: form.Get("noguide") != ""}
	if err := p.Check(i18n.Languages()); err != nil {
		return me(c, door.Status(err), mine{Part: "prefs", Prefs: p, Err: err})
	}
	if err := c.App.Auth().SetPreferences(c.Ctx, c.Identity.User, p); err != nil {
		return err
	}
	c.SetView(p)
	return c.Reload("/settings/me")
}

func changePassword(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	err = c.App.Auth().ChangePassword(c.Ctx, c.Identity.User, form.Get("old"), form.Get("password"), c.Secret(), c.From())
	if err != nil {
		return refused(c, "password", nil, err)
	}
	return c.Reload("/settings/me")
}

// endSession ends one session, or all when none is named.
func endSession(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	auth, id := c.App.Auth(), form.Get("id")
	if id == "" {
		if err := auth.SignOutEverywhere(c.Ctx, c.Identity.User); err != nil {
			return err
		}
		return c.Reload("/signin")
	}
	if err := auth.EndSession(c.Ctx, c.Identity.User, id); err != nil {
		return err
	}
	return c.Reload("/settings/me")
}

// addToken makes an API token and shows its secret, this once.
func addToken(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	t := access.Token{Workspace: c.Identity.Workspace, Member: c.Identity.Member, Name: form.Get("name"), Scopes: []string{form.Get("scope")}}
	if day := form.Get("until"); day != "" {
		if t.Expires, err = time.ParseInLocation(time.DateOnly, day, c.View.Zone); err != nil {
			return refused(c, "token", form, fault.New(fault.Invalid, "web.people.bad_day", nil))
		}
		t.Expires = t.Expires.AddDate(0, 0, 1) // the day itself still counts
	}
	if err := c.Read(func(s *record.Session) error { return access.CheckScopes(s.Schema(), t.Scopes) }); err != nil {
		return refused(c, "token", form, err)
	}
	if t, err = c.App.Auth().CreateToken(c.Ctx, t); err != nil {
		return refused(c, "token", form, err)
	}
	return me(c, http.StatusOK, mine{Fresh: t.Secret, Part: "token"})
}

func endToken(c *door.Call) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	if err := c.App.Auth().RevokeToken(c.Ctx, c.Identity.Workspace, c.Identity.Member, id); err != nil {
		return err
	}
	return c.Reload("/settings/me")
}
