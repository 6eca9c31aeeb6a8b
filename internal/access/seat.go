package access

import (
	"context"
	"time"

	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Seat is a member's way in: who signs in as him, and when he last was here.
type Seat struct {
	User   value.ID
	Active bool
	// Invited says that no password is set yet; Link is until when the link to
	// set one holds, zero when there is none.
	Invited bool
	Link    time.Time
	// Seen is the last use of a session or token, zero when none is kept.
	Seen time.Time
}

// Seats are the ways into a workspace by member. Who is in the workspace
// without one only owns records.
func (a *Auth) Seats(ctx context.Context, workspace string) (map[value.ID]Seat, error) {
	var all map[value.ID]Seat
	err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
		if all, err = readSeats(ctx, tx, workspace); err != nil {
			return err
		}
		return a.addSeen(ctx, tx, workspace, all)
	})
	return all, err
}

func readSeats(ctx context.Context, tx *store.Tx, workspace string) (map[value.ID]Seat, error) {
	rows, err := tx.Query(ctx, `SELECT m.member, m.user_id, m.active, u.password_hash IS NULL FROM {membership} m
		JOIN {app_user} u ON u.id = m.user_id WHERE m.workspace = $1 AND u.disabled_at IS NULL`, workspace)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[value.ID]Seat{}
	for rows.Next() {
		var s Seat
		member, _ := rows.ID(0)
		s.User, _ = rows.ID(1)
		s.Active, _ = rows.Bool(2)
		s.Invited, _ = rows.Bool(3)
		all[member] = s
	}
	return all, rows.Err()
}

// addSeen adds moments: of sessions, of tokens, and how long links hold.
func (a *Auth) addSeen(ctx context.Context, tx *store.Tx, workspace string, all map[value.ID]Seat) error {
	later := func(to *time.Time, at time.Time) {
		if at.After(*to) {
			*to = at
		}
	}
	add := func(sql string, set func(*Seat, time.Time), args ...any) error {
		rows, err := tx.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			member, _ := rows.ID(0)
			ms, some := rows.Int(1)
			if s, ok := all[member]; ok && some {
				set(&s, time.UnixMilli(ms).UTC())
				all[member] = s
			}
		}
		return rows.Err()
	}
	seen := func(s *Seat, at time.Time) { later(&s.Seen, at) }
	if err := add(`SELECT m.member, max(x.last_seen_at) FROM {membership} m JOIN {session} x ON x.user_id = m.user_id
		WHERE m.workspace = $1 GROUP BY m.member`, seen, workspace); err != nil {
		return err
	}
	if err := add(`SELECT member, max(last_used_at) FROM {api_token} WHERE workspace = $1 GROUP BY member`, seen, workspace); err != nil {
		return err
	}
	return add(`SELECT m.member, max(c.expires_at) FROM {membership} m JOIN {setup_code} c ON c.user_id = m.user_id
		WHERE m.workspace = $1 AND c.purpose = $2 AND c.used_at IS NULL AND c.expires_at > $3 GROUP BY m.member`,
		func(s *Seat, at time.Time) { later(&s.Link, at) }, workspace, purposePassword, a.now())
}
