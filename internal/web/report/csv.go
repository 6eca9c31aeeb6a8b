package report

import (
	"mime"

	exchange "wellmet/internal/exchange/sheet"

	"wellmet/internal/report"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
)

// csv is a report's table as a file: plain figures, whatever the user's locale.
func csv(c *door.Call) error {
	name := c.R.PathValue("name")
	t, err := find(c, name)
	if err != nil {
		return err
	}
	var columns []exchange.OutColumn
	for i := range t.table.Groups {
		columns = append(columns, exchange.OutColumn{Name: t.head(i), Text: true})
	}
	for _, col := range t.table.Columns {
		columns = append(columns, exchange.OutColumn{Name: t.column(col)})
	}
	h := c.W.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": t.spec.Name + ".csv"}))
	out, err := exchange.NewWriter(c.W, exchange.Delimited, columns, exchange.WriteOptions{BOM: true, Zone: c.View.Zone})
	if err != nil {
		return err
	}
	rows := t.table.Rows
	if len(rows) == 0 && t.table.Total != nil {
		rows = []report.Row{*t.table.Total}
	}
	for _, r := range rows {
		if err := out.Write(t.cells(r)); err != nil {
			return nil // the caller has hung up
		}
	}
	_ = out.Close()
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
