package sample

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
)

// source is a seeded stream of chance. Every part of the company draws from a
// stream of its own, so that a change in one part leaves the others as they are.
type source struct{ *rand.Rand }

func newSource(seed uint64, part string) source {
	h := fnv.New64a()
	h.Write([]byte(part))
	return source{rand.New(rand.NewPCG(seed, h.Sum64()))}
}

// chance is true in p of 100 cases.
func (s source) chance(p int) bool { return s.IntN(100) < p }

// between answers low…high, both included.
func (s source) between(low, high int) int { return low + s.IntN(high-low+1) }

// lognormal draws around a median; spread 0.5 keeps most within half and
// double. Durations and sizes of real business are shaped like this.
func (s source) lognormal(median, spread float64) float64 {
	return median * math.Exp(spread*s.NormFloat64())
}

// weighted answers an index with the chance of its weight.
func (s source) weighted(weights ...int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	n := s.IntN(sum)
	for i, w := range weights {
		if n -= w; n < 0 {
			return i
		}
	}
	return len(weights) - 1
}

func pick[T any](s source, from []T) T { return from[s.IntN(len(from))] }

// deck deals the items in random order and shuffles anew when they are gone,
// so that the same words do not meet twice in a row.
type deck[T any] struct {
	s     source
	items []T
	at    int
}

func newDeck[T any](s source, items []T) *deck[T] {
	return &deck[T]{s: s, items: append([]T(nil), items...), at: len(items)}
}

func (d *deck[T]) next() T {
	if d.at >= len(d.items) {
		d.s.Shuffle(len(d.items), func(i, j int) { d.items[i], d.items[j] = d.items[j], d.items[i] })
		d.at = 0
	}
	d.at++
	return d.items[d.at-1]
}
