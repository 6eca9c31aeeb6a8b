package record

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Maintained passages: of an object that asks for them, which states each record
// came to, when first, and on which way it is, a row each in passage, added up by
// blocks of time in passage_sum. A write only marks the records that it moved;
// FoldPassages works them in; a read takes what is kept, less what it holds of
// marked records, and follows these through their spans. So it is exact at once,
// and no two writers meet.
//
// A way is nothing but the states, in the order of the last coming to each: what
// became of a record in a state follows from it under any order of the states, so
// a stage that is moved or becomes another kind changes nothing that is kept.

const (
	// passageBlock is four days: short enough to read what sticks out of a period
	// row by row, long enough that the blocks of a year are few.
	passageBlock = int64(4 * 24 * 60 * 60 * 1000)
	// passageFoldFrom is how many marked records are worth working in; following
	// fewer takes a few milliseconds.
	passageFoldFrom = 200
	// passageFoldMost keeps a fold short, since it holds the writer.
	passageFoldMost = 250
	// passageFoldAll is for programs that fold while nobody waits: what the records
	// of one time add up to is written once.
	passageFoldAll = 5_000
	anybody        = value.ID(-1)
)

// passagesMade says how far the history of objects is worked in, by the object's
// id.
var passagesMade = store.Setting[map[string]passageMade]{Key: "passages"}

type passageMade struct {
	Field string   `json:"field"` // its id
	Upto  value.ID `json:"upto"`  // the last record worked in
	Done  bool     `json:"done,omitempty"`
}

// passedField is the link whose passages are kept.
func passedField(o *schema.Object) (*schema.FieldDef, bool) {
	f, ok := o.Field(o.Passed)
	return f, ok && o.Passed != "" && f.Tracked && f.IsLink()
}

func loadPassages(ctx context.Context, tx *store.Tx, s *schema.Schema) (map[string]bool, error) {
	made, err := passagesMade.Get(ctx, tx)
	if err != nil {
		return nil, err
	}
	ready := map[string]bool{}
	for _, o := range s.Objects() {
		if f, ok := passedField(o); ok {
			ready[o.ID] = made[o.ID].Done && made[o.ID].Field == f.ID
		}
	}
	return ready, nil
}

// beginPassages lets objects without records be ready at once; the others are
// worked in by FoldPassages.
func (e *Engine) beginPassages(ctx context.Context) error {
	for _, o := range e.Schema().Objects() {
		f, kept := passedField(o)
		if !kept || e.current.Load().passed[o.ID] {
			continue
		}
		err := e.needs.DB.Write(ctx, func(tx *store.Tx) error {
			if err := lockTeams(ctx, tx); err != nil {
				return err
			}
			var any value.ID
			if some, err := tx.Row(ctx, `SELECT t.id FROM {`+o.Table+`} t LIMIT 1`, nil, &any); err != nil || some {
				return err
			}
			return notePassageMade(ctx, tx, o, passageMade{Field: f.ID, Done: true})
		})
		if err != nil {
			return err
		}
	}
	return e.needs.DB.Read(ctx, func(tx *store.Tx) error { return e.refresh(ctx, tx) })
}

func notePassageMade(ctx context.Context, tx *store.Tx, o *schema.Object, m passageMade) error {
	made, err := passagesMade.Get(ctx, tx)
	if err != nil {
		return err
	}
	if made == nil {
		made = map[string]passageMade{}
	}
	made[o.ID] = m
	if err := passagesMade.Set(ctx, tx, made); err != nil || !m.Done {
		return err
	}
	return touchState(ctx, tx)
}

// notePassages marks the records of a batch whose passage is another one now.
func (s *Session) notePassages(ctx context.Context, o *schema.Object, drafts []*Draft) error {
	f, kept := passedField(o)
	if !kept {
		return nil
	}
	var ids []value.ID
	for _, d := range drafts {
		if d.Doing != Updating || d.past || d.changed[o.Slot(f)] || d.Changed("owner") {
			ids = append(ids, d.ID)
		}
	}
	return s.markPassages(ctx, o, ids)
}

