package exchange

import (
	"context"
	"encoding/json"
	"maps"

	"wellmet/internal/exchange/sheet"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// waited is a row whose link waits for a record further down the file.
type waited struct {
	row    int
	record value.ID
	links  []waiting
	raw    string
}

// cells is the row as it stood in the file, for messages.
func (x waited) cells() sheet.Row {
	var texts []string
	row := sheet.Row{Number: x.row}
	if json.Unmarshal([]byte(x.raw), &texts) == nil {
		for _, text := range texts {
			row.Cells = append(row.Cells, sheet.Cell{Text: text})
		}
	}
	return row
}

// finish sets the links that had to wait, now that every row is in, and ends
// the import.
func (w *worker) finish(ctx context.Context, progress func(Counts)) error {
	step := w.settle
	if w.dry {
		step = w.rehearseLinks
	}
	for {
		more, err := step(ctx)
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	w.counts.Seconds = w.before + w.im.now().Sub(w.began).Seconds()
	w.counts.Total = w.counts.Rows
	if progress != nil {
		progress(w.counts)
	}
	if w.counts.Rows > manyRows && !w.dry {
		if err := w.im.engine.Analyze(ctx); err != nil {
			return err
		}
	}
	return w.im.engine.Write(ctx, record.AsSystem("import done"), func(s *record.Session) error {
		n, err := s.Tx().Exec(ctx, `UPDATE {import_run} SET state = $1, finished_at = $2, error = NULL WHERE id = $3 AND state = $4`,
			string(Done), s.Now(), w.id, string(Running))
		if err != nil || n == 0 {
			return err
		}
		if _, err := w.mine(ctx, s); err != nil {
			return err
		}
		if err := saveCounts(ctx, s.Tx(), w.id, w.counts); err != nil || w.dry {
			return err
		}
		if err := w.remember(ctx, s); err != nil {
			return err
		}
		return tell(ctx, s, w.id, Done)
	})
}

// manyRows is from when on an import changes how tables are best read.
const manyRows = 2000

// settle takes a chunk of waiting rows, in one transaction.
func (w *worker) settle(ctx context.Context) (more bool, err error) {
	var next Counts
	err = w.im.engine.Write(ctx, w.who, func(s *record.Session) error {
		if err := w.stillRunning(ctx, s); err != nil {
			return err
		}
		next = w.counts
		next.Links = maps.Clone(w.counts.Links) // the function may run twice
		w.lookups.begin()
		rows, err := w.waitingRows(ctx, s)
		if err != nil || len(rows) == 0 {
			return err
		}
		more = true
		if err := w.findWaited(ctx, s, rows, &next); err != nil {
			return err
		}
		failed, err := w.linkWaited(ctx, s, rows)
		if err != nil {
			return err
		}
		next.Pending -= len(rows)
		next.Failed += failed
		return saveCounts(ctx, s.Tx(), w.id, next)
	})
	if err != nil {
		return false, err
	}
	w.lookups.commit()
	w.counts = next
	return more, nil
}

func (w *worker) waitingRows(ctx context.Context, s *record.Session) ([]waited, error) {
	rows, err := s.Tx().Query(ctx, `SELECT row, record, errors, raw FROM {import_row} WHERE run = $1 AND status = $2 ORDER BY row LIMIT $3`,
		w.id, rowPending, w.im.rows)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []waited
	for rows.Next() {
		var x waited
		var links string
		if err := rows.Scan(&x.row, &x.record, &links, &x.raw); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(links), &x.links); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, rows.Err()
}

// findWaited looks the targets up again, and makes those that still nobody is,
// where the mapping says so.
func (w *worker) findWaited(ctx context.Context, s *record.Session, rows []waited, next *Counts) error {
	wanted := map[string]map[string]string{}
	for _, x := range rows {
		for _, link := range x.links {
			c := w.column(link.Field)
			name := lookupName(c)
			if _, ok := w.lookups[name].get(link.Text); ok {
				continue
			}
			if wanted[name] == nil {
				wanted[name] = map[string]string{}
			}
			if k := i18n.Fold(link.Text); wanted[name][k] == "" {
				wanted[name][k] = link.Text
			}
		}
	}
	for name, texts := range wanted {
		l := w.lookups[name]
		if err := l.find(ctx, s, texts); err != nil {
			return err
		}
		if l.create {
			if err := l.make(ctx, s, texts); err != nil {
				return err
			}
			if next.Links == nil {
				next.Links = map[string]int{}
			}
			next.Links[name] += len(l.made)
		}
	}
	return nil
}

func (w *worker) column(path string) column {
	for _, c := range w.layout.columns {
		if c.path == path {
			return c
		}
	}
	return column{}
}

// linkWaited writes the links, and reports the rows whose target is nowhere.
func (w *worker) linkWaited(ctx context.Context, s *record.Session, rows []waited) (failed int, err error) {
	b := record.Batch{Object: w.layout.object.Name, PerRow: true, Accept: len(w.mapping.AcceptIncomplete) > 0}
	errs := make([]error, len(rows))
	for i, x := range rows {
		v := record.Values{}
		for _, link := range x.links {
			c := w.column(link.Field)
			f, ok := w.lookups[lookupName(c)].get(link.Text)
			switch {
			case ok && f.many:
				errs[i] = join(errs[i], cellFault(c, link.Text, "import.ambiguous", fault.Args{"object": c.target.Name, "field": c.key.Name}))
			case ok:
				v[c.field.Name] = f.id
			default:
				errs[i] = join(errs[i], cellFault(c, link.Text, "import.not_found", fault.Args{"object": c.target.Name, "field": c.key.Name}))
			}
		}
		b.Changes = append(b.Changes, record.Change{ID: x.record, Values: v})
	}
	out, err := s.Save(ctx, b)
	if err != nil {
		return 0, err
	}
	for i, o := range out {
		errs[i] = join(errs[i], o.Err)
	}
	return w.settleRows(ctx, s, rows, errs)
}

func (w *worker) settleRows(ctx context.Context, s *record.Session, rows []waited, errs []error) (failed int, err error) {
	var kept [][]any
	for i, x := range rows {
		if errs[i] == nil {
			if _, err := s.Tx().Exec(ctx, `DELETE FROM {import_row} WHERE run = $1 AND row = $2`, w.id, x.row); err != nil {
				return 0, err
			}
			continue
		}
		failed++
		problems, _ := json.Marshal(w.layout.messages(errs[i], x.cells(), w.locale))
		kept = append(kept, []any{x.row, rowFailed, x.record, string(problems), x.raw})
	}
	return failed, keepRows(ctx, s.Tx(), w.id, kept)
}
