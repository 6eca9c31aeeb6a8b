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
	if k.calendar != nil {
		ids = append(ids, k.calendar.String())
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
		for _, count := range kept.counted(tx.Dialect(), amount) {
			sums, err := countSums(ctx, tx, o, amount, count)
			if err != nil {
				return err
			}
			if err := addSums(ctx, tx, "sum_owner", "owner_id", sums); err != nil {
				return err
			}
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

// counting is how sums of an amount are counted: the field and the key that rows
// are of, in SQL, and which loose rows that takes in. $2 is the amount's id.
type counting struct{ field, key, forget string }

// counted are the sums of one amount.
func (k keptSums) counted(d store.Dialect, amount *schema.FieldDef) []counting {
	list := []counting{{field: d.Param(2, store.Text), key: keySQL(d, k.group), forget: "field = $2"}}
	if k.calendar != nil {
		list = append(list, k.calendar.counting(d))
	}
	return list
}

// keySQL is a choice or a link as keys hold it, empty for none.
func keySQL(d store.Dialect, f *schema.FieldDef) string {
	if f.IsLink() {
		return "coalesce(CAST(t." + d.Quote(f.Column) + " AS text), '')"
	}
	return "coalesce(t." + d.Quote(f.Column) + ", '')"
}

// countSums reads an amount's sums from the object's records and forgets its
// loose rows. On PostgreSQL both happen in one statement, hence one snapshot: a
// record that commits in between is neither missed nor counted twice.
func countSums(ctx context.Context, tx *store.Tx, o *schema.Object, amount *schema.FieldDef, c counting) (map[sumKey]sumRow, error) {
	d := tx.Dialect()
	query := `SELECT ` + d.Param(1, store.Text) + `, ` + c.field + sumColumns(d, o, amount, c.key) + `
		FROM {` + o.Table + `} t WHERE t.deleted_at IS NULL GROUP BY 2, 3, 4, 5`
	forget := `DELETE FROM {sum_delta} WHERE object = $1 AND ` + c.forget
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

// sumColumns are the owner, key, currency and figures of an amount's rows, as
// readSums reads them behind object and field.
func sumColumns(d store.Dialect, o *schema.Object, amount *schema.FieldDef, key string) string {
	a, c, b := d.Quote(amount.Column), d.Quote(amount.Column+"_c"), d.Quote(amount.Column+"_b")
	owner := "0"
	if o.HasOwner() {
		owner = "coalesce(t.owner_id, 0)"
	}
	sum := func(column string) string { return "CAST(coalesce(sum(t." + column + "), 0) AS bigint)" }
	return ", " + owner + ", " + key + ", coalesce(t." + c + ", ''), count(*), " + sum(a) + ", " + sum(b) +
		", sum(CASE WHEN t." + a + " IS NOT NULL AND t." + b + " IS NULL THEN 1 ELSE 0 END)"
}

// spreadSums makes the teams' totals of an object from the owners'.
func spreadSums(ctx context.Context, tx *store.Tx, object string) error {
	const into = `INSERT INTO {sum_team} (object, field, team, group_key, currency, n, amount, base, missing) `
	const sums = `s.group_key, s.currency, CAST(sum(s.n) AS bigint), CAST(sum(s.amount) AS bigint), CAST(sum(s.Base) AS bigint), CAST(sum(s.missing) AS bigint)`
	if _, err := tx.Exec(ctx, into+`SELECT s.object, s.field, m.team, `+sums+` FROM {sum_owner} s JOIN {reach} m ON m.member = s.owner_id
		WHERE s.object = $1 AND s.field NOT LIKE '%/%' GROUP BY s.object, s.field, m.team, s.group_key, s.currency`, object); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, into+`SELECT s.object, s.field, 0, `+sums+` FROM {sum_owner} s
		WHERE s.object = $1 AND s.field NOT LIKE '%/%' GROUP BY s.object, s.field, s.group_key, s.currency`, object)
	return err
}
