package api

import (
	"errors"
	"net/http"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/wire"
)

// workspaceHeader chooses among the workspaces of a signed-in user; a token
// names its own.
const workspaceHeader = "Wellmet-Workspace"

// identify finds out in whose name the call is, from a token or a session.
func (c *call) identify() error {
	secret, byToken, err := c.secret()
	if err != nil && !c.op.open { // what is open to all may come with anything
		return err
	}
	if !byToken && c.op.writes() { // a browser sends its cookie wherever it is told to
		if err := c.api.guard.Check(c.r); err != nil {
			return fault.New(fault.Forbidden, "api.cross_origin", nil).Because(err)
		}
	}
	if c.op.open {
		return nil
	}
	if byToken {
		c.id, err = c.api.auth.UseToken(c.ctx, secret)
	} else {
		c.id, err = c.api.auth.SessionMember(c.ctx, secret, c.workspaceSlug())
	}
	if err != nil {
		return err
	}
	if c.ws, err = c.api.app.Workspace(c.ctx, c.id.Workspace); err != nil {
		return err
	}
	c.who = record.Who{Member: c.id.Member, Scopes: c.id.Scopes, Door: "api", Cause: c.cause(), Locale: c.lang()}
	return nil
}

// secret is the token or session that came along.
func (c *call) secret() (secret string, byToken bool, err error) {
	if header := c.r.Header.Get("Authorization"); header != "" {
		scheme, token, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return "", true, fault.New(fault.Unauthenticated, "api.scheme", nil)
		}
		return strings.TrimSpace(token), true, nil
	}
	cookie, err := c.r.Cookie(wire.CookieName)
	switch {
	case err == nil:
		return cookie.Value, false, nil
	case c.op.open:
		return "", false, nil
	case errors.Is(err, http.ErrNoCookie):
		return "", false, fault.New(fault.Unauthenticated, "api.sign_in", nil)
	}
	return "", false, err
}

func (c *call) workspaceSlug() string {
	if slug := c.r.Header.Get(workspaceHeader); slug != "" {
		return slug
	}
	return c.api.app.Config().Slug
}

// cause is what an act of this call is called: "deals.update".
func (c *call) cause() string {
	if plural := c.r.PathValue("plural"); plural != "" {
		return plural + "." + c.op.name
	}
	return c.op.first() + "." + c.op.name
}

// from is where the caller is.
func (c *call) from() access.From {
	return access.From{IP: c.api.address(c.r), Agent: c.r.UserAgent()}
}

// wholeMember refuses a token that has less than all the rights of its member,
// for what would give it more: making tokens, or reading all there are.
func (c *call) wholeMember() error {
	if c.id.Scopes == nil {
		return nil
	}
	for _, scope := range c.id.Scopes {
		if scope == access.ScopeAll {
			return nil
		}
	}
	return fault.New(fault.Forbidden, "api.narrow_token", nil)
}

// lang is the language of the caller, by his browser or program.
func (c *call) lang() string { return languageOf(c.r) }

// languageOf picks one of our languages; English serves everybody.
func languageOf(r *http.Request) string {
	return i18n.Choose(r.Header.Get("Accept-Language"), "")
}
