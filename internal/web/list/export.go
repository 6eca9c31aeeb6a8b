package list

import (
	"net/http"

	"wellmet/internal/access"
	"wellmet/internal/exchange"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/web/door"
	"wellmet/internal/web/views"
)

var fileTypes = map[string]string{"csv": "text/csv; charset=utf-8",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

// export sends the records and columns of the view as a file.
func export(c *door.Call) error {
	format := c.R.URL.Query().Get("format")
	if fileTypes[format] == "" {
		format = "csv"
	}
	r := exchange.ExportRequest{Format: exchange.Formats[format]}
	err := c.Read(func(s *record.Session) error {
		o, err := c.Object(s)
		if err != nil {
			return err
		}
		st, err := views.Parse(c, s, o)
		if err != nil {
			return err
		}
		r.Object, r.Filter, r.Sort, r.Text = o.Name, st.Applied(), st.Sort, st.Text
		for _, col := range st.Shown() {
			if path := filePath(s, col); path != "" {
				r.Fields = append(r.Fields, path)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	out := &download{c: c, kind: fileTypes[format], name: c.R.PathValue("plural") + "." + format}
	_, err = c.WS.Importer().Export(c.Ctx, c.Who, r, out)
	if out.begun {
		if err != nil {
			c.App.Log().Warn("export broke off", "error", err)
		}
		return nil
	}
	return err
}

// filePath is the column as a file has it: links by the title of their target.
func filePath(s *record.Session, col views.Column) string {
	f := col.Field
	if !f.IsLink() || f.Target == "" || f.Name == "id" {
		return col.Path
	}
	to := s.Schema().Target(f)
	if to == nil {
		return ""
	}
	title, ok := to.Field(to.Title)
	if !ok || to.Title == "id" || !s.Actor().Sees(title) || s.Actor().Field(f) < access.ReadField {
		return col.Path
	}
	return col.Path + "." + to.Title
}

// download is an answer that becomes a file with its first byte; until then it
// can still be an error.
type download struct {
	c          *door.Call
	kind, name string
	begun      bool
}

func (d *download) Write(p []byte) (int, error) {
	if !d.begun {
		d.begun = true
		h := d.c.W.Header()
		h.Set("Content-Type", d.kind)
		h.Set("Content-Disposition", `attachment; filename="`+d.name+`"`)
		h.Set("Cache-Control", "no-store")
		d.c.W.WriteHeader(http.StatusOK)
	}
	n, err := d.c.W.Write(p)
	if err != nil {
		return n, fault.New(fault.Unavailable, "web.failed", nil).Because(err)
	}
	return n, nil
}
