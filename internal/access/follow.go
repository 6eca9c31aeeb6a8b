package access

import (
	"context"
	"slices"
	"time"

	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// following stands where a share has its team in shares that follow from other
// records, as the team of a deal reads its customer. The room that knows those
// records keeps them; nobody gives or ends them by hand, and a share of the same
// record from a colleague stands beside them.
const following value.ID = -1

// Follower is a member who reads a record because of another one.
type Follower struct{ Record, Member value.ID }

// Follow lets exactly these members, beside all who may anyway, read the records.
func Follow(ctx context.Context, tx *store.Tx, o *schema.Object, records []value.ID, by []Follower, now time.Time) error {
	for some := range slices.Chunk(records, fewIDs) {
		list, args := idList(some)
		object := tx.Dialect().Param(len(args)+1, store.Text)
		team := tx.Dialect().Param(len(args)+2, store.Int)
		if _, err := tx.Exec(ctx, `DELETE FROM {extra_access} WHERE record IN `+list+` AND object = `+object+` AND team = `+team,
			append(args, o.ID, following)...); err != nil {
			return err
		}
	}
	return follow(ctx, tx, o, by, now)
}

// follow writes the rows; only new holders change the roster.
func follow(ctx context.Context, tx *store.Tx, o *schema.Object, by []Follower, now time.Time) error {
	shares, holders := make([][]any, len(by)), [][]any{}
	seen := map[value.ID]bool{}
	for i, f := range by {
		shares[i] = []any{o.ID, f.Record, f.Member, following, ReadLevel, now}
		if !seen[f.Member] {
			seen[f.Member] = true
			holders = append(holders, []any{f.Member, o.ID, ReadLevel})
		}
	}
	if _, err := tx.ExecRows(ctx, `INSERT INTO {extra_access} (object, record, member, team, level, granted_at) VALUES `, 6, shares,
		` ON CONFLICT (object, record, member, team) DO NOTHING`); err != nil {
		return err
	}
	n, err := tx.ExecRows(ctx, `INSERT INTO {extra_holder} (member, object, level) VALUES `, 3, holders, ` ON CONFLICT (member, object, level) DO NOTHING`)
	if err != nil || n == 0 {
		return err
	}
	return Touch(ctx, tx)
}
