package api

import (
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// viewJSON is a saved view as the caller has it. Problem says why he cannot
// have it run; its filter and order are then left out.
type viewJSON struct {
	ID         value.ID `json:"id"`
	Version    int64    `json:"version"`
	Owner      value.ID `json:"owner"`
	Name       string   `json:"name"`
	Layout     string   `json:"layout"`
	Filter     string   `json:"filter,omitempty"`
	Sort       string   `json:"sort,omitempty"`
	Columns    []string `json:"columns,omitempty"`
	Group      []string `json:"group,omitempty"`
	Visibility string   `json:"visibility"`
	Order      int64    `json:"order"`
	Problem    *problem `json:"problem,omitempty"`
}

// views answers the saved views of an object that the caller is offered. They
// are made and changed as records, under /views.
func (c *call) views() error {
	return c.read(func(s *record.Session) error {
		views, err := s.Views(c.ctx, c.r.PathValue("name"))
		if err != nil {
			return err
		}
		items := make([]viewJSON, len(views))
		for i, v := range views {
			items[i] = viewJSON{ID: v.ID, Version: v.Version, Owner: v.Owner, Name: v.Name, Layout: v.Layout, Filter: v.Filter, Sort: v.Sort,
				Columns: v.Columns, Group: v.Group, Visibility: v.Visibility, Order: v.Order}
			if v.Problem != nil {
				p := newProblem(c.lang(), v.Problem)
				items[i].Problem = &p
			}
		}
		return c.marshal(map[string]any{"items": items})
	})
}

// throughView puts a saved view under the query: both filters hold, and sort
// and fields are the view's where the call gives none.
func (c *call) throughView(s *record.Session, o *schema.Object, q record.Query) (record.Query, error) {
	if c.arg("view") == "" {
		return q, nil
	}
	id, err := value.ParseID(c.arg("view"))
	if err != nil {
		return q, err
	}
	v, err := s.View(c.ctx, id)
	if err != nil {
		return q, err
	}
	if v.Object != o.Name {
		return q, fault.New(fault.Invalid, "api.view_of_other", fault.Args{"view": v.Name, "object": v.Object}).
			With(fault.Field{Path: "view", Key: "api.view_of_other", Args: fault.Args{"view": v.Name, "object": v.Object}})
	}
	under, err := v.Query()
	if err != nil {
		return q, err
	}
	switch {
	case strings.TrimSpace(q.Filter) == "":
		q.Filter = under.Filter
	case under.Filter != "":
		q.Filter = "(" + under.Filter + ") and (" + q.Filter + ")"
	}
	if q.Sort == "" {
		q.Sort = under.Sort
	}
	if q.Fields == nil {
		q.Fields = under.Fields
	}
	return q, nil
}
