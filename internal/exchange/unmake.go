package exchange

import (
	"context"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// undoJob takes an import back in the background, a part at a time.
type undoJob struct {
	Run value.ID `json:"run"`
}

// Kind implements jobs.Job.
func (undoJob) Kind() string { return "import.undo" }

// UndoLater takes an import back in the background. One that runs is stopped
// first.
func (im *Importer) UndoLater(ctx context.Context, who record.Who, id value.ID) error {
	return im.engine.Write(ctx, who, func(s *record.Session) error {
		if err := lockRun(ctx, s, id); err != nil {
			return err
		}
		run, err := im.load(ctx, s, id)
		if err != nil {
			return err
		}
		if err := mayUndo(run, s.Now()); err != nil {
			return err
		}
		if _, err := s.Tx().Exec(ctx, `UPDATE {import_run} SET state = $1, error = NULL, finished_at = coalesce(finished_at, $2) WHERE id = $3`,
			string(Undoing), s.Now(), id); err != nil {
			return err
		}
		return s.Later(undoJob{Run: id})
	})
}

// mayUndo refuses what has nothing to take back, or came in too long ago.
func mayUndo(run *Run, now time.Time) error {
	if run.act == 0 || run.DryRun || run.State == Waiting || run.State == Undone {
		return fault.New(fault.Conflict, "import.nothing_to_undo", nil)
	}
	if run.Finished != nil && run.State != Undoing && now.After(run.Finished.Add(UndoFor)) {
		return fault.New(fault.Conflict, "import.undo_over", nil)
	}
	return nil
}

// undoSome is one job: acts are taken back until the time is over, and the next
// job is asked for. A refusal ends the undo; what was taken back stays so.
func (im *Importer) undoSome(ctx context.Context, member, id value.ID, limit time.Duration) error {
	who := record.Who{Member: member}
	if member == 0 {
		who = record.AsSystem("undo import")
	}
	run, err := im.Get(ctx, who, id)
	if err != nil || run.State != Undoing {
		return err
	}
	began := im.now()
	_, err = im.undo(ctx, who, run, func() bool { return im.now().Sub(began) > limit })
	e, ours := fault.As(err)
	if !ours || e.Kind == fault.Unavailable {
		return err
	}
	return im.engine.Write(ctx, record.AsSystem("undo refused"), func(s *record.Session) error {
		_, err := s.Tx().Exec(ctx, `UPDATE {import_run} SET state = $1, error = $2 WHERE id = $3 AND state = $4`,
			string(Stopped), i18n.Text("en", e.Key, e.Args), id, string(Undoing))
		return err
	})
}

// UndoProgress says how many of an import's acts have been taken back.
func (im *Importer) UndoProgress(ctx context.Context, who record.Who, id value.ID) (done, all int, err error) {
	err = im.engine.Read(ctx, who, func(s *record.Session) error {
		run, err := im.load(ctx, s, id)
		if err != nil || run.act == 0 {
			return err
		}
		_, err = s.Tx().Row(ctx, `SELECT count(undone_by), count(*) FROM {act} WHERE parent_act = $1`, []any{run.act}, &done, &all)
		return err
	})
	return done, all, err
}
