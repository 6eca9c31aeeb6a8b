package api

import (
	"net/http"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/wire"
)

// me answers who the caller is.
func (c *call) me() error {
	return c.read(func(s *record.Session) error {
		a := s.Actor()
		out := appendText(append(c.out, '{'), "workspace", c.ws.Slug())
		out = appendText(appendID(appendID(out, "member", a.Member()), "user", c.id.User), "name", a.Name())
		if a.Team() != 0 {
			out = appendID(out, "team", a.Team())
		}
		if a.Role() != 0 {
			out = appendID(out, "role", a.Role())
		}
		out = append(appendName(out, "admin"), boolText(a.Admin())...)
		if c.id.Scopes != nil {
			out = append(appendName(out, "scopes"), '[')
			for _, scope := range c.id.Scopes {
				out = appendQuoted(appendNext(out), scope)
			}
			out = append(out, ']')
		}
		c.out = append(out, '}')
		return nil
	})
}

// signIn opens a session and gives the browser its cookie.
func (c *call) signIn() error {
	session, err := c.api.auth.SignIn(c.ctx, c.textOf("email"), c.textOf("password"), c.from())
	if err != nil {
		return err
	}
	http.SetCookie(c.w, c.cookie(session.Secret, session.Expires))
	memberships, err := c.api.auth.Memberships(c.ctx, session.User)
	if err != nil {
		return err
	}
	type place struct {
		Workspace string   `json:"workspace"`
		Member    value.ID `json:"member"`
	}
	places := []place{}
	for _, m := range memberships {
		if m.Active {
			places = append(places, place{m.Workspace, m.Member})
		}
	}
	return c.sendValue(struct {
		User       value.ID  `json:"user"`
		Expires    time.Time `json:"expires_at"`
		Workspaces []place   `json:"workspaces"`
	}{session.User, session.Expires, places})
}

// cookie lasts as long as the session.
func (c *call) cookie(secret string, expires time.Time) *http.Cookie {
	return wire.Cookie(secret, int(expires.Sub(c.api.app.Now()).Seconds()), c.api.secure || c.r.TLS != nil)
}

// sessions answers where the caller is signed in.
func (c *call) sessions() error {
	all, err := c.api.auth.Sessions(c.ctx, c.id.User)
	if err != nil {
		return err
	}
	type one struct {
		ID      string    `json:"id"`
		Created time.Time `json:"created_at"`
		Seen    time.Time `json:"last_seen_at"`
		Expires time.Time `json:"expires_at"`
		IP      string    `json:"ip"`
		Agent   string    `json:"agent"`
		This    bool      `json:"this"`
	}
	items := make([]one, len(all))
	for i, s := range all {
		items[i] = one{s.ID, s.Created, s.Seen, s.Expires, s.IP, s.Agent, s.ID == c.id.Session}
	}
	return c.sendValue(map[string]any{"items": items})
}

// signOut ends the session of the cookie, or all of the user.
func (c *call) signOut() error {
	if c.flag("everywhere") {
		if err := c.wholeMember(); err != nil {
			return err
		}
		if err := c.api.auth.SignOutEverywhere(c.ctx, c.id.User); err != nil {
			return err
		}
	} else {
		secret, byToken, err := c.secret()
		if err != nil {
			return err
		}
		if byToken {
			return fault.New(fault.Conflict, "api.no_session", nil)
		}
		if err := c.api.auth.SignOut(c.ctx, secret); err != nil {
			return err
		}
	}
	http.SetCookie(c.w, c.cookie("", c.api.app.Now()))
	return c.send()
}

// endSession ends one of the caller's sessions.
func (c *call) endSession() error {
	if err := c.wholeMember(); err != nil {
		return err
	}
	id := c.r.PathValue("id")
	if err := c.api.auth.EndSession(c.ctx, c.id.User, id); err != nil {
		return err
	}
	if id == c.id.Session {
		http.SetCookie(c.w, c.cookie("", c.api.app.Now()))
	}
	return c.send()
}

// changePassword lets the caller choose another password. The session he calls
// with goes on, the others end.
func (c *call) changePassword() error {
	if err := c.wholeMember(); err != nil {
		return err
	}
	secret, byToken, err := c.secret()
	if err != nil {
		return err
	}
	if byToken {
		secret = ""
	}
	if err := c.api.auth.ChangePassword(c.ctx, c.id.User, c.textOf("old"), c.textOf("password"), secret, c.from()); err != nil {
		return err
	}
	return c.send()
}

