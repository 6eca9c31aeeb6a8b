package access

import "wellmet/internal/value"

// HasTeam reports whether there is such a team.
func (r *Roster) HasTeam(team value.ID) bool { return r.teams[team] != nil }
