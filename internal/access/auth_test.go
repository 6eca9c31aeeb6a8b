package access

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

// gate is sign-in under a clock that the test moves.
type gate struct {
	*Auth
	t      *testing.T
	offset atomic.Int64
	hashes atomic.Int64
}

const goodPassword = "seven green bottles"

func newGate(t *testing.T, s *store.Server) *gate {
	g := &gate{t: t}
	g.Auth = NewAuth(Needs{Control: s.Control(), Cost: Cost{Memory: 64, Rounds: 1, Threads: 1},
		Clock: func() time.Time { return noon.Add(time.Duration(g.offset.Load())) }})
	g.hashed = func() { g.hashes.Add(1) }
	return g
}

func (g *gate) later(d time.Duration) { g.offset.Add(int64(d)) }

func (g *gate) ctx() context.Context { return g.t.Context() }

func (g *gate) must(err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
}

// user makes a user who is that member of the workspace "main".
func (g *gate) user(email string, member value.ID) value.ID {
	g.t.Helper()
	u, err := g.CreateUser(g.ctx(), NewUser{Email: email, Password: goodPassword})
	g.must(err)
	g.must(g.Join(g.ctx(), u.ID, storetest.Slug, member))
	return u.ID
}

func (g *gate) signIn(email string) Session {
	g.t.Helper()
	s, err := g.SignIn(g.ctx(), email, goodPassword, From{IP: "192.0.2.1", Agent: "test"})
	g.must(err)
	return s
}

func (g *gate) isIn(secret string) bool {
	g.t.Helper()
	_, err := g.SessionMember(g.ctx(), secret, storetest.Slug)
	if err != nil && !fault.Is(err, fault.Unauthenticated) {
		g.t.Fatal(err)
	}
	return err == nil
}

func TestSignInTellsNobodyApart(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		g := newGate(t, s)
		ann := g.user("Ann@Bell.com", 5)
		if got := g.signIn(" ann@bell.COM "); got.User != ann || got.Secret == "" || got.ID == "" {
			t.Errorf("session %+v", got)
		}
		off := g.user("off@bell.com", 6)
		g.must(g.DisableUser(g.ctx(), off, true))
		_, err := g.CreateUser(g.ctx(), NewUser{Email: "new@bell.com"})
		g.must(err)
		for n, c := range []struct{ email, password string }{
			{"ann@bell.com", "wrong"}, {"ann@bell.com", ""}, {"nobody@bell.com", goodPassword}, {"no address", goodPassword},
			{"", ""}, {"off@bell.com", goodPassword}, {"new@bell.com", ""}, {"new@bell.com", goodPassword}, {"ann\x00@bell.com", "wrong"},
			{"ann\xff@bell.com", goodPassword}, {"ann@bell.com", strings.Repeat("x", maxPassword+1)}, {"ann@bell.com", "\xff\xfe"},
		} {
			before := g.hashes.Load()
			_, err := g.SignIn(g.ctx(), c.email, c.password, From{IP: "192.0.2.9"})
			if e, ok := fault.As(err); !ok || e.Kind != fault.Unauthenticated || e.Key != "access.wrong_password" || len(e.Args)+len(e.Fields) > 0 {
				t.Errorf("%d: %q: %v", n, c.email, err)
			}
			if did := g.hashes.Load() - before; did != 1 {
				t.Errorf("%d: %q takes %d hashes", n, c.email, did)
			}
		}
		g.must(g.DisableUser(g.ctx(), off, false))
		if got := g.signIn("off@bell.com"); got.User != off {
			t.Error("enabled again, and cannot sign in")
		}
	})
}

func TestSignInIsLimited(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		g := newGate(t, s)
		g.user("ann@bell.com", 5)
		g.user("bob@bell.com", 6)
		try := func(email, password, ip string) fault.Kind {
			_, err := g.SignIn(g.ctx(), email, password, From{IP: ip})
			if err == nil {
				return 0
			}
			e, ok := fault.As(err)
			if !ok {
				t.Fatal(err)
			}
			if wait, _ := e.Args["retry_after"].(int64); e.Kind == fault.TooMany && (wait < 1 || wait > 3600) {
				t.Errorf("retry after %v", e.Args)
			}
			return e.Kind
		}
		fail := func(n int, email, ip string, want fault.Kind) {
			t.Helper()
			for range n {
				if got := try(email, "wrong", ip); got != want {
					t.Fatalf("%s from %s: %s, want %s", email, ip, got, want)
				}
			}
		}
		fail(mostFromHere, "ann@bell.com", "192.0.2.1", fault.Unauthenticated)
		before := g.hashes.Load()
		fail(3, "ann@bell.com", "192.0.2.1", fault.TooMany)
		if got := try("ANN@bell.com", goodPassword, "192.0.2.1:4711"); got != fault.TooMany {
			t.Errorf("the right password while blocked: %s", got)
		}
		if g.hashes.Load() != before {
			t.Error("a blocked attempt is worth a hash")
		}
		if got := try("ann@bell.com", goodPassword, "192.0.2.2"); got != 0 {
			t.Errorf("the owner from his own address: %s", got)
		}
		fail(mostFromHere, "nobody@bell.com", "192.0.2.1", fault.Unauthenticated)
		fail(1, "nobody@bell.com", "192.0.2.1", fault.TooMany)
		g.later(attemptWindow - time.Millisecond)
		fail(1, "ann@bell.com", "192.0.2.1", fault.TooMany)
		g.later(time.Millisecond)
		if got := try("ann@bell.com", goodPassword, "192.0.2.1"); got != 0 {
			t.Errorf("after the window: %s", got)
		}
		fail(mostFromHere-1, "bob@bell.com", "192.0.2.3", fault.Unauthenticated)
		if got := try("bob@bell.com", goodPassword, "192.0.2.3"); got != 0 {
			t.Errorf("before the limit: %s", got)
		}
		fail(mostFromHere, "bob@bell.com", "192.0.2.3", fault.Unauthenticated)
	})
}

