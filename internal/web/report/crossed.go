package report

import (
	"cmp"
	"slices"
	"strings"

	"wellmet/internal/report"
	"wellmet/internal/web/chart"
)

// How many kinds a chart tells apart by their colours, and a table of tints by
// its columns.
const (
	mostSeries = 8
	mostTinted = 24
)

// firsts are the rows of a chart that tells one group alone: with two groups the
// lines of the first, where it is asked for and they are known.
func (t *sheet) firsts(kind string) ([]report.Row, bool) {
	if len(t.Table.Groups) < 2 {
		return t.Table.Rows, true
	}
	if t.pivot != nil && (kind == "ranks" || kind == "donut" || kind == "funnel") {
		return t.pivot.Down, true
	}
	return nil, false
}

// usual is how one group is best seen: days as they pass, all else by size.
func (t *sheet) usual() string {
	if len(t.Groups) > 0 && t.Groups[0].Bucket != "" {
		return "bars"
	}
	return "ranks"
}

// several is the kind of chart for two groups, of which every cell is to be
// seen. On top of each other stands only what adds up.
func (t *sheet) several(kind string, col int) string {
	passing := t.Groups[0].Bucket != ""
	switch {
	case kind == "" && passing:
		kind = "bars"
	case !ordered[kind] || kind == "funnel":
		return "heat"
	}
	if kind == "bars" && !t.Table.Columns[col].Sums() {
		if passing {
			return "line"
		}
		return "heat"
	}
	return kind
}

// crossed is a chart of two groups: the first down, the second across. The note
// says what of it is not drawn.
func (t *sheet) crossed(c chart.Chart, col int, kind string) (chart.Chart, string) {
	most := mostSeries
	if kind == "heat" {
		most = mostTinted
	}
	across := along(t.Table.Rows, col, most, t.others)
	down := along(t.Table.Rows, col, t.lines(kind), func(r report.Row) string { return t.Label(r, 0) })
	c.Cats = down.names
	for i, name := range across.names {
		c.Series = append(c.Series, chart.Series{Name: cmp.Or(name, t.v.T("web.chart.none")), Color: chart.Color(i + 1), Points: t.nothing(len(c.Cats))})
	}
	for _, r := range t.Table.Rows {
		i, shown := across.at[t.others(r)]
		if j, ok := down.at[t.Label(r, 0)]; ok && shown {
			c.Series[i].Points[j] = t.point(r, col)
		}
	}
	var left []string
	for _, x := range []side{down, across} {
		if n := len(x.names); n < x.all {
			left = append(left, t.v.T("web.report.first", "shown", t.v.Int(int64(n)), "all", t.v.Int(int64(x.all))))
		}
	}
	return c, strings.Join(left, " ")
}

// lines is how many lines a chart of two groups has: days are all shown, a tint
// takes less room than a bar.
func (t *sheet) lines(kind string) int {
	if t.Groups[0].Bucket != "" {
		return len(t.Table.Rows)
	}
	if kind == "heat" {
		return 2 * t.most
	}
	return t.most
}

// nothing is a line without figures.
func (t *sheet) nothing(n int) []chart.Point {
	list := make([]chart.Point, n)
	for i := range list {
		list[i] = chart.Point{None: true, Text: t.v.T("web.report.none")}
	}
	return list
}

// side is what stands along a side of a chart.
type side struct {
	names []string
	at    map[string]int
	all   int // also those for which there is no room
}

// along names what stands along a side: where there is no room for all, those of
// the greatest figures, in the order of the rows.
func along(rows []report.Row, col, most int, name func(report.Row) string) side {
	sizes, names := map[string]float64{}, []string{}
	for _, r := range rows {
		n := name(r)
		if _, ok := sizes[n]; !ok {
			names = append(names, n)
		}
		sizes[n] += report.Size(r.Values[col])
	}
	x := side{at: map[string]int{}, all: len(names)}
	if len(names) > most {
		greatest := slices.Clone(names)
		slices.SortStableFunc(greatest, func(a, b string) int { return cmp.Compare(sizes[b], sizes[a]) })
		greatest = greatest[:most]
		names = slices.DeleteFunc(names, func(n string) bool { return !slices.Contains(greatest, n) })
	}
	for i, n := range names {
		x.at[n] = i
	}
	x.names = names
	return x
}

// others names what a row is beside its first group.
func (t *sheet) others(r report.Row) string {
	names := []string{t.Label(r, 1)}
	for i := 2; i < len(t.Table.Groups); i++ {
		names = append(names, t.Label(r, i))
	}
	return strings.Join(names, " · ")
}
