package api

import (
	"net/url"
	"strconv"

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

// runReport answers one report.
func (c *call) runReport() error {
	limit, err := c.limit(0, 10_000)
	if err != nil {
		return err
	}
	p := report.Params{Filter: c.arg("filter"), Limit: limit, Span: c.arg("period"), Compare: c.arg("compare"), PerDay: c.flag("per_working_day")}
	p.From, _ = value.ParseDate(c.arg("from"))
	p.To, _ = value.ParseDate(c.arg("to"))
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
