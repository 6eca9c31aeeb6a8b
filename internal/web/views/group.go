package views

import (
	"strconv"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/web/kit"
)

// A chip can be a group: alternatives of which one has to hold, each a
// condition or several that hold together. Deeper than that a condition stays a
// text. A place names a chip, an alternative or a condition in it: "2", "2.1",
// "2.1.0"; "2.+" is where the next one goes.

// behind is the last step of a place that is not yet taken.
const behind = "+"

// mostGrouped bounds what one group shows.
const mostGrouped = 20

// alternatives reads "a or b or (c and d)".
func alternatives(s *record.Session, o *schema.Object, n *expr.Node) []Chip {
	var flat []*expr.Node
	var walk func(*expr.Node)
	walk = func(n *expr.Node) {
		if n.Op != expr.OpOr {
			flat = append(flat, n)
			return
		}
		for _, kid := range n.Kids {
			walk(kid)
		}
	}
	walk(n)
	if len(flat) > mostGrouped {
		return nil
	}
	var all []Chip
	for _, n := range flat {
		groups := conjuncts(n)
		if len(groups) == 1 {
			all = append(all, leaf(s, o, groups[0]))
			continue
		}
		c := Chip{Text: n.String(), nodes: one(n)}
		for _, g := range groups {
			c.Kids = append(c.Kids, leaf(s, o, g))
		}
		all = append(all, c)
	}
	return all
}

func leaf(s *record.Session, o *schema.Object, group []*expr.Node) Chip {
	c := describe(s, o, group)
	c.Text = join(group).String()
	return c
}

// at finds a chip by its place.
func at(chips []Chip, place string) (Chip, bool) {
	step, rest, deeper := strings.Cut(place, ".")
	i, err := strconv.Atoi(step)
	if err != nil || i < 0 || i >= len(chips) {
		return Chip{}, false
	}
	if !deeper {
		return chips[i], true
	}
	return at(chips[i].Kids, rest)
}

// top is the number of the chip that a place is in, -1 for a new one.
func top(place string) int {
	step, _, _ := strings.Cut(place, ".")
	if i, err := strconv.Atoi(step); err == nil {
		return i
	}
	return -1
}

// rebuild is the chips' conditions with the one at a place changed, added or,
// for nil, taken out. op joins what a chip of this level has below it.
func rebuild(chips []Chip, place string, nodes []*expr.Node, op expr.Op) (all [][]*expr.Node) {
	step, rest, deeper := strings.Cut(place, ".")
	for i, c := range chips {
		var now []*expr.Node
		switch {
		case step != strconv.Itoa(i):
			now = c.nodes
		case !deeper:
			now = nodes
		case len(c.Kids) == 0: // one condition becomes a group
			now = fold([][]*expr.Node{c.nodes, nodes}, op)
		default:
			now = fold(rebuild(c.Kids, rest, nodes, other(op)), op)
		}
		if len(now) > 0 {
			all = append(all, now)
		}
	}
	if at := top(step); (at < 0 || at >= len(chips)) && len(nodes) > 0 {
		all = append(all, nodes)
	}
	return all
}

// other is how the level below joins its conditions.
func other(op expr.Op) expr.Op {
	if op == expr.OpOr {
		return expr.OpAnd
	}
	return expr.OpOr
}

func fold(lists [][]*expr.Node, op expr.Op) []*expr.Node {
	var n *expr.Node
	for _, list := range lists {
		switch {
		case len(list) == 0:
		case n == nil:
			n = join(list)
		default:
			n = expr.Make(op, n, join(list))
		}
	}
	if n == nil {
		return nil
	}
	return one(n)
}

// Words are a chip as a sentence.
func (st *State) Words(v *kit.View, c Chip) string {
	switch {
	case len(c.Kids) > 0:
		return st.joined(v, c.Kids)
	case !c.Simple():
		return c.Text
	}
	words := c.Label(v) + " " + OpLabel(v, c.Field, c.Op)
	if len(c.Values) > 0 {
		words += " " + st.Said(v, c)
	}
	return words
}

// joined tells alternatives; those of several conditions stand in brackets.
func (st *State) joined(v *kit.View, kids []Chip) string {
	var all []string
	for _, k := range kids {
		words := st.Words(v, Chip{Column: k.Column, Op: k.Op, Values: k.Values, Text: k.Text})
		if len(k.Kids) > 0 {
			var inner []string
			for _, x := range k.Kids {
				inner = append(inner, st.Words(v, x))
			}
			words = "(" + strings.Join(inner, " "+v.T("web.views.and")+" ") + ")"
		}
		all = append(all, words)
	}
	return strings.Join(all, " "+v.T("web.views.or")+" ")
}

// nextLabel says what a condition put at this place does.
func nextLabel(v *kit.View, place string) string {
	if strings.Count(place, ".") > 1 {
		return v.T("web.views.and_more")
	}
	return v.T("web.views.or_more")
}