func TestSignInIsLimitedByAddressAndAccount(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		g := newGate(t, s)
		g.user("ann@bell.com", 5)
		kind := func(email, ip string) fault.Kind {
			_, err := g.SignIn(g.ctx(), email, "wrong", From{IP: ip})
			e, _ := fault.As(err)
			return e.Kind
		}
		for i := range mostFromAddress { // an IPv6 host has a whole /64 to choose from
			ip := "2001:db8:0:1::" + string(rune('a'+i%6))
			if got := kind("x"+value.ID(i).String()+"@bell.com", ip); got != fault.Unauthenticated {
				t.Fatalf("attempt %d: %s", i, got)
			}
		}
		if got := kind("ann@bell.com", "2001:db8:0:1:ffff::1"); got != fault.TooMany {
			t.Errorf("one more from the network: %s", got)
		}
		if got := kind("ann@bell.com", "2001:db8:0:2::1"); got != fault.Unauthenticated {
			t.Errorf("the network beside: %s", got)
		}
		for i := range mostForAccount - 1 {
			if got := kind("ann@bell.com", "198.51.100."+value.ID(i).String()); got != fault.Unauthenticated {
				t.Fatalf("attempt %d: %s", i, got)
			}
		}
		if got := kind("ann@bell.com", "203.0.113.1"); got != fault.TooMany {
			t.Errorf("one more for the account: %s", got)
		}
		g.later(accountWindow)
		g.signIn("ann@bell.com")
	})
}

func TestManyAttemptsAtOnceDoNotSlipThrough(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		g := newGate(t, s)
		var tried atomic.Int64
		var all sync.WaitGroup
		for range 3 * mostFromHere {
			all.Go(func() {
				_, err := g.SignIn(g.ctx(), "ann@bell.com", "wrong", From{IP: "192.0.2.1"})
				if fault.Is(err, fault.Unauthenticated) {
					tried.Add(1)
				}
			})
		}
		all.Wait()
		if tried.Load() != mostFromHere {
			t.Errorf("%d attempts were tried", tried.Load())
		}
	})
}

func TestSessionsLiveAndEnd(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		g := newGate(t, s)
		ann := g.user("ann@bell.com", 5)
		one, two, other := g.signIn("ann@bell.com"), g.signIn("ann@bell.com"), g.signIn("ann@bell.com")
		id, err := g.SessionMember(g.ctx(), one.Secret, storetest.Slug)
		if err != nil || id.User != ann || id.Member != 5 || id.Workspace != storetest.Slug || id.Session != one.ID || id.Scopes != nil {
			t.Errorf("%+v, %v", id, err)
		}
		if user, err := g.SessionUser(g.ctx(), one.Secret); err != nil || user != ann {
			t.Errorf("user %d, %v", user, err)
		}
		for _, secret := range []string{"", one.ID, one.Secret + "x", strings.ToLower(one.Secret)} {
			if g.isIn(secret) {
				t.Errorf("%q is a session", secret)
			}
		}
		if _, err := g.SessionMember(g.ctx(), one.Secret, "elsewhere"); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("in a workspace that is not his: %v", err)
		}
		fresh, err := g.Rotate(g.ctx(), one.Secret)
		g.must(err)
		if g.isIn(one.Secret) || !g.isIn(fresh.Secret) || fresh.User != ann {
			t.Error("rotation does not replace the secret")
		}
		if _, err := g.Rotate(g.ctx(), one.Secret); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("rotating an old secret: %v", err)
		}
		g.must(g.SignOut(g.ctx(), two.Secret))
		g.must(g.SignOut(g.ctx(), two.Secret))
		if g.isIn(two.Secret) || !g.isIn(other.Secret) {
			t.Error("signing out ends another session than its own")
		}
		if all, err := g.Sessions(g.ctx(), ann); err != nil || len(all) != 2 || all[0].Secret != "" || all[0].IP == "" {
			t.Errorf("sessions %+v, %v", all, err)
		}
		g.must(g.SignOutEverywhere(g.ctx(), ann))
		if g.isIn(fresh.Secret) || g.isIn(other.Secret) {
			t.Error("signed out everywhere, and still in")
		}
	})
}

