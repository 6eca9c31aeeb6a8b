package create

import (
	"net/url"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
)

// once makes the record unless this very form has made one.
func once(c *door.Call, s *record.Session, o *schema.Object, values url.Values, do func() (outcome, error)) (made outcome, err error) {
	id, before, err := c.Once(s, o.ID, values, func() (value.ID, error) {
		made, err = do()
		return made.ID, err
	})
	if err != nil || !before {
		return made, err
	}
	made = outcome{ID: id}
	r, err := s.Get(c.Ctx, o.Name, id)
	if err == nil {
		made.Title = r.Title()
	} else if !fault.Is(err, fault.NotFound) {
		return outcome{}, err
	}
	return made, nil
}
