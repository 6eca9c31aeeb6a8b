package api

import (
	"encoding/json"
	"strings"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// changeJSON is a change of configuration.
type changeJSON struct {
	ID       value.ID       `json:"id"`
	At       time.Time      `json:"at"`
	Actor    value.ID       `json:"actor,omitempty"`
	Who      string         `json:"who,omitempty"`
	Cause    string         `json:"cause"`
	Door     string         `json:"door"`
	Subjects []string       `json:"subjects"`
	Version  int64          `json:"schema_version,omitempty"`
	Schema   []schemaJSON   `json:"schema,omitempty"`
	Settings []settingJSON  `json:"settings,omitempty"`
	Records  []configJSON   `json:"records,omitempty"`
	More     int            `json:"more,omitempty"`
	Others   int            `json:"other_records,omitempty"`
	UndoneBy value.ID       `json:"undone_by,omitempty"`
	Undid    value.ID       `json:"undid,omitempty"`
	Revert   *revertingJSON `json:"revert,omitempty"`
}

type schemaJSON struct {
	schema.Change
	Was json.RawMessage `json:"was,omitempty"`
}

type settingJSON struct {
	Setting string                     `json:"setting"`
	Was     map[string]json.RawMessage `json:"was"`
	Became  map[string]json.RawMessage `json:"became"`
}

type configJSON struct {
	Object  string               `json:"object"`
	ID      value.ID             `json:"id"`
	Title   string               `json:"title,omitempty"`
	Kind    string               `json:"kind"`
	Changes []record.FieldChange `json:"changes,omitempty"`
}

// revertingJSON is what taking a change back would do, or did.
type revertingJSON struct {
	Possible   bool            `json:"possible"`
	Hindrances []hindranceJSON `json:"hindrances,omitempty"`
	Plan       *planJSON       `json:"plan,omitempty"`
	Undone     *record.Undone  `json:"undone,omitempty"`
}

type hindranceJSON struct {
	Subject string   `json:"subject,omitempty"`
	Record  value.ID `json:"record,omitempty"`
	Title   string   `json:"title,omitempty"`
	Field   string   `json:"field,omitempty"`
	Act     value.ID `json:"act,omitempty"`
	Key     string   `json:"key"`
	Message string   `json:"message"`
}

// subjectName is what the API calls a subject of configuration; an object's is
// its name.
func subjectName(s *record.Session, subject string) string {
	if name, setting := strings.CutPrefix(subject, "@"); setting {
		return name
	}
	for _, o := range s.Schema().Objects() {
		if o.ID == subject {
			return o.Name
		}
	}
	return subject
}

func subjectOf(s *record.Session, name string) string {
	if o, ok := s.Schema().Object(name); ok {
		return o.ID
	}
	return "@" + name
}

func (c *call) showChange(s *record.Session, x *record.ConfigurationChange) changeJSON {
	out := changeJSON{ID: x.Act, At: x.At, Actor: x.Actor, Who: s.Roster().Name(x.Actor), Cause: x.Cause, Door: x.Door, Subjects: []string{},
		Version: x.Version, More: x.More, Others: x.Others, UndoneBy: x.UndoneBy, Undid: x.Undid}
	for _, subject := range x.Subjects {
		out.Subjects = append(out.Subjects, subjectName(s, subject))
	}
	for _, l := range x.Schema {
		out.Schema = append(out.Schema, schemaJSON{l.Change, l.Was})
	}
	for _, l := range x.Settings {
		out.Settings = append(out.Settings, settingJSON{subjectName(s, l.Subject), l.Was, l.Became})
	}
	for _, l := range x.Records {
		out.Records = append(out.Records, configJSON{l.Object.Name, l.Record, l.Title, l.Kind, l.Changes})
	}
	return out
}

// configuration answers who changed how the company works, latest first.
func (c *call) configuration() error {
	limit, err := c.limit(usualLimit, mostLimit)
	if err != nil {
		return err
	}
	q := record.ConfigurationQuery{Limit: limit}
	for name, to := range map[string]*value.ID{"cursor": &q.Before, "actor": &q.Actor} {
		if text := c.arg(name); text != "" {
			if *to, err = value.ParseID(text); err != nil {
				return fault.New(fault.Invalid, "query.bad_cursor", nil).With(fault.Field{Path: name, Key: "query.bad_cursor"})
			}
		}
	}
	return c.read(func(s *record.Session) error {
		if name := c.arg("subject"); name != "" {
			q.Subjects = []string{subjectOf(s, name)}
		}
		list, more, err := s.Configuration(c.ctx, q)
		if err != nil {
			return err
		}
		items := []changeJSON{}
		for i := range list {
			items = append(items, c.showChange(s, &list[i]))
		}
		answer := map[string]any{"items": items}
		if more {
			answer["next"] = list[len(list)-1].Act.String()
		}
		return c.marshal(answer)
	})
}

// oneConfiguration answers one change, and on request what taking it back would
// do.
func (c *call) oneConfiguration() error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	if c.flag("plan") {
		r, err := c.ws.Engine().PlanRevert(c.ctx, c.who, id)
		if err != nil {
			return err
		}
		return c.sendReverting(r, r.Change.Act)
	}
	return c.read(func(s *record.Session) error {
		x, err := s.ConfigurationChange(c.ctx, id)
		if err != nil {
			return err
		}
		return c.marshal(c.showChange(s, x))
	})
}

// revertConfiguration takes a change back, all of it or nothing.
func (c *call) revertConfiguration() error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	r, err := c.ws.Engine().RevertConfiguration(c.ctx, c.who, id)
	if err != nil {
		return err
	}
	if refusal := r.Refusal(); refusal != nil {
		return refusal
	}
	return c.sendReverting(r, r.Act)
}

// sendReverting answers an act of configuration with what became, or would
// become, of taking a change back.
func (c *call) sendReverting(r *record.Reverting, act value.ID) error {
	return c.read(func(s *record.Session) error {
		x, err := s.ConfigurationChange(c.ctx, act)
		if err != nil {
			return err
		}
		out := c.showChange(s, x)
		out.Revert = &revertingJSON{Possible: r.Refusal() == nil && r.Change.UndoneBy == 0, Undone: r.Undone}
		if r.Plan != nil {
			plan := c.showPlan(r.Plan)
			out.Revert.Plan = &plan
		}
		for _, h := range r.Hindrances {
			out.Revert.Hindrances = append(out.Revert.Hindrances, hindranceJSON{Subject: subjectName(s, h.Subject), Record: h.Record, Title: h.Title, Field: h.Field, Act: h.Act,
				Key: h.Key, Message: i18n.Text(c.lang(), h.Key, h.Args)})
		}
		return c.marshal(out)
	})
}
