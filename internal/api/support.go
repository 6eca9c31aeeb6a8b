package api

import (
	"time"

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

// helpingTips answers the tips that help with a record.
func (c *call) helpingTips() error {
	return c.read(func(s *record.Session) error {
		o, id, err := c.target(s)
		if err != nil {
			return err
		}
		r, err := s.Get(c.ctx, o.Name, id)
		if err != nil {
			return err
		}
		list, err := support.TipsOn(c.ctx, s, r)
		if err != nil {
			return err
		}
		return c.marshal(map[string]any{"items": list})
	})
}

// rateTip says whether the caller finds a tip useful.
func (c *call) rateTip() error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	return c.write(func(s *record.Session) error {
		if err := support.Rate(c.ctx, s, id, c.fields["useful"] != false); err != nil {
			return err
		}
		c.out, err = s.GetJSON(c.ctx, support.Tips.Name, id, nil, c.out)
		return err
	})
}

// adherence answers how a process was kept to.
func (c *call) adherence() error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	return c.read(func(s *record.Session) error {
		span, err := c.span(s)
		if err != nil {
			return err
		}
		x, err := process.Adhere(c.ctx, s, id, span)
		if err != nil {
			return err
		}
		return c.marshal(x)
	})
}

// usualDays is how far a report on adherence looks back unless told.
const usualDays = 92

// span is the time that from and to name, in whole days of the company.
func (c *call) span(s *record.Session) (process.Span, error) {
	zone, err := time.LoadLocation(s.Settings().Zone)
	if err != nil {
		return process.Span{}, err
	}
	from, to := s.Today().AddDays(-usualDays), s.Today()
	for name, day := range map[string]*value.Date{"from": &from, "to": &to} {
		if text := c.arg(name); text != "" {
			if *day, err = value.ParseDate(text); err != nil {
				return process.Span{}, err
			}
		}
	}
	return process.Span{From: from.Time(zone), To: to.AddDays(1).Time(zone), Zone: zone, Filter: c.arg("filter")}, nil
}
