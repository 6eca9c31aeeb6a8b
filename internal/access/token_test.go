package access

import (
	"regexp"
	"slices"
	"testing"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
)

func (g *gate) token(t Token) Token {
	g.t.Helper()
	if t.Workspace == "" {
		t.Workspace = storetest.Slug
	}
	made, err := g.CreateToken(g.ctx(), t)
	g.must(err)
	return made
}

func (g *gate) works(secret string) bool {
	g.t.Helper()
	_, err := g.UseToken(g.ctx(), secret)
	if err != nil && !fault.Is(err, fault.Unauthenticated) {
		g.t.Fatal(err)
	}
	return err == nil
}

func TestTokensSpeakForTheirMember(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		g := newGate(t, s)
		ann := g.user("ann@bell.com", 5)
		tok := g.token(Token{Member: 5, Name: "n8n", Scopes: []string{"read", "deals:write"}})
		if !regexp.MustCompile(`^wm_[0-9A-Za-z]{43}$`).MatchString(tok.Secret) {
			t.Errorf("secret %s", tok.Secret)
		}
		id, err := g.UseToken(g.ctx(), tok.Secret)
		if err != nil || id.User != ann || id.Member != 5 || id.Workspace != storetest.Slug || id.Token != tok.ID || id.Session != "" ||
			!slices.Equal(id.Scopes, []string{"read", "deals:write"}) {
			t.Errorf("%+v, %v", id, err)
		}
		for _, secret := range []string{"", "wm_", tok.Secret[3:], tok.Secret + "0", "wm_\x00"} {
			if g.works(secret) {
				t.Errorf("%q works", secret)
			}
		}
		for name, bad := range map[string]Token{
			"no scopes": {Member: 5}, "empty scope": {Member: 5, Scopes: []string{""}}, "two in one": {Member: 5, Scopes: []string{"read all"}},
			"over": {Member: 5, Scopes: []string{"read"}, Expires: noon}, "stranger": {Member: 6, Scopes: []string{"read"}},
			"broken name": {Member: 5, Name: "\xff", Scopes: []string{"read"}},
		} {
			bad.Workspace = storetest.Slug
			if _, err := g.CreateToken(g.ctx(), bad); err == nil {
				t.Errorf("%s: made", name)
			}
		}
		if err := g.RevokeToken(g.ctx(), storetest.Slug, 6, tok.ID); !fault.Is(err, fault.NotFound) || !g.works(tok.Secret) {
			t.Errorf("somebody else's token: %v", err)
		}
		g.must(g.RevokeToken(g.ctx(), storetest.Slug, 5, tok.ID))
		if g.works(tok.Secret) {
			t.Error("revoked, and works")
		}
		if err := g.RevokeToken(g.ctx(), storetest.Slug, 5, tok.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("revoked twice: %v", err)
		}
	})
}

func TestTokensExpireAndNoteTheirUse(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		g := newGate(t, s)
		g.user("ann@bell.com", 5)
		short := g.token(Token{Member: 5, Scopes: []string{"all"}, Expires: noon.Add(time.Hour)})
		long := g.token(Token{Member: 5, Scopes: []string{"all"}})
		used := func() time.Time {
			all, err := g.Tokens(g.ctx(), storetest.Slug, 5)
			if err != nil || len(all) != 2 || all[0].ID != long.ID || all[0].Secret != "" || !all[1].Expires.Equal(short.Expires) {
				t.Fatalf("tokens %+v, %v", all, err)
			}
			return all[0].Used
		}
		if !used().IsZero() {
			t.Error("used before its first use")
		}
		g.works(long.Secret)
		if !used().Equal(noon) {
			t.Errorf("used at %s", used())
		}
		g.later(59 * time.Second)
		g.works(long.Secret)
		if !used().Equal(noon) {
			t.Error("use is noted more than once a minute")
		}
		g.later(time.Second)
		g.works(long.Secret)
		if !used().Equal(noon.Add(time.Minute)) {
			t.Errorf("used at %s", used())
		}
		g.later(time.Hour - time.Minute - time.Millisecond)
		if !g.works(short.Secret) {
			t.Error("expired before its time")
		}
		g.later(time.Millisecond)
		if g.works(short.Secret) || !g.works(long.Secret) {
			t.Error("a token ends at its time, and only then")
		}
	})
}

