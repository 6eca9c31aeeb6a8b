package views

import (
	"testing"

	"wellmet/internal/expr"
)

// What the chips make of a filter says the same when it is put together again.
func TestConjunctsAreTheFilter(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		`owner = me() and status = "open"`: 2, `a = 1 or b = 2`: 1, `a >= today() and a <= today() + 30d`: 1,
		`a >= today() and b <= today() + 30d`: 2, `a > 1 and (b = 2 or c = 3) and d is empty`: 3, `not (a = 1)`: 1,
		`a >= today() - 7d and a <= today() and x contains "y \" z"`: 2,
	} {
		n, err := expr.Parse(text)
		if err != nil {
			t.Fatal(text, err)
		}
		groups := conjuncts(n)
		if len(groups) != want {
			t.Errorf("%s: %d chips, want %d", text, len(groups), want)
		}
		var all []*expr.Node
		for _, g := range groups {
			all = append(all, g...)
		}
		if got := join(all).String(); got != n.String() {
			t.Errorf("%s became %s", n, got)
		}
	}
}
