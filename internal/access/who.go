package access

import "wellmet/internal/value"

// HasTeam reports whether there is such a team.
func (r *Roster) HasTeam(team value.ID) bool { return r.teams[team] != nil }

// Below reports whether a team is the other one or stands below it.
func (r *Roster) Below(other, team value.ID) bool { return r.teams[other].includes(r.teams[team]) }
