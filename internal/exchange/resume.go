package exchange

import (
	"context"
	"encoding/json"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Stop ends an import after the chunk it is at. What came in stays, and Resume
// goes on from there.
func (im *Importer) Stop(ctx context.Context, who record.Who, id value.ID) error {
	return im.engine.Write(ctx, who, func(s *record.Session) error {
		if _, err := im.load(ctx, s, id); err != nil {
			return err
		}
		n, err := s.Tx().Exec(ctx, `UPDATE {import_run} SET state = $1 WHERE id = $2 AND state IN ($3, $4)`,
			string(Stopped), id, string(Waiting), string(Running))
		if err == nil && n == 0 {
			return fault.New(fault.Conflict, "import.not_running", nil)
		}
		return err
	})
}

// Resume lets an import that was stopped, or that failed, go on behind the last
// row done, from now on in the name and with the rights of who asks for it: the
// one who began it may have left.
func (im *Importer) Resume(ctx context.Context, who record.Who, id value.ID, later bool) error {
	return im.engine.Write(ctx, who, func(s *record.Session) error {
		run, err := im.load(ctx, s, id)
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
		if opts.Hash == "" {
			return fault.New(fault.Conflict, "import.file_gone", nil)
		}
		opts.By, opts.System, opts.Scopes, opts.Locale = s.Actor().Member(), s.Actor().System(), who.Scopes, who.Locale
		text, err := json.Marshal(opts)
		if err != nil {
			return err
		}
		n, err := s.Tx().Exec(ctx, `UPDATE {import_run} SET state = $1, options = $2, error = NULL, finished_at = NULL
			WHERE id = $3 AND state IN ($4, $5)`, string(Waiting), string(text), id, string(Stopped), string(Failed))
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "import.not_stopped", nil)
		}
		if !later {
			return nil
		}
		return s.Later(importJob{Run: id})
	})
}
