package record

import "testing"

// The parts of a whole add up to it, also below zero, and differ by a unit at most.
func TestPartsAddUp(t *testing.T) {
	t.Parallel()
	for whole := int64(-40); whole <= 40; whole++ {
		for n := int64(1); n <= 7; n++ {
			sum := int64(0)
			for i := range n {
				part := partOf(whole, i, n)
				if sum += part; part-whole/n > 1 || whole/n-part > 1 {
					t.Errorf("part %d of %d of %d is %d", i, n, whole, part)
				}
			}
			if sum != whole {
				t.Errorf("%d parts of %d come to %d", n, whole, sum)
			}
		}
	}
}
