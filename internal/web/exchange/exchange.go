// Package exchange is files in and out: the import wizard, its progress, jobs, exports.
package exchange

import "wellmet/internal/web/door"

// Routes are the addresses of this area.
func Routes() []door.Route { return nil }
