package store

import "math"

// Sum puts the two parts of Dialect.SumParts together; false when the sum does not fit 64 bits.
func Sum(high, low int64) (int64, bool) {
	high += low >> 32
	if high > math.MaxInt32 || high < math.MinInt32 {
		return 0, false
	}
	return high<<32 | low&math.MaxUint32, true
}
