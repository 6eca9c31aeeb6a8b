package create

import (
	"net/http"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/web/door"
	"wellmet/internal/web/parts"
)

// reading tells how a typed number, amount or day was understood, when that
// is not plain from the text, or what it could mean.
func reading(c *door.Call) error {
	query := c.R.URL.Query()
	var text string
	var wrong bool
	err := c.Read(func(s *record.Session) error {
		o, err := c.Object(s)
		if err != nil {
			return err
		}
		f, ok := o.Field(query.Get("field"))
		if !ok || !s.Actor().Sees(f) {
			return errNoField
		}
		name := query.Get("name")
		val, err := parts.Read(c.View, s, f, query, name)
		if e, known := fault.As(err); known && len(e.Fields) > 0 {
			text, wrong = c.View.FieldFault(e.Fields[0]), true
			return nil
		}
		if err != nil {
			return err
		}
		if said := parts.Said(c.View, parts.NewNames(s), f, val); said != query.Get(name) {
			text = said
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, readBack(text, wrong))
}
