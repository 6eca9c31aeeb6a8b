package record

import (
	"net/http"

	"wellmet/internal/record"
	"wellmet/internal/web/door"
)

// peek answers a record as a sheet beside the page that stands.
func peek(c *door.Call) error {
	var m *model
	var x *timeline
	err := c.Read(func(s *record.Session) (err error) {
		if m, err = load(c, s); err != nil {
			return err
		}
		if m.o.Timeline {
			x, err = readTimeline(c.Ctx, s, m, "", "")
		}
		return err
	})
	if err != nil {
		return err
	}
	if x != nil {
		x.next = ""
	}
	return c.Parts(http.StatusOK, sheet(m, x))
}