// resetPassword makes a code with which a colleague sets a new password.
func (c *call) resetPassword() error {
	if err := c.look(admin); err != nil {
		return err
	}
	member, err := c.pathID("id")
	if err != nil {
		return err
	}
	return c.apart(func() error {
		if err := c.look(func(s *record.Session) error {
			_, err := s.Get(c.ctx, access.Members.Name, member)
			return err
		}); err != nil {
			return err
		}
		reset, err := c.api.auth.ResetPassword(c.ctx, c.id.Workspace, member)
		if err != nil {
			return err
		}
		c.out = append(appendText(appendText(append(c.out[:0], '{'), "code", reset.Code), "expires_at", reset.Expires.Format(time.RFC3339)), '}')
		return nil
	}, "/members/")
}

// setUp introduces the first administrator with the one-time code.
func (c *call) setUp() error {
	ws, err := c.api.app.Default(c.ctx)
	if err != nil {
		return err
	}
	in, err := ws.Introduce(c.ctx, c.textOf("code"), app.NewMember{Name: c.textOf("name"), Email: c.textOf("email"), Password: c.textOf("password")},
		c.changeSettings)
	if err != nil {
		return err
	}
	return c.sendValue(map[string]value.ID{"member": in.Member, "user": in.User})
}

// setPassword sets a password with the code of an invitation.
func (c *call) setPassword() error {
	user, err := c.api.auth.RedeemPassword(c.ctx, c.textOf("code"), c.textOf("password"))
	if err != nil {
		return err
	}
	return c.sendValue(map[string]value.ID{"user": user})
}

// invite makes a member who can sign in, and answers the code with which he
// sets his password, unless he has one.
func (c *call) invite() error {
	if err := c.look(admin); err != nil {
		return err
	}
	return c.apart(func() error {
		known, found, err := c.api.auth.UserByEmail(c.ctx, c.textOf("email"))
		if err != nil {
			return err
		}
		in, err := c.ws.AddMember(c.ctx, c.who, app.NewMember{Name: c.textOf("name"), Email: c.textOf("email"),
			Role: c.textOf("role"), Team: c.textOf("team"), Manager: c.idOf("manager")})
		if err != nil {
			return err
		}
		c.out = appendID(appendID(append(c.out, '{'), "id", in.Member), "user", in.User)
		if in.Code != "" && (!found || known.Invited) { // nobody gets hold of another's account
			c.out = appendText(c.out, "code", in.Code)
		}
		c.out = append(c.out, '}')
		return nil
	}, "/members/")
}

// tokenJSON is a token as the API shows it; the secret only once.
type tokenJSON struct {
	ID      value.ID   `json:"id"`
	Name    string     `json:"name"`
	Scopes  []string   `json:"scopes"`
	Created time.Time  `json:"created_at"`
	Expires *time.Time `json:"expires_at"`
	Used    *time.Time `json:"last_used_at"`
	Secret  string     `json:"secret,omitempty"`
}

func showToken(t access.Token) tokenJSON {
	out := tokenJSON{ID: t.ID, Name: t.Name, Scopes: t.Scopes, Created: t.Created, Secret: t.Secret}
	if !t.Expires.IsZero() {
		out.Expires = &t.Expires
	}
	if !t.Used.IsZero() {
		out.Used = &t.Used
	}
	return out
}

// tokens answers the caller's tokens.
func (c *call) tokens() error {
	all, err := c.api.auth.Tokens(c.ctx, c.id.Workspace, c.id.Member)
	if err != nil {
		return err
	}
	items := make([]tokenJSON, len(all))
	for i, t := range all {
		items[i] = showToken(t)
	}
	return c.sendValue(map[string]any{"items": items})
}

// addToken makes a token for the caller himself. A token that has less than all
// rights must not make one that has more.
func (c *call) addToken() error {
	if err := c.wholeMember(); err != nil {
		return err
	}
	scopes := c.textsOf("scopes")
	if err := c.look(func(s *record.Session) error { return access.CheckScopes(s.Schema(), scopes) }); err != nil {
		return err
	}
	return c.apart(func() error {
		t, err := c.api.auth.CreateToken(c.ctx, access.Token{Workspace: c.id.Workspace, Member: c.id.Member, Name: c.textOf("name"),
			Scopes: scopes, Expires: c.endOf("expires_at")})
		if err != nil {
			return err
		}
		c.out = c.out[:0]
		return c.marshal(showToken(t))
	}, "/tokens/")
}

// endToken revokes one of the caller's tokens.
func (c *call) endToken() error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	if c.id.Token != id { // a token may always end itself
		if err := c.wholeMember(); err != nil {
			return err
		}
	}
	if err := c.api.auth.RevokeToken(c.ctx, c.id.Workspace, c.id.Member, id); err != nil {
		return err
	}
	return c.send()
}
