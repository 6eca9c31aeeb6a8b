package report

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/shopspring/decimal"

	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
	"wellmet/internal/web/chart"
)

// funnel is the report of how deals come through the stages; its figures are
// those of deals by stage.
const funnel = "funnel"

func bookName(name string) string {
	if name == funnel {
		return "deals-by-stage"
	}
	return name
}

// drawing is one chart of a report.
type drawing struct {
	title string
	body  templ.Component
	note  string
}

// how a figure is best seen.
type how struct {
	column string
	kind   string // bars, line, ranks, donut, heat
	color  chart.Color
}

var outcome = []how{{"won_revenue", "ranks", chart.Won}, {"win_rate", "ranks", chart.Open}}

var margins = []how{{"margin", "ranks", chart.Won}, {"margin_rate", "ranks", chart.Open}}

// looks says how reports are drawn; the others show their first figure as
// ranks.
var looks = map[string][]how{
	"deals-by-stage": {{"deals", "ranks", chart.Open}},
	"deals-by-month": {{"won_revenue", "bars", chart.Won}, {"win_rate", "line", chart.Open}}, "deals-by-quarter": {{"won_revenue", "bars", chart.Won}, {"win_rate", "line", chart.Open}},
	"deals-by-owner": outcome, "deals-by-manager": outcome, "deals-by-team": outcome, "deals-by-region": outcome, "deals-by-industry": outcome,
	"deals-by-account": outcome, "deals-by-parent-account": outcome, "deals-by-source": outcome, "revenue-by-product": outcome,
	"revenue-by-product-and-quarter": {{"won_revenue", "heat", chart.Won}}, "lost-by-reason": {{"lost", "bars", chart.Lost}},
	"pipeline": {{"amount", "ranks", chart.Open}, {"weighted", "ranks", 4}}, "time-in-stage": {{"avg_days", "ranks", 3}},
	"leads-by-source": {{"leads", "donut", chart.Open}, {"conversion", "ranks", chart.Won}}, "leads-lost-by-reason": {{"leads", "donut", chart.Lost}},
	"customers-by-size": {{"customers", "donut", chart.Open}},
	"profit-by-account": margins, "profit-by-person": margins, "profit-by-month": {{"margin", "bars", chart.Won}},
}

// drawings are the charts of a report.
func (t *sheet) drawings(name string) []drawing {
	if name == funnel {
		return []drawing{t.funnel()}
	}
	if len(t.table.Groups) == 0 {
		return []drawing{t.sideways()}
	}
	list := looks[name]
	if list == nil {
		list = []how{{t.table.Columns[0].Name, "ranks", chart.Open}}
	}
	var out []drawing
	for _, h := range list {
		if i := slices.IndexFunc(t.table.Columns, func(c report.Column) bool { return c.Name == h.column }); i >= 0 {
			out = append(out, t.draw(h, i))
		}
	}
	return out
}

func (t *sheet) draw(h how, col int) drawing {
	d := drawing{title: t.column(t.table.Columns[col])}
	c := chart.Chart{View: t.v, Title: t.v.T("web.report.chart", "figure", d.title, "report", t.title(t.spec.Name)), Head: t.head(0)}
	rows := t.table.Rows
	if len(t.table.Groups) > 1 {
		c = t.crossed(c, col)
	} else {
		if h.kind == "ranks" || h.kind == "donut" {
			rows = ranked(rows, col)
		}
		if n := len(rows); n > t.most && h.kind != "bars" && h.kind != "line" {
			rows = rows[:t.most]
			d.note = t.v.T("web.report.first", "shown", t.v.Int(int64(t.most)), "all", t.v.Int(int64(n)))
		}
		if h.kind == "bars" || h.kind == "line" {
			rows = spanned(rows, col)
		}
		c.Series = []chart.Series{{Name: d.title, Color: h.color}}
		for _, r := range rows {
			c.Cats = append(c.Cats, t.label(r, 0))
			c.Series[0].Points = append(c.Series[0].Points, t.point(r, col))
		}
		if t.table.Total != nil {
			c.Total = []string{t.figure(*t.table.Total, col, false)}
		}
	}
	c.Axis = t.axis(col)
	switch h.kind {
	case "bars":
		d.body = chart.Bars(c)
	case "line":
		d.body = chart.Line(c)
	case "donut":
		d.body = chart.Donut(c)
	case "heat":
		d.body = chart.Heat(c)
	default:
		d.body = chart.Ranks(c)
	}
	return d
}

