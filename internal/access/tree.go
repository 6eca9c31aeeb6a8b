package access

import (
	"slices"

	"wellmet/internal/value"
)

// fewOwners is up to how many owners a Reach lists them; above, queries join
// the reach table.
const fewOwners = 300

// node is a team in the tree.
type node struct {
	id, parent value.ID
	children   []*node
	direct     []value.ID // members of the team itself, sorted
	owners     []value.ID // members of the team and below, sorted; nil when more than fewOwners
	count      int        // members of the team and below
	// from and to number the teams below in depth-first order: a team is below
	// this one when its from lies in [from, to).
	from, to int
}

// tree builds the teams from their parents. Circles, which checks keep out but
// a restored backup may hold, are cut where the walk meets them first; a team
// that is not there is nobody's.
func tree(parents map[value.ID]value.ID, members map[value.ID]*person) map[value.ID]*node {
	teams := make(map[value.ID]*node, len(parents))
	for id, parent := range parents {
		teams[id] = &node{id: id, parent: parent, to: -1}
	}
	for _, p := range members {
		if t := teams[p.team]; t != nil {
			t.direct = append(t.direct, p.id)
		} else {
			p.team = 0
		}
	}
	ids := make([]value.ID, 0, len(teams))
	for id, t := range teams {
		slices.Sort(t.direct)
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		if t, up := teams[id], teams[teams[id].parent]; up != nil && !above(teams, t, up) {
			up.children = append(up.children, t)
		} else {
			t.parent = 0
		}
	}
	w := walk{}
	for _, id := range ids {
		if teams[id].parent == 0 {
			w.visit(teams[id])
		}
	}
	return teams
}

// above reports whether t stands above up already, so that putting t under up
// would close a circle. A cut link counts as none.
func above(teams map[value.ID]*node, t, up *node) bool {
	for steps := 0; up != nil && steps <= len(teams); steps++ {
		if up == t {
			return true
		}
		up = teams[up.parent]
	}
	return up != nil // walked into a circle further up
}

// walk numbers the teams depth first and gathers members on the way back.
type walk struct {
	next    int
	members []value.ID // of the teams visited, in order
}

func (w *walk) visit(t *node) {
	t.from = w.next
	w.next++
	first := len(w.members)
	w.members = append(w.members, t.direct...)
	for _, c := range t.children {
		w.visit(c)
	}
	t.to = w.next
	t.count = len(w.members) - first
	if t.count <= fewOwners {
		t.owners = slices.Clone(w.members[first:])
		slices.Sort(t.owners)
	}
}

// includes reports whether the other team is this one or below it.
func (t *node) includes(other *node) bool {
	return t != nil && other != nil && t.from <= other.from && other.from < t.to
}
