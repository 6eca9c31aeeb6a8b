package report

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"wellmet/internal/report"
	"wellmet/internal/web/chart"
)

// drawing is one chart of a report.
type drawing struct {
	title string
	body  templ.Component
	note  string
	steps chart.Chart // of a funnel
}

// drawings are the charts of a report.
func (t *sheet) drawings(name string) []drawing {
	if t.isFunnel() {
		return t.funnels()
	}
	if len(t.Table.Groups) == 0 && t.Spec.Show == "" {
		return []drawing{t.sideways()}
	}
	if t.Spec.ID != 0 || t.Spec.Name == "" {
		return t.chosen()
	}
	list := looks[name]
	if list == nil {
		list = []how{{t.Table.Columns[0].Name, "", chart.Open}}
	}
	var out []drawing
	for _, h := range list {
		if i := t.column(h.column); i >= 0 {
			out = append(out, t.draw(h, i))
		}
	}
	return out
}

func (t *sheet) draw(h how, col int) drawing {
	if h.kind == "cohort" {
		return t.cohorts()
	}
	d := drawing{title: t.Column(t.Table.Columns[col])}
	c := chart.Chart{View: t.v, Title: t.v.T("web.report.chart", "figure", d.title, "report", t.Title(t.Spec.Name)), Head: t.Head(0), Axis: t.axis(col)}
	if rows, ok := t.firsts(h.kind); ok {
		if h.kind == "" {
			h.kind = t.usual()
		}
		if c, d.note = t.oneWay(c, rows, h, col); len(c.Series) > 1 {
			d.title = t.Title(t.Spec.Name)
		}
	} else {
		h.kind = t.several(h.kind, col)
		c, d.note = t.crossed(c, col, h.kind)
	}
	switch h.kind {
	case "bars":
		d.body = chart.Bars(c)
	case "line":
		d.body = chart.Line(c)
	case "area":
		d.body = chart.Area(c)
	case "donut":
		d.body = chart.Donut(c)
	case "heat":
		d.body = chart.Heat(c)
	case "funnel":
		d.body = chart.Funnel(c)
	default:
		d.body = chart.Ranks(c)
	}
	return d
}

// oneWay is a chart of one group, with the figures that stand beside the one that
// it is about. The note says what of it is not drawn.
func (t *sheet) oneWay(c chart.Chart, rows []report.Row, h how, col int) (chart.Chart, string) {
	note, cols := "", []int(nil)
	kinds := slices.DeleteFunc(append([]how{h}, further[h.column]...), func(x how) bool { return t.column(x.column) < 0 })
	for _, x := range kinds {
		cols = append(cols, t.column(x.column))
	}
	n, bySize := len(rows), h.kind == "ranks" || h.kind == "donut" || h.kind == "heat" && len(cols) > 1
	switch {
	case bySize && t.ofStates():
		rows = greatest(rows, t.most, cols...)
	case bySize:
		rows = ranked(rows, cols...)
	}
	if n > t.most && !ordered[h.kind] {
		rows = rows[:t.most]
		note = t.v.T("web.report.first", "shown", t.v.Int(int64(t.most)), "all", t.v.Int(int64(n)))
	}
	if timed[h.kind] && len(t.Groups) > 0 && t.Groups[0].Bucket != "" {
		rows = spanned(rows, cols...)
	}
	for _, r := range rows {
		c.Cats = append(c.Cats, t.Label(r, 0))
		c.Shares = append(c.Shares, t.onward(r))
	}
	for i, x := range kinds {
		one := chart.Series{Name: t.Column(t.Table.Columns[cols[i]]), Color: x.color}
		for _, r := range rows {
			one.Points = append(one.Points, t.point(r, cols[i]))
		}
		c.Series = append(c.Series, one)
		if t.Table.Total != nil {
			c.Total = append(c.Total, t.Figure(*t.Table.Total, cols[i], false))
		}
	}
	return c, note
}

// column is the place of a figure, -1 where the report has none of that name.
func (t *sheet) column(name string) int {
	return slices.IndexFunc(t.Table.Columns, func(c report.Column) bool { return c.Name == name })
}

// onward is the share that came on from a row, "" where the report has none.
func (t *sheet) onward(r report.Row) string {
	i := t.column("conversion")
	if i < 0 || r.Values[i].Value == nil {
		return ""
	}
	return t.Figure(r, i, true)
}

