package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"wellmet/internal/exchange/sheet"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// FailedRow is a row that did not come in, as it stood in the file.
type FailedRow struct {
	Row      int
	Cells    []string
	Problems []RowError

	record value.ID // that the row has come in as already, but for a link
}

// Failed lists rows that did not come in, with the file's headers, behind the
// row of that number. The rows of a check that only look like others are
// Similar's.
func (im *Importer) Failed(ctx context.Context, who record.Who, id value.ID, behind, limit int) (headers []string, list []FailedRow, err error) {
	err = im.engine.Read(ctx, who, func(s *record.Session) error {
		run, err := im.load(ctx, s, id)
		if err != nil {
			return err
		}
		if headers, err = im.headers(ctx, s.Tx(), run); err != nil {
			return err
		}
		list, err = noted(ctx, s.Tx(), id, rowFailed, behind, limit)
		return err
	})
	return headers, list, err
}

// Similar lists examples of new records of a check that look like others.
func (im *Importer) Similar(ctx context.Context, who record.Who, id value.ID, limit int) (list []RowError, err error) {
	err = im.engine.Read(ctx, who, func(s *record.Session) error {
		list = nil
		if _, err := im.load(ctx, s, id); err != nil {
			return err
		}
		rows, err := noted(ctx, s.Tx(), id, rowSimilar, 0, limit)
		for _, r := range rows {
			list = append(list, r.Problems...)
		}
		return err
	})
	return list, err
}

