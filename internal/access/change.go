package access

import (
	"context"
	"encoding/hex"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// ChangePassword lets a user who knows his password choose another one. Every
// other session of his ends; keep is the secret of the one that goes on, "" for
// none. API tokens go on working. Wrong guesses count like those of sign-in, so
// that a borrowed session is no way around its limits.
func (a *Auth) ChangePassword(ctx context.Context, user value.ID, old, password, keep string, from From) error {
	u, found, err := a.UserByID(ctx, user)
	if err != nil {
		return err
	}
	if !found {
		return noUser()
	}
	if err := checkPassword(password, u.Email); err != nil {
		return err
	}
	counters := allowances(u.Email, from.IP)
	if err := a.countAttempt(ctx, counters); err != nil {
		return err
	}
	_, stored, err := a.candidate(ctx, u.Email)
	if err != nil {
		return err
	}
	right, _, err := a.verify(ctx, stored, old)
	if err != nil {
		return err
	}
	if !right {
		return wrongOld()
	}
	hash, err := a.hash(ctx, password)
	if err != nil {
		return err
	}
	return a.db.Write(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE {app_user} SET password_hash = $1 WHERE id = $2 AND password_hash = $3`, hash, user, stored)
		if err == nil && n == 0 { // changed in the meantime, or a decoy
			return wrongOld()
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM {session} WHERE user_id = $1 AND token_hash <> $2`, user, digest(keep)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM {setup_code} WHERE user_id = $1 AND purpose = $2`, user, purposePassword); err != nil {
			return err
		}
		return a.forgive(ctx, tx, counters)
	})
}

func wrongOld() error {
	return fault.New(fault.Invalid, "access.wrong_old", nil).With(fault.Field{Path: "old", Key: "access.wrong_old"})
}

// Reset is a way to a new password that an administrator hands on.
type Reset struct {
	User    value.ID
	Code    string // works once; see RedeemPassword
	Expires time.Time
}

// ResetPassword makes a one-time code for a member of the workspace who cannot
// sign in. The old password goes on working until the code is used. Who belongs
// to another workspace too is refused: no administrator gets hold of what is
// not his workspace's. That the caller is one is his door's to ask.
func (a *Auth) ResetPassword(ctx context.Context, workspace string, member value.ID) (Reset, error) {
	var r Reset
	err := a.db.Read(ctx, func(tx *store.Tx) error {
		found, err := tx.Row(ctx, `SELECT m.user_id FROM {membership} m JOIN {app_user} u ON u.id = m.user_id
			WHERE m.workspace = $1 AND m.member = $2 AND m.active AND u.disabled_at IS NULL`, []any{workspace, member}, &r.User)
		if err != nil {
			return err
		}
		if !found {
			return fault.New(fault.Conflict, "access.cannot_sign_in", nil)
		}
		elsewhere, err := tx.Row(ctx, `SELECT 1 FROM {membership} WHERE user_id = $1 AND workspace <> $2`, []any{r.User, workspace}, nil)
		if err == nil && elsewhere {
			err = fault.New(fault.Conflict, "access.user_elsewhere", nil)
		}
		return err
	})
	if err != nil {
		return Reset{}, err
	}
	r.Expires = a.now().Add(PasswordLife)
	r.Code, err = a.PasswordCode(ctx, r.User)
	return r, err
}

// EndSession ends one of the user's sessions, by the ID that Sessions lists.
func (a *Auth) EndSession(ctx context.Context, user value.ID, id string) error {
	start, err := hex.DecodeString(id)
	if err != nil || len(start) != sessionIDBytes {
		return noSession()
	}
	return a.db.Write(ctx, func(tx *store.Tx) error {
		hash, err := sessionHash(ctx, tx, user, id)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `DELETE FROM {session} WHERE user_id = $1 AND token_hash = $2`, user, hash)
		return err
	})
}

func sessionHash(ctx context.Context, tx *store.Tx, user value.ID, id string) ([]byte, error) {
	rows, err := tx.Query(ctx, `SELECT token_hash FROM {session} WHERE user_id = $1`, user)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var hash []byte
		if err := rows.Scan(&hash); err != nil {
			return nil, err
		}
		if sessionID(hash) == id {
			return hash, rows.Close()
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return nil, noSession()
}

func noSession() error { return fault.New(fault.NotFound, "access.no_session", nil) }