// ordered are the kinds in which the order of rows tells something.
var ordered = map[string]bool{"bars": true, "line": true, "area": true, "funnel": true}

// timed are the kinds whose rows are points in time.
var timed = map[string]bool{"bars": true, "line": true, "area": true}

// ranked puts the rows of the greatest figures first.
func ranked(rows []report.Row, cols ...int) []report.Row {
	size := func(r report.Row) (n float64) {
		for _, col := range cols {
			n += report.Size(r.Values[col])
		}
		return n
	}
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b report.Row) int { return cmp.Compare(size(b), size(a)) })
	return rows
}

// ofStates reports whether the lines are states, which stand in their order unless
// the report asks for another.
func (t *sheet) ofStates() bool {
	return len(t.Groups) > 0 && t.Groups[0].States != nil && t.Spec.Sort == ""
}

// greatest are the rows of the greatest figures, as they stand.
func greatest(rows []report.Row, most int, cols ...int) []report.Row {
	if len(rows) <= most {
		return rows
	}
	shown := map[string]bool{}
	for _, r := range ranked(rows, cols...)[:most] {
		shown[r.Key(0, len(r.Keys))] = true
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r report.Row) bool { return !shown[r.Key(0, len(r.Keys))] })
}

// spanned are the rows from the first figure to the last: months to come, in
// which nothing can be won yet, would push what there is out of sight. What has
// no day has no place there.
func spanned(rows []report.Row, cols ...int) []report.Row {
	rows = slices.DeleteFunc(slices.Clone(rows), func(r report.Row) bool { return r.Keys[0] == nil })
	none := func(r report.Row) bool {
		return !slices.ContainsFunc(cols, func(col int) bool { return report.Told(r.Values[col]) != nil })
	}
	for len(rows) > 0 && none(rows[0]) {
		rows = rows[1:]
	}
	for len(rows) > 0 && none(rows[len(rows)-1]) {
		rows = rows[:len(rows)-1]
	}
	return rows
}

// sideways draws the figures of a report without groups as its categories.
func (t *sheet) sideways() drawing {
	c := chart.Chart{View: t.v, Title: t.Title(t.Spec.Name), Head: t.v.T("web.report.figure"), Series: []chart.Series{{Name: t.v.T("web.report.count"), Color: chart.Open}}}
	if t.Table.Total != nil {
		for i, col := range t.Table.Columns {
			c.Cats = append(c.Cats, t.Column(col))
			c.Series[0].Points = append(c.Series[0].Points, t.point(*t.Table.Total, i))
		}
	}
	return drawing{title: t.Title(t.Spec.Name), body: chart.Ranks(c)}
}

// isFunnel reports whether a report's rows are the stages of pipelines.
func (t *sheet) isFunnel() bool {
	return len(t.Table.Groups) == 2 && t.Table.Groups[0] == "pipeline.name" && t.Table.Groups[1] == "stage.name" && t.column("entered") >= 0
}

// funnels draws a funnel of each pipeline whose stages deals entered.
func (t *sheet) funnels() (out []drawing) {
	of := ""
	for _, r := range t.Table.Rows {
		title := t.Label(r, 0)
		if key := r.Key(0, 1); len(out) == 0 || key != of {
			of = key
			out = append(out, drawing{title: title, steps: chart.Chart{View: t.v, Title: title, Head: t.v.T("web.report.stage"),
				Series: []chart.Series{{Name: t.Column(t.Table.Columns[0]), Color: chart.Open}}}})
		}
		c := &out[len(out)-1].steps
		c.Cats = append(c.Cats, t.Label(r, 1))
		c.Series[0].Points = append(c.Series[0].Points, t.point(r, 0))
		c.Shares = append(c.Shares, t.onward(r))
	}
	for i := range out {
		out[i].body = chart.Funnel(out[i].steps)
	}
	return out
}

// list is the address of records, as they were where the report looks back.
func (t *sheet) list(plural, filter string) string {
	q := url.Values{}
	for name, text := range map[string]string{"filter": filter, "as_of": t.scope.day} {
		if text != "" {
			q.Set(name, text)
		}
	}
	if len(q) == 0 {
		return "/" + plural
	}
	return "/" + plural + "?" + q.Encode()
}

