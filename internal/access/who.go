package access

import (
	"slices"

	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Under lists a team and those below it, in order.
func (r *Roster) Under(team value.ID) []value.ID {
	list := []value.ID{team}
	for other := range r.teams {
		if other != team && r.HasTeam(team) && r.Below(team, other) {
			list = append(list, other)
		}
	}
	slices.Sort(list)
	return list
}

// ServiceMember is the member that automations run as (engine decision 6), 0
// while there are none. He works, but is nobody.
var ServiceMember = store.Setting[value.ID]{Key: "automation"}

// Person reports whether somebody works here who can be asked, told or given
// something: the service member can not.
func (r *Roster) Person(member value.ID) bool { return member != r.service && r.Active(member) }

// People lists whom a page offers to choose from, in order.
func (r *Roster) People() []value.ID {
	return slices.DeleteFunc(r.MemberIDs(), func(id value.ID) bool { return !r.Person(id) })
}

// HasTeam reports whether there is such a team.
func (r *Roster) HasTeam(team value.ID) bool { return r.teams[team] != nil }

// Below reports whether a team is the other one or stands below it.
func (r *Roster) Below(other, team value.ID) bool { return r.teams[other].includes(r.teams[team]) }
