package chart

import (
	"math"
	"strings"

	"github.com/shopspring/decimal"
)

func (f Figure) spark() Chart {
	c := Chart{View: f.View, Title: f.Title, Cats: f.Cats, Series: []Series{{Name: f.Title, Color: Open, Points: f.Spark}}}
	c.scale = c.reach(false)
	return c
}

// summary is what a small chart says as a whole: its first and last figure.
func (c Chart) summary() string {
	s := c.Series[0]
	return c.tip(0, s) + " – " + c.tip(len(c.Cats)-1, s)
}

// aim is the share of the aim that is reached; false without an aim, by which
// nothing is divided.
func (c Chart) aim(cat int) (float64, bool) {
	actual, aim := c.Series[0].Points[cat], c.Series[1].Points[cat]
	if actual.None || aim.None || aim.N <= 0 {
		return 0, false
	}
	return actual.N / aim.N, true
}

// short is a figure as it stands beside a bar: of one length with the others, so that
// all bars have the same scale.
func (c Chart) short(p Point) string {
	if c.Axis == nil || p.None {
		return p.Text
	}
	return c.Axis(p.N)
}

// reached is that share as people read it.
func (c Chart) reached(cat int) string {
	n, ok := c.aim(cat)
	if !ok {
		return ""
	}
	return c.View.Percent(decimal.NewFromFloat(n*100), 0)
}

// bend is the arc of a gauge from its left end to a share of the half circle.
const bend = "M10 50A40 40 0 0 1 90 50"

// dash is how much of an arc of length 100 is drawn.
func dash(share float64) string { return number(math.Min(math.Max(share, 0), 1)*100) + " 200" }

// span is what the whole half circle of a gauge stands for: the greatest of its
// figures, and a little more than the aim, so that it is seen to be passed.
func (c Chart) span() float64 {
	most := 0.0
	for n, s := range c.Series {
		p := s.Points[0]
		if p.None {
			continue
		}
		if n > 0 {
			p.N *= 1.25
		}
		most = math.Max(most, p.N)
	}
	if most == 0 {
		return 1
	}
	return most
}

// hand is a line across the arc of a gauge at a share of it.
func hand(share float64) (x1, y1, x2, y2 string) {
	a := math.Pi * (1 - math.Min(math.Max(share, 0), 1))
	at := func(r float64) (string, string) { return number(50 + r*math.Cos(a)), number(50 - r*math.Sin(a)) }
	x1, y1 = at(33)
	x2, y2 = at(47)
	return x1, y1, x2, y2
}

// ink tells the line of the aim from the one of where one should be by now.
func ink(n int) string {
	if n == 0 {
		return "var(--text)"
	}
	return "var(--text-3)"
}

// corner is a place of a radar: on the axis of a category, as far out as the
// share says.
func (c Chart) corner(cat int, share float64) (x, y float64) {
	a := 2 * math.Pi * float64(cat) / float64(len(c.Cats))
	r := 40 * math.Min(math.Max(share, 0), 1)
	return 50 + r*math.Sin(a), 50 - r*math.Cos(a)
}

// out is how far out the figure of a series stands on its axis: as a share of
// the greatest there.
func (c Chart) out(cat int, p Point) float64 {
	most := 0.0
	for _, s := range c.Series {
		if q := s.Points[cat]; !q.None {
			most = math.Max(most, q.N)
		}
	}
	if p.None || most <= 0 {
		return 0
	}
	return p.N / most
}

// web are the corners of a ring of a radar.
func (c Chart) web(share float64) string {
	return c.around(func(int) float64 { return share })
}

// shape are the corners of a series of a radar.
func (c Chart) shape(s Series) string {
	return c.around(func(cat int) float64 { return c.out(cat, s.Points[cat]) })
}

func (c Chart) around(share func(cat int) float64) string {
	var corners []string
	for i := range c.Cats {
		x, y := c.corner(i, share(i))
		corners = append(corners, number(x)+","+number(y))
	}
	return strings.Join(corners, " ")
}

// said is what a gauge says of a category: what there is, the aim, the share.
func (c Chart) said(cat int) string {
	list := []string{c.name(cat)}
	for _, s := range c.Series {
		if p := s.Points[cat]; p.Text != "" {
			list = append(list, s.Name+" "+p.Text)
		}
	}
	if text := c.reached(cat); text != "" {
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}
