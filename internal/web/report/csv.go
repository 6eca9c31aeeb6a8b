package report

import (
	"io"
	"mime"
	"net/http"

	"wellmet/internal/exchange"
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
	headers, texts, cells := t.Sheet()
	h := c.W.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "no-store")
	name := t.Spec.Name
	if t.Spec.ID != 0 {
		name = t.Spec.Title
	}
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name + "." + suffix}))
	if err := write(c.W, c.View.Zone, headers, texts, cells); err != nil { // a caller who hung up is no error of ours
		c.App.Log().Warn("report broke off", "error", err)
	}
	return nil
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
