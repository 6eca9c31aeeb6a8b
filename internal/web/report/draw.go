package report

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"wellmet/internal/record"
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
	"deals-by-stage": {{"deals", "ranks", chart.Open}}, "lead-funnel": {{"leads", "funnel", chart.Open}}, "lead-funnel-passed": {{"leads", "funnel", chart.Open}},
	"deals-by-month": {{"won_revenue", "bars", chart.Won}, {"win_rate", "line", chart.Open}}, "deals-by-quarter": {{"won_revenue", "bars", chart.Won}, {"win_rate", "line", chart.Open}},
	"deals-by-owner": outcome, "deals-by-manager": outcome, "deals-by-team": outcome, "deals-by-region": outcome, "deals-by-industry": outcome,
	"deals-by-account": outcome, "deals-by-parent-account": outcome, "deals-by-source": outcome, "revenue-by-product": outcome,
	"revenue-by-product-and-quarter": {{"won_revenue", "heat", chart.Won}}, "lost-by-reason": {{"lost", "bars", chart.Lost}},
	"pipeline": {{"amount", "ranks", chart.Open}, {"weighted", "ranks", 4}}, "time-in-stage": {{"avg_days", "ranks", 3}},
	"leads-by-source": {{"leads", "donut", chart.Open}, {"conversion", "ranks", chart.Won}}, "leads-lost-by-reason": {{"leads", "donut", chart.Lost}},
	"new-deals-by-month": {{"deals", "bars", chart.Open}}, "lost-by-stage": {{"lost", "bars", chart.Lost}}, "won-by-reason": {{"won", "donut", chart.Won}},
	"deal-cycle": {{"median_days", "line", chart.Open}}, "lead-conversion": {{"conversion", "heat", chart.Won}}, "losses-by-person-and-stage": {{"loss_rate", "heat", chart.Lost}},
	"slippage": {{"moves", "ranks", 3}, {"avg_slip", "ranks", chart.Lost}}, "slippage-by-stage": {{"moves", "ranks", 3}, {"avg_slip", "ranks", chart.Lost}},
	"prediction-quality": {}, "prediction-calibration": {}, "what-works-facts": {}, "what-works-paths": {},
	"ranking": {{"won_revenue", "ranks", chart.Won}}, "deal-actions": {}, "efficiency": {{"per_hour", "ranks", chart.Won}},
	"target-attainment": {{"attained", "heat", chart.Won}}, "forecast-against-quota": {{"foreseen", "heat", chart.Won}},
	"customer-growth": {{"new", "bars", chart.Won}, {"lost", "bars", chart.Lost}, {"active", "line", chart.Open}},
	"deal-cohorts":    {{"cohort_share", "cohort", chart.Won}}, "lead-cohorts": {{"cohort_share", "cohort", chart.Won}},
	"customers-by-size":  {{"customers", "donut", chart.Open}},
	"revenue-by-account": {{"won_revenue", "ranks", chart.Won}}, "revenue-by-deal": {{"won_revenue", "ranks", chart.Won}},
	"serving-by-account": {{"cost_to_serve", "ranks", 3}}, "serving-by-deal": {{"cost_to_serve", "ranks", 3}},
	"profit-by-account": margins, "profit-by-deal": margins, "profit-by-person": margins, "profit-by-month": {{"margin", "bars", chart.Won}},
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
		list = []how{{t.Table.Columns[0].Name, "ranks", chart.Open}}
	}
	var out []drawing
	for _, h := range list {
		if i := slices.IndexFunc(t.Table.Columns, func(c report.Column) bool { return c.Name == h.column }); i >= 0 {
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
	c := chart.Chart{View: t.v, Title: t.v.T("web.report.chart", "figure", d.title, "report", t.Title(t.Spec.Name)), Head: t.Head(0)}
	rows := t.Table.Rows
	if len(t.Table.Groups) > 1 {
		c = t.crossed(c, col)
	} else {
		if h.kind == "ranks" || h.kind == "donut" {
			rows = ranked(rows, col)
		}
		if n := len(rows); n > t.most && !ordered[h.kind] {
			rows = rows[:t.most]
			d.note = t.v.T("web.report.first", "shown", t.v.Int(int64(t.most)), "all", t.v.Int(int64(n)))
		}
		if timed[h.kind] && len(t.Groups) > 0 && t.Groups[0].Bucket != "" {
			rows = spanned(rows, col)
		}
		c.Series = []chart.Series{{Name: d.title, Color: h.color}}
		for _, r := range rows {
			c.Cats = append(c.Cats, t.Label(r, 0))
			c.Series[0].Points = append(c.Series[0].Points, t.point(r, col))
			c.Shares = append(c.Shares, t.onward(r))
		}
		if t.Table.Total != nil {
			c.Total = []string{t.Figure(*t.Table.Total, col, false)}
		}
	}
	c.Axis = t.axis(col)
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

// onward is the share that came on from a row, "" where the report has none.
func (t *sheet) onward(r report.Row) string {
	i := slices.IndexFunc(t.Table.Columns, func(c report.Column) bool { return c.Name == "conversion" })
	if i < 0 || r.Values[i].Value == nil {
		return ""
	}
	return t.Figure(r, i, true)
}

// ordered are the kinds in which the order of rows tells something.
var ordered = map[string]bool{"bars": true, "line": true, "area": true, "funnel": true}

// timed are the kinds whose rows are points in time.
var timed = map[string]bool{"bars": true, "line": true, "area": true}

// ranked puts the greatest figures first.
func ranked(rows []report.Row, col int) []report.Row {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b report.Row) int { return cmp.Compare(report.Size(b.Values[col]), report.Size(a.Values[col])) })
	return rows
}

