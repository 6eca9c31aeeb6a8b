package chart

import "math"

// fall is a step of a waterfall: where it begins and ends.
type fall struct {
	from, to float64
	color    Color
}

// falls are the steps of a waterfall, each beginning where the one before ends.
// A step of which nothing is known changes nothing.
func (c Chart) falls() []fall {
	list := make([]fall, len(c.Cats))
	at := 0.0
	for i, p := range c.Series[0].Points {
		n := p.N
		if p.None {
			n = 0
		}
		f := fall{from: at, to: at + n, color: Won}
		switch {
		case c.Sums[i]:
			f = fall{to: n, color: Open}
			if p.None {
				f.to = at
			}
		case n < 0:
			f.color = Lost
		}
		at, list[i] = f.to, f
	}
	return list
}

func fallScale(list []fall) scale {
	least, most := 0.0, 0.0
	for _, f := range list {
		least, most = min(least, f.from, f.to), max(most, f.from, f.to)
	}
	return scaled(least, most, 4)
}

// ground is how much of a column lies below what stands on the ground, as a
// share of its height, and the series that hang from nought, the lowest first.
func (c Chart) ground(cat int) (room float64, down []Series) {
	room = c.scale.share(0)
	for _, s := range c.Series {
		if p := s.Points[cat]; !p.None && p.N < 0 {
			down = append(down, s)
			room -= c.scale.share(0) - c.scale.share(p.N)
		}
	}
	return math.Max(room, 0), down
}