func TestSessionsExpire(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		g := newGate(t, s)
		g.user("ann@bell.com", 5)
		idle, used := g.signIn("ann@bell.com"), g.signIn("ann@bell.com")
		g.later(SessionIdle - time.Minute)
		if !g.isIn(used.Secret) {
			t.Fatal("ended before its time")
		}
		g.later(time.Minute)
		if g.isIn(idle.Secret) || !g.isIn(used.Secret) {
			t.Error("a session ends when it is idle, and not while it is used")
		}
		for range 12 {
			g.later(SessionIdle / 2)
			g.isIn(used.Secret)
		}
		if g.isIn(used.Secret) {
			t.Error("a session lives for ever")
		}
		g.must(g.Tidy(g.ctx()))
	})
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		g := newGate(t, s)
		ann := g.user("ann@bell.com", 5)
		for _, bad := range []string{"short", "aaaaaaaaaaaa", "ééééééééé", "Ann@bell.com", strings.Repeat("ab", 600), "broken \xff bytes"} {
			if err := g.SetPassword(g.ctx(), ann, bad); !fault.Is(err, fault.Invalid) {
				t.Errorf("%q: %v", bad, err)
			}
		}
		in := g.signIn("ann@bell.com")
		token, err := g.CreateToken(g.ctx(), Token{Workspace: storetest.Slug, Member: 5, Scopes: []string{ScopeAll}})
		g.must(err)
		g.must(g.SetPassword(g.ctx(), ann, "Ünïcode päss"))
		if g.isIn(in.Secret) {
			t.Error("the session outlives the password")
		}
		if _, err := g.UseToken(g.ctx(), token.Secret); err != nil {
			t.Errorf("the token: %v", err)
		}
		for password, ok := range map[string]bool{goodPassword: false, "U\u0308ni\u0308code pa\u0308ss": true, "Unicode pass": false} {
			_, err := g.SignIn(g.ctx(), "ann@bell.com", password, From{})
			if (err == nil) != ok {
				t.Errorf("%q: %v", password, err)
			}
		}
		if err := g.SetPassword(g.ctx(), 99, goodPassword); !fault.Is(err, fault.NotFound) {
			t.Errorf("nobody's password: %v", err)
		}
		g.cost.Rounds = 2 // as if the default had grown
		if _, err := g.SignIn(g.ctx(), "ann@bell.com", "Ünïcode päss", From{}); err != nil {
			t.Error(err)
		}
		var hash string
		g.must(s.Control().Read(g.ctx(), func(tx *store.Tx) error {
			_, err := tx.Row(g.ctx(), `SELECT password_hash FROM {app_user} WHERE id = $1`, []any{ann}, &hash)
			return err
		}))
		if !strings.HasPrefix(hash, "$argon2id$v=19$m=64,t=2,p=1$") {
			t.Errorf("hash %s is not of today's cost", hash)
		}
	})
}

func TestUsersAreOnePerAddress(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		g := newGate(t, s)
		ann := g.user("ann@bell.com", 5)
		if _, err := g.CreateUser(g.ctx(), NewUser{Email: "ANN@bell.com", Password: goodPassword}); !fault.Is(err, fault.Conflict) {
			t.Errorf("twice: %v", err)
		}
		if _, err := g.CreateUser(g.ctx(), NewUser{Email: "ann", Password: goodPassword}); !fault.Is(err, fault.Invalid) {
			t.Errorf("no address: %v", err)
		}
		if u, ok, err := g.UserByEmail(g.ctx(), "Ann@bell.com"); err != nil || !ok || u.ID != ann || u.Invited || u.Disabled {
			t.Errorf("%+v, %v, %v", u, ok, err)
		}
		if _, ok, err := g.UserByEmail(g.ctx(), "eve@bell.com"); err != nil || ok {
			t.Errorf("found nobody: %v, %v", ok, err)
		}
		if err := g.Join(g.ctx(), ann+1, storetest.Slug, 5); !fault.Is(err, fault.Conflict) {
			t.Errorf("two users for one member: %v", err)
		}
		g.must(g.Join(g.ctx(), ann, storetest.Slug, 5))
		if all, err := g.Memberships(g.ctx(), ann); err != nil || len(all) != 1 || all[0] != (Membership{ann, storetest.Slug, 5, true}) {
			t.Errorf("memberships %+v, %v", all, err)
		}
	})
}