// spanned are the rows from the first figure to the last: months to come, in
// which nothing can be won yet, would push what there is out of sight. What has
// no day has no place there.
func spanned(rows []report.Row, col int) []report.Row {
	rows = slices.DeleteFunc(slices.Clone(rows), func(r report.Row) bool { return r.Keys[0] == nil })
	none := func(r report.Row) bool { return report.Told(r.Values[col]) == nil }
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
	for _, r := range t.Table.Rows { // two records can have one name
		if key := r.Key(0, 1) + t.Label(r, 0); !has(cats, key) {
			cats[key] = len(cats)
			c.Cats = append(c.Cats, t.Label(r, 0))
		}
		if key := r.Key(1, len(r.Keys)) + t.others(r); !has(series, key) && len(series) < mostSeries {
			series[key] = len(series)
			c.Series = append(c.Series, chart.Series{Name: t.others(r), Color: chart.Color(len(series))})
		}
	}
	for i := range c.Series {
		c.Series[i].Points = make([]chart.Point, len(c.Cats))
		for j := range c.Series[i].Points {
			c.Series[i].Points[j] = chart.Point{None: true, Text: t.v.T("web.report.none")}
		}
	}
	for _, r := range t.Table.Rows {
		if s, ok := series[r.Key(1, len(r.Keys))+t.others(r)]; ok {
			c.Series[s].Points[cats[r.Key(0, 1)+t.Label(r, 0)]] = t.point(r, col)
		}
	}
	for i := range c.Series {
		if c.Series[i].Name == "" {
			c.Series[i].Name = t.v.T("web.chart.none")
		}
	}
	return c
}

// others names what a row is beside its first group.
func (t *sheet) others(r report.Row) string {
	names := []string{t.Label(r, 1)}
	for i := 2; i < len(t.Table.Groups); i++ {
		names = append(names, t.Label(r, i))
	}
	return strings.Join(names, " · ")
}

func has(m map[string]int, name string) bool {
	_, ok := m[name]
	return ok
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
	return len(t.Table.Groups) == 2 && t.Table.Groups[0] == "pipeline.name" && t.Table.Groups[1] == "stage.name"
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

// stageOrder names the stages that records of an object come through, each once,
// those in which they end well last.
func stageOrder(ctx context.Context, s *record.Session, object string) (stages []string, err error) {
	of, end, lost := "stage", "won", "lost"
	if object == "lead" {
		of, end, lost = "lead_stage", "converted", "disqualified"
	}
	page, err := s.Query(ctx, record.Query{Object: of, Filter: `kind != "` + lost + `"`, Sort: "position", Fields: []string{"name", "kind"}, Limit: 200})
	if err != nil {
		return nil, err
	}
	var open, done []string
	for _, r := range page.Records {
		name := r.Title()
		to := &open
		if r.Field("kind") == end {
			to = &done
		}
		if !slices.Contains(open, name) && !slices.Contains(done, name) {
			*to = append(*to, name)
		}
	}
	return append(open, done...), nil
}

// inStages puts rows that are stages in the order of the stages, but for a report
// that knows its own.
func (t *sheet) inStages(ctx context.Context, s *record.Session) (err error) {
	if len(t.Table.Groups) == 0 || t.Table.Groups[0] != "stage.name" || t.Table.Object == "lead" && t.Spec.Run != nil {
		return nil
	}
	if t.stages, err = stageOrder(ctx, s, t.Table.Object); err == nil {
		t.byStage()
	}
	return err
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
	slices.SortStableFunc(t.Table.Rows, func(a, b report.Row) int { return place(a) - place(b) })
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
	kind := t.Spec.Show
	if kind == "" && t.Groups[0].Bucket != "" {
		kind = "bars"
	}
	for i, c := range t.Table.Columns[:min(2, len(t.Table.Columns))] {
		out = append(out, t.draw(how{c.Name, kind, chart.Color(i + 1)}, i))
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
	for _, r := range t.Table.Rows {
		c.Cats = append(c.Cats, t.Label(r, 0))
		c.Series[0].Points = append(c.Series[0].Points, t.point(r, 0))
	}
	d.body = chart.Funnel(c)
	return d
}
