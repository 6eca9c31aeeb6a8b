package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/exchange/sheet"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// walk passes over the rows done and works on the others, chunk by chunk.
func (w *worker) walk(ctx context.Context, table *sheet.Table, limit time.Duration, progress func(Counts)) (more bool, err error) {
	rows := make([]sheet.Row, 0, w.im.rows)
	for {
		row, err := table.Next()
		if err != nil && !errors.Is(err, io.EOF) {
			return false, err
		}
		end := errors.Is(err, io.EOF)
		switch {
		case end:
		case row.Number > w.counts.Last:
			rows = append(rows, keepRow(row))
		default:
			w.noteKeys(w.rowKeys(row))
		}
		if len(rows) == w.im.rows || end && len(rows) > 0 {
			if err := w.chunk(ctx, rows); err != nil {
				return false, err
			}
			if progress != nil {
				progress(w.counts)
			}
			rows = rows[:0]
		}
		if end {
			return false, w.finish(ctx, progress)
		}
		if w.im.now().Sub(w.began) > limit {
			return true, nil
		}
	}
}

// keepRow copies a row whose cells the reader may use again.
func keepRow(row sheet.Row) sheet.Row {
	row.Cells = append([]sheet.Cell(nil), row.Cells...)
	return row
}

var errDry = errors.New("dry run")

// chunk is one transaction: the rows, what is remembered of them, and the
// figures.
func (w *worker) chunk(ctx context.Context, rows []sheet.Row) error {
	var next Counts
	var kept [][]any
	err := w.im.engine.Write(ctx, w.who, func(s *record.Session) error {
		if err := w.stillRunning(ctx, s); err != nil {
			return err
		}
		n, noted, err := w.work(ctx, s, rows)
		if err != nil {
			return err
		}
		kept = noted
		next = w.counts.plus(n)
		next.Last = rows[len(rows)-1].Number
		next.Seconds = w.before + w.im.now().Sub(w.began).Seconds()
		if w.dry {
			return errDry
		}
		if err := keepRows(ctx, s.Tx(), w.id, kept); err != nil {
			return err
		}
		return saveCounts(ctx, s.Tx(), w.id, next)
	}, store.Batch)
	if err != nil && !errors.Is(err, errDry) {
		return err
	}
	for _, row := range rows {
		w.noteKeys(w.rowKeys(row))
	}
	w.counts = next
	if w.dry {
		return w.saveDry(ctx, kept)
	}
	w.lookups.commit()
	return nil
}

// rowKeys are the texts by which a row finds the record it updates.
func (w *worker) rowKeys(row sheet.Row) []string {
	var keys []string
	if row.Fault != nil {
		return nil
	}
	if c := w.layout.matchColumn(); c != nil {
		keys = append(keys, c.cell(row))
	}
	if i := w.layout.id; i >= 0 && i < len(row.Cells) {
		keys = append(keys, row.Cells[i].Text)
	}
	return keys
}

func (c Counts) plus(n Counts) Counts {
	links := map[string]int{}
	for _, m := range []map[string]int{c.Links, n.Links} {
		for k, v := range m {
			links[k] += v
		}
	}
	return Counts{Rows: c.Rows + n.Rows, Created: c.Created + n.Created, Updated: c.Updated + n.Updated, Skipped: c.Skipped + n.Skipped,
		Failed: c.Failed + n.Failed, Pending: c.Pending + n.Pending, Incomplete: c.Incomplete + n.Incomplete, Warned: c.Warned + n.Warned, Odd: record.MergeReasons(c.Odd, n.Odd), Duplicates: c.Duplicates + n.Duplicates,
		Links: links, Last: c.Last, Seconds: c.Seconds, Total: c.Total}
}

func saveCounts(ctx context.Context, tx *store.Tx, id value.ID, c Counts) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE {import_run} SET counts = $1 WHERE id = $2`, string(text), id)
	return err
}

// stillRunning ends an import that was stopped, or whose member may no longer
// import: his rights are those of now.
func (w *worker) stillRunning(ctx context.Context, s *record.Session) error {
	if s.Actor().Scope(w.layout.object, access.Import) == access.None {
		return fault.New(fault.Forbidden, "import.not_allowed", fault.Args{"object": w.layout.object.Name})
	}
	var state, text string
	if _, err := s.Tx().Row(ctx, `SELECT state, counts FROM {import_run} WHERE id = $1`+s.Tx().Dialect().ForUpdate(), []any{w.id}, &state, &text); err != nil {
		return err
	}
	if _, err := w.mine(ctx, s); err != nil {
		return err
	}
	if State(state) != Running {
		return fault.New(fault.Conflict, "import.stopped", nil)
	}
	var c Counts
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return err
	}
	if c.Last != w.counts.Last && !w.dry {
		return errElsewhere
	}
	return nil
}

// mine answers the options of a run that the session holds, while it is the one
// that the worker was asked for: a check that runs twice must not end the import
// that was begun after the first.
func (w *worker) mine(ctx context.Context, s *record.Session) (options, error) {
	opts, err := readOptions(ctx, s.Tx(), w.id)
	if err == nil && opts.Asked != w.asked {
		err = errElsewhere
	}
	return opts, err
}

// errElsewhere says that another worker has gone on with the import: a job that
// was thought dead, or a retry beside a slow one.
var errElsewhere = errors.New("the import goes on elsewhere")