// ranked puts the greatest figures first.
func ranked(rows []report.Row, col int) []report.Row {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b report.Row) int { return cmp.Compare(size(b.Values[col]), size(a.Values[col])) })
	return rows
}

// spanned are the rows from the first figure to the last: months to come, in
// which nothing can be won yet, would push what there is out of sight. What has
// no day has no place there.
func spanned(rows []report.Row, col int) []report.Row {
	rows = slices.DeleteFunc(slices.Clone(rows), func(r report.Row) bool { return r.Keys[0] == nil })
	none := func(r report.Row) bool { return told(r.Values[col]) == nil }
	for len(rows) > 0 && none(rows[0]) {
		rows = rows[1:]
	}
	for len(rows) > 0 && none(rows[len(rows)-1]) {
		rows = rows[:len(rows)-1]
	}
	return rows
}

// mostSeries is how many kinds a chart tells apart.
const mostSeries = 8

// crossed is a chart of two groups: the first down, the second across.
func (t *sheet) crossed(c chart.Chart, col int) chart.Chart {
	cats, series := map[string]int{}, map[string]int{}
	for _, r := range t.table.Rows {
		if name := t.label(r, 0); !has(cats, name) {
			cats[name] = len(cats)
			c.Cats = append(c.Cats, name)
		}
		if name := t.label(r, 1); !has(series, name) && len(series) < mostSeries {
			series[name] = len(series)
			c.Series = append(c.Series, chart.Series{Name: name, Color: chart.Color(len(series))})
		}
	}
	for i := range c.Series {
		c.Series[i].Points = make([]chart.Point, len(c.Cats))
		for j := range c.Series[i].Points {
			c.Series[i].Points[j] = chart.Point{None: true, Text: t.v.T("web.report.none")}
		}
	}
	for _, r := range t.table.Rows {
		if s, ok := series[t.label(r, 1)]; ok {
			c.Series[s].Points[cats[t.label(r, 0)]] = t.point(r, col)
		}
	}
	for i := range c.Series {
		if c.Series[i].Name == "" {
			c.Series[i].Name = t.v.T("web.chart.none")
		}
	}
	return c
}

func has(m map[string]int, name string) bool {
	_, ok := m[name]
	return ok
}

// sideways draws the figures of a report without groups as its categories.
func (t *sheet) sideways() drawing {
	c := chart.Chart{View: t.v, Title: t.title(t.spec.Name), Head: t.v.T("web.report.figure"), Series: []chart.Series{{Name: t.v.T("web.report.count"), Color: chart.Open}}}
	if t.table.Total != nil {
		for i, col := range t.table.Columns {
			c.Cats = append(c.Cats, t.column(col))
			c.Series[0].Points = append(c.Series[0].Points, t.point(*t.table.Total, i))
		}
	}
	return drawing{title: t.title(t.spec.Name), body: chart.Ranks(c)}
}

