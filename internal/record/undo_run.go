package record

import (
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
	// undoAtOnce is how many changes are taken back within the request: half a
	// second or so of the writer.
	undoAtOnce = 500
	// undoStep is how many a transaction of a longer one takes.
	undoStep = 200
	// undoKept is how many things that were left alone a longer one names.
	undoKept = 1000
)

// UndoRun is how far the undo of a large act is.
type UndoRun struct {
	State  UndoState `json:"state"`
	Total  int       `json:"total"`
	Done   int       `json:"done"`
	Error  string    `json:"error,omitempty"` // why it failed
	Result Undone    `json:"result"`

	at undoPlace
}

// UndoState is where the undo of a large act is.
type UndoState string

// The states. A failed one goes on when it is asked for again.
const (
	UndoRunning UndoState = "running"
	UndoDone    UndoState = "done"
	UndoFailed  UndoState = "failed"
)

// UndoJob takes the next part of a large act back.
type UndoJob struct {
	Act value.ID `json:"act"`
}

// Kind implements jobs.Job.
func (UndoJob) Kind() string { return "record.undo" }

// UndoAct takes an act back like Undo, at once if it is a small one; a larger
// one is taken back by a job, in chunks, all of them one act. Undone then has a
// Run, and ReadAct tells how far it is.
func (s *Session) UndoAct(ctx context.Context, act value.ID) (*Undone, error) {
	if run, _, err := readUndo(ctx, s.tx, act, true); err != nil || run != nil {
		return s.undoAgain(ctx, act, run, err)
	}
	if err := s.stopBulkOf(ctx, act); err != nil {
		return nil, err
	}
	total, err := s.actSize(ctx, act)
	if err != nil {
		return nil, err
	}
	if total <= undoAtOnce {
		return s.Undo(ctx, act)
	}
	right, err := s.askUndo(ctx, act)
	if err != nil {
		return nil, err
	}
	if err := s.markUndone(ctx, act); err != nil {
		return nil, err
	}
	u := Undone{Act: s.act, Kept: []Kept{}}
	who, result, err := s.undoTexts(right, u)
	if err != nil {
		return nil, err
	}
	if _, err := s.tx.Exec(ctx, `INSERT INTO {undo_run} (act, by_act, state, who, total, done, result) VALUES ($1, $2, $3, $4, $5, 0, $6)`,
		act, s.act, string(UndoRunning), who, total, result); err != nil {
		return nil, err
	}
	u.Run = &UndoRun{State: UndoRunning, Total: total, Result: Undone{Act: u.Act, Kept: u.Kept}}
	return &u, s.Later(UndoJob{Act: act})
}

func (s *Session) undoTexts(right undoRight, u Undone) (who, result string, err error) {
	if who, err = s.inWhoseName(right); err != nil {
		return "", "", err
	}
	r, err := json.Marshal(u)
	return who, string(r), err
}

// undoAgain lets a long undo that failed go on, in the name of who asks now.
func (s *Session) undoAgain(ctx context.Context, act value.ID, run *UndoRun, err error) (*Undone, error) {
	if err != nil {
		return nil, err
	}
	right, err := s.mayUndo(ctx, act)
	if err != nil {
		return nil, err
	}
	if run.State != UndoFailed {
		return nil, fault.New(fault.Conflict, "record.already_undone", fault.Args{"act": act.String()})
	}
	// What is back already counts as changed since: this asks about the rest.
	if err := s.mayUndoAll(ctx, act, right); err != nil {
		return nil, err
	}
	who, _, err := s.undoTexts(right, run.Result)
	if err != nil {
		return nil, err
	}
	if _, err := s.tx.Exec(ctx, `UPDATE {undo_run} SET state = $1, who = $2, error = NULL WHERE act = $3`, string(UndoRunning), who, act); err != nil {
		return nil, err
	}
	run.State, run.Error = UndoRunning, ""
	u := run.Result
	u.Run = run
	return &u, s.Later(UndoJob{Act: act})
}

