// Package activity is what people do about a record: composer, next step, timeline, calendar and its feed.
package activity

import "wellmet/internal/web/door"

// Routes are the addresses of this area.
func Routes() []door.Route { return nil }
