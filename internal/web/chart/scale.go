package chart

import (
	"math"

	"github.com/shopspring/decimal"

	"wellmet/internal/value"
	"wellmet/internal/web/kit"
)

// scale is the height of a chart in figures: round steps from the least to the
// greatest, with nought always among them.
type scale struct {
	low, top float64
	steps    []float64
}

// scaled covers the figures from least to most with about n steps.
func scaled(least, most float64, n int) scale {
	least, most = math.Min(least, 0), math.Max(most, 0)
	if least == most {
		most = 1
	}
	step := round((most - least) / float64(n))
	from, to := math.Floor(least/step+1e-9), math.Ceil(most/step-1e-9)
	k := scale{low: from * step, top: to * step}
	for i := from; i <= to; i++ {
		k.steps = append(k.steps, i*step)
	}
	return k
}

// round is the least round figure (1, 2, 2.5, 5 × 10ⁿ) that reaches x.
func round(x float64) float64 {
	magnitude := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*magnitude >= x {
			return m * magnitude
		}
	}
	return 10 * magnitude
}

// share is where a figure stands, 0 at the bottom and 1 at the top.
func (k scale) share(n float64) float64 {
	return math.Min(math.Max((n-k.low)/(k.top-k.low), 0), 1)
}

// at is that place as the style reads it.
func (k scale) at(n float64) string { return "--h:" + percent(k.share(n), 1) }

// high is the height of what lies between two figures.
func (k scale) high(from, to float64) string {
	return "--h:" + percent(math.Abs(k.share(to)-k.share(from)), 1)
}

// y is a figure in a box of 100 by 100, whose top is 0.
func (k scale) y(n float64) string { return number(100 - k.share(n)*100) }

// spread is how far the figures reach, those of one category on each other or
// not; ranges and goals of points count too.
func (c Chart) spread(stacked bool) (least, most float64) {
	for i := range c.Cats {
		up, down := 0.0, 0.0
		for _, s := range c.Series {
			p := s.Points[i]
			if p.None {
				continue
			}
			if stacked {
				up, down = up+math.Max(p.N, 0), down+math.Min(p.N, 0)
				continue
			}
			up, down = max(up, p.N, p.High), min(down, p.N, p.Low)
		}
		least, most = math.Min(least, down), math.Max(most, up)
	}
	return least, most
}

// reach is the scale of a chart.
func (c Chart) reach(stacked bool) scale {
	least, most := c.spread(stacked)
	return scaled(least, most, 4)
}

// Amounts writes round amounts of a currency, or counts where there is none, beside a
// chart.
func Amounts(v *kit.View, currency string) func(float64) string {
	return func(n float64) string {
		d := decimal.NewFromFloat(n)
		if currency == "" {
			return v.NumberShort(d)
		}
		m, err := value.MoneyOf(d.Round(0), currency)
		if err != nil {
			return ""
		}
		return v.MoneyShort(m)
	}
}
