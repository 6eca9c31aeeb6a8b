package access

import "wellmet/internal/value"

// ManagerOf is the member's manager, 0 if he has none.
func (r *Roster) ManagerOf(member value.ID) value.ID {
	if p := r.members[member]; p != nil {
		return p.manager
	}
	return 0
}

// HasTeam reports whether there is such a team.
func (r *Roster) HasTeam(team value.ID) bool { return r.teams[team] != nil }
