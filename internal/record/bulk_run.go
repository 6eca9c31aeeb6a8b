package record

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

const (
	// bulkChunk is how many records a transaction of a long bulk change takes: a
	// tenth of a second or so of the writer.
	bulkChunk = 250
	// bulkAhead is how many ids are looked up at a time.
	bulkAhead = 10_000
	// bulkTries is how often what nobody expected may happen before the change
	// is given up.
	bulkTries = 8
)

// BulkJob does the next part of a bulk change.
type BulkJob struct {
	Run value.ID `json:"run"`
}

// Kind implements jobs.Job.
func (BulkJob) Kind() string { return "record.bulk" }

// bulkResult is what a run has come to so far.
type bulkResult struct {
	Changed   int          `json:"changed"`
	Unchanged int          `json:"unchanged"`
	Failed    int          `json:"failed"`
	Reasons   []BulkReason `json:"reasons"`
	Warned    int          `json:"warned,omitempty"`
	Warnings  []BulkReason `json:"warnings,omitempty"`
}

// bulkRow is a run as it is stored.
type bulkRow struct {
	BulkRun
	asked Bulk
	who   runWho
	last  value.ID // the oldest record done; records are done newest first
}

// bulkLater keeps what is asked for and asks for the job. Records that come
// later are not meant: their ids are larger than the newest of now.
func (s *Session) bulkLater(ctx context.Context, b Bulk, run *BulkRun) error {
	act, err := s.actID(ctx)
	if err != nil {
		return err
	}
	run.ID, run.State, run.Act = value.NewID(s.now), BulkRunning, act
	asked, err := json.Marshal(b)
	if err != nil {
		return err
	}
	who, err := s.inWhoseName(undoRight{})
	if err != nil {
		return err
	}
	first, err := s.nextOfBulk(ctx, b, newest, 1)
	if err != nil || len(first) == 0 {
		return err
	}
	if _, err := s.tx.Exec(ctx, `INSERT INTO {bulk_run} (id, object, request, who, state, total, last, result, act, created_by, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, '{}', $8, $9, $10)`, run.ID, b.Object, string(asked), who, string(BulkRunning),
		run.Total, first[0]+1, act, orNull(run.By), s.now); err != nil {
		return err
	}
	return s.Later(BulkJob{Run: run.ID})
}

const bulkColumns = `r.id, r.object, r.request, r.who, r.state, r.total, r.last, r.result, r.act, r.created_by, r.created_at, r.finished_at, r.error,
	(SELECT a.undone_by FROM {act} a WHERE a.id = r.act)`

func scanBulk(rows *store.Rows) (*bulkRow, error) {
	r := &bulkRow{}
	var asked, who, state, result string
	var by, undone *value.ID
	var problem *string
	if err := rows.Scan(&r.ID, &r.Object, &asked, &who, &state, &r.Total, &r.last, &result, &r.Act, &by, &r.Begun, &r.Finished, &problem, &undone); err != nil {
		return nil, err
	}
	r.State = BulkState(state)
	var done bulkResult
	for text, to := range map[string]any{asked: &r.asked, who: &r.who, result: &done} {
		dec := json.NewDecoder(bytes.NewReader([]byte(text)))
		dec.UseNumber()
		if err := dec.Decode(to); err != nil {
			return nil, fmt.Errorf("read bulk change %d: %w", r.ID, err)
		}
	}
	r.Do, r.Values, r.Filter = r.asked.Do, r.asked.Values, r.asked.Filter
	r.Changed, r.Unchanged, r.Failed, r.Reasons = done.Changed, done.Unchanged, done.Failed, slices.Clip(done.Reasons)
	r.Warned, r.Warnings = done.Warned, slices.Clip(done.Warnings)
	for _, reason := range slices.Concat(r.Reasons, r.Warnings) {
		countable(reason.Args)
	}
	if by != nil {
		r.By = *by
	}
	if undone != nil {
		r.Undone = *undone
	}
	if problem != nil {
		r.Error = *problem
	}
	return r, nil
}

// countable makes numbers of what JSON kept of them, so that sentences find
// their plural.
func countable(args fault.Args) {
	for name, v := range args {
		if n, ok := v.(json.Number); ok {
			if i, err := n.Int64(); err == nil {
				args[name] = i
			}
		}
	}
}

func readBulk(ctx context.Context, tx *store.Tx, id value.ID, lock string) (*bulkRow, error) {
	rows, err := tx.Query(ctx, `SELECT `+bulkColumns+` FROM {bulk_run} r WHERE r.id = $1`+lock, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return nil, err
		}
		return nil, noBulk(id)
	}
	r, err := scanBulk(rows)
	if err != nil {
		return nil, err
	}
	return r, rows.Close()
}

func noBulk(id value.ID) error {
	return fault.New(fault.NotFound, "record.no_bulk", fault.Args{"id": id.String()})
}

// Bulk is a bulk change of the actor's own; administrators read all.
func (s *Session) Bulk(ctx context.Context, id value.ID) (*BulkRun, error) {
	r, err := readBulk(ctx, s.tx, id, "")
	if err != nil {
		return nil, err
	}
	if !s.seesBulk(r) {
		return nil, noBulk(id)
	}
	return &r.BulkRun, nil
}

func (s *Session) seesBulk(r *bulkRow) bool {
	return s.actor.System() || s.actor.Admin() || r.By == s.actor.Member()
}

