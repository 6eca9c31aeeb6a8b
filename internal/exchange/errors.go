package exchange

import (
	"context"
	"encoding/json"
	"io"
	"strings"

	"wellmet/internal/exchange/sheet"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// The status of a row worth remembering.
const (
	rowFailed  = "failed"
	rowPending = "pending" // a link to a record further down the file
)

// messages turns a row's refusal into what a person reads, by column.
func (l *layout) messages(err error, row sheet.Row, locale string) []RowError {
	e, ok := fault.As(err)
	if !ok {
		return []RowError{{Row: row.Number, Message: i18n.Text(locale, "import.row_failed", nil)}}
	}
	if len(e.Fields) == 0 {
		return []RowError{{Row: row.Number, Message: i18n.Text(locale, e.Key, e.Args)}}
	}
	var out []RowError
	for _, f := range e.Fields {
		// By which record a value is taken a dry run cannot tell where that one comes
		// with the same file, so no run tells it.
		r := RowError{Row: row.Number, Column: f.Path, Value: f.Value, Message: i18n.Text(locale, f.Key, f.Args)}
		for _, c := range l.columns {
			if !c.means(f.Path) {
				continue
			}
			r.Column = c.header
			if r.Value == "" && c.index < len(row.Cells) {
				r.Value = value.Printable(row.Cells[c.index].Text)
			}
			break
		}
		out = append(out, r)
	}
	return out
}

// means reports whether a fault at the path is about the column.
func (c column) means(path string) bool {
	if c.header == path || c.path == path || c.line == nil && c.field.Name == path {
		return true
	}
	return c.line != nil && strings.HasPrefix(c.path, path+".")
}

// keepRows remembers rows of a chunk that failed or wait, in its transaction.
func keepRows(ctx context.Context, tx *store.Tx, run value.ID, rows [][]any) error {
	_, err := tx.ExecRows(ctx, `INSERT INTO {import_row} (run, row, status, record, errors, raw) VALUES`, 6, prefixed(run, rows),
		`ON CONFLICT (run, row) DO UPDATE SET status = excluded.status, record = excluded.record, errors = excluded.errors, raw = excluded.raw`)
	return err
}

func prefixed(run value.ID, rows [][]any) [][]any {
	out := make([][]any, len(rows))
	for i, r := range rows {
		out[i] = append([]any{run}, r...)
	}
	return out
}

func rowErrors(ctx context.Context, tx *store.Tx, run value.ID, limit int) ([]RowError, error) {
	rows, err := tx.Query(ctx, `SELECT errors FROM {import_row} WHERE run = $1 AND status = $2 ORDER BY row LIMIT $3`, run, rowFailed, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []RowError{}
	for rows.Next() {
		text, _ := rows.Text(0)
		var list []RowError
		if err := json.Unmarshal([]byte(text), &list); err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, rows.Err()
}

// WriteErrors writes the failed rows as a file that can be mended and imported
// again: the columns as they were, and one that says what is wrong.
func (im *Importer) WriteErrors(ctx context.Context, who record.Who, id value.ID, w io.Writer) error {
	return im.engine.Read(ctx, who, func(s *record.Session) error {
		run, err := im.load(ctx, s, id)
		if err != nil {
			return err
		}
		headers, err := im.headers(ctx, s.Tx(), run)
		if err != nil {
			return err
		}
		var columns []sheet.OutColumn
		var keep []int // columns of the file that are not of our own adding
		for i, h := range headers {
			if h != errorColumn && h != idColumn {
				keep = append(keep, i)
				columns = append(columns, sheet.OutColumn{Name: h, Text: true})
			}
		}
		columns = append(columns, sheet.OutColumn{Name: idColumn}, sheet.OutColumn{Name: errorColumn, Text: true})
		out, err := sheet.NewWriter(w, sheet.Delimited, columns, sheet.WriteOptions{BOM: true})
		if err != nil {
			return err
		}
		if err := failedRows(ctx, s.Tx(), id, keep, out); err != nil {
			return err
		}
		return out.Close()
	}, store.Export)
}

// What the error file adds: what is wrong, and the record that a row has come
// in as although not all of it could be set (a link to a row that failed). An
// import ignores the one, and updates the records of the other.
const (
	errorColumn = "wellmet_error"
	idColumn    = "wellmet_id"
)

func failedRows(ctx context.Context, tx *store.Tx, id value.ID, keep []int, out sheet.Writer) error {
	rows, err := tx.Query(ctx, `SELECT raw, errors, record FROM {import_row} WHERE run = $1 AND status = $2 ORDER BY row`, id, rowFailed)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		raw, _ := rows.Text(0)
		var texts []string
		if err := json.Unmarshal([]byte(raw), &texts); err != nil {
			return err
		}
		problems, _ := rows.Text(1)
		cells := make([]any, len(keep)+2)
		for to, from := range keep {
			if from < len(texts) {
				cells[to] = texts[from]
			}
		}
		if record, ok := rows.Int(2); ok {
			cells[len(keep)] = value.ID(record)
		}
		cells[len(keep)+1] = joined(problems)
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	return rows.Err()
}

func joined(problems string) string {
	var list []RowError
	if json.Unmarshal([]byte(problems), &list) != nil {
		return problems
	}
	text := ""
	for _, p := range list {
		if text != "" {
			text += " · "
		}
		if p.Column != "" {
			text += p.Column + ": "
		}
		text += p.Message
	}
	return text
}

// headers reads the file's header once more: the error file has its columns.
func (im *Importer) headers(ctx context.Context, tx *store.Tx, run *Run) ([]string, error) {
	opts, err := readOptions(ctx, tx, run.ID)
	if err != nil {
		return nil, err
	}
	return im.fileHeaders(ctx, run.Name, opts)
}

func (im *Importer) fileHeaders(ctx context.Context, name string, opts options) ([]string, error) {
	if opts.Hash == "" {
		return opts.Headers, nil
	}
	table, err := im.open(ctx, opts.Hash, name, opts.Mapping.sheetOptions())
	if err != nil {
		return nil, err
	}
	defer table.Close()
	headers := make([]string, len(table.Columns))
	for i, c := range table.Columns {
		headers[i] = c.Name
	}
	return headers, nil
}