func (s *Session) markPassages(ctx context.Context, o *schema.Object, ids []value.ID) error {
	if _, kept := passedField(o); !kept || len(ids) == 0 {
		return nil
	}
	rows := make([][]any, len(ids))
	for i, id := range ids {
		rows[i] = []any{value.NewID(s.now), o.ID, id}
	}
	return s.tx.PostRows(ctx, `INSERT INTO {passage_changed} (id, object, record) VALUES`, 3, rows, "")
}

// FoldPassages works marked records into what is kept, and history of before
// passages were kept, in portions: more says that it should run again at once.
func (e *Engine) FoldPassages(ctx context.Context) (more bool, err error) {
	return e.foldPassages(ctx, passageFoldFrom, passageFoldMost)
}

func (e *Engine) foldPassages(ctx context.Context, from int64, most int) (more bool, err error) {
	for _, o := range e.Schema().Objects() {
		if _, kept := passedField(o); kept && !e.current.Load().passed[o.ID] {
			more = true
			if err := e.needs.DB.Write(ctx, func(tx *store.Tx) error { return fillPassages(ctx, tx, o, most) }); err != nil {
				return false, err
			}
		}
	}
	if more {
		return true, e.needs.DB.Read(ctx, func(tx *store.Tx) error { return e.refresh(ctx, tx) })
	}
	var count int64
	err = e.needs.DB.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.Row(ctx, `SELECT count(*) FROM (SELECT c.id FROM {passage_changed} c LIMIT $1) marked`, []any{from + int64(most)}, &count)
		return err
	})
	if err != nil || count < from || count == 0 {
		return false, err
	}
	err = e.needs.DB.Write(ctx, func(tx *store.Tx) error { return foldMarked(ctx, tx, e.Schema(), most) })
	return count >= from+int64(most), err
}

// fillPassages works the next records of an object in.
func fillPassages(ctx context.Context, tx *store.Tx, o *schema.Object, most int) error {
	if err := lockTeams(ctx, tx); err != nil {
		return err
	}
	all, err := passagesMade.Get(ctx, tx)
	if err != nil {
		return err
	}
	f, _ := passedField(o)
	made := all[o.ID]
	if made.Field != f.ID {
		made = passageMade{Field: f.ID}
	}
	if made.Done { // another process was faster
		return nil
	}
	ids, err := tx.IDs(ctx, `SELECT t.id FROM {`+o.Table+`} t WHERE t.id > $1 ORDER BY t.id LIMIT $2`, made.Upto, most)
	if err != nil {
		return err
	}
	if err := foldPassages(ctx, tx, o, ids); err != nil {
		return err
	}
	if made.Done = len(ids) < most; len(ids) > 0 {
		made.Upto = ids[len(ids)-1]
	}
	return notePassageMade(ctx, tx, o, made)
}

// foldMarked works the records in that were marked first. Marks that are made
// meanwhile are other rows, and left.
func foldMarked(ctx context.Context, tx *store.Tx, s *schema.Schema, most int) error {
	if err := lockTeams(ctx, tx); err != nil {
		return err
	}
	rows, err := tx.Query(ctx, `SELECT c.id, c.object, c.record FROM {passage_changed} c ORDER BY c.id LIMIT $1`, most)
	if err != nil {
		return err
	}
	var marks []value.ID
	of := map[string][]value.ID{}
	for rows.Next() {
		mark, _ := rows.ID(0)
		object, _ := rows.Text(1)
		id, _ := rows.ID(2)
		marks = append(marks, mark)
		of[strings.Clone(object)] = append(of[object], id)
	}
	if err := rows.Close(); err != nil || len(marks) == 0 {
		return err
	}
	for _, o := range s.Objects() {
		if _, kept := passedField(o); kept {
			slices.Sort(of[o.ID])
			if err := foldPassages(ctx, tx, o, slices.Compact(of[o.ID])); err != nil {
				return err
			}
		}
	}
	args := newArgs(tx)
	_, err = tx.Exec(ctx, "DELETE FROM {passage_changed} WHERE id IN ("+idList(marks, args)+")", args.Values()...)
	return err
}

