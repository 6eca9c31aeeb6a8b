package board

import (
	"wellmet/internal/record"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/views"
)

// Show is the page of records as a board, as the caller looks at them.
func Show(c *door.Call, st *views.State) error {
	var b *board
	err := c.Read(func(s *record.Session) (err error) {
		if b, err = prepare(c, s, st); err != nil {
			return err
		}
		return b.load(c.Ctx)
	})
	if err != nil {
		return err
	}
	return c.Show(kit.Page{Title: b.o.Label(b.v.Lang).Many, Nav: "/" + b.o.Plural, Body: b.page()})
}
