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
	across := along(t.Table.Rows, col, most, t.second, func(r report.Row) string { return t.rest(r, t.Apart) })
	down := along(t.Table.Rows, col, t.lines(kind), t.first, func(r report.Row) string { return t.Apart(r, 0) })
	c.Cats = down.names
	for i, name := range across.names {
		c.Series = append(c.Series, chart.Series{Name: cmp.Or(name, t.v.T("web.chart.none")), Color: chart.Color(i + 1), Points: t.nothing(len(c.Cats))})
	}
	for _, r := range t.Table.Rows {
		i, shown := across.at[t.second(r)]
		if j, ok := down.at[t.first(r)]; ok && shown {
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

// along names what stands along a side, each key by itself: where there is no
// room for all, those of the greatest figures, in the order of the rows.
func along(rows []report.Row, col, most int, key, name func(report.Row) string) side {
	sizes, names, keys := map[string]float64{}, map[string]string{}, []string{}
	for _, r := range rows {
		k := key(r)
		if _, ok := sizes[k]; !ok {
			keys, names[k] = append(keys, k), name(r)
		}
		sizes[k] += report.Size(r.Values[col])
	}
	x := side{at: map[string]int{}, all: len(keys)}
	if len(keys) > most {
		greatest := slices.Clone(keys)
		slices.SortStableFunc(greatest, func(a, b string) int { return cmp.Compare(sizes[b], sizes[a]) })
		greatest = greatest[:most]
		keys = slices.DeleteFunc(keys, func(k string) bool { return !slices.Contains(greatest, k) })
	}
	for i, k := range keys {
		x.at[k], x.names = i, append(x.names, names[k])
	}
	return x
}

// first and second tell rows apart by their first group and by all others: two
// records can have one name.
func (t *sheet) first(r report.Row) string { return r.Key(0, 1) + t.Label(r, 0) }

func (t *sheet) second(r report.Row) string { return r.Key(1, len(r.Keys)) + t.others(r) }

// others names what a row is beside its first group.
func (t *sheet) others(r report.Row) string { return t.rest(r, t.Label) }

func (t *sheet) rest(r report.Row, name func(report.Row, int) string) string {
	names := []string{name(r, 1)}
	for i := 2; i < len(t.Table.Groups); i++ {
		names = append(names, name(r, i))
	}
	return strings.Join(names, " · ")
}