// passageKey is a row of passage_sum.
type passageKey struct {
	cohort     int64
	state      value.ID
	owner      value.ID
	block, way int64
}

func (k passageKey) compare(o passageKey) int {
	return cmp.Or(cmp.Compare(k.cohort, o.cohort), cmp.Compare(k.state, o.state), cmp.Compare(k.owner, o.owner), cmp.Compare(k.block, o.block),
		cmp.Compare(k.way, o.way))
}

type passageRow struct{ n, timed, ms int64 }

// passageSums is by how much the sums move.
type passageSums map[passageKey]passageRow

// visited is a row of passage.
type visited struct {
	record, state, owner value.ID
	way                  int64
	made, first, ms      int64
	timed                bool
}

func blockOf(ms int64) int64 {
	block := ms / passageBlock
	if ms%passageBlock < 0 {
		block--
	}
	return block
}

func (p passageSums) add(v visited, sign int64) {
	for cohort, at := range []int64{v.first, v.made} {
		for _, owner := range []value.ID{v.owner, anybody} {
			k := passageKey{cohort: int64(cohort), state: v.state, owner: owner, block: blockOf(at), way: v.way}
			r := p[k]
			r.n += sign
			if v.timed {
				r.timed += sign
				r.ms += sign * v.ms
			}
			p[k] = r
		}
	}
}

// foldPassages replaces what is kept of some records by what their spans tell.
func foldPassages(ctx context.Context, tx *store.Tx, o *schema.Object, ids []value.ID) error {
	if len(ids) == 0 {
		return nil
	}
	sums := passageSums{}
	if err := takePassages(ctx, tx, ids, sums); err != nil {
		return err
	}
	now, err := followed(ctx, tx, o, ids)
	if err != nil {
		return err
	}
	rows := make([][]any, len(now))
	for i, v := range now {
		sums.add(v, 1)
		rows[i] = []any{v.record, v.state, v.way, v.owner, v.made, v.first, nil}
		if v.timed {
			rows[i][6] = v.ms
		}
	}
	if _, err := tx.ExecRows(ctx, `INSERT INTO {passage} (record, state, way, owner_id, made_ms, first_ms, ms) VALUES`, 7, rows, ""); err != nil {
		return err
	}
	return sums.write(ctx, tx)
}

func takePassages(ctx context.Context, tx *store.Tx, ids []value.ID, sums passageSums) error {
	args := newArgs(tx)
	rows, err := tx.Query(ctx, "DELETE FROM {passage} WHERE record IN ("+idList(ids, args)+") RETURNING state, owner_id, way, made_ms, first_ms, ms", args.Values()...)
	if err != nil {
		return err
	}
	for rows.Next() {
		var v visited
		v.state, _ = rows.ID(0)
		v.owner, _ = rows.ID(1)
		v.way, _ = rows.Int(2)
		v.made, _ = rows.Int(3)
		v.first, _ = rows.Int(4)
		v.ms, v.timed = rows.Int(5)
		sums.add(v, -1)
	}
	return rows.Close()
}

func (p passageSums) write(ctx context.Context, tx *store.Tx) error {
	var rows [][]any
	for _, k := range slices.SortedFunc(maps.Keys(p), passageKey.compare) {
		if r := p[k]; r != (passageRow{}) {
			rows = append(rows, []any{k.cohort, k.state, k.owner, k.block, k.way, r.n, r.timed, r.ms})
		}
	}
	_, err := tx.ExecRows(ctx, `INSERT INTO {passage_sum} AS s (cohort, state, owner_id, block, way, n, timed, ms) VALUES`, 8, rows,
		`ON CONFLICT (cohort, state, owner_id, block, way) DO UPDATE SET n = s.n + excluded.n, timed = s.timed + excluded.timed, ms = s.ms + excluded.ms`)
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM {passage_sum} WHERE n = 0`)
	}
	return err
}
