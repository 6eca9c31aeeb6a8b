package record

import (
	"context"
	"strings"

	"wellmet/internal/schema"
	"wellmet/internal/store"
)

// sumsMade says of which fields an object's sums are, by the object's id. A
// newer program may keep sums of more: until these are counted nobody reads
// them, and an end of the process in between forgets nothing.
var sumsMade = store.Setting[map[string]string]{Key: "sums"}

func (k keptSums) String() string {
	ids := []string{k.group.ID}
	for _, f := range k.amounts {
		ids = append(ids, f.ID)
	}
	return strings.Join(ids, " ")
}

// loadSums tells which objects' sums can be read, by the object's id.
func loadSums(ctx context.Context, tx *store.Tx, s *schema.Schema) (map[string]bool, error) {
	made, err := sumsMade.Get(ctx, tx)
	if err != nil {
		return nil, err
	}
	ready := map[string]bool{}
	for _, o := range s.Objects() {
		if kept, ok := sumsOf(o); ok {
			ready[o.ID] = made[o.ID] == kept.String()
		}
	}
	return ready, nil
}

// fillSums counts the sums that a newer program keeps and an older one did not.
func (e *Engine) fillSums(ctx context.Context) error {
	for _, o := range e.Schema().Objects() {
		if ready, kept := e.current.Load().sums[o.ID]; !kept || ready {
			continue
		}
		if err := e.countAnew(ctx, o.Name, false); err != nil {
			return err
		}
	}
	return e.needs.DB.Read(ctx, func(tx *store.Tx) error { return e.refresh(ctx, tx) })
}

// RebuildSums counts an object's sums anew.
func (e *Engine) RebuildSums(ctx context.Context, object string) error {
	return e.countAnew(ctx, object, true)
}

func (e *Engine) countAnew(ctx context.Context, object string, again bool) error {
	return e.needs.DB.Write(ctx, func(tx *store.Tx) error {
		if err := lockTeams(ctx, tx); err != nil {
			return err
		}
		st, err := e.stateFor(ctx, tx) // behind the lock: another process may have counted
		if err != nil {
			return err
		}
		o, ok := st.schema.Object(object)
		if !ok || st.sums[o.ID] && !again {
			return nil
		}
		return rebuildSums(ctx, tx, o)
	}, store.Export)
}

func rebuildSums(ctx context.Context, tx *store.Tx, o *schema.Object) error {
	for _, table := range []string{"sum_owner", "sum_team"} {
		if _, err := tx.Exec(ctx, `DELETE FROM {`+table+`} WHERE object = $1`, o.ID); err != nil {
			return err
		}
	}
	kept, ok := sumsOf(o)
	if !ok {
		return nil
	}
	for _, amount := range kept.amounts {
		sums, err := countSums(ctx, tx, o, kept.group, amount)
		if err != nil {
			return err
		}
		if err := addSums(ctx, tx, "sum_owner", "owner_id", sums); err != nil {
			return err
		}
	}
	if err := spreadSums(ctx, tx, o.ID); err != nil {
		return err
	}
	made, err := sumsMade.Get(ctx, tx)
	if err != nil {
		return err
	}
	if made == nil {
		made = map[string]string{}
	}
	made[o.ID] = kept.String()
	if err := sumsMade.Set(ctx, tx, made); err != nil {
		return err
	}
	return touchState(ctx, tx)
}

// countSums reads an amount's sums from the object's records and forgets its
// loose rows. On PostgreSQL both happen in one statement, hence one snapshot: a
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
	forget := `DELETE FROM {sum_delta} WHERE object = $1 AND field = $2`
	if d.Name() == "postgres" {
		query = `WITH gone AS (` + forget + `) ` + query
	} else if _, err := tx.Exec(ctx, forget, o.ID, amount.ID); err != nil {
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
	const sums = `s.group_key, s.currency, CAST(sum(s.n) AS bigint), CAST(sum(s.amount) AS bigint), CAST(sum(s.Base) AS bigint), CAST(sum(s.missing) AS bigint)`
	if _, err := tx.Exec(ctx, into+`SELECT s.object, s.field, m.team, `+sums+` FROM {sum_owner} s JOIN {reach} m ON m.member = s.owner_id
		WHERE s.object = $1 GROUP BY s.object, s.field, m.team, s.group_key, s.currency`, object); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, into+`SELECT s.object, s.field, 0, `+sums+` FROM {sum_owner} s
		WHERE s.object = $1 GROUP BY s.object, s.field, s.group_key, s.currency`, object)
	return err
}
