package record

import (
	"context"
	"slices"

	"wellmet/internal/store"
	"wellmet/internal/value"
)

const (
	// foldFrom is how many loose rows are worth folding; below, a read adds
	// them up in well under a millisecond.
	foldFrom = 1_000
	// foldMost keeps a fold short, since it holds the writer.
	foldMost = 5_000
)

// Fold works the latest changes into what is maintained, sums and passages, and
// goes on with spans that a newer program keeps. It is a job of its own, of
// which one may run at a time; more says that it should run again at once.
func (e *Engine) Fold(ctx context.Context) (more bool, err error) {
	for _, fold := range []func(context.Context) (bool, error){e.FoldSums, e.FoldPassages, e.FillSpans} {
		again, err := fold(ctx)
		if err != nil {
			return false, err
		}
		more = more || again
	}
	return more, nil
}

// FoldAll works in whatever there is, in large portions that hold the writer for
// long: for programs that brought in much while nobody waits.
func (e *Engine) FoldAll(ctx context.Context) error {
	for more := true; more; {
		var err error
		if more, err = e.fold(ctx, foldFrom); err != nil {
			return err
		}
	}
	for more := true; more; {
		var err error
		if more, err = e.foldPassages(ctx, passageFoldFrom, passageFoldAll); err != nil {
			return err
		}
	}
	return nil
}

// FoldSums moves loose rows of the maintained sums into their totals.
func (e *Engine) FoldSums(ctx context.Context) (more bool, err error) {
	return e.fold(ctx, foldFrom)
}

func (e *Engine) fold(ctx context.Context, from int64) (more bool, err error) {
	var count int64
	enough := func(tx *store.Tx) error {
		_, err := tx.Row(ctx, `SELECT count(*) FROM (SELECT d.id FROM {sum_delta} d LIMIT $1) loose`, []any{from + foldMost}, &count)
		return err
	}
	if err := e.needs.DB.Read(ctx, enough); err != nil || count < from || count == 0 {
		return false, err
	}
	err = e.needs.DB.Write(ctx, func(tx *store.Tx) error { return foldOnce(ctx, tx) })
	return count >= from+foldMost, err
}

// foldOnce takes the oldest loose rows away and adds them to their owners and
// to the teams that reach these. Only what the DELETE answers is added, so
// that rows committed in between are left for the next time.
func foldOnce(ctx context.Context, tx *store.Tx) error {
	if err := lockTeams(ctx, tx); err != nil {
		return err
	}
	owners, err := takeLoose(ctx, tx)
	if err != nil || len(owners) == 0 {
		return err
	}
	teams, err := teamsOf(ctx, tx, ownersIn(owners))
	if err != nil {
		return err
	}
	if err := addSums(ctx, tx, "sum_owner", "owner_id", owners); err != nil {
		return err
	}
	byTeam := map[sumKey]sumRow{}
	for k, row := range owners {
		if k.byMonth() {
			continue
		}
		for _, team := range append(teams[k.owner], everybody) {
			k.owner = team
			if byTeam[k], err = byTeam[k].add(row, 1); err != nil {
				return err
			}
		}
	}
	return addSums(ctx, tx, "sum_team", "team", byTeam)
}

// lockTeams keeps team changes and folds apart: both move rows of sum_team by
// what reach says. A change of teams updates this row anyway.
func lockTeams(ctx context.Context, tx *store.Tx) error {
	var version int64
	_, err := tx.Row(ctx, `SELECT w.access_version FROM {workspace_state} w`+tx.Dialect().ForUpdate(), nil, &version)
	return err
}

func takeLoose(ctx context.Context, tx *store.Tx) (map[sumKey]sumRow, error) {
	rows, err := tx.Query(ctx, `DELETE FROM {sum_delta} WHERE id IN (SELECT d.id FROM {sum_delta} d ORDER BY d.id LIMIT $1)
		RETURNING object, field, owner_id, group_key, currency, n, amount, base, missing`, foldMost)
	if err != nil {
		return nil, err
	}
	return readSums(rows)
}

func readSums(rows *store.Rows) (map[sumKey]sumRow, error) {
	defer rows.Close()
	sums := map[sumKey]sumRow{}
	for rows.Next() {
		var k sumKey
		var r sumRow
		err := rows.Scan(&k.object, &k.field, &k.owner, &k.group, &k.currency, &r.n, &r.amount, &r.base, &r.missing)
		if err == nil {
			sums[k], err = sums[k].add(r, 1)
		}
		if err != nil {
			return nil, err
		}
	}
	return sums, rows.Err()
}

func ownersIn(sums map[sumKey]sumRow) []value.ID {
	seen := map[value.ID]bool{}
	for k := range sums {
		seen[k.owner] = true
	}
	owners := keys(seen)
	slices.Sort(owners)
	return owners
}

// teamsOf lists, for each member, the teams whose subtree he is in.
func teamsOf(ctx context.Context, tx *store.Tx, members []value.ID) (map[value.ID][]value.ID, error) {
	teams := map[value.ID][]value.ID{}
	for chunk := range slices.Chunk(members, 500) {
		args := newArgs(tx)
		rows, err := tx.Query(ctx, "SELECT m.member, m.team FROM {reach} m WHERE m.member IN ("+idList(chunk, args)+")", args.Values()...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			member, _ := rows.ID(0)
			team, _ := rows.ID(1)
			teams[member] = append(teams[member], team)
		}
		if err := rows.Close(); err != nil {
			return nil, err
		}
	}
	return teams, nil
}

// addSums adds rows to one of the two tables of totals.
func addSums(ctx context.Context, tx *store.Tx, table, column string, sums map[sumKey]sumRow) error {
	rows := make([][]any, 0, len(sums))
	for _, k := range sortedKeys(sums) {
		if r := sums[k]; !r.zero() {
			rows = append(rows, []any{k.object, k.field, k.owner, k.group, k.currency, r.n, r.amount, r.base, r.missing})
		}
	}
	_, err := tx.ExecRows(ctx, `INSERT INTO {`+table+`} AS s (object, field, `+column+`, group_key, currency, n, amount, base, missing) VALUES`, 9, rows,
		`ON CONFLICT (object, field, `+column+`, group_key, currency) DO UPDATE SET n = s.n + excluded.n,
		amount = s.amount + excluded.amount, base = s.Base + excluded.base, missing = s.missing + excluded.missing`)
	return err
}