// undoRun reads how far the undo of an act is; nil when it is no long one.
func (s *Session) undoRun(ctx context.Context, act value.ID) (*UndoRun, error) {
	run, w, err := readUndo(ctx, s.tx, act, false)
	if run != nil && !s.actor.Admin() && w.Member != s.actor.Member() {
		run.Result.Kept = nil // which may be of records that he does not see
	}
	return run, err
}

func readUndo(ctx context.Context, tx *store.Tx, act value.ID, lock bool) (*UndoRun, runWho, error) {
	var w runWho
	var run UndoRun
	var state, who, result, at string
	var problem *string
	var total, done int64
	sql := `SELECT state, who, total, done, result, error, at FROM {undo_run} WHERE act = $1`
	if lock {
		sql += tx.Dialect().ForUpdate()
	}
	found, err := tx.Row(ctx, sql, []any{act},
		&state, &who, &total, &done, &result, &problem, &at)
	if err != nil || !found {
		return nil, w, err
	}
	run.State, run.Total, run.Done, run.at = UndoState(state), int(total), int(done), parsePlace(at)
	if problem != nil {
		run.Error = *problem
	}
	if err := json.Unmarshal([]byte(result), &run.Result); err != nil {
		return nil, w, fmt.Errorf("read undo of act %d: %w", act, err)
	}
	if err := json.Unmarshal([]byte(who), &w); err != nil {
		return nil, w, fmt.Errorf("read undo of act %d: %w", act, err)
	}
	return &run, w, nil
}

// GoOnUndoing takes the next part of a large act back, for the job.
func (e *Engine) GoOnUndoing(ctx context.Context, j UndoJob) error {
	return e.goOn(ctx, j, func() (bool, error) { return e.undoChunk(ctx, j.Act) },
		func(why *fault.Error) error { return e.failUndo(ctx, j.Act, why) })
}

// undoChunk takes back the next changes in one transaction, with the rights
// that the actor has now.
func (e *Engine) undoChunk(ctx context.Context, act value.ID) (more bool, err error) {
	var w runWho
	if err := e.needs.DB.Read(ctx, func(tx *store.Tx) error {
		_, w, err = readUndo(ctx, tx, act, false)
		return err
	}); err != nil {
		return false, err
	}
	who := w.who()
	who.Door, who.Cause = "job", UndoCause
	if who.Member == 0 && who.System == "" {
		who.System = "undo"
	}
	err = e.Write(ctx, who, func(s *Session) error {
		more = false
		run, w, err := readUndo(ctx, s.tx, act, true)
		if err != nil || run == nil || run.State != UndoRunning {
			return err
		}
		u := run.Result
		s.act, u.right = u.Act, undoRight{own: w.Own, fresh: w.Fresh}
		at, n, err := s.undoSome(ctx, act, run.at, undoStep, &u)
		if err != nil {
			return err
		}
		more = !at.end()
		return s.noteUndo(ctx, act, u, run.Done+n, at)
	}, store.Batch)
	return more, err
}

func (s *Session) noteUndo(ctx context.Context, act value.ID, u Undone, done int, at undoPlace) error {
	state := UndoDone
	if !at.end() {
		state = UndoRunning
	}
	u.Kept = slices.Clip(u.Kept[:min(len(u.Kept), undoKept)])
	result, err := json.Marshal(u)
	if err != nil {
		return err
	}
	_, err = s.tx.Exec(ctx, `UPDATE {undo_run} SET done = $1, result = $2, state = $3, at = $4 WHERE act = $5`, done, string(result), string(state), at.String(), act)
	return err
}

// failUndo ends a long undo with a reason that a person can read.
func (e *Engine) failUndo(ctx context.Context, act value.ID, why *fault.Error) error {
	return e.Write(ctx, AsSystem("undo failed"), func(s *Session) error {
		_, err := s.tx.Exec(ctx, `UPDATE {undo_run} SET state = $1, error = $2 WHERE act = $3 AND state = $4`,
			string(UndoFailed), i18n.Text("en", why.Key, why.Args), act, string(UndoRunning))
		return err
	})
}
