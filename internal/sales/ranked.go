package sales

import (
	"math"
	"sort"
)

// ranked are sorted numbers less some of them, sorted too: what the others did is
// told of each of thousands of people without sorting the others anew.
type ranked struct{ all, but []float64 }

func (r ranked) len() int { return len(r.all) - len(r.but) }

// middle is the median, and the median distance from it as a standard deviation.
func (r ranked) middle() (median, spread float64) {
	n := r.len()
	median = (r.nth((n-1)/2) + r.nth(n/2)) / 2
	return median, 1.4826 * (r.away(median, (n-1)/2) + r.away(median, n/2)) / 2
}

// below counts the first numbers for which something holds.
func (r ranked) below(holds func(float64) bool) int {
	count := func(list []float64) int { return sort.Search(len(list), func(i int) bool { return !holds(list[i]) }) }
	return count(r.all) - count(r.but)
}

// nth is the number with so many before it.
func (r ranked) nth(k int) float64 {
	i := sort.Search(len(r.all), func(i int) bool { return r.below(func(x float64) bool { return x <= r.all[i] }) > k })
	return r.all[i]
}

// away is the distance from a middle with so many lesser ones. Floats of one sign
// are in the order of their bits, so a search in these ends at a distance that one
// of the numbers has.
func (r ranked) away(from float64, k int) float64 {
	within := func(d float64) int {
		return r.below(func(x float64) bool { return x <= from || x-from <= d }) - r.below(func(x float64) bool { return x < from && from-x > d })
	}
	lo, hi := uint64(0), math.Float64bits(max(from-r.all[0], r.all[len(r.all)-1]-from))
	for lo < hi {
		if mid := lo + (hi-lo)/2; within(math.Float64frombits(mid)) > k {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return math.Float64frombits(lo)
}
