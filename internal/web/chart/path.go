package chart

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// ratio is a share in hundredths, as percentages are kept.
func ratio(part, whole float64) decimal.Decimal {
	if whole == 0 {
		return decimal.Zero
	}
	return decimal.NewFromFloat(part / whole * 100)
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }

// runs are the stretches of a series without a gap, as places of categories.
func (s Series) runs(has func(Point) bool) (runs [][]int) {
	var run []int
	for i, p := range s.Points {
		switch {
		case has(p):
			run = append(run, i)
		case len(run) > 0:
			runs, run = append(runs, run), nil
		}
	}
	if len(run) > 0 {
		runs = append(runs, run)
	}
	return runs
}

func told(p Point) bool { return !p.None }

// line is the way through a series in a box of 100 by 100; where there is no
// figure it breaks.
func (c Chart) line(s Series) string {
	var b strings.Builder
	for _, run := range s.runs(told) {
		for n, i := range run {
			b.WriteByte("ML"[min(n, 1)])
			b.WriteString(c.spot(i, s.Points[i].N))
		}
	}
	return b.String()
}

// spot is a place in the box.
func (c Chart) spot(cat int, n float64) string { return number(c.x(cat)) + " " + c.scale.y(n) }

// fills are the surfaces of a series as corners of polygons: between the ends of
// its ranges, and in a chart without any between the line and nought.
func (c Chart) fills(s Series) (list []string) {
	has, low := Point.ranged, func(p Point) float64 { return p.Low }
	high := func(p Point) float64 { return p.High }
	if !slices.ContainsFunc(c.Series, func(s Series) bool { return slices.ContainsFunc(s.Points, Point.ranged) }) {
		has, low = told, func(Point) float64 { return 0 }
		high = func(p Point) float64 { return p.N }
	}
	for _, run := range s.runs(has) {
		var corners []string
		for _, i := range run {
			corners = append(corners, c.spot(i, high(s.Points[i])))
		}
		for _, i := range slices.Backward(run) {
			corners = append(corners, c.spot(i, low(s.Points[i])))
		}
		list = append(list, strings.Join(corners, " "))
	}
	return list
}

// x is where a category stands, in hundredths of the width.
func (c Chart) x(cat int) float64 { return (float64(cat) + 0.5) / float64(len(c.Cats)) * 100 }

func (c Chart) at(cat int, p Point) string {
	return "--x:" + number(c.x(cat)) + "%;--y:" + percent(c.scale.share(p.N), 1)
}

// slices are the pieces of a donut: dash lengths round a circle of length 100.
type slice struct{ dash, offset string }

func (c Chart) slices() []slice {
	whole := 0.0
	for _, p := range c.Series[0].Points {
		whole += math.Max(p.N, 0)
	}
	var list []slice
	at := 0.0
	for _, p := range c.Series[0].Points {
		share := 0.0
		if whole > 0 {
			share = math.Max(p.N, 0) / whole * 100
		}
		list = append(list, slice{number(share) + " " + number(100-share), number(25 - at)})
		at += share
	}
	return list
}
