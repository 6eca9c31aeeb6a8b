package api

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"wellmet/internal/dedupe"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// list answers a page of records.
func (c *call) list() error {
	q, err := c.listing()
	if err != nil {
		return err
	}
	return c.read(func(s *record.Session) error {
		o, err := c.object(s)
		if err != nil {
			return err
		}
		seen, err := c.throughView(s, o, q)
		if err != nil {
			return err
		}
		seen.Object = o.Name
		if seen.AsOf, err = asOf(s, c.arg("as_of")); err != nil {
			return err
		}
		c.out, err = s.QueryJSON(c.ctx, seen, c.out)
		return err
	})
}

// asOf reads the moment that a call looks back to, none for now.
func asOf(s *record.Session, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	return s.ParseAsOf(text)
}

// get answers one record.
func (c *call) get() error {
	return c.read(func(s *record.Session) error {
		o, id, err := c.target(s)
		if err != nil {
			return err
		}
		c.out, err = s.GetJSON(c.ctx, o.Name, id, c.names("fields"), c.out)
		if fault.Is(err, fault.NotFound) {
			return c.merged(s, o, id, err)
		}
		return err
	})
}

// merged leads from a record that went into another to that one; absent is the
// answer where it did not, or where the caller may not read it.
func (c *call) merged(s *record.Session, o *schema.Object, id value.ID, absent error) error {
	into, found, err := dedupe.Winner(c.ctx, s, o, id)
	if err != nil || !found {
		return cmp.Or(err, absent)
	}
	return fault.New(fault.NotFound, mergedKey, fault.Args{"into": into.String(), "at": base + "/" + o.Plural + "/" + into.String()})
}

// create makes a record and answers it.
func (c *call) create() error {
	return c.write(func(s *record.Session) error {
		o, err := c.object(s)
		if err != nil {
			return err
		}
		out, err := s.Create(c.ctx, o.Name, c.fields)
		if err != nil {
			return err
		}
		return c.show(s, o, out)
	})
}

// update changes a record and answers it as it is now.
func (c *call) update() error {
	change, err := c.precondition()
	if err != nil {
		return err
	}
	return c.write(func(s *record.Session) error {
		o, id, err := c.target(s)
		if err != nil {
			return err
		}
		places, to, values, moves := c.movesTo(o)
		if change.ID, change.Values = id, values; moves {
			if err := cleared(places.Clear(c.ctx, s, id, to)); err != nil {
				return err
			}
		}
		out, err := s.Save(c.ctx, record.Batch{Object: o.Name, Changes: []record.Change{change}})
		if err != nil {
			return err
		}
		return c.show(s, o, out[0])
	})
}

// precondition reads the version that the caller saw (engine decision 22).
func (c *call) precondition() (change record.Change, err error) {
	unread := func(name string) error {
		return fault.New(fault.Invalid, "api.bad_header", fault.Args{"name": name})
	}
	switch strings.ToLower(c.r.Header.Get("If-Match-Strict")) {
	case "", "false":
	case "true":
		c.strict, change.Strict = true, true
	default:
		return change, unread("If-Match-Strict")
	}
	text := strings.TrimSpace(c.r.Header.Get("If-Match"))
	if text == "" || text == "*" {
		return change, nil
	}
	if change.Version, err = strconv.ParseInt(strings.Trim(text, `"`), 10, 64); err != nil || change.Version < 1 {
		return change, unread("If-Match")
	}
	return change, nil
}

