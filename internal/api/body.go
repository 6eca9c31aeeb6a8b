package api

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// readBody reads a JSON body, as far as the operation takes one.
func (c *call) readBody() error {
	if c.op.body.form == formNone || c.op.body.form == formRaw {
		return nil
	}
	text, err := c.takeBody(c.op.bodyLimit())
	if err != nil {
		return err
	}
	c.text = text
	if len(text) == 0 {
		if c.op.body.form != formMembers {
			return fault.New(fault.Invalid, "api.no_body", nil)
		}
		text = []byte("{}")
	}
	if err := c.wantsJSON(); err != nil {
		return err
	}
	v, err := parseJSON(text)
	if err != nil {
		return err
	}
	fields, ok := v.(map[string]any)
	if !ok {
		return fault.New(fault.Invalid, "api.wants_object", nil)
	}
	c.fields = fields
	if c.op.body.form == formMembers {
		return checkMembers(c.op.body.members, fields, "")
	}
	return nil
}

// demands reports whether an empty body cannot be right.
func (b body) demands() bool {
	return b.form != formMembers || slices.ContainsFunc(b.members, func(m member) bool { return m.required })
}

// takeBody reads at most limit bytes.
func (c *call) takeBody(limit int64) ([]byte, error) {
	if c.r.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	text, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, limit))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return nil, tooLarge(limit)
	case err != nil:
		return nil, fault.New(fault.Invalid, "api.body_cut", nil).Because(err)
	}
	return text, nil
}

func tooLarge(limit int64) error {
	return fault.New(fault.TooLarge, "api.body_too_large", fault.Args{"max": limit >> 10})
}

// wantsJSON refuses other types of content, above all those that a form on a
// foreign page could send. None at all is taken for JSON.
func (c *call) wantsJSON() error {
	header := c.r.Header.Get("Content-Type")
	if header == "" {
		return nil
	}
	kind, params, err := mime.ParseMediaType(header)
	charset := strings.ToLower(params["charset"])
	if err != nil || kind != "application/json" && !strings.HasSuffix(kind, "+json") || charset != "" && charset != "utf-8" {
		return fault.New(fault.Invalid, "api.content_type", fault.Args{"got": value.Printable(header)})
	}
	return nil
}

// checkMembers refuses members that are unknown, missing or of another kind.
// All faults come at once.
func checkMembers(list []member, fields map[string]any, within string) error {
	var fails []fault.Field
	known := make([]string, len(list))
	for i, m := range list {
		known[i] = m.name
		if f, bad := m.check(fields[m.name], within); bad {
			fails = append(fails, f)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if slices.Contains(known, name) {
			continue
		}
		name = value.Printable(name)
		key, args := "api.unknown_member", fault.Args{"name": name, "known": strings.Join(known, ", ")}
		if near := schema.Suggest(name, known); near != "" {
			key, args["near"] = "api.unknown_member_near", near
		}
		fails = append(fails, fault.Field{Path: within + name, Key: key, Args: args})
	}
	if len(fails) == 0 {
		return nil
	}
	return fault.New(fault.Invalid, "api.bad_body", nil).With(fails...)
}

// check tells what is wrong with a member's value. An absent one and null are
// the same: nothing.
func (m member) check(v any, within string) (fault.Field, bool) {
	path := within + m.name
	if v == nil {
		if !m.required {
			return fault.Field{}, false
		}
		return fault.Field{Path: path, Key: "field.required", Args: fault.Args{"field": m.name}}, true
	}
	text, isText := v.(string)
	if isText && m.options != nil && !slices.Contains(m.options, text) {
		return fault.Field{Path: path, Key: "api.not_an_option", Value: value.Printable(text),
			Args: fault.Args{"options": strings.Join(m.options, ", "), "got": value.Printable(text)}}, true
	}
	if m.fits(v) {
		return fault.Field{}, false
	}
	return fault.Field{Path: path, Key: "api.wants." + m.kind, Value: value.Printable(text)}, true
}

// fits reports whether the value is of the member's kind.
func (m member) fits(v any) bool {
	text, isText := v.(string)
	switch m.kind {
	case kindText:
		return isText && !(m.required && strings.TrimSpace(text) == "")
	case kindTexts:
		_, ok := textsOf(v)
		return ok
	case kindWhole:
		n, ok := v.(json.Number)
		_, err := n.Int64()
		return ok && err == nil
	case kindYes:
		_, ok := v.(bool)
		return ok
	case kindID:
		_, err := value.ParseID(text)
		return isText && err == nil
	case kindDate:
		_, err := value.ParseDate(text)
		return isText && err == nil
	case kindMoment:
		_, err := value.ParseMoment(text, time.UTC)
		return isText && err == nil
	case kindObject:
		_, ok := v.(map[string]any)
		return ok
	case kindList:
		_, ok := v.([]any)
		return ok
	}
	return true
}

func textsOf(v any) ([]string, bool) {
	list, ok := v.([]any)
	if !ok {
		return nil, false
	}
	out := make([]string, len(list))
	for i, x := range list {
		if out[i], ok = x.(string); !ok {
			return nil, false
		}
	}
	return out, true
}

// The members of a body that has been checked; the zero value when absent.

func (c *call) textOf(name string) string {
	text, _ := c.fields[name].(string)
	return text
}

func (c *call) textsOf(name string) []string {
	list, _ := textsOf(c.fields[name])
	return list
}

func (c *call) yes(name string) bool {
	yes, _ := c.fields[name].(bool)
	return yes
}

func (c *call) whole(name string) int64 {
	n, _ := c.fields[name].(json.Number)
	i, _ := n.Int64()
	return i
}

func (c *call) idOf(name string) value.ID {
	id, _ := value.ParseID(c.textOf(name))
	return id
}

func (c *call) dateOf(name string) value.Date {
	d, _ := value.ParseDate(c.textOf(name))
	return d
}

// endOf is the moment until which something holds; zero when it is not given. A
// day means to its end where the workspace is, and a moment without a zone is
// one of the workspace's.
func (c *call) endOf(name string) time.Time {
	text := c.textOf(name)
	if text == "" {
		return time.Time{}
	}
	zone, err := time.LoadLocation(c.ws.Engine().Settings().Zone)
	if err != nil {
		zone = time.UTC
	}
	if day, err := value.ParseDate(text); err == nil {
		return value.Moment(day.AddDays(1).Time(zone).Add(-time.Millisecond))
	}
	t, _ := value.ParseMoment(text, zone)
	return t
}
