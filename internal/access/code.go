package access

import (
	"context"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Purposes of one-time codes.
const (
	purposeSetup    = "setup"
	purposePassword = "password"
)

// How long codes are good.
const (
	SetupLife    = 24 * time.Hour
	PasswordLife = 72 * time.Hour
)

// SetupCode makes the code with which the first administrator of a workspace
// introduces himself. A new one replaces the one before.
func (a *Auth) SetupCode(ctx context.Context, workspace string) (string, error) {
	return a.newCode(ctx, purposeSetup, workspace, 0, SetupLife)
}

// PasswordCode makes the code with which a user sets a password without
// knowing the old one: after an invitation, or when he forgot it. A new one
// replaces the one before.
func (a *Auth) PasswordCode(ctx context.Context, user value.ID) (string, error) {
	return a.newCode(ctx, purposePassword, "", user, PasswordLife)
}

func (a *Auth) newCode(ctx context.Context, purpose, workspace string, user value.ID, life time.Duration) (string, error) {
	code, now := newCode(), a.now()
	err := a.db.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM {setup_code} WHERE purpose = $1 AND workspace = $2 AND user_id = $3`,
			purpose, workspace, user); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO {setup_code} (hash, purpose, workspace, user_id, created_at, expires_at)
			VALUES ($1, $2, $3, $4, $5, $6)`, digest(plainCode(code)), purpose, workspace, user, now, now.Add(life))
		return err
	})
	return code, err
}

// RedeemSetup makes the first user with a set-up code and answers the
// workspace it is for. A user that can not be made leaves the code good.
func (a *Auth) RedeemSetup(ctx context.Context, code string, n NewUser) (u User, workspace string, err error) {
	if n.Password == "" {
		return User{}, "", checkPassword("", n.Email)
	}
	if err := a.good(ctx, code, purposeSetup); err != nil {
		return User{}, "", err
	}
	u, hash, err := a.prepare(ctx, n)
	if err != nil {
		return User{}, "", err
	}
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		if workspace, _, err = a.take(ctx, tx, code, purposeSetup); err != nil {
			return err
		}
		return a.insertUser(ctx, tx, u, hash)
	})
	if err != nil {
		return User{}, "", err
	}
	return u, workspace, nil
}

// RedeemPassword sets a user's password with a code, signs him out everywhere
// and answers who he is.
func (a *Auth) RedeemPassword(ctx context.Context, code, password string) (user value.ID, err error) {
	if err := a.good(ctx, code, purposePassword); err != nil {
		return 0, err
	}
	if err := checkPassword(password, ""); err != nil {
		return 0, err
	}
	hash, err := a.hash(ctx, password)
	if err != nil {
		return 0, err
	}
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		if _, user, err = a.take(ctx, tx, code, purposePassword); err != nil {
			return err
		}
		return setPassword(ctx, tx, user, hash)
	})
	return user, err
}

// good spares a bad code the work of hashing a password for it.
func (a *Auth) good(ctx context.Context, code, purpose string) error {
	found := false
	err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
		found, err = tx.Row(ctx, `SELECT 1 FROM {setup_code} WHERE hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3`,
			[]any{digest(plainCode(code)), purpose, a.now()}, nil)
		return err
	})
	if err == nil && !found {
		err = badCode()
	}
	return err
}

// take uses the code up.
func (a *Auth) take(ctx context.Context, tx *store.Tx, code, purpose string) (workspace string, user value.ID, err error) {
	found, err := tx.Row(ctx, `UPDATE {setup_code} SET used_at = $1 WHERE hash = $2 AND purpose = $3 AND used_at IS NULL
		AND expires_at > $1 RETURNING workspace, user_id`, []any{a.now(), digest(plainCode(code)), purpose}, &workspace, &user)
	if err == nil && !found {
		err = badCode()
	}
	return workspace, user, err
}

func badCode() error { return fault.New(fault.Unauthenticated, "access.bad_code", nil) }

// Tidy removes what is over: sessions, codes, tokens revoked long ago, old
// failures of sign-in. It runs daily; nothing waits for it.
func (a *Auth) Tidy(ctx context.Context) error {
	now := a.now()
	month := now.Add(-30 * 24 * time.Hour)
	return a.db.Write(ctx, func(tx *store.Tx) error {
		for sql, before := range map[string]time.Time{
			`DELETE FROM {session} WHERE expires_at <= $1`:                              now,
			`DELETE FROM {setup_code} WHERE expires_at <= $1`:                           now,
			`DELETE FROM {signin_attempt} WHERE last_at <= $1`:                          now.Add(-2 * accountWindow),
			`DELETE FROM {api_token} WHERE revoked_at IS NOT NULL AND revoked_at <= $1`: month,
		} {
			if _, err := tx.Exec(ctx, sql, before); err != nil {
				return err
			}
		}
		return nil
	})
}
