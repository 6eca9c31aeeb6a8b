package access

import (
	"context"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Membership joins a user with the member he is in one workspace.
type Membership struct {
	User      value.ID
	Workspace string // slug
	Member    value.ID
	Active    bool
}

// Join makes the user that member of the workspace, active. Doing it again is
// no error; a member who is somebody else already is a conflict.
func (a *Auth) Join(ctx context.Context, user value.ID, workspace string, member value.ID) error {
	return a.db.Write(ctx, func(tx *store.Tx) error { return join(ctx, tx, user, workspace, member) })
}

func join(ctx context.Context, tx *store.Tx, user value.ID, workspace string, member value.ID) error {
	var taken value.ID
	if _, err := tx.Row(ctx, `SELECT user_id FROM {membership} WHERE workspace = $1 AND member = $2`,
		[]any{workspace, member}, &taken); err != nil {
		return err
	}
	if taken != 0 && taken != user {
		return fault.New(fault.Conflict, "access.member_taken", nil)
	}
	_, err := tx.Exec(ctx, `INSERT INTO {membership} (user_id, workspace, member, active) VALUES ($1, $2, $3, $4)
		ON CONFLICT (user_id, workspace) DO UPDATE SET member = excluded.member, active = excluded.active`,
		user, workspace, member, true)
	return err
}

// SetActive switches a membership on or off; it is called before the member's
// own record changes. Off ends his sessions everywhere and revokes his tokens for
// this workspace, both for good: switching on again must not revive a secret
// that somebody else may hold. A member without a user is left alone.
func (a *Auth) SetActive(ctx context.Context, workspace string, member value.ID, active bool) error {
	return a.db.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE {membership} SET active = $1 WHERE workspace = $2 AND member = $3`,
			active, workspace, member); err != nil || active {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM {session} WHERE user_id IN
			(SELECT m.user_id FROM {membership} m WHERE m.workspace = $1 AND m.member = $2)`, workspace, member); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE {api_token} SET revoked_at = $1 WHERE workspace = $2 AND member = $3 AND revoked_at IS NULL`,
			a.now(), workspace, member)
		return err
	})
}

// Memberships lists where a user belongs, switched off ones included.
func (a *Auth) Memberships(ctx context.Context, user value.ID) ([]Membership, error) {
	return a.memberships(ctx, `user_id = $1 ORDER BY workspace`, user)
}

// WorkspaceMemberships lists who can sign in to a workspace.
func (a *Auth) WorkspaceMemberships(ctx context.Context, workspace string) ([]Membership, error) {
	return a.memberships(ctx, `workspace = $1 ORDER BY member`, workspace)
}

func (a *Auth) memberships(ctx context.Context, where string, arg any) (all []Membership, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		all = nil
		rows, err := tx.Query(ctx, `SELECT user_id, workspace, member, active FROM {membership} WHERE `+where, arg)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var m Membership
			if err := rows.Scan(&m.User, &m.Workspace, &m.Member, &m.Active); err != nil {
				return err
			}
			all = append(all, m)
		}
		return rows.Err()
	})
	return all, err
}
