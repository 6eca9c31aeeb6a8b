package api

import (
	"wellmet/internal/fault"
	"wellmet/internal/hours"
	"wellmet/internal/record"
)

// openHours answers when the company works.
func (c *call) openHours() error {
	return c.read(c.showHours)
}

func (c *call) showHours(s *record.Session) error {
	w, err := hours.OpenHours(c.ctx, s)
	if err != nil {
		return err
	}
	return c.marshal(map[string]any{"week": w, "zone": s.Settings().Zone})
}

// setOpenHours sets when the company works.
func (c *call) setOpenHours() error {
	w, err := weekOf(c.fields["week"])
	if err != nil {
		return err
	}
	return c.write(func(s *record.Session) error {
		if err := hours.SetOpenHours(c.ctx, s, w); err != nil {
			return err
		}
		return c.showHours(s)
	})
}

// weekOf reads {"mon": ["09:00-17:00"]}.
func weekOf(raw any) (hours.Week, error) {
	w := hours.Week{}
	days, _ := raw.(map[string]any)
	for day, list := range days {
		spans, ok := list.([]any)
		for _, x := range spans {
			text, isText := x.(string)
			ok = ok && isText
			w[day] = append(w[day], text)
		}
		if !ok && list != nil {
			return nil, fault.New(fault.Invalid, "api.bad_body", nil).With(fault.Field{Path: "week." + day, Key: "hours.wants_spans"})
		}
	}
	return w, nil
}
