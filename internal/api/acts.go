package api

import (
	"wellmet/internal/record"
	"wellmet/internal/schema"
)

// oneAct answers an act with what it did to records that the caller sees.
func (c *call) oneAct() error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	limit, err := c.limit(usualLimit, mostLimit)
	if err != nil {
		return err
	}
	return c.read(func(s *record.Session) error {
		a, err := s.ReadAct(c.ctx, id, c.arg("cursor"), limit)
		if err != nil {
			return err
		}
		c.out = appendAct(c.out, a)
		if a.Undo != nil {
			c.out = appendName(c.out, "undo")
			return c.closing(a.Undo)
		}
		c.out = append(c.out, '}')
		return nil
	})
}

// closing appends a value and ends the object that it is part of.
func (c *call) closing(v any) error {
	err := c.marshal(v)
	c.out = append(c.out, '}')
	return err
}

// appendAct writes the act without its last brace.
func appendAct(dst []byte, a *record.ActInfo) []byte {
	dst = appendID(append(dst, '{'), "id", a.ID)
	dst = schema.AppendJSON(appendName(dst, "at"), a.At)
	if a.Actor != 0 {
		dst = appendID(dst, "actor", a.Actor)
	}
	dst = appendText(appendText(dst, "cause", a.Cause), "door", a.Door)
	if a.Note != "" {
		dst = appendText(dst, "note", a.Note)
	}
	if a.Parent != 0 {
		dst = appendID(dst, "parent", a.Parent)
	}
	if a.UndoneBy != 0 {
		dst = appendID(dst, "undone_by", a.UndoneBy)
	}
	dst = append(appendName(dst, "items"), '[')
	for _, e := range a.Entries {
		dst = appendText(append(appendNext(dst), '{'), "object", e.Object.Name)
		dst = appendInt(appendText(appendID(dst, "id", e.Record), "kind", e.Kind), "version", e.Version)
		dst = append(appendName(dst, "changes"), '[')
		for _, f := range e.Changes {
			dst = appendText(append(appendNext(dst), '{'), "field", f.Field)
			dst = appendRaw(dst, "old", f.Old)
			dst = append(appendRaw(dst, "new", f.New), '}')
		}
		dst = append(dst, "]}"...)
	}
	dst = append(dst, ']')
	if a.Next != "" {
		dst = appendText(dst, "next", a.Next)
	}
	return dst
}
