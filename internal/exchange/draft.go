package exchange

import (
	"context"
	"encoding/json"
	"errors"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Prepare stores a file that a person will match and check before importing it:
// an import in state Draft. What is no table is refused at once.
func (im *Importer) Prepare(ctx context.Context, who record.Who, r Request) (value.ID, error) {
	if err := im.may(ctx, who, r.Object); err != nil {
		return 0, err
	}
	blob, err := im.engine.DB().Blobs().Put(ctx, r.File, MaxFile)
	if err != nil {
		return 0, err
	}
	table, err := im.open(ctx, blob.Hash, r.Name, r.Mapping.sheetOptions())
	if err != nil {
		return 0, err
	}
	if err := table.Close(); err != nil {
		return 0, err
	}
	return im.store(ctx, who, r, blob, Draft, false)
}

// Open reports whether a run can still be changed: a draft, or a dry run that
// has ended.
func (r *Run) Open() bool {
	return r.State == Draft || r.DryRun && (r.State == Done || r.State == Failed || r.State == Stopped)
}

// Change sets how a draft is to be read. A check that was made before no longer
// counts.
func (im *Importer) Change(ctx context.Context, who record.Who, id value.ID, m Mapping) error {
	return im.draft(ctx, who, id, func(o *options) State {
		o.Mapping, o.DryRun, o.Matched, o.Unknown = m, false, nil, nil
		return Draft
	})
}

// Check asks for a dry run of a draft, in the background.
func (im *Importer) Check(ctx context.Context, who record.Who, id value.ID) error {
	return im.draft(ctx, who, id, func(o *options) State {
		o.DryRun = true
		return Waiting
	})
}

// Begin asks for the import of a draft, in the background.
func (im *Importer) Begin(ctx context.Context, who record.Who, id value.ID) error {
	return im.draft(ctx, who, id, func(o *options) State {
		o.DryRun = false
		return Waiting
	})
}

// draft changes a run that has not been imported, and forgets what an earlier
// check has found.
func (im *Importer) draft(ctx context.Context, who record.Who, id value.ID, change func(*options) State) error {
	return im.engine.Write(ctx, who, func(s *record.Session) error {
		run, err := im.lockDraft(ctx, s, id)
		if err != nil {
			return err
		}
		o, err := s.Object(run.Object)
		if err != nil {
			return err
		}
		if err := mayImport(s, o); err != nil {
			return err
		}
		opts, err := readOptions(ctx, s.Tx(), id)
		if err != nil {
			return err
		}
		state := change(&opts)
		opts.Asked = value.NewID(s.Now())
		opts.By, opts.System, opts.Scopes, opts.Locale = s.Actor().Member(), s.Actor().System(), who.Scopes, who.Locale
		text, err := json.Marshal(opts)
		if err != nil {
			return err
		}
		if _, err := s.Tx().Exec(ctx, `DELETE FROM {import_row} WHERE run = $1`, id); err != nil {
			return err
		}
		if _, err := s.Tx().Exec(ctx, `UPDATE {import_run} SET state = $1, options = $2, counts = '{}', error = NULL, started_at = NULL,
			finished_at = NULL WHERE id = $3`, string(state), string(text), id); err != nil || state == Draft {
			return err
		}
		return s.Later(importJob{Run: id})
	})
}

// lockDraft holds a run that has not been imported yet.
func (im *Importer) lockDraft(ctx context.Context, s *record.Session, id value.ID) (*Run, error) {
	if err := lockRun(ctx, s, id); err != nil {
		return nil, err
	}
	run, err := im.load(ctx, s, id)
	if err == nil && !run.Open() {
		err = fault.New(fault.Conflict, "import.begun", nil)
	}
	return run, err
}

// Discard forgets a draft.
func (im *Importer) Discard(ctx context.Context, who record.Who, id value.ID) error {
	return im.engine.Write(ctx, who, func(s *record.Session) error {
		if _, err := im.lockDraft(ctx, s, id); err != nil {
			return err
		}
		_, err := s.Tx().Exec(ctx, `DELETE FROM {import_row} WHERE run = $1`, id)
		if err == nil {
			_, err = s.Tx().Exec(ctx, `DELETE FROM {import_run} WHERE id = $1`, id)
		}
		return err
	})
}

// lockRun keeps others from a run until the transaction ends.
func lockRun(ctx context.Context, s *record.Session, id value.ID) error {
	var state string
	ok, err := s.Tx().Row(ctx, `SELECT state FROM {import_run} WHERE id = $1`+s.Tx().Dialect().ForUpdate(), []any{id}, &state)
	if err == nil && !ok {
		err = noRun(id)
	}
	return err
}

// stillDry ends a check whose run has been stopped, or begun in earnest, while
// a chunk was under way.
func (w *worker) stillDry(ctx context.Context, s *record.Session) error {
	if err := lockRun(ctx, s, w.id); err != nil {
		return err
	}
	run, err := readRun(ctx, s.Tx(), w.id)
	if err != nil {
		return err
	}
	if run.State != Running || !run.DryRun {
		return fault.New(fault.Conflict, "import.stopped", nil)
	}
	return nil
}

// Runs lists imports, the newest first: the member's own, an administrator's
// all. before is the last id of the page before, 0 for the first.
func (im *Importer) Runs(ctx context.Context, who record.Who, before value.ID, limit int) ([]*Run, error) {
	var list []*Run
	err := im.engine.Read(ctx, who, func(s *record.Session) error {
		list = nil
		only := s.Actor().Member()
		if s.Actor().System() || s.Actor().Admin() {
			only = 0
		}
		ids, err := runIDs(ctx, s, only, before, limit)
		if err != nil {
			return err
		}
		for _, id := range ids {
			run, err := readRun(ctx, s.Tx(), id)
			if err != nil {
				return err
			}
			list = append(list, run)
		}
		return nil
	})
	return list, err
}

func runIDs(ctx context.Context, s *record.Session, only, before value.ID, limit int) (ids []value.ID, err error) {
	if before == 0 {
		before = value.ID(1<<63 - 1)
	}
	query, args := `SELECT id FROM {import_run} WHERE id < $1 ORDER BY id DESC LIMIT $2`, []any{before, limit}
	if only != 0 {
		query, args = `SELECT id FROM {import_run} WHERE id < $1 AND created_by = $3 ORDER BY id DESC LIMIT $2`, append(args, only)
	}
	rows, err := s.Tx().Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var id value.ID
		if err := rows.Scan(&id); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		ids = append(ids, id)
	}
	return ids, rows.Close()
}
