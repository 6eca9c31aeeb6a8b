package report

import (
	"wellmet/internal/report"
	"wellmet/internal/web/chart"
)

// Places of the figures of cohorts.
const (
	cohortSize = iota
	cohortDone
	cohortShare
)

// cohorts draws what came of the records of each month, month after month: a row
// for each, beginning with how many they were.
func (t *sheet) cohorts() drawing {
	d := drawing{title: t.Column(t.Table.Columns[cohortShare])}
	c := chart.Chart{View: t.v, Title: t.v.T("web.report.chart", "figure", d.title, "report", t.Title(t.Spec.Name)), Head: t.Head(0),
		Series: []chart.Series{{Name: t.Column(t.Table.Columns[cohortSize])}}}
	for _, r := range t.Table.Rows {
		month, k := t.Label(r, 0), 1
		if n, ok := r.Keys[1].(int64); ok {
			k += int(n)
		}
		if n := len(c.Cats); n == 0 || c.Cats[n-1] != month {
			c.Cats = append(c.Cats, month)
			for i := range c.Series {
				c.Series[i].Points = append(c.Series[i].Points, chart.Point{None: true})
			}
			c.Series[0].Points[n] = t.point(r, cohortSize)
		}
		for k >= len(c.Series) {
			name := t.v.Int(int64(len(c.Series) - 1))
			c.Series = append(c.Series, chart.Series{Name: name, Points: make([]chart.Point, len(c.Cats))})
			for i := range c.Cats {
				c.Series[len(c.Series)-1].Points[i].None = true
			}
		}
		c.Series[k].Points[len(c.Cats)-1] = t.within(r)
	}
	d.note = t.v.T("web.report.cohort_note")
	d.body = chart.Cohort(c)
	return d
}

// within is the share of a cohort with how many it is.
func (t *sheet) within(r report.Row) chart.Point {
	p := t.point(r, cohortShare)
	p.Text = t.v.T("web.report.cohort_cell", "share", p.Text, "count", t.Figure(r, cohortDone, true))
	if r.Running {
		p.Text = t.v.T("web.report.running_cell", "figure", p.Text)
	}
	return p
}
