package kit

import (
	"hash/fnv"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Moved is a list in the order that a form of Order asks for: one up, one down,
// or before another; nil where it names what is not in the list.
func Moved(ids []string, do, what string, group []string) []string {
	verb, one, _ := strings.Cut(do, ":")
	if verb == "to" {
		one = what
	}
	from := slices.Index(ids, one)
	if from < 0 {
		return nil
	}
	to := from
	switch verb {
	case "up":
		to = max(from-1, 0)
	case "down":
		to = min(from+1, len(ids)-1)
	case "to":
		to = target(ids, from, group)
	default:
		return nil
	}
	ids = slices.Clone(ids)
	return slices.Insert(slices.Delete(ids, from, from+1), to, one)
}

// Seen is short for a list in its order. A form of Order that has it lets the
// answer know whether somebody else has changed the list meanwhile.
func Seen(ids []string) string {
	h := fnv.New64a()
	for _, id := range ids {
		h.Write([]byte(id))
		h.Write([]byte{0})
	}
	return strconv.FormatUint(h.Sum64(), 36)
}

// Overtaken reports whether a list is another than the form of Order was shown
// with.
func Overtaken(form url.Values, ids []string) bool {
	return form.Has("seen") && form.Get("seen") != Seen(ids)
}

// target is where something goes that is put before another: the last one named,
// since a drop names the row it fell on after the choice of the form.
func target(ids []string, from int, group []string) int {
	before := ""
	if len(group) > 0 {
		before = group[len(group)-1]
	}
	if _, row, dropped := strings.Cut(before, "/"); dropped {
		before = row
	}
	to := slices.Index(ids, before)
	switch {
	case to < 0:
		return len(ids) - 1
	case to > from:
		return to - 1
	}
	return to
}
