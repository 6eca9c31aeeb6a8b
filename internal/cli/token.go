package cli

import (
	"context"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/fault"
	"wellmet/internal/value"
)

type tokenCmd struct {
	Add    tokenAddCmd    `cmd:"" help:"Make a personal token and print it, once."`
	List   tokenListCmd   `cmd:"" help:"List a member's tokens."`
	Revoke tokenRevokeCmd `cmd:"" help:"End a token."`
}

type tokenAddCmd struct {
	Email string   `required:"" placeholder:"ADDRESS" help:"E-mail address of the member it speaks for."`
	Name  string   `default:"command line" help:"What it is for (${default})."`
	Scope []string `default:"all" placeholder:"SCOPE" help:"all, read, write, admin, or one object such as deals:read (${default})."`
	Days  int      `default:"0" help:"How many days it is good for; 0 = until it is revoked."`
	JSON  bool     `help:"Answer as JSON."`
}

// Run prints the token alone on standard output, for $(…).
func (c *tokenAddCmd) Run(ctx context.Context, sh *shell) error {
	w, closing, err := sh.open(ctx, writing)
	if err != nil {
		return err
	}
	defer closing()
	member, err := sh.member(ctx, w, c.Email)
	if err != nil {
		return err
	}
	if err := access.CheckScopes(w.Engine().Schema(), c.Scope); err != nil {
		return err
	}
	t := access.Token{Workspace: w.Slug(), Member: member, Name: c.Name, Scopes: c.Scope}
	if c.Days > 0 {
		t.Expires = w.App().Now().AddDate(0, 0, c.Days)
	}
	if t, err = w.App().Auth().CreateToken(ctx, t); err != nil {
		if fault.Is(err, fault.Forbidden) { // "you" is somebody else here
			err = fault.New(fault.Forbidden, "cli.token_no_user", fault.Args{"email": c.Email})
		}
		return err
	}
	if c.JSON {
		return sh.json(struct {
			ID    value.ID `json:"id"`
			Token string   `json:"token"`
		}{t.ID, t.Secret})
	}
	sh.print(t.Secret)
	return nil
}

type tokenListCmd struct {
	Email string `required:"" placeholder:"ADDRESS" help:"E-mail address of the member."`
}

// Run lists tokens, never their secrets.
func (c *tokenListCmd) Run(ctx context.Context, sh *shell) error {
	w, closing, err := sh.open(ctx, reading)
	if err != nil {
		return err
	}
	defer closing()
	member, err := sh.member(ctx, w, c.Email)
	if err != nil {
		return err
	}
	tokens, err := w.App().Auth().Tokens(ctx, w.Slug(), member)
	if err != nil {
		return err
	}
	t := table{heads: []string{"ID", "NAME", "SCOPES", "MADE", "GOOD UNTIL", "LAST USED"}}
	for _, x := range tokens {
		t.add(x.ID.String(), line(x.Name, 40), line(value.Text(x.Scopes), 60), day(x.Created), day(x.Expires), day(x.Used))
	}
	t.write(sh.Out)
	return nil
}

func day(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return value.DateOf(t, time.UTC).String()
}

type tokenRevokeCmd struct {
	ID    string `arg:"" help:"Id of the token, as the list shows it."`
	Email string `required:"" placeholder:"ADDRESS" help:"E-mail address of the member."`
}

// Run ends a token.
func (c *tokenRevokeCmd) Run(ctx context.Context, sh *shell) error {
	w, closing, err := sh.open(ctx, writing)
	if err != nil {
		return err
	}
	defer closing()
	id, err := value.ParseID(c.ID)
	if err != nil {
		return err
	}
	member, err := sh.member(ctx, w, c.Email)
	if err != nil {
		return err
	}
	if err := revoke(ctx, w, member, id); err != nil {
		return err
	}
	sh.say("cli.token_revoked", nil)
	return nil
}

func revoke(ctx context.Context, w *app.Workspace, member, token value.ID) error {
	return w.App().Auth().RevokeToken(ctx, w.Slug(), member, token)
}
