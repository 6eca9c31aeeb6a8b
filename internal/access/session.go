package access

import (
	"context"
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// How long a session lasts: so long after it was last used, and never longer
// than so long in all.
const (
	SessionIdle = 14 * 24 * time.Hour
	SessionLife = 90 * 24 * time.Hour

	// seenEvery is how often use is written down.
	seenEvery = time.Minute
)

// Session is a signed-in browser. Secret is in the answer of SignIn and Rotate
// only; the database keeps its hash.
type Session struct {
	ID      string // names the session in lists; no secret
	Secret  string
	User    value.ID
	Created time.Time
	Seen    time.Time
	Expires time.Time
	IP      string
	Agent   string
}

// Identity is who a secret speaks for.
type Identity struct {
	User      value.ID
	Email     string // that the user signs in with; "" for a token
	Workspace string
	Member    value.ID
	// Session is the id of the session, "" for a token; Token the id of the
	// token, 0 for a session.
	Session string
	Token   value.ID
	// Scopes are the token's; nil for a session, which has no limits.
	Scopes []string
}

func (a *Auth) openSession(ctx context.Context, tx *store.Tx, user value.ID, from From) (Session, error) {
	now := a.now()
	s := Session{Secret: newSecret(), User: user, Created: now, Seen: now, Expires: now.Add(SessionIdle),
		IP: clip(from.IP, 64), Agent: clip(from.Agent, 300)}
	s.ID = sessionID(digest(s.Secret))
	if _, err := tx.Exec(ctx, `DELETE FROM {session} WHERE user_id = $1 AND expires_at <= $2`, user, now); err != nil {
		return Session{}, err
	}
	_, err := tx.Exec(ctx, `INSERT INTO {session} (token_hash, user_id, created_at, last_seen_at, expires_at, ip, agent)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, digest(s.Secret), user, s.Created, s.Seen, s.Expires, s.IP, s.Agent)
	return s, err
}

// sessionID shortens the stored hash, which the secret can not be made from.
func sessionID(hash []byte) string { return hex.EncodeToString(hash[:sessionIDBytes]) }

const sessionIDBytes = 12

// SessionUser is the user of a living session, for pages that belong to no
// workspace.
func (a *Auth) SessionUser(ctx context.Context, secret string) (value.ID, error) {
	id, err := a.lookup(ctx, secret, `SELECT s.user_id, u.email, '', 0, s.last_seen_at, s.created_at FROM {session} s
		JOIN {app_user} u ON u.id = s.user_id
		WHERE s.token_hash = $1 AND s.expires_at > $2 AND u.disabled_at IS NULL`, digest(secret), a.now())
	return id.User, err
}

// SessionMember is the member that a living session speaks for in a workspace.
// A membership that is off is as good as none.
func (a *Auth) SessionMember(ctx context.Context, secret, workspace string) (Identity, error) {
	return a.lookup(ctx, secret, `SELECT s.user_id, u.email, m.workspace, m.member, s.last_seen_at, s.created_at FROM {session} s
		JOIN {app_user} u ON u.id = s.user_id
		JOIN {membership} m ON m.user_id = s.user_id
		WHERE s.token_hash = $1 AND s.expires_at > $2 AND u.disabled_at IS NULL AND m.workspace = $3 AND m.active`,
		digest(secret), a.now(), workspace)
}

// lookup reads an identity and, at most once a minute, writes down that the
// session is in use.
func (a *Auth) lookup(ctx context.Context, secret, sql string, args ...any) (Identity, error) {
	var id Identity
	var seen, created time.Time
	var found bool
	err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
		found, err = tx.Row(ctx, sql, args, &id.User, &id.Email, &id.Workspace, &id.Member, &seen, &created)
		return err
	})
	if err != nil {
		return Identity{}, err
	}
	if !found {
		return Identity{}, fault.New(fault.Unauthenticated, "access.signed_out", nil)
	}
	id.Session = sessionID(digest(secret))
	if now := a.now(); now.Sub(seen) >= seenEvery {
		err = a.db.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE {session} SET last_seen_at = $1, expires_at = $2 WHERE token_hash = $3`,
				now, expiry(created, now), digest(secret))
			return err
		})
	}
	return id, err
}

func expiry(created, now time.Time) time.Time {
	end := created.Add(SessionLife)
	if idle := now.Add(SessionIdle); idle.Before(end) {
		return idle
	}
	return end
}

// Rotate gives a living session a new secret; the old one is worth nothing
// from then on. Doors do so whenever what the session may do grows.
func (a *Auth) Rotate(ctx context.Context, secret string) (Session, error) {
	s := Session{Secret: newSecret()}
	s.ID = sessionID(digest(s.Secret))
	err := a.db.Write(ctx, func(tx *store.Tx) error {
		found, err := tx.Row(ctx, `UPDATE {session} SET token_hash = $1 WHERE token_hash = $2 AND expires_at > $3
			RETURNING user_id, created_at, last_seen_at, expires_at`, []any{digest(s.Secret), digest(secret), a.now()},
			&s.User, &s.Created, &s.Seen, &s.Expires)
		if err == nil && !found {
			err = fault.New(fault.Unauthenticated, "access.signed_out", nil)
		}
		return err
	})
	if err != nil {
		return Session{}, err
	}
	return s, nil
}

// SignOut ends the session; one that is over already is no error.
func (a *Auth) SignOut(ctx context.Context, secret string) error {
	return a.db.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM {session} WHERE token_hash = $1`, digest(secret))
		return err
	})
}

// SignOutEverywhere ends every session of the user, this one too.
func (a *Auth) SignOutEverywhere(ctx context.Context, user value.ID) error {
	return a.db.Write(ctx, func(tx *store.Tx) error { return endSessions(ctx, tx, user) })
}

func endSessions(ctx context.Context, tx *store.Tx, user value.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM {session} WHERE user_id = $1`, user)
	return err
}

// Sessions lists a user's living sessions, the last used first.
func (a *Auth) Sessions(ctx context.Context, user value.ID) (all []Session, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		all = nil
		rows, err := tx.Query(ctx, `SELECT token_hash, created_at, last_seen_at, expires_at, ip, agent FROM {session}
			WHERE user_id = $1 AND expires_at > $2 ORDER BY last_seen_at DESC, token_hash`, user, a.now())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			s := Session{User: user}
			var hash []byte
			var ip, agent *string
			if err := rows.Scan(&hash, &s.Created, &s.Seen, &s.Expires, &ip, &agent); err != nil {
				return err
			}
			s.ID, s.IP, s.Agent = sessionID(hash), textOf(ip), textOf(agent)
			all = append(all, s)
		}
		return rows.Err()
	})
	return all, err
}

// clip cleans and shortens what a client says of itself.
func clip(s string, most int) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")
	for len(s) > most {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}
