package access

import (
	"testing"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
)

func wantKey(t *testing.T, err error, kind fault.Kind, key string) {
	t.Helper()
	if e, ok := fault.As(err); !ok || e.Kind != kind || e.Key != key {
		t.Errorf("%v, want %s", err, key)
	}
}

func TestAPasswordIsChangedByWhoKnowsIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		g := newGate(t, s)
		ann := g.user("ann@bell.com", 5)
		here, there := g.signIn("ann@bell.com"), g.signIn("ann@bell.com")
		other := g.user("bob@bell.com", 6)
		bobs := g.signIn("bob@bell.com")
		code, err := g.PasswordCode(g.ctx(), ann)
		g.must(err)
		from := From{IP: "192.0.2.1"}
		wantKey(t, g.ChangePassword(g.ctx(), ann, "wrong one here", "a whole new phrase", here.Secret, from), fault.Invalid, "access.wrong_old")
		wantKey(t, g.ChangePassword(g.ctx(), ann, goodPassword, "short", here.Secret, from), fault.Invalid, "access.password_short")
		wantKey(t, g.ChangePassword(g.ctx(), other+99, goodPassword, "a whole new phrase", "", from), fault.NotFound, "access.no_user")
		if !g.isIn(there.Secret) {
			t.Error("a refused change ended a session")
		}
		g.must(g.ChangePassword(g.ctx(), ann, goodPassword, "a whole new phrase", here.Secret, from))
		if !g.isIn(here.Secret) || g.isIn(there.Secret) || !g.isIn(bobs.Secret) {
			t.Error("only the other sessions of the user end")
		}
		if _, err := g.SignIn(g.ctx(), "ann@bell.com", goodPassword, from); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("the old password: %v", err)
		}
		if _, err := g.SignIn(g.ctx(), "ann@bell.com", "a whole new phrase", from); err != nil {
			t.Errorf("the new password: %v", err)
		}
		if _, err := g.RedeemPassword(g.ctx(), code, "yet another phrase"); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("a code from before the change: %v", err)
		}
		for range mostFromHere {
			_ = g.ChangePassword(g.ctx(), ann, "guess after guess", "a whole new phrase", here.Secret, from)
		}
		wantKey(t, g.ChangePassword(g.ctx(), ann, "a whole new phrase", goodPassword, here.Secret, from), fault.TooMany, "access.too_many_attempts")
	})
}

func TestAnAdministratorResetsAPassword(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		g := newGate(t, s)
		ann := g.user("ann@bell.com", 5)
		in := g.signIn("ann@bell.com")
		reset, err := g.ResetPassword(g.ctx(), storetest.Slug, 5)
		g.must(err)
		if reset.User != ann || !reset.Expires.Equal(g.now().Add(PasswordLife)) || !g.isIn(in.Secret) {
			t.Errorf("%+v", reset)
		}
		if user, err := g.RedeemPassword(g.ctx(), reset.Code, "a whole new phrase"); err != nil || user != ann {
			t.Error(user, err)
		}
		if g.isIn(in.Secret) {
			t.Error("sessions outlive a reset")
		}
		if _, err := g.RedeemPassword(g.ctx(), reset.Code, "a whole other phrase"); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("a code works twice: %v", err)
		}
		reset, err = g.ResetPassword(g.ctx(), storetest.Slug, 5)
		g.must(err)
		g.later(PasswordLife + time.Second)
		if _, err := g.RedeemPassword(g.ctx(), reset.Code, "a whole other phrase"); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("a code works too long: %v", err)
		}
		_, err = g.ResetPassword(g.ctx(), storetest.Slug, 77)
		wantKey(t, err, fault.Conflict, "access.cannot_sign_in")
		g.must(g.Join(g.ctx(), ann, "elsewhere", 9))
		_, err = g.ResetPassword(g.ctx(), storetest.Slug, 5)
		wantKey(t, err, fault.Conflict, "access.user_elsewhere")
	})
}

func TestSessionsEndOneByOne(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		g := newGate(t, s)
		ann, bob := g.user("ann@bell.com", 5), g.user("bob@bell.com", 6)
		one, two := g.signIn("ann@bell.com"), g.signIn("ann@bell.com")
		for _, id := range []string{"", "xyz", "00112233445566778899aabb", two.ID[:10]} {
			wantKey(t, g.EndSession(g.ctx(), ann, id), fault.NotFound, "access.no_session")
		}
		wantKey(t, g.EndSession(g.ctx(), bob, one.ID), fault.NotFound, "access.no_session")
		g.must(g.EndSession(g.ctx(), ann, one.ID))
		if g.isIn(one.Secret) || !g.isIn(two.Secret) {
			t.Error("the wrong session ended")
		}
	})
}
