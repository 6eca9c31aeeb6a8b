package chart

import (
	"math"
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

// line is the way through a series in a box of 100 by 100; where there is no
// figure it breaks.
func (c Chart) line(s Series, top float64) string {
	var b strings.Builder
	up := false
	for i, p := range s.Points {
		if p.None {
			up = false
			continue
		}
		b.WriteByte("ML"[map[bool]int{false: 0, true: 1}[up]])
		b.WriteString(number(c.x(i)) + " " + number(100-math.Max(p.N, 0)/top*100))
		up = true
	}
	return b.String()
}

// x is where a category stands, in hundredths of the width.
func (c Chart) x(cat int) float64 { return (float64(cat) + 0.5) / float64(len(c.Cats)) * 100 }

func (c Chart) at(cat int, p Point, top float64) string {
	return "--x:" + number(c.x(cat)) + "%;--y:" + percent(p.N, top)
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
