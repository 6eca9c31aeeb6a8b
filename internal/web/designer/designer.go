// Package designer is settings of objects and fields: what the company makes of its records.
package designer

import "wellmet/internal/web/door"

// Routes are the addresses of this area.
func Routes() []door.Route { return nil }
