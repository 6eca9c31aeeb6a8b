package predict

import (
	"cmp"
	"math"
	"slices"
)

// Score says how good foretold chances were.
type Score struct {
	Examples int `json:"examples"`
	// AUC is how often something that was won had a higher chance than something
	// that was lost: 0.5 is a coin, 1 perfect.
	AUC float64 `json:"auc"`
	// Brier is the mean of the squared error, LogLoss the surprise: less is better.
	Brier   float64 `json:"brier"`
	LogLoss float64 `json:"log_loss"`
	// Off is how far the chances were from the shares that were won, on average
	// over the bins.
	Off  float64 `json:"calibration_error"`
	Bins []Bin   `json:"bins,omitempty"`
}

// Bin are examples with like chances: what was said, and what was.
type Bin struct {
	Said     float64 `json:"said"`
	Was      float64 `json:"was"`
	Examples int     `json:"examples"`
}

// mostBins of a calibration curve.
const mostBins = 10

// Judge compares chances with what became of them.
func Judge(chances []float64, won []bool) Score {
	s := Score{Examples: len(won)}
	if len(won) == 0 {
		return s
	}
	for i := range won {
		y := 0.0
		if won[i] {
			y = 1
		}
		p := min(1-1e-6, max(1e-6, chances[i]))
		s.Brier += (p - y) * (p - y)
		s.LogLoss -= y*math.Log(p) + (1-y)*math.Log(1-p)
	}
	s.Brier /= float64(len(won))
	s.LogLoss /= float64(len(won))
	order := ordered(chances)
	s.AUC = area(order, chances, won)
	s.bin(order, chances, won)
	return s
}

// ordered are the places of chances, the least first.
func ordered(chances []float64) []int {
	order := make([]int, len(chances))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(chances[a], chances[b]) })
	return order
}

func areaOf(chances []float64, won []bool) float64 { return area(ordered(chances), chances, won) }

// area is the share of pairs of a won and a lost example in which the won one
// has the higher chance; a tie counts half.
func area(order []int, chances []float64, won []bool) float64 {
	var rank, wins float64
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && chances[order[j]] == chances[order[i]] {
			j++
		}
		for _, k := range order[i:j] {
			if won[k] {
				rank += float64(i+j+1) / 2
				wins++
			}
		}
		i = j
	}
	losses := float64(len(order)) - wins
	if wins == 0 || losses == 0 {
		return 0.5
	}
	return (rank - wins*(wins+1)/2) / (wins * losses)
}

func (s *Score) bin(order []int, chances []float64, won []bool) {
	n := len(order)
	bins := min(mostBins, max(1, n/20))
	for b := range bins {
		part := order[b*n/bins : (b+1)*n/bins]
		var x Bin
		for _, i := range part {
			x.Said += chances[i]
			if won[i] {
				x.Was++
			}
		}
		x.Examples = len(part)
		x.Said, x.Was = x.Said/float64(len(part)), x.Was/float64(len(part))
		s.Off += math.Abs(x.Said-x.Was) * float64(len(part)) / float64(n)
		s.Bins = append(s.Bins, x)
	}
}
