package expr

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// nearest is the name that was most likely meant: at most a third of its
// letters differ. Of equals the first in the alphabet, so that messages do not
// change from run to run.
func nearest(name string, names []string) (string, bool) {
	typed := []rune(strings.ToLower(name))
	if len(typed) > maxNear {
		return "", false
	}
	best, found := len(typed)/3+1, ""
	for _, candidate := range slices.Sorted(slices.Values(names)) {
		letters := []rune(strings.ToLower(candidate))
		if len(letters) > 2*maxNear {
			continue
		}
		if d := distance(typed, letters); d < best || d == best && found == "" && d <= len(typed)/3 {
			best, found = d, candidate
		}
	}
	return found, found != ""
}

// distance counts the letters to add, drop, change or swap with a neighbour.
func distance(a, b []rune) int {
	older, old := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range old {
		old[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(old[j]+1, row[j-1]+1, old[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], older[j-2]+1)
			}
		}
		older, old = old, row
	}
	return old[len(b)]
}

// wholeLiteral is the value of a number literal within bounds.
func wholeLiteral(x *node, least, most int64) (int, bool) {
	d, ok := x.val.(decimal.Decimal)
	if !ok || x.op != OpNumber || !d.IsInteger() {
		return 0, false
	}
	if d.LessThan(decimal.NewFromInt(least)) || d.GreaterThan(decimal.NewFromInt(most)) {
		return 0, false
	}
	return int(d.IntPart()), true
}
