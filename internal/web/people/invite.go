package people

import (
	"net/http"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
)

func membersAt(p *staff, off bool) templ.SafeURL {
	q := url.Values{}
	if p.Text != "" {
		q.Set("q", p.Text)
	}
	if off {
		q.Set("show", "off")
	}
	return address(membersURL, q)
}

func membersNext(p *staff) templ.SafeURL {
	q := url.Values{"cursor": {p.Next}}
	if p.Text != "" {
		q.Set("q", p.Text)
	}
	if p.ShowOff {
		q.Set("show", "off")
	}
	return address(membersURL, q)
}

func address(path string, q url.Values) templ.SafeURL {
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	return templ.URL(path)
}

// invitation is the form that invites, and what was typed into it.
type invitation struct {
	staff
	Values url.Values
	Err    error
}

// pass is a link that lets somebody set a password.
type pass struct {
	Name, URL string // URL "" = he has a password already
	Until     time.Time
	Reset     bool
}

func showInvite(c *door.Call) error {
	q := c.R.URL.Query()
	i := invitation{Values: url.Values{"name": {q.Get("name")}, "email": {q.Get("email")}}}
	err := c.Read(func(s *record.Session) error {
		if err := admin(s); err != nil {
			return err
		}
		rep, _ := s.Roster().Role(access.RepRole)
		i.Values.Set("role", rep.String())
		if id, err := value.ParseID(q.Get("member")); err == nil {
			r, err := s.Get(c.Ctx, access.Members.Name, id)
			if err != nil {
				return err
			}
			m := memberOf(r)
			i.Values = url.Values{"name": {m.Name}, "email": {m.Email}, "role": {m.Role.String()}, "team": {m.Team.String()}, "manager": {m.Manager.String()}}
		}
		return i.choices(c, s)
	})
	if err != nil {
		return err
	}
	return ask(c, http.StatusOK, membersURL, c.View.T("web.people.invite"), inviteForm(c.View, &i))
}

// invite makes a member who can sign in, and shows the link to hand on.
func invite(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	i := invitation{Values: form}
	if err := c.Read(func(s *record.Session) error {
		if err := admin(s); err != nil {
			return err
		}
		return i.choices(c, s)
	}); err != nil {
		return err
	}
	in, err := inviteAs(c, form)
	if door.Showable(err) {
		i.Err = err
		return ask(c, door.Status(err), membersURL, c.View.T("web.people.invite"), inviteForm(c.View, &i))
	}
	if err != nil {
		return err
	}
	l := pass{Name: nameOf(c, in.Member)}
	if in.Code != "" {
		l.URL, l.Until = c.Address("/password/"+in.Code), c.View.Now.Add(access.PasswordLife)
	}
	return showPass(c, l)
}

func inviteAs(c *door.Call, form url.Values) (in app.Invited, err error) {
	n := app.NewMember{Name: form.Get("name"), Email: form.Get("email")}
	if _, err := value.ParseEmail(n.Email); err != nil {
		return in, at(err, "email")
	}
	if textOrNil(n.Name) == nil {
		return in, at(fault.New(fault.Invalid, "web.people.name_missing", nil), "name")
	}
	n.RoleID, _ = value.ParseID(form.Get("role"))
	n.TeamID, _ = value.ParseID(form.Get("team"))
	n.Manager, _ = value.ParseID(form.Get("manager"))
	seats, err := c.App.Auth().Seats(c.Ctx, c.Identity.Workspace)
	if err != nil {
		return in, err
	}
	id, found, err := c.WS.MemberByEmail(c.Ctx, n.Email)
	if err != nil {
		return in, err
	}
	if found && seats[id].User != 0 {
		return in, at(fault.New(fault.Invalid, "web.people.already_here", fault.Args{"name": nameOf(c, id)}), "email")
	}
	return c.WS.AddMember(c.Ctx, c.Who, n)
}

// newLink makes a link for a member who lost his, or his password.
func newLink(c *door.Call) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	l := pass{Reset: true}
	if err := c.Read(func(s *record.Session) error {
		if err := admin(s); err != nil {
			return err
		}
		_, err := s.Get(c.Ctx, access.Members.Name, id)
		l.Name = s.Roster().Name(id)
		return err
	}); err != nil {
		return err
	}
	reset, err := c.App.Auth().ResetPassword(c.Ctx, c.Identity.Workspace, id)
	if err != nil {
		return err
	}
	l.URL, l.Until = c.Address("/password/"+reset.Code), reset.Expires
	if c.Fragment() {
		return c.Parts(http.StatusOK, askDialog(c.View, c.View.T("web.people.link_title", "name", l.Name), passBox(c.View, l)))
	}
	return ask(c, http.StatusOK, membersURL, c.View.T("web.people.link_title", "name", l.Name), passBox(c.View, l))
}

// showPass shows the link in place of the form, over the list as it is now.
func showPass(c *door.Call, l pass) error {
	box := passBox(c.View, l)
	if !c.Fragment() {
		return ask(c, http.StatusOK, membersURL, c.View.T("web.people.link_title", "name", l.Name), box)
	}
	if at, err := url.Parse(c.R.Header.Get("HX-Current-URL")); err == nil && at.Path == c.R.URL.Path {
		return c.Parts(http.StatusOK, askAgain(box)) // no dialog would outlive the page that the form stands on
	}
	p := staff{}
	if err := p.load(c, 0, ""); err != nil {
		return err
	}
	return reply(c, http.StatusOK, membersView(c, &p), askAgain(box))
}

// chosen is the id that a control of the form stands on.
func chosen(values url.Values, name string) value.ID {
	id, _ := value.ParseID(values.Get(name))
	return id
}
