package access

import (
	"context"
	"strings"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Token is a personal API token: a member's rights in one workspace, limited
// to its scopes. Secret is in the answer of CreateToken only.
type Token struct {
	ID        value.ID
	Secret    string
	Workspace string
	Member    value.ID
	Name      string
	Scopes    []string
	Created   time.Time
	Expires   time.Time // zero = never
	Used      time.Time // to the minute; zero = never
}

// CreateToken makes a token from Workspace, Member, Name, Scopes and Expires.
// That the scopes exist is for CheckScopes to say beforehand. The member must
// have an active membership.
func (a *Auth) CreateToken(ctx context.Context, t Token) (Token, error) {
	if err := a.checkToken(t); err != nil {
		return Token{}, err
	}
	t.Created, t.Used = a.now(), time.Time{}
	t.ID, t.Secret = value.NewID(t.Created), tokenPrefix+newSecret()
	var expires any
	if !t.Expires.IsZero() {
		expires = t.Expires
	}
	err := a.db.Write(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, `INSERT INTO {api_token} (hash, id, workspace, member, name, scopes, created_at, expires_at)
			SELECT $1, `+tx.Dialect().Param(2, store.Int)+`, m.workspace, m.member, `+tx.Dialect().Param(5, store.Text)+`, `+
			tx.Dialect().Param(6, store.Text)+`, `+tx.Dialect().Param(7, store.Int)+`, `+tx.Dialect().Param(8, store.Int)+`
			FROM {membership} m WHERE m.workspace = $3 AND m.member = $4 AND m.active`,
			digest(t.Secret), t.ID, t.Workspace, t.Member, t.Name, strings.Join(t.Scopes, " "), t.Created, expires)
		if err == nil && n == 0 {
			err = fault.New(fault.Forbidden, "access.no_member", nil)
		}
		return err
	})
	if err != nil {
		return Token{}, err
	}
	return t, nil
}

func (a *Auth) checkToken(t Token) error {
	key := ""
	switch {
	case len(t.Scopes) == 0 || strings.TrimSpace(strings.Join(t.Scopes, "")) == "":
		key = "access.no_scopes"
	case strings.ContainsAny(strings.Join(t.Scopes, ""), " \x00\n"):
		key = "access.no_scopes"
	case !t.Expires.IsZero() && !t.Expires.After(a.now()):
		key = "access.token_over"
	default:
		_, err := value.Clean(t.Name)
		return err
	}
	return fault.New(fault.Invalid, key, nil)
}

// UseToken is whom a token speaks for. The membership is asked in the same
// statement, so that switching it off works from the next call on.
func (a *Auth) UseToken(ctx context.Context, secret string) (Identity, error) {
	var id Identity
	var scopes string
	var used *time.Time
	var found bool
	now := a.now()
	if strings.HasPrefix(secret, tokenPrefix) {
		err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
			found, err = tx.Row(ctx, `SELECT t.id, t.workspace, t.member, t.scopes, t.last_used_at, m.user_id FROM {api_token} t
				JOIN {membership} m ON m.workspace = t.workspace AND m.member = t.member
				JOIN {app_user} u ON u.id = m.user_id
				WHERE t.hash = $1 AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > $2)
				AND m.active AND u.disabled_at IS NULL`, []any{digest(secret), now},
				&id.Token, &id.Workspace, &id.Member, &scopes, &used, &id.User)
			return err
		})
		if err != nil {
			return Identity{}, err
		}
	}
	if !found {
		return Identity{}, fault.New(fault.Unauthenticated, "access.bad_token", nil)
	}
	id.Scopes = strings.Fields(scopes)
	if used != nil && now.Sub(*used) < seenEvery {
		return id, nil
	}
	return id, a.db.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE {api_token} SET last_used_at = $1 WHERE hash = $2`, now, digest(secret))
		return err
	})
}

// RevokeToken ends one of the member's tokens; NotFound if he has none of that
// id.
func (a *Auth) RevokeToken(ctx context.Context, workspace string, member, token value.ID) error {
	return a.db.Write(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE {api_token} SET revoked_at = $1 WHERE workspace = $2 AND member = $3 AND id = $4
			AND revoked_at IS NULL`, a.now(), workspace, member, token)
		if err == nil && n == 0 {
			err = fault.New(fault.NotFound, "access.no_token", nil)
		}
		return err
	})
}

// Tokens lists the member's tokens that are not revoked, expired ones
// included, the newest first.
func (a *Auth) Tokens(ctx context.Context, workspace string, member value.ID) (all []Token, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		all = nil
		rows, err := tx.Query(ctx, `SELECT id, name, scopes, created_at, expires_at, last_used_at FROM {api_token}
			WHERE workspace = $1 AND member = $2 AND revoked_at IS NULL ORDER BY id DESC`, workspace, member)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			t := Token{Workspace: workspace, Member: member}
			var scopes string
			var expires, used *time.Time
			if err := rows.Scan(&t.ID, &t.Name, &scopes, &t.Created, &expires, &used); err != nil {
				return err
			}
			t.Scopes = strings.Fields(scopes)
			if expires != nil {
				t.Expires = *expires
			}
			if used != nil {
				t.Used = *used
			}
			all = append(all, t)
		}
		return rows.Err()
	})
	return all, err
}
