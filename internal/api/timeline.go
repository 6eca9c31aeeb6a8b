package api

import (
	"strconv"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/activity"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// timeline answers what happened around a record.
func (c *call) timeline() error {
	limit, err := c.limit(usualLimit, 200)
	if err != nil {
		return err
	}
	after, err := readPlace(c.arg("cursor"))
	if err != nil {
		return err
	}
	by, _ := value.ParseID(c.arg("by"))
	return c.read(func(s *record.Session) error {
		o, id, err := c.target(s)
		if err != nil {
			return err
		}
		items, next, err := activity.Timeline(c.ctx, s, o.Name, id, activity.Filter{Kinds: c.names("kinds"), By: by}, after, limit)
		if err != nil {
			return err
		}
		c.out = append(c.out, `{"items":[`...)
		for _, x := range items {
			c.out = appendHappening(appendNext(c.out), s.Actor(), x)
		}
		c.out = append(c.out, ']')
		if next != nil {
			c.out = appendText(c.out, "next", strconv.FormatInt(next.At, 36)+"-"+strconv.FormatInt(int64(next.ID), 36))
		}
		c.out = append(c.out, '}')
		return nil
	})
}

// readPlace reads the cursor of a timeline: a moment and an id, which say no
// more than the entries themselves, so that nothing needs a seal.
func readPlace(text string) (*activity.Place, error) {
	if text == "" {
		return nil, nil
	}
	at, id, _ := strings.Cut(text, "-")
	ms, err := strconv.ParseInt(at, 36, 64)
	n, err2 := strconv.ParseInt(id, 36, 64)
	if err != nil || err2 != nil {
		return nil, badParameter("api.bad_parameter", "cursor", text, map[string]any{"name": "cursor", "wanted": "next", "got": value.Printable(text)})
	}
	return &activity.Place{At: ms, ID: value.ID(n)}, nil
}

func appendHappening(dst []byte, a *access.Actor, x activity.Item) []byte {
	dst = schema.AppendJSON(appendName(append(dst, '{'), "at"), x.At)
	dst = appendText(dst, "kind", x.Kind)
	if x.Record != nil {
		dst = appendRecord(appendName(dst, "activity"), a, x.Record)
	}
	if x.Change != nil {
		dst = appendEntry(appendName(dst, "change"), *x.Change)
	}
	return append(dst, '}')
}

// appendRecord writes a record that was read in another's name, as far as the
// actor may see its fields.
func appendRecord(dst []byte, a *access.Actor, r *record.Record) []byte {
	dst = append(dst, '{')
	dst = appendInt(appendID(dst, "id", r.ID), "version", r.Version)
	for _, f := range r.Object.Fields {
		right, v := a.Field(f), r.Value(f)
		if f.Engine || f.Hidden || right == access.NoField || v == nil {
			continue
		}
		if right == access.Masked {
			v = access.Mask(v)
		}
		dst = schema.AppendJSON(appendName(dst, f.Name), v)
	}
	return append(dst, '}')
}
