package chart

import (
	"math"
	"strconv"

	"wellmet/internal/web/kit"
)

// Point is one figure: N places the mark, Text is how people read it.
type Point struct {
	N    float64
	Text string
	URL  string // of what stands behind it; "" = nowhere
	None bool   // no figure at all, which is not 0
	Few  bool   // so few records stand behind it that little follows
	// Low and High are the range in which the figure is expected; both 0 = none.
	Low, High float64
}

// ranged reports whether the point has a range.
func (p Point) ranged() bool { return !p.None && p.High > p.Low }

// Series is the figures of one kind, one for each category.
type Series struct {
	Name   string
	Color  Color
	Points []Point
}

// Color is one of the chart colours, 1 to 8. Open is 1, Won 2 and Lost 5 in
// every chart.
type Color int

// The colours that mean the same everywhere.
const (
	Open Color = 1
	Won  Color = 2
	Lost Color = 5
)

func (c Color) class() string {
	if c < 1 || c > 8 {
		c = 1
	}
	return "ch-c" + strconv.Itoa(int(c))
}

// Chart is what a chart shows.
type Chart struct {
	View  *kit.View
	ID    string // of the element, once on a page
	Title string // for screen readers
	// Head names the categories, in the table.
	Head   string
	Cats   []string
	Series []Series
	// Axis writes a round figure at the side; nil leaves the side empty.
	Axis func(float64) string
	// Sums are the categories of a waterfall that are a figure by themselves, not
	// a change of the one before.
	Sums map[int]bool
	// Shares are, of a funnel, the parts that came on from each category; nil = the
	// figures of the next.
	Shares []string
	// Total is the foot of the table, one text for each series; nil = none.
	Total []string

	tight bool // marks stand on each other
	whole bool // every name is shown, cut where there is no room
	scale scale
}

// thin reports whether a mark among others is too low to be pressed: then it
// only says its figure, and the table leads on.
func (c Chart) thin(p Point) bool {
	return math.Abs(c.scale.share(p.N)-c.scale.share(0))*180 < 24
}

// empty reports whether there is nothing to draw.
func (c Chart) empty() bool {
	for _, s := range c.Series {
		for _, p := range s.Points {
			if !p.None && p.N != 0 {
				return false
			}
		}
	}
	return true
}

// leads reports whether a mark leads anywhere: who goes by keys scrolls the chart
// by its marks, or by itself where there are none.
func (c Chart) leads() bool {
	for _, s := range c.Series {
		for _, p := range s.Points {
			if p.URL != "" && !p.None {
				return true
			}
		}
	}
	return false
}

// tip is what a mark says: category, series where there are several, figure.
func (c Chart) tip(cat int, s Series) string {
	p := s.Points[cat]
	if len(c.Series) == 1 {
		return c.View.T("web.chart.tip", "category", c.name(cat), "figure", p.Text)
	}
	return c.View.T("web.chart.tip_series", "category", c.name(cat), "series", s.Name, "figure", p.Text)
}

// name is a category's; records without a value have one too.
func (c Chart) name(cat int) string {
	if c.Cats[cat] == "" {
		return c.View.T("web.chart.none")
	}
	return c.Cats[cat]
}

// most is the greatest figure, at least 0.
func (c Chart) most() float64 {
	_, most := c.spread(false)
	return most
}

// percent is a share as CSS reads it.
func percent(part, whole float64) string {
	if whole <= 0 || part <= 0 {
		return "0%"
	}
	return strconv.FormatFloat(math.Min(part/whole, 1)*100, 'f', 2, 64) + "%"
}

func width(part, whole float64) string { return "--w:" + percent(part, whole) }

// room is how many letters fit under the marks of a chart on a phone.
const room = 48

// shown reports whether the category's name stands under its mark: where they
// would run into each other, only some do.
func (c Chart) shown(cat int) bool {
	longest := 0
	for i := range c.Cats {
		letters := 2 // between two names
		for _, r := range c.name(i) {
			letters++
			if r >= 0x2e80 { // Chinese letters are twice as wide
				letters++
			}
		}
		longest = max(longest, letters)
	}
	every := max(1, (longest*len(c.Cats)+room-1)/room)
	if len(c.Cats) > 12 {
		every = max(every, 3)
	}
	return cat%every == 0
}

// shade is the depth of a heat cell, 0 to 5, among those of the series from
// first on.
func (c Chart) shade(p Point, first int) string {
	low, high := math.Inf(1), math.Inf(-1)
	for _, s := range c.Series[first:] {
		for _, x := range s.Points {
			if !x.None && !x.Few {
				low, high = math.Min(low, x.N), math.Max(high, x.N)
			}
		}
	}
	if p.None || high <= low {
		return "h0"
	}
	return "h" + strconv.Itoa(int(math.Round((p.N-low)/(high-low)*5)))
}

// conversion is the share of the step before that came on to this one.
func (c Chart) conversion(cat int) string {
	if cat == 0 || len(c.Series) == 0 || c.Series[0].Points[cat-1].N <= 0 {
		return ""
	}
	if c.Shares != nil {
		return c.Shares[cat-1]
	}
	return c.View.Percent(ratio(c.Series[0].Points[cat].N, c.Series[0].Points[cat-1].N), 0)
}

// columns tells the style how many places to press there are: each stays wide
// enough, and a long time scrolls.
func (c Chart) columns() string {
	n := len(c.Cats)
	if c.whole {
		n += n * 2 / 3 // so that a word of its name has room under each mark
	}
	return "--n:" + strconv.Itoa(n)
}
