package report

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
	"wellmet/internal/web/chart"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// Tile draws what a tile of a dashboard shows of a report: a figure, a chart or
// the table.
func Tile(c *door.Call, s *record.Session, a *report.Answer) (templ.Component, error) {
	if a.Picture != nil {
		return picture(c.View, a.Title(), a.Picture), nil
	}
	t := &sheet{Words: a.Words, v: c.View, schema: s.Schema(), plural: a.Object.Plural, most: 8, scope: scope{Scope: a.Scope, dated: a.Words.Spec.Period != ""}}
	if a.Tile.Kind == report.NumberTile {
		return chart.Number(t.numberOf(a)), nil
	}
	if a.Tile.Kind == report.TableTile {
		return tableTile(t), nil
	}
	return chartTile(t, t.oneOf(a)), nil
}

// oneOf is the drawing of the figure that a tile is about.
func (t *sheet) oneOf(a *report.Answer) drawing {
	column := t.Table.Columns[a.Column]
	if t.isFunnel() {
		return t.firstFunnel()
	}
	if t.Spec.ID != 0 || len(t.Table.Groups) == 0 {
		if list := t.drawings(a.Tile.Of); len(list) > 0 {
			return list[0]
		}
	}
	h := how{column.Name, "", chart.Open}
	if i := slices.IndexFunc(looks[a.Tile.Of], func(h how) bool { return h.column == column.Name }); i >= 0 {
		h = looks[a.Tile.Of][i]
	}
	return t.draw(h, a.Column)
}

// drawn is what a panel shows as a chart.
func drawn(v *kit.View, title string, p *report.Picture) chart.Chart {
	c := chart.Chart{View: v, Title: title, Head: p.Head, Sums: map[int]bool{}, Axis: chart.Amounts(v, p.Currency)}
	colors := []chart.Color{chart.Open, chart.Won, 4}
	for i, name := range p.Series {
		c.Series = append(c.Series, chart.Series{Name: name, Color: colors[i%len(colors)]})
	}
	for i, m := range p.Marks {
		c.Cats, c.Sums[i] = append(c.Cats, m.Name), m.Sum
		for n, f := range m.Figures {
			c.Series[n].Points = append(c.Series[n].Points, chart.Point{N: f.N, Text: f.Text, URL: f.URL, None: f.None})
		}
	}
	return c
}

// firstFunnel is the one of the first pipeline that deals entered; it names
// itself where there are others.
func (t *sheet) firstFunnel() drawing {
	list := t.funnels()
	if len(list) == 0 {
		return drawing{body: chart.Funnel(chart.Chart{View: t.v, Series: []chart.Series{{}}})}
	}
	d := list[0]
	for _, x := range list {
		if slices.ContainsFunc(x.steps.Series[0].Points, func(p chart.Point) bool { return p.N > 0 }) {
			d = x
			break
		}
	}
	if len(list) > 1 {
		d.note = t.v.T("web.report.funnel_of", "pipeline", d.title)
	}
	return d
}

// turned reports whether less of a figure is better: days that something takes,
// what is lost or late.
func turned(c report.Column) bool {
	return strings.Contains(c.Name+c.Measure, "_days") || strings.HasPrefix(c.Name, "days_") || slices.Contains([]string{"lost", "overdue", "disqualified"}, c.Name)
}

func (t *sheet) numberOf(a *report.Answer) chart.Figure {
	f := chart.Figure{Title: a.Title(), Text: a.Figure(), View: t.v}
	if t.Table.Total != nil {
		f.URL = t.point(*t.Table.Total, a.Column).URL
	}
	note, sign := a.Change()
	if turned(t.Table.Columns[a.Column]) {
		sign = -sign
	}
	f.Note, f.Up, f.Down = note, sign > 0, sign < 0
	if note == "" {
		f.Note = t.scope.said(t.v)
	}
	if a.Trend != nil {
		trend := &sheet{Words: a.Trend, v: t.v, plural: t.plural}
		for _, r := range spanned(a.Trend.Table.Rows, 0) {
			f.Cats, f.Spark = append(f.Cats, trend.Label(r, 0)), append(f.Spark, trend.point(r, 0))
		}
	}
	return f
}

// Bar is the form that narrows a dashboard.
func Bar(c *door.Call, s *record.Session, x report.Scope, action string) (templ.Component, error) {
	teams, err := teams(c, s, x.Team)
	if err != nil {
		return nil, err
	}
	return bar(c.View, x, action, people(s, x.Person), teams), nil
}

// People are the colleagues that somebody may choose from, by name.
func people(s *record.Session, chosen value.ID) (list []option) {
	for _, id := range s.Roster().MemberIDs() {
		if s.Roster().Person(id) || id == chosen {
			list = append(list, option{id.String(), s.Roster().Name(id), id == chosen})
		}
	}
	slices.SortFunc(list, func(a, b option) int { return strings.Compare(i18n.Fold(a.label), i18n.Fold(b.label)) })
	return list
}
