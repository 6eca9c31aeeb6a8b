package board

import (
	"wellmet/internal/record"
	"wellmet/internal/web/door"
	"wellmet/internal/web/moving"
)

// Moved brings what a move changes on a board: the figures of the columns, the
// card, and the way back.
func Moved(c *door.Call, m *moving.Moved) error {
	var b *board
	var x card
	var to *column
	err := c.Read(func(s *record.Session) (err error) {
		if b, err = open(c, s, m.Object); err != nil {
			return err
		}
		r, err := s.Get(c.Ctx, m.Object.Name, m.ID)
		if err != nil {
			return err
		}
		if to = b.columnOf(r.Value(b.field)); to == nil {
			return errNoColumn
		}
		p, err := s.Query(c.Ctx, record.Query{Object: m.Object.Name, Filter: `id = "` + m.ID.String() + `"`, Fields: b.cardFields(), Limit: 1})
		if err == nil && len(p.Records) == 1 {
			r = p.Records[0]
		}
		if err != nil {
			return err
		}
		cards, err := b.cards(c.Ctx, []*record.Record{r}, to)
		if err == nil {
			x = cards[0]
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.Parts(200, b.moved(&x, to, m))
}
