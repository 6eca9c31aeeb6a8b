package cli

import (
	"context"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

type userCmd struct {
	Add     userAddCmd     `cmd:"" help:"Make a member who can sign in."`
	List    userListCmd    `cmd:"" help:"List members."`
	Disable userDisableCmd `cmd:"" help:"Keep a member from signing in; his records stay."`
	Enable  userEnableCmd  `cmd:"" help:"Let a disabled member sign in again."`
}

type userAddCmd struct {
	Email         string `required:"" placeholder:"ADDRESS" help:"His e-mail address, with which he signs in."`
	Name          string `placeholder:"NAME" help:"His name (the address)."`
	Role          string `default:"rep" placeholder:"KEY" help:"admin, manager, rep (${default}) or a role of your own."`
	Team          string `placeholder:"NAME" help:"His team, made when it is missing."`
	Manager       string `placeholder:"ADDRESS" help:"E-mail address of his manager."`
	PasswordStdin bool   `help:"Read the password from the first line of standard input."`
	JSON          bool   `help:"Answer as JSON."`
}

// Run adds a member. Without a password he gets a one-time code to set one.
func (c *userAddCmd) Run(ctx context.Context, sh *shell) error {
	w, closing, err := sh.open(ctx, writing)
	if err != nil {
		return err
	}
	defer closing()
	password, err := c.password(sh)
	if err != nil {
		return err
	}
	n := app.NewMember{Name: c.Name, Email: c.Email, Password: password, Role: c.Role, Team: c.Team}
	if c.Manager != "" {
		if n.Manager, err = sh.member(ctx, w, c.Manager); err != nil {
			return err
		}
	}
	_, known, err := w.App().Auth().UserByEmail(ctx, c.Email)
	if err != nil {
		return err
	}
	in, err := w.AddMember(ctx, record.Who{System: "command line", Door: "cli", Cause: "user.add"}, n)
	if err != nil {
		return err
	}
	if known && password != "" { // whoever has the machine may reset a password
		if err := w.App().Auth().SetPassword(ctx, in.User, password); err != nil {
			return err
		}
	}
	return c.answer(sh, in)
}

func (c *userAddCmd) answer(sh *shell, in app.Invited) error {
	if c.JSON {
		return sh.json(struct {
			ID   value.ID `json:"id"`
			Code string   `json:"code,omitempty"`
		}{in.Member, in.Code})
	}
	sh.say("cli.user_added", fault.Args{"email": c.Email, "role": c.Role})
	if in.Code != "" {
		sh.say("cli.user_code", fault.Args{"code": in.Code, "hours": int(access.PasswordLife.Hours())})
	}
	return nil
}

type userListCmd struct {
	JSON bool `help:"Answer as JSON."`
}

// person is a member as the list shows him.
type person struct {
	ID      value.ID `json:"id"`
	Name    string   `json:"name"`
	Email   string   `json:"email"`
	Role    string   `json:"role"`
	Team    string   `json:"team"`
	Manager string   `json:"manager"`
	Active  bool     `json:"active"`
	SignIn  bool     `json:"sign_in"`
}

// Run lists who is there.
func (c *userListCmd) Run(ctx context.Context, sh *shell) error {
	w, closing, err := sh.open(ctx, reading)
	if err != nil {
		return err
	}
	defer closing()
	people, err := people(ctx, sh, w)
	if err != nil {
		return err
	}
	if c.JSON {
		return sh.json(people)
	}
	t := table{heads: []string{"NAME", "E-MAIL", "ROLE", "TEAM", "MANAGER", ""}}
	for _, p := range people {
		state := ""
		switch {
		case !p.Active:
			state = sh.text("cli.user_disabled", nil)
		case !p.SignIn:
			state = sh.text("cli.user_no_sign_in", nil)
		}
		t.add(line(p.Name, 40), p.Email, p.Role, p.Team, p.Manager, state)
	}
	t.write(sh.Out)
	return nil
}

func people(ctx context.Context, sh *shell, w *app.Workspace) ([]person, error) {
	joined, err := w.App().Auth().WorkspaceMemberships(ctx, w.Slug())
	if err != nil {
		return nil, err
	}
	signIn := map[value.ID]bool{}
	for _, m := range joined {
		signIn[m.Member] = m.Active
	}
	who, err := sh.who(ctx, w, "", "user.list")
	if err != nil {
		return nil, err
	}
	list := []person{}
	err = readAs(ctx, w, who, func(s *record.Session) error {
		list = list[:0]
		q := record.Query{Object: access.Members.Name, Sort: "name", Fields: []string{"name", "email", "role.name", "team.name", "manager.name", "active"}}
		return s.Each(ctx, q, func(r *record.Record) error {
			p := person{ID: r.ID, Name: r.Title(), SignIn: signIn[r.ID]}
			p.Email, _ = record.Get(r, access.MemberEmail)
			p.Active, _ = record.Get(r, access.MemberActive)
			p.Role, p.Team, p.Manager = value.Text(r.Path("role.name")), value.Text(r.Path("team.name")), value.Text(r.Path("manager.name"))
			list = append(list, p)
			return nil
		})
	})
	return list, err
}

type userDisableCmd struct {
	Email string `arg:"" help:"E-mail address of the member."`
}

// Run disables a member.
func (c *userDisableCmd) Run(ctx context.Context, sh *shell) error {
	return setActive(ctx, sh, c.Email, false)
}

type userEnableCmd struct {
	Email string `arg:"" help:"E-mail address of the member."`
}

// Run enables a member.
func (c *userEnableCmd) Run(ctx context.Context, sh *shell) error {
	return setActive(ctx, sh, c.Email, true)
}

func setActive(ctx context.Context, sh *shell, email string, active bool) error {
	w, closing, err := sh.open(ctx, writing)
	if err != nil {
		return err
	}
	defer closing()
	id, err := sh.member(ctx, w, email)
	if err != nil {
		return err
	}
	if err := w.SetMemberActive(ctx, record.Who{System: "command line", Door: "cli", Cause: "user.disable"}, id, active); err != nil {
		return err
	}
	if active {
		sh.say("cli.user_enabled_now", fault.Args{"email": email})
	} else {
		sh.say("cli.user_disabled_now", fault.Args{"email": email})
	}
	return nil
}