// funnel counts, for each stage, the deals that have come so far or further.
// Lost deals are left out: nobody knows here how far they came.
func (t *sheet) funnel() drawing {
	d := drawing{title: t.v.T("web.report.funnel.reached"), note: t.v.T("web.report.funnel.note")}
	if len(t.pipelines) > 1 {
		d.note = t.v.T("web.report.funnel.pipelines", "pipelines", t.v.List(t.pipelines)) + " " + d.note
	}
	c := chart.Chart{View: t.v, Title: t.title(funnel), Head: t.v.T("web.report.stage"), Series: []chart.Series{{Name: d.title, Color: chart.Open}}}
	counts := map[string]int64{}
	for _, r := range t.table.Rows {
		if n, ok := r.Values[0].Value.(int64); ok {
			counts[r.Labels[0]] = n
		}
	}
	for i, name := range t.stages {
		sum := int64(0)
		var names []string
		for _, further := range t.stages[i:] {
			sum += counts[further]
			names = append(names, `"`+strings.ReplaceAll(strings.ReplaceAll(further, `\`, `\\`), `"`, `\"`)+`"`)
		}
		c.Cats = append(c.Cats, name)
		filter := "stage.name in (" + strings.Join(names, ", ") + ")"
		if t.table.Total != nil && t.table.Total.Filter != "" {
			filter = "(" + t.table.Total.Filter + ") and " + filter
		}
		c.Series[0].Points = append(c.Series[0].Points, chart.Point{N: float64(sum), Text: t.v.Int(sum), URL: t.list(filter)})
	}
	d.body = chart.Funnel(c)
	return d
}

// stageOrder names the stages that deals come through, each once, won last, and
// their pipelines.
func stageOrder(ctx context.Context, s *record.Session) (stages, pipelines []string, err error) {
	fields := []string{"name", "kind"}
	if _, err := s.Object("pipeline"); err == nil { // not out of sight
		fields = append(fields, "pipeline.name")
	}
	page, err := s.Query(ctx, record.Query{Object: "stage", Filter: `kind != "lost"`, Sort: "position", Fields: fields, Limit: 200})
	if err != nil {
		return nil, nil, err
	}
	var open, won []string
	for _, r := range page.Records {
		name := r.Title()
		if p, ok := r.Path("pipeline.name").(string); ok && !slices.Contains(pipelines, p) {
			pipelines = append(pipelines, p)
		}
		to := &open
		if r.Field("kind") == "won" {
			to = &won
		}
		if !slices.Contains(open, name) && !slices.Contains(won, name) {
			*to = append(*to, name)
		}
	}
	return append(open, won...), pipelines, nil
}

// byStage puts the rows in the order in which deals go through the stages, and
// what is no such stage behind them.
func (t *sheet) byStage() {
	place := func(r report.Row) int {
		name, _ := r.Keys[0].(string)
		if i := slices.Index(t.stages, name); i >= 0 {
			return i
		}
		return len(t.stages)
	}
	slices.SortStableFunc(t.table.Rows, func(a, b report.Row) int { return place(a) - place(b) })
}

// list is the address of records.
func (t *sheet) list(filter string) string {
	if filter == "" {
		return "/" + t.plural
	}
	return "/" + t.plural + "?filter=" + url.QueryEscape(filter)
}

// behind is the condition of the records behind one figure: the row's, and the
// column's own; behind a rate, all that it is a share of.
func (t *sheet) behind(r report.Row, col int) string {
	own := ""
	if _, rest, ok := strings.Cut(t.table.Columns[col].Measure, "{"); ok {
		own = strings.TrimSuffix(rest, "}")
		if strings.HasPrefix(t.table.Columns[col].Measure, "rate") {
			_, whole, split := strings.Cut(own, " / ")
			if own = ""; split {
				own = whole
			}
		}
	}
	switch {
	case own == "":
		return r.Filter
	case r.Filter == "":
		return own
	}
	return r.Filter + " and (" + own + ")"
}

func (t *sheet) point(r report.Row, col int) chart.Point {
	p := chart.Point{N: size(r.Values[col]), Text: t.figure(r, col, true), None: told(r.Values[col]) == nil}
	if r.Filter != "" || t.spec.Run == nil {
		p.URL = t.list(t.behind(r, col))
	}
	return p
}

// size places a figure among others.
func size(m record.Measure) float64 {
	switch x := told(m).(type) {
	case int64:
		return float64(x)
	case decimal.Decimal:
		return x.InexactFloat64()
	case value.Money:
		return x.Decimal().InexactFloat64()
	}
	return 0
}

// told is a figure's value: an amount for which there is no rate stands in its
// own currency, as long as that is the only one.
func told(m record.Measure) any {
	if m.Value == nil && len(m.Sums) == 1 {
		return m.Sums[0]
	}
	return m.Value
}
