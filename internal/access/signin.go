package access

import (
	"context"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// From is where a request came from, for the rate limit and for the list of a
// user's sessions.
type From struct {
	IP    string // without trusting headers of unknown proxies: the door decides
	Agent string
}

// SignIn opens a session for the user with that e-mail address and password.
// Unknown, disabled and invited users, and wrong passwords, get the same
// answer after the same work. Too many failures from one address, or for one
// account, are refused for a while without trying (TooMany, with retry_after
// in seconds).
func (a *Auth) SignIn(ctx context.Context, email, password string, from From) (Session, error) {
	typed, err := normalEmail(email)
	if err != nil { // no address at all: counted and answered like any other
		typed = strings.ToLower(strings.TrimSpace(email))
	}
	counters := allowances(typed, from.IP)
	if err := a.countAttempt(ctx, counters); err != nil {
		return Session{}, err
	}
	user, hash, err := a.candidate(ctx, typed)
	if err != nil {
		return Session{}, err
	}
	right, rehash, err := a.verify(ctx, hash, password)
	if err != nil {
		return Session{}, err
	}
	if !right || user == 0 {
		return Session{}, fault.New(fault.Unauthenticated, "access.wrong_password", nil)
	}
	newHash := ""
	if rehash {
		if newHash, err = a.hash(ctx, password); err != nil {
			return Session{}, err
		}
	}
	return a.signedIn(ctx, user, hash, newHash, counters, from)
}

// Welcome opens a session for a user who has just set his password with a code:
// whoever could do that could sign in as well.
func (a *Auth) Welcome(ctx context.Context, user value.ID, from From) (s Session, err error) {
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		found, err := tx.Row(ctx, `SELECT 1 FROM {app_user} WHERE id = $1 AND disabled_at IS NULL`, []any{user}, nil)
		if err == nil && !found {
			err = fault.New(fault.Unauthenticated, "access.signed_out", nil)
		}
		if err != nil {
			return err
		}
		s, err = a.openSession(ctx, tx, user, from)
		return err
	})
	return s, err
}

// candidate finds whom to compare with: a user who may sign in, or nobody and
// the decoy.
func (a *Auth) candidate(ctx context.Context, email string) (user value.ID, hash string, err error) {
	hash = a.decoy()
	clean, err := value.Clean(email)
	if err != nil || clean != email {
		return 0, hash, nil
	}
	var stored *string
	var id value.ID
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.Row(ctx, `SELECT id, password_hash FROM {app_user} WHERE email = $1 AND disabled_at IS NULL`,
			[]any{email}, &id, &stored)
		return err
	})
	if err == nil && stored != nil {
		user, hash = id, *stored
	}
	return user, hash, err
}

// signedIn opens the session, unless the password or the user changed in the
// meantime.
func (a *Auth) signedIn(ctx context.Context, user value.ID, hash, newHash string, counters []allowance, from From) (s Session, err error) {
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		still, err := tx.Row(ctx, `SELECT 1 FROM {app_user} WHERE id = $1 AND password_hash = $2 AND disabled_at IS NULL`+
			tx.Dialect().ForUpdate(), []any{user, hash}, nil)
		if err != nil {
			return err
		}
		if !still {
			return fault.New(fault.Unauthenticated, "access.wrong_password", nil)
		}
		if newHash != "" {
			if _, err := tx.Exec(ctx, `UPDATE {app_user} SET password_hash = $1 WHERE id = $2`, newHash, user); err != nil {
				return err
			}
		}
		if err := a.forgive(ctx, tx, counters); err != nil {
			return err
		}
		s, err = a.openSession(ctx, tx, user, from)
		return err
	})
	return s, err
}
