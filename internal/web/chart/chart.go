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
}

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
	// Total is the foot of the table, one text for each series; nil = none.
	Total []string

	tight bool    // marks stand on each other
	full  float64 // what the whole height is
}

// thin reports whether a mark among others is too low to be pressed: then it
// only says its figure, and the table leads on.
func (c Chart) thin(p Point) bool { return p.N/c.full*180 < 24 }

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

// top is the greatest height that the marks reach, stacked or not.
func (c Chart) top(stacked bool) float64 {
	most := 0.0
	for i := range c.Cats {
		sum := 0.0
		for _, s := range c.Series {
			n := math.Max(s.Points[i].N, 0)
			if stacked {
				sum += n
			} else {
				sum = math.Max(sum, n)
			}
		}
		most = math.Max(most, sum)
	}
	return most
}

// steps are round figures (1, 2, 2.5, 5 × 10ⁿ) up to at least most.
func steps(most float64, n int) (list []float64, top float64) {
	if most <= 0 {
		most = 1
	}
	magnitude := math.Pow(10, math.Floor(math.Log10(most/float64(n))))
	step := magnitude
	for _, m := range []float64{1, 2, 2.5, 5, 10} {
		if step = m * magnitude; step*float64(n) >= most {
			break
		}
	}
	count := int(math.Ceil(most/step - 1e-9))
	for i := range count + 1 {
		list = append(list, float64(i)*step)
	}
	return list, float64(count) * step
}

// percent is a share as CSS reads it.
func percent(part, whole float64) string {
	if whole <= 0 || part <= 0 {
		return "0%"
	}
	return strconv.FormatFloat(math.Min(part/whole, 1)*100, 'f', 2, 64) + "%"
}

func width(part, whole float64) string  { return "--w:" + percent(part, whole) }
func height(part, whole float64) string { return "--h:" + percent(part, whole) }

// room is how many letters fit under the marks of a chart.
const room = 70

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

// shade is the depth of a heat cell, 0 to 5.
func (c Chart) shade(p Point) string {
	low, high := math.Inf(1), math.Inf(-1)
	for _, s := range c.Series {
		for _, x := range s.Points {
			if !x.None {
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
	return c.View.Percent(ratio(c.Series[0].Points[cat].N, c.Series[0].Points[cat-1].N), 0)
}

// columns tells the style how many places to press there are: each stays wide
// enough, and a long time scrolls.
func (c Chart) columns() string { return "--n:" + strconv.Itoa(len(c.Cats)) }
