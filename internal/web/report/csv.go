package report

import (
	"mime"

	"wellmet/internal/exchange"
	"wellmet/internal/report"
	"wellmet/internal/store"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
)

// csv is a report's table as a file: plain figures, whatever the user's locale.
func csv(c *door.Call) error {
	name := c.R.PathValue("name")
	t, err := find(c, name, store.Report)
	if err != nil {
		return err
	}
	var headers []string
	for i := range t.table.Groups {
		headers = append(headers, t.head(i))
	}
	for _, col := range t.table.Columns {
		headers = append(headers, t.column(col))
	}
	h := c.W.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": t.spec.Name + ".csv"}))
	rows := t.table.Rows
	if len(rows) == 0 && t.table.Total != nil {
		rows = []report.Row{*t.table.Total}
	}
	cells := make([][]any, len(rows))
	for i, r := range rows {
		cells[i] = t.cells(r)
	}
	_ = exchange.WriteCSV(c.W, c.View.Zone, headers, len(t.table.Groups), cells) // a caller who hung up is no error of ours
	return nil
}

func (t *sheet) cells(r report.Row) []any {
	var cells []any
	for i := range t.table.Groups {
		cells = append(cells, t.label(r, i))
	}
	for _, m := range r.Values {
		if x, ok := told(m).(value.Money); ok {
			cells = append(cells, x.Decimal())
			continue
		}
		cells = append(cells, m.Value)
	}
	return cells
}