func TestDeactivationEndsSessionsAndTokens(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		g := newGate(t, s)
		ann := g.user("ann@bell.com", 5)
		g.user("bob@bell.com", 6)
		in, tok := g.signIn("ann@bell.com"), g.token(Token{Member: 5, Scopes: []string{"all"}})
		bobIn, bobTok := g.signIn("bob@bell.com"), g.token(Token{Member: 6, Scopes: []string{"all"}})
		g.must(g.SetActive(g.ctx(), storetest.Slug, 5, false))
		if g.isIn(in.Secret) || g.works(tok.Secret) {
			t.Error("deactivated, and still in")
		}
		if !g.isIn(bobIn.Secret) || !g.works(bobTok.Secret) {
			t.Error("deactivating one ends another")
		}
		again := g.signIn("ann@bell.com") // he is a user yet, of no workspace
		if g.isIn(again.Secret) {
			t.Error("signed in to a workspace he was taken from")
		}
		if _, err := g.CreateToken(g.ctx(), Token{Workspace: storetest.Slug, Member: 5, Scopes: []string{"all"}}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("token of a deactivated member: %v", err)
		}
		g.must(g.SetActive(g.ctx(), storetest.Slug, 5, true))
		if g.isIn(in.Secret) || g.works(tok.Secret) {
			t.Error("activating revives old secrets")
		}
		if !g.isIn(g.signIn("ann@bell.com").Secret) {
			t.Error("activated, and cannot get in")
		}
		g.must(g.SetActive(g.ctx(), storetest.Slug, 77, false))

		// An update behind this room's back is seen by the next look-up too.
		g.must(s.Control().Write(g.ctx(), func(tx *store.Tx) error {
			_, err := tx.Exec(g.ctx(), `UPDATE {membership} SET active = $1 WHERE member = $2`, false, 6)
			return err
		}))
		if g.isIn(bobIn.Secret) || g.works(bobTok.Secret) {
			t.Error("look-ups do not ask the membership")
		}
		last, lastTok := g.signIn("ann@bell.com"), g.token(Token{Member: 5, Scopes: []string{"all"}})
		g.must(g.DisableUser(g.ctx(), ann, true))
		if g.isIn(last.Secret) || g.works(lastTok.Secret) {
			t.Error("disabled, and still in")
		}
	})
}

func TestCodesWorkOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		g := newGate(t, s)
		first, err := g.SetupCode(g.ctx(), storetest.Slug)
		g.must(err)
		code, err := g.SetupCode(g.ctx(), storetest.Slug)
		g.must(err)
		owner := NewUser{Email: "ann@bell.com", Name: "Ann", Password: goodPassword}
		weak := owner
		weak.Password = "short"
		for name, c := range map[string]struct {
			code string
			user NewUser
			want fault.Kind
		}{
			"mistyped": {"ABCD-ABCD-ABCD-ABCD", owner, fault.Unauthenticated}, "empty": {"", owner, fault.Unauthenticated},
			"replaced": {first, owner, fault.Unauthenticated}, "weak": {code, weak, fault.Invalid},
			"without password": {code, NewUser{Email: "ann@bell.com"}, fault.Invalid},
		} {
			if _, _, err := g.RedeemSetup(g.ctx(), c.code, c.user); !fault.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := g.RedeemPassword(g.ctx(), code, goodPassword); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("a set-up code sets a password: %v", err)
		}
		u, workspace, err := g.RedeemSetup(g.ctx(), " "+code[:4]+" "+code[5:], owner)
		if err != nil || workspace != storetest.Slug || u.Email != "ann@bell.com" {
			t.Fatalf("%+v, %s, %v", u, workspace, err)
		}
		if _, _, err := g.RedeemSetup(g.ctx(), code, NewUser{Email: "eve@bell.com", Password: goodPassword}); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("twice: %v", err)
		}
		old, err := g.SetupCode(g.ctx(), storetest.Slug)
		g.must(err)
		g.later(SetupLife)
		if _, _, err := g.RedeemSetup(g.ctx(), old, NewUser{Email: "eve@bell.com", Password: goodPassword}); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("expired: %v", err)
		}
	})
}

func TestACodeIsForOneOfTwoAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		g := newGate(t, s)
		code, err := g.SetupCode(g.ctx(), storetest.Slug)
		g.must(err)
		take := func() error {
			return s.Control().Write(g.ctx(), func(tx *store.Tx) error {
				_, _, err := g.take(g.ctx(), tx, code, purposeSetup)
				return err
			})
		}
		g.must(take())
		if err := take(); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("taken again, past the first look at it: %v", err)
		}
	})
}

func TestInvitationsSetThePassword(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		g := newGate(t, s)
		u, err := g.CreateUser(g.ctx(), NewUser{Email: "new@bell.com", Name: "New"})
		if err != nil || !u.Invited {
			t.Fatalf("%+v, %v", u, err)
		}
		code, err := g.PasswordCode(g.ctx(), u.ID)
		g.must(err)
		if _, err := g.RedeemPassword(g.ctx(), code, "short"); !fault.Is(err, fault.Invalid) {
			t.Errorf("weak: %v", err)
		}
		if got, err := g.RedeemPassword(g.ctx(), code, goodPassword); err != nil || got != u.ID {
			t.Fatalf("%d, %v", got, err)
		}
		if g.signIn("new@bell.com").User != u.ID {
			t.Error("cannot sign in")
		}
		if _, err := g.RedeemPassword(g.ctx(), code, "another good one"); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("twice: %v", err)
		}
	})
}
