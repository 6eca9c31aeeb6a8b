package api

import (
	"time"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// shares answers with whom a record is shared.
func (c *call) shares() error {
	return c.read(func(s *record.Session) error {
		o, id, err := c.target(s)
		if err != nil {
			return err
		}
		if _, err := s.GetJSON(c.ctx, o.Name, id, []string{}, nil); err != nil {
			return err
		}
		return c.showShares(s, o, id)
	})
}

// share shares a record with a member or a team.
func (c *call) share() error {
	level, err := access.ParseLevel(c.textOf("level"))
	if err != nil {
		return err
	}
	return c.write(func(s *record.Session) error {
		o, id, err := c.changeable(s)
		if err != nil {
			return err
		}
		if err := access.Share(c.ctx, s.Tx(), access.Grant{Object: o, Record: id, Member: c.idOf("member"), Team: c.idOf("team"),
			Level: level, Until: c.endOf("until"), By: s.Actor().Member(), At: s.Now()}); err != nil {
			return err
		}
		return c.showShares(s, o, id)
	})
}

// unshare ends a share.
func (c *call) unshare() error {
	member, _ := value.ParseID(c.arg("member"))
	team, _ := value.ParseID(c.arg("team"))
	return c.write(func(s *record.Session) error {
		o, id, err := c.changeable(s)
		if err != nil {
			return err
		}
		there, err := access.Unshare(c.ctx, s.Tx(), o, id, member, team)
		if err == nil && !there {
			err = fault.New(fault.NotFound, "api.no_share", nil)
		}
		return err
	})
}

// changeable is the record of the path, if the caller may change it: a change
// of nothing is refused like any other.
func (c *call) changeable(s *record.Session) (*schema.Object, value.ID, error) {
	o, id, err := c.target(s)
	if err != nil {
		return nil, 0, err
	}
	_, err = s.Update(c.ctx, o.Name, id, 0, record.Values{})
	return o, id, err
}

func (c *call) showShares(s *record.Session, o *schema.Object, id value.ID) error {
	grants, err := access.Shares(c.ctx, s.Tx(), o, id, s.Now())
	if err != nil {
		return err
	}
	c.out = append(c.out, `{"items":[`...)
	for _, g := range grants {
		c.out = appendGrant(appendNext(c.out), g)
	}
	c.out = append(c.out, "]}"...)
	return nil
}

func appendGrant(dst []byte, g access.Grant) []byte {
	dst = append(dst, '{')
	if g.Team != 0 {
		dst = appendID(dst, "team", g.Team)
	} else {
		dst = appendID(dst, "member", g.Member)
	}
	dst = appendText(dst, "level", access.LevelName(g.Level))
	if !g.Until.IsZero() {
		dst = schema.AppendJSON(appendName(dst, "until"), g.Until)
	}
	dst = appendID(dst, "by", g.By)
	return append(schema.AppendJSON(appendName(dst, "at"), g.At), '}')
}

// momentOf is a moment kept as milliseconds.
func momentOf(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
