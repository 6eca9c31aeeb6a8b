package api

import (
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// listReports answers the reports that there are for the caller.
func (c *call) listReports() error {
	return c.read(func(s *record.Session) error {
		c.out = append(c.out, `{"items":[`...)
		for _, spec := range c.api.app.Reports().Specs(s) {
			c.out = appendText(append(appendNext(c.out), '{'), "name", spec.Name)
			c.out = appendText(appendText(c.out, "title", spec.Title), "help", spec.Help)
			c.out = append(appendText(c.out, "object", spec.Object), '}')
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
	p := report.Params{Filter: c.arg("filter"), Limit: limit}
	p.From, _ = value.ParseDate(c.arg("from"))
	p.To, _ = value.ParseDate(c.arg("to"))
	return c.read(func(s *record.Session) error {
		t, err := c.api.app.Reports().Run(c.ctx, s, c.r.PathValue("name"), p)
		if err != nil {
			return err
		}
		c.out = t.AppendJSON(c.out)
		return nil
	})
}