// show appends a record that was written. Who writes what he may not read gets
// its id and version, and so does who wants no more.
func (c *call) show(s *record.Session, o *schema.Object, out record.Outcome) error {
	if !strings.EqualFold(strings.TrimSpace(c.r.Header.Get("Prefer")), "return=minimal") {
		long, err := s.GetJSON(c.ctx, o.Name, out.ID, c.names("fields"), c.out)
		if err == nil {
			c.out = long
			return nil
		}
		if !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	c.out = appendHead(c.out[:0], out)
	return nil
}

func appendHead(dst []byte, out record.Outcome) []byte {
	dst = append(dst, '{')
	dst = appendInt(appendID(dst, "id", out.ID), "version", out.Version)
	return append(dst, '}')
}

// remove puts a record into the trash.
func (c *call) remove() error {
	return c.write(func(s *record.Session) error {
		o, id, err := c.target(s)
		if err != nil {
			return err
		}
		if places, to, _, moves := c.movesTo(o); moves {
			return cleared(places.Retire(c.ctx, s, id, to))
		}
		into, _ := value.ParseID(c.arg(replaceWith))
		_, err = s.Remove(c.ctx, record.Removal{Object: o.Name, IDs: []value.ID{id}, Into: into})
		return err
	})
}

// restore takes a record back out of the trash.
func (c *call) restore() error {
	return c.write(func(s *record.Session) error {
		o, id, err := c.target(s)
		if err != nil {
			return err
		}
		if err := s.Restore(c.ctx, o.Name, id); err != nil {
			return err
		}
		c.out, err = s.GetJSON(c.ctx, o.Name, id, nil, c.out)
		return err
	})
}

// purge deletes a record in the trash for good.
func (c *call) purge() error {
	return c.write(func(s *record.Session) error {
		o, id, err := c.target(s)
		if err != nil {
			return err
		}
		return s.Purge(c.ctx, o.Name, id)
	})
}

// history answers what happened to a record, the newest first.
func (c *call) history() error {
	limit, err := c.limit(usualLimit, mostLimit)
	if err != nil {
		return err
	}
	before, _ := strconv.ParseInt(c.arg("before"), 10, 64)
	return c.read(func(s *record.Session) error {
		o, id, err := c.target(s)
		if err != nil {
			return err
		}
		entries, err := s.History(c.ctx, o.Name, id, before, limit)
		if err != nil {
			return err
		}
		told, err := s.WithFiles(c.ctx, o.Name, id, before, entries, len(entries) == limit)
		if err != nil {
			return err
		}
		c.out = append(c.out, `{"items":[`...)
		for _, e := range told {
			c.out = appendEntry(appendNext(c.out), e)
		}
		c.out = append(c.out, ']')
		if len(entries) == limit {
			c.out = appendInt(c.out, "next", entries[limit-1].Version)
		}
		c.out = append(c.out, '}')
		return nil
	})
}

func appendEntry(dst []byte, e record.Entry) []byte {
	dst = appendID(append(dst, '{'), "act", e.Act)
	dst = schema.AppendJSON(appendName(dst, "at"), momentOf(e.At))
	if e.Actor != 0 {
		dst = appendID(dst, "actor", e.Actor)
	}
	dst = appendText(appendText(appendText(dst, "kind", e.Kind), "door", e.Door), "cause", e.Cause)
	if e.Took != 0 {
		dst = appendText(appendID(dst, "took", e.Took), "took_title", e.TookTitle)
	}
	if e.File != nil {
		dst = appendInt(appendText(appendID(append(appendName(dst, "file"), '{'), "id", e.File.ID), "name", e.File.Name), "size", e.File.Size)
		dst = append(dst, '}')
	}
	dst = append(appendName(appendInt(dst, "version", e.Version), "changes"), '[')
	for _, f := range e.Changes {
		dst = appendText(append(appendNext(dst), '{'), "field", f.Field)
		dst = appendRaw(dst, "old", f.Old)
		dst = append(appendRaw(dst, "new", f.New), '}')
	}
	return append(dst, "]}"...)
}

func appendRaw(dst []byte, name string, raw json.RawMessage) []byte {
	if len(raw) == 0 {
		raw = json.RawMessage("null")
	}
	return append(appendName(dst, name), raw...)
}

// search answers what is found over all objects.
func (c *call) search() error {
	limit, err := c.limit(20, 100)
	if err != nil {
		return err
	}
	if strings.TrimSpace(c.arg("q")) == "" {
		return fault.New(fault.Invalid, "api.no_words", nil).With(fault.Field{Path: "q", Key: "field.required", Args: fault.Args{"field": "q"}})
	}
	return c.read(func(s *record.Session) error {
		found, err := s.Search(c.ctx, record.SearchQuery{Text: c.arg("q"), Objects: c.names("objects"), Limit: limit})
		if err != nil {
			return err
		}
		c.out = append(c.out, `{"items":[`...)
		for _, h := range found.Hits {
			c.out = append(appendNext(c.out), '{')
			c.out = appendID(appendText(c.out, "object", h.Object.Name), "id", h.ID)
			c.out = appendText(c.out, "title", h.Title)
			c.out = append(appendText(appendText(c.out, "field", h.Field), "text", h.Text), '}')
		}
		c.out = append(c.out, ']')
		if found.More {
			c.out = append(c.out, `,"more":true`...)
		}
		if found.Typo {
			c.out = append(c.out, `,"similar":true`...)
		}
		c.out = append(c.out, '}')
		return nil
	})
}

// undoAct takes an act back.
func (c *call) undoAct() error {
	act, err := c.pathID("id")
	if err != nil {
		return err
	}
	return c.write(func(s *record.Session) error {
		undone, err := s.UndoAct(c.ctx, act)
		if err != nil {
			return err
		}
		if undone.Run != nil {
			c.status = http.StatusAccepted
			c.w.Header().Set("Location", base+"/acts/"+act.String())
		}
		c.out, err = appendUndone(c.out, undone)
		return err
	})
}

func appendUndone(dst []byte, u *record.Undone) ([]byte, error) {
	text, err := json.Marshal(u)
	return append(dst, text...), err
}

// refOf spells where an object's record is.
func refOf(o *schema.Object, id value.ID) string { return base + "/" + o.Plural + "/" + id.String() }
