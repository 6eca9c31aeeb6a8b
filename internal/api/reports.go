package api

import (
	"net/url"
	"strconv"
	"time"

	"wellmet/internal/exchange"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// listReports answers the reports that there are for the caller, the saved ones
// last. They are made and changed as records, under /saved_reports.
func (c *call) listReports() error {
	return c.read(func(s *record.Session) error {
		saved, err := report.SavedSpecs(c.ctx, s)
		if err != nil {
			return err
		}
		c.out = append(c.out, `{"items":[`...)
		for _, spec := range append(c.api.app.Reports().Specs(s), saved...) {
			c.out = appendText(append(appendNext(c.out), '{'), "name", spec.Name)
			c.out = appendText(appendText(c.out, "title", spec.Title), "help", spec.Help)
			c.out = appendText(c.out, "object", spec.Object)
			if spec.Problem != nil {
				c.out = appendText(c.out, "problem", newProblem(c.lang(), spec.Problem).Detail)
			}
			c.out = append(c.out, '}')
		}
		c.out = append(c.out, "]}"...)
		return nil
	})
}

// asked is how a report is narrowed.
func (c *call) asked() (report.Params, error) {
	limit, err := c.limit(0, 10_000)
	p := report.Params{Filter: c.arg("filter"), Limit: limit, Span: c.arg("period"), Compare: c.arg("compare"), PerDay: c.flag("per_working_day")}
	p.From, _ = value.ParseDate(c.arg("from"))
	p.To, _ = value.ParseDate(c.arg("to"))
	return p, err
}

// runReport answers one report.
func (c *call) runReport() error {
	p, err := c.asked()
	if err != nil {
		return err
	}
	return c.read(func(s *record.Session) (err error) {
		if p.AsOf, err = asOf(s, c.arg("as_of")); err != nil {
			return err
		}
		t, err := c.api.app.Reports().Run(c.ctx, s, c.r.PathValue("name"), p)
		if err != nil {
			return err
		}
		c.out = t.AppendJSON(c.out)
		return nil
	})
}

// reportFile answers a report as a file, of what the caller may take out.
func (c *call) reportFile() error {
	p, err := c.asked()
	if err != nil {
		return err
	}
	p.Export = true
	format, write := "csv", exchange.WriteCSV
	if c.arg("format") == "xlsx" {
		format, write = "xlsx", exchange.WriteBook
	}
	var w *report.Words
	zone := time.UTC
	if err := c.look(func(s *record.Session) (err error) {
		zone = s.Env().Zone
		if p.AsOf, err = asOf(s, c.arg("as_of")); err == nil {
			w, err = c.takeOut(s, c.r.PathValue("name"), p)
		}
		return err
	}); err != nil {
		return err
	}
	name := w.Spec.Name
	if w.Spec.ID != 0 {
		name = safeName(w.Spec.Title)
	}
	out := &download{c: c, contentType: exportTypes[format], name: name + "." + format}
	heads, texts, lines := w.Sheet()
	if err := write(out, zone, heads, texts, lines); err != nil {
		return err
	}
	return out.close()
}

// takeOut runs a report for who may take it along.
func (c *call) takeOut(s *record.Session, name string, p report.Params) (*report.Words, error) {
	book := c.api.app.Reports()
	spec, err := book.Find(c.ctx, s, name)
	if err != nil {
		return nil, err
	}
	if spec.Problem == nil { // else running it tells
		o, err := s.Object(spec.Object)
		if err == nil {
			err = spec.MayTake(s, o)
		}
		if err != nil {
			return nil, err
		}
	}
	t, err := book.RunSpec(c.ctx, s, spec, p)
	if err != nil {
		return nil, err
	}
	return report.Worded(s, c.words().Format, spec, t)
}

// reportBehind answers the records behind a figure that no filter lists, as the
// path that the report names for it asks.
func (c *call) reportBehind() error {
	limit, err := c.limit(usualLimit, report.MostBehind)
	if err != nil {
		return err
	}
	return c.read(func(s *record.Session) error {
		q := url.Values{}
		for name, text := range c.query {
			q.Set(name, text)
		}
		t, err := report.ReadTrail(s, q)
		if err != nil {
			return err
		}
		t.Limit = limit
		found, _, err := c.api.app.Reports().Behind(c.ctx, s, c.r.PathValue("name"), t)
		if err != nil {
			return err
		}
		if len(found.IDs) == 0 {
			c.out = append(c.out, `{"items":[]}`...)
		} else {
			q := found.Query(t)
			q.Fields = c.names("fields")
			if c.out, err = s.QueryJSON(c.ctx, q, c.out); err != nil {
				return err
			}
		}
		c.out = appendText(c.out[:len(c.out)-1], "object", found.Object)
		c.out = strconv.AppendInt(append(c.out, `,"count":`...), found.Count, 10)
		if len(found.IDs) == limit {
			c.out = appendText(c.out, "next", found.IDs[limit-1].String())
		}
		c.out = append(c.out, '}')
		return nil
	})
}
