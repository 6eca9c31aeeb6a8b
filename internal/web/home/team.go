package home

import (
	"fmt"
	"slices"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// mostPeople is how many rows the table of a team has.
const mostPeople = 40

// team is whose work the caller answers for beside his own: nobody's but his
// for a rep.
type team struct {
	me     value.ID
	all    bool
	others []value.ID
	counts map[value.ID]map[string]int64
	names  map[value.ID]string
}

// teamOf finds the people whom the caller leads: those below whose deals he may
// change.
func teamOf(s *record.Session) *team {
	t := &team{me: s.Actor().Member(), counts: map[value.ID]map[string]int64{}, names: map[value.ID]string{}}
	o, err := s.Object("deal")
	if err != nil || s.Actor().Scope(o, access.Update) < access.Below {
		return t
	}
	switch reach := s.Actor().Reach(o, access.Update); {
	case reach.None:
	case reach.All, reach.Owners == nil && reach.Team != 0:
		t.all = true
		for _, id := range s.Roster().MemberIDs() {
			if id != t.me && s.Roster().Active(id) {
				t.others = append(t.others, id)
			}
		}
	default:
		for _, id := range reach.Owners {
			if id != t.me && s.Roster().Active(id) {
				t.others = append(t.others, id)
			}
		}
	}
	for _, id := range t.others {
		t.names[id] = s.Roster().Name(id)
	}
	return t
}

// whose is the condition of being somebody's of the team.
func (t *team) whose() string {
	switch {
	case t.all:
		return "owner is not empty"
	case len(t.others) == 0:
		return mine
	}
	var b strings.Builder
	for _, id := range t.others {
		fmt.Fprintf(&b, ", %q", id.String())
	}
	return fmt.Sprintf("owner in (%q%s)", t.me.String(), b.String())
}

func (t *team) add(member value.ID, key string, n int64) {
	if t.counts[member] == nil {
		t.counts[member] = map[string]int64{}
	}
	t.counts[member][key] = n
}

// people are those with something to do, the most first.
func (t *team) people() []value.ID {
	sum := func(id value.ID) (n int64) {
		for _, x := range t.counts[id] {
			n += x
		}
		return n
	}
	list := slices.DeleteFunc(slices.Clone(t.others), func(id value.ID) bool { return sum(id) == 0 })
	slices.SortStableFunc(list, func(a, b value.ID) int { return int(sum(b) - sum(a)) })
	return list[:min(len(list), mostPeople)]
}