func (t *sheet) point(r report.Row, col int) chart.Point {
	return chart.Point{N: report.Size(r.Values[col]), Text: t.Figure(r, col, true), None: report.Told(r.Values[col]) == nil, Few: r.Few, URL: t.url(r, col)}
}

// url lists the records behind a figure, "" where no list does.
func (t *sheet) url(r report.Row, col int) string {
	if t.Spec.Run != nil && r.Filter == "" && len(r.Behind) == 0 {
		return ""
	}
	b, ok := t.Table.BehindOf(r, col)
	if !ok {
		return ""
	}
	return t.behind(b)
}

// behind is the address of a list.
func (t *sheet) behind(b report.Behind) string {
	if asked := t.scope.query(); asked != "" && strings.HasPrefix(b.Path, "/reports/"+t.Spec.Name+"/behind?") {
		return b.Path + "&" + url.Values{"back": {asked[1:]}}.Encode()
	}
	if b.Path != "" {
		return b.Path
	}
	if b.Object == t.Table.Object {
		return t.list(t.plural, b.Filter)
	}
	o, ok := t.schema.Object(b.Object)
	if !ok {
		return ""
	}
	return t.list(o.Plural, b.Filter)
}

// beforeURL lists the records behind the figure of the period before.
func (t *sheet) beforeURL(r report.Row, col int) string {
	if r.BeforeFilter == "" && len(r.BeforeBehind) == 0 {
		return ""
	}
	return t.url(report.Row{Keys: r.Keys, Filter: r.BeforeFilter, Behind: r.BeforeBehind}, col)
}

// besides says what the figures are compared with.
func (t *sheet) besides(x *report.Comparison) string {
	text := t.v.T("web.report.compared", "from", t.v.Date(x.From), "to", t.v.Date(x.To))
	if x.Days > 0 {
		text += " " + t.v.T("web.report.per_day_of", "days", x.Days, "before", x.DaysBefore)
	}
	return text
}

// chosen draws a report as whoever made it wants it.
func (t *sheet) chosen() (out []drawing) {
	switch t.Spec.Show {
	case "table", "pivot":
		return nil
	case "number":
		return []drawing{t.numbers()}
	case "funnel":
		return []drawing{t.steps()}
	}
	for i, c := range t.Table.Columns[:min(2, len(t.Table.Columns))] {
		out = append(out, t.draw(how{c.Name, t.Spec.Show, chart.Color(i + 1)}, i))
	}
	return out
}

// numbers are the totals, each with how it came there where rows are periods.
func (t *sheet) numbers() drawing {
	var all []chart.Figure
	for i, c := range t.Table.Columns {
		if t.Table.Total == nil {
			break
		}
		f := chart.Figure{View: t.v, Title: t.Column(c), Text: t.Figure(*t.Table.Total, i, false), URL: t.url(*t.Table.Total, i), Note: t.ChangeOf(*t.Table.Total, i)}
		f.Up, f.Down = strings.HasPrefix(f.Note, "+"), f.Note != "" && !strings.HasPrefix(f.Note, "+")
		if turned(c) {
			f.Up, f.Down = f.Down, f.Up
		}
		if len(t.Groups) == 1 && t.Groups[0].Bucket != "" {
			for _, r := range spanned(t.Table.Rows, i) {
				f.Cats, f.Spark = append(f.Cats, t.Label(r, 0)), append(f.Spark, t.point(r, i))
			}
		}
		all = append(all, f)
	}
	return drawing{title: t.Title(t.Spec.Name), body: figureList(all)}
}

// steps draws the rows as a funnel, in their order.
func (t *sheet) steps() drawing {
	d := drawing{title: t.Column(t.Table.Columns[0])}
	c := chart.Chart{View: t.v, Title: t.Title(t.Spec.Name), Head: t.Head(0), Series: []chart.Series{{Name: d.title, Color: chart.Open}}}
	rows, one := t.firsts("funnel")
	if !one { // a step for each line
		rows = t.Table.Rows
	}
	for _, r := range rows {
		name := t.Label(r, 0)
		if !one {
			name += " · " + t.others(r)
		}
		c.Cats = append(c.Cats, name)
		c.Series[0].Points = append(c.Series[0].Points, t.point(r, 0))
	}
	d.body = chart.Funnel(c)
	return d
}
