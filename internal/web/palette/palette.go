// Package palette is the palette that finds records, views and commands, and the list of keys.
package palette

import "wellmet/internal/web/door"

// Routes are the addresses of this area.
func Routes() []door.Route { return nil }
