package sales

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wellmet/internal/value"
)

// TestRankedIsTheMiddleOfTheOthers compares with sorting the others anew.
func TestRankedIsTheMiddleOfTheOthers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.OneOf(rapid.Float64Range(0, 400), rapid.SampledFrom([]float64{0, 1, 1.5, 7}))
		his, others := rapid.SliceOfN(number, 0, 30).Draw(t, "his"), rapid.SliceOfN(number, 1, 60).Draw(t, "others")
		all := slices.Concat(his, others)
		slices.Sort(his)
		slices.Sort(all)
		half := func(list []float64) float64 {
			list = slices.Sorted(slices.Values(list))
			return (list[(len(list)-1)/2] + list[len(list)/2]) / 2
		}
		median, away := half(others), []float64{}
		for _, x := range others {
			away = append(away, math.Abs(x-median))
		}
		if a, b := (ranked{all: all, but: his}).middle(); a != median || b != 1.4826*half(away) {
			t.Fatalf("%v and %v, want %v and %v", a, b, median, 1.4826*half(away))
		}
	})
}

// TestASampleOfWinsIsWorthAsMuch keeps what was won in each stretch, and when.
func TestASampleOfWinsIsWorthAsMuch(t *testing.T) {
	t.Parallel()
	var all []win
	for i := range 5 * mostWins / 2 {
		all = append(all, win{Won: 20_000 - 30*value.Date(i)/mostWins, Base: 1000 + int64(i%7)})
	}
	few := sampled(all)
	if len(few) > mostWins || few[0].Won < all[0].Won-1 || few[len(few)-1].Won > all[len(all)-1].Won+1 {
		t.Fatalf("%d wins from %v to %v", len(few), few[0].Won, few[len(few)-1].Won)
	}
	sum := func(list []win) (n float64) {
		for _, w := range list {
			n += float64(w.Base)
		}
		return n
	}
	if a, b := sum(few), sum(all); math.Abs(a-b) > b/1000 {
		t.Errorf("the sample is worth %v of %v", a, b)
	}
	if same := sampled(all[:mostWins]); len(same) != mostWins || same[0] != all[0] {
		t.Error("as many as are kept are sampled")
	}
}
