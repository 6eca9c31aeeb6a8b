package exchange

import (
	"context"
	"encoding/json"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// begin marks the run as running and makes its act, once.
func (w *worker) begin(ctx context.Context, run *Run) error {
	who := w.who
	who.Parent, who.Note = 0, run.Name
	return w.im.engine.Write(ctx, who, func(s *record.Session) error {
		matched := make([]Matched, len(w.layout.columns))
		for i, c := range w.layout.columns {
			matched[i] = Matched{Header: c.header, Field: c.path}
		}
		if err := w.oneAct(ctx, s); err != nil {
			return err
		}
		opts, err := w.mine(ctx, s)
		if err != nil {
			return err
		}
		opts.Matched, opts.Unknown, opts.Mapping = matched, w.layout.unknown, w.mapping
		text, err := json.Marshal(opts)
		if err != nil {
			return err
		}
		w.who.Parent = w.act
		_, err = s.Tx().Exec(ctx, `UPDATE {import_run} SET state = $1, options = $2, act = $3, started_at = coalesce(started_at, $4) WHERE id = $5`,
			string(Running), string(text), idOrNil(w.act), s.Now(), w.id)
		return err
	})
}

// oneAct makes the import's act, unless another worker has.
func (w *worker) oneAct(ctx context.Context, s *record.Session) error {
	var act *value.ID
	var state string
	if _, err := s.Tx().Row(ctx, `SELECT act, state FROM {import_run} WHERE id = $1`+s.Tx().Dialect().ForUpdate(), []any{w.id}, &act, &state); err != nil {
		return err
	}
	if State(state) != Waiting && State(state) != Running {
		return fault.New(fault.Conflict, "import.stopped", nil)
	}
	if act != nil {
		w.act = *act
		return nil
	}
	if w.dry {
		return nil
	}
	var err error
	w.act, err = s.BeginAct(ctx)
	return err
}

func idOrNil(id value.ID) any {
	if id == 0 {
		return nil
	}
	return id
}
