package create

import (
	"net/url"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
)

// joinName is the button that adds what was typed to a lead that is there
// already, as one more touch, instead of making a second one.
const joinName = "join"

// joinable are the open leads among records that the actor may add to.
func joinable(c *door.Call, s *record.Session, o *schema.Object, there []schema.Ref) (map[value.ID]bool, error) {
	if o.Name != sales.Leads.Name {
		return nil, nil
	}
	var ids []value.ID
	for _, ref := range there {
		if ref.Object == o.Name {
			ids = append(ids, ref.ID)
		}
	}
	joins, err := s.Changeable(c.Ctx, o.Name, ids)
	if err != nil || len(joins) == 0 {
		return nil, err
	}
	leads, err := s.GetMany(c.Ctx, o.Name, ids)
	for id := range joins {
		joins[id] = joins[id] && leads[id] != nil && sales.Joinable(leads[id])
	}
	return joins, err
}

// join adds what was typed to the lead that the button names.
func join(c *door.Call, s *record.Session, o *schema.Object, values url.Values) (outcome, error) {
	lead, err := value.ParseID(values.Get(joinName))
	if err != nil || o.Name != sales.Leads.Name {
		return outcome{}, fault.New(fault.Invalid, "web.bad_form", nil)
	}
	v, err := read(c, s, o, values)
	if err != nil {
		return outcome{}, err
	}
	if err := sales.Join(c.Ctx, s, lead, sales.Arrival{Values: v}); err != nil {
		return outcome{}, err
	}
	r, err := s.Get(c.Ctx, o.Name, lead)
	if err != nil {
		return outcome{}, err
	}
	return outcome{ID: lead, Title: r.Title(), act: s.Act()}, nil
}
