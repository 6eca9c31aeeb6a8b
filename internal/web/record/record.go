// Package record is the page of one record: header, path, fields edited in place, related lists, history.
package record

import "wellmet/internal/web/door"

// Routes are the addresses of this area.
func Routes() []door.Route { return nil }
