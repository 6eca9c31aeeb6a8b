// Package list is the list of any object: rows and columns over a view, with bulk actions.
package list

import "wellmet/internal/web/door"

// Routes are the addresses of this area.
func Routes() []door.Route { return nil }
