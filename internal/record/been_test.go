package record

import (
	"fmt"
	"testing"
)

// What lies before the current state was passed, or jumped; what an import, or a
// time that nobody kept, lies before is not known.
func TestAlong(t *testing.T) {
	t.Parallel()
	row := []any{"a", "b", "c", "d"}
	been := func(states ...string) (list []Been) {
		for _, s := range states {
			list = append(list, Been{State: s})
		}
		return list
	}
	brought := func(states ...string) []Been {
		list := been(states...)
		list[0].Brought = true
		return list
	}
	for _, c := range []struct {
		been    []Been
		current string
		through bool
		want    string
	}{
		{been("a", "c"), "c", false, "[passed jumped current ahead]"},
		{been("a", "c", "b"), "b", false, "[passed current ahead ahead]"},
		{been("a", "won"), "won", true, "[passed jumped jumped jumped]"},
		{been("a", "c", "lost"), "lost", false, "[passed jumped passed ahead]"},
		{been("lost"), "lost", false, "[ahead ahead ahead ahead]"},
		{brought("c"), "c", false, "[unknown unknown current ahead]"},
		{brought("b", "d"), "d", false, "[unknown passed jumped current]"},
		{brought("won"), "won", true, "[unknown unknown unknown unknown]"},
		{nil, "b", false, "[unknown current ahead ahead]"},
	} {
		if got := fmt.Sprint(Along(row, c.been, c.current, c.through)); got != c.want {
			t.Errorf("%v in %s: %s, want %s", c.been, c.current, got, c.want)
		}
	}
}
