package api

import (
	"maps"
	"slices"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// settings answers what the workspace measures in.
func (c *call) settings() error {
	return c.read(func(s *record.Session) error { return c.marshal(s.Settings()) })
}

// setSettings changes what the body names.
func (c *call) setSettings() error {
	return c.write(func(s *record.Session) error {
		var now *record.Settings
		if err := s.ChangeSettings(c.ctx, func(x *record.Settings) {
			c.changeSettings(x)
			now = x
		}); err != nil {
			return err
		}
		return c.marshal(now)
	})
}

// changeSettings takes over the settings that the body names.
func (c *call) changeSettings(s *record.Settings) {
	for name, to := range map[string]*string{"workspace": &s.Name, "currency": &s.Currency, "zone": &s.Zone,
		"locale": &s.Locale, "collation": &s.Collation, "region": &s.Region, "credit": &s.Credit} {
		if text, ok := c.fields[name].(string); ok {
			*to = text
		}
	}
	for name, to := range s.Letterhead() {
		if text, ok := c.fields[name].(string); ok {
			*to = text
		}
	}
	if _, ok := c.fields["response_minutes"]; ok {
		s.ResponseMinutes = int(min(c.whole("response_minutes"), record.MaxResponseMinutes+1))
	}
	if _, ok := c.fields["fiscal_start"]; ok {
		s.FiscalStart = int(min(c.whole("fiscal_start"), 99))
	}
}

// openness answers how open each object is to colleagues.
func (c *call) openness() error {
	return c.read(func(s *record.Session) error {
		c.out = append(c.out, '{')
		for _, o := range s.Schema().Objects() {
			if o.Access != schema.Owned || o.Personal != "" {
				continue
			}
			if _, err := s.Object(o.Name); err == nil {
				c.out = appendText(c.out, o.Plural, string(s.Roster().Openness(o)))
			}
		}
		c.out = append(c.out, '}')
		return nil
	})
}

// setOpenness opens or closes objects; with preview it only tells who would
// lose sight of how many records.
func (c *call) setOpenness() error {
	if c.flag("preview") {
		return c.previewOpenness()
	}
	return c.write(func(s *record.Session) error {
		c.out = append(c.out, '{')
		err := c.eachOpenness(s, func(o *schema.Object, to access.Openness) error {
			c.out = appendText(c.out, o.Plural, string(to))
			return s.SetOpenness(c.ctx, o, to)
		})
		c.out = append(c.out, '}')
		return err
	})
}

func (c *call) previewOpenness() error {
	return c.read(func(s *record.Session) error {
		c.out = append(c.out, `{"items":[`...)
		err := c.eachOpenness(s, func(o *schema.Object, to access.Openness) error {
			t, err := access.TightenOpenness(c.ctx, s.Tx(), s.Roster(), o, to, s.Now())
			if err != nil {
				return err
			}
			c.out = appendTightening(appendNext(c.out), o, t)
			return nil
		})
		c.out = append(c.out, "]}"...)
		return err
	})
}

// eachOpenness walks the objects of the body, {"deals": "team"}.
func (c *call) eachOpenness(s *record.Session, do func(*schema.Object, access.Openness) error) error {
	if err := admin(s); err != nil {
		return err
	}
	for _, plural := range slices.Sorted(maps.Keys(c.fields)) {
		o, ok := s.Schema().Plural(plural)
		if !ok {
			return fault.New(fault.Invalid, "record.no_object", fault.Args{"object": value.Printable(plural)})
		}
		text, _ := c.fields[plural].(string)
		to, err := access.ParseOpenness(text)
		if err != nil {
			return err
		}
		if err := do(o, to); err != nil {
			return err
		}
	}
	return nil
}

func appendTightening(dst []byte, o *schema.Object, t *access.Tightening) []byte {
	dst = appendText(append(dst, '{'), "object", o.Plural)
	dst = appendText(appendText(dst, "from", string(t.From)), "to", string(t.To))
	dst = append(appendName(dst, "losses"), '[')
	for _, l := range t.Losses {
		dst = appendText(appendID(append(appendNext(dst), '{'), "member", l.Member), "name", l.Name)
		dst = appendInt(appendInt(appendInt(dst, "before", l.Before), "after", l.After), "lost", l.Lost)
		dst = append(dst, '}')
	}
	return append(dst, "]}"...)
}
