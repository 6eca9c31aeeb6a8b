package report

import (
	"io"
	"mime"
	"net/http"

	"wellmet/internal/access"
	"wellmet/internal/exchange"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
)

// csv is a report's table as a file: plain figures, whatever the user's locale.
func csv(c *door.Call) error { return file(c, "csv", "text/csv; charset=utf-8", exchange.WriteCSV) }

// xlsx is the same as a workbook.
func xlsx(c *door.Call) error {
	return file(c, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", exchange.WriteBook)
}

// file sends a report, of what the reader may take out.
func file(c *door.Call, suffix, kind string, write exchange.WriteTable) error {
	t, err := take(c, c.R.PathValue("name"))
	if err == nil && t.Spec.Problem != nil {
		err = t.Spec.Problem
	}
	if err != nil {
		return err
	}
	headers, texts := t.headers()
	h := c.W.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "no-store")
	name := t.Spec.Name
	if t.Spec.ID != 0 {
		name = t.Spec.Title
	}
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name + "." + suffix}))
	rows := t.Table.Rows
	if len(rows) == 0 && t.Table.Total != nil {
		rows = []report.Row{*t.Table.Total}
	}
	cells := make([][]any, len(rows))
	for i, r := range rows {
		cells[i] = t.cells(r)
	}
	if err := write(c.W, c.View.Zone, headers, texts, cells); err != nil { // a caller who hung up is no error of ours
		c.App.Log().Warn("report broke off", "error", err)
	}
	return nil
}

// mayTake refuses a report to who may export nothing of its object, and one that
// cannot be narrowed to what he may to who may not export all that he reads.
func mayTake(s *record.Session, spec report.Spec, o *schema.Object) error {
	all := s.Actor().Scope(o, access.Export)
	if all == access.None || spec.Run != nil && all < s.Actor().Scope(o, access.Read) {
		return fault.New(fault.Forbidden, "export.not_allowed", fault.Args{"object": o.Name})
	}
	return nil
}

func (t *sheet) headers() (headers []string, texts int) {
	for i := range t.Table.Groups {
		headers = append(headers, t.Head(i))
	}
	texts = len(headers)
	for _, col := range t.Table.Columns {
		headers = append(headers, t.Column(col))
		if t.Table.Before != nil {
			headers = append(headers, t.Column(col)+" · "+t.v.T("web.report.before"))
		}
	}
	return headers, texts
}

func (t *sheet) cells(r report.Row) []any {
	var cells []any
	for i := range t.Table.Groups {
		cells = append(cells, t.Label(r, i))
	}
	for i, m := range r.Values {
		cells = append(cells, t.cell(m))
		if t.Table.Before == nil {
			continue
		}
		if i < len(r.Before) {
			cells = append(cells, t.cell(r.Before[i]))
		} else {
			cells = append(cells, nil)
		}
	}
	return cells
}

func (t *sheet) cell(m record.Measure) any {
	switch x := report.Told(m).(type) {
	case value.Money:
		return x.Decimal()
	case report.Said:
		return string(x)
	case string:
		return t.Note(x)
	}
	return m.Value
}

// paper is a report as a whole document of its own, to be printed.
func paper(c *door.Call) error {
	name := c.R.PathValue("name")
	t, err := find(c, name)
	if err == nil && t.Spec.Problem != nil {
		err = t.Spec.Problem
	}
	if err != nil {
		return err
	}
	c.W.Header().Set("Content-Type", "text/html; charset=utf-8")
	c.W.Header().Set("Cache-Control", "no-store")
	c.W.WriteHeader(http.StatusOK)
	if err := paperPage(t, name).Render(c.Ctx, io.Writer(c.W)); err != nil {
		c.App.Log().Warn("report broke off", "error", err)
	}
	return nil
}
