// Package board is records as cards in columns by a state field, moved by drag, key or menu.
package board

import "wellmet/internal/web/door"

// Routes are the addresses of this area.
func Routes() []door.Route { return nil }
