package api

import (
	"wellmet/internal/exchange"
	"wellmet/internal/record"
)

var exportTypes = map[string]string{"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

// export streams the records that a list would show as a file.
func (c *call) export() error {
	format := c.arg("format")
	if format == "" {
		format = "csv"
	}
	r := exchange.ExportRequest{Text: c.arg("q"), Format: exchange.Formats[format]}
	if err := c.look(func(s *record.Session) error {
		o, err := c.object(s)
		if err != nil {
			return err
		}
		q, err := c.throughView(s, o, record.Query{Filter: c.arg("filter"), Sort: c.arg("sort"), Fields: c.names("fields")})
		r.Object, r.Filter, r.Sort, r.Fields = o.Name, q.Filter, q.Sort, q.Fields
		return err
	}); err != nil {
		return err
	}
	out := &download{c: c, contentType: exportTypes[format], name: c.r.PathValue("plural") + "." + format}
	if _, err := c.ws.Importer().Export(c.ctx, c.who, r, out); err != nil {
		return err
	}
	return out.close()
}
