package record

import (
	"context"
	"slices"

	"wellmet/internal/schema"
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

// FoldSums moves loose rows of the maintained sums into their totals. It is a
// job of its own, of which one may run at a time; more says that it should run
// again at once.
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
		amount = s.amount + excluded.amount, base = s.base + excluded.base, missing = s.missing + excluded.missing`)
	return err
}

// RebuildSums counts an object's sums anew, for one that has just asked for
// them or whose group or amount has become another field.
func (e *Engine) RebuildSums(ctx context.Context, object string) error {
	return e.needs.DB.Write(ctx, func(tx *store.Tx) error {
		st, err := e.stateFor(ctx, tx)
		if err != nil {
			return err
		}
		o, ok := st.schema.Object(object)
		if !ok {
			return nil
		}
		return rebuildSums(ctx, tx, o)
	}, store.Export)
}

func rebuildSums(ctx context.Context, tx *store.Tx, o *schema.Object) error {
	if err := lockTeams(ctx, tx); err != nil {
		return err
	}
	for _, table := range []string{"sum_owner", "sum_team"} {
		if _, err := tx.Exec(ctx, `DELETE FROM {`+table+`} WHERE object = $1`, o.ID); err != nil {
			return err
		}
	}
	group, amount, ok := sumFields(o)
	if !ok {
		_, err := tx.Exec(ctx, `DELETE FROM {sum_delta} WHERE object = $1`, o.ID)
		return err
	}
	sums, err := countSums(ctx, tx, o, group, amount)
	if err != nil {
		return err
	}
	if err := addSums(ctx, tx, "sum_owner", "owner_id", sums); err != nil {
		return err
	}
	return spreadSums(ctx, tx, o.ID)
}

// countSums reads an object's sums from its records and forgets its loose
// rows. On PostgreSQL both happen in one statement, hence one snapshot: a
// record that commits in between is neither missed nor counted twice.
func countSums(ctx context.Context, tx *store.Tx, o *schema.Object, group, amount *schema.FieldDef) (map[sumKey]sumRow, error) {
	d := tx.Dialect()
	a, c, b := d.Quote(amount.Column), d.Quote(amount.Column+"_c"), d.Quote(amount.Column+"_b")
	key, owner := "t."+d.Quote(group.Column), "0"
	if group.IsLink() {
		key = "CAST(" + key + " AS text)"
	}
	if o.HasOwner() {
		owner = "coalesce(t.owner_id, 0)"
	}
	sum := func(column string) string { return "CAST(coalesce(sum(t." + column + "), 0) AS bigint)" }
	query := `SELECT ` + d.Param(1, store.Text) + `, ` + d.Param(2, store.Text) + `, ` + owner + `, coalesce(` + key + `, ''), coalesce(t.` + c + `, ''), count(*), ` + sum(a) + `, ` + sum(b) + `,
		sum(CASE WHEN t.` + a + ` IS NOT NULL AND t.` + b + ` IS NULL THEN 1 ELSE 0 END)
		FROM {` + o.Table + `} t WHERE t.deleted_at IS NULL GROUP BY 3, 4, 5`
	forget := `DELETE FROM {sum_delta} WHERE object = $1`
	if d.Name() == "postgres" {
		query = `WITH gone AS (` + forget + `) ` + query
	} else if _, err := tx.Exec(ctx, forget, o.ID); err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, query, o.ID, amount.ID)
	if err != nil {
		return nil, err
	}
	return readSums(rows)
}

// spreadSums makes the teams' totals of an object from the owners'.
func spreadSums(ctx context.Context, tx *store.Tx, object string) error {
	const into = `INSERT INTO {sum_team} (object, field, team, group_key, currency, n, amount, base, missing) `
	const sums = `s.group_key, s.currency, CAST(sum(s.n) AS bigint), CAST(sum(s.amount) AS bigint), CAST(sum(s.base) AS bigint), CAST(sum(s.missing) AS bigint)`
	if _, err := tx.Exec(ctx, into+`SELECT s.object, s.field, m.team, `+sums+` FROM {sum_owner} s JOIN {reach} m ON m.member = s.owner_id
		WHERE s.object = $1 GROUP BY s.object, s.field, m.team, s.group_key, s.currency`, object); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, into+`SELECT s.object, s.field, 0, `+sums+` FROM {sum_owner} s
		WHERE s.object = $1 GROUP BY s.object, s.field, s.group_key, s.currency`, object)
	return err
}
