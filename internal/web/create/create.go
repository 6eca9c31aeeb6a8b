// Package create is new records: forms by metadata, nested creation, the hint that something exists already.
package create

import "wellmet/internal/web/door"

// Routes are the addresses of this area.
func Routes() []door.Route { return nil }
