// Package people is settings of people: members, teams, roles, openness, the company, and one's own.
package people

import "wellmet/internal/web/door"

// Routes are the addresses of this area.
func Routes() []door.Route { return nil }
