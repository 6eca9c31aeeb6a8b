package record

import (
	"context"
	"slices"

	"wellmet/internal/expr"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// membership is one row of reach: that team's subtree holds that member.
type membership struct{ team, member value.ID }

// MoveSums runs change, which moves members between teams or teams in the tree
// and writes reach anew (access.TeamsChanged), and moves the totals of the
// teams with it, in the same transaction. members are those who move; none
// means anybody may, as when a team moves.
func (s *Session) MoveSums(ctx context.Context, members []value.ID, change func() error) error {
	if err := lockTeams(ctx, s.tx); err != nil {
		return err
	}
	before, err := memberships(ctx, s.tx, members)
	if err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	after, err := memberships(ctx, s.tx, members)
	if err != nil {
		return err
	}
	moves := map[value.ID]map[value.ID]int64{} // member -> team -> +1 joined, -1 left
	note := func(from, other map[membership]bool, sign int64) {
		for m := range from {
			if !other[m] {
				if moves[m.member] == nil {
					moves[m.member] = map[value.ID]int64{}
				}
				moves[m.member][m.team] = sign
			}
		}
	}
	note(before, after, -1)
	note(after, before, 1)
	return moveTotals(ctx, s.tx, moves)
}

func memberships(ctx context.Context, tx *store.Tx, members []value.ID) (map[membership]bool, error) {
	found := map[membership]bool{}
	if len(members) == 0 {
		return found, readMemberships(ctx, tx, "", nil, found)
	}
	for chunk := range slices.Chunk(members, 500) {
		args := newArgs(tx)
		where := " WHERE m.member IN (" + idList(chunk, args) + ")"
		if err := readMemberships(ctx, tx, where, args.Values(), found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func readMemberships(ctx context.Context, tx *store.Tx, where string, args []any, into map[membership]bool) error {
	rows, err := tx.Query(ctx, "SELECT m.team, m.member FROM {reach} m"+where, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		team, _ := rows.ID(0)
		member, _ := rows.ID(1)
		into[membership{team, member}] = true
	}
	return rows.Err()
}

// moveTotals adds the totals of members to the teams they joined and takes
// them from those they left. Loose rows need nothing: they find their teams
// when they are folded.
func moveTotals(ctx context.Context, tx *store.Tx, moves map[value.ID]map[value.ID]int64) error {
	moved := keys(moves)
	slices.Sort(moved)
	teams := map[sumKey]sumRow{}
	for chunk := range slices.Chunk(moved, 500) {
		args := newArgs(tx)
		rows, err := tx.Query(ctx, `SELECT s.object, s.field, s.owner_id, s.group_key, s.currency, s.n, s.amount, s.Base, s.missing
			FROM {sum_owner} s WHERE s.owner_id IN (`+idList(chunk, args)+`)`, args.Values()...)
		if err != nil {
			return err
		}
		sums, err := readSums(rows)
		if err != nil {
			return err
		}
		for k, row := range sums {
			if k.byMonth() {
				continue
			}
			for team, sign := range moves[k.owner] {
				to := k
				to.owner = team
				if teams[to], err = teams[to].add(row, sign); err != nil {
					return err
				}
			}
		}
	}
	return addSums(ctx, tx, "sum_team", "team", teams)
}

// newArgs begins the parameters of a statement outside a session.
func newArgs(tx *store.Tx) *expr.Args {
	d := tx.Dialect()
	return expr.NewArgs(func(n int, sqlType string) string { return d.Param(n, storeType(sqlType)) })
}
