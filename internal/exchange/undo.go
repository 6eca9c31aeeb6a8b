package exchange

import (
	"context"
	"encoding/json"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Undo takes an import back: each of its acts, last first, each in its own
// transaction, so that a large import blocks nobody. What changed since is
// kept and reported (engine decision 19). An undo that was interrupted goes on
// where it stopped.
func (im *Importer) Undo(ctx context.Context, who record.Who, id value.ID) (*Run, error) {
	run, err := im.beginUndo(ctx, who, id)
	if err != nil {
		return nil, err
	}
	if _, err := im.undo(ctx, who, run, func() bool { return false }); err != nil {
		return nil, err
	}
	return im.Get(ctx, who, id)
}

// undo takes acts back until none is left, or enough says so: then the next
// part is asked for as a job.
func (im *Importer) undo(ctx context.Context, who record.Who, run *Run, enough func() bool) (more bool, err error) {
	who.Cause, who.Door = "undo import "+run.Object, "import"
	for {
		act, err := im.nextAct(ctx, run.act)
		if err != nil {
			return false, err
		}
		if act == 0 {
			break
		}
		if enough() {
			return true, im.engine.Write(ctx, who, func(s *record.Session) error { return s.Later(undoJob{Run: run.ID}) })
		}
		err = im.engine.Write(ctx, who, func(s *record.Session) error {
			u, err := s.Undo(ctx, act)
			if err != nil {
				return err
			}
			return addKept(ctx, s, run.ID, u.Kept)
		})
		if err != nil {
			return false, err
		}
	}
	return false, im.engine.Write(ctx, record.AsSystem("import undone"), func(s *record.Session) error {
		_, err := s.Tx().Exec(ctx, `UPDATE {import_run} SET state = $1 WHERE id = $2`, string(Undone), run.ID)
		return err
	})
}

func (im *Importer) beginUndo(ctx context.Context, who record.Who, id value.ID) (*Run, error) {
	var run *Run
	err := im.engine.Write(ctx, who, func(s *record.Session) error {
		var err error
		if run, err = im.load(ctx, s, id); err != nil {
			return err
		}
		if err := mayUndo(run, s.Now()); err != nil {
			return err
		}
		_, err = s.Tx().Exec(ctx, `UPDATE {import_run} SET state = $1 WHERE id = $2`, string(Undoing), id)
		return err
	})
	return run, err
}

// nextAct is the import's newest act that is not undone, 0 when none is left.
// Acts without history (nothing changed) are passed over.
func (im *Importer) nextAct(ctx context.Context, parent value.ID) (act value.ID, err error) {
	err = im.engine.Read(ctx, record.AsSystem("undo import"), func(s *record.Session) error {
		_, err := s.Tx().Row(ctx, `SELECT a.id FROM {act} a WHERE a.parent_act = $1 AND a.undone_by IS NULL
			AND EXISTS (SELECT 1 FROM {history} h WHERE h.act = a.id) ORDER BY a.id DESC LIMIT 1`, []any{parent}, &act)
		return err
	})
	return act, err
}

// addKept adds to the run's report what an act's undo left alone.
func addKept(ctx context.Context, s *record.Session, id value.ID, kept []record.Kept) error {
	if len(kept) == 0 {
		return nil
	}
	opts, err := readOptions(ctx, s.Tx(), id)
	if err != nil {
		return err
	}
	opts.Kept = append(opts.Kept, kept...)
	if len(opts.Kept) > 1000 {
		opts.Kept = opts.Kept[:1000]
	}
	text, err := json.Marshal(opts)
	if err != nil {
		return err
	}
	_, err = s.Tx().Exec(ctx, `UPDATE {import_run} SET options = $1 WHERE id = $2`, string(text), id)
	return err
}
