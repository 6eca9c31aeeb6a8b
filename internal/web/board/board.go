// Package board is records as cards in columns by a state field, moved by drag,
// key or menu.
package board

import (
	"wellmet/internal/record"
	"wellmet/internal/web/door"
)

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /{plural}/cards", Do: cards},
		{Pattern: "GET /live", Do: live, Stream: true},
	}
}

// cards answers the next cards of one column, or the columns that have changed
// since the page was loaded.
func cards(c *door.Call) error {
	var b *board
	query := c.R.URL.Query()
	err := c.Read(func(s *record.Session) error {
		o, err := c.Object(s)
		if err != nil {
			return err
		}
		if b, err = open(c, s, o); err != nil {
			return err
		}
		if query.Has("column") {
			return b.loadMore(c.Ctx, query.Get("column"), query.Get("cursor"))
		}
		return b.loadAgain(c.Ctx, query["has"])
	})
	if err != nil {
		return err
	}
	if query.Has("column") {
		return c.Parts(200, rest(b, b.columns[0]))
	}
	return c.Parts(200, b.changed())
}
