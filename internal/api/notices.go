package api

import (
	"context"
	"encoding/json"

	"wellmet/internal/fault"
	"wellmet/internal/notify"
	"wellmet/internal/notify/smtp"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// notices answers the caller's notices, latest first.
func (c *call) notices() error {
	limit, err := c.limit(usualLimit, mostLimit)
	if err != nil {
		return err
	}
	p := notify.Page{Limit: limit}
	if text := c.arg("cursor"); text != "" {
		if p.Before, err = value.ParseID(text); err != nil {
			return fault.New(fault.Invalid, "query.bad_cursor", nil).With(fault.Field{Path: "cursor", Key: "query.bad_cursor"})
		}
	}
	if c.flag("unread") {
		p.Read = new(bool)
	}
	return c.read(func(s *record.Session) error {
		items, next, err := notify.Inbox(c.ctx, s, p)
		if err != nil {
			return err
		}
		unread, err := notify.Unread(c.ctx, s)
		if err != nil {
			return err
		}
		c.out = append(c.out, `{"items":[`...)
		for i := range items {
			c.out = c.appendNotice(appendNext(c.out), &items[i])
		}
		c.out = appendInt(append(c.out, ']'), "unread", unread)
		if next != 0 {
			c.out = appendText(c.out, "next", next.String())
		}
		c.out = append(c.out, '}')
		return nil
	})
}

func (c *call) appendNotice(dst []byte, x *notify.Item) []byte {
	dst = appendText(appendID(append(dst, '{'), "id", x.ID), "kind", string(x.Kind))
	dst = appendText(dst, "text", x.Text(c.lang()))
	dst = schema.AppendJSON(appendName(dst, "at"), x.At)
	dst = schema.AppendJSON(appendName(dst, "read"), x.Read)
	if x.Actor != 0 && !x.Gone {
		dst = appendID(dst, "actor", x.Actor)
	}
	if x.Link.ID != 0 {
		dst = appendID(appendText(dst, "object", x.Link.Object), "record", x.Link.ID)
	}
	if x.URL != "" {
		dst = appendText(dst, "url", x.URL)
	}
	switch {
	case x.Request:
		dst = appendText(dst, "wants", "share")
		dst = schema.AppendJSON(appendName(dst, "done"), x.Granted)
	case x.Blind:
		dst = appendText(dst, "wants", "ask")
		dst = schema.AppendJSON(appendName(dst, "done"), x.Asked)
	}
	return append(dst, '}')
}

// readNotices marks notices as read, or as not read.
func (c *call) readNotices() error {
	var ids []value.ID
	for _, text := range c.textsOf("ids") {
		id, err := value.ParseID(text)
		if err != nil {
			return fault.New(fault.Invalid, "api.bad_body", nil).With(fault.Field{Path: "ids", Key: "api.no_such_id", Args: fault.Args{"id": value.Printable(text)}})
		}
		ids = append(ids, id)
	}
	read := true
	if v, ok := c.fields["read"].(bool); ok {
		read = v
	}
	return c.write(func(s *record.Session) error {
		if err := notify.MarkRead(c.ctx, s, read, ids...); err != nil {
			return err
		}
		n, err := notify.Unread(c.ctx, s)
		c.out = append(appendInt(append(c.out, '{'), "unread", n), '}')
		return err
	})
}

// askAccess and shareAccess do what a notice is there for.
func (c *call) askAccess() error { return c.onNotice(notify.Ask) }

func (c *call) shareAccess() error { return c.onNotice(notify.Share) }

func (c *call) onNotice(do func(context.Context, *record.Session, value.ID) (notify.Item, error)) error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	return c.write(func(s *record.Session) error {
		x, err := do(c.ctx, s, id)
		if err == nil {
			c.out = c.appendNotice(c.out, &x)
		}
		return err
	})
}

// noticeChoices answers which kinds the caller wants, and how.
func (c *call) noticeChoices() error { return c.read(c.showChoices) }

func (c *call) showChoices(s *record.Session) error {
	all, err := notify.Choices(c.ctx, s.Tx(), s.Actor().Member())
	if err != nil {
		return err
	}
	return c.marshal(map[string]any{"items": all})
}

// setNoticeChoices changes the kinds that the body names.
func (c *call) setNoticeChoices() error {
	raw, err := json.Marshal(c.fields["items"])
	if err != nil {
		return err
	}
	var choices []notify.Choice
	if json.Unmarshal(raw, &choices) != nil {
		return fault.New(fault.Invalid, "api.bad_body", nil).With(fault.Field{Path: "items", Key: "api.wants_choices"})
	}
	return c.write(func(s *record.Session) error {
		if err := notify.Choose(c.ctx, s.Tx(), s.Actor().Member(), choices...); err != nil {
			return err
		}
		return c.showChoices(s)
	})
}

// mailServer answers where mails are handed in, without the password.
func (c *call) mailServer() error {
	m, err := c.ws.MailServer(c.ctx, c.who)
	if err != nil {
		return err
	}
	if err := c.marshal(map[string]any{"host": m.Host, "port": m.Port, "safety": m.Safety, "user": m.User, "sender": m.Sender, "site": m.Site,
		"has_password": m.Sealed != "", "ready": m.Ready()}); err != nil {
		return err
	}
	return c.send()
}

// setMailServer changes what the body names.
func (c *call) setMailServer() error {
	err := c.ws.SetMailServer(c.ctx, c.who, func(m *smtp.Server) {
		for name, to := range map[string]*string{"host": &m.Host, "safety": &m.Safety, "user": &m.User, "password": &m.Password, "sender": &m.Sender, "site": &m.Site} {
			if text, ok := c.fields[name].(string); ok {
				*to = text
			}
		}
		if _, ok := c.fields["port"]; ok {
			m.Port = int(min(c.whole("port"), 1<<20))
		}
	})
	if err != nil {
		return err
	}
	return c.mailServer()
}

// tryMailServer sends the caller a mail.
func (c *call) tryMailServer() error {
	to, err := c.ws.TryMailServer(c.ctx, c.who)
	if err != nil {
		return err
	}
	if err := c.marshal(map[string]any{"to": to}); err != nil {
		return err
	}
	return c.send()
}
