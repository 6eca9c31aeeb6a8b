package access

import (
	"context"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Grant shares one record with a member, or with everybody in a team and below
// it, whoever that is at the time. Either Member or Team is set.
type Grant struct {
	Object *schema.Object
	Record value.ID
	Member value.ID
	Team   value.ID
	Level  int64     // ReadLevel or UpdateLevel
	Until  time.Time // the share ends then; zero = never
	By     value.ID  // who shared
	At     time.Time
}

// widestShare is how many people a share may reach: each of them costs a row a
// record. Openness is for sharing with everybody.
const widestShare = 1000

// Share shares the record, or changes the level and end of a share with the
// same receiver. That the record is there and the caller may change it is the
// record room's to know.
func Share(ctx context.Context, tx *store.Tx, g Grant) error {
	if err := g.check(ctx, tx); err != nil {
		return err
	}
	var until any
	if !g.Until.IsZero() {
		until = g.Until
	}
	const columns = `INSERT INTO {extra_access} (object, record, member, team, level, until, granted_by, granted_at) `
	const again = ` ON CONFLICT (object, record, member, team) DO UPDATE SET level = excluded.level, until = excluded.until,
		granted_by = excluded.granted_by, granted_at = excluded.granted_at`
	args := []any{g.Object.ID, g.Record, g.Member, g.Team, g.Level, until, g.By, g.At}
	if _, err := tx.Exec(ctx, columns+`VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`+again, args...); err != nil {
		return err
	}
	if g.Team != 0 {
		if _, err := tx.Exec(ctx, columns+`SELECT x.object, x.record, r.member, x.team, x.level, x.until, x.granted_by, x.granted_at
			FROM {extra_access} x JOIN {reach} r ON r.team = x.team
			WHERE x.object = $1 AND x.record = $2 AND x.member = 0 AND x.team = $3`+again, g.Object.ID, g.Record, g.Team); err != nil {
			return err
		}
	}
	return g.hold(ctx, tx)
}

// hold notes the receivers as holders of shares; only new ones change the
// roster, so that sharing a lot is not loading it a lot.
func (g Grant) hold(ctx context.Context, tx *store.Tx) error {
	n, err := tx.Exec(ctx, `INSERT INTO {extra_holder} (member, object, level)
		SELECT x.member, x.object, x.level FROM {extra_access} x
		WHERE x.object = $1 AND x.record = $2 AND x.team = $3 AND x.member <> 0 AND (x.team <> 0 OR x.member = $4)
		ON CONFLICT (member, object, level) DO NOTHING`, g.Object.ID, g.Record, g.Team, g.Member)
	if err != nil || n == 0 {
		return err
	}
	return Touch(ctx, tx)
}

func (g Grant) check(ctx context.Context, tx *store.Tx) error {
	switch {
	case g.Object.Access != schema.Owned:
		return fault.New(fault.Invalid, "access.share_unowned", fault.Args{"object": g.Object.Name})
	case (g.Member == 0) == (g.Team == 0):
		return fault.New(fault.Invalid, "access.share_with_whom", nil)
	case g.Level != ReadLevel && g.Level != UpdateLevel:
		return badLevel("")
	case !g.Until.IsZero() && !g.Until.After(g.At):
		return fault.New(fault.Invalid, "access.share_over", nil).With(fault.Field{Path: "until", Key: "access.share_over"})
	case g.Team == 0:
		return g.checkOne(ctx, tx, "member", `SELECT 1 FROM {member} WHERE id = $1 AND active AND deleted_at IS NULL`, g.Member)
	}
	if err := g.checkOne(ctx, tx, "team", `SELECT 1 FROM {team} WHERE id = $1 AND deleted_at IS NULL`, g.Team); err != nil {
		return err
	}
	var n int64
	if _, err := tx.Row(ctx, `SELECT count(*) FROM {reach} WHERE team = $1`, []any{g.Team}, &n); err != nil {
		return err
	}
	if n > widestShare {
		return fault.New(fault.Invalid, "access.share_too_wide", fault.Args{"members": n, "max": widestShare})
	}
	return nil
}

func (g Grant) checkOne(ctx context.Context, tx *store.Tx, field, sql string, id value.ID) error {
	found, err := tx.Row(ctx, sql, []any{id}, nil)
	if err == nil && !found {
		err = fault.New(fault.Invalid, "access.share_unknown", nil).With(
			fault.Field{Path: field, Key: "access.share_unknown", Value: id.String()})
	}
	return err
}

// Unshare ends the share of the record with that member or team, and reports
// whether there was one. A member who also has it through a team keeps that.
func Unshare(ctx context.Context, tx *store.Tx, o *schema.Object, record, member, team value.ID) (bool, error) {
	if (member == 0) == (team == 0) {
		return false, fault.New(fault.Invalid, "access.share_with_whom", nil)
	}
	n, err := tx.Exec(ctx, `DELETE FROM {extra_access} WHERE object = $1 AND record = $2 AND team = $3
		AND (team <> 0 OR member = $4)`, o.ID, record, team, member)
	return n > 0, err
}

// Shares lists with whom the record is shared at the moment.
func Shares(ctx context.Context, tx *store.Tx, o *schema.Object, record value.ID, now time.Time) ([]Grant, error) {
	rows, err := tx.Query(ctx, `SELECT member, team, level, until, granted_by, granted_at FROM {extra_access}
		WHERE object = $1 AND record = $2 AND (team = 0 OR member = 0) AND (until IS NULL OR until > $3)
		ORDER BY granted_at, member, team`, o.ID, record, now)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Grant
	for rows.Next() {
		g := Grant{Object: o, Record: record}
		var until *time.Time
		if err := rows.Scan(&g.Member, &g.Team, &g.Level, &until, &g.By, &g.At); err != nil {
			return nil, err
		}
		if until != nil {
			g.Until = *until
		}
		all = append(all, g)
	}
	return all, rows.Err()
}

// ForgetRecord drops the shares of a record that is gone for good.
func ForgetRecord(ctx context.Context, tx *store.Tx, o *schema.Object, record value.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM {extra_access} WHERE object = $1 AND record = $2`, o.ID, record)
	return err
}

// ExpireShares removes shares whose end has come, and forgets holders who have
// none left. Queries ask for the end themselves; this only tidies, daily.
func ExpireShares(ctx context.Context, tx *store.Tx, now time.Time) (removed int64, err error) {
	removed, err = tx.Exec(ctx, `DELETE FROM {extra_access} WHERE until IS NOT NULL AND until <= $1`, now)
	if err != nil {
		return 0, err
	}
	gone, err := tx.Exec(ctx, `DELETE FROM {extra_holder} AS h WHERE NOT EXISTS (SELECT 1 FROM {extra_access} x
		WHERE x.member = h.member AND x.object = h.object AND x.level = h.level)`)
	if err == nil && gone > 0 {
		err = Touch(ctx, tx)
	}
	return removed, err
}

// LevelName is how the API spells the level of a share.
func LevelName(level int64) string {
	if level >= UpdateLevel {
		return Update.String()
	}
	return Read.String()
}

// ParseLevel reads what LevelName writes.
func ParseLevel(text string) (int64, error) {
	switch text {
	case Read.String():
		return ReadLevel, nil
	case Update.String():
		return UpdateLevel, nil
	}
	return 0, badLevel(text)
}

func badLevel(text string) error {
	return fault.New(fault.Invalid, "access.unknown_level", fault.Args{"name": value.Printable(text)})
}
