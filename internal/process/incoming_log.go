package process

import (
	"context"
	"slices"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// HookCall is a call as administrators see it.
type HookCall struct {
	ID       value.ID   `json:"id"`
	Hook     value.ID   `json:"hook"`
	State    string     `json:"state"`
	Message  string     `json:"message,omitempty"` // the id that the caller gave it
	Object   string     `json:"object,omitempty"`
	Record   value.ID   `json:"record,omitempty"`
	Did      string     `json:"did,omitempty"`
	Problem  string     `json:"problem,omitempty"` // in the reader's language
	Attempts int64      `json:"attempts"`
	Beyond   int64      `json:"beyond,omitempty"` // refused after it, and not kept
	At       time.Time  `json:"at"`
	Done     *time.Time `json:"done,omitempty"`
	Body     string     `json:"body"`
}

// Calls lists what came to a hook, the latest first, of one state ("" = all) and
// before one (0 = from the latest).
func Calls(ctx context.Context, s *record.Session, hook value.ID, state string, before value.ID, limit int) ([]HookCall, error) {
	if err := onHook(ctx, s, hook); err != nil {
		return nil, err
	}
	if before == 0 {
		before = 1<<62 - 1
	}
	where, args := `hook = $1 AND id < $2`, []any{hook, before, limit}
	if state != "" {
		where += ` AND state = $4`
		args = append(args, state)
	}
	rows, err := s.Tx().Query(ctx, `SELECT id, hook, state, message, object, record, did, problem, attempt, beyond, at, done_at, body
		FROM {hook_call} WHERE `+where+` ORDER BY id DESC LIMIT $3`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list, objects := []HookCall{}, s.Schema().Objects()
	for rows.Next() {
		var x HookCall
		var of *value.ID
		var object, problem string
		if err := rows.Scan(&x.ID, &x.Hook, &x.State, &x.Message, &object, &of, &x.Did, &problem, &x.Attempts, &x.Beyond, &x.At, &x.Done, &x.Body); err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(objects, func(o *schema.Object) bool { return o.ID == object }); i >= 0 && of != nil {
			x.Object, x.Record = objects[i].Name, *of
		}
		x.Body = first(x.Body, MostKept)
		x.Problem = told(langOf(s), problem)
		list = append(list, x)
	}
	return list, rows.Close()
}

// Again lets calls wait anew that failed: one, or with 0 all of a hook. It
// answers how many.
func Again(ctx context.Context, s *record.Session, hook, id value.ID) (int64, error) {
	if err := onHook(ctx, s, hook); err != nil {
		return 0, err
	}
	sql, args := `UPDATE {hook_call} SET state = 'waiting', attempt = 0, done_at = NULL WHERE hook = $1 AND state = 'failed'`, []any{hook}
	if id != 0 {
		sql, args = sql+` AND id = $2`, append(args, id)
	}
	n, err := s.Tx().Exec(ctx, sql, args...)
	if err != nil {
		return 0, err
	}
	if n == 0 && id != 0 {
		return 0, fault.New(fault.NotFound, "process.no_failed_call", nil)
	}
	return n, s.Later(calls{Hook: hook})
}

// callsForgotten asks again for the work of calls that nobody is at.
func callsForgotten(ctx context.Context, s *record.Session) error {
	ids, err := s.Tx().IDs(ctx, `SELECT DISTINCT c.hook FROM {hook_call} c JOIN {incoming_hook} h ON h.id = c.hook AND h.deleted_at IS NULL
		WHERE c.state = 'waiting' AND c.at <= $1`, s.Now().Add(-time.Minute))
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.Later(calls{Hook: id}); err != nil {
			return err
		}
	}
	return nil
}

// tidyCalls forgets calls that were worked long ago. What failed, was refused, or
// waits for a hook that is gone stays as long as the run log.
func tidyCalls(ctx context.Context, tx *store.Tx, now time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM {hook_call} WHERE id IN (SELECT id FROM {hook_call} WHERE at < $1 AND (state = 'done' OR at < $2) ORDER BY at LIMIT 5000)`,
		now.Add(-keepDeliveries), now.Add(-keepRuns))
	return err
}
