package board

import (
	"wellmet/internal/record"
	"wellmet/internal/web/door"
)

// show is the page of a board alone.
func show(c *door.Call) error {
	var b *board
	err := c.Read(func(s *record.Session) error {
		o, err := c.Object(s)
		if err != nil {
			return err
		}
		if b, err = open(c, s, askOf(c, o)); err != nil {
			return err
		}
		return b.load(c.Ctx)
	})
	if err != nil {
		return err
	}
	return c.Show(page(c, b))
}
