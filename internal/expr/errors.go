package expr

import (
	"unicode/utf8"

	"wellmet/internal/fault"
)

// maxNear is how much of the text a message repeats.
const maxNear = 40

// wrong is a fault at a rune position, with the text that stands there. Extra
// arguments come in pairs.
func wrong(key string, pos int, near string, extra ...any) *fault.Error {
	args := fault.Args{"pos": pos + 1, "near": shorten(near)}
	for i := 0; i+1 < len(extra); i += 2 {
		args[extra[i].(string)] = extra[i+1]
	}
	return fault.New(fault.Invalid, key, args)
}

// at is wrong for a node.
func at(n *Node, key string, extra ...any) *fault.Error {
	return wrong(key, n.Pos, n.String(), extra...)
}

func shorten(s string) string {
	if utf8.RuneCountInString(s) <= maxNear {
		return s
	}
	runes := []rune(s)
	return string(runes[:maxNear-1]) + "…"
}