// Bulks lists the newest bulk changes that the actor may know of, older than
// one (0 = from the newest).
func (s *Session) Bulks(ctx context.Context, before value.ID, limit int) ([]*BulkRun, error) {
	if before == 0 {
		before = newest
	}
	where, args := "r.id < $1", []any{before, limit}
	if !s.actor.System() && !s.actor.Admin() {
		where, args = where+" AND r.created_by = $3", append(args, s.actor.Member())
	}
	rows, err := s.tx.Query(ctx, `SELECT `+bulkColumns+` FROM {bulk_run} r WHERE `+where+` ORDER BY r.id DESC LIMIT $2`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []*BulkRun{}
	for rows.Next() {
		r, err := scanBulk(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, &r.BulkRun)
	}
	return list, rows.Err()
}

// StopBulk ends a bulk change behind the chunk it is at. What was changed
// stays, until it is undone.
func (s *Session) StopBulk(ctx context.Context, id value.ID) (*BulkRun, error) {
	if _, err := s.Bulk(ctx, id); err != nil {
		return nil, err
	}
	n, err := s.tx.Exec(ctx, `UPDATE {bulk_run} SET state = $1, finished_at = $2 WHERE id = $3 AND state = $4`, string(BulkStopped), s.now, id, string(BulkRunning))
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, fault.New(fault.Conflict, "record.bulk_over", nil)
	}
	return s.Bulk(ctx, id)
}

// stopBulkOf ends the bulk change whose act is about to be taken back.
func (s *Session) stopBulkOf(ctx context.Context, act value.ID) error {
	_, err := s.tx.Exec(ctx, `UPDATE {bulk_run} SET state = $1, finished_at = $2 WHERE act = $3 AND state = $4`, string(BulkStopped), s.now, act, string(BulkRunning))
	return err
}

// GoOnChanging does the next part of a bulk change, for the job; attempt is how
// often the job has begun.
func (e *Engine) GoOnChanging(ctx context.Context, j BulkJob, attempt int) error {
	w := &bulkWalk{engine: e, id: j.Run}
	return e.goOn(ctx, j, func() (bool, error) {
		more, err := w.chunk(ctx)
		if f, ok := fault.As(err); err != nil && (!ok || f.Kind == fault.Unavailable) && attempt >= bulkTries && ctx.Err() == nil {
			err = fault.New(fault.Conflict, "record.bulk_broken", nil).Because(err)
		}
		return more, err
	}, func(why *fault.Error) error { return e.failBulk(ctx, j.Run, why) })
}

// failBulk ends a bulk change with a reason that a person can read.
func (e *Engine) failBulk(ctx context.Context, id value.ID, why *fault.Error) error {
	return e.Write(ctx, AsSystem("bulk change failed"), func(s *Session) error {
		_, err := s.tx.Exec(ctx, `UPDATE {bulk_run} SET state = $1, error = $2, finished_at = $3 WHERE id = $4 AND state = $5`,
			string(BulkFailed), i18n.Text("en", why.Key, why.Args), s.now, id, string(BulkRunning))
		return err
	})
}

// bulkWalk is one worker on its way through the records of a bulk change. All
// that it must not forget is in the database after each chunk; a worker that
// died, or a second one, loses and doubles nothing.
type bulkWalk struct {
	engine *Engine
	id     value.ID
	last   value.ID
	ahead  []value.ID // that come next, behind last
	end    bool       // there are none behind ahead
}

// chunk changes the next records in one transaction, with the rights that the
// actor has now.
func (w *bulkWalk) chunk(ctx context.Context) (more bool, err error) {
	var run *bulkRow
	if err := w.engine.needs.DB.Read(ctx, func(tx *store.Tx) error {
		run, err = readBulk(ctx, tx, w.id, "")
		return err
	}); err != nil {
		return false, err
	}
	if run.State != BulkRunning {
		return false, nil
	}
	who := run.who.who()
	if err := w.look(ctx, who, run); err != nil {
		return false, err
	}
	ids := w.ahead[:min(len(w.ahead), bulkChunk)]
	passed := false
	err = w.engine.Write(ctx, who, func(s *Session) error {
		more, passed = false, false
		now, err := readBulk(ctx, s.tx, w.id, s.tx.Dialect().ForUpdate())
		if err != nil || now.State != BulkRunning {
			return err
		}
		if more = true; now.last != w.last { // another worker was faster
			return nil
		}
		s.act = now.Act
		if err := s.bulkPart(ctx, now.asked, ids, &now.BulkRun); err != nil {
			return err
		}
		more, passed = len(ids) < len(w.ahead) || !w.end, true
		return s.noteBulk(ctx, now, ids, more)
	}, store.Batch)
	if err == nil && passed && len(ids) > 0 {
		w.last, w.ahead = ids[len(ids)-1], w.ahead[len(ids):]
	}
	return more, err
}

// look finds out which records come next, many at a time.
func (w *bulkWalk) look(ctx context.Context, who Who, run *bulkRow) error {
	if w.last == run.last && len(w.ahead) > 0 {
		return nil
	}
	w.last = run.last
	return w.engine.Read(ctx, who, func(s *Session) (err error) {
		w.ahead, err = s.nextOfBulk(ctx, run.asked, run.last, bulkAhead)
		w.end = len(w.ahead) < bulkAhead
		return err
	})
}

// noteBulk keeps how far the run is.
func (s *Session) noteBulk(ctx context.Context, r *bulkRow, ids []value.ID, more bool) error {
	result, err := json.Marshal(bulkResult{r.Changed, r.Unchanged, r.Failed, r.Reasons, r.Warned, r.Warnings})
	if err != nil {
		return err
	}
	state, finished := BulkRunning, any(nil)
	if !more {
		state, finished = BulkDone, s.now
	}
	if len(ids) > 0 {
		r.last = ids[len(ids)-1]
	}
	_, err = s.tx.Exec(ctx, `UPDATE {bulk_run} SET state = $1, last = $2, result = $3, finished_at = $4 WHERE id = $5`,
		string(state), r.last, string(result), finished, r.ID)
	return err
}