func noted(ctx context.Context, tx *store.Tx, id value.ID, status string, behind, limit int) ([]FailedRow, error) {
	rows, err := tx.Query(ctx, `SELECT row, raw, errors, record FROM {import_row} WHERE run = $1 AND status = $2 AND row > $3 ORDER BY row LIMIT $4`,
		id, status, behind, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []FailedRow
	for rows.Next() {
		var x FailedRow
		var raw, problems string
		var record *value.ID
		if err := rows.Scan(&x.Row, &raw, &problems, &record); err != nil {
			return nil, err
		}
		if err := errors.Join(json.Unmarshal([]byte(raw), &x.Cells), json.Unmarshal([]byte(problems), &x.Problems)); err != nil {
			return nil, err
		}
		if record != nil {
			x.record = *record
		}
		list = append(list, x)
	}
	return list, rows.Err()
}

// maxMend is how many rows are mended at once.
const maxMend = chunkRows

// Mend changes cells of rows that failed and imports just these once more, in
// the name and with the rights of who asks. cells holds texts by row and
// column. What still fails stays, as mended.
func (im *Importer) Mend(ctx context.Context, who record.Who, id value.ID, cells map[int]map[int]string) (*Run, error) {
	if len(cells) == 0 || len(cells) > maxMend {
		return nil, fault.New(fault.Invalid, "import.mend_some", fault.Args{"limit": maxMend})
	}
	w, err := im.openMend(ctx, who, id)
	if err != nil {
		return nil, err
	}
	err = im.engine.Write(ctx, w.who, func(s *record.Session) error { return w.mend(ctx, s, cells) }, store.Batch)
	if err != nil {
		return nil, err
	}
	return im.Get(ctx, who, id)
}

// openMend prepares a worker like the one that has read the file.
func (im *Importer) openMend(ctx context.Context, who record.Who, id value.ID) (*worker, error) {
	run, err := im.Get(ctx, who, id)
	if err != nil {
		return nil, err
	}
	if err := mendable(run); err != nil {
		return nil, err
	}
	var opts options
	if err := im.engine.Read(ctx, who, func(s *record.Session) error {
		opts, err = readOptions(ctx, s.Tx(), id)
		return err
	}); err != nil {
		return nil, err
	}
	w := &worker{im: im, id: id, mapping: opts.Mapping, locale: who.Locale, begun: true, act: run.act, began: im.now(), keys: keySet{}, rehearsal: newRehearsal()}
	w.who = who
	w.who.Door, w.who.Cause, w.who.Parent, w.who.Currency = "import", "import "+run.Object, run.act, opts.Mapping.Currency
	table, err := im.open(ctx, opts.Hash, run.Name, opts.Mapping.sheetOptions())
	if err != nil {
		return nil, err
	}
	defer table.Close()
	profiles, err := table.Survey(surveyed)
	if err != nil {
		return nil, err
	}
	if err := w.resolve(ctx, run.Object, profiles); err != nil {
		return nil, err
	}
	w.lookups = w.layout.lookups()
	for _, l := range w.lookups { // nothing stands further down
		l.ahead = keySet{}
	}
	return w, nil
}

func mendable(run *Run) error {
	if run.DryRun || run.act == 0 || run.State != Done && run.State != Stopped && run.State != Failed {
		return fault.New(fault.Conflict, "import.not_mendable", nil)
	}
	return nil
}

// mend is the transaction: the rows as changed, what became of them, and the
// figures.
func (w *worker) mend(ctx context.Context, s *record.Session, cells map[int]map[int]string) error {
	if err := lockRun(ctx, s, w.id); err != nil {
		return err
	}
	run, err := readRun(ctx, s.Tx(), w.id)
	if err != nil {
		return err
	}
	if err := mendable(run); err != nil {
		return err
	}
	rows, err := w.mended(ctx, s.Tx(), cells)
	if err != nil || len(rows) == 0 {
		return err
	}
	n, kept, err := w.work(ctx, s, rows)
	if err != nil {
		return err
	}
	if err := clearMended(ctx, s.Tx(), w.id, rows); err != nil {
		return err
	}
	if err := keepRows(ctx, s.Tx(), w.id, kept); err != nil {
		return err
	}
	next := run.plus(n)
	next.Rows, next.Failed, next.Seconds = run.Rows, run.Failed-len(rows)+n.Failed, run.Seconds
	if err := w.settleMended(ctx, s, &next); err != nil {
		return err
	}
	return saveCounts(ctx, s.Tx(), w.id, next)
}

// settleMended sets links among the mended rows themselves.
func (w *worker) settleMended(ctx context.Context, s *record.Session, next *Counts) error {
	rows, err := w.waitingRows(ctx, s)
	if err != nil || len(rows) == 0 {
		return err
	}
	next.Links = maps.Clone(next.Links)
	if err := w.findWaited(ctx, s, rows, next); err != nil {
		return err
	}
	failed, err := w.linkWaited(ctx, s, rows)
	next.Pending = 0
	next.Failed += failed
	return err
}

// mended reads the rows from the error list and changes their cells. Rows that
// are there no longer were mended by somebody else.
func (w *worker) mended(ctx context.Context, tx *store.Tx, cells map[int]map[int]string) ([]sheet.Row, error) {
	w.came = map[int]value.ID{}
	var rows []sheet.Row
	for _, number := range slices.Sorted(maps.Keys(cells)) {
		list, err := noted(ctx, tx, w.id, rowFailed, number-1, 1)
		if err != nil {
			return nil, err
		}
		if len(list) == 0 || list[0].Row != number {
			continue
		}
		row := sheet.Row{Number: number, Cells: make([]sheet.Cell, len(w.layout.headers))}
		for i := range row.Cells {
			if i < len(list[0].Cells) {
				row.Cells[i].Text = list[0].Cells[i]
			}
			if text, changed := cells[number][i]; changed {
				if row.Cells[i].Text, err = value.Clean(text); err != nil {
					return nil, err
				}
			}
		}
		if list[0].record != 0 {
			w.came[number] = list[0].record
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// clearMended takes the rows that came through at last out of those that did not.
func clearMended(ctx context.Context, tx *store.Tx, id value.ID, rows []sheet.Row) error {
	for _, row := range rows {
		if _, err := tx.Exec(ctx, `DELETE FROM {import_row} WHERE run = $1 AND row = $2`, id, row.Number); err != nil {
			return err
		}
	}
	return nil
}
