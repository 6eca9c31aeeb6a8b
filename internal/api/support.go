package api

import (
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/support"
	"wellmet/internal/value"
)

// review answers what was not done on the way of a record.
func (c *call) review() error {
	return c.read(func(s *record.Session) error {
		o, id, err := c.target(s)
		if err != nil {
			return err
		}
		x, err := process.Look(c.ctx, s, o.Name, id)
		if err != nil {
			return err
		}
		return c.marshal(x)
	})
}

// similarCase is a solved case as the API shows it.
type similarCase struct {
	ID      value.ID `json:"id"`
	Subject string   `json:"subject"`
	Shared  []string `json:"shared"`
}

// similarCases answers the solved cases that resemble one.
func (c *call) similarCases() error {
	limit, err := c.limit(5, 50)
	if err != nil {
		return err
	}
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	return c.read(func(s *record.Session) error {
		found, err := support.Similar(c.ctx, s, id, limit)
		if err != nil {
			return err
		}
		list := make([]similarCase, len(found))
		for i, x := range found {
			list[i] = similarCase{x.Case.ID, x.Case.Title(), x.Shared}
		}
		return c.marshal(map[string]any{"items": list})
	})
}
