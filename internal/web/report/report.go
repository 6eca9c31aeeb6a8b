// Package report is standard reports as tables and charts, each mark leading to the list behind it.
package report

import "wellmet/internal/web/door"

// Routes are the addresses of this area.
func Routes() []door.Route { return nil }
