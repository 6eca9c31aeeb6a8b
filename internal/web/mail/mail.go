// Package mail is mail that people bring themselves: dropped .eml files become entries of a timeline.
package mail

import "wellmet/internal/web/door"

// Routes are the addresses of this area.
func Routes() []door.Route { return nil }
